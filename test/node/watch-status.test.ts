import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame, FrameSource } from "../../src/node/frames.ts";
import { createMeter } from "../../src/node/watch-status.ts";

/** As far as a meter asks. */
const source = (isLive: boolean) =>
  ({ stats: () => ({ dropped: 0, reconnects: 0, isLive, durationMs: null }) }) as unknown as FrameSource;
const frameAt = (timeMs: number) => ({ timeMs }) as Frame;

test("a live source has no lag before its first frame, and its frame's age after", () => {
  const meter = createMeter(source(true));
  assert.equal(meter.status(0).lagMs, null);
  meter.count(frameAt(Date.now() - 500), null);
  const { lagMs } = meter.status(0);
  assert.ok(lagMs !== null && lagMs >= 500 && lagMs < 60_000, String(lagMs));
});

test("a file never lags", () => {
  const meter = createMeter(source(false));
  meter.count(frameAt(0), null);
  assert.equal(meter.status(0).lagMs, null);
});
