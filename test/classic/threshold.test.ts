import assert from "node:assert/strict";
import { test } from "node:test";
import { binarise, binariseLocally, otsuLevel, stretchContrast } from "../../src/classic/threshold.ts";
import { drawPlate } from "./drawn-plate.ts";

const row = (...values: number[]) => ({ width: values.length, height: 1, data: Uint8Array.from(values) });

const levels = [
  { name: "a flat picture splits at 0", values: [90, 90, 90], expected: 0 },
  { name: "two levels split at the lower one", values: [10, 200, 200, 10], expected: 10 },
  { name: "two heaps split between them", values: [10, 12, 14, 190, 200, 210], expected: 14 },
];
for (const { name, values, expected } of levels) {
  test(`otsu: ${name}`, () => assert.equal(otsuLevel(row(...values)), expected));
}

test("a threshold leaves black and white only, the level itself black", () => {
  assert.deepEqual([...binarise(row(9, 10, 11), 10).data], [0, 0, 255]);
});

test("a local threshold keeps the strokes where light falls from one side, a global one does not", () => {
  const even = drawPlate({ lines: ["AUC234"] });
  const lit = drawPlate({ lines: ["AUC234"], ink: 0, paper: 90, shade: (along) => 150 * along });
  const truth = binarise(even, 128);
  const wrong = (found: { data: Uint8Array }) => found.data.filter((value, i) => value !== truth.data[i]).length;
  assert.ok(wrong(binarise(lit, otsuLevel(lit))) > 0.1 * truth.data.length);
  assert.ok(wrong(binariseLocally(lit, lit.height * 0.5, 0.1)) < 0.02 * truth.data.length);
});

test("a local threshold leaves plain paper white", () => {
  const paper = row(...Array.from({ length: 64 }, (_, i) => 200 + (i % 2)));
  assert.ok(binariseLocally(paper, 9, 0.1).data.every((value) => value === 255));
});

test("stretching makes the darkest black and the brightest white, and leaves a flat picture flat", () => {
  assert.deepEqual([...stretchContrast(row(100, 110, 120)).data], [0, 127, 255]);
  assert.equal(new Set(stretchContrast(row(77, 77, 77)).data).size, 1);
});
