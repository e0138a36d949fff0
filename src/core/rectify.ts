/** Straightens a detected plate into the recognizer's input. Knows corners and pixels, not text. */
import {
  type Box,
  boxOfQuad,
  clipPolygon,
  expandQuad,
  type Homography,
  homography,
  isConvex,
  isInFront,
  polygonArea,
  type Quad,
  quadOfBox,
} from "./geometry.ts";
import { crop, type Image, pixelBox, resize } from "./image.ts";
import type { RecognizerCard } from "./model.ts";
import type { Detection } from "./read.ts";

/** Samples per output pixel and axis at most; bounds the work for absurd corners, real plates need up to 4. */
const MAX_SAMPLES = 8;

/** A bilinear sample's four weights are whole numbers that sum to the square of this: twice as fast as fractions. */
const WHOLE = 256;

/**
 * The plate seen straight on, at exactly `width` x `height` pixels, with `margin` of its own width and height around it.
 *
 * A plate much larger than the output is first shrunk by area averaging, then sampled bilinearly, several samples a
 * pixel where a side is still longer than the output's, so that fine strokes don't alias. Beyond the frame its edge
 * pixels repeat. Corners that fix no plane (crossed, in a line) give way to the detection's box.
 */
export function rectifyPlate(
  frame: Image,
  detection: Pick<Detection, "box" | "corners">,
  { width, height, margin }: Pick<RecognizerCard["resize"], "width" | "height" | "margin">,
): Image {
  const { quad, map } = plateMap(detection, width, height, margin);
  const outer = expandQuad(quad, margin);
  const [top, right, bottom, left] = [
    distance(outer, 0, 1),
    distance(outer, 1, 2),
    distance(outer, 2, 3),
    distance(outer, 3, 0),
  ];
  // Shrunk by the shortest side, so that the far end of a plate in perspective loses nothing; sampled for the longest.
  const shrink = Math.min(Math.min(top, bottom) / width, Math.min(left, right) / height);
  const ratioX = Math.max(top, bottom) / width;
  const ratioY = Math.max(left, right) / height;

  const reduced = reduce(frame, boxOfQuad(outer), shrink);
  const { image, offsetX, offsetY, scaleX, scaleY } = reduced;
  const [a, b, c, d, e, f, g, h, i] = map;
  const toReduced: Homography = [
    scaleX * (a - offsetX * g),
    scaleX * (b - offsetX * h),
    scaleX * (c - offsetX * i),
    scaleY * (d - offsetY * g),
    scaleY * (e - offsetY * h),
    scaleY * (f - offsetY * i),
    g,
    h,
    i,
  ];
  return warp(image, toReduced, width, height, samples(ratioX * scaleX), samples(ratioY * scaleY));
}

/** Where a plate's corners lie in its straightened picture. */
export function insetQuad({
  width,
  height,
  margin,
}: Pick<RecognizerCard["resize"], "width" | "height" | "margin">): Quad {
  const insetX = (width * margin) / (1 + 2 * margin);
  const insetY = (height * margin) / (1 + 2 * margin);
  return quadOfBox([insetX, insetY, width - 2 * insetX, height - 2 * insetY]);
}

/** Share of the plate's area that lies outside the frame, 0..1. */
export function outsideShare(corners: Quad, frame: { readonly width: number; readonly height: number }): number {
  const area = polygonArea(corners);
  if (!(area > 0)) return 0;
  const inside = polygonArea(clipPolygon(corners, [0, 0, frame.width, frame.height]));
  return Math.min(1, Math.max(0, 1 - inside / area));
}

/** The quad to read and the map from output pixels to frame pixels. */
function plateMap(
  detection: Pick<Detection, "box" | "corners">,
  width: number,
  height: number,
  margin: number,
): { quad: Quad; map: Homography } {
  const whole = quadOfBox([0, 0, width, height]);
  const inset = insetQuad({ width, height, margin });
  if (isConvex(detection.corners)) {
    const map = homography(inset, detection.corners);
    if (map !== null && isInFront(map, whole)) return { quad: detection.corners, map };
  }
  const [x, y, boxWidth, boxHeight] = detection.box;
  const box: Box = [x, y, Math.max(1, boxWidth), Math.max(1, boxHeight)];
  const [[insetX, insetY]] = inset;
  const scaleX = box[2] / (width - 2 * insetX);
  const scaleY = box[3] / (height - 2 * insetY);
  return {
    quad: quadOfBox(box),
    map: [scaleX, 0, x - insetX * scaleX, 0, scaleY, y - insetY * scaleY, 0, 0, 1],
  };
}

function distance(quad: Quad, from: 0 | 1 | 2 | 3, to: 0 | 1 | 2 | 3): number {
  return Math.hypot(quad[to][0] - quad[from][0], quad[to][1] - quad[from][1]);
}

