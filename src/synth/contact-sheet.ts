/** A contact sheet: pictures side by side on a grid, to be looked at. */
import type { Image } from "../core/image.ts";
import { stretchImage } from "./frame.ts";

/** Columns of a sheet and the cell that each picture is fitted into, pixels. */
export interface SheetGrid {
  readonly columns: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

const BACKGROUND = 40;
const GAP_PX = 4;

/** Lays the pictures out row by row, each scaled to its cell with its aspect kept. */
export function contactSheet(images: readonly Image[], grid: SheetGrid): Image {
  const { columns, cellWidth, cellHeight } = grid;
  const width = Math.max(1, Math.min(columns, images.length)) * cellWidth;
  const height = Math.max(1, Math.ceil(images.length / columns)) * cellHeight;
  const data = new Uint8Array(width * height * 3).fill(BACKGROUND);
  for (const [index, image] of images.entries()) {
    const scale = Math.min((cellWidth - GAP_PX) / image.width, (cellHeight - GAP_PX) / image.height);
    const fitted = stretchImage(
      image,
      Math.max(1, Math.floor(image.width * scale)),
      Math.max(1, Math.floor(image.height * scale)),
    );
    const left = (index % columns) * cellWidth + ((cellWidth - fitted.width) >> 1);
    const top = Math.floor(index / columns) * cellHeight + ((cellHeight - fitted.height) >> 1);
    for (let y = 0; y < fitted.height; y++) {
      const row = fitted.data.subarray(y * fitted.width * 3, (y + 1) * fitted.width * 3);
      data.set(row, ((top + y) * width + left) * 3);
    }
  }
  return { width, height, data };
}
