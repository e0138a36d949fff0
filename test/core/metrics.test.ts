import assert from "node:assert/strict";
import { test } from "node:test";
import type { Box } from "../../src/core/geometry.ts";
import {
  type Answer,
  calibrationBins,
  calibrationError,
  characterErrorRate,
  confusions,
  coverageAt,
  isAmongFirst,
  isExact,
  isExactFolded,
  matchDetections,
  mcNemarTest,
  median,
  plainText,
  quantile,
  rateOf,
  riskCoverage,
  wilsonInterval,
} from "../../src/core/metrics.ts";
import { seededRandom } from "./fake-model.ts";

function assertNear(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

const texts = [
  { name: "nothing stays nothing", text: "", expected: "" },
  { name: "separators go", text: "ab-12 cd·3", expected: "AB12CD3" },
  { name: "umlauts stay", text: "gö‑äß 1", expected: "GÖÄSS1" },
  { name: "other scripts stay", text: "京A·88731", expected: "京A88731" },
  { name: "unreadable characters stay", text: "AB?1", expected: "AB?1" },
];
for (const { name, text, expected } of texts) test(`plainText: ${name}`, () => assert.equal(plainText(text), expected));

const comparisons = [
  { expected: "", actual: "", exact: true, folded: true },
  { expected: "AB12", actual: "", exact: false, folded: false },
  { expected: "AB12", actual: "ab-12", exact: true, folded: true },
  { expected: "O1I0", actual: "01IO", exact: false, folded: true },
  { expected: "B8", actual: "88", exact: false, folded: false },
];
for (const { expected, actual, exact, folded } of comparisons) {
  test(`isExact and isExactFolded: "${expected}" read as "${actual}"`, () => {
    assert.equal(isExact(expected, actual), exact);
    assert.equal(isExactFolded(expected, actual), folded);
  });
}

test("isAmongFirst: looks at so many candidates and no further", () => {
  assert.equal(isAmongFirst("AB1", [], 5), false);
  assert.equal(isAmongFirst("AB1", ["A81", "AB1"], 2), true);
  assert.equal(isAmongFirst("AB1", ["A81", "AB1"], 1), false);
});

const errorRates = [
  { name: "nothing to read is no error", pairs: [], expected: 0 },
  { name: "all right", pairs: [{ expected: "AB-12", actual: "ab12" }], expected: 0 },
  { name: "nothing read", pairs: [{ expected: "AB12", actual: "" }], expected: 1 },
  { name: "more invented than there was", pairs: [{ expected: "A", actual: "BCD" }], expected: 3 },
  {
    name: "long plates weigh by their characters",
    pairs: [
      { expected: "AB", actual: "AX" },
      { expected: "ABCDEFGH", actual: "ABCDEFGH" },
    ],
    expected: 0.1,
  },
];
for (const { name, pairs, expected } of errorRates) {
  test(`characterErrorRate: ${name}`, () => assertNear(characterErrorRate(pairs), expected));
}

test("confusions: counts wrong characters only, most frequent first", () => {
  assert.deepEqual(confusions([]), []);
  const pairs = [
    { expected: "B8O", actual: "88O" },
    { expected: "BB1", actual: "8B" },
    { expected: "Q", actual: "QX" },
  ];
  assert.deepEqual(confusions(pairs), [
    { expected: "B", actual: "8", count: 2 },
    { expected: null, actual: "X", count: 1 },
    { expected: "1", actual: null, count: 1 },
  ]);
});

const left: Box = [0, 0, 10, 10];
const right: Box = [100, 0, 10, 10];
const matchings: readonly {
  name: string;
  truths: readonly Box[];
  detections: readonly { box: Box; confidence: number }[];
  expected: readonly (readonly [truth: number, detection: number])[];
}[] = [
  { name: "nothing and nothing", truths: [], detections: [], expected: [] },
  { name: "plates nobody found", truths: [left, right], detections: [], expected: [] },
  { name: "detections of nothing", truths: [], detections: [{ box: left, confidence: 1 }], expected: [] },
  {
    name: "two on one plate: the surer takes it",
    truths: [left],
    detections: [
      { box: left, confidence: 0.5 },
      { box: [1, 0, 10, 10], confidence: 0.9 },
    ],
    expected: [[0, 1]],
  },
  {
    name: "each takes the free box it overlaps most",
    truths: [left, [3, 0, 10, 10]],
    detections: [
      { box: [2, 0, 10, 10], confidence: 0.9 },
      { box: left, confidence: 0.8 },
    ],
    expected: [
      [1, 0],
      [0, 1],
    ],
  },
  {
    name: "an overlap of less than a half is none",
    truths: [left],
    detections: [{ box: [4, 0, 10, 10], confidence: 0.9 }],
    expected: [],
  },
];
for (const { name, truths, detections, expected } of matchings) {
  test(`matchDetections: ${name}`, () => {
    const { pairs, missed, extra } = matchDetections(detections, truths);
    assert.deepEqual(
      pairs.map((pair) => [pair.truth, pair.detection]),
      expected,
    );
    // Whatever is not matched is named as missed or extra.
    assert.equal(new Set([...missed, ...pairs.map((pair) => pair.truth)]).size, truths.length);
    assert.equal(new Set([...extra, ...pairs.map((pair) => pair.detection)]).size, detections.length);
    assert.equal(missed.length + pairs.length, truths.length);
    assert.equal(extra.length + pairs.length, detections.length);
  });
}

test("wilsonInterval: nothing known could be anything, all or nothing reaches the end", () => {
  assert.deepEqual(wilsonInterval(0, 0), { low: 0, high: 1 });
  assert.equal(wilsonInterval(0, 10).low, 0);
  assert.equal(wilsonInterval(10, 10).high, 1);
});

test("wilsonInterval: its ends are the rates that the count lies 1.96 standard deviations from", () => {
  for (const [hits, total] of [
    [0, 10],
    [5, 10],
    [10, 10],
    [1, 1000],
    [821, 925],
  ] as const) {
    const { low, high } = wilsonInterval(hits, total);
    const share = hits / total;
    assert.ok(low <= share && share <= high);
    for (const end of [low, high].filter((value) => value > 0 && value < 1)) {
      assertNear(Math.abs(share - end) / Math.sqrt((end * (1 - end)) / total), 1.959964, 1e-5);
    }
  }
});

test("rateOf: a rate of nothing is 0 and could be anything", () => {
  assert.deepEqual(rateOf(0, 0), { hits: 0, total: 0, rate: 0, low: 0, high: 1 });
  assert.equal(rateOf(3, 4).rate, 0.75);
});

/** Answers of one confidence, the first `right` of them right. */
function answers(confidence: number, count: number, right: number): Answer[] {
  return Array.from({ length: count }, (_, i) => ({ confidence, isRight: i < right }));
}

test("calibrationBins: none of nothing, and the ends belong to the first and last bin", () => {
  assert.ok(calibrationBins([]).every((bin) => bin.count === 0 && bin.accuracy === 0));
  const bins = calibrationBins([...answers(0, 1, 0), ...answers(1, 2, 2), ...answers(0.95, 2, 1)]);
  assert.equal(bins.length, 10);
  assert.deepEqual([bins[0]!.count, bins[9]!.count, bins[9]!.accuracy], [1, 4, 0.75]);
  assertNear(bins[9]!.confidence, 0.975);
  assert.deepEqual([bins[3]!.low, bins[3]!.high], [0.3, 0.4]);
});

const calibrations = [
  { name: "no answers, no error", given: [], expected: 0 },
  { name: "as right as it said", given: answers(0.75, 4, 3), expected: 0 },
  { name: "always sure, half wrong", given: answers(1, 4, 2), expected: 0.5 },
  { name: "bins weigh by their answers", given: [...answers(1, 3, 3), ...answers(0.5, 1, 1)], expected: 0.125 },
];
for (const { name, given, expected } of calibrations) {
  test(`calibrationError: ${name}`, () => assertNear(calibrationError(calibrationBins(given)), expected));
}

test("riskCoverage: answers of equal confidence enter together, unanswered plates lower the coverage", () => {
  assert.deepEqual(riskCoverage([]), []);
  const given = [...answers(0.5, 2, 1), ...answers(0.9, 2, 2)];
  assert.deepEqual(riskCoverage(given, 8), [
    { confidence: 0.9, coverage: 0.25, risk: 0 },
    { confidence: 0.5, coverage: 0.5, risk: 0.25 },
  ]);
});

test("riskCoverage: a wrong text on no plate raises the risk and covers nothing", () => {
  const given = [...answers(0.9, 1, 1), { confidence: 0.8, isRight: false, covers: false }];
  assert.deepEqual(riskCoverage(given, 2), [
    { confidence: 0.9, coverage: 0.5, risk: 0 },
    { confidence: 0.8, coverage: 0.5, risk: 0.5 },
  ]);
});

const coverages = [
  { name: "no answers cover nothing", given: [], expected: 0 },
  { name: "all right covers all", given: answers(0.3, 3, 3), expected: 1 },
  { name: "wrong when surest covers nothing", given: [...answers(1, 1, 0), ...answers(0.9, 9, 9)], expected: 0 },
  { name: "stops before too many are wrong", given: [...answers(0.9, 6, 6), ...answers(0.8, 4, 0)], expected: 0.6 },
  { name: "one in a thousand may be wrong", given: [...answers(0.9, 999, 999), ...answers(0.8, 1, 0)], expected: 1 },
  { name: "two in a thousand may not", given: [...answers(0.9, 998, 998), ...answers(0.8, 2, 0)], expected: 0.998 },
  {
    name: "a later threshold may make up for an early mistake",
    given: [...answers(0.99, 1, 0), ...answers(0.9, 999, 999)],
    expected: 1,
  },
];
for (const { name, given, expected } of coverages) {
  test(`coverageAt: ${name}`, () => assertNear(coverageAt(riskCoverage(given), 0.999), expected));
}

test("coverageAt: asks less as the accuracy asked for falls", () => {
  const random = seededRandom(8);
  const given = Array.from({ length: 300 }, () => {
    const confidence = random();
    return { confidence, isRight: random() < confidence };
  });
  const curve = riskCoverage(given);
  let last = 0;
  for (const accuracy of [1, 0.99, 0.95, 0.8, 0.5, 0]) {
    const coverage = coverageAt(curve, accuracy);
    assert.ok(coverage >= last);
    last = coverage;
  }
  assert.equal(last, 1);
});

const quantiles = [
  { values: [], share: 0.5, expected: 0 },
  { values: [7], share: 0.95, expected: 7 },
  { values: [3, 1, 2], share: 0.5, expected: 2 },
  { values: [4, 1, 3, 2], share: 0.5, expected: 2.5 },
  { values: [10, 9, 100], share: 1, expected: 100 },
  { values: Array.from({ length: 101 }, (_, i) => i), share: 0.95, expected: 95 },
];
for (const { values, share, expected } of quantiles) {
  test(`quantile: ${share} of ${values.length} values`, () => {
    assertNear(quantile(values, share), expected);
    if (share === 0.5) assertNear(median(values), expected);
  });
}

const mcNemarCases = [
  { name: "no pair that differs says nothing", onlyFirst: 0, onlySecond: 0, expected: 1 },
  { name: "an even split says nothing", onlyFirst: 5, onlySecond: 5, expected: 1 },
  { name: "five to none, 2/32", onlyFirst: 5, onlySecond: 0, expected: 2 / 32 },
  { name: "one to seven, 2·(1+8)/256", onlyFirst: 1, onlySecond: 7, expected: 18 / 256 },
];
for (const { name, onlyFirst, onlySecond, expected } of mcNemarCases) {
  test(`mcNemarTest: ${name}`, () => assert.ok(Math.abs(mcNemarTest(onlyFirst, onlySecond) - expected) < 1e-9));
}

test("mcNemarTest: thousands of pairs neither underflow nor exceed one", () => {
  assert.ok(mcNemarTest(3000, 2000) < 1e-40);
  assert.ok(mcNemarTest(2500, 2500) === 1);
});
