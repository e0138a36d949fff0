import assert from "node:assert/strict";
import { test } from "node:test";
import { FUSION_FEATURES, type FusableRead, fuseReads, readWeight } from "../../src/core/fuse.ts";
import { fusePosteriors } from "../../src/core/fuse-posteriors.ts";
import { quadOfBox } from "../../src/core/geometry.ts";
import { seededRandom } from "./seeded-random.ts";
import { GOOD_QUALITY, posteriorsOf, randomText, simulatedRead } from "./simulated-traffic.ts";
import { LATIN_DIGITS, posteriorsFrom, slotsOf } from "./slot-posteriors.ts";

const CORNERS = quadOfBox([100, 100, 141, 30]);

/** A read of exactly this text, each character this sure. */
function readOf(text: string, sure = 0.98, weight = 1): FusableRead {
  const characters = [...text];
  const evidence = {
    posteriors: posteriorsOf(
      characters,
      characters.map(() => sure),
    ),
    quality: GOOD_QUALITY,
  };
  return {
    read: {
      text,
      display: null,
      confidence: sure ** characters.length,
      region: null,
      regionConfidence: null,
      detection: { box: [100, 100, 141, 30], corners: CORNERS, lines: 1, confidence: 0.9 },
      characters: characters.map((character) => ({ text: character, confidence: sure })),
      candidates: [{ text, confidence: sure ** characters.length }],
      doubt: null,
    },
    evidence,
    weight,
  };
}

test("fuseReads: nothing can't be fused", () => {
  assert.throws(() => fuseReads([]), RangeError);
});

const cases: readonly { name: string; reads: readonly FusableRead[]; expected: string }[] = [
  { name: "one read is what it says", reads: [readOf("AB123CD")], expected: "AB123CD" },
  { name: "reads of nothing say nothing", reads: [readOf(""), readOf("")], expected: "" },
  {
    name: "two clear reads outweigh one that errs",
    reads: [readOf("AB123CD"), readOf("A8123CD"), readOf("AB123CD")],
    expected: "AB123CD",
  },
  {
    name: "different errors cancel out, though no read is right",
    reads: [readOf("A8123CD"), readOf("AB128CD"), readOf("AB123C0")],
    expected: "AB123CD",
  },
  {
    name: "a read that skips a character does not shift the rest",
    reads: [readOf("AB123CD"), readOf("B123CD"), readOf("AB12CD"), readOf("AB123CD")],
    expected: "AB123CD",
  },
  {
    name: "reads that each skip another character still make the whole",
    reads: [readOf("AB123CD", 0.9), readOf("AB23CD", 0.9), readOf("AB123C", 0.9)],
    expected: "AB123CD",
  },
  {
    name: "a read that invents a character does not shift the rest",
    reads: [readOf("AB123CD"), readOf("IAB123CD"), readOf("AB123CD")],
    expected: "AB123CD",
  },
  {
    name: "one good read outweighs two bad ones",
    reads: [readOf("AB123CD", 0.98, 1), readOf("A8123CD", 0.6, 0.1), readOf("A8123CD", 0.6, 0.1)],
    expected: "AB123CD",
  },
];
for (const { name, reads, expected } of cases) {
  test(`fuseReads: ${name}`, () => assert.equal(fuseReads(reads).text, expected));
}

test("fuseReads: reads without posteriors count with their own characters", () => {
  const bare = ["AB123CD", "A8123CD", "AB123CD"].map((text) => ({ ...readOf(text), evidence: null }));
  assert.equal(fuseReads(bare).text, "AB123CD");
});

test("fuseReads: the order of the reads does not matter, on 60 random vehicles", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seededRandom(seed);
    const text = randomText(random);
    const camera = { random, misreadRate: 0.25, skipRate: 0.15 };
    const reads = Array.from({ length: 6 }, () => simulatedRead(text, CORNERS, camera));
    const shuffled = [...reads].sort(() => random() - 0.5);
    const [a, b] = [fuseReads(reads), fuseReads(shuffled)];
    assert.equal(a.text, b.text);
    assert.ok(Math.abs(a.confidence - b.confidence) < 1e-9);
  }
});

test("fuseReads: confidences are probabilities and candidates descend, on random reads", () => {
  const random = seededRandom(77);
  for (let i = 0; i < 100; i++) {
    const camera = { random, misreadRate: 0.5 * random(), skipRate: 0.3 * random() };
    const text = randomText(random);
    const reads = Array.from({ length: 1 + Math.floor(8 * random()) }, () => simulatedRead(text, CORNERS, camera));
    const fused = fuseReads(reads);
    assert.ok(fused.confidence >= 0 && fused.confidence <= 1);
    assert.equal(fused.features.length, FUSION_FEATURES.length);
    assert.ok(fused.features.every(Number.isFinite));
    assert.equal(fused.candidates[0]?.text ?? "", fused.text);
    for (const [k, candidate] of fused.candidates.entries()) {
      assert.ok(k === 0 || candidate.confidence <= fused.candidates[k - 1]!.confidence + 1e-12);
    }
  }
});

test("fuseReads: agreement raises the confidence, contradiction lowers it", () => {
  const alone = fuseReads([readOf("AB123CD", 0.97)]).confidence;
  const agreed = fuseReads(Array.from({ length: 6 }, () => readOf("AB123CD", 0.97))).confidence;
  const contested = fuseReads([readOf("AB123CD", 0.97), readOf("A8123CD", 0.97), readOf("AB128CD", 0.97)]).confidence;
  assert.ok(agreed > alone && contested < alone, `${contested} < ${alone} < ${agreed}`);
});

