/** What is seen around a plate on a vehicle: paint, recess, holder with the dealer's name, grille, badges. */
import { type BoxMm, type Canvas, type Hole, holeOf, paintBox, paintShape } from "./canvas.ts";
import { type Colour, luminanceOf, mixColours, pickCarColour, varyColour } from "./colour.ts";
import type { Mark, PlateDrawing } from "./drawing.ts";
import { setText } from "./lettering.ts";
import { cloudSampler } from "./noise.ts";
import { paintMark } from "./paint-drawing.ts";
import type { Random } from "./random.ts";

const DEALERS = [
  "AUTOHAUS MEIER",
  "Garage du Lac",
  "www.autozentrum.de",
  "FORD OF BOSTON",
  "Motors & Co.",
  "AUTO CITY",
  "Concessionnaire",
  "STAR MOTORS",
  "Bil & Service",
  "Talleres Ruiz",
  "AUTO PLUS",
  "DOWNTOWN TOYOTA",
  "Premium Cars",
  "since 1987",
] as const;

const BADGES = [
  "GLX",
  "4x4",
  "TDI",
  "Turbo",
  "HYBRID",
  "SPORT",
  "1.6 i",
  "XL",
  "GT",
  "diesel",
  "Vision",
  "MAXI",
] as const;

const FLAT = { strength: 0, bevel: 0.05, light: [0, -1] } as const;

/** Fills the canvas around the plate; the plate itself is painted over it afterwards. */
export function paintSurroundings(canvas: Canvas, drawing: PlateDrawing, random: Random): void {
  const { widthMm: width, heightMm: height } = drawing;
  const paint = pickCarColour(random);
  const rim = drawing.cornerRadiusMm;
  const hole = holeOf(canvas, [rim, rim, width - 2 * rim, height - 2 * rim]);
  paintBody(canvas, paint, hole, random);
  const style = random.weighted<"recess" | "bare" | "holder" | "bumper" | "grille">([
    ["recess", 3],
    ["bare", 3],
    ["holder", 5],
    ["bumper", 3],
    ["grille", 1],
  ]);
  if (style === "grille") paintGrille(canvas, height, hole, random);
  if (style === "bumper") {
    const dark: Colour = varyColour([34, 35, 37], random, 14);
    const top = random.range(-0.6, 0.1) * height;
    paintBox(canvas, [-2 * width, top, 5 * width, height * random.range(1.2, 2.5)], 0, dark, 1, hole);
  }
  if (style === "recess") {
    const around = height * random.range(0.08, 0.35);
    const box: BoxMm = [-around, -around, width + 2 * around, height + 2 * around];
    paintSoftBox(
      canvas,
      box,
      height * 0.12,
      mixColours(paint, [10, 10, 10], random.range(0.35, 0.8)),
      height * random.range(0.02, 0.12),
      hole,
    );
  }
  if (random.chance(0.18)) paintMarks(canvas, badgeMarks(width, height, paint, random));
  // the plate's shadow on what is behind it
  const drop = height * random.range(0.01, 0.06);
  paintSoftBox(
    canvas,
    [-drop * 0.6, drop * 0.2, width + drop * 1.2, height + drop],
    drop,
    [8, 8, 8],
    drop * 1.5,
    hole,
    random.range(0.2, 0.8),
  );
  if (style === "holder") paintMarks(canvas, holderMarks(width, height, random));
}

/** Paints flat marks. */
export function paintMarks(canvas: Canvas, marks: readonly Mark[]): void {
  for (const mark of marks) paintMark(canvas, mark, FLAT);
}

function paintBody(canvas: Canvas, paint: Colour, hole: Hole, random: Random): void {
  const cloud = cloudSampler();
  const { width, height, rgb } = canvas;
  const slopeX = random.range(-0.25, 0.25);
  const slopeY = random.range(-0.5, 0.3);
  const [u0, v0] = [random.next(), random.next()];
  const mottle = random.range(0, 0.35);
  // a crease of the sheet metal: brighter above, darker below
  const crease = random.range(-1, 2);
  const creaseDepth = random.chance(0.5) ? random.range(0.05, 0.35) : 0;
  for (let y = 0; y < height; y++) {
    const v = y / height;
    const skips = y >= hole.y1 && y < hole.y2;
    for (let x = 0; x < width; x++) {
      if (skips && x >= hole.x1 && x < hole.x2) {
        x = hole.x2 - 1;
        continue;
      }
      const u = x / width;
      let light = 1 + slopeX * (u - 0.5) + slopeY * (v - 0.5) + mottle * (cloud(u0 + u * 0.4, v0 + v * 0.2) - 0.5);
      if (v > crease) light -= creaseDepth;
      const at = (y * width + x) * 3;
      rgb[at] = paint[0] * light;
      rgb[at + 1] = paint[1] * light;
      rgb[at + 2] = paint[2] * light;
    }
  }
}

/** A box whose edge fades over `soft` millimetres. */
function paintSoftBox(
  canvas: Canvas,
  box: BoxMm,
  radius: number,
  colour: Colour,
  soft: number,
  hole: Hole,
  opacity = 1,
): void {
  const [x, y, width, height] = box;
  const [cx, cy] = [x + width / 2, y + height / 2];
  const fade = Math.max(soft, 0.5 / canvas.scale);
  const bounds: BoxMm = [x - fade, y - fade, width + 2 * fade, height + 2 * fade];
  paintShape(
    canvas,
    bounds,
    colour,
    (px, py) => {
      const dx = Math.max(0, Math.abs(px - cx) - width / 2 + radius);
      const dy = Math.max(0, Math.abs(py - cy) - height / 2 + radius);
      const distance = Math.sqrt(dx * dx + dy * dy) - radius;
      const share = Math.min(1, Math.max(0, 0.5 - distance / (2 * fade)));
      return (0.5 - share) / canvas.scale;
    },
    opacity,
    hole,
  );
}

