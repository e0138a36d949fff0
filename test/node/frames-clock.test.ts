import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../../src/node/frames-clock.ts";

/** A live source of which one frame comes every `everyMs` of our time, while its own clock goes on by `ownMs`. */
function times(frames: number, everyMs: number, ownMs: number, without: readonly number[] = []): number[] {
  let nowMs = 1_000_000;
  const clock = createClock({ isLive: true }, 0, () => nowMs);
  return Array.from({ length: frames }, (_, i) => {
    nowMs = 1_000_000 + i * everyMs;
    return clock.timeOf(without.includes(i) ? null : i * ownMs) - 1_000_000;
  });
}

test("a live source that gives no times has ours", () => {
  assert.deepEqual(times(3, 40, 40, [0, 1, 2]), [0, 40, 80]);
});

test("frames that come late are as old as their source says", () => {
  assert.equal(times(101, 400, 40).at(-1)! <= 100 * 40 + 100 * 400 * 0.001, true);
});

test("a frame without a time, among late ones, does not hold the clock for those after it", () => {
  const all = times(200, 400, 40, [100]);
  const after = all.slice(110);
  assert.ok(all[100]! < all[99]! + 500, "it is as late as the one before it");
  assert.equal(new Set(after).size, after.length, "each has its own time");
});

test("times never run backwards", () => {
  const all = times(200, 40, 40, [3, 50, 51]);
  assert.ok(all.every((time, i) => i === 0 || time >= all[i - 1]!));
});
