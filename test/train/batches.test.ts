import assert from "node:assert/strict";
import { test } from "node:test";
import { drawMasks, epochBatches, type LabelledPictures, writeShifted } from "../../src/train/batches.ts";
import { createRandom } from "../../src/train/random.ts";

/** One row of three pixels. */
const row = { height: 1, width: 3, channels: 1, pixels: Uint8Array.of(0, 100, 255) };

const shifts = [
  { name: "no shift keeps the picture", dx: 0, expected: [0, 100, 255] },
  { name: "a whole pixel moves it and repeats the edge", dx: 1, expected: [100, 255, 255] },
  { name: "the other way", dx: -1, expected: [0, 0, 100] },
  { name: "half a pixel lies between", dx: 0.5, expected: [50, 177.5, 255] },
  { name: "a quarter the other way", dx: -0.25, expected: [0, 75, 216.25] },
  { name: "further than the picture leaves its edge", dx: -9, expected: [0, 0, 0] },
];
for (const { name, dx, expected } of shifts) {
  test(`shift: ${name}`, () => {
    for (const turned of [false, true]) {
      const target = new Float32Array(3);
      const source = turned ? { ...row, height: 3, width: 1 } : row;
      writeShifted(source, turned ? 0 : dx, turned ? dx : 0, target);
      for (const [i, value] of expected.entries()) assert.ok(Math.abs(target[i]! * 255 - value) < 1e-4, `${target}`);
    }
  });
}

test("channels come out one after another", () => {
  const source = { height: 1, width: 2, channels: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  const target = new Float32Array(6);
  writeShifted(source, 0, 0, target);
  assert.deepEqual(
    [...target].map((value) => Math.round(value * 255)),
    [1, 4, 2, 5, 3, 6],
  );
});

/** Picture i is one pixel of value i, labelled i. */
function countedPictures(count: number): LabelledPictures {
  const labels = Int32Array.from({ length: count }, (_, i) => i);
  return { height: 1, width: 1, channels: 1, pixels: Uint8Array.from(labels), labels };
}

function labelsOf(epoch: number, seed = 1): number[][] {
  const options = { batchSize: 4, shift: 0.1, seed, epoch };
  return [...epochBatches(countedPictures(10), options)].map(({ labels }) => [...labels.data]);
}

test("an epoch shows every picture once with its label, the last batch takes the rest", () => {
  const batches = [...epochBatches(countedPictures(10), { batchSize: 4, shift: 0.1, seed: 1, epoch: 1 })];
  assert.deepEqual(
    batches.map(({ images }) => images.shape),
    [
      [4, 1, 1, 1],
      [4, 1, 1, 1],
      [2, 1, 1, 1],
    ],
  );
  for (const { images, labels } of batches) {
    assert.deepEqual(
      [...images.data].map((value) => Math.round(value * 255)),
      [...labels.data],
    );
  }
  assert.deepEqual(
    labelsOf(1)
      .flat()
      .sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
});

test("order depends on seed and epoch alone", () => {
  assert.deepEqual(labelsOf(2), labelsOf(2));
  assert.notDeepEqual(labelsOf(1), labelsOf(2));
  assert.notDeepEqual(labelsOf(1), labelsOf(1, 2));
});

test("no pictures make no batches", () => {
  assert.deepEqual([...epochBatches(countedPictures(0), { batchSize: 4, shift: 0, seed: 1, epoch: 1 })], []);
});

test("a mask drops its share and keeps the mean", () => {
  const { mask0 } = drawMasks([{ name: "mask0", shape: [50, 20], rate: 0.4 }], 10, createRandom(1));
  assert.deepEqual(mask0!.shape, [10, 50, 20]);
  const dropped = [...mask0!.data].filter((value) => value === 0).length;
  assert.ok(Math.abs(dropped - 4000) < 5 * Math.sqrt(10_000 * 0.4 * 0.6), String(dropped));
  for (const value of mask0!.data) assert.ok(value === 0 || Math.abs(value - 1 / 0.6) < 1e-6);
});
