/** One labelled picture of one plate, from a seed: compose, paint, weather, look at it through a camera. */

import type { PlateFormat } from "../core/formats.ts";
import {
  applyHomography,
  type Box,
  boxOfQuad,
  clipBox,
  clipPolygon,
  type Homography,
  invertHomography,
  type Point,
  polygonArea,
  type Quad,
  quadOfBox,
} from "../core/geometry.ts";
import type { Image } from "../core/image.ts";
import { captureFrame, drawCapture } from "./camera.ts";
import { type Canvas, createCanvas } from "./canvas.ts";
import { composePlate } from "./compose-plate.ts";
import type { PlateDrawing } from "./drawing.ts";
import { stretchImage, warpCanvas } from "./frame.ts";
import { paintDrawing } from "./paint-drawing.ts";
import { poseCorners, rectangleToQuad } from "./projection.ts";
import { createRandom, type Random } from "./random.ts";
import { paintScratches, paintScrews, weatherCanvas } from "./surface.ts";
import { paintSurroundings } from "./surroundings.ts";

export interface LabelledCharacter {
  readonly text: string;
  /** Corners of the ink, clockwise from the top left, in image pixels. */
  readonly quad: Quad;
  /** Share of the ink's box inside the picture, 0..1. */
  readonly visible: number;
}

/** A plate of a label line; the first six fields are those of the data sets, the rest only drawn plates know. */
export interface PlateLabel {
  readonly box: Box;
  readonly corners: Quad;
  /** `?` for characters the picture's edge cuts. */
  readonly text: string;
  readonly region: string;
  readonly lines: 1 | 2;
  readonly legible: "full" | "partial" | "none";
  /** The picture's edge cuts the plate. */
  readonly cut: boolean;
  readonly characters: readonly LabelledCharacter[];
  /** Height of the main letters in pixels of the picture as captured. */
  readonly capHeightPx: number;
}

export interface LabelledImage {
  readonly image: Image;
  readonly plates: readonly PlateLabel[];
}

export interface PlateOptions {
  /** 0 clean and frontal, 1 as bad as traffic cameras get. */
  readonly difficulty: number;
  /** Share of plates that the picture's edge cuts. */
  readonly cutShare: number;
  /** Stretch the picture to this size, as a fixed-size training canvas needs it. */
  readonly canvas?: { readonly width: number; readonly height: number };
}

export const DEFAULT_PLATE_OPTIONS: PlateOptions = { difficulty: 0.5, cutShare: 0.03 };

/** Renders plate number `index` of a run: the same formats, seed, index and options give the same bytes. */
export function renderPlate(formats: readonly PlateFormat[], seed: number, options: PlateOptions): LabelledImage {
  const random = createRandom(seed);
  const format = pickFormat(formats, random);
  const drawing = composePlate(format, random);
  return renderDrawing(drawing, options, random);
}

/** Every region is as likely, its formats by their prior. */
function pickFormat(formats: readonly PlateFormat[], random: Random): PlateFormat {
  const region = random.pick([...new Set(formats.map((format) => format.region))]);
  return random.weighted(
    formats.filter((format) => format.region === region).map((format) => [format, format.prior] as const),
  );
}

