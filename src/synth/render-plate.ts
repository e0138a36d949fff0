/** One labelled crop of one plate, from a seed: compose, paint, weather, look at it through a camera. */

import type { PlateFormat } from "../core/formats.ts";
import { applyHomography, boxOfQuad, type Point, type Quad } from "../core/geometry.ts";
import { returnFloats } from "./buffers.ts";
import { blurShare, captureFrame, drawCapture } from "./camera.ts";
import { type BoxMm, releaseCanvas } from "./canvas.ts";
import { composePlate } from "./compose-plate.ts";
import type { PlateDrawing } from "./drawing.ts";
import { sagAt, stretchImage, warpCanvas } from "./frame.ts";
import { composeNoPlate } from "./no-plate.ts";
import { mountPlate } from "./plate-canvas.ts";
import { type LabelledImage, labelPlate, scaleLabel } from "./plate-label.ts";
import { boxInView, type Pose, poseCorners, rectangleToQuad } from "./projection.ts";
import { createRandom, type Random } from "./random.ts";
import { paintSurroundings } from "./surroundings.ts";

export interface PlateOptions {
  /** 0 clean and frontal, 1 as bad as traffic cameras get. */
  readonly difficulty: number;
  /** Share of plates that the picture's edge cuts. */
  readonly cutShare: number;
  /** Share of plates whose text is anything, on an issued layout. */
  readonly freeShare: number;
  /** Share of pictures without a plate: badges, signs, empty plates. */
  readonly negativeShare: number;
  /** Stretch the picture to this size, as a fixed-size training canvas needs it. */
  readonly canvas?: { readonly width: number; readonly height: number };
}

export const DEFAULT_PLATE_OPTIONS: PlateOptions = { difficulty: 0.5, cutShare: 0.03, freeShare: 0, negativeShare: 0 };

/** Renders one picture: the same picker, seed and options give the same bytes. */
export function renderPlate(
  pickFormat: (random: Random) => PlateFormat,
  seed: number,
  options: PlateOptions,
): LabelledImage {
  const random = createRandom(seed);
  const format = pickFormat(random);
  if (random.chance(options.negativeShare)) return renderDrawing(composeNoPlate(format, random), options, random);
  return renderDrawing(composePlate(format, random, options.freeShare), options, random);
}

/** Renders a composed plate; a drawing without characters becomes a picture without a plate. */
export function renderDrawing(drawing: PlateDrawing, options: PlateOptions, random: Random): LabelledImage {
  const { widthMm, heightMm } = drawing;
  const severity = Math.min(1, options.difficulty * random.range(0.3, 1.4));
  const pxPerMm = drawHeightPx(drawing, options, random) / heightMm;
  const posed = poseCorners(widthMm * pxPerMm, heightMm * pxPerMm, drawPose(severity, random));
  const bounds = boxOfQuad(posed);
  const [left, top, right, bottom] = drawMargins(bounds[2], bounds[3], random.chance(options.cutShare), random);
  const width = Math.max(8, Math.round(bounds[2] + left + right));
  const height = Math.max(8, Math.round(bounds[3] + top + bottom));
  const move = ([x, y]: Point): Point => [x - bounds[0] + left, y - bounds[1] + top];
  const corners: Quad = [move(posed[0]), move(posed[1]), move(posed[2]), move(posed[3])];
  const toFrame = rectangleToQuad(widthMm, heightMm, corners);
  const scale = Math.min(150 / heightMm, pxPerMm);
  const rim = heightMm * 0.6;
  const around: BoxMm = [-rim, -rim, widthMm + 2 * rim, heightMm + 2 * rim];
  const behind = (canvas: Parameters<typeof paintSurroundings>[0]): void => paintSurroundings(canvas, drawing, random);
  const mounted = mountPlate(drawing, boxInView(toFrame, width, height, around), scale, severity, behind, random);
  const capHeightPx = drawing.capHeightMm * pxPerMm;
  const capture = drawCapture(severity, capHeightPx, random);
  const { canvas, bend, hidden } = mounted;
  const seen = warpCanvas(canvas, toFrame, width, height, bend);
  releaseCanvas(canvas);
  const image = captureFrame(seen, capture, random);
  returnFloats(seen.rgb);
  const target = options.canvas ?? { width, height };
  const stretched = stretchImage(image, target.width, target.height);
  if (drawing.characters.length === 0) return { image: stretched, kind: "negative", plates: [] };
  const label = labelPlate(drawing, {
    project: (x, y) => applyHomography(toFrame, [x, bend === undefined ? y : y + sagAt(bend, x)]),
    corners,
    width,
    height,
    capHeightPx,
    blurShare: blurShare(capture, capHeightPx),
    hidden,
  });
  return { image: stretched, kind: "crop", plates: [scaleLabel(label, target.width / width, target.height / height)] };
}

/** What a canvas can hold of a plate, in canvas sizes: finer captures would only be averaged away. */
const CANVAS_OVERSAMPLING = 1.1;

/** Height of the plate: 14 to 110 pixels, each octave as common; easy pictures have no small ones. */
function drawHeightPx(drawing: PlateDrawing, { difficulty, canvas }: PlateOptions, random: Random): number {
  const smallest = (14 + (1 - difficulty) * 24) * (drawing.lines === 2 ? 1.6 : 1);
  const useful =
    canvas === undefined
      ? 110
      : CANVAS_OVERSAMPLING * Math.min(canvas.height, (canvas.width / drawing.widthMm) * drawing.heightMm);
  const largest = Math.max(smallest, Math.min(110, useful));
  return smallest * (largest / smallest) ** random.next();
}

/** Mostly frontal at low severity, up to 60 degrees at high. */
function drawPose(severity: number, random: Random): Pose {
  const clamp = (angle: number): number => Math.min(1.05, Math.max(-1.05, angle));
  return {
    yaw: clamp(random.normal() * 0.42 * severity),
    pitch: clamp(random.normal() * 0.3 * severity),
    roll: random.normal() * 0.1 * severity,
    distance: random.range(1.6, 8),
  };
}

/** Margins around the plate's box in pixels; a cut plate has a negative one. */
function drawMargins(width: number, height: number, isCut: boolean, random: Random): [number, number, number, number] {
  const margin = (length: number): number =>
    length * (random.range(0.01, 0.16) + (random.chance(0.25) ? random.range(0, 0.25) : 0));
  const margins: [number, number, number, number] = [
    margin(width * 0.6),
    margin(height * 1.3),
    margin(width * 0.6),
    margin(height * 1.3),
  ];
  if (isCut) {
    const side = random.weighted([
      [0, 4],
      [1, 1],
      [2, 4],
      [3, 1],
    ] as const);
    margins[side] = -(side % 2 === 0 ? width : height) * random.range(0.06, 0.4);
  }
  return margins;
}
