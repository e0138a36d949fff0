/** Country strips and bands: the blue strip with stars, plain strips with a code, bands with a name. */
import type { PlateFormat } from "../core/formats.ts";
import type { BoxMm } from "./canvas.ts";
import { type Colour, colourOf, varyColour } from "./colour.ts";
import type { Mark } from "./drawing.ts";
import { setText } from "./lettering.ts";
import type { Random } from "./random.ts";

export interface Strip {
  readonly marks: readonly Mark[];
  /** What is left of the plate for the lettering. */
  readonly free: BoxMm;
}

const EU_BLUE: Colour = [0, 51, 153];
const EU_YELLOW: Colour = [245, 205, 30];

/** `isShort` strips end half way down, as on two-line plates. */
export function composeStrip(
  format: PlateFormat,
  size: readonly [number, number],
  isMissing: boolean,
  isShort: boolean,
  random: Random,
): Strip {
  const [width, plateHeight] = size;
  const height = isShort ? plateHeight * random.range(0.46, 0.54) : plateHeight;
  const { badge } = format;
  const whole: BoxMm = [0, 0, width, plateHeight];
  if (badge.kind === "none" || isMissing) return { marks: [], free: whole };
  const background = varyColour(badge.background === undefined ? EU_BLUE : colourOf(badge.background), random, 24);
  const colour = badge.colour === undefined ? ([255, 255, 255] as const) : colourOf(badge.colour);
  const text = badge.text ?? "";
  if (badge.kind === "top" || badge.kind === "bottom") {
    const band = height * random.range(0.17, 0.26);
    const top = badge.kind === "top" ? 0 : height - band;
    const marks: Mark[] = [
      { kind: "box", box: [0, top, width, band], radius: height * 0.04, colour: background },
      ...setText(
        text,
        [width * 0.05, top + band * 0.2, width * 0.9, band * 0.6],
        random.pick(["arimo-bold", "oswald"]),
        colour,
      ),
    ];
    return { marks, free: [0, badge.kind === "top" ? band : 0, width, height - band] };
  }
  // old plates of the union carry no strip
  if (badge.kind.startsWith("eu") && random.chance(0.06)) return { marks: [], free: whole };
  const stripWidth =
    Math.min(width * 0.12, plateHeight * random.range(0.34, 0.42)) *
    (isShort ? 1.35 : plateHeight > width * 0.4 ? 0.62 : 1);
  const onRight = badge.kind === "right";
  const left = onRight ? width - stripWidth : 0;
  const marks: Mark[] = [
    { kind: "box", box: [left, 0, stripWidth, height], radius: height * 0.05, colour: background },
  ];
  const isUnion = badge.kind.startsWith("eu");
  if (isUnion) marks.push(...starRing(left + stripWidth / 2, height * 0.3, stripWidth * 0.3));
  else if (random.chance(0.5))
    marks.push(...flagPatch([left + stripWidth * 0.18, height * 0.14, stripWidth * 0.64, stripWidth * 0.45], random));
  const cap = Math.min(height * 0.17, (stripWidth * 0.95) / Math.max(1.2, text.length));
  marks.push(
    ...setText(text, [left + stripWidth * 0.08, height * 0.8 - cap / 2, stripWidth * 0.84, cap], "arimo-bold", colour),
  );
  let right = onRight ? left : width;
  if (badge.kind === "eu-both" && random.chance(0.85)) {
    right = width - stripWidth;
    marks.push({ kind: "box", box: [right, 0, stripWidth, height], radius: height * 0.05, colour: background });
    marks.push(...rightStrip([right, 0, stripWidth, height], random));
  }
  const from = onRight ? 0 : stripWidth;
  return { marks, free: [from, 0, right - from, plateHeight] };
}

function starRing(x: number, y: number, radius: number): Mark[] {
  return Array.from({ length: 12 }, (_, i): Mark => {
    const angle = (Math.PI * i) / 6;
    return {
      kind: "disc",
      x: x + Math.cos(angle) * radius,
      y: y + Math.sin(angle) * radius,
      radius: radius * 0.15,
      colour: EU_YELLOW,
    };
  });
}

/** Department number and arms (France), province (Italy), or nothing. */
function rightStrip([x, y, width, height]: BoxMm, random: Random): Mark[] {
  const marks: Mark[] = [];
  const number = `${random.int(1, 9)}${random.int(0, 9)}`;
  if (random.chance(0.8)) {
    marks.push(
      ...setText(
        number,
        [x + width * 0.1, y + height * 0.7, width * 0.8, height * 0.14],
        "arimo-bold",
        [245, 245, 245],
      ),
    );
    marks.push(...flagPatch([x + width * 0.2, y + height * 0.25, width * 0.6, width * 0.6], random));
  } else if (random.chance(0.5)) {
    marks.push({ kind: "disc", x: x + width / 2, y: y + height * 0.3, radius: width * 0.3, colour: EU_YELLOW });
  }
  return marks;
}

function flagPatch([x, y, width, height]: BoxMm, random: Random): Mark[] {
  const colours: readonly Colour[] = [
    [200, 30, 40],
    [245, 245, 245],
    [0, 60, 160],
    [0, 120, 60],
    [240, 200, 30],
    [20, 20, 20],
  ];
  const isVertical = random.chance(0.4);
  return [0, 1, 2].map(
    (i): Mark => ({
      kind: "box",
      box: isVertical ? [x + (width * i) / 3, y, width / 3, height] : [x, y + (height * i) / 3, width, height / 3],
      radius: 0,
      colour: random.pick(colours),
    }),
  );
}
