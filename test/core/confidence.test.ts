import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CONFIDENCE_FEATURES,
  calibrateCandidates,
  calibratedConfidence,
  confidenceFeatures,
  fitCalibration,
} from "../../src/core/confidence.ts";
import { decodePlate } from "../../src/core/decode.ts";
import { seededRandom } from "./seeded-random.ts";
import { posteriorsFrom, slotsOf } from "./slot-posteriors.ts";

const near = { plateHeightPx: 64, detectionConfidence: 0.9 };

test("confidenceFeatures: one finite number a name, also for an empty plate and a certain one", () => {
  for (const [text, certainty] of [
    ["", 1],
    ["BGD2004", 1],
    ["BGD2004", 0.5],
  ] as const) {
    const decoded = decodePlate(posteriorsFrom(slotsOf(text, certainty), { regions: { de: 1 } }));
    for (const circumstances of [
      near,
      { plateHeightPx: 0, detectionConfidence: 0 },
      { plateHeightPx: 9999, detectionConfidence: 1 },
    ]) {
      const features = confidenceFeatures(decoded, circumstances);
      assert.equal(features.length, CONFIDENCE_FEATURES.length);
      assert.ok(features.every(Number.isFinite), features.join(" "));
    }
  }
});

test("calibratedConfidence: without weights it is the probability of the text", () => {
  const decoded = decodePlate(posteriorsFrom(slotsOf("BGD2004", 0.9), { regions: { de: 1 } }));
  const confidence = calibratedConfidence(confidenceFeatures(decoded, near), { weights: [], bias: 3 });
  assert.ok(Math.abs(confidence - decoded.candidates[0]!.confidence) < 1e-6);
});

test("calibratedConfidence: the logistic of the weighted sum", () => {
  assert.equal(calibratedConfidence([1, 2], { weights: [2, -1], bias: 0 }), 0.5);
  assert.ok(Math.abs(calibratedConfidence([1, 0], { weights: [2, -1], bias: 1 }) - 1 / (1 + Math.exp(-3))) < 1e-12);
});

test("calibratedConfidence: a card of another feature set is refused", () => {
  assert.throws(() => calibratedConfidence([1, 2], { weights: [1], bias: 0 }), { code: "MODEL_MISMATCH" });
});

const lists = [
  { name: "an empty list", probabilities: [], confidence: 0.9, expected: [] },
  { name: "a single text", probabilities: [0.4], confidence: 0.9, expected: [0.9] },
  { name: "the others share the rest", probabilities: [0.5, 0.25, 0.25], confidence: 0.8, expected: [0.8, 0.1, 0.1] },
  { name: "none exceeds the one before", probabilities: [0.5, 0.4], confidence: 0.1, expected: [0.1, 0.1] },
  { name: "a certain text leaves nothing", probabilities: [1, 0], confidence: 0.7, expected: [0.7, 0] },
];
for (const { name, probabilities, confidence, expected } of lists) {
  test(`calibrateCandidates: ${name}`, () => {
    const candidates = probabilities.map((value, index) => ({ text: `${index}`, confidence: value }));
    const found = calibrateCandidates(candidates, confidence);
    assert.deepEqual(
      found.map(({ text }) => text),
      candidates.map(({ text }) => text),
    );
    for (const [index, { confidence }] of found.entries()) {
      assert.ok(Math.abs(confidence - expected[index]!) < 1e-9);
    }
  });
}

test("fitCalibration: finds the weights that drew the samples", () => {
  const random = seededRandom(1);
  const truth = { weights: [1.5, -2, 0], bias: 0.5 };
  const samples = Array.from({ length: 20_000 }, () => {
    const features = [random() * 4 - 2, random() * 2, random() * 10];
    return { features, isRight: random() < calibratedConfidence(features, truth) };
  });
  const { weights, bias } = fitCalibration(samples);
  for (const [index, weight] of weights.entries()) {
    assert.ok(Math.abs(weight - truth.weights[index]!) < 0.15, `${weights}`);
  }
  assert.ok(Math.abs(bias - truth.bias) < 0.2, `${bias}`);
  // Calibrated: the mean confidence is the share of right reads.
  const mean = samples.reduce((sum, { features }) => sum + calibratedConfidence(features, { weights, bias }), 0);
  const right = samples.filter(({ isRight }) => isRight).length;
  assert.ok(Math.abs(mean - right) / samples.length < 1e-3);
});

test("fitCalibration: a rising feature that chance made speak against a text is left out", () => {
  const random = seededRandom(2);
  const samples = Array.from({ length: 400 }, () => {
    const features = [random() * 4 - 2, random()];
    return { features, isRight: random() < calibratedConfidence(features, { weights: [2, -1], bias: 0 }) };
  });
  const free = fitCalibration(samples);
  assert.ok(free.weights[1]! < 0);
  const { weights } = fitCalibration(samples, 1, [0, 1]);
  assert.equal(weights[1], 0);
  assert.ok(weights[0]! > 1);
  const alone = fitCalibration(samples.map(({ features, isRight }) => ({ features: [features[0]!], isRight })));
  assert.ok(Math.abs(weights[0]! - alone.weights[0]!) < 1e-6);
});

test("fitCalibration: what is known already is not fitted again", () => {
  const random = seededRandom(11);
  const samples = Array.from({ length: 4000 }, () => {
    const [x, known] = [2 * random() - 1, random() < 0.5 ? 2 : 0];
    return { features: [x], offset: known, isRight: random() < 1 / (1 + Math.exp(-(1.5 * x + known - 1))) };
  });
  const { weights, bias } = fitCalibration(samples);
  assert.ok(Math.abs(weights[0]! - 1.5) < 0.25 && Math.abs(bias + 1) < 0.15, `${weights} ${bias}`);
});

test("fitCalibration: separable samples and constant features stay finite", () => {
  const samples = [-2, -1, 1, 2].map((value) => ({ features: [value, 7], isRight: value > 0 }));
  const { weights, bias } = fitCalibration(samples, 0.1);
  assert.ok(Number.isFinite(bias) && weights.every(Number.isFinite));
  assert.ok(Math.abs(weights[1]!) < 1e-9);
  assert.ok(calibratedConfidence([2, 7], { weights, bias }) > 0.9);
});

test("fitCalibration: only right reads give high confidence, not infinity", () => {
  const { weights, bias } = fitCalibration([
    { features: [1], isRight: true },
    { features: [2], isRight: true },
  ]);
  assert.ok(Number.isFinite(bias) && weights.every(Number.isFinite));
  assert.ok(calibratedConfidence([1.5], { weights, bias }) > 0.9);
});

test("fitCalibration: no samples or uneven ones are a bug of the caller", () => {
  assert.throws(() => fitCalibration([]), RangeError);
  assert.throws(
    () =>
      fitCalibration([
        { features: [1], isRight: true },
        { features: [], isRight: false },
      ]),
    RangeError,
  );
});
