/** Pictures as plain typed arrays: resizing, cropping, luminance. Knows no file format and no plate. */
import type { Box } from "./geometry.ts";

/** A picture in memory: 8-bit RGB, interleaved, row-major, no padding; `data.length === width * height * 3`. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Largest picture that is read unless told otherwise: 64 megapixels, 192 MB decoded. */
export const MAX_PIXELS = 64_000_000;

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
 * A picture that gets lower is summed along y first, four bytes at a time, for that pass sees every source byte; one
 * that gets higher is reduced along x first.
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
  if (width === source.width && height === source.height) {
    copyRows(source, target, targetWidth);
    return;
  }
  const columns = tapsFor(source.width, width);
  const rows = tapsFor(source.height, height);
  if (height < source.height) shrinkRows(source, target, targetWidth, columns, rows);
  else growRows(source, target, targetWidth, columns, rows);
}

/** What both filters come to at the same size, such as a video frame that ffmpeg scaled: 0.1 ms for 2.5. */
function copyRows({ width, height, data }: Image, target: Uint8Array, targetWidth: number): void {
  for (let y = 0; y < height; y++) {
    target.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * targetWidth * 3);
  }
}

/** Sums source rows by `rows` (area taps), then applies `columns` to the sum. */
function shrinkRows(source: Image, target: Uint8Array, targetWidth: number, columns: AxisTaps, rows: AxisTaps): void {
  const { data } = source;
  const stride = source.width * 3;
  const isAligned = IS_LITTLE_ENDIAN && stride % 4 === 0 && data.byteOffset % 4 === 0;
  const words = isAligned ? new Uint32Array(data.buffer, data.byteOffset, data.length >> 2) : undefined;
  const line = new Float32Array(stride);
  for (let y = 0; y < rows.first.length; y++) {
    const first = rows.first[y]!;
    const last = rows.last[y]!;
    // Where first and last are one row, the last weighs nothing.
    const firstWeight = rows.firstWeight[y]! * rows.norm;
    const lastWeight = rows.lastWeight[y]! * rows.norm;
    if (words === undefined || last - first > MAX_WORD_ROWS) {
      sumRows(data, first * stride, last * stride, stride, firstWeight, lastWeight, rows.norm, line);
    } else {
      const width = stride / 4;
      sumWordRows(words, first * width, last * width, width, firstWeight, lastWeight, rows.norm, line);
    }
    reduceLine(line, columns, target, y * targetWidth * 3);
  }
}

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Every second byte of a 32-bit word; two sums of bytes fit side by side. */
const EVEN_BYTES = 0x00ff00ff;

/** So many sums of bytes fit into 16 bits. */
const MAX_WORD_ROWS = 257;

/** Weighted sum of the rows that start at `first`, first + stride .. `last`; those between weigh `weight` each. */
function sumRows(
  data: Uint8Array,
  first: number,
  last: number,
  stride: number,
  firstWeight: number,
  lastWeight: number,
  weight: number,
  line: Float32Array,
): void {
  for (let i = 0; i < stride; i++) {
    let sum = 0;
    for (let at = first + stride + i; at < last; at += stride) sum += data[at]!;
    line[i] = sum * weight + data[first + i]! * firstWeight + data[last + i]! * lastWeight;
  }
}

/** As `sumRows`, four bytes at a time; positions and stride in words of four bytes, the lowest first. */
function sumWordRows(
  words: Uint32Array,
  first: number,
  last: number,
  stride: number,
  firstWeight: number,
  lastWeight: number,
  weight: number,
  line: Float32Array,
): void {
  for (let i = 0, out = 0; i < stride; i++, out += 4) {
    let even = 0;
    let odd = 0;
    for (let at = first + stride + i; at < last; at += stride) {
      const word = words[at]!;
      even += word & EVEN_BYTES;
      odd += (word >>> 8) & EVEN_BYTES;
    }
    const head = words[first + i]!;
    const tail = words[last + i]!;
    line[out] = (even & 0xffff) * weight + (head & 0xff) * firstWeight + (tail & 0xff) * lastWeight;
    line[out + 1] = (odd & 0xffff) * weight + ((head >>> 8) & 0xff) * firstWeight + ((tail >>> 8) & 0xff) * lastWeight;
    line[out + 2] = (even >>> 16) * weight + ((head >>> 16) & 0xff) * firstWeight + ((tail >>> 16) & 0xff) * lastWeight;
    line[out + 3] = (odd >>> 16) * weight + (head >>> 24) * firstWeight + (tail >>> 24) * lastWeight;
  }
}

/** Applies the taps of the x axis to a line and rounds the triples into `target` from `out` on. */
function reduceLine(line: Float32Array, columns: AxisTaps, target: Uint8Array, out: number): void {
  const { first, last, firstWeight, lastWeight, norm } = columns;
  for (let x = 0; x < first.length; x++, out += 3) {
    const from = first[x]! * 3;
    const to = last[x]! * 3;
    const fromWeight = firstWeight[x]!;
    const toWeight = lastWeight[x]!;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = from + 3; i < to; i += 3) {
      red += line[i]!;
      green += line[i + 1]!;
      blue += line[i + 2]!;
    }
    // Sums of non-negative bytes with weights that total 1: adding a half and truncating rounds, and never leaves 0..255.
    target[out] = (red + fromWeight * line[from]! + toWeight * line[to]!) * norm + 0.5;
    target[out + 1] = (green + fromWeight * line[from + 1]! + toWeight * line[to + 1]!) * norm + 0.5;
    target[out + 2] = (blue + fromWeight * line[from + 2]! + toWeight * line[to + 2]!) * norm + 0.5;
  }
}

/** Applies `columns` to each source row once, then interpolates between rows by `rows` (bilinear taps). */
function growRows(source: Image, target: Uint8Array, targetWidth: number, columns: AxisTaps, rows: AxisTaps): void {
  const stride = source.width * 3;
  const rowLength = columns.first.length * 3;
  // Neighbouring output rows use two adjacent source rows: two slots by parity keep them.
  const cache = [new Float32Array(rowLength), new Float32Array(rowLength)] as const;
  const cachedRow = [-1, -1];
  const reduced = (sourceY: number): Float32Array => {
    const slot = sourceY & 1;
    if (cachedRow[slot] !== sourceY) {
      reduceRow(source.data, sourceY * stride, columns, cache[slot]!);
      cachedRow[slot] = sourceY;
    }
    return cache[slot]!;
  };
  for (let y = 0; y < rows.first.length; y++) {
    const above = reduced(rows.first[y]!);
    const below = reduced(rows.last[y]!);
    const weightAbove = rows.firstWeight[y]!;
    const weightBelow = rows.lastWeight[y]!;
    const to = y * targetWidth * 3;
    // Rounds, as above.
    for (let i = 0; i < rowLength; i++) target[to + i] = above[i]! * weightAbove + below[i]! * weightBelow + 0.5;
  }
}

/** Applies the taps of the x axis to the row of `data` from `start` on; the result holds `columns.first.length` RGB triples. */
function reduceRow(data: Uint8Array, start: number, columns: AxisTaps, row: Float32Array): void {
  const { first, last, firstWeight, lastWeight, norm } = columns;
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
