import assert from "node:assert/strict";
import { test } from "node:test";
import { everyHour } from "../../src/ui/pages/camera/every-hour.ts";

const HOUR_MS = 3_600_000;
const noon = Date.UTC(2026, 10, 28, 12);

test("a day in which nothing was counted is a day of zeros", () => {
  const hours = everyHour([], noon - 24 * HOUR_MS, noon);
  assert.equal(hours.length, 25);
  assert.ok(hours.every(({ passages, unread }) => passages === 0 && Object.keys(unread).length === 0));
});

test("an hour that was counted stands in its place, the one that runs too", () => {
  const counted = [
    { timeMs: noon - HOUR_MS, passages: 3, unread: { blurred: 1 } },
    { timeMs: noon, passages: 2, unread: {} },
  ];
  const hours = everyHour(counted, noon - 2.5 * HOUR_MS, noon + 0.4 * HOUR_MS);
  assert.deepEqual(
    hours.map(({ timeMs, passages }) => [(timeMs - noon) / HOUR_MS, passages]),
    [
      [-3, 0],
      [-2, 0],
      [-1, 3],
      [0, 2],
    ],
  );
  assert.deepEqual(hours[2]?.unread, { blurred: 1 });
});
