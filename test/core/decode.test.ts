import assert from "node:assert/strict";
import { test } from "node:test";
import { type DecodeOptions, decodePlate } from "../../src/core/decode.ts";
import { formatsOf, matchFormats } from "../../src/core/formats.ts";
import { sampleText } from "../../src/core/sample-format.ts";
import { seededRandom } from "./seeded-random.ts";
import { LATIN_DIGITS, posteriorsFrom, randomPosteriors, type Slot, slotsOf } from "./slot-posteriors.ts";

/** `text` for sure, but for one slot that wavers between two characters. */
function wavering(text: string, at: number, slot: Slot): Slot[] {
  return slotsOf(text, 0.995).map((certain, index) => (index === at ? slot : certain));
}

test("decodePlate: an empty plate has no text, no region and no mismatch", () => {
  const decoded = decodePlate(posteriorsFrom([], { regions: { de: 0.9, fr: 0.1 } }));
  assert.equal(decoded.text, "");
  assert.equal(decoded.region, null);
  assert.equal(decoded.regionConfidence, null);
  assert.equal(decoded.display, null);
  assert.equal(decoded.formatMismatch, false);
  assert.deepEqual(decoded.characters, []);
});

test("decodePlate: a clear plate of a clear region is given as printed", () => {
  const decoded = decodePlate(posteriorsFrom(slotsOf("BGD2004", 0.99), { regions: { de: 0.9, fr: 0.1 } }));
  assert.equal(decoded.text, "BGD2004");
  assert.equal(decoded.display, "B GD 2004");
  assert.equal(decoded.region, "de");
  assert.ok(decoded.regionConfidence! > 0.9);
  assert.equal(decoded.lines, 1);
  assert.equal(decoded.characters.map(({ text }) => text).join(""), "BGD2004");
  assert.equal(decoded.evidence.formatMatched, true);
  assert.equal(decoded.evidence.corrected, false);
  assert.equal(decoded.formatMismatch, false);
});

// French plates have no O after the dashes: AE6O4JW can only be AE604JW.
const zeroOrO = wavering("AE604JW", 3, { O: 0.6, "0": 0.39 });
const corrections: {
  name: string;
  slots: Slot[];
  regions: Record<string, number>;
  options: DecodeOptions;
  legible?: number;
  text: string;
}[] = [
  {
    name: "corrects when the region head agrees",
    slots: zeroOrO,
    regions: { fr: 0.95, us: 0.05 },
    options: {},
    text: "AE604JW",
  },
  {
    name: "corrects when the caller expects the region",
    slots: zeroOrO,
    regions: { fr: 0.3, us: 0.4, gb: 0.3 },
    options: { regions: ["fr"] },
    text: "AE604JW",
  },
  {
    name: "leaves the text alone when the head says another region",
    slots: zeroOrO,
    regions: { fr: 0.02, us: 0.98 },
    options: {},
    text: "AE6O4JW",
  },
  {
    name: "leaves the text alone when the head is undecided",
    slots: zeroOrO,
    regions: { fr: 0.35, us: 0.33, gb: 0.32 },
    options: {},
    text: "AE6O4JW",
  },
  {
    name: "leaves a cut plate as seen",
    slots: zeroOrO,
    regions: { fr: 0.95, us: 0.05 },
    options: {},
    legible: 0.3,
    text: "AE6O4JW",
  },
  {
    name: "does not overrule a sure network",
    slots: wavering("AE604JW", 3, { O: 0.98, "0": 0.01 }),
    regions: { fr: 0.95, us: 0.05 },
    options: {},
    text: "AE6O4JW",
  },
  {
    name: "does when the regions are strict",
    slots: wavering("AE604JW", 3, { O: 0.98, "0": 0.01 }),
    regions: { fr: 0.5, us: 0.5 },
    options: { regions: ["fr"], regionStrict: true },
    text: "AE604JW",
  },
];
for (const { name, slots, regions, options, legible = 0.98, text } of corrections) {
  test(`the grammar ${name}`, () => {
    const decoded = decodePlate(posteriorsFrom(slots, { regions, legible }), options);
    assert.equal(decoded.text, text);
    assert.equal(decoded.evidence.corrected, text !== "AE6O4JW");
  });
}

test("a corrected text is given with the doubt it deserves", () => {
  const strict = { regions: ["fr"], regionStrict: true };
  const decoded = decodePlate(
    posteriorsFrom(wavering("AE604JW", 3, { O: 0.98, "0": 0.01 }), { regions: { fr: 1 } }),
    strict,
  );
  assert.ok(decoded.candidates[0]!.confidence < 0.1, `${decoded.candidates[0]!.confidence}`);
});

