/** Pictures as plain typed arrays: resizing, cropping, luminance. Knows no file format and no plate. */
import type { Box } from "./geometry.ts";

/** A picture in memory: 8-bit RGB, interleaved, row-major, no padding; `data.length === width * height * 3`. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * The taps of one output coordinate along one axis: source samples `first..last`; those strictly between weigh 1.
 * Both filters have this shape, so one loop serves them.
 */
interface AxisTaps {
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly firstWeight: Float64Array;
  readonly lastWeight: Float64Array;
  /** What the weighted sum is multiplied by, so that the weights total 1. */
  readonly norm: number;
}

/** Area averaging: output i covers the source interval [i, i + 1) * scale. */
function areaTaps(sourceSize: number, targetSize: number): AxisTaps {
  const scale = sourceSize / targetSize;
  const taps = emptyTaps(targetSize, 1 / scale);
  for (let i = 0; i < targetSize; i++) {
    const start = i * scale;
    const end = Math.min((i + 1) * scale, sourceSize);
    const first = Math.floor(start);
    const last = Math.max(first, Math.ceil(end) - 1);
    taps.first[i] = first;
    taps.last[i] = last;
    taps.firstWeight[i] = first === last ? end - start : first + 1 - start;
    taps.lastWeight[i] = first === last ? 0 : end - last;
  }
  return taps;
}

/** Bilinear interpolation between pixel centres, edge pixels repeated. */
function bilinearTaps(sourceSize: number, targetSize: number): AxisTaps {
  const taps = emptyTaps(targetSize, 1);
  for (let i = 0; i < targetSize; i++) {
    const position = ((i + 0.5) * sourceSize) / targetSize - 0.5;
    const first = Math.floor(position);
    taps.first[i] = Math.max(0, first);
    taps.last[i] = Math.min(sourceSize - 1, first + 1);
    taps.firstWeight[i] = 1 - (position - first);
    taps.lastWeight[i] = position - first;
  }
  return taps;
}

function emptyTaps(size: number, norm: number): AxisTaps {
  return {
    first: new Int32Array(size),
    last: new Int32Array(size),
    firstWeight: new Float64Array(size),
    lastWeight: new Float64Array(size),
    norm,
  };
}

/** Shrinking averages (no aliasing), growing interpolates; the rule `training` uses too (OpenCV's INTER_AREA, INTER_LINEAR). */
function tapsFor(sourceSize: number, targetSize: number): AxisTaps {
  return targetSize < sourceSize ? areaTaps(sourceSize, targetSize) : bilinearTaps(sourceSize, targetSize);
}

/**
 * Resizes `source` into the top left `width` x `height` pixels of `target`, an RGB buffer `targetWidth` pixels wide.
 * Each axis averages by area when it shrinks and interpolates linearly when it grows.
 *
 * Every source row is reduced along x once, then added along y: 1080p to 416x234 takes about 9 ms.
 *
 * @throws RangeError when a size is not a positive whole number or the target is too small.
 */
export function resizeInto(
  source: Image,
  target: Uint8Array,
  targetWidth: number,
  width: number,
  height: number,
): void {
  requireSize(width, height);
  requireSize(source.width, source.height);
  if (width > targetWidth || target.length < ((height - 1) * targetWidth + width) * 3) {
    throw new RangeError(`A ${width}x${height} picture does not fit a buffer of ${target.length} bytes.`);
  }
  const columns = tapsFor(source.width, width);
  const rows = tapsFor(source.height, height);
  const rowLength = width * 3;
  // Neighbouring output rows share at most one (area) or two adjacent (bilinear) source rows: two slots by parity keep them.
  const cache = [new Float32Array(rowLength), new Float32Array(rowLength)] as const;
  const cachedRow = [-1, -1];
  const sum = new Float32Array(rowLength);

  for (let y = 0; y < height; y++) {
    const first = rows.first[y]!;
    const last = rows.last[y]!;
    sum.fill(0);
    for (let sourceY = first; sourceY <= last; sourceY++) {
      const slot = sourceY & 1;
      const row = cache[slot]!;
      if (cachedRow[slot] !== sourceY) {
        reduceRow(source, sourceY, columns, row);
        cachedRow[slot] = sourceY;
      }
      // Bilinear taps clamped at an edge have first === last, and there both weights belong to the one row.
      const isEdge = first === last;
      const weight =
        rows.norm *
        (isEdge
          ? rows.firstWeight[y]! + rows.lastWeight[y]!
          : sourceY === first
            ? rows.firstWeight[y]!
            : sourceY === last
              ? rows.lastWeight[y]!
              : 1);
      for (let i = 0; i < rowLength; i++) sum[i] = sum[i]! + weight * row[i]!;
    }
    const offset = y * targetWidth * 3;
    // Sums of non-negative bytes with weights that total 1: adding a half and truncating rounds, and never leaves 0..255.
    for (let i = 0; i < rowLength; i++) target[offset + i] = sum[i]! + 0.5;
  }
}

