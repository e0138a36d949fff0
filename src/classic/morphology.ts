/** Erosion and dilation by a square: the least and the greatest value around every pixel. */
import type { GreyPicture } from "./grey-picture.ts";

/** Bright areas shrink by `reach` pixels on every side; 1 is the 3×3 square. What lies outside the picture is ignored. */
export function erode(picture: GreyPicture, reach = 1): GreyPicture {
  return extremes(picture, reach, Math.min);
}

/** Bright areas grow by `reach` pixels on every side. */
export function dilate(picture: GreyPicture, reach = 1): GreyPicture {
  return extremes(picture, reach, Math.max);
}

/** A square is a row of columns: one pass along each axis. */
function extremes(
  { width, height, data }: GreyPicture,
  reach: number,
  choose: (a: number, b: number) => number,
): GreyPicture {
  const rows = new Uint8Array(data.length);
  const result = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let value = data[y * width + x]!;
      for (let i = Math.max(0, x - reach); i <= Math.min(width - 1, x + reach); i++)
        value = choose(value, data[y * width + i]!);
      rows[y * width + x] = value;
    }
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let value = rows[y * width + x]!;
      for (let i = Math.max(0, y - reach); i <= Math.min(height - 1, y + reach); i++)
        value = choose(value, rows[i * width + x]!);
      result[y * width + x] = value;
    }
  }
  return { width, height, data: result };
}
