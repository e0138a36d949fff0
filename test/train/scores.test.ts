import assert from "node:assert/strict";
import { test } from "node:test";
import { meanCrossEntropy, mostProbable, scorePredictions } from "../../src/train/scores.ts";

const cases = [
  { name: "no pictures score nothing", labels: [], predicted: [], accuracy: 0, macroF1: 0 },
  { name: "all right", labels: [0, 1, 2], predicted: [0, 1, 2], accuracy: 1, macroF1: 1 },
  { name: "all wrong", labels: [0, 1], predicted: [1, 0], accuracy: 0, macroF1: 0 },
  // Class 0: 3 hits, 1 more guess: F1 6/7; class 1: no hit. Class 2 was never seen and does not count.
  {
    name: "a rare class weighs as much",
    labels: [0, 0, 0, 1],
    predicted: [0, 0, 0, 0],
    accuracy: 3 / 4,
    macroF1: 3 / 7,
  },
  // Class 0: 1 hit of 2, never guessed wrongly: 2/3; class 1: 1 hit, 1 wrong guess: 2/3.
  { name: "one confusion", labels: [0, 0, 1], predicted: [0, 1, 1], accuracy: 2 / 3, macroF1: 2 / 3 },
];
for (const { name, labels, predicted, accuracy, macroF1 } of cases) {
  test(`scores: ${name}`, () => {
    const scores = scorePredictions(Int32Array.from(labels), Int32Array.from(predicted), 3);
    assert.equal(scores.accuracy, accuracy);
    assert.equal(scores.microF1, accuracy);
    assert.ok(Math.abs(scores.macroF1 - macroF1) < 1e-12);
    assert.equal(
      scores.confusion.reduce((sum, count) => sum + count, 0),
      labels.length,
    );
  });
}

test("confusions stand at [truth][predicted]", () => {
  const { confusion } = scorePredictions(Int32Array.of(0, 0, 2), Int32Array.of(1, 1, 2), 3);
  assert.deepEqual([...confusion], [0, 2, 0, 0, 0, 0, 0, 0, 1]);
});

test("lists of different length are refused", () => {
  assert.throws(() => scorePredictions(Int32Array.of(0), new Int32Array(0), 2), RangeError);
});

test("the most probable class is the first of equals", () => {
  assert.deepEqual([...mostProbable(Float32Array.of(0.1, 0.9, 0.5, 0.5), 2)], [1, 0]);
});

test("cross-entropy is the mean of -log, a probability of 0 is bounded, NaN stays NaN", () => {
  const near = (found: number, expected: number) => assert.ok(Math.abs(found - expected) < 1e-5, `${found}`);
  near(meanCrossEntropy(Float32Array.of(0.5, 0.5, 0.25, 0.75), Int32Array.of(0, 1)), -Math.log(0.5 * 0.75) / 2);
  near(meanCrossEntropy(Float32Array.of(1, 0), Int32Array.of(1)), -Math.log(1e-7));
  assert.ok(Number.isNaN(meanCrossEntropy(Float32Array.of(Number.NaN, 0), Int32Array.of(0))));
  assert.equal(meanCrossEntropy(new Float32Array(0), new Int32Array(0)), 0);
});
