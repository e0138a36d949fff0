import assert from "node:assert/strict";
import { test } from "node:test";
import { type DecodeOptions, decodePlate } from "../../src/core/decode.ts";
import { createMatcher, formatsMatching, formatsOf, type MatcherState } from "../../src/core/formats.ts";
import type { SlotPosteriors } from "../../src/core/recognize.ts";
import { sampleText } from "../../src/core/sample-format.ts";
import { plainDecodePlate } from "./plain-decode.ts";
import { seededRandom } from "./seeded-random.ts";
import { LATIN_DIGITS, posteriorsFrom, type Slot } from "./slot-posteriors.ts";

const REGIONS = ["de", "fr", "gb", "us", "us-ca", "nl", "br", "nowhere"];

/** A text of some format, seen more or less well, its region more or less sure. */
function glimpse(random: () => number): SlotPosteriors {
  const formats = formatsOf().filter(({ letters }) => /^[A-Z]*$/.test(letters));
  const format = formats[Math.floor(random() * formats.length)]!;
  const text = [...sampleText(format, random)].filter((character) => LATIN_DIGITS.includes(character)).slice(0, 12);
  const slots = text.map((character): Slot => {
    const sure = 0.3 + 0.69 * random();
    const other = LATIN_DIGITS[Math.floor(random() * LATIN_DIGITS.length)]!;
    const third = LATIN_DIGITS[Math.floor(random() * LATIN_DIGITS.length)]!;
    const left = 1 - sure;
    return { "": left * 0.1 * random(), [third]: left * 0.2, [other]: left * 0.6, [character]: sure };
  });
  const weights = REGIONS.map(() => Math.exp(6 * random()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return posteriorsFrom(slots, {
    regions: Object.fromEntries(REGIONS.map((region, index) => [region, weights[index]! / total])),
    legible: random() < 0.85 ? 0.5 + random() / 2 : random() / 2,
    twoLines: random(),
  });
}

/** Both hold the same, numbers to within 1e-9. */
function assertClose(found: unknown, expected: unknown, path: string): void {
  if (typeof expected === "number") {
    assert.ok(typeof found === "number" && Math.abs(found - expected) < 1e-9, `${path}: ${found} for ${expected}`);
  } else if (typeof expected === "object" && expected !== null) {
    assert.deepEqual(Object.keys(found as object), Object.keys(expected), path);
    for (const [key, value] of Object.entries(expected)) {
      assertClose((found as Record<string, unknown>)[key], value, `${path}.${key}`);
    }
  } else assert.equal(found, expected, path);
}

const options: readonly DecodeOptions[] = [{}, { regions: ["us-ca", "at"] }, { candidates: 40 }, { candidates: 1 }];
for (const option of options) {
  test(`decodePlate: gives what plain decoding gives, ${JSON.stringify(option)}`, () => {
    const random = seededRandom(11);
    assertClose(decodePlate(posteriorsFrom([]), option), plainDecodePlate(posteriorsFrom([]), option), "empty");
    for (let round = 0; round < 40; round++) {
      const posteriors = glimpse(random);
      assertClose(decodePlate(posteriors, option), plainDecodePlate(posteriors, option), `round ${round}`);
    }
  });
}

test("formatsMatching: a matcher over one region accepts what the matcher over all accepts of that region", () => {
  const random = seededRandom(12);
  const small = createMatcher(formatsOf(["de"]));
  const texts = Array.from({ length: 3000 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 8) }, () => LATIN_DIGITS[Math.floor(random() * 36)]!),
  );
  for (const text of texts) {
    let state: MatcherState | undefined = small;
    for (const character of text) state = state?.next(character);
    const ids = (state?.accepts ?? []).map(({ id }) => id);
    assert.deepEqual(
      ids,
      formatsMatching(text.join(""), ["de"]).map(({ id }) => id),
    );
  }
});
