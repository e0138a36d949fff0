/**
 * Lays one picture of a plate on another, to parts of a pixel: by Lucas and Kanade's method (1981) in its inverse
 * compositional form (Baker and Matthews 2004). Knows luminance only; what is made of the places is merge-crops.ts.
 */
import { greyscale, type Image } from "./image.ts";
import { solveLinear } from "./solve.ts";

/** Luminance of mean 0 and deviation 1, so that exposures compare. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * Where a picture has what another shows: a point (x, y), counted from the middle, is found at (a x + b y + e, c x + d y + f),
 * counted from the middle too.
 */
export type Placing = readonly [a: number, b: number, e: number, c: number, d: number, f: number];

export const IN_PLACE: Placing = [1, 0, 0, 0, 1, 0];

/** Every second pixel of every second row tells two pictures' places as well as all of them do. */
const STEP = 2;
/** Pixels at the border that are not compared. */
const RIM = 3;
const MAX_ROUNDS = 10;
/** A step that moves no corner by more than this many pixels is the last. */
const CLOSE_PX = 0.03;

/** Makes the greys of pictures of one size, again and again into the same memory. */
export type GreySoftener = (radius: number) => readonly Grey[];

/**
 * The luminance of pictures of one size under two box filters of `2 * radius + 1` pixels, which come near a Gaussian's. What was
 * given for the last radius is overwritten: a merge filters 72 pictures, and V8 gives buffers back late.
 */
export function greySoftener(images: readonly Image[]): GreySoftener {
  const { width, height } = images[0] ?? { width: 0, height: 0 };
  const between = new Float32Array(width * height);
  const softened = images.map((image) => {
    const luminance = greyscale(image);
    return { luminance, grey: { width, height, data: new Float32Array(luminance.length) } };
  });
  return (radius) =>
    softened.map(({ luminance, grey }) => {
      grey.data.set(luminance);
      for (let pass = 0; pass < 2; pass++) {
        boxFilter(grey.data, between, width, height, 1, width, radius);
        boxFilter(between, grey.data, height, width, width, 1, radius);
      }
      standardise(grey.data);
      return grey;
    });
}

/** Running means along lines of `length` samples, `step` apart; the outermost samples go on beyond the ends. */
function boxFilter(
  data: Float32Array,
  filtered: Float32Array,
  length: number,
  lines: number,
  step: number,
  lineStep: number,
  radius: number,
): void {
  for (let line = 0; line < lines; line++) {
    const from = line * lineStep;
    const at = (i: number): number => data[from + Math.min(length - 1, Math.max(0, i)) * step]!;
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += at(i);
    for (let i = 0; i < length; i++) {
      filtered[from + i * step] = sum / (2 * radius + 1);
      sum += at(i + radius + 1) - at(i - radius);
    }
  }
}

/** Changes values to mean 0 and deviation 1; those of one grey to 0. */
export function standardise(values: Float32Array): void {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!;
    squares += values[i]! ** 2;
  }
  const mean = sum / values.length;
  const deviation = Math.sqrt(Math.max(1e-6, squares / values.length - mean * mean));
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) / deviation;
}

/** What has values in rows of pixels, `channels` to each. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array | Uint8Array;
}

/** A channel's value between four pixels, by bilinear interpolation; the outermost pixels go on. */
export function valueAt({ width, height, data }: Samples, x: number, y: number, channel = 0, channels = 1): number {
  const insideX = Math.min(width - 1.001, Math.max(0, x));
  const insideY = Math.min(height - 1.001, Math.max(0, y));
  const left = Math.floor(insideX);
  const top = Math.floor(insideY);
  const shareX = insideX - left;
  const shareY = insideY - top;
  const i = (top * width + left) * channels + channel;
  const below = i + width * channels;
  const upper = data[i]! + (data[i + channels]! - data[i]!) * shareX;
  const lower = data[below]! + (data[below + channels]! - data[below]!) * shareX;
  return upper + (lower - upper) * shareY;
}

