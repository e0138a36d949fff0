import assert from "node:assert/strict";
import { test } from "node:test";
import { rankTexts } from "../../src/classic/rank-texts.ts";

const ALPHABET = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const FREE = { regions: [], regionStrict: false };

/** `A` is certain; `O0` gives O 60 % and 0 the rest. */
function rows(...characters: string[]): Float32Array[] {
  return characters.map((options) => {
    const row = new Float32Array(36);
    if (options.length === 1) row[ALPHABET.indexOf(options)] = 1;
    else {
      row[ALPHABET.indexOf(options[0]!)] = 0.6;
      row[ALPHABET.indexOf(options[1]!)] = 0.4;
    }
    return row;
  });
}

const cases = [
  { name: "no characters make no text", rows: rows(), options: FREE, expected: undefined },
  {
    name: "certain characters stay",
    rows: rows("A", "B", "1", "2", "3", "C", "D"),
    options: FREE,
    expected: "AB123CD",
  },
  {
    name: "a text of no known format stays too",
    rows: rows("1", "A", "2", "B", "3", "C", "4", "D"),
    options: FREE,
    expected: "1A2B3C4D",
  },
  {
    name: "the formats decide between O and 0",
    rows: rows("A", "B", "C", "1", "O0", "2", "3"),
    options: FREE,
    expected: "ABC1023",
  },
  {
    name: "an expected region weighs more",
    rows: rows("A", "B", "1", "0O", "O0", "C", "D"),
    options: { regions: ["fr"], regionStrict: false },
    expected: "AB100CD",
  },
  {
    name: "only the regions' texts when strict",
    rows: rows("A", "8B", "I1", "O0", "0", "C", "D"),
    options: { regions: ["fr"], regionStrict: true },
    expected: "AB100CD",
  },
];
for (const { name, rows: given, options, expected } of cases) {
  test(`ranking: ${name}`, () => assert.equal(rankTexts(given, ALPHABET, options)[0]?.text, expected));
}

test("candidates fall in confidence and sum to 1 at most", () => {
  const candidates = rankTexts(rows("AB", "B8", "C", "1", "O0", "2", "3"), ALPHABET, FREE);
  const confidences = candidates.map(({ confidence }) => confidence);
  assert.ok(candidates.length > 4);
  assert.deepEqual(
    confidences,
    confidences.toSorted((a, b) => b - a),
  );
  assert.ok(confidences.reduce((sum, value) => sum + value, 0) <= 1 + 1e-6);
});

const junk = rows("M", "A", "B", "C", "1", "0", "2", "3");
const doubtFirst = (doubt: number) => junk.map((_, index) => (index === 0 ? doubt : 0.01));

test("a doubtful shape is left out where the rest is a plate, and the text says which shapes it is of", () => {
  const [best] = rankTexts(junk, ALPHABET, FREE, doubtFirst(0.6));
  assert.equal(best?.text, "ABC1023");
  assert.deepEqual(best?.kept, [1, 2, 3, 4, 5, 6, 7]);
});

test("a shape beyond doubt stays", () => {
  assert.equal(rankTexts(junk, ALPHABET, FREE, doubtFirst(0.01))[0]?.text, "MABC1023");
});

test("doubts about every shape leave a text, and candidates still sum to 1 at most", () => {
  const candidates = rankTexts(rows("A", "B", "1"), ALPHABET, FREE, [0.9, 0.9, 0.9]);
  assert.ok(candidates.length > 1 && candidates.every(({ text }) => text.length > 0));
  assert.ok(candidates.reduce((sum, { confidence }) => sum + confidence, 0) <= 1 + 1e-6);
  assert.equal(new Set(candidates.map(({ text }) => text)).size, candidates.length);
});

test("of two cuts of a plate the one whose shapes are plain explains more", () => {
  const plain = rankTexts(rows("A", "B", "C", "1", "0", "2", "3"), ALPHABET, FREE)[0]!;
  const unsure = rankTexts(rows("A8", "B8", "CG", "1I", "0O", "2Z", "3B"), ALPHABET, FREE)[0]!;
  assert.ok(plain.logWeight > unsure.logWeight);
});