test("regionStrict: without any possible text the best one comes back, marked as a mismatch", () => {
  const digits = posteriorsFrom(slotsOf("123"), { alphabet: [..."0123456789"], regions: { fr: 1 } });
  const decoded = decodePlate(digits, { regions: ["fr"], regionStrict: true });
  assert.equal(decoded.text, "123");
  assert.equal(decoded.formatMismatch, true);
});

test("regionStrict: never gives a character that no format of the regions issues there", () => {
  for (let seed = 0; seed < 40; seed++) {
    const regions = [["fr"], ["nl"], ["gb", "de"], ["us-ca"], ["in"]][seed % 5]!;
    const posteriors = { ...randomPosteriors(seededRandom(seed), LATIN_DIGITS, 12) };
    const decoded = decodePlate(posteriors, { regions, regionStrict: true });
    assert.equal(decoded.formatMismatch, false);
    assert.ok(decoded.candidates.length > 0);
    for (const { text } of decoded.candidates)
      assert.ok(matchFormats(text, regions).length > 0, `${text} in ${regions}`);
  }
});

test("candidates: descending, summing to at most 1, led by the text, for any posteriors", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seededRandom(seed);
    const heads = { de: random(), fr: random(), us: random() };
    const posteriors = {
      ...randomPosteriors(random, seed % 2 ? LATIN_DIGITS : ["A", "B", "1"], 1 + (seed % 12)),
      regions: Object.keys(heads),
      regionProbabilities: Float32Array.from(Object.values(heads)),
    };
    const options = [{}, { regions: ["de"] }, { regions: ["de"], regionStrict: true }, { candidates: 50 }][seed % 4]!;
    const decoded = decodePlate(posteriors, options);
    const confidences = decoded.candidates.map(({ confidence }) => confidence);
    assert.equal(decoded.candidates[0]?.text, decoded.text);
    assert.ok(confidences.every((value, index) => value >= 0 && (index === 0 || value <= confidences[index - 1]!)));
    assert.ok(confidences.reduce((sum, value) => sum + value, 0) <= 1 + 1e-6);
    assert.ok(decoded.candidates.length <= ("candidates" in options ? 50 : 5));
    assert.equal(decoded.characters.map(({ text }) => text).join(""), decoded.text);
    for (const { confidence } of decoded.characters) assert.ok(confidence >= 0 && confidence <= 1);
  }
});

test("clear texts of every format are read as they are, whatever the region head says", () => {
  const random = seededRandom(11);
  const texts = formatsOf().map((format) => sampleText(format, random));
  const alphabet = [...new Set(texts.join(""))];
  for (const text of texts) {
    const decoded = decodePlate(posteriorsFrom(slotsOf(text, 0.9999), { alphabet, regions: { de: 0.5, us: 0.5 } }));
    assert.equal(decoded.text, text);
  }
});

test("the text tells regions apart that look alike", () => {
  const alike = { regions: { fr: 0.5, gb: 0.5 } };
  assert.equal(decodePlate(posteriorsFrom(slotsOf("AX02EDP"), alike)).region, "gb");
  assert.equal(decodePlate(posteriorsFrom(slotsOf("AE604JW"), alike)).region, "fr");
});

test("a region that nothing speaks for is not told", () => {
  const regions = Object.fromEntries(["se", "lt", "fi", "hu", "mt", "nz"].map((region) => [region, 1 / 6]));
  const decoded = decodePlate(posteriorsFrom(slotsOf("ABC123"), { regions }));
  assert.equal(decoded.region, null);
  assert.equal(decoded.display, null);
  assert.equal(decodePlate(posteriorsFrom(slotsOf("ABC123"), { regions }), { regions: ["fi"] }).region, "fi");
});

test("the state is told only where hardly another issues the text", () => {
  const us = { regions: { us: 0.99, ca: 0.01 } };
  assert.equal(decodePlate(posteriorsFrom(slotsOf("5SRV360"), us)).region, "us-ca");
  assert.equal(decodePlate(posteriorsFrom(slotsOf("ABC1234"), us)).region, "us");
});

test("a region the network has no class for can be expected", () => {
  const decoded = decodePlate(posteriorsFrom(slotsOf("FL12345"), { regions: { de: 0.02, ch: 0.02 } }), {
    regions: ["li"],
  });
  assert.equal(decoded.region, "li");
});

test("the lines seen choose between formats that share texts", () => {
  const vn = { regions: { vn: 1 } };
  assert.equal(decodePlate(posteriorsFrom(slotsOf("30A12345"), vn)).display, "30A-123.45");
  const stacked = decodePlate(posteriorsFrom(slotsOf("54S24522"), { ...vn, twoLines: 0.99 }));
  assert.equal(stacked.lines, 2);
});

test("a text that its region does not issue is marked", () => {
  const decoded = decodePlate(posteriorsFrom(slotsOf("1234567", 0.999), { regions: { fr: 1 } }));
  assert.equal(decoded.formatMismatch, true);
  assert.equal(decoded.evidence.formatMatched, false);
});
