import assert from "node:assert/strict";
import { test } from "node:test";
import {
  applyHomography,
  type Box,
  boxOfQuad,
  clipBox,
  clipPolygon,
  expandQuad,
  homography,
  invertHomography,
  iou,
  isConvex,
  nms,
  type Point,
  polygonArea,
  type Quad,
  quadOfBox,
  signedArea,
} from "../../src/core/geometry.ts";
import { seededRandom } from "./fake-model.ts";

const square: Box = [0, 0, 10, 10];
const overlaps: readonly { name: string; box: Box; expected: number }[] = [
  { name: "an empty box overlaps nothing", box: [0, 0, 0, 0], expected: 0 },
  { name: "touching edges do not overlap", box: [10, 0, 10, 10], expected: 0 },
  { name: "apart", box: [30, 40, 5, 5], expected: 0 },
  { name: "half shifted", box: [5, 0, 10, 10], expected: 1 / 3 },
  { name: "inside", box: [2, 2, 5, 5], expected: 0.25 },
  { name: "the same", box: square, expected: 1 },
  { name: "a box of no number overlaps nothing", box: [NaN, 0, 10, 10], expected: 0 },
];
for (const { name, box, expected } of overlaps) {
  test(`iou: ${name}`, () => {
    assert.equal(iou(square, box), expected);
    assert.equal(iou(box, square), expected);
  });
}

test("quadOfBox and boxOfQuad: undo each other, clockwise from the top left", () => {
  assert.deepEqual(quadOfBox([1, 2, 3, 4]), [[1, 2], [4, 2], [4, 6], [1, 6]]); // biome-ignore format: one quad
  assert.deepEqual(boxOfQuad(quadOfBox([1, 2, 3, 4])), [1, 2, 3, 4]);
  assert.deepEqual(boxOfQuad([[5, 0], [9, 4], [4, 8], [0, 3]]), [0, 0, 9, 8]); // biome-ignore format: one quad
});

const clips: readonly { name: string; box: Box; expected: Box }[] = [
  { name: "inside stays", box: [1, 2, 3, 4], expected: [1, 2, 3, 4] },
  { name: "beyond is cut", box: [-5, 15, 10, 10], expected: [0, 15, 5, 5] },
  { name: "outside is empty", box: [40, 3, 5, 5], expected: [30, 3, 0, 5] },
];
for (const { name, box, expected } of clips) {
  test(`clipBox: ${name}`, () => assert.deepEqual(clipBox(box, 30, 20), expected));
}

test("nms: nothing in, nothing out", () => assert.deepEqual(nms([], [], 0.5), []));

test("nms: the best of each overlapping group stays, best first, ties in order", () => {
  const boxes: Box[] = [[0, 0, 10, 10], [1, 0, 10, 10], [50, 0, 10, 10], [51, 0, 10, 10], [90, 0, 5, 5]]; // biome-ignore format: one list
  assert.deepEqual(nms(boxes, [0.6, 0.9, 0.7, 0.7, 0.95], 0.5), [4, 1, 2]);
});

test("nms: a box may overlap one that was itself suppressed", () => {
  const chain: Box[] = [[0, 0, 10, 10], [4, 0, 10, 10], [8, 0, 10, 10]]; // biome-ignore format: one list
  assert.deepEqual(nms(chain, [0.9, 0.8, 0.7], 0.4), [0, 2]);
});

const areas: readonly { name: string; polygon: readonly Point[]; expected: number }[] = [
  { name: "no points enclose nothing", polygon: [], expected: 0 },
  { name: "a line encloses nothing", polygon: [[0, 0], [4, 4]], expected: 0 }, // biome-ignore format: one line
  { name: "a triangle", polygon: [[0, 0], [4, 0], [0, 3]], expected: 6 }, // biome-ignore format: one line
  { name: "a square far from the origin", polygon: quadOfBox([1e6, 1e6, 2, 2]), expected: 4 },
];
for (const { name, polygon, expected } of areas) {
  test(`polygonArea: ${name}`, () => {
    assert.equal(polygonArea(polygon), expected);
    assert.equal(polygonArea([...polygon].reverse()), expected);
  });
}

test("signedArea: clockwise on screen is positive", () => {
  const quad = quadOfBox([0, 0, 2, 3]);
  assert.equal(signedArea(quad), 6);
  assert.equal(signedArea([...quad].reverse()), -6);
});

const shapes: readonly { name: string; quad: Quad; expected: boolean }[] = [
  { name: "one point four times is not", quad: [[1, 1], [1, 1], [1, 1], [1, 1]], expected: false },
  { name: "a box is", quad: quadOfBox([0, 0, 2, 1]), expected: true },
  { name: "the other way round is too", quad: [[0, 0], [0, 1], [2, 1], [2, 0]], expected: true },
  { name: "a bow tie is not", quad: [[0, 0], [2, 1], [2, 0], [0, 1]], expected: false },
  { name: "a dent is not", quad: [[0, 0], [4, 0], [1, 1], [0, 4]], expected: false },
  { name: "a triangle with a fourth point on its side is not", quad: [[0, 0], [2, 0], [4, 0], [0, 4]], expected: false },
  { name: "a corner of no number is not", quad: [[0, 0], [2, NaN], [2, 1], [0, 1]], expected: false },
]; // biome-ignore format: one case a line
for (const { name, quad, expected } of shapes) {
  test(`isConvex: ${name}`, () => assert.equal(isConvex(quad), expected));
}

