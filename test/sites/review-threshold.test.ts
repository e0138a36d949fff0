import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseReviewThreshold } from "../../src/sites/review-threshold.ts";
import { seededRandom } from "../core/seeded-random.ts";

test("without answers everything is for a person, and it says how many it takes", () => {
  const chosen = chooseReviewThreshold([], 1e-5);
  assert.deepEqual([chosen.threshold, chosen.reviewShare], [null, 1]);
  assert.ok(chosen.answersNeeded > 295_000 && chosen.answersNeeded < 301_000, String(chosen.answersNeeded));
});

test("a hundred right answers don't show a rate of 1 in 1,000", () => {
  const answers = Array.from({ length: 100 }, () => ({ confidence: 0.99, isRight: true }));
  assert.equal(chooseReviewThreshold(answers, 1e-3).threshold, null);
  assert.equal(chooseReviewThreshold(answers, 0.05).threshold, 0.99);
});

test("the threshold keeps wrong answers of calibrated reads below the rate, on reads it has not seen", () => {
  const random = seededRandom(6);
  const answers = (count: number) =>
    Array.from({ length: count }, () => {
      const confidence = 1 - random() ** 6;
      return { confidence, isRight: random() < confidence };
    });
  const chosen = chooseReviewThreshold(answers(40_000), 1e-3);
  const fresh = answers(40_000).filter(({ confidence }) => confidence >= chosen.threshold!);
  assert.ok(fresh.filter(({ isRight }) => !isRight).length / fresh.length <= 1e-3);
  assert.ok(chosen.reviewShare < 0.8 && chosen.wrongShare <= chosen.wrongShareBound && chosen.wrongShareBound <= 1e-3);
});

test("equal confidences are never parted", () => {
  const answers = [
    ...Array.from({ length: 2000 }, () => ({ confidence: 0.9, isRight: true })),
    ...Array.from({ length: 50 }, () => ({ confidence: 0.9, isRight: false })),
  ];
  assert.equal(chooseReviewThreshold(answers, 0.01).threshold, null);
});

test("a rate that is none is refused", () => {
  for (const rate of [0, 1, -1, Number.NaN]) assert.throws(() => chooseReviewThreshold([], rate), RangeError);
});
