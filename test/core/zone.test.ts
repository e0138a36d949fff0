import assert from "node:assert/strict";
import { test } from "node:test";
import type { Point } from "../../src/core/geometry.ts";
import { crossing, isInside } from "../../src/core/zone.ts";

const square: readonly Point[] = [
  [10, 10],
  [20, 10],
  [20, 20],
  [10, 20],
];
const dented: readonly Point[] = [
  [0, 0],
  [20, 0],
  [20, 20],
  [10, 5],
  [0, 20],
];
const inside: readonly { name: string; point: Point; polygon: readonly Point[]; expected: boolean }[] = [
  { name: "no polygon holds everything", point: [-5, 3], polygon: [], expected: true },
  { name: "the middle of a square", point: [15, 15], polygon: square, expected: true },
  { name: "left of a square", point: [5, 15], polygon: square, expected: false },
  { name: "above a square", point: [15, 5], polygon: square, expected: false },
  { name: "in the dent of a polygon", point: [10, 15], polygon: dented, expected: false },
  { name: "beside the dent", point: [2, 12], polygon: dented, expected: true },
];
for (const { name, point, polygon, expected } of inside) {
  test(`isInside: ${name}`, () => assert.equal(isInside(point, polygon), expected));
}

const line = { from: [0, 100], to: [200, 100] } as const;
const paths: readonly { name: string; path: readonly Point[]; expected: "in" | "out" | null }[] = [
  { name: "no path crosses nothing", path: [], expected: null },
  {
    name: "a path that stays above",
    path: [
      [50, 10],
      [60, 90],
    ],
    expected: null,
  },
  {
    name: "downwards over a line drawn from left to right is in",
    path: [
      [50, 10],
      [60, 150],
    ],
    expected: "in",
  },
  {
    name: "upwards is out",
    path: [
      [60, 150],
      [50, 10],
    ],
    expected: "out",
  },
  {
    name: "beside the line's end does not cross",
    path: [
      [250, 10],
      [250, 150],
    ],
    expected: null,
  },
  {
    name: "touching the line and turning back does not cross",
    path: [
      [50, 10],
      [50, 100],
      [50, 20],
    ],
    expected: null,
  },
  {
    name: "a stop on the line still crosses",
    path: [
      [50, 10],
      [50, 100],
      [50, 150],
    ],
    expected: "in",
  },
  {
    name: "there and back counts the way back",
    path: [
      [50, 10],
      [50, 150],
      [60, 20],
    ],
    expected: "out",
  },
];
for (const { name, path, expected } of paths) {
  test(`crossing: ${name}`, () => assert.equal(crossing(path, line), expected));
}
