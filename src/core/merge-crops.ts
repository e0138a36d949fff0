/**
 * One picture of a plate from its pictures in several frames: what a frame's noise hides, the mean of many shows. Knows
 * pixels only; the recognizer reads the mean like any plate.
 */
import {
  type Grey,
  goalOf,
  greySoftener,
  IN_PLACE,
  type Placing,
  placeOn,
  standardise,
  valueAt,
} from "./align-crops.ts";
import type { Image } from "./image.ts";

/** A straightened plate, and how much its frame tells, > 0. */
export interface WeightedCrop {
  readonly image: Image;
  readonly weight: number;
}

/** Box filters of the rounds: first what is coarse is laid together, then what is fine. */
const RADII = [3, 2, 1] as const;

/**
 * The detector's corners are off by less than this: shares of a straightened plate's width and height. What seems to be off by
 * more could not be placed.
 */
const MAX_SHIFT_SHARE = 0.12;
const MAX_STRETCH = 0.2;

/**
 * A picture that differs from the mean this many times as much as the middle one is of something else: half of the plate, or another.
 * Differences are mean squares of standardised luminance: 0 for the same, 2 for nothing in common, 0.2 between very noisy ones.
 */
const STRANGE_RATIO = 4;
/** Clear pictures differ by next to nothing, and by this much where the light fell otherwise. */
const MIN_STRANGE = 0.1;

/**
 * The weighted mean of straightened plates of one size, each laid on the mean of all (congealing; Learned-Miller 2006), so that
 * no single noisy one is the measure. What can't be laid on it is left out.
 *
 * @throws RangeError for no pictures, or pictures of different sizes.
 */
export function mergeCrops(crops: readonly WeightedCrop[]): Image {
  const [first] = crops;
  if (first === undefined) throw new RangeError("There are no pictures to merge.");
  if (crops.length === 1) return first.image;
  const { width, height } = first.image;
  const stranger = crops.find(({ image }) => image.width !== width || image.height !== height)?.image;
  if (stranger !== undefined) {
    throw new RangeError(
      `A picture of ${stranger.width}x${stranger.height} can't be merged with one of ${width}x${height}.`,
    );
  }
  const soften = greySoftener(crops.map(({ image }) => image));
  let placings: readonly Placing[] = crops.map(() => IN_PLACE);
  let differences: readonly number[] = crops.map(() => 0);
  for (const radius of RADII) {
    const greys = soften(radius);
    const mean = meanGrey(greys, crops, placings);
    const goal = goalOf(mean);
    placings = greys.map((grey, i) => bounded(placeOn(goal, grey, placings[i]!), grey)); // one each
    differences = greys.map((grey, i) => differenceOf(mean, grey, placings[i]!));
  }
  const middle = [...differences].sort((x, y) => x - y)[crops.length >> 1]!; // never none
  const limit = Math.max(MIN_STRANGE, STRANGE_RATIO * middle);
  const fitting = crops
    .map((crop, i) => ({ ...crop, placing: placings[i]!, difference: differences[i]! }))
    .filter(({ difference }) => difference <= limit);
  return meanPicture(fitting);
}

/** Pixels to each side that a sharpened pixel is held against. */
const SHARPENING_REACH = 2;

/**
 * The picture with each value moved away from the mean around it by as much as it differs: unsharp masking. In one frame that
 * would raise its noise, in the mean of several it takes back some of the blur that all share (4 of 120 rendered clips).
 */
export function sharpened({ width, height, data }: Image): Image {
  const sharp = new Uint8ClampedArray(data.length);
  const clampX = (x: number) => Math.min(width - 1, Math.max(0, x));
  const clampY = (y: number) => Math.min(height - 1, Math.max(0, y));
  for (let i = 0; i < data.length; i++) {
    const [x, y, channel] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    let sum = 0;
    for (let dy = -SHARPENING_REACH; dy <= SHARPENING_REACH; dy++) {
      for (let dx = -SHARPENING_REACH; dx <= SHARPENING_REACH; dx++) {
        sum += data[(clampY(y + dy) * width + clampX(x + dx)) * 3 + channel]!;
      }
    }
    sharp[i] = 2 * data[i]! - sum / (2 * SHARPENING_REACH + 1) ** 2;
  }
  return { width, height, data: new Uint8Array(sharp.buffer) };
}

