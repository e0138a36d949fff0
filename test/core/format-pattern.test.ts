import assert from "node:assert/strict";
import { test } from "node:test";
import { compilePattern, drawText, textProbability, traceText } from "../../src/core/format-pattern.ts";
import { seededRandom } from "./seeded-random.ts";

const classes = { letters: "AB", digits: "01", lists: { towns: ["B", "BA", "BAB"] } };

const cases = [
  { pattern: "", texts: [""] },
  { pattern: "A9", texts: ["A0", "A1", "B0", "B1"] },
  { pattern: "'XY'9", texts: ["XY0", "XY1"] },
  { pattern: "[C-EX]", texts: ["C", "D", "E", "X"] },
  { pattern: "9{1,2}", texts: ["0", "00", "01", "1", "10", "11"] },
  { pattern: "9{2}", texts: ["00", "01", "10", "11"] },
  { pattern: "'X'(-9)?", texts: ["X", "X0", "X1"] },
  { pattern: "('X'|9 'Y')", texts: ["0Y", "1Y", "X"] },
  { pattern: "<towns>/'Z'", texts: ["BABZ", "BAZ", "BZ"] },
  { pattern: "*", texts: ["0", "1", "A", "B"] },
];
for (const { pattern, texts } of cases) {
  test(`pattern "${pattern}" stands for exactly ${texts.length} texts, which sum to probability 1`, () => {
    const automaton = compilePattern(pattern, classes);
    const random = seededRandom(3);
    const drawn = new Set(Array.from({ length: 400 }, () => drawText(automaton, random)));
    assert.deepEqual([...drawn].sort(), texts);
    const sum = texts.reduce((total, text) => total + textProbability(automaton, text), 0);
    assert.ok(Math.abs(sum - 1) < 1e-9, `${sum}`);
    for (const text of texts) assert.ok(traceText(automaton, text) !== undefined, text);
    assert.equal(traceText(automaton, "Q"), undefined);
    assert.equal(textProbability(automaton, "Q"), 0);
  });
}

test("a count of 1 to 3 makes every count equally likely", () => {
  const automaton = compilePattern("'X'{1,3}", classes);
  for (const text of ["X", "XX", "XXX"]) assert.ok(Math.abs(textProbability(automaton, text) - 1 / 3) < 1e-9);
});

test("separators stand before the character they precede, also when an optional part is left out", () => {
  const automaton = compilePattern("'X'-9?/'Z'", classes);
  assert.deepEqual(traceText(automaton, "X0Z"), ["", "-", "/"]);
  assert.deepEqual(traceText(automaton, "XZ"), ["", "-/"]);
});

test("the longest word of a list is tried first", () => {
  const automaton = compilePattern("<towns>-A{1,2}", classes);
  assert.deepEqual(traceText(automaton, "BAB"), ["", "", "-"]);
});

for (const pattern of ["A(", "A)", "[", "[]", "'", "<nowhere>", "A{2,1}", "A{x}", "q", "[C-A]"]) {
  test(`pattern "${pattern}" is refused`, () => {
    assert.throws(() => compilePattern(pattern, classes), RangeError);
  });
}