/** Applies the taps of the x axis to source row `y`; the result holds `columns.first.length` RGB triples. */
function reduceRow(source: Image, y: number, columns: AxisTaps, row: Float32Array): void {
  const { data } = source;
  const { first, last, firstWeight, lastWeight, norm } = columns;
  const start = y * source.width * 3;
  for (let x = 0, out = 0; x < first.length; x++, out += 3) {
    const from = start + first[x]! * 3;
    const to = start + last[x]! * 3;
    const fromWeight = firstWeight[x]!;
    const toWeight = lastWeight[x]!;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = from + 3; i < to; i += 3) {
      red += data[i]!;
      green += data[i + 1]!;
      blue += data[i + 2]!;
    }
    row[out] = (red + fromWeight * data[from]! + toWeight * data[to]!) * norm;
    row[out + 1] = (green + fromWeight * data[from + 1]! + toWeight * data[to + 1]!) * norm;
    row[out + 2] = (blue + fromWeight * data[from + 2]! + toWeight * data[to + 2]!) * norm;
  }
}

/**
 * The picture at exactly `width` x `height` pixels; averages by area when shrinking, interpolates when growing.
 *
 * @throws RangeError when a size is not a positive whole number.
 */
export function resize(source: Image, width: number, height: number): Image {
  requireSize(width, height);
  const data = new Uint8Array(width * height * 3);
  resizeInto(source, data, width, width, height);
  return { width, height, data };
}

/** The smallest box of whole pixels that covers `box` within the picture; width or height 0 when they don't meet. */
export function pixelBox(image: { readonly width: number; readonly height: number }, box: Box): Box {
  const left = Math.min(image.width, Math.max(0, Math.floor(box[0])));
  const top = Math.min(image.height, Math.max(0, Math.floor(box[1])));
  const right = Math.min(image.width, Math.ceil(box[0] + box[2]));
  const bottom = Math.min(image.height, Math.ceil(box[1] + box[3]));
  return [left, top, Math.max(0, right - left), Math.max(0, bottom - top)];
}

/**
 * A copy of the part of the picture under `box`, widened to whole pixels and clipped to the picture.
 *
 * @throws RangeError when the box lies outside the picture.
 */
export function crop(image: Image, box: Box): Image {
  const [left, top, width, height] = pixelBox(image, box);
  if (width === 0 || height === 0) {
    throw new RangeError(`The box ${box.join(",")} lies outside the ${image.width}x${image.height} picture.`);
  }
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(start, start + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** Luminance of every pixel, 0..255, row-major (ITU-R BT.601 weights in 1/256). */
export function greyscale(image: Image): Uint8Array {
  const { data } = image;
  const grey = new Uint8Array(image.width * image.height);
  for (let i = 0, j = 0; i < grey.length; i++, j += 3) {
    grey[i] = (77 * data[j]! + 150 * data[j + 1]! + 29 * data[j + 2]! + 128) >> 8;
  }
  return grey;
}

function requireSize(width: number, height: number): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new RangeError(`A picture must be at least 1x1 whole pixels, not ${width}x${height}.`);
  }
}