test("fuseReads: at least halves the error of the best single read, on 300 simulated vehicles", () => {
  const random = seededRandom(9);
  let fusedWrong = 0;
  let singleWrong = 0;
  for (let i = 0; i < 300; i++) {
    const text = randomText(random);
    const camera = { random, misreadRate: 0.12, skipRate: 0.06 };
    const reads = Array.from({ length: 8 }, () => simulatedRead(text, CORNERS, camera));
    const best = reads.reduce((a, b) => (b.read.confidence > a.read.confidence ? b : a));
    fusedWrong += Number(fuseReads(reads).text !== text);
    singleWrong += Number(best.read.text !== text);
  }
  assert.ok(singleWrong >= 6, `the task must be hard: ${singleWrong} single reads wrong`);
  assert.ok(2 * fusedWrong <= singleWrong, `fused ${fusedWrong} wrong, best single ${singleWrong}`);
});

test("fusePosteriors: every slot sums to one, and so do regions", () => {
  const random = seededRandom(4);
  const reads = Array.from({ length: 5 }, () =>
    simulatedRead("AB123CD", CORNERS, { random, misreadRate: 0.3, skipRate: 0.5 }),
  );
  const { posteriors } = fusePosteriors(
    reads.map(({ evidence, weight }) => ({ posteriors: evidence!.posteriors, weight })),
  );
  const classes = 1 + posteriors.alphabet.length;
  for (let slot = 0; slot < posteriors.slots; slot++) {
    const row = posteriors.characters.subarray(slot * classes, (slot + 1) * classes);
    assert.ok(Math.abs(row.reduce((sum, log) => sum + Math.exp(log), 0) - 1) < 1e-4, `slot ${slot}`);
  }
  assert.ok(Math.abs(posteriors.regionProbabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-5);
});

test("fusePosteriors: frames that disagree do not settle on what none of them reads", () => {
  const plate = readOf("MAB123").evidence!.posteriors; // readOf gives evidence
  const [m, n, w] = ["M", "N", "W"].map((character) => 1 + plate.alphabet.indexOf(character));
  const saying = (best: number) => {
    const characters = plate.characters.slice();
    characters.fill(Math.log(1e-3), 0, 1 + plate.alphabet.length);
    characters[best] = Math.log(0.7);
    characters[w!] = Math.log(0.2);
    return { posteriors: { ...plate, characters }, weight: 1 };
  };
  const reads = [m!, n!, m!, n!, m!, n!, m!, n!, m!].map(saying);
  const first = fusePosteriors(reads).posteriors.characters.subarray(0, 1 + plate.alphabet.length);
  assert.equal(first.indexOf(Math.max(...first)), m);
});

test("fusePosteriors: reads of different recognizers are refused", () => {
  const one = posteriorsOf(["A"], [0.9]);
  const other = { ...one, characters: new Float32Array(24), slots: 12, alphabet: ["A"] };
  assert.throws(
    () =>
      fusePosteriors([
        { posteriors: one, weight: 1 },
        { posteriors: other, weight: 1 },
      ]),
    RangeError,
  );
});

test("readWeight: large, sharp, legible plates tell more than small, blurred, cut ones", () => {
  const { read, evidence } = readOf("AB123CD");
  const weightWith = (change: Partial<typeof GOOD_QUALITY>) =>
    readWeight(read, { posteriors: evidence!.posteriors, quality: { ...GOOD_QUALITY, ...change } });
  const good = weightWith({});
  assert.ok(good > 0 && good <= 1);
  assert.ok(weightWith({ characterHeightPx: 9 }) < good);
  assert.ok(weightWith({ sharpness: 0.05 }) < good);
  assert.ok(weightWith({ isAtBorder: true }) < 0.2 * good);
  assert.ok(weightWith({ characterHeightPx: 0, sharpness: 0 }) > 0);
});

test("an O that looks like 0 in every frame gets no surer by their number, other characters do", () => {
  const posteriors = posteriorsFrom([
    { 0: 0.7, O: 0.29 },
    { 8: 0.7, B: 0.29 },
  ]);
  const fused = fusePosteriors(Array.from({ length: 9 }, () => ({ posteriors, weight: 1 }))).posteriors;
  const probability = (slot: number, character: string): number =>
    Math.exp(fused.characters[slot * (1 + LATIN_DIGITS.length) + 1 + LATIN_DIGITS.indexOf(character)]!); // in the alphabet
  assert.ok(Math.abs(probability(0, "O") / probability(0, "0") - 0.29 / 0.7) < 1e-3);
  assert.ok(probability(1, "B") / probability(1, "8") < 0.1);
  assert.ok(probability(0, "O") + probability(0, "0") > 0.999);
});

test("the format says whether it is O or 0, in however many frames the recognizer takes one for the other", () => {
  const posteriors = posteriorsFrom([{ 0: 0.7, O: 0.29 }, ...slotsOf("ZD10A")], { regions: { se: 0.97, de: 0.03 } });
  const read = readOf("OZD10A");
  const reads = Array.from({ length: 12 }, () => ({ ...read, evidence: { posteriors, quality: GOOD_QUALITY } }));
  assert.equal(fuseReads(reads).text, "OZD10A");
});
