import assert from "node:assert/strict";
import { test } from "node:test";
import type { CandidateShape } from "../../src/classic/candidate-shapes.ts";
import { leftOutProbability, READ_FEATURES, readConfidence, readFeatures } from "../../src/classic/read-confidence.ts";

const PICTURE = { width: 28, height: 28, data: new Uint8Array(28 * 28) };

function shape(left: number, width = 20, line: 0 | 1 = 0): CandidateShape {
  const own = { picture: PICTURE, isBar: false, isPiece: false, height: 1, offset: 0 } as const;
  return { ...own, line, box: [left, 10 + 50 * line, width, 40], width: width / 40 };
}

/** Of each shape how probable a character it is. */
function rowsOf(...characters: readonly number[]): Float32Array[] {
  return characters.map((probability) => Float32Array.of(probability, 1 - probability));
}

const cases = [
  { name: "no shapes", shapes: [], sure: [], path: [], expected: 0 },
  { name: "a path through all", shapes: [shape(0), shape(30)], sure: [0.9, 0.8], path: [0, 1], expected: 0 },
  { name: "one before the path", shapes: [shape(0), shape(30)], sure: [0.7, 0.9], path: [1], expected: 0.7 },
  { name: "one over a character of the path", shapes: [shape(0), shape(5)], sure: [0.7, 0.9], path: [1], expected: 0 },
  { name: "one that touches a character", shapes: [shape(0), shape(18)], sure: [0.7, 0.9], path: [1], expected: 0.7 },
  { name: "one of the other line", shapes: [shape(0), shape(0, 20, 1)], sure: [0.9, 0.6], path: [0], expected: 0.6 },
  {
    name: "the most character-like of several",
    shapes: [shape(0), shape(30), shape(60)],
    sure: [0.2, 0.9, 0.5],
    path: [1],
    expected: 0.5,
  },
];
for (const { name, shapes, sure, path, expected } of cases) {
  test(`what is left out: ${name}`, () => {
    assert.ok(Math.abs(leftOutProbability(shapes, rowsOf(...sure), path, 1) - expected) < 1e-6);
  });
}

test("features are bounded, and each speaks for a text the more, the greater it is", () => {
  const sure = readFeatures({ text: 1, characters: [1, 1], leftOut: 0 });
  const lost = readFeatures({ text: 0, characters: [0, 0], leftOut: 1 });
  assert.deepEqual(sure, [12, 6, 6]);
  assert.deepEqual(lost, [-12, -6, -6]);
  assert.equal(sure.length, READ_FEATURES.length);
  assert.deepEqual(
    readFeatures({ text: 0.5, characters: [], leftOut: 0.5 }).map((value) => value + 0),
    [0, 0, 0],
  );
});

test("the confidence is the text's share, unless the card tells weights", () => {
  const evidence = { text: 0.9, characters: [0.8, 0.99], leftOut: 0.3 };
  assert.equal(readConfidence(evidence, undefined), 0.9);
  const [, characters, none] = readFeatures(evidence);
  const logit = 0.1 + 0.5 * characters! + 0.25 * none!;
  const confidence = readConfidence(evidence, { bias: 0.1, weights: [0, 0.5, 0.25] });
  assert.ok(Math.abs(confidence - 1 / (1 + Math.exp(-logit))) < 1e-12);
});

test("weights of another version are refused", () => {
  const evidence = { text: 0.9, characters: [0.8], leftOut: 0 };
  assert.throws(() => readConfidence(evidence, { bias: 0, weights: [1] }), { code: "MODEL_MISMATCH" });
});
