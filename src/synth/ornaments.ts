/** Seals, shields, stickers and stars: printed things beside the lettering that are no characters. */
import type { BoxMm } from "./canvas.ts";
import { type Colour, luminanceOf, mixColours } from "./colour.ts";
import type { Mark } from "./drawing.ts";
import { setText } from "./lettering.ts";
import type { Random } from "./random.ts";

const SEAL_COLOURS: readonly Colour[] = [
  [214, 120, 40],
  [60, 140, 70],
  [190, 60, 110],
  [70, 110, 180],
  [210, 190, 60],
  [150, 80, 50],
];

/** What fills the place of a separator. */
export function paintHole(name: string, box: BoxMm, ink: Colour, random: Random): Mark[] {
  const [x, y, width, height] = box;
  const centre = x + width / 2;
  if (name === "seal") return paintSeals(centre, y, Math.min(width * 0.5, height * 0.27), height, random);
  if (name === "star")
    return paintSticker([centre - width * 0.3, y + height * 0.05, width * 0.6, height * 0.4], random);
  if (name === "emblem") return paintEmblem([x, y, width, height], ink, random);
  const middle = y + height * random.range(0.42, 0.58);
  return paintShield([centre - width * 0.4, middle - width * 0.5, width * 0.8, width], ink, random);
}

/** A state's map, flower or bird in the middle of the letters: a blot of one or two colours. */
function paintEmblem([x, y, width, height]: BoxMm, ink: Colour, random: Random): Mark[] {
  const [cx, cy] = [x + width / 2, y + height * random.range(0.4, 0.6)];
  const colour: Colour = random.chance(0.4)
    ? ink
    : mixColours([random.range(0, 255), random.range(0, 200), random.range(0, 220)], [120, 120, 120], 0.2);
  const radius = width * random.range(0.35, 0.6);
  if (random.chance(0.2)) return [{ kind: "polygon", points: starPoints(cx, cy, radius), colour }];
  const corners = random.int(5, 11);
  const points = Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * i) / corners;
    const reach = radius * random.range(0.5, 1.1);
    return [cx + Math.cos(angle) * reach, cy + Math.sin(angle) * reach * 1.2] as const;
  });
  const marks: Mark[] = [{ kind: "polygon", points, colour }];
  if (random.chance(0.5)) {
    const second: Colour = [random.range(0, 255), random.range(0, 255), random.range(0, 255)];
    marks.push({ kind: "disc", x: cx, y: cy, radius: radius * random.range(0.2, 0.5), colour: second });
  }
  return marks;
}

/** German seals: the inspection sticker above the state's seal, either of which may be missing. */
function paintSeals(centre: number, top: number, radius: number, height: number, random: Random): Mark[] {
  const marks: Mark[] = [];
  if (random.chance(0.75)) {
    const colour = random.pick(SEAL_COLOURS);
    marks.push({ kind: "disc", x: centre, y: top + radius, radius, colour: [30, 30, 30] });
    marks.push({ kind: "disc", x: centre, y: top + radius, radius: radius * 0.9, colour });
    marks.push({ kind: "disc", x: centre, y: top + radius, radius: radius * 0.35, colour: [40, 40, 40], opacity: 0.5 });
  }
  if (random.chance(0.85)) {
    const size = radius * random.range(0.85, 1.1);
    const y = top + height - size * 1.15;
    const inner: Colour = random.pick([
      [200, 200, 196],
      [226, 200, 70],
      [230, 230, 230],
      [90, 140, 90],
      [220, 90, 60],
    ]);
    marks.push({ kind: "disc", x: centre, y, radius: size, colour: [170, 172, 176] });
    marks.push({ kind: "disc", x: centre, y, radius: size * 0.8, colour: inner });
    marks.push({ kind: "disc", x: centre, y, radius: size * 0.45, colour: [70, 70, 80], opacity: 0.6 });
  }
  return marks;
}

/** A coat of arms, or a map in outline: two colours in a shield. */
function paintShield([x, y, width, height]: BoxMm, ink: Colour, random: Random): Mark[] {
  const first: Colour = random.pick([
    [196, 40, 40],
    [40, 80, 160],
    [230, 230, 230],
    [60, 140, 60],
    [210, 180, 60],
    ink,
  ]);
  const second: Colour = random.pick([
    [240, 240, 240],
    [30, 60, 140],
    [200, 50, 50],
    [230, 200, 60],
  ]);
  const outline = (scale: number): (readonly [number, number])[] => {
    const [cx, cy, w, h] = [x + width / 2, y + height / 2, (width / 2) * scale, (height / 2) * scale];
    return [
      [cx - w, cy - h],
      [cx + w, cy - h],
      [cx + w, cy + h * 0.2],
      [cx + w * 0.55, cy + h * 0.75],
      [cx, cy + h],
      [cx - w * 0.55, cy + h * 0.75],
      [cx - w, cy + h * 0.2],
    ];
  };
  return [
    { kind: "polygon", points: outline(1), colour: [50, 50, 60] },
    { kind: "polygon", points: outline(0.86), colour: first },
    { kind: "box", box: [x + width * 0.18, y + height * 0.3, width * 0.64, height * 0.16], radius: 0, colour: second },
    { kind: "disc", x: x + width / 2, y: y + height * 0.62, radius: width * 0.14, colour: second },
  ];
}

/** A small sticker with a short text, or with unreadable print. */
export function paintSticker([x, y, width, height]: BoxMm, random: Random, text?: string): Mark[] {
  const colour: Colour = random.pick([
    [220, 60, 40],
    [40, 110, 190],
    [230, 200, 40],
    [60, 150, 70],
    [235, 235, 235],
    [230, 120, 30],
    [200, 210, 225],
  ]);
  const marks: Mark[] = [{ kind: "box", box: [x, y, width, height], radius: width * 0.06, colour }];
  if (text !== undefined) {
    const ink: Colour = luminanceOf(colour) > 130 ? [20, 20, 24] : [240, 240, 240];
    return [
      ...marks,
      ...setText(text, [x + width * 0.1, y + height * 0.22, width * 0.8, height * 0.56], "arimo-bold", ink),
    ];
  }
  const bars = random.int(1, 3);
  for (let i = 0; i < bars; i++) {
    const barHeight = (height * 0.5) / bars;
    marks.push({
      kind: "box",
      box: [x + width * 0.15, y + height * 0.18 + i * barHeight * 1.3, width * random.range(0.4, 0.7), barHeight * 0.7],
      radius: 0,
      colour: [35, 35, 40],
      opacity: 0.7,
    });
  }
  return marks;
}

/** A five-pointed star as a polygon. */
export function starPoints(x: number, y: number, radius: number): (readonly [number, number])[] {
  return Array.from({ length: 10 }, (_, i) => {
    const angle = (Math.PI * i) / 5 - Math.PI / 2;
    const reach = i % 2 === 0 ? radius : radius * 0.4;
    return [x + Math.cos(angle) * reach, y + Math.sin(angle) * reach] as const;
  });
}
