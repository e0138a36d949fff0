/** A plate on its vehicle as a canvas, weathered, ready for a camera: shared by plate crops and scenes. */
import { type BoxMm, type Canvas, createCanvas } from "./canvas.ts";
import type { Mark, PlateDrawing } from "./drawing.ts";
import type { Bend } from "./frame.ts";
import { paintDrawing } from "./paint-drawing.ts";
import type { Random } from "./random.ts";
import { paintScratches, paintScrews, weatherCanvas } from "./surface.ts";
import { coverFrameMarks, paintMarks } from "./surroundings.ts";

export interface MountedPlate {
  readonly canvas: Canvas;
  readonly bend: Bend | undefined;
  /** What stands before the plate. */
  readonly hidden: readonly BoxMm[];
}

/**
 * Paints surroundings and plate on a canvas over the box `view` (millimetres around the plate's top left corner).
 *
 * @param scale pixels per millimetre
 */
export function mountPlate(
  drawing: PlateDrawing,
  view: BoxMm,
  scale: number,
  severity: number,
  paintBehind: (canvas: Canvas) => void,
  random: Random,
): MountedPlate {
  const canvas = createCanvas(...view, scale);
  paintBehind(canvas);
  const lightAngle = random.range(-Math.PI, Math.PI);
  paintDrawing(canvas, drawing, {
    strength: drawing.relief * random.range(0.1, 0.55),
    bevel: random.range(0.02, 0.06),
    light: [Math.cos(lightAngle), Math.sin(lightAngle)],
  });
  paintScrews(canvas, drawing, random);
  const isAmerican = drawing.heightMm > drawing.widthMm * 0.4 && drawing.lines === 1;
  if (random.chance(isAmerican ? 0.3 : 0.06)) paintMarks(canvas, coverFrameMarks(drawing, random));
  paintScratches(canvas, drawing, severity, random);
  weatherCanvas(canvas, drawing, severity, random);
  const hidden: BoxMm[] = [];
  if (random.chance(0.04 * severity)) hidden.push(paintObstacle(canvas, drawing, random));
  const bend: Bend | undefined = random.chance(0.18 * (0.3 + severity))
    ? { sagMm: drawing.heightMm * random.normal() * 0.05, widthMm: drawing.widthMm }
    : undefined;
  return { canvas, bend, hidden };
}

/** A tow hook, a bar or a strap before the plate; returns the box it hides. */
function paintObstacle(canvas: Canvas, drawing: PlateDrawing, random: Random): BoxMm {
  const { widthMm: width, heightMm: height } = drawing;
  const size = height * random.range(0.3, 0.7);
  const x = random.range(0.05, 0.9) * width;
  const shade = random.range(15, 120);
  const colour = [shade, shade, shade * random.range(0.9, 1.1)] as const;
  const marks: Mark[] = [];
  let box: BoxMm;
  if (random.chance(0.5)) {
    const y = random.chance(0.7) ? height * random.range(0.55, 0.9) : height * random.range(0, 0.3);
    marks.push({ kind: "disc", x, y, radius: size / 2, colour });
    marks.push({ kind: "box", box: [x - size * 0.2, y, size * 0.4, height], radius: 0, colour });
    box = [x - size * 0.4, y - size * 0.4, size * 0.8, height];
  } else {
    const bar = size * random.range(0.3, 0.7);
    box = random.chance(0.5) ? [x, -height * 0.3, bar, height * 1.6] : [x, height - bar, width, bar * 1.5];
    marks.push({ kind: "box", box, radius: bar * 0.2, colour });
  }
  paintMarks(canvas, marks);
  return box;
}
