/** Makes the pixels of a plate unreadable, in place. Knows quads and pixels, not how plates are found. */
import { boxOfQuad, expandQuad, type Point, type Quad } from "../core/geometry.ts";
import { type Image, pixelBox } from "../core/image.ts";
import { quadHeight } from "../core/quad-filter.ts";
import { isInside } from "../core/zone.ts";

export type BlurMode = "pixelate" | "blur" | "fill";
export const BLUR_MODES: readonly BlurMode[] = ["pixelate", "blur", "fill"];

/** Around the plate: corners are off by some percent, and a character's edge can tell which it is. */
const MARGIN = 0.15;

/** Rows of squares a plate is cut into: of a character, about two squares by one are left, too few to guess it from. */
const PIXELATE_ROWS = 2;

/** Squares smaller than this show what is in them when seen from afar. */
const MIN_SQUARE_PX = 4;

/**
 * Covers a plate: in squares of their mean colour, by a strong blur, or by its mean colour. What a blur leaves can in
 * principle be undone in part, squares less so; `fill` leaves nothing.
 *
 * @param corners the plate's, in pixels of the picture; parts outside are left out.
 */
export function coverPlate(image: Image, corners: Quad, mode: BlurMode): void {
  const area = expandQuad(corners, MARGIN);
  const [left, top, width, height] = pixelBox(image, boxOfQuad(area));
  if (width === 0 || height === 0) return;
  // A sliver or a crossed quad holds no pixel: its box is covered instead.
  const isThin = quadHeight(corners) < 2;
  const polygon: readonly Point[] = isThin ? [] : area;
  const square = Math.max(MIN_SQUARE_PX, Math.ceil(quadHeight(corners) / PIXELATE_ROWS));
  const cover = mode === "fill" ? Math.max(width, height) : square;
  const colours = meanColours(image, left, top, width, height, cover);
  const columns = Math.ceil(width / cover);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isInside([left + x + 0.5, top + y + 0.5], polygon)) continue;
      const target = ((top + y) * image.width + left + x) * 3;
      if (mode === "blur") blend(image.data, target, colours, columns, x / cover - 0.5, y / cover - 0.5);
      else {
        const source = (Math.floor(y / cover) * columns + Math.floor(x / cover)) * 3;
        for (let channel = 0; channel < 3; channel++) image.data[target + channel] = colours[source + channel]!;
      }
    }
  }
}

/** Mean colour of every square of an area, row by row. */
function meanColours(
  image: Image,
  left: number,
  top: number,
  width: number,
  height: number,
  square: number,
): Float64Array {
  const columns = Math.ceil(width / square);
  const rows = Math.ceil(height / square);
  const sums = new Float64Array(columns * rows * 3);
  const counts = new Float64Array(columns * rows);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.floor(y / square) * columns + Math.floor(x / square);
      const source = ((top + y) * image.width + left + x) * 3;
      for (let channel = 0; channel < 3; channel++) sums[cell * 3 + channel]! += image.data[source + channel]!;
      counts[cell]!++;
    }
  }
  return sums.map((sum, i) => sum / counts[Math.floor(i / 3)]!);
}

/** The colour between four squares' means: smooth, and of no more detail than the squares. */
function blend(data: Uint8Array, target: number, colours: Float64Array, columns: number, x: number, y: number): void {
  const rows = colours.length / 3 / columns;
  const column = Math.min(columns - 1, Math.max(0, Math.floor(x)));
  const row = Math.min(rows - 1, Math.max(0, Math.floor(y)));
  const nextColumn = Math.min(columns - 1, column + 1);
  const nextRow = Math.min(rows - 1, row + 1);
  const shareX = Math.min(1, Math.max(0, x - column));
  const shareY = Math.min(1, Math.max(0, y - row));
  for (let channel = 0; channel < 3; channel++) {
    const at = (r: number, c: number): number => colours[(r * columns + c) * 3 + channel]!;
    const upper = at(row, column) + shareX * (at(row, nextColumn) - at(row, column));
    const lower = at(nextRow, column) + shareX * (at(nextRow, nextColumn) - at(nextRow, column));
    data[target + channel] = upper + shareY * (lower - upper);
  }
}
