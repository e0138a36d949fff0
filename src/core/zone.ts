/** Areas and lines drawn in a camera's picture: what counts, and which way it went. */
import type { Point } from "./geometry.ts";

/** A line across the lane, from `from` to `to`. */
export interface CountingLine {
  readonly from: Point;
  readonly to: Point;
}

/**
 * `in` crosses the line from its left to its right, looking from `from` to `to`: for a line drawn from left to right
 * in the picture, `in` comes towards the camera.
 */
export type Direction = "in" | "out";

/** Whether a point lies in a polygon (even-odd rule); a polygon of fewer than three corners holds everything. */
export function isInside([x, y]: Point, polygon: readonly Point[]): boolean {
  if (polygon.length < 3) return true;
  let inside = false;
  for (let i = 0; i < polygon.length; i++) {
    const [x1, y1] = polygon[i]!;
    const [x2, y2] = polygon[(i + 1) % polygon.length]!;
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  }
  return inside;
}

/** Which way a path last crossed the line; null when it did not. */
export function crossing(path: readonly Point[], { from, to }: CountingLine): Direction | null {
  let direction: Direction | null = null;
  // The last point that was clearly on a side: a path that touches the line and turns back does not cross.
  let before: { point: Point; side: number } | undefined;
  for (const point of path) {
    const side = Math.sign(turn(from, to, point));
    if (side === 0) continue;
    if (before !== undefined && side !== before.side && meets(before.point, point, from, to)) {
      direction = side > 0 ? "in" : "out";
    }
    before = { point, side };
  }
  return direction;
}

/** Positive when `point` lies to the right of the way from `from` to `to`, y pointing down. */
function turn(from: Point, to: Point, point: Point): number {
  return (to[0] - from[0]) * (point[1] - from[1]) - (to[1] - from[1]) * (point[0] - from[0]);
}

/** Whether the line's ends lie on different sides of the step, so that the step crosses it between them. */
function meets(start: Point, end: Point, from: Point, to: Point): boolean {
  return turn(start, end, from) * turn(start, end, to) <= 0;
}
