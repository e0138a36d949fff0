import assert from "node:assert/strict";
import { test } from "node:test";
import { nextTryMs, RETRY_DEFAULTS, retryAfterMs, retryDelayMs } from "../../../src/server/deliveries/retry.ts";

const middle = (): number => 0.5;

test("retryDelayMs: doubles up to the most, and varies by half either way", () => {
  const delays = [1, 2, 3, 20, 5000].map((attempts) => retryDelayMs(attempts, RETRY_DEFAULTS, middle));
  assert.deepEqual(delays, [5000, 10_000, 20_000, 900_000, 900_000]);
  assert.equal(
    retryDelayMs(1, RETRY_DEFAULTS, () => 0),
    2500,
  );
  assert.ok(retryDelayMs(1, RETRY_DEFAULTS, () => 0.999) < 7500);
});

const dayMs = 24 * 3_600_000;
const cases = [
  { name: "the first failure is tried again soon", attempts: 1, ageMs: 0, askedMs: null, expected: 5000 },
  { name: "a pause asked for is kept", attempts: 1, ageMs: 0, askedMs: 60_000, expected: 60_000 },
  { name: "a pause of a year is an hour", attempts: 1, ageMs: 0, askedMs: 365 * dayMs, expected: 3_600_000 },
  { name: "many failures of a young delivery don't kill it", attempts: 500, ageMs: dayMs - 1, askedMs: null, expected: 900_000 },
  { name: "an old one that was replayed gets its tries", attempts: 7, ageMs: 9 * dayMs, askedMs: null, expected: 320_000 },
  { name: "an old one that failed often is given up", attempts: 8, ageMs: dayMs, askedMs: null, expected: null },
]; // biome-ignore format: one case a line
for (const { name, attempts, ageMs, askedMs, expected } of cases) {
  test(`nextTryMs: ${name}`, () => {
    const next = nextTryMs({ attempts, createdAtMs: 0 }, ageMs, askedMs, RETRY_DEFAULTS, middle);
    assert.equal(next, expected === null ? null : ageMs + expected);
  });
}

const headers = [
  [undefined, null],
  ["", null],
  ["soon", null],
  ["0", 0],
  ["120", 120_000],
  ["Thu, 01 Jan 1970 00:00:05 GMT", 4000],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
] as const;
for (const [header, expected] of headers) {
  test(`retryAfterMs: "${header}" is ${expected}`, () => assert.equal(retryAfterMs(header, 1000), expected));
}
