/** Vehicles as a camera sees them from behind or from the front: flat drawings in millimetres, with a place for the plate. */
import { type BoxMm, type Canvas, createCanvas, paintBox, paintDisc, paintPolygon, paintShape } from "./canvas.ts";
import { type Colour, mixColours, pickCarColour, varyColour } from "./colour.ts";
import type { PlateDrawing } from "./drawing.ts";
import { setText } from "./lettering.ts";
import { drawSignWord } from "./no-plate.ts";
import { cloudSampler } from "./noise.ts";
import type { Random } from "./random.ts";
import { paintMarks } from "./surroundings.ts";

export type VehicleKind = "rear" | "front" | "van" | "motorcycle";

/** A vehicle's drawing: its size, where the plate's top left corner goes, and how to paint it behind the plate. */
export interface Vehicle {
  readonly kind: VehicleKind;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly plateX: number;
  readonly plateY: number;
  /** Paints body and details; the canvas has the plate's corner as its origin. */
  readonly paint: (canvas: Canvas) => void;
  /** Coverage of the vehicle on a canvas of the same geometry, 0..1 a pixel. */
  readonly coverage: (canvas: Canvas) => Float32Array;
}

type Points = readonly (readonly [number, number])[];

/** Chooses and sizes a vehicle for a plate. */
export function drawVehicle(plate: PlateDrawing, isNight: boolean, random: Random, wanted?: VehicleKind): Vehicle {
  const isSmall = plate.widthMm < 260;
  const kind =
    wanted !== undefined
      ? wanted
      : isSmall
        ? "motorcycle"
        : random.weighted<VehicleKind>([
            ["rear", 5],
            ["front", 4],
            ["van", 1.5],
          ]);
  if (kind === "motorcycle") return motorcycle(plate, random);
  const isVan = kind === "van";
  const widthMm = random.range(1650, 1850) * (isVan ? 1.12 : 1);
  const heightMm = isVan ? random.range(1900, 2400) : random.range(1350, 1650);
  const onBumper = kind === "front" || random.chance(0.4);
  const plateX = (widthMm - plate.widthMm) / 2 + (random.chance(0.08) ? random.range(-0.2, 0.2) * widthMm : 0);
  const centreY = heightMm * (onBumper ? random.range(0.76, 0.84) : random.range(0.56, 0.66));
  const plateY = centreY - plate.heightMm / 2;
  const outline = isVan ? rounded(vanOutline(widthMm, heightMm)) : carOutline(widthMm, heightMm, random);
  const paint = pickCarColour(random);
  const seed = random.next();
  const move = (points: Points): Points => points.map(([x, y]) => [x - plateX, y - plateY] as const);
  const wheels: readonly BoxMm[] = [0.06, 0.8].map((share) => [
    share * widthMm - plateX,
    heightMm * 0.8 - plateY,
    widthMm * 0.14,
    heightMm * 0.2,
  ]);
  return {
    kind,
    widthMm,
    heightMm,
    plateX,
    plateY,
    paint: (canvas) => {
      const place: Place = { canvas, x: -plateX, y: -plateY, width: widthMm, height: heightMm };
      for (const wheel of wheels) paintBox(canvas, wheel, 60, [18, 18, 20]);
      paintPolygon(canvas, move(outline), paint);
      shadeBody(place, seed);
      paintGlass(place, kind, paint, random);
      if (kind === "front") paintFront(place, isNight, random);
      else paintRear(place, kind, isNight, random);
      paintPlateSeat(canvas, plate, paint, random);
      if (kind !== "front" && random.chance(0.6)) paintBadge(place, plate, random);
    },
    coverage: (canvas) => coverageOf(canvas, move(outline), wheels),
  };
}

