/** What a JPEG encoder leaves of a picture: chroma at half size, 8 x 8 cosine coefficients rounded to the quality's steps. */
import type { Image } from "../core/image.ts";

/** Annex K of ITU-T T.81: the tables every encoder starts from. */
const LUMA_STEPS = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
] as const;
const CHROMA_STEPS = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99,
] as const;

/** Rows of the orthonormal cosine transform of 8 values: even ones from sums, odd ones from differences of mirrored pairs. */
const COSINES = Float64Array.from({ length: 32 }, (_, i) => {
  const [u, x] = [i >> 2, i & 3];
  return Math.cos(((2 * x + 1) * u * Math.PI) / 16) * (u === 0 ? Math.SQRT1_2 : 1) * 0.5;
});

/** The picture after encoding at `quality` (1..100, the scale of libjpeg) and decoding. */
export function compressJpeg(image: Image, quality: number): Image {
  const { width, height } = image;
  const fullWidth = Math.ceil(width / 16) * 16;
  const fullHeight = Math.ceil(height / 16) * 16;
  const halfWidth = fullWidth / 2;
  const halfHeight = fullHeight / 2;
  const luma = new Float32Array(fullWidth * fullHeight);
  const blue = new Float32Array(halfWidth * halfHeight);
  const red = new Float32Array(halfWidth * halfHeight);
  const pixels = image.data;
  for (let y = 0; y < fullHeight; y++) {
    const row = Math.min(y, height - 1) * width;
    for (let x = 0; x < fullWidth; x++) {
      const at = (row + (x < width ? x : width - 1)) * 3;
      const r = pixels[at]!;
      const g = pixels[at + 1]!;
      const b = pixels[at + 2]!;
      const half = (y >> 1) * halfWidth + (x >> 1);
      luma[y * fullWidth + x] = 0.299 * r + 0.587 * g + 0.114 * b - 128;
      blue[half] = blue[half]! + (-0.168736 * r - 0.331264 * g + 0.5 * b) * 0.25;
      red[half] = red[half]! + (0.5 * r - 0.418688 * g - 0.081312 * b) * 0.25;
    }
  }
  const factor = (quality < 50 ? 5000 / quality : 200 - 2 * quality) / 100;
  quantisePlane(luma, fullWidth, fullHeight, LUMA_STEPS, factor);
  quantisePlane(blue, halfWidth, halfHeight, CHROMA_STEPS, factor);
  quantisePlane(red, halfWidth, halfHeight, CHROMA_STEPS, factor);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const half = (y >> 1) * halfWidth + (x >> 1);
      const l = luma[y * fullWidth + x]! + 128;
      const at = (y * width + x) * 3;
      data[at] = toByte(l + 1.402 * red[half]!);
      data[at + 1] = toByte(l - 0.344136 * blue[half]! - 0.714136 * red[half]!);
      data[at + 2] = toByte(l + 1.772 * blue[half]!);
    }
  }
  return { width, height, data };
}

function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5;
}

function quantisePlane(
  plane: Float32Array,
  width: number,
  height: number,
  steps: readonly number[],
  factor: number,
): void {
  const scaled = Float32Array.from(steps, (step) => Math.max(1, Math.min(255, Math.round(step * factor))));
  const inverse = Float64Array.from(scaled, (step) => 1 / step);
  const block = new Float64Array(64);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let y = 0; y < 8; y++) {
        const from = (top + y) * width + left;
        for (let x = 0; x < 8; x++) block[y * 8 + x] = plane[from + x]!;
      }
      for (let i = 0; i < 8; i++) transform(block, i * 8, 1);
      for (let i = 0; i < 8; i++) transform(block, i, 8);
      for (let i = 0; i < 64; i++) block[i] = Math.floor(block[i]! * inverse[i]! + 0.5) * scaled[i]!;
      for (let i = 0; i < 8; i++) restore(block, i, 8);
      for (let i = 0; i < 8; i++) restore(block, i * 8, 1);
      for (let y = 0; y < 8; y++) {
        const to = (top + y) * width + left;
        for (let x = 0; x < 8; x++) plane[to + x] = block[y * 8 + x]!;
      }
    }
  }
}

/** Cosine transform in place of 8 values that lie `step` apart. */
function transform(block: Float64Array, at: number, step: number): void {
  const a = block[at]!;
  const b = block[at + step]!;
  const c = block[at + 2 * step]!;
  const d = block[at + 3 * step]!;
  const e = block[at + 4 * step]!;
  const f = block[at + 5 * step]!;
  const g = block[at + 6 * step]!;
  const h = block[at + 7 * step]!;
  for (let u = 0; u < 8; u += 2) {
    const even = u * 4;
    const odd = even + 4;
    block[at + u * step] =
      (a + h) * COSINES[even]! +
      (b + g) * COSINES[even + 1]! +
      (c + f) * COSINES[even + 2]! +
      (d + e) * COSINES[even + 3]!;
    block[at + (u + 1) * step] =
      (a - h) * COSINES[odd]! + (b - g) * COSINES[odd + 1]! + (c - f) * COSINES[odd + 2]! + (d - e) * COSINES[odd + 3]!;
  }
}

/** The inverse of `transform`. */
function restore(block: Float64Array, at: number, step: number): void {
  const a = block[at]!;
  const b = block[at + step]!;
  const c = block[at + 2 * step]!;
  const d = block[at + 3 * step]!;
  const e = block[at + 4 * step]!;
  const f = block[at + 5 * step]!;
  const g = block[at + 6 * step]!;
  const h = block[at + 7 * step]!;
  // most are flat after rounding
  if (b === 0 && c === 0 && d === 0 && e === 0 && f === 0 && g === 0 && h === 0) {
    const flat = a * COSINES[0]!;
    for (let x = 0; x < 8; x++) block[at + x * step] = flat;
    return;
  }
  for (let x = 0; x < 4; x++) {
    const even = a * COSINES[x]! + c * COSINES[8 + x]! + e * COSINES[16 + x]! + g * COSINES[24 + x]!;
    const odd = b * COSINES[4 + x]! + d * COSINES[12 + x]! + f * COSINES[20 + x]! + h * COSINES[28 + x]!;
    block[at + x * step] = even + odd;
    block[at + (7 - x) * step] = even - odd;
  }
}