function paintGrille(canvas: Canvas, height: number, hole: Hole, random: Random): void {
  const pitch = height * random.range(0.12, 0.4);
  const dark: Colour = varyColour([20, 21, 23], random, 10);
  const bar: Colour = random.chance(0.5)
    ? varyColour([48, 50, 54], random, 20)
    : varyColour([120, 124, 130], random, 40);
  const bottom = canvas.top + canvas.height / canvas.scale;
  const right = canvas.left + canvas.width / canvas.scale;
  const isVertical = random.chance(0.25);
  paintBox(canvas, [canvas.left, canvas.top, right - canvas.left, bottom - canvas.top], 0, dark, 1, hole);
  if (isVertical) {
    for (let x = canvas.left; x < right; x += pitch)
      paintBox(canvas, [x, canvas.top, pitch * 0.4, bottom - canvas.top], 0, bar, 1, hole);
  } else {
    for (let y = canvas.top; y < bottom; y += pitch)
      paintBox(canvas, [canvas.left, y, right - canvas.left, pitch * 0.4], 0, bar, 1, hole);
  }
}

function holderMarks(width: number, height: number, random: Random): Mark[] {
  const colour: Colour = random.weighted<Colour>([
    [[24, 24, 26], 7],
    [[170, 174, 178], 2],
    [[210, 60, 40], 0.4],
    [[230, 230, 230], 0.6],
  ]);
  const side = height * random.range(0.02, 0.07);
  const top = height * random.range(0.02, 0.1);
  const bottom = height * random.range(0.04, 0.22);
  const marks: Mark[] = [
    {
      kind: "box",
      box: [-side, -top, width + 2 * side, height + top + bottom],
      radius: height * random.range(0.02, 0.08),
      colour,
    },
  ];
  if (random.chance(0.75)) {
    const ink: Colour =
      luminanceOf(colour) > 110
        ? [30, 30, 40]
        : random.pick([
            [235, 235, 235],
            [230, 210, 90],
            [200, 60, 50],
            [120, 170, 220],
          ]);
    const isBelow = bottom >= top || random.chance(0.5);
    const band = isBelow ? bottom : top;
    const cap = band * 0.55;
    const y = isBelow ? height + band * 0.25 : -top + band * 0.25;
    marks.push(
      ...setText(
        random.pick(DEALERS),
        [width * 0.1, y, width * 0.8, cap],
        random.pick(["arimo-bold", "oswald", "lobster", "playfair"]),
        ink,
      ),
    );
  }
  return marks;
}

/** A frame screwed over the plate's edge, with or without a name: it may hide what stands at the edge. */
export function coverFrameMarks(drawing: PlateDrawing, random: Random): readonly Mark[] {
  const { widthMm: width, heightMm: height } = drawing;
  const colour: Colour = random.weighted<Colour>([
    [[26, 26, 28], 5],
    [[186, 190, 196], 4],
    [[200, 170, 90], 0.5],
    [[150, 30, 30], 0.5],
  ]);
  const isWide = height > width * 0.35;
  const [top, bottom] = [
    height * random.range(0.02, isWide ? 0.13 : 0.06),
    height * random.range(0.02, isWide ? 0.16 : 0.07),
  ];
  const side = height * random.range(0.02, 0.05);
  const out = height * random.range(0.02, 0.08);
  const whole = width + 2 * out;
  const marks: Mark[] = [
    { kind: "box", box: [-out, -out, whole, top + out], radius: 0, colour },
    { kind: "box", box: [-out, height - bottom, whole, bottom + out], radius: 0, colour },
    { kind: "box", box: [-out, -out, side + out, height + 2 * out], radius: 0, colour },
    { kind: "box", box: [width - side, -out, side + out, height + 2 * out], radius: 0, colour },
  ];
  const ink: Colour = luminanceOf(colour) > 110 ? [24, 24, 30] : [230, 230, 230];
  for (const [y, band] of [
    [-out, top + out],
    [height - bottom, bottom + out],
  ] as const) {
    if (random.chance(0.4)) continue;
    marks.push(
      ...setText(
        random.pick(DEALERS),
        [width * 0.12, y + band * 0.22, width * 0.76, band * 0.52],
        random.pick(["arimo-bold", "oswald", "playfair"]),
        ink,
      ),
    );
  }
  return marks;
}

function badgeMarks(width: number, height: number, paint: Colour, random: Random): readonly Mark[] {
  const ink: Colour = luminanceOf(paint) > 140 && random.chance(0.5) ? [60, 60, 64] : [198, 202, 206];
  const cap = height * random.range(0.18, 0.4);
  const y = random.chance(0.7) ? -cap - height * random.range(0.1, 0.5) : height * random.range(1.15, 1.5);
  const x = random.range(-0.1, 0.7) * width;
  return setText(
    random.pick(BADGES),
    [x, y, width * 0.5, cap],
    random.pick(["arimo-bold", "oswald", "playfair"]),
    ink,
    "left",
  );
}
