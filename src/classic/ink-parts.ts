/** The connected dark areas of a binary picture. */
import type { Box } from "../core/geometry.ts";
import type { GreyPicture } from "./grey-picture.ts";

/** One connected area of black pixels. */
export interface InkPart {
  /** Whole pixels. */
  readonly box: Box;
  /** Black pixels. */
  readonly areaPx: number;
  /** Its number in the label map, from 1. */
  readonly label: number;
}

export interface InkParts {
  /** 0 for white pixels, else the label of their part; row-major. */
  readonly labels: Int32Array;
  readonly parts: readonly InkPart[];
}

/** Areas joined over sides and corners, in the order in which their first pixel comes row by row. */
export function findInkParts({ width, height, data }: GreyPicture): InkParts {
  const labels = new Int32Array(data.length);
  const parts: InkPart[] = [];
  const waiting = new Int32Array(data.length); // every pixel waits once at most
  for (let start = 0; start < data.length; start++) {
    if (data[start] !== 0 || labels[start] !== 0) continue;
    const label = parts.length + 1;
    let left = width;
    let top = height;
    let right = 0;
    let bottom = 0;
    let areaPx = 0;
    let count = 1;
    labels[start] = label;
    waiting[0] = start;
    while (count > 0) {
      const at = waiting[--count]!;
      const y = Math.floor(at / width);
      const x = at - y * width;
      areaPx++;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
      const firstX = x > 0 ? -1 : 0;
      const lastX = x < width - 1 ? 1 : 0;
      const lastRow = y < height - 1 ? at + width : at;
      for (let row = y > 0 ? at - width : at; row <= lastRow; row += width) {
        for (let next = row + firstX; next <= row + lastX; next++) {
          if (data[next] !== 0 || labels[next] !== 0) continue;
          labels[next] = label;
          waiting[count++] = next;
        }
      }
    }
    parts.push({ box: [left, top, right - left + 1, bottom - top + 1], areaPx, label });
  }
  return { labels, parts };
}
