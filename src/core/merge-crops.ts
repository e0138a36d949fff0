/**
 * One picture of a plate from its pictures in several frames: what a frame's noise hides, the mean of many shows. Knows
 * pixels only; the recognizer reads the mean like any plate.
 */
import { greyscale, type Image } from "./image.ts";

/** A straightened plate, and how much its frame tells, > 0. */
export interface WeightedCrop {
  readonly image: Image;
  readonly weight: number;
}

/** The detector's corners are off by this much of a straightened plate's width and height; looked for in steps of a pixel. */
const MAX_SHIFT_SHARE = { x: 0.05, y: 0.0625 } as const;

/** Every second pixel of every second row tells two pictures' shift as well as all of them do. */
const STEP = 2;

/**
 * The weighted mean of straightened plates of one size, each first shifted by whole pixels to where it differs least from
 * the heaviest one.
 *
 * @throws RangeError for no pictures, or pictures of different sizes.
 */
export function mergeCrops(crops: readonly WeightedCrop[]): Image {
  const reference = crops.reduce<WeightedCrop | undefined>(
    (best, crop) => (best === undefined || crop.weight > best.weight ? crop : best),
    undefined,
  )?.image;
  if (reference === undefined) throw new RangeError("There are no pictures to merge.");
  const { width, height } = reference;
  const goal = greyscale(reference);
  const sums = new Float64Array(width * height * 3);
  let total = 0;
  for (const { image, weight } of crops) {
    if (image.width !== width || image.height !== height) {
      throw new RangeError(
        `A picture of ${image.width}x${image.height} can't be merged with one of ${width}x${height}.`,
      );
    }
    const shift = image === reference ? [0, 0] : bestShift(goal, greyscale(image), width, height);
    addShifted(sums, image, shift as readonly [number, number], weight);
    total += weight;
  }
  return { width, height, data: Uint8Array.from(sums, (sum) => Math.round(sum / total)) };
}

/** By how many pixels right and down `grey` lies off `goal`: the shift of the least mean squared difference. */
function bestShift(goal: Uint8Array, grey: Uint8Array, width: number, height: number): readonly [x: number, y: number] {
  const reachX = Math.round(MAX_SHIFT_SHARE.x * width);
  const reachY = Math.round(MAX_SHIFT_SHARE.y * height);
  let least = Infinity;
  let best: readonly [number, number] = [0, 0];
  for (let shiftY = -reachY; shiftY <= reachY; shiftY++) {
    for (let shiftX = -reachX; shiftX <= reachX; shiftX++) {
      let sum = 0;
      for (let y = reachY; y < height - reachY; y += STEP) {
        const row = y * width;
        const shifted = (y + shiftY) * width + shiftX;
        for (let x = reachX; x < width - reachX; x += STEP) sum += (goal[row + x]! - grey[shifted + x]!) ** 2;
      }
      if (sum >= least) continue;
      least = sum;
      best = [shiftX, shiftY];
    }
  }
  return best;
}

/** Adds the picture, read `shift` away; beyond its border its outermost pixels go on. */
function addShifted(
  sums: Float64Array,
  { width, height, data }: Image,
  [shiftX, shiftY]: readonly [x: number, y: number],
  weight: number,
): void {
  for (let y = 0; y < height; y++) {
    const row = Math.min(height - 1, Math.max(0, y + shiftY)) * width;
    for (let x = 0; x < width; x++) {
      const from = 3 * (row + Math.min(width - 1, Math.max(0, x + shiftX)));
      const to = 3 * (y * width + x);
      for (let channel = 0; channel < 3; channel++) sums[to + channel]! += weight * data[from + channel]!;
    }
  }
}
