import assert from "node:assert/strict";
import { test } from "node:test";
import { createId, idTimeMs } from "../../src/store/ids.ts";
import {
  fitsPattern,
  foldPlate,
  gramsOf,
  neighboursOf,
  normalisePattern,
  normalisePlate,
  patternParts,
} from "../../src/store/plate-text.ts";

const texts = [
  { name: "nothing", text: "", plate: "", folded: "" },
  { name: "lower case and separators", text: "m-ab 12·3", plate: "MAB123", folded: "MA8123" },
  { name: "look-alikes", text: "O0QD I1L Z2 S5 B8", plate: "O0QDI1LZ2S5B8", folded: "0000111225588" },
  { name: "full width", text: "ＡＢ１２", plate: "AB12", folded: "A812" },
  { name: "Cyrillic stays, and looks like Latin", text: "а123вс", plate: "А123ВС", folded: "A1238C" },
  { name: "an umlaut composed or not", text: "A\u0308", plate: "Ä", folded: "A" },
  { name: "Chinese", text: "粤B·12345", plate: "粤B12345", folded: "粤812345" },
  { name: "SQL", text: "'; DROP TABLE passage; --", plate: "DROPTABLEPASSAGE", folded: "0R0PTA81EPA55AGE" },
  { name: "zero-width and right-to-left marks", text: "A\u200b1\u202e2", plate: "A12", folded: "A12" },
];
for (const { name, text, plate, folded } of texts) {
  test(`plate text: ${name}`, () => {
    assert.equal(normalisePlate(text), plate);
    assert.equal(foldPlate(plate), folded);
    assert.equal(normalisePlate(plate), plate, "normalised twice is normalised once");
  });
}

const patterns = [
  { pattern: "", normal: "", parts: { prefix: "", suffix: "", inner: "", isPlain: true }, fits: [""], fitsNot: ["A"] },
  {
    pattern: "ab?1*",
    normal: "AB?1*",
    parts: { prefix: "AB", suffix: "", inner: "1", isPlain: false },
    fits: ["ABX1", "AB11ZZ"],
    fitsNot: ["AB1", "XABX1"],
  },
  {
    pattern: "*-12-*",
    normal: "*12*",
    parts: { prefix: "", suffix: "", inner: "12", isPlain: false },
    fits: ["12", "A12B"],
    fitsNot: ["1A2"],
  },
  {
    pattern: "**?*",
    normal: "?*",
    parts: { prefix: "", suffix: "", inner: "", isPlain: false },
    fits: ["A", "𠮷"],
    fitsNot: [""],
  },
  {
    pattern: "[A-Z]%_",
    normal: "AZ",
    parts: { prefix: "AZ", suffix: "AZ", inner: "", isPlain: true },
    fits: ["AZ"],
    fitsNot: ["B"],
  },
];
for (const { pattern, normal, parts, fits, fitsNot } of patterns) {
  test(`pattern "${pattern}"`, () => {
    assert.equal(normalisePattern(pattern), normal);
    assert.deepEqual(patternParts(normal), parts);
    for (const plate of fits) assert.equal(fitsPattern(normal, plate), true, plate);
    for (const plate of fitsNot) assert.equal(fitsPattern(normal, plate), false, plate);
  });
}

test("neighbours and grams are of whole characters, each once, and of plates only", () => {
  assert.deepEqual(neighboursOf("A"), []);
  assert.deepEqual(neighboursOf("AAB"), ["AB", "AA"]);
  assert.deepEqual(neighboursOf("𠮷B"), ["B", "𠮷"]);
  assert.deepEqual(neighboursOf("X".repeat(17)), []);
  assert.deepEqual(gramsOf("AB"), []);
  assert.deepEqual(gramsOf("AAAA"), ["AAA"]);
  assert.deepEqual(gramsOf("A𠮷BC"), ["A𠮷B", "𠮷BC"]);
});

test("ids sort by when they were made, also within a millisecond and when the clock is set back", () => {
  const future = Date.now() + 1e9;
  const ids = [future, future, future + 1, future - 5000, ...new Array<number>(5000).fill(future + 2)].map((nowMs) =>
    createId(nowMs),
  );
  assert.deepEqual(ids, ids.toSorted());
  assert.equal(new Set(ids).size, ids.length);
  assert.match(ids[0]!, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(idTimeMs(ids[0]!), Math.floor(future));
  assert.equal(idTimeMs("none"), null);
});
