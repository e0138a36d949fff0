import assert from "node:assert/strict";
import { test } from "node:test";
import { fitReads, type LabelledFeatures } from "../../src/cli/bench-calibration.ts";
import { CONFIDENCE_FEATURES, calibratedConfidence } from "../../src/core/confidence.ts";
import { seededRandom } from "../core/seeded-random.ts";

/** Reads whose stated logit is twice too sure, as an overconfident net's. */
function overconfidentReads(count: number): LabelledFeatures[] {
  const random = seededRandom(3);
  return Array.from({ length: count }, () => {
    const logit = random() * 6 - 2;
    const isRight = random() < 1 / (1 + Math.exp(-logit));
    return { dataset: "a", isRight, features: CONFIDENCE_FEATURES.map((_, i) => (i === 0 ? 2 * logit : 0)) };
  });
}

test("no reads, and reads that are all right, fit nothing and say so", () => {
  const reads = overconfidentReads(100);
  const allRight = reads.map((read) => ({ ...read, isRight: true }));
  for (const few of [[], reads.slice(0, 9), allRight]) {
    assert.throws(() => fitReads(few, 1), { code: "DATASET_INVALID", message: /needs right and wrong reads/ });
  }
});

test("an overconfident net is brought back to what is right, also on reads not fitted on", () => {
  const { calibration, errorBefore, errorHeldOut } = fitReads(overconfidentReads(4000), 1.5);
  assert.ok(errorBefore > 0.05, String(errorBefore));
  assert.ok(errorHeldOut < 0.03, String(errorHeldOut));
  assert.equal(calibration.temperature, 1.5);
  const features = CONFIDENCE_FEATURES.map((_, i) => (i === 0 ? 2 : 0));
  assert.ok(Math.abs(calibratedConfidence(features, calibration) - 1 / (1 + Math.exp(-1))) < 0.03);
});