export function renderDrawing(drawing: PlateDrawing, options: PlateOptions, random: Random): LabelledImage {
  const { widthMm, heightMm } = drawing;
  const severity = Math.min(1, options.difficulty * random.range(0.3, 1.4));
  // plate heights from 14 to 100 pixels, small ones as common as large; easy pictures have no small ones
  const smallest = 14 + (1 - options.difficulty) * 24;
  const rowShare = drawing.lines === 2 ? 1.6 : 1;
  const largest = options.canvas === undefined ? 100 : Math.min(100, options.canvas.height);
  const heightPx = smallest * rowShare * (largest / smallest) ** random.next();
  const pxPerMm = heightPx / heightMm;
  const pose = {
    yaw: clampAngle(random.normal() * 0.42 * severity),
    pitch: clampAngle(random.normal() * 0.3 * severity),
    roll: random.normal() * 0.1 * severity,
    distance: random.range(1.6, 8),
  };
  const posed = poseCorners(widthMm * pxPerMm, heightMm * pxPerMm, pose);
  const bounds = boxOfQuad(posed);
  const isCut = random.chance(options.cutShare);
  const margin = (length: number): number =>
    length * (random.range(0.01, 0.16) + (random.chance(0.25) ? random.range(0, 0.25) : 0));
  const margins = [margin(bounds[2] * 0.6), margin(bounds[3] * 1.3), margin(bounds[2] * 0.6), margin(bounds[3] * 1.3)];
  if (isCut) {
    const side = random.weighted([
      [0, 4],
      [1, 1],
      [2, 4],
      [3, 1],
    ] as const);
    margins[side] = -bounds[side % 2 === 0 ? 2 : 3] * random.range(0.06, 0.4);
  }
  const width = Math.max(8, Math.round(bounds[2] + margins[0]! + margins[2]!));
  const height = Math.max(8, Math.round(bounds[3] + margins[1]! + margins[3]!));
  const move = ([x, y]: Point): Point => [x - bounds[0] + margins[0]!, y - bounds[1] + margins[1]!];
  const corners: Quad = [move(posed[0]), move(posed[1]), move(posed[2]), move(posed[3])];
  const toFrame = rectangleToQuad(widthMm, heightMm, corners);
  const scale = Math.min(150 / heightMm, pxPerMm * 1.15);
  const canvas = canvasInView(drawing, toFrame, width, height, scale);
  paintSurroundings(canvas, drawing, random);
  const lightAngle = random.range(-Math.PI, Math.PI);
  paintDrawing(canvas, drawing, {
    strength: drawing.relief * random.range(0.1, 0.55),
    bevel: random.range(0.02, 0.06),
    light: [Math.cos(lightAngle), Math.sin(lightAngle)],
  });
  paintScrews(canvas, drawing, random);
  paintScratches(canvas, drawing, severity, random);
  weatherCanvas(canvas, drawing, severity, random);
  const capHeightPx = drawing.capHeightMm * pxPerMm;
  const image = captureFrame(
    warpCanvas(canvas, toFrame, width, height),
    drawCapture(severity, capHeightPx, random),
    random,
  );
  const label = labelPlate(drawing, (x, y) => applyHomography(toFrame, [x, y]), corners, width, height, capHeightPx);
  const target = options.canvas;
  if (target === undefined) return { image, plates: [label] };
  return {
    image: stretchImage(image, target.width, target.height),
    plates: [scaleLabel(label, target.width / width, target.height / height)],
  };
}

/** A canvas over the millimetres that the picture shows, at most 0.6 plate heights beyond the plate. */
function canvasInView(
  drawing: PlateDrawing,
  toFrame: Homography,
  width: number,
  height: number,
  scale: number,
): Canvas {
  const { widthMm, heightMm } = drawing;
  const toPlate = invertHomography(toFrame);
  if (toPlate === null) throw new RangeError("a plate seen edge on cannot be drawn");
  const seen = quadOfBox([0, 0, width, height]).map((corner) => applyHomography(toPlate, corner));
  const around = heightMm * 0.6;
  const bound = (value: number, from: number, to: number): number => Math.min(to, Math.max(from, value));
  const [xs, ys] = [seen.map((point) => point[0]), seen.map((point) => point[1])];
  const left = bound(Math.min(...xs), -around, 0);
  const top = bound(Math.min(...ys), -around, 0);
  const right = bound(Math.max(...xs), widthMm, widthMm + around);
  const bottom = bound(Math.max(...ys), heightMm, heightMm + around);
  return createCanvas(left, top, right - left, bottom - top, scale);
}

function clampAngle(angle: number): number {
  return Math.min(1.05, Math.max(-1.05, angle));
}

/** The label of a plate drawn with these corners into a picture of this size. */
export function labelPlate(
  drawing: PlateDrawing,
  project: (x: number, y: number) => Point,
  corners: Quad,
  width: number,
  height: number,
  capHeightPx: number,
): PlateLabel {
  const picture: Box = [0, 0, width, height];
  const characters = drawing.characters.map(({ text, box: [x, y, w, h] }): LabelledCharacter => {
    const quad: Quad = [project(x, y), project(x + w, y), project(x + w, y + h), project(x, y + h)];
    return { text, quad, visible: polygonArea(clipPolygon(quad, picture)) / polygonArea(quad) };
  });
  const cut = corners.some(([x, y]) => x < -0.5 || y < -0.5 || x > width + 0.5 || y > height + 0.5);
  const text = characters.map((character) => (character.visible > 0.9 ? character.text : "?")).join("");
  const isWhole = characters.every((character) => character.visible > 0.9);
  return {
    box: clipBox(boxOfQuad(corners), width, height),
    corners,
    text,
    region: drawing.region,
    lines: drawing.lines,
    legible: isWhole ? "full" : "partial",
    cut,
    characters,
    capHeightPx,
  };
}

function scaleLabel(label: PlateLabel, scaleX: number, scaleY: number): PlateLabel {
  const point = ([x, y]: Point): Point => [x * scaleX, y * scaleY];
  const quad = ([a, b, c, d]: Quad): Quad => [point(a), point(b), point(c), point(d)];
  return {
    ...label,
    box: [label.box[0] * scaleX, label.box[1] * scaleY, label.box[2] * scaleX, label.box[3] * scaleY],
    corners: quad(label.corners),
    characters: label.characters.map((character) => ({ ...character, quad: quad(character.quad) })),
  };
}
