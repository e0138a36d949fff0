/** Draws what was read onto the picture, and cuts the plates out. It reads nothing itself. */
import sharp, { type OverlayOptions, type Sharp } from "sharp";
import { type Box, boxOfQuad, type Quad } from "../core/geometry.ts";
import type { Image } from "../core/image.ts";
import type { PlateRead } from "../core/read.ts";
import { rectifyPlate } from "../core/rectify.ts";
import { textSvg } from "./label-strokes.ts";
import { type PlateLabel, placeLabels } from "./place-labels.ts";
import type { ImageFormat } from "./sniff-image.ts";

/** An encoded picture and the file name ending that suits it, with its dot. */
export interface EncodedImage {
  readonly bytes: Uint8Array;
  readonly extension: ".jpg" | ".png" | ".webp";
}

/** Colours that also differ for the colour-blind (Okabe and Ito 2008), by least confidence. */
const COLOURS: readonly (readonly [minConfidence: number, colour: string])[] = [
  [0.9, "#009e73"],
  [0.5, "#e69f00"],
  [0, "#d55e00"],
];

/** WebP can't be larger on a side. */
const MAX_WEBP_SIDE = 16383;

/** Margin around a cut plate, as a share of its width and height. */
const CROP_MARGIN = 0.1;

/**
 * The picture with every plate's corners, text and confidence drawn on it, encoded as it came: JPEG, PNG or WebP;
 * AVIF and TIFF become JPEG, GIF and BMP become PNG. A dashed outline marks a read in doubt.
 */
export async function annotateImage(
  frame: Image,
  plates: readonly PlateRead[],
  format: ImageFormat = "png",
): Promise<EncodedImage> {
  const labels = placeLabels(plates, frame.width, frame.height);
  const overlays = plates.flatMap((plate, i) => plateOverlays(plate, labels[i]!, frame));
  const pipeline = fromPixels(frame).composite(overlays);
  if (format === "webp" && Math.max(frame.width, frame.height) <= MAX_WEBP_SIDE) {
    return { bytes: await pipeline.webp({ quality: 88 }).toBuffer(), extension: ".webp" };
  }
  if (format === "jpeg" || format === "avif" || format === "tiff") {
    return { bytes: await pipeline.jpeg({ quality: 90 }).toBuffer(), extension: ".jpg" };
  }
  return { bytes: await pipeline.png().toBuffer(), extension: ".png" };
}

/** The plate seen straight on, with a margin, about as large as it is in the picture, as PNG. */
export async function cropPlate(frame: Image, { detection }: PlateRead): Promise<EncodedImage> {
  const [topLeft, topRight, bottomRight, bottomLeft] = detection.corners;
  const side = (from: readonly [number, number], to: readonly [number, number]) =>
    Math.hypot(to[0] - from[0], to[1] - from[1]);
  const width = Math.max(side(topLeft, topRight), side(bottomLeft, bottomRight));
  const height = Math.max(side(topLeft, bottomLeft), side(topRight, bottomRight));
  // Small plates are enlarged until a person can read them; absurd corners must not cost absurd memory.
  const scale = Math.max(1, 48 / Math.max(1, height)) * (1 + 2 * CROP_MARGIN);
  const plate = rectifyPlate(frame, detection, {
    width: Math.max(16, Math.min(2048, Math.round(width * scale))),
    height: Math.max(16, Math.min(1024, Math.round(height * scale))),
    margin: CROP_MARGIN,
  });
  return { bytes: await fromPixels(plate).png().toBuffer(), extension: ".png" };
}

function fromPixels({ data, width, height }: Image): Sharp {
  const input = data.buffer instanceof SharedArrayBuffer ? data.slice() : data;
  return sharp(input, { raw: { width, height, channels: 3 }, limitInputPixels: false });
}

/** The outline and the label, each as a small SVG where it stands: one of the whole picture would cost four times its memory. */
function plateOverlays(plate: PlateRead, label: PlateLabel, frame: Image): OverlayOptions[] {
  const colour = (COLOURS.find(([minConfidence]) => plate.confidence >= minConfidence) ?? COLOURS.at(-1)!)[1];
  const linePx = Math.max(1.5, label.unitPx * 0.9);
  const [x, y, width, height] = boxOfQuad(plate.detection.corners);
  const outlineArea: Box = [x - 2 * linePx, y - 2 * linePx, width + 4 * linePx, height + 4 * linePx];
  return [
    overlay(outlineArea, frame, (left, top) => outlineSvg(plate, left, top, linePx, colour)),
    overlay(label.box, frame, (left, top) => labelSvg(label, left, top, colour)),
  ].filter((part) => part !== undefined);
}

/** An SVG over `area`, cut to the frame; undefined when nothing of it is inside. */
function overlay(
  [x, y, width, height]: Box,
  frame: Image,
  draw: (left: number, top: number) => string,
): OverlayOptions | undefined {
  const left = Math.max(0, Math.floor(x));
  const top = Math.max(0, Math.floor(y));
  const right = Math.min(frame.width, Math.ceil(x + width));
  const bottom = Math.min(frame.height, Math.ceil(y + height));
  if (!(right > left && bottom > top)) return undefined;
  const size = `width="${right - left}" height="${bottom - top}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${draw(left, top)}</svg>`;
  return { input: Buffer.from(svg), left, top };
}

/** A dark line under a coloured one, so that it shows on any ground. */
function outlineSvg(
  { detection, doubt }: PlateRead,
  left: number,
  top: number,
  linePx: number,
  colour: string,
): string {
  const points = polygonPoints(detection.corners, left, top);
  const dashes = doubt ? ` stroke-dasharray="${3 * linePx} ${2 * linePx}"` : "";
  return (
    `<polygon points="${points}" fill="none" stroke="#000000" stroke-opacity="0.6" stroke-width="${2 * linePx}"/>` +
    `<polygon points="${points}" fill="none" stroke="${colour}" stroke-width="${linePx}"${dashes}/>`
  );
}

function labelSvg({ text, box, unitPx, paddingPx }: PlateLabel, left: number, top: number, colour: string): string {
  const [x, y, width, height] = [box[0] - left, box[1] - top, box[2], box[3]];
  return (
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="#111111" fill-opacity="0.85"/>` +
    `<rect x="${x}" y="${y}" width="${unitPx}" height="${height}" fill="${colour}"/>` +
    textSvg(text, x + paddingPx, y + paddingPx, unitPx, "#ffffff")
  );
}

function polygonPoints(corners: Quad, left: number, top: number): string {
  return corners.map(([x, y]) => `${(x - left).toFixed(2)},${(y - top).toFixed(2)}`).join(" ");
}