/** What is the same for every picture laid on one goal. */
export interface Goal {
  readonly grey: Grey;
  /** Per compared pixel: column, row, and how its value changes with each number of the placing. */
  readonly pixels: Float32Array;
  readonly hessian: readonly (readonly number[])[];
}

const PARAMETERS = 6;
const STRIDE = 2 + PARAMETERS;

export function goalOf(grey: Grey): Goal {
  const { width, height, data } = grey;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  const compared = (length: number): number => Math.max(0, Math.ceil((length - 2 * RIM) / STEP));
  const pixels = new Float32Array(compared(width) * compared(height) * STRIDE);
  let pixel = 0;
  const hessian = Array.from({ length: PARAMETERS }, () => new Array<number>(PARAMETERS).fill(0));
  for (let y = RIM; y < height - RIM; y += STEP) {
    for (let x = RIM; x < width - RIM; x += STEP) {
      const i = y * width + x;
      const slopeX = (data[i + 1]! - data[i - 1]!) / 2;
      const slopeY = (data[i + width]! - data[i - width]!) / 2;
      const [fromX, fromY] = [x - middleX, y - middleY];
      const slopes = [slopeX * fromX, slopeX * fromY, slopeX, slopeY * fromX, slopeY * fromY, slopeY];
      pixels.set([x, y, ...slopes], STRIDE * pixel++);
      for (let row = 0; row < PARAMETERS; row++) {
        for (let column = 0; column < PARAMETERS; column++) hessian[row]![column]! += slopes[row]! * slopes[column]!;
      }
    }
  }
  // A picture without slopes has no place; the ridge keeps it where it is.
  for (let row = 0; row < PARAMETERS; row++) hessian[row]![row]! += 1e-3;
  return { grey, pixels, hessian };
}

/** Where `grey` has what the goal shows, looked for from `start` on. */
export function placeOn({ grey: goal, pixels, hessian }: Goal, grey: Grey, start: Placing): Placing {
  const middleX = (goal.width - 1) / 2;
  const middleY = (goal.height - 1) / 2;
  let placing = start;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const [a, b, e, c, d, f] = placing;
    const sums = new Array<number>(PARAMETERS).fill(0);
    for (let i = 0; i < pixels.length; i += STRIDE) {
      const x = pixels[i]! - middleX;
      const y = pixels[i + 1]! - middleY;
      const found = valueAt(grey, a * x + b * y + e + middleX, c * x + d * y + f + middleY);
      const error = found - goal.data[pixels[i + 1]! * goal.width + pixels[i]!]!;
      for (let k = 0; k < PARAMETERS; k++) sums[k]! += pixels[i + 2 + k]! * error;
    }
    const step = solveLinear(
      hessian.map((row) => [...row]),
      sums,
    ) as unknown as Placing; // as many as parameters
    const next = after(placing, step);
    if (next === null || !next.every(Number.isFinite)) return placing;
    placing = next;
    const [stepA, stepB, stepE, stepC, stepD, stepF] = step;
    const reachX = Math.abs(stepA) * middleX + Math.abs(stepB) * middleY + Math.abs(stepE);
    const reachY = Math.abs(stepC) * middleX + Math.abs(stepD) * middleY + Math.abs(stepF);
    if (Math.max(reachX, reachY) < CLOSE_PX) break;
  }
  return placing;
}

/** The placing after the goal was moved by a step: composed with the step's inverse. Null where it has none. */
function after([a, b, e, c, d, f]: Placing, step: Placing): Placing | null {
  const [p, q, r, s, t, u] = [1 + step[0], step[1], step[2], step[3], 1 + step[4], step[5]];
  const determinant = p * t - q * s;
  if (Math.abs(determinant) < 0.1) return null;
  const [ip, iq, is, it] = [t / determinant, -q / determinant, -s / determinant, p / determinant];
  const [ir, iu] = [-(ip * r + iq * u), -(is * r + it * u)];
  return [a * ip + b * is, a * iq + b * it, a * ir + b * iu + e, c * ip + d * is, c * iq + d * it, c * ir + d * iu + f];
}