interface Place {
  readonly canvas: Canvas;
  /** The vehicle's top left corner and size in the canvas's millimetres. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Points of shares of the vehicle's width and height. */
function at({ x, y, width, height }: Place, points: Points): Points {
  return points.map(([u, v]) => [x + u * width, y + v * height] as const);
}

function boxAt({ x, y, width, height }: Place, u: number, v: number, w: number, h: number): BoxMm {
  return [x + u * width, y + v * height, w * width, h * height];
}

/** Rounds a polygon by cutting its corners three times (Chaikin 1974). */
function rounded(points: Points): Points {
  let smooth = points;
  for (let round = 0; round < 3; round++) {
    smooth = smooth.flatMap(([x, y], i) => {
      const [nx, ny] = smooth[(i + 1) % smooth.length]!;
      return [
        [x * 0.75 + nx * 0.25, y * 0.75 + ny * 0.25],
        [x * 0.25 + nx * 0.75, y * 0.25 + ny * 0.75],
      ] as const;
    });
  }
  return smooth;
}

function carOutline(width: number, height: number, random: Random): Points {
  const roof = random.range(0.16, 0.24);
  const shoulder = random.range(0.36, 0.44);
  const half: Points = [
    [0.5, 0],
    [roof + 0.05, 0.01],
    [roof - 0.01, 0.06],
    [0.1, shoulder - 0.05],
    [0.03, shoulder + 0.03],
    [0.005, shoulder + 0.14],
    [0.005, 0.82],
    [0.03, 0.91],
    [0.12, 0.92],
  ];
  const mirrored = [...half].reverse().map(([u, v]) => [1 - u, v] as const);
  return rounded([...half, ...mirrored].map(([u, v]) => [u * width, v * height] as const));
}

function vanOutline(width: number, height: number): Points {
  const points: Points = [
    [0.1, 0.0],
    [0.9, 0.0],
    [0.98, 0.01],
    [0.985, 0.1],
    [0.99, 0.8],
    [0.99, 0.9],
    [0.9, 0.91],
    [0.1, 0.91],
    [0.01, 0.9],
    [0.01, 0.8],
    [0.015, 0.1],
    [0.02, 0.01],
  ];
  return points.map(([u, v]) => [u * width, v * height] as const);
}

/** A window: the corners pulled in only a little. */
function glassOutline(place: Place, corners: Points): Points {
  const points = at(place, corners);
  const pull = (i: number, other: number): readonly [number, number] => {
    const [x, y] = points[i]!;
    const [ox, oy] = points[(other + 4) % 4]!;
    const share = Math.min(0.2, 90 / Math.hypot(ox - x, oy - y));
    return [x + (ox - x) * share, y + (oy - y) * share];
  };
  return rounded(points.flatMap((_, i) => [pull(i, i - 1), points[i]!, pull(i, i + 1)]));
}

function coverageOf(canvas: Canvas, outline: Points, boxes: readonly BoxMm[]): Float32Array {
  const mask = createCanvas(
    canvas.left,
    canvas.top,
    canvas.width / canvas.scale,
    canvas.height / canvas.scale,
    canvas.scale,
  );
  paintPolygon(mask, outline, [1, 1, 1]);
  for (const box of boxes) paintBox(mask, box, 60, [1, 1, 1]);
  return mask.rgb;
}

/** Sky light from above and mottled reflections on everything painted so far. */
function shadeBody({ canvas, y, height }: Place, seed: number): void {
  const cloud = cloudSampler();
  const { width, rgb, scale, top } = canvas;
  for (let row = 0; row < canvas.height; row++) {
    const v = ((row + 0.5) / scale + top - y) / height;
    const fall = 1.18 - 0.42 * v - (v > 0.45 && v < 0.47 ? 0.25 : 0);
    for (let column = 0; column < width; column++) {
      const light = fall + 0.35 * (cloud(seed + column / width / 3, seed + v * 0.6) - 0.5);
      const to = (row * width + column) * 3;
      rgb[to] = rgb[to]! * light;
      rgb[to + 1] = rgb[to + 1]! * light;
      rgb[to + 2] = rgb[to + 2]! * light;
    }
  }
}

function paintGlass(place: Place, kind: VehicleKind, paint: Colour, random: Random): void {
  const glass: Colour = varyColour([38, 46, 54], random, 16);
  const isVan = kind === "van";
  const [top, bottom] = isVan ? [0.08, 0.34] : [0.06, random.range(0.34, 0.4)];
  const [narrow, wide] = isVan ? [0.07, 0.06] : [0.23, 0.12];
  if (isVan && random.chance(0.5)) {
    // two closed doors
    paintBox(place.canvas, boxAt(place, 0.497, 0.04, 0.006, 0.84), 0, mixColours(paint, [0, 0, 0], 0.5));
    return;
  }
  paintPolygon(
    place.canvas,
    glassOutline(place, [
      [narrow, top],
      [1 - narrow, top],
      [1 - wide, bottom],
      [wide, bottom],
    ]),
    glass,
  );
  const shine = random.range(0.3, 0.6);
  const reflection = at(place, [
    [shine, top + 0.01],
    [shine + 0.14, top + 0.01],
    [shine + 0.04, bottom - 0.01],
    [shine - 0.1, bottom - 0.01],
  ]);
  paintPolygon(place.canvas, reflection, mixColours(glass, [170, 185, 200], random.range(0.15, 0.5)));
}

function paintRear(place: Place, kind: VehicleKind, isNight: boolean, random: Random): void {
  const v = kind === "van" ? random.range(0.5, 0.6) : random.range(0.43, 0.5);
  const [w, h] = kind === "van" ? [0.06, 0.2] : [random.range(0.1, 0.2), random.range(0.08, 0.14)];
  const red: Colour = isNight ? [255, 70, 60] : varyColour([150, 18, 22], random, 30);
  for (const u of [0.03, 0.97 - w]) {
    paintBox(place.canvas, boxAt(place, u, v, w, h), 30, [30, 12, 12]);
    paintBox(place.canvas, boxAt(place, u + w * 0.06, v + h * 0.06, w * 0.88, h * 0.6), 24, red);
    paintBox(
      place.canvas,
      boxAt(place, u + w * 0.1, v + h * 0.7, w * 0.8, h * 0.22),
      16,
      random.pick([
        [220, 140, 50],
        [220, 220, 220],
      ] as const),
    );
  }
  paintBox(place.canvas, boxAt(place, 0.02, 0.72, 0.96, 0.012), 4, [20, 20, 22], 0.6);
  if (random.chance(0.6)) paintBox(place.canvas, boxAt(place, 0.04, 0.84, 0.92, 0.08), 30, [32, 33, 35]);
}

function paintFront(place: Place, isNight: boolean, random: Random): void {
  const v = random.range(0.5, 0.56);
  const lamp: Colour = isNight ? [255, 252, 235] : varyColour([196, 204, 210], random, 20);
  const grilleTop = v + random.range(-0.01, 0.03);
  const grille = boxAt(place, 0.28, grilleTop, 0.44, random.range(0.08, 0.16));
  paintBox(place.canvas, grille, 30, [18, 19, 21]);
  const bars = random.int(2, 6);
  for (let i = 1; i <= bars; i++) {
    paintBox(
      place.canvas,
      [grille[0] + 20, grille[1] + (grille[3] * i) / (bars + 1), grille[2] - 40, 10],
      4,
      [120, 124, 130],
    );
  }
  paintDisc(place.canvas, grille[0] + grille[2] / 2, grille[1] + grille[3] / 2, grille[3] * 0.25, [190, 194, 198]);
  for (const u of [0.04, 0.78]) {
    paintBox(place.canvas, boxAt(place, u, v, 0.18, 0.09), 50, [40, 42, 46]);
    paintBox(place.canvas, boxAt(place, u + 0.012, v + 0.008, 0.156, 0.074), 40, lamp);
  }
  paintBox(place.canvas, boxAt(place, 0.03, 0.84, 0.94, 0.06), 20, [28, 29, 31]);
  if (isNight) {
    for (const u of [0.13, 0.87])
      paintGlow(place.canvas, place.x + u * place.width, place.y + (v + 0.045) * place.height, place.width * 0.14);
  }
}

function paintGlow(canvas: Canvas, x: number, y: number, radius: number): void {
  const bounds: BoxMm = [x - radius, y - radius, 2 * radius, 2 * radius];
  // many thin layers: one falling edge would need a blend that shapes do not have
  for (let ring = 14; ring > 0; ring--) {
    const reach = (radius * ring) / 14;
    paintShape(canvas, bounds, [255, 250, 225], (px, py) => Math.hypot(px - x, py - y) - reach, 0.05);
  }
}

/** The recess or bracket that the plate sits in. */
function paintPlateSeat(canvas: Canvas, plate: PlateDrawing, paint: Colour, random: Random): void {
  const around = plate.heightMm * random.range(0.05, 0.3);
  const box: BoxMm = [-around, -around, plate.widthMm + 2 * around, plate.heightMm + 2 * around];
  const dark: Colour = random.chance(0.5) ? [24, 24, 26] : mixColours(paint, [0, 0, 0], 0.55);
  if (random.chance(0.75)) paintBox(canvas, box, around, dark);
}

function paintBadge(place: Place, plate: PlateDrawing, random: Random): void {
  const cap = place.height * random.range(0.02, 0.035);
  const y = -plate.heightMm * 0.4 - cap * random.range(1.5, 3);
  const x = random.pick([place.x + place.width * 0.08, place.x + place.width * 0.68]);
  const text = random.chance(0.7)
    ? random.pick(["GLX", "4x4", "TDI", "HYBRID", "1.6", "SPORT", "GT 350", "XR"])
    : drawSignWord(random);
  paintMarks(
    place.canvas,
    setText(text, [x, y, place.width * 0.24, cap], random.pick(["arimo-bold", "oswald"]), [196, 200, 204], "left"),
  );
}

/** A motorcycle from behind: wheel, fender, lamp, seat; the plate low in the middle. */
function motorcycle(plate: PlateDrawing, random: Random): Vehicle {
  const widthMm = random.range(640, 800);
  const heightMm = random.range(1050, 1250);
  const plateX = (widthMm - plate.widthMm) / 2;
  const plateY = heightMm * random.range(0.44, 0.54);
  const paint = pickCarColour(random);
  const place = (canvas: Canvas): Place => ({ canvas, x: -plateX, y: -plateY, width: widthMm, height: heightMm });
  const body: Points = [
    [0.36, 0.16],
    [0.64, 0.16],
    [0.72, 0.42],
    [0.66, 0.62],
    [0.34, 0.62],
    [0.28, 0.42],
  ];
  const bars: readonly (readonly [number, number, number, number])[] = [
    [0.02, 0.1, 0.96, 0.045],
    [0.38, 0.5, 0.24, 0.5],
    [0.74, 0.6, 0.12, 0.26],
  ];
  return {
    kind: "motorcycle",
    widthMm,
    heightMm,
    plateX,
    plateY,
    paint: (canvas) => {
      const here = place(canvas);
      for (const [i, bar] of bars.entries())
        paintBox(canvas, boxAt(here, ...bar), 50, i === 2 ? [120, 122, 126] : [20, 20, 22]);
      paintPolygon(canvas, at(here, body), paint);
      paintBox(canvas, boxAt(here, 0.34, 0.08, 0.32, 0.12), 60, [24, 24, 26]);
      paintBox(canvas, boxAt(here, 0.4, 0.3, 0.2, 0.08), 30, varyColour([170, 24, 26], random, 30));
      for (const u of [0.2, 0.76])
        paintDisc(canvas, here.x + u * widthMm, here.y + 0.36 * heightMm, widthMm * 0.04, [226, 130, 30]);
      paintPlateSeat(canvas, plate, [40, 40, 44], random);
    },
    coverage: (canvas) => {
      const here = place(canvas);
      const around = plate.heightMm * 0.3;
      const seat: BoxMm = [-around, -around, plate.widthMm + 2 * around, plate.heightMm + 2 * around];
      return coverageOf(canvas, at(here, body), [
        ...bars.map((bar) => boxAt(here, ...bar)),
        boxAt(here, 0.34, 0.08, 0.32, 0.12),
        seat,
      ]);
    },
  };
}

/** A feathered box around the plate alone, for pasting a plate into a photograph. */
export function featheredCoverage(canvas: Canvas, plate: PlateDrawing, reachMm: number): Float32Array {
  const mask = createCanvas(
    canvas.left,
    canvas.top,
    canvas.width / canvas.scale,
    canvas.height / canvas.scale,
    canvas.scale,
  );
  const whole: BoxMm = [-reachMm, -reachMm, plate.widthMm + 2 * reachMm, plate.heightMm + 2 * reachMm];
  paintShape(mask, whole, [1, 1, 1], (x, y) => {
    const dx = Math.max(-x, x - plate.widthMm, 0);
    const dy = Math.max(-y, y - plate.heightMm, 0);
    return (Math.hypot(dx, dy) / reachMm - 0.5) / canvas.scale;
  });
  return mask.rgb;
}
