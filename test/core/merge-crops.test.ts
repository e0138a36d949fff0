import assert from "node:assert/strict";
import { test } from "node:test";
import { goalOf, greySoftener, IN_PLACE, type Placing, placeOn } from "../../src/core/align-crops.ts";
import type { Image } from "../../src/core/image.ts";
import { framingsOf, mergeCrops, sharpened } from "../../src/core/merge-crops.ts";
import { seededRandom } from "./seeded-random.ts";

const WIDTH = 160;
const HEIGHT = 64;

/** Bars of uneven width where the placing has them, under noise of so many grey levels. */
function plate([a, b, e, c, d, f]: Placing, noise: number, random: () => number): Image {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let row = 0; row < HEIGHT; row++) {
    for (let column = 0; column < WIDTH; column++) {
      const [x, y] = [column - WIDTH / 2, row - HEIGHT / 2];
      const [u, v] = [a * x + b * y + e + WIDTH / 2, c * x + d * y + f];
      const value = 190 - 130 * bar(u) * edge(v + 16) * edge(16 - v) + noise * (random() - 0.5);
      const from = 3 * (row * WIDTH + column);
      data.fill(Math.min(255, Math.max(0, Math.round(value))), from, from + 3);
    }
  }
  return { width: WIDTH, height: HEIGHT, data };
}

const BARS = [20, 26, 45, 61, 66, 88, 103, 109, 128, 140] as const;

/** 1 on a bar of six pixels, 0 off it, in between along its edges. */
function bar(u: number): number {
  return Math.max(...BARS.map((at) => edge(3.5 - Math.abs(u - at))));
}

function edge(inside: number): number {
  return Math.min(1, Math.max(0, inside));
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
        { image: plate(IN_PLACE, 0, seededRandom(1)), weight: 1 },
        { image: small, weight: 0.5 },
      ]),
    /1x1 can't be merged with one of 160x64/,
  );
});

test("mergeCrops: one picture is itself", () => {
  const image = plate(IN_PLACE, 200, seededRandom(2));
  assert.deepEqual(mergeCrops([{ image, weight: 0.3 }]), image);
});

/** Corners found by a detector: off by a few pixels, and by a few hundredths in size and slant. */
function jitter(random: () => number): Placing {
  const off = (most: number): number => most * (2 * random() - 1);
  return [1 + off(0.03), off(0.02), off(4), off(0.01), 1 + off(0.03), off(3)];
}

/** Of a mean, which lies where the pictures lie on average, from the clean plate laid on it. */
function differenceFromPlate(merged: Image): number {
  const clean = plate(IN_PLACE, 0, () => 0.5);
  const [goal, grey] = greySoftener([merged, clean])(1);
  const lying = placeOn(goalOf(goal!), grey!, IN_PLACE);
  return meanDifference(
    merged,
    plate(lying, 0, () => 0.5),
  );
}

test("mergeCrops: twelve noisy pictures, each laid otherwise, show the plate with a third of the noise", () => {
  const random = seededRandom(3);
  const crops = Array.from({ length: 12 }, () => ({ image: plate(jitter(random), 150, random), weight: 1 }));
  const noise = meanDifference(plate(IN_PLACE, 150, random), plate(IN_PLACE, 0, random));
  const left = differenceFromPlate(mergeCrops(crops));
  assert.ok(left < noise / 2.5, `${left} of ${noise}`);
});

test("mergeCrops: a picture of something else is left out", () => {
  const random = seededRandom(4);
  const alike = Array.from({ length: 6 }, () => ({ image: plate(jitter(random), 20, random), weight: 0.5 }));
  const other = plate([-1, 0, 0, 0, -1, 0], 0, random); // upside down
  const merged = mergeCrops([...alike, { image: other, weight: 1 }]);
  assert.ok(differenceFromPlate(merged) < 6, `${differenceFromPlate(merged)}`);
});

test("mergeCrops: pictures of one grey stay what they are", () => {
  const grey: Image = { width: 16, height: 8, data: new Uint8Array(16 * 8 * 3).fill(90) };
  const merged = mergeCrops([
    { image: grey, weight: 1 },
    { image: { ...grey, data: new Uint8Array(16 * 8 * 3).fill(110) }, weight: 1 },
  ]);
  assert.deepEqual(new Set(merged.data), new Set([100]));
});

test("framingsOf: the picture itself first, then shown with more around it, with less, and moved", () => {
  const image = plate(IN_PLACE, 0, seededRandom(5));
  const [same, wider, closer, ...moved] = framingsOf(image);
  assert.equal(same, image);
  const darkRows = ({ data }: Image): number =>
    Array.from({ length: HEIGHT }, (_, y) => data[3 * (y * WIDTH + 88)]!).filter((value) => value < 125).length;
  assert.ok(darkRows(wider!) < darkRows(image) && darkRows(image) < darkRows(closer!));
  assert.equal(moved.length, 2);
});

test("sharpened: what is flat stays, what differs from the pixels around it differs twice as much, within black and white", () => {
  const row = (values: readonly number[]): Image => ({
    width: values.length,
    height: 1,
    data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
  });
  const grey = ({ data }: Image) => Array.from(data.filter((_, i) => i % 3 === 0));
  assert.deepEqual(grey(sharpened(row([]))), []);
  assert.deepEqual(grey(sharpened(row([90, 90, 90]))), [90, 90, 90]);
  assert.deepEqual(grey(sharpened(row([100, 100, 100, 150, 150, 150]))), [100, 90, 80, 170, 160, 150]);
  assert.deepEqual(grey(sharpened(row([0, 0, 0, 250, 250, 250]))), [0, 0, 0, 255, 255, 250]);
});
