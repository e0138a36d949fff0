import assert from "node:assert/strict";
import { test } from "node:test";
import { levenshtein } from "../../src/core/edit-distance.ts";
import { identifyPlate } from "../../src/sites/identify.ts";
import { plateIndex, textsNear } from "../../src/sites/plate-index.ts";
import { seededRandom } from "../core/seeded-random.ts";
import { readOf } from "./reads.ts";

const indexOf = (...texts: string[]) => plateIndex(texts, (text) => [text]);
const half = { knownShare: 0.5 };

test("nothing is identified without known plates, or without a text", () => {
  assert.deepEqual(identifyPlate(readOf("AB123CD"), indexOf(), half), []);
  assert.deepEqual(identifyPlate(readOf(""), indexOf("AB123CD"), half), []);
});

test("an exact read of a known plate is nearly certain, a look-alike likely, a stranger nothing", () => {
  const index = indexOf("AB123CD", "XY987ZW");
  assert.ok(identifyPlate(readOf("AB123CD"), index, half)[0]!.probability > 0.9999);
  const alike = identifyPlate(readOf("A8123CD", { 1: 0.6 }), index, half)[0]!;
  assert.ok(alike.text === "AB123CD" && alike.probability > 0.9);
  assert.deepEqual(identifyPlate(readOf("QQ555QQ"), index, half), []);
});

test("probabilities never sum to more than one, and two known neighbours share them", () => {
  const found = identifyPlate(readOf("AB120CD", { 4: 0.5 }), indexOf("AB120CD", "AB12OCD"), half);
  assert.equal(found.length, 2);
  assert.ok(found[0]!.probability + found[1]!.probability <= 1);
  assert.ok(found[1]!.probability > 0.05);
});

test("a text of one or two characters may be a piece of another plate: at most one half", () => {
  const texts = Array.from({ length: 500 }, (_, i) => `Z${i}`);
  assert.ok(identifyPlate(readOf("Z1"), indexOf(...texts), half)[0]!.probability <= 0.5);
});

test("neighbours are exactly the texts within one edit", () => {
  const random = seededRandom(4);
  const text = (): string =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, () => "AB1"[Math.floor(random() * 3)]).join("");
  const known = new Set(Array.from({ length: 60 }, text));
  const index = indexOf(...known);
  for (let i = 0; i < 300; i++) {
    const read = text();
    // Texts of one character have no neighbours but themselves.
    const expected = [...known].filter(
      (one) => one === read || (levenshtein(one, read) === 1 && Math.min(one.length, read.length) > 1),
    );
    assert.deepEqual(
      [...textsNear(index, read)].filter((one) => one === read || Math.min(one.length, read.length) > 1).sort(),
      expected.sort(),
      read,
    );
  }
});
