/**
 * The borders of white areas in a binary picture, outer ones and those of holes, as `cv.findContours` with RETR_TREE
 * finds them: border following by Suzuki and Abe (1985), algorithm 1.
 */
import { type Box, type Point, polygonArea } from "../core/geometry.ts";
import type { GreyPicture } from "./grey-picture.ts";

export interface Contour {
  /** White pixels of the border in the order walked; one pixel alone is a border of one point. */
  readonly points: readonly Point[];
  /** The border of a hole: its points are the white pixels around it. */
  readonly isHole: boolean;
  /** Index of the border that lies around this one, or null. */
  readonly parent: number | null;
}

/** Clockwise on screen from the right. */
const STEPS: readonly Point[] = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
];

/** All borders, in the order in which their first pixel comes row by row. Pixels beyond the picture count as black. */
export function findContours({ width, height, data }: GreyPicture): Contour[] {
  // A black rim of one pixel saves every test for the picture's edge.
  const stride = width + 2;
  const labels = new Int32Array(stride * (height + 2));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) if (data[y * width + x]! > 0) labels[(y + 1) * stride + x + 1] = 1;
  const offsets = STEPS.map(([x, y]) => y * stride + x);
  const contours: Contour[] = [];
  for (let y = 1; y <= height; y++) {
    let last = 1; // number of the border met last in this row; 1 is the picture's frame
    for (let x = 1; x <= width; x++) {
      const at = y * stride + x;
      const value = labels[at]!;
      if (value === 0) continue;
      const isOuter = value === 1 && labels[at - 1] === 0;
      const isHole = !isOuter && value >= 1 && labels[at + 1] === 0;
      if (isOuter || isHole) {
        if (isHole && value > 1) last = value;
        const number = contours.length + 2;
        const parent = parentOf(last, isHole, contours);
        const points = follow(labels, offsets, at, isOuter ? 4 : 0, number).map(
          (pixel): Point => [(pixel % stride) - 1, Math.floor(pixel / stride) - 1],
        );
        contours.push({ points, isHole, parent });
      }
      if (labels[at] !== 1) last = Math.abs(labels[at]!);
    }
  }
  return contours;
}

/** Table 1 of the paper: beside a border of the same kind lies a sibling, beside one of the other kind a child. */
function parentOf(last: number, isHole: boolean, contours: readonly Contour[]): number | null {
  if (last === 1) return null;
  const neighbour = contours[last - 2]!; // borders are numbered from 2
  return neighbour.isHole === isHole ? neighbour.parent : last - 2;
}

/**
 * Walks one border from `start`, whose black neighbour lies in direction `from`, and labels its pixels: negative where
 * the pixel to the right is black, so that the scan leaves them alone.
 */
function follow(labels: Int32Array, offsets: readonly number[], start: number, from: number, number: number): number[] {
  let direction = from;
  let isAlone = true;
  for (let turn = 0; turn < 8; turn++) {
    // clockwise from the black neighbour
    direction = (from + turn) & 7;
    if (labels[start + offsets[direction]!] !== 0) {
      isAlone = false;
      break;
    }
  }
  if (isAlone) {
    labels[start] = -number;
    return [start];
  }
  const second = start + offsets[direction]!;
  const points: number[] = [];
  let current = start;
  let back = direction; // where the pixel before lies
  for (;;) {
    let isRightSeenBlack = false;
    let next = back;
    for (let turn = 1; turn <= 8; turn++) {
      // counterclockwise from the pixel before
      next = (back - turn) & 7;
      if (labels[current + offsets[next]!] !== 0) break;
      if (next === 0) isRightSeenBlack = true;
    }
    points.push(current);
    if (isRightSeenBlack) labels[current] = -number;
    else if (labels[current] === 1) labels[current] = number;
    const following = current + offsets[next]!;
    if (following === start && current === second) return points;
    current = following;
    back = (next + 4) & 7;
  }
}

/** Area of the polygon through the border's pixel centres, as `cv.contourArea`. */
export function contourArea({ points }: Contour): number {
  return polygonArea(points);
}

/** The smallest box of whole pixels that holds the border, as `cv.boundingRect`. */
export function contourBox({ points }: Contour): Box {
  let [left, top] = points[0]!; // a border has a point
  let right = left;
  let bottom = top;
  for (const [x, y] of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return [left, top, right - left + 1, bottom - top + 1];
}
