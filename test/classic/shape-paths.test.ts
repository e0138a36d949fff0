import assert from "node:assert/strict";
import { test } from "node:test";
import type { CandidateShape } from "../../src/classic/candidate-shapes.ts";
import { NO_CHARACTER } from "../../src/classic/character-model.ts";
import { PATH_TERMS, PATH_WEIGHTS, pathTerms, textsAlong } from "../../src/classic/shape-paths.ts";
import { formatMatcher } from "../../src/core/formats.ts";

const ALPHABET = ["0", "1", "A", "B", "D", "O", NO_CHARACTER];
const PICTURE = { width: 28, height: 28, data: new Uint8Array(28 * 28) };

/** 40 pixels high, a character's width apart. */
function shape(left: number, width = 23, more: Partial<CandidateShape> = {}): CandidateShape {
  const own = { line: 0, picture: PICTURE, isBar: false, isPiece: false, height: 1, offset: 0 } as const;
  return { ...own, box: [left, 10, width, 40], width: width / 40, ...more };
}

/** The named classes with their probabilities; `none` has what is left. */
function row(classes: Readonly<Record<string, number>>): Float32Array {
  const left = 1 - Object.values(classes).reduce((sum, share) => sum + share, 0);
  return Float32Array.from(ALPHABET, (name) => (name === NO_CHARACTER ? left : (classes[name] ?? 0)));
}

test("no shapes have no text, and one has none either", () => {
  assert.deepEqual(textsAlong([], [], ALPHABET, 5), []);
  assert.deepEqual(textsAlong([shape(0)], [row({ A: 0.99 })], ALPHABET, 5), []);
});

test("shapes that the net calls none are left out, the others read from left to right", () => {
  const shapes = [shape(0), shape(30), shape(60), shape(90)];
  const rows = [row({ A: 0.02 }), row({ A: 0.99 }), row({ B: 0.98 }), row({ "1": 0.9 })];
  assert.equal(textsAlong(shapes, rows, ALPHABET, 5)[0]?.text, "AB1");
  assert.deepEqual(textsAlong(shapes, rows, ALPHABET, 5)[0]?.path, [1, 2, 3]);
});

test("of a wide shape and its halves the surer ones are taken, never both", () => {
  const shapes = [shape(0), shape(30, 20, { isPiece: true }), shape(30, 45), shape(55, 20, { isPiece: true })];
  const sure = [row({ A: 0.99 }), row({ "0": 0.97 }), row({ B: 0.01 }), row({ "0": 0.97 })];
  assert.equal(textsAlong(shapes, sure, ALPHABET, 5)[0]?.text, "A00");
  const whole = [row({ A: 0.99 }), row({ "0": 0.01 }), row({ B: 0.99 }), row({ "0": 0.01 })];
  assert.equal(textsAlong(shapes, whole, ALPHABET, 5)[0]?.text, "AB");
});

test("the second line follows the first", () => {
  const shapes = [shape(40), shape(70), shape(0, 23, { line: 1 }), shape(30, 23, { line: 1 })];
  const rows = ["A", "B", "0", "1"].map((name) => row({ [name]: 0.99 }));
  assert.equal(textsAlong(shapes, rows, ALPHABET, 5)[0]?.text, "AB01");
});

test("as many characters as a plate holds are read, and no more", () => {
  const read = (count: number) => {
    const shapes = Array.from({ length: count }, (_, i) => shape(30 * i));
    const rows = shapes.map(() => row({ "1": 0.99 }));
    return textsAlong(shapes, rows, ALPHABET, 1)[0]?.text.length;
  };
  assert.equal(read(11), 11);
  assert.equal(read(14), 12);
});

test("each text is told once, the best first, and no more than asked for", () => {
  const shapes = [shape(0), shape(30), shape(60)];
  const rows = [row({ O: 0.5, "0": 0.3, D: 0.15 }), row({ A: 0.9, B: 0.05 }), row({ B: 0.95 })];
  const found = textsAlong(shapes, rows, ALPHABET, 4);
  assert.equal(found.length, 4);
  assert.equal(new Set(found.map(({ text }) => text)).size, 4);
  assert.deepEqual(
    found.map(({ score }) => score),
    found.map(({ score }) => score).toSorted((a, b) => b - a),
  );
});

test("with a matcher only texts of its formats are found", () => {
  const shapes = [0, 30, 60, 90, 120, 150, 180].map((left) => shape(left));
  const rows = ["A", "B", "O", "0", "1", "1", "0"].map((name) =>
    row(name === "O" ? { "0": 0.8, O: 0.15 } : { [name]: 0.99 }),
  );
  assert.equal(textsAlong(shapes, rows, ALPHABET, 5)[0]?.text, "AB00110");
  assert.deepEqual(
    textsAlong(shapes, rows, ALPHABET, 5, formatMatcher(["br"])).map(({ text }) => text),
    ["ABO0110"],
  );
});

test("a score is its terms times their weights", () => {
  const shapes = [shape(0), shape(20, 25, { offset: 0.1, isPiece: true }), shape(90, 10, { isBar: true, height: 0.9 })];
  const rows = [row({ A: 0.6 }), row({ B: 0.7 }), row({ "1": 0.4 })];
  for (const found of textsAlong(shapes, rows, ALPHABET, 9)) {
    const terms = pathTerms(shapes, rows, ALPHABET, found);
    const sum = PATH_TERMS.reduce((total, name, i) => total + PATH_WEIGHTS[name] * terms[i]!, 0);
    assert.ok(Math.abs(sum - found.score) < 1e-9, `${found.text}: ${sum} and ${found.score}`);
  }
});

test("a net that knows no class for none reads too", () => {
  const alphabet = ALPHABET.filter((name) => name !== NO_CHARACTER);
  const rows = ["A", "B"].map((name) => Float32Array.from(alphabet, (other) => (other === name ? 0.9 : 0.02)));
  assert.equal(textsAlong([shape(0), shape(30)], rows, alphabet, 3)[0]?.text, "AB");
});