function samples(ratio: number): number {
  // A hair above a whole number is rounding, not another sample.
  return Math.min(MAX_SAMPLES, Math.max(1, Math.ceil(ratio - 0.05)));
}

interface Reduced {
  readonly image: Image;
  readonly offsetX: number;
  readonly offsetY: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

/** The frame around `box`, shrunk by `ratio` where that is at least 2: reduced = (frame - offset) * scale. */
function reduce(frame: Image, box: Box, ratio: number): Reduced {
  const pad = Math.ceil(ratio) + 1;
  const area = pixelBox(frame, [box[0] - pad, box[1] - pad, box[2] + 2 * pad, box[3] + 2 * pad]);
  if (!(ratio >= 2) || area[2] === 0 || area[3] === 0) {
    return { image: frame, offsetX: 0, offsetY: 0, scaleX: 1, scaleY: 1 };
  }
  const width = Math.max(1, Math.round(area[2] / ratio));
  const height = Math.max(1, Math.round(area[3] / ratio));
  return {
    image: resize(crop(frame, area), width, height),
    offsetX: area[0],
    offsetY: area[1],
    scaleX: width / area[2],
    scaleY: height / area[3],
  };
}

/** Used again from plate to plate, all of one size; nothing is read from it before it was written. */
let sums = new Int32Array(0);

/** Samples `source` through `map` (output pixels to source pixels) bilinearly, often enough for both axes. */
function warp(
  source: Image,
  map: Homography,
  width: number,
  height: number,
  samplesX: number,
  samplesY: number,
): Image {
  if (sums.length === width * height * 3) sums.fill(0);
  else sums = new Int32Array(width * height * 3);
  // As many samples as the longer axis needs, none in the row or column of another: a diagonal does for both axes.
  const count = Math.max(samplesX, samplesY);
  for (let sample = 0; sample < count; sample++) {
    const along = (sample + 0.5) / count;
    addSamples(sums, width, source, map, samplesX > 1 ? along : 0.5, samplesY > 1 ? along : 0.5);
  }
  const data = new Uint8Array(sums.length);
  const share = 1 / (count * WHOLE * WHOLE);
  for (let i = 0; i < data.length; i++) data[i] = sums[i]! * share + 0.5;
  return { width, height, data };
}

/** Adds one sample a pixel, at (shiftX, shiftY) within it, each 0..1, to `sums`; sums grow by at most 255 · WHOLE². */
function addSamples(
  sums: Int32Array,
  width: number,
  { data: pixels, width: sourceWidth, height: sourceHeight }: Image,
  [a, b, c, d, e, f, g, h, i]: Homography,
  shiftX: number,
  shiftY: number,
): void {
  const maxX = sourceWidth - 1;
  const maxY = sourceHeight - 1;
  const stride = sourceWidth * 3;
  for (let v = shiftY, out = 0; out < sums.length; v++) {
    const rowX = b * v + c;
    const rowY = e * v + f;
    const rowW = h * v + i;
    for (let x = 0; x < width; x++, out += 3) {
      const u = x + shiftX;
      const w = 1 / (g * u + rowW);
      // Pixel centres lie at halves; clamping repeats the edge pixels.
      let sourceX = (a * u + rowX) * w - 0.5;
      let sourceY = (d * u + rowY) * w - 0.5;
      sourceX = sourceX > 0 ? (sourceX < maxX ? sourceX : maxX) : 0;
      sourceY = sourceY > 0 ? (sourceY < maxY ? sourceY : maxY) : 0;
      const left = sourceX | 0;
      const top = sourceY | 0;
      const fractionX = ((sourceX - left) * WHOLE + 0.5) | 0;
      const fractionY = ((sourceY - top) * WHOLE + 0.5) | 0;
      const topLeft = top * stride + left * 3;
      const topRight = left < maxX ? topLeft + 3 : topLeft;
      const below = top < maxY ? stride : 0;
      const bottomLeft = topLeft + below;
      const bottomRight = topRight + below;
      const w11 = fractionX * fractionY;
      const w10 = fractionX * WHOLE - w11;
      const w01 = fractionY * WHOLE - w11;
      const w00 = WHOLE * WHOLE - fractionX * WHOLE - w01;
      sums[out]! +=
        w00 * pixels[topLeft]! + w10 * pixels[topRight]! + w01 * pixels[bottomLeft]! + w11 * pixels[bottomRight]!;
      sums[out + 1]! +=
        w00 * pixels[topLeft + 1]! +
        w10 * pixels[topRight + 1]! +
        w01 * pixels[bottomLeft + 1]! +
        w11 * pixels[bottomRight + 1]!;
      sums[out + 2]! +=
        w00 * pixels[topLeft + 2]! +
        w10 * pixels[topRight + 2]! +
        w01 * pixels[bottomLeft + 2]! +
        w11 * pixels[bottomRight + 2]!;
    }
  }
}
