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
  const waiting: number[] = [];
  for (let start = 0; start < data.length; start++) {
    if (data[start] !== 0 || labels[start] !== 0) continue;
    const label = parts.length + 1;
    let [left, top, right, bottom, areaPx] = [width, height, 0, 0, 0];
    labels[start] = label;
    waiting.push(start);
    while (waiting.length > 0) {
      const at = waiting.pop()!; // the loop saw one
      const x = at % width;
      const y = (at - x) / width;
      areaPx++;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      for (let nextY = Math.max(0, y - 1); nextY <= Math.min(height - 1, y + 1); nextY++) {
        for (let nextX = Math.max(0, x - 1); nextX <= Math.min(width - 1, x + 1); nextX++) {
          const next = nextY * width + nextX;
          if (data[next] !== 0 || labels[next] !== 0) continue;
          labels[next] = label;
          waiting.push(next);
        }
      }
    }
    parts.push({ box: [left, top, right - left + 1, bottom - top + 1], areaPx, label });
  }
  return { labels, parts };
}
