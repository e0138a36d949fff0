/** Grey to black and white: Otsu's global threshold and a local one. */
import type { GreyPicture } from "./grey-picture.ts";

/**
 * The level that splits a picture into two groups of least spread (Otsu 1979); pixels above it are the bright ones.
 * The lowest of equally good levels wins; a picture of a single level gives 0.
 */
export function otsuLevel({ data }: GreyPicture): number {
  const counts = new Float64Array(256);
  for (const value of data) counts[value]!++;
  let total = 0;
  for (let level = 0; level < 256; level++) total += level * counts[level]!;
  let below = 0;
  let sumBelow = 0;
  let best = 0;
  let bestSpread = 0;
  for (let level = 0; level < 256; level++) {
    below += counts[level]!;
    sumBelow += level * counts[level]!;
    const above = data.length - below;
    if (below === 0 || above === 0) continue;
    const difference = sumBelow / below - (total - sumBelow) / above;
    const spread = below * above * difference * difference;
    if (spread > bestSpread) {
      bestSpread = spread;
      best = level;
    }
  }
  return best;
}

/** 255 where a pixel is brighter than `level`, else 0. */
export function binarise({ width, height, data }: GreyPicture, level: number): GreyPicture {
  return { width, height, data: data.map((value) => (value > level ? 255 : 0)) };
}

/** Sums over all pixels above and left of each, a row and a column of zeros first: of levels and of their squares. */
export interface Integrals {
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

export function integralsOf({ width, height, data }: GreyPicture): Integrals {
  const stride = width + 1;
  const sums = new Float64Array(stride * (height + 1));
  const squares = new Float64Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y + 1) * stride + x + 1;
      const value = data[y * width + x]!;
      sums[at] = value + sums[at - 1]! + sums[at - stride]! - sums[at - stride - 1]!;
      squares[at] = value * value + squares[at - 1]! + squares[at - stride]! - squares[at - stride - 1]!;
    }
  }
  return { sums, squares };
}

/**
 * 255 where a pixel is brighter than its surroundings allow, else 0 (Sauvola and Pietikäinen 2000): the threshold is
 * the local mean, lowered where there is little contrast so that plain paper does not turn to noise.
 *
 * @param windowPx side of the square that counts as surroundings; about twice a stroke's, less than a plate's height.
 * @param sensitivity 0 compares with the mean alone; 0.2 suits dark strokes on bright paper.
 * @param integrals of the picture, for who has them already.
 */
export function binariseLocally(
  picture: GreyPicture,
  windowPx: number,
  sensitivity: number,
  { sums, squares }: Integrals = integralsOf(picture),
): GreyPicture {
  const { width, height, data } = picture;
  const reach = Math.max(1, Math.floor(windowPx / 2));
  const stride = width + 1;
  const result = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    const top = Math.max(0, y - reach) * stride;
    const bottom = Math.min(height, y + reach + 1) * stride;
    for (let x = 0; x < width; x++) {
      const left = Math.max(0, x - reach);
      const right = Math.min(width, x + reach + 1);
      const count = ((bottom - top) / stride) * (right - left);
      const mean = (sums[bottom + right]! - sums[bottom + left]! - sums[top + right]! + sums[top + left]!) / count;
      const square =
        (squares[bottom + right]! - squares[bottom + left]! - squares[top + right]! + squares[top + left]!) / count;
      const deviation = Math.sqrt(Math.max(0, square - mean * mean));
      const level = mean * (1 + sensitivity * (deviation / 128 - 1));
      result[y * width + x] = data[y * width + x]! > level ? 255 : 0;
    }
  }
  return { width, height, data: result };
}

/** Spreads the levels so that the darkest and the brightest hundredth become black and white. */
export function stretchContrast({ width, height, data }: GreyPicture): GreyPicture {
  const sorted = Uint8Array.from(data).sort();
  const low = sorted[Math.floor(0.01 * (sorted.length - 1))] ?? 0;
  const high = sorted[Math.ceil(0.99 * (sorted.length - 1))] ?? 255;
  const scale = 255 / Math.max(1, high - low);
  return { width, height, data: data.map((value) => Math.min(255, Math.max(0, (value - low) * scale))) };
}

/** What differs from its surroundings, differs more: a picture plus so many times what its mean over a square lacks. */
export function sharpen(picture: GreyPicture, reachPx: number, amount: number): GreyPicture {
  const { width, height, data } = picture;
  const reach = Math.max(1, Math.round(reachPx));
  const along = new Float64Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = -reach; i <= reach; i++) sum += data[y * width + Math.min(width - 1, Math.max(0, x + i))]!;
      along[y * width + x] = sum;
    }
  }
  const result = new Uint8Array(data.length);
  const count = (2 * reach + 1) ** 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = -reach; i <= reach; i++) sum += along[Math.min(height - 1, Math.max(0, y + i)) * width + x]!;
      const value = data[y * width + x]!;
      result[y * width + x] = Math.min(255, Math.max(0, value + amount * (value - sum / count)));
    }
  }
  return { width, height, data: result };
}
