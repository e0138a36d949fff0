import assert from "node:assert/strict";
import { test } from "node:test";
import type { Image } from "../../src/core/image.ts";
import { mergeCrops } from "../../src/core/merge-crops.ts";
import { seededRandom } from "./seeded-random.ts";

const WIDTH = 160;
const HEIGHT = 64;

/** Bars of uneven width, moved right and down, under noise of so many grey levels. */
function plate(moveX: number, moveY: number, noise: number, random: () => number): Image {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const isBar = (x - moveX) ** 2 % 37 < 12 && y - moveY > 15 && y - moveY < 48;
      const value = (isBar ? 60 : 190) + noise * (random() - 0.5);
      data.fill(Math.min(255, Math.max(0, Math.round(value))), 3 * (y * WIDTH + x), 3 * (y * WIDTH + x) + 3);
    }
  }
  return { width: WIDTH, height: HEIGHT, data };
}

function meanDifference(a: Image, b: Image): number {
  let sum = 0;
  let count = 0;
  for (let y = 8; y < HEIGHT - 8; y++) {
    for (let x = 12; x < WIDTH - 12; x++, count++) {
      sum += Math.abs(a.data[3 * (y * WIDTH + x)]! - b.data[3 * (y * WIDTH + x)]!);
    }
  }
  return sum / count;
}

test("mergeCrops: nothing can't be merged, nor can pictures of two sizes", () => {
  const small: Image = { width: 1, height: 1, data: new Uint8Array(3) };
  assert.throws(() => mergeCrops([]), RangeError);
  assert.throws(
    () =>
      mergeCrops([
        { image: plate(0, 0, 0, seededRandom(1)), weight: 1 },
        { image: small, weight: 0.5 },
      ]),
    /1x1 can't be merged with one of 160x64/,
  );
});

test("mergeCrops: one picture is itself", () => {
  const image = plate(0, 0, 200, seededRandom(2));
  assert.deepEqual(mergeCrops([{ image, weight: 0.3 }]), image);
});

test("mergeCrops: twelve noisy pictures, each a little off, show the plate with a third of the noise", () => {
  const random = seededRandom(3);
  const clean = plate(0, 0, 0, random);
  const first = plate(0, 0, 150, random);
  const others = Array.from({ length: 11 }, () => {
    const moved = plate(Math.round(8 * random() - 4), Math.round(6 * random() - 3), 150, random);
    return { image: moved, weight: 0.5 + 0.4 * random() };
  });
  const merged = mergeCrops([{ image: first, weight: 1 }, ...others]);
  assert.ok(meanDifference(merged, clean) < meanDifference(first, clean) / 2.5, `${meanDifference(merged, clean)}`);
});
