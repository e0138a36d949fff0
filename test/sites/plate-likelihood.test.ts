import assert from "node:assert/strict";
import { test } from "node:test";
import { levenshtein } from "../../src/core/edit-distance.ts";
import { confusability, confusionTable, DEFAULT_CONFUSIONS } from "../../src/sites/confusion-table.ts";
import { isComparable, plateLikelihood, textLikelihood, UNLIKE } from "../../src/sites/plate-likelihood.ts";
import { certainPlate } from "../../src/sites/site-passage.ts";
import { seededRandom } from "../core/seeded-random.ts";
import { readOf } from "./reads.ts";

const sure = readOf("AB123CD");

const ordered = [
  { name: "the same text", likelier: readOf("AB123CD"), than: readOf("AB123CD", { 6: 0.6 }) },
  { name: "an unsure look-alike", likelier: readOf("A8123CD", { 1: 0.6 }), than: readOf("A8123CD") },
  { name: "a look-alike", likelier: readOf("A8123CD", { 1: 0.6 }), than: readOf("AM123CD", { 1: 0.6 }) },
  { name: "one difference", likelier: readOf("A8123CD", { 1: 0.6 }), than: readOf("A8123CX", { 1: 0.6, 6: 0.9 }) },
  { name: "a lost character", likelier: readOf("AB123C", { 5: 0.6 }), than: readOf("XY987Z") },
];
for (const { name, likelier, than } of ordered) {
  test(`two reads are likelier of one plate with ${name}`, () => {
    assert.ok(plateLikelihood(sure, likelier) > plateLikelihood(sure, than));
  });
}

test("no text is unlike any, and a plate of one character proves next to nothing", () => {
  assert.equal(plateLikelihood(readOf(""), sure), UNLIKE);
  assert.equal(plateLikelihood(readOf(""), readOf("")), UNLIKE);
  const one = plateLikelihood(certainPlate("A"), certainPlate("A"));
  assert.ok(one > 0 && one < 3, String(one));
});

test("likelihood is symmetric, over a thousand pairs of misread plates", () => {
  const random = seededRandom(5);
  const text = (): string =>
    Array.from({ length: 4 + Math.floor(random() * 4) }, () => "AB08OD17I"[Math.floor(random() * 9)]).join("");
  for (let i = 0; i < 1000; i++) {
    const a = readOf(text(), { 0: random(), 2: random() });
    const b = readOf(text(), { 1: random() });
    assert.ok(Math.abs(plateLikelihood(a, b) - plateLikelihood(b, a)) < 1e-9);
  }
});

test("two sure plates of a fleet, numbered in a row, are two plates", () => {
  assert.ok(plateLikelihood(readOf("KTW6835"), readOf("KTW6836")) < 4);
  assert.ok(plateLikelihood(readOf("KTW6835"), readOf("KTW6835")) > 12);
});

test("a candidate that a read names counts as much as its confidence", () => {
  const read = {
    ...readOf("AB128CD", { 4: 0.55 }),
    candidates: [
      { text: "AB128CD", confidence: 0.55 },
      { text: "AB123CD", confidence: 0.4 },
    ],
  };
  assert.ok(textLikelihood("AB123CD", read) > textLikelihood("AB123CD", { ...read, candidates: [] }));
  assert.ok(textLikelihood("AB123CD", read) > 10);
});

test("the quick comparison never refuses texts within the edits it allows", () => {
  const random = seededRandom(9);
  const text = (): string =>
    Array.from({ length: 1 + Math.floor(random() * 9) }, () => "AB1Ä"[Math.floor(random() * 4)]).join("");
  for (let i = 0; i < 20_000; i++) {
    const [a, b] = [text(), text()];
    const limit = Math.min(3, Math.floor(Math.max(a.length, b.length) / 2));
    const isNear = a === b || levenshtein(a, b) <= limit;
    // Ä shares bits with no ASCII letter of these texts, so that the answer is exact here.
    assert.equal(isComparable(a, b), isNear, `${a} ${b}`);
  }
});

test("the committed look-alikes are a table of probabilities, measured on the recognizer", () => {
  assert.equal(DEFAULT_CONFUSIONS.provisional, false);
  const { misread, behind } = confusability();
  const characters = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  for (const there of characters) {
    assert.ok(Math.abs(characters.reduce((sum, read) => sum + misread(there, read), 0) - 1) < 1e-9);
    assert.ok(Math.abs(characters.reduce((sum, other) => sum + behind(there, other), 0) - 1) < 1e-9);
    assert.equal(misread(there, there), 0);
  }
  assert.ok(misread("0", "O") > 0.2 && misread("0", "X") < 0.02 && misread("0", "X") > 0);
  assert.ok(misread("Ä", "A") > 0);
});

test("a table is made of the confusions that bench counts", () => {
  const counted = {
    confusions: [
      { expected: "0", actual: "O", count: 8 },
      { expected: "0", actual: "D", count: 1 },
      { expected: "1", actual: null, count: 4 },
      { expected: null, actual: "I", count: 2 },
    ],
    characters: 1000,
    source: "a test",
  };
  const table = confusionTable(counted);
  assert.equal(table.provisional, false);
  assert.deepEqual(table.misreads["0"], { O: 0.8, D: 0.1 });
  assert.ok(table.missed > table.invented && table.invented > 0);
  assert.ok(confusability(table).misread("0", "O") > 0.75);
  const leaning = confusionTable(counted, { ...table, misreads: { 0: { Q: 0.8 }, 8: { B: 0.5 } } });
  assert.deepEqual(leaning.misreads, { 0: { O: 8 / 14, Q: 4 / 14, D: 1 / 14 }, 8: { B: 0.5 } });
});

test("a character lost is rarer in a sure read than in a doubtful one, and in reads that are often wrong", () => {
  const sure = textLikelihood("AB123CD", readOf("AB123C"));
  const unsure = textLikelihood("AB123CD", readOf("AB123C", { 0: 0.6 }));
  assert.ok(sure < unsure - 2, `${sure} ${unsure}`);
  const often = confusability({ ...DEFAULT_CONFUSIONS, wrongShare: 0.5 });
  const usual = confusability({ ...DEFAULT_CONFUSIONS, wrongShare: 0.05 });
  const read = readOf("AB123C", { 0: 0.9 });
  assert.ok(textLikelihood("AB123CD", read, often) < textLikelihood("AB123CD", read, usual));
});

test("tables of impossible shares are refused", () => {
  for (const change of [
    { misreads: { A: { B: -0.1 } } },
    { misreads: { A: { B: 0.7, C: 0.7 } } },
    { missed: 0 },
    { invented: 1 },
    { wrongShare: 0 },
  ]) {
    assert.throws(() => confusability({ ...DEFAULT_CONFUSIONS, ...change }), { code: "SITE_INVALID" });
  }
});
