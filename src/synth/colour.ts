/** Colours of plates, paint and light: RGB triples 0..255. */
import type { Random } from "./random.ts";

export type Colour = readonly [red: number, green: number, blue: number];

/** Parses `#rrggbb`. */
export function colourOf(hex: string): Colour {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

export function mixColours(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

/** Brightness as the eye weighs it, 0..255. */
export function luminanceOf([red, green, blue]: Colour): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** The same colour as another batch, another year and another sun left it. */
export function varyColour(colour: Colour, random: Random, amount: number): Colour {
  const brightness = random.range(-amount, amount) * 0.6;
  const vary = (value: number): number =>
    Math.min(255, Math.max(0, value + brightness + random.range(-amount, amount) * 0.5));
  return [vary(colour[0]), vary(colour[1]), vary(colour[2])];
}

/** Paint of vehicles, weighted by how common it is on the road. */
export function pickCarColour(random: Random): Colour {
  const base = random.weighted<Colour>([
    [[232, 232, 230], 22],
    [[24, 25, 28], 20],
    [[120, 123, 127], 16],
    [[176, 180, 184], 15],
    [[62, 66, 72], 6],
    [[28, 45, 92], 8],
    [[40, 84, 150], 4],
    [[150, 22, 26], 8],
    [[196, 40, 34], 3],
    [[24, 70, 46], 2],
    [[120, 96, 66], 3],
    [[222, 178, 38], 2],
    [[206, 96, 28], 1],
    [[92, 40, 70], 1],
  ]);
  return varyColour(base, random, 24);
}
