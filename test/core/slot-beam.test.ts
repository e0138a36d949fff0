import assert from "node:assert/strict";
import { test } from "node:test";
import { createMatcher, formatsOf } from "../../src/core/formats.ts";
import type { SlotPosteriors } from "../../src/core/recognize.ts";
import { bestMatchingTexts, bestTexts, type ScoredText, textLogProbability } from "../../src/core/slot-beam.ts";
import { seededRandom } from "./seeded-random.ts";
import { posteriorsFrom, randomPosteriors, slotsOf } from "./slot-posteriors.ts";

/** Every text the slots can say, with its probability, by plain enumeration. */
function allTexts(slots: SlotPosteriors): ScoredText[] {
  const classes = 1 + slots.alphabet.length;
  const texts: ScoredText[] = [];
  const walk = (text: string, logProbability: number): void => {
    if (text.length === slots.slots) {
      texts.push({ text, logProbability });
      return;
    }
    const first = text.length * classes;
    texts.push({ text, logProbability: logProbability + slots.characters[first]! });
    slots.alphabet.forEach((character, index) => {
      walk(text + character, logProbability + slots.characters[first + 1 + index]!);
    });
  };
  walk("", 0);
  return texts.sort((a, b) => b.logProbability - a.logProbability);
}

function assertSame(found: readonly ScoredText[], expected: readonly ScoredText[]): void {
  assert.equal(found.length, expected.length);
  found.forEach((scored, index) => {
    assert.ok(Math.abs(scored.logProbability - expected[index]!.logProbability) < 1e-4, `rank ${index}`);
  });
}

test("bestTexts: slots that are empty for sure give the empty text", () => {
  const [first] = bestTexts(posteriorsFrom([]), 3);
  assert.equal(first?.text, "");
  assert.ok(first.logProbability > -1e-6);
});

test("bestTexts: what follows the first empty slot is not read", () => {
  const slots = posteriorsFrom([{ A: 0.99 }, { "": 0.99 }, { B: 0.99 }]);
  assert.equal(bestTexts(slots, 1)[0]?.text, "A");
});

test("bestTexts: all texts together have probability 1", () => {
  const all = allTexts(randomPosteriors(seededRandom(5), ["A", "B"], 4));
  const sum = all.reduce((total, { logProbability }) => total + Math.exp(logProbability), 0);
  assert.ok(Math.abs(sum - 1) < 1e-5, `${sum}`);
});

test("bestTexts: agrees with enumeration on tiny alphabets, for every list length", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seededRandom(seed);
    const alphabet = [..."AB1"].slice(0, 1 + (seed % 3));
    const slots = randomPosteriors(random, alphabet, 1 + (seed % 5));
    const all = allTexts(slots);
    for (const count of [1, 3, 10, 2000]) {
      const found = bestTexts(slots, count);
      assertSame(found, all.slice(0, count));
      assert.equal(new Set(found.map(({ text }) => text)).size, found.length, "no text twice");
      for (const { text, logProbability } of found) {
        assert.ok(Math.abs(textLogProbability(slots, text) - logProbability) < 1e-4, text);
      }
    }
  }
});

test("bestMatchingTexts: agrees with enumeration filtered by the grammar", () => {
  const format = { ...formatsOf(["fr"])[0]!, pattern: "A{1,2}9{1,2}", letters: "AB", digits: "1" };
  const isText = /^[AB]{1,2}1{1,2}$/;
  for (let seed = 100; seed < 140; seed++) {
    const slots = randomPosteriors(seededRandom(seed), ["A", "B", "1"], 1 + (seed % 5));
    const all = allTexts(slots).filter(({ text }) => isText.test(text));
    for (const count of [1, 4, 100]) {
      const found = bestMatchingTexts(slots, count, createMatcher([format]));
      const reached = all.filter(({ logProbability }) => logProbability >= all[0]!.logProbability - 12);
      assertSame(found, reached.slice(0, count));
      assert.ok(found.every(({ text }) => isText.test(text)));
    }
  }
});

test("bestMatchingTexts: nothing when no format can be spelled with the alphabet", () => {
  const slots = posteriorsFrom(slotsOf("12"), { alphabet: ["1", "2"] });
  assert.deepEqual(bestMatchingTexts(slots, 5, createMatcher(formatsOf(["fr"]))), []);
});

test("textLogProbability: texts the slots cannot say are impossible", () => {
  const slots = posteriorsFrom(slotsOf("AB"), { slots: 2 });
  assert.equal(textLogProbability(slots, "ABC"), Number.NEGATIVE_INFINITY);
  assert.equal(textLogProbability(slots, "Ж"), Number.NEGATIVE_INFINITY);
  assert.ok(Math.abs(textLogProbability(slots, "AB") - 2 * Math.log(0.97)) < 1e-5);
});
