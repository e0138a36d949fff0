import assert from "node:assert/strict";
import { test } from "node:test";
import { applyHomography, boxOfQuad, homography, type Quad, quadOfBox } from "../../src/core/geometry.ts";
import type { Image } from "../../src/core/image.ts";
import { outsideShare, rectifyPlate } from "../../src/core/rectify.ts";

const resize = { width: 64, height: 32, margin: 0.1 };

/** A frame painted by a function of the pixel's centre, grey 0..255. */
function paint(width: number, height: number, value: (x: number, y: number) => number): Image {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.fill(value(x + 0.5, y + 0.5), (y * width + x) * 3, (y * width + x) * 3 + 3);
  }
  return { width, height, data };
}

function grey(image: Image, x: number, y: number): number {
  return image.data[(y * image.width + x) * 3]!;
}

function plate(corners: Quad): { box: ReturnType<typeof boxOfQuad>; corners: Quad } {
  return { box: boxOfQuad(corners), corners };
}

/**
 * A test card on the plate's own plane, 0..1 both ways: the four quarters in four greys, black around it.
 */
function quarters(u: number, v: number): number {
  if (u < 0 || u > 1 || v < 0 || v > 1) return 0;
  return u < 0.5 ? (v < 0.5 ? 60 : 120) : v < 0.5 ? 180 : 240;
}

const quads: readonly { name: string; corners: Quad }[] = [
  { name: "upright, of the output's size", corners: quadOfBox([40, 40, 53, 27]) },
  { name: "upright and small", corners: quadOfBox([40.3, 40.7, 20, 10]) },
  { name: "upright and ten times as large", corners: quadOfBox([40, 40, 600, 300]) },
  { name: "tilted", corners: [[60, 40], [240, 80], [225, 160], [45, 120]] },
  { name: "on its side", corners: [[200, 20], [200, 220], [100, 220], [100, 20]] },
  { name: "upside down", corners: [[250, 150], [50, 150], [50, 50], [250, 50]] },
  { name: "in strong perspective", corners: [[50, 60], [350, 20], [350, 280], [50, 160]] },
]; // biome-ignore format: one case a line
for (const { name, corners } of quads) {
  test(`rectifyPlate: a plate ${name} comes out straight, with its margin around it`, () => {
    const toPlane = homography(corners, quadOfBox([0, 0, 1, 1]))!;
    const frame = paint(700, 400, (x, y) => quarters(...applyHomography(toPlane, [x, y])));
    const image = rectifyPlate(frame, plate(corners), resize);
    assert.deepEqual([image.width, image.height, image.data.length], [64, 32, 64 * 32 * 3]);
    // The plate fills 1 / 1.2 of the output: from 5.3 to 58.7 and from 2.7 to 29.3.
    for (const [x, y, expected] of [
      [16, 8, 60], [16, 24, 120], [48, 8, 180], [48, 24, 240],
      [2, 16, 0], [61, 16, 0], [32, 0, 0], [32, 31, 0],
      [8, 5, 60], [55, 27, 240],
    ] as const) // biome-ignore format: one sample a triple
      assert.ok(Math.abs(grey(image, x, y) - expected) <= 3, `${grey(image, x, y)} for ${expected} at ${x},${y}`);
  });
}

test("rectifyPlate: keeps the colours apart", () => {
  const frame: Image = { width: 20, height: 10, data: new Uint8Array(600) };
  for (let i = 0; i < 600; i += 3) frame.data.set([10, 120, 230], i);
  const image = rectifyPlate(frame, plate(quadOfBox([4, 2, 12, 6])), resize);
  assert.deepEqual([...image.data.subarray(0, 3)], [10, 120, 230]);
});

test("rectifyPlate: fine stripes of a large plate average to grey and do not alias", () => {
  for (const corners of [
    quadOfBox([20, 20, 1200, 600]),
    [
      [100, 20],
      [1200, 120],
      [1150, 560],
      [40, 470],
    ],
  ] as Quad[]) {
    const frame = paint(1300, 700, (x) => (Math.floor(x) % 4 < 2 ? 0 : 255)); // biome-ignore format: two quads
    const image = rectifyPlate(frame, plate(corners), resize);
    for (let i = 0; i < image.data.length; i++) {
      assert.ok(Math.abs(image.data[i]! - 127.5) < 30, `${image.data[i]} at ${i}`);
    }
  }
});

test("rectifyPlate: outside the frame its edge pixels repeat", () => {
  const frame = paint(30, 20, (x) => x * 8);
  const image = rectifyPlate(frame, plate(quadOfBox([-30, 5, 60, 10])), { width: 60, height: 10, margin: 0 });
  assert.equal(grey(image, 0, 5), 4);
  assert.equal(grey(image, 29, 5), 4);
  assert.equal(grey(image, 59, 5), 29.5 * 8);
  const far = rectifyPlate(frame, plate(quadOfBox([5000, 5000, 600, 100])), resize);
  assert.ok(far.data.every((byte) => byte === 29.5 * 8));
});

test("rectifyPlate: corners that fix no plane give way to the box, and an empty box to a pixel", () => {
  const frame = paint(100, 50, (x, y) => quarters((x - 20) / 40, (y - 10) / 20));
  const straight = rectifyPlate(frame, plate(quadOfBox([20, 10, 40, 20])), resize);
  const crossed: Quad = [[20, 10], [60, 30], [60, 10], [20, 30]]; // biome-ignore format: one quad
  const boxed = rectifyPlate(frame, { box: [20, 10, 40, 20], corners: crossed }, resize);
  assert.ok(boxed.data.every((byte, i) => Math.abs(byte - straight.data[i]!) <= 1));
  const point: Quad = [[30, 15], [30, 15], [30, 15], [30, 15]]; // biome-ignore format: one quad
  const image = rectifyPlate(frame, { box: [30, 15, 0, 0], corners: point }, resize);
  assert.ok(image.data.every((byte) => byte === 60));
});

test("rectifyPlate: corners whose margin would cross the plate's horizon give way to the box", () => {
  const frame = paint(100, 100, () => 77);
  const corners: Quad = [[0, 0], [100, 49], [100, 51], [0, 100]]; // biome-ignore format: one quad
  assert.ok(rectifyPlate(frame, plate(corners), { ...resize, margin: 0.5 }).data.every((byte) => byte === 77));
});

const shares: readonly { name: string; corners: Quad; expected: number }[] = [
  { name: "corners in one point have no area", corners: [[1, 1], [1, 1], [1, 1], [1, 1]], expected: 0 },
  { name: "inside", corners: quadOfBox([10, 10, 20, 10]), expected: 0 },
  { name: "half beyond the left side", corners: quadOfBox([-10, 10, 20, 10]), expected: 0.5 },
  { name: "three quarters beyond a corner", corners: quadOfBox([90, 45, 20, 10]), expected: 0.75 },
  { name: "outside", corners: quadOfBox([200, 200, 20, 10]), expected: 1 },
]; // biome-ignore format: one case a line
for (const { name, corners, expected } of shares) {
  test(`outsideShare: ${name}`, () => assert.equal(outsideShare(corners, { width: 100, height: 50 }), expected));
}
