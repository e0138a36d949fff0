/** One-channel pictures: what thresholds, contours and the character net work on. Knows no plate. */
import { greyscale, type Image } from "../core/image.ts";

/** 8-bit luminance, row-major, no padding; `data.length === width * height`. Binary pictures hold 0 and 255 only. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export function greyPicture(image: Image): GreyPicture {
  return { width: image.width, height: image.height, data: greyscale(image) };
}

/** Black where it was white and the other way round. */
export function invert({ width, height, data }: GreyPicture): GreyPicture {
  return { width, height, data: data.map((value) => 255 - value) };
}

/**
 * The part of a picture under whole-pixel `[x, y, width, height]`.
 *
 * @throws RangeError when the box is empty or reaches beyond the picture.
 */
export function cutOut(
  picture: GreyPicture,
  [x, y, width, height]: readonly [number, number, number, number],
): GreyPicture {
  if (!(x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= picture.width && y + height <= picture.height)) {
    throw new RangeError(`The box ${[x, y, width, height]} does not lie in ${picture.width}x${picture.height} pixels.`);
  }
  const data = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (y + row) * picture.width + x;
    data.set(picture.data.subarray(start, start + width), row * width);
  }
  return { width, height, data };
}

/** Where the two samples of each output pixel lie along one axis, and how much the second weighs. */
interface LinearTaps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly secondWeight: Float64Array;
}

/** @param growth target size over source size. */
type TapRule = (index: number, growth: number) => readonly [first: number, secondWeight: number];

/** Between pixel centres: OpenCV's INTER_LINEAR, which does not average when it shrinks. */
const BETWEEN_CENTRES: TapRule = (index, growth) => {
  const position = (index + 0.5) / growth - 0.5;
  const first = Math.floor(position);
  return [first, position - first];
};

/** What OpenCV's INTER_AREA does as soon as one side grows, its roundings too: they decide which pixels are met. */
const AREA_GROWING: TapRule = (index, growth) => {
  const first = Math.floor(index * (1 / growth));
  const weight = Math.fround(index + 1 - (first + 1) * growth);
  return [first, weight <= 0 ? 0 : weight - Math.floor(weight)];
};

function linearTaps(sourceSize: number, targetSize: number, rule: TapRule): LinearTaps {
  const taps = {
    first: new Int32Array(targetSize),
    second: new Int32Array(targetSize),
    secondWeight: new Float64Array(targetSize),
  };
  for (let i = 0; i < targetSize; i++) {
    const [first, weight] = rule(i, targetSize / sourceSize);
    taps.first[i] = Math.min(sourceSize - 1, Math.max(0, first));
    taps.second[i] = Math.min(sourceSize - 1, Math.max(0, first + 1));
    taps.secondWeight[i] = weight;
  }
  return taps;
}

function interpolate(source: GreyPicture, width: number, height: number, rule: TapRule): GreyPicture {
  const columns = linearTaps(source.width, width, rule);
  const rows = linearTaps(source.height, height, rule);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const top = rows.first[y]! * source.width;
    const bottom = rows.second[y]! * source.width;
    const down = rows.secondWeight[y]!;
    for (let x = 0; x < width; x++) {
      const left = columns.first[x]!;
      const right = columns.second[x]!;
      const along = columns.secondWeight[x]!;
      const upper = source.data[top + left]! * (1 - along) + source.data[top + right]! * along;
      const lower = source.data[bottom + left]! * (1 - along) + source.data[bottom + right]! * along;
      data[y * width + x] = upper * (1 - down) + lower * down + 0.5;
    }
  }
  return { width, height, data };
}

/** Resizes as `cv.resize` does by default (INTER_LINEAR), to within rounding: what the tutorial's steps rest on. */
export function resizeLinear(source: GreyPicture, width: number, height: number): GreyPicture {
  return interpolate(source, width, height, BETWEEN_CENTRES);
}

/** Averages by area; where either side grows, OpenCV's INTER_AREA turns into an interpolation of its own, as here. */
export function resizeArea(source: GreyPicture, width: number, height: number): GreyPicture {
  if (width > source.width || height > source.height) return interpolate(source, width, height, AREA_GROWING);
  const columns = areaSpans(source.width, width);
  const rows = areaSpans(source.height, height);
  // Along the rows first, each source row once; then down.
  const narrow = width === source.width ? Float64Array.from(source.data) : new Float64Array(width * source.height);
  for (let y = 0, out = 0; y < source.height && width < source.width; y++) {
    const start = y * source.width;
    for (let x = 0; x < width; x++, out++) {
      const [first, last] = [columns.first[x]!, columns.last[x]!];
      let sum =
        columns.firstShare[x]! * source.data[start + first]! + columns.lastShare[x]! * source.data[start + last]!;
      for (let i = first + 1; i < last; i++) sum += source.data[start + i]!;
      narrow[out] = sum;
    }
  }
  const data = new Uint8Array(width * height);
  const scale = (width * height) / (source.width * source.height);
  for (let y = 0; y < height; y++) {
    const [first, last] = [rows.first[y]!, rows.last[y]!];
    const [firstShare, lastShare] = [rows.firstShare[y]!, rows.lastShare[y]!];
    for (let x = 0; x < width; x++) {
      let sum = firstShare * narrow[first * width + x]! + lastShare * narrow[last * width + x]!;
      for (let i = first + 1; i < last; i++) sum += narrow[i * width + x]!;
      data[y * width + x] = sum * scale + 0.5;
    }
  }
  return { width, height, data };
}

/** Of each output pixel along one axis the source pixels under it: the first and the last count in part. */
function areaSpans(sourceSize: number, targetSize: number) {
  const spans = {
    first: new Int32Array(targetSize),
    last: new Int32Array(targetSize),
    firstShare: new Float64Array(targetSize),
    /** 0 where the first is the only one. */
    lastShare: new Float64Array(targetSize),
  };
  for (let i = 0; i < targetSize; i++) {
    const [from, to] = [(i * sourceSize) / targetSize, Math.min(sourceSize, ((i + 1) * sourceSize) / targetSize)];
    const first = Math.floor(from);
    const last = Math.min(sourceSize - 1, Math.max(first, Math.ceil(to - 1e-9) - 1));
    spans.first[i] = first;
    spans.last[i] = last;
    spans.firstShare[i] = Math.min(to, first + 1) - from;
    spans.lastShare[i] = last === first ? 0 : to - last;
  }
  return spans;
}

/**
 * Moves every column up by `slope` pixels for each pixel it lies right of the middle, and every row left by `slant` for
 * each pixel it lies below: text that rises or leans becomes straight. Beyond the edge its pixels repeat.
 */
export function shear(source: GreyPicture, slope: number, slant = 0): GreyPicture {
  const { width, height } = source;
  const data = new Uint8Array(width * height);
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sourceX = Math.min(width - 1, Math.max(0, x + slant * (y - middleY)));
      const sourceY = Math.min(height - 1, Math.max(0, y + slope * (sourceX - middleX)));
      const left = Math.floor(sourceX);
      const top = Math.floor(sourceY);
      const right = Math.min(width - 1, left + 1);
      const bottom = Math.min(height - 1, top + 1);
      const along = sourceX - left;
      const down = sourceY - top;
      const upper = source.data[top * width + left]! * (1 - along) + source.data[top * width + right]! * along;
      const lower = source.data[bottom * width + left]! * (1 - along) + source.data[bottom * width + right]! * along;
      data[y * width + x] = upper * (1 - down) + lower * down + 0.5;
    }
  }
  return { width, height, data };
}