const clipped: readonly { name: string; polygon: Quad; expected: number }[] = [
  { name: "outside leaves nothing", polygon: quadOfBox([20, 20, 5, 5]), expected: 0 },
  { name: "inside stays whole", polygon: quadOfBox([2, 2, 5, 5]), expected: 25 },
  { name: "across a corner", polygon: quadOfBox([5, -5, 10, 10]), expected: 25 },
  { name: "around the box leaves the box", polygon: quadOfBox([-5, -5, 30, 30]), expected: 100 },
  { name: "a diamond loses its tips", polygon: [[5, -5], [15, 5], [5, 15], [-5, 5]], expected: 100 }, // biome-ignore format: one line
];
for (const { name, polygon, expected } of clipped) {
  test(`clipPolygon: ${name}`, () => assert.equal(polygonArea(clipPolygon(polygon, square)), expected));
}

function assertNear(actual: Point, expected: Point, tolerance: number): void {
  const error = Math.hypot(actual[0] - expected[0], actual[1] - expected[1]);
  assert.ok(error <= tolerance, `${actual} is ${error} from ${expected}`);
}

/** A convex quad of a plate somewhere in a large frame, tilted and in perspective. */
function randomQuad(random: () => number): Quad {
  const size = 10 + random() * 500;
  const x = random() * 4000;
  const y = random() * 3000;
  const jitter = (): number => (random() - 0.5) * 0.2 * size;
  return [
    [x + jitter(), y + jitter()],
    [x + size + jitter(), y + jitter()],
    [x + size + jitter(), y + size * 0.5 + jitter()],
    [x + jitter(), y + size * 0.5 + jitter()],
  ];
}

test("homography: sends four corners exactly, and its inverse brings any point back", () => {
  const random = seededRandom(3);
  for (let round = 0; round < 200; round++) {
    const from = randomQuad(random);
    const to = randomQuad(random);
    const map = homography(from, to)!;
    from.forEach((point, i) => {
      assertNear(applyHomography(map, point), to[i]!, 1e-6);
    });
    const inverse = invertHomography(map)!;
    const point: Point = [from[0][0] + random() * 20, from[0][1] + random() * 20];
    assertNear(applyHomography(inverse, applyHomography(map, point)), point, 1e-5);
  }
});

test("homography: many pairs of one true map give that map, noise is averaged", () => {
  const random = seededRandom(4);
  const truth = homography(quadOfBox([0, 0, 100, 50]), [[3, 4], [95, 12], [99, 66], [1, 50]])!; // biome-ignore format: one quad
  const from: Point[] = Array.from({ length: 40 }, () => [random() * 100, random() * 50]);
  const exact = homography(from, from.map((point) => applyHomography(truth, point)))!; // biome-ignore format: one call
  assertNear(applyHomography(exact, [50, 25]), applyHomography(truth, [50, 25]), 1e-7);
  const noisy = from.map((point): Point => {
    const [x, y] = applyHomography(truth, point);
    return [x + (random() - 0.5) * 2, y + (random() - 0.5) * 2];
  });
  assertNear(applyHomography(homography(from, noisy)!, [50, 25]), applyHomography(truth, [50, 25]), 0.5);
});

test("homography: points that fix no map give null", () => {
  const box = quadOfBox([0, 0, 4, 4]);
  const line: Point[] = [[0, 0], [1, 1], [2, 2], [9, 0]]; // biome-ignore format: one line
  const point: Point[] = [[5, 5], [5, 5], [5, 5], [5, 5]]; // biome-ignore format: one line
  for (const degenerate of [line, point]) {
    assert.equal(homography(box, degenerate), null);
    assert.equal(homography(degenerate, box), null);
  }
  assert.equal(homography([[NaN, 0], [4, 0], [4, 4], [0, 4]], box), null); // biome-ignore format: one line
});

test("homography: refuses fewer than four pairs and lists of unequal length", () => {
  const box = quadOfBox([0, 0, 4, 4]);
  assert.throws(() => homography(box.slice(1), box.slice(1)), RangeError);
  assert.throws(() => homography(box, box.slice(1)), RangeError);
});

test("invertHomography: a singular map has no inverse", () => {
  assert.equal(invertHomography([1, 2, 3, 2, 4, 6, 0, 0, 1]), null);
  assert.equal(invertHomography([0, 0, 0, 0, 0, 0, 0, 0, 0]), null);
});

test("expandQuad: a margin of nothing changes nothing, a tenth adds a tenth on every side", () => {
  const box = quadOfBox([100, 50, 200, 40]);
  for (const [margin, expected] of [
    [0, box],
    [0.1, quadOfBox([80, 46, 240, 48])],
  ] as const) {
    expandQuad(box, margin).forEach((point, i) => {
      assertNear(point, expected[i]!, 1e-9);
    });
  }
});

test("expandQuad: keeps the perspective, so growing and shrinking back returns the quad", () => {
  const random = seededRandom(5);
  for (let round = 0; round < 100; round++) {
    const quad = randomQuad(random);
    // A margin m makes the plate 1 + 2m wide; of that, m / (1 + 2m) takes it back.
    const back = expandQuad(expandQuad(quad, 0.1), -0.1 / 1.2);
    back.forEach((point, i) => {
      assertNear(point, quad[i]!, 1e-5);
    });
  }
});

test("expandQuad: a quad that is none, or whose horizon is too near, grows as its box", () => {
  const bowTie: Quad = [[0, 0], [10, 10], [10, 0], [0, 10]]; // biome-ignore format: one quad
  assert.deepEqual(expandQuad(bowTie, 0.1), quadOfBox([-1, -1, 12, 12]));
  const nearHorizon: Quad = [[0, 0], [100, 48], [100, 52], [0, 100]]; // biome-ignore format: one quad
  assert.deepEqual(expandQuad(nearHorizon, 0.5), quadOfBox([-50, -50, 200, 200]));
});