/** Shares of width and height by which the corners of a framing lie further out, right and down than the detector's. */
const FRAMINGS = [
  { out: [0.04, 0.05], aside: [0, 0] },
  { out: [-0.04, -0.05], aside: [0, 0] },
  { out: [0, 0], aside: [-0.02, -0.03] },
  { out: [0, 0], aside: [0.02, 0.03] },
] as const;

/**
 * The picture, and the same as it would be had the corners been found a little further out, in, or aside: what the recognizer
 * reads depends on that by chance, and what it reads of several is right more often.
 */
export function framingsOf(image: Image): Image[] {
  const { width, height } = image;
  const others = FRAMINGS.map(({ out, aside }) => {
    const placing: Placing = [1 + out[0], 0, aside[0] * width, 0, 1 + out[1], aside[1] * height];
    return meanPicture([{ image, weight: 1, placing }]);
  });
  return [image, ...others];
}

/** The placing, or none where it can't be right. */
function bounded(placing: Placing, { width, height }: Grey): Placing {
  const [a, b, e, c, d, f] = placing;
  const stretch = Math.max(Math.abs(a - 1), Math.abs(b), Math.abs(c), Math.abs(d - 1));
  const isPlaced =
    Math.abs(e) <= MAX_SHIFT_SHARE * width && Math.abs(f) <= MAX_SHIFT_SHARE * height && stretch <= MAX_STRETCH;
  return isPlaced ? placing : IN_PLACE;
}

function meanGrey(greys: readonly Grey[], crops: readonly WeightedCrop[], placings: readonly Placing[]): Grey {
  const { width, height } = greys[0]!; // never none
  const data = new Float32Array(width * height);
  for (const [i, grey] of greys.entries()) {
    const { weight } = crops[i]!; // one each
    forEachPlace(width, height, placings[i]!, (to, x, y) => {
      data[to]! += weight * valueAt(grey, x, y);
    });
  }
  standardise(data);
  return { width, height, data };
}

function differenceOf(mean: Grey, grey: Grey, placing: Placing): number {
  let sum = 0;
  forEachPlace(mean.width, mean.height, placing, (to, x, y) => {
    sum += (mean.data[to]! - valueAt(grey, x, y)) ** 2;
  });
  return sum / mean.data.length;
}

/** Used again from picture to picture, all of one size: a merge makes five means, 0.25 MB each, and V8 gives buffers back late. */
let sums = new Float64Array(0);

/** The weighted mean of the pictures, each where its placing says. */
function meanPicture(crops: readonly (WeightedCrop & { readonly placing: Placing })[]): Image {
  const { width, height } = crops[0]!.image; // never none
  if (sums.length === width * height * 3) sums.fill(0);
  else sums = new Float64Array(width * height * 3);
  let total = 0;
  for (const { image, weight, placing } of crops) {
    total += weight;
    forEachPlace(width, height, placing, (to, x, y) => {
      for (let channel = 0; channel < 3; channel++) {
        sums[3 * to + channel]! += weight * valueAt(image, x, y, channel, 3);
      }
    });
  }
  return { width, height, data: Uint8Array.from(sums, (sum) => Math.round(sum / total)) };
}

/** Calls for each pixel of a picture with where another has it. */
function forEachPlace(
  width: number,
  height: number,
  [a, b, e, c, d, f]: Placing,
  visit: (to: number, x: number, y: number) => void,
): void {
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = column - middleX;
      const y = row - middleY;
      visit(row * width + column, a * x + b * y + e + middleX, c * x + d * y + f + middleY);
    }
  }
}
