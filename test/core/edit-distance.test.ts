import assert from "node:assert/strict";
import { test } from "node:test";
import { alignTexts, levenshtein } from "../../src/core/edit-distance.ts";
import { seededRandom } from "./fake-model.ts";

const cases = [
  { name: "two empty texts are alike", expected: "", actual: "", distance: 0, aligned: "" },
  { name: "nothing read of something", expected: "AB", actual: "", distance: 2, aligned: "A- B-" },
  { name: "something read of nothing", expected: "", actual: "AB", distance: 2, aligned: "-A -B" },
  { name: "the same", expected: "AB1", actual: "AB1", distance: 0, aligned: "AA BB 11" },
  { name: "one substituted", expected: "AB1", actual: "A81", distance: 1, aligned: "AA B8 11" },
  { name: "one lost", expected: "ABC", actual: "AC", distance: 1, aligned: "AA B- CC" },
  { name: "one invented", expected: "AC", actual: "ABC", distance: 1, aligned: "AA -B CC" },
  { name: "shifted by one", expected: "12345", actual: "23456", distance: 2, aligned: "1- 22 33 44 55 -6" },
  { name: "a character of two code units counts once", expected: "𐌰B", actual: "𐌱B", distance: 1, aligned: "𐌰𐌱 BB" },
];
for (const { name, expected, actual, distance, aligned } of cases) {
  test(`alignTexts and levenshtein: ${name}`, () => {
    assert.equal(levenshtein(expected, actual), distance);
    const edits = alignTexts(expected, actual);
    assert.equal(edits.map((edit) => `${edit.expected ?? "-"}${edit.actual ?? "-"}`).join(" "), aligned);
  });
}

test("levenshtein: is a metric, and every alignment has as many edits as it says", () => {
  const random = seededRandom(7);
  const letter = (): string => "AB1"[Math.floor(random() * 3)]!;
  const word = (): string => Array.from({ length: Math.floor(random() * 8) }, letter).join("");
  for (let round = 0; round < 500; round++) {
    const [a, b, c] = [word(), word(), word()];
    const distance = levenshtein(a, b);
    assert.equal(distance, levenshtein(b, a));
    assert.equal(distance === 0, a === b);
    assert.ok(levenshtein(a, c) <= distance + levenshtein(b, c));
    const edits = alignTexts(a, b);
    assert.equal(edits.filter((edit) => edit.expected !== edit.actual).length, distance);
    assert.equal(edits.map((edit) => edit.expected ?? "").join(""), a);
    assert.equal(edits.map((edit) => edit.actual ?? "").join(""), b);
  }
});
