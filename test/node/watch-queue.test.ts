import assert from "node:assert/strict";
import { test } from "node:test";
import type { FrameReply } from "../../src/node/frame-job.ts";
import type { FrameReader } from "../../src/node/frame-reader.ts";
import type { Frame, FrameSource } from "../../src/node/frames.ts";
import { queueFrames } from "../../src/node/watch-queue.ts";

const IMAGE = { width: 1, height: 1, data: new Uint8Array(3) };

function sourceOf(count: number, isLive: boolean): FrameSource {
  async function* frames(): AsyncGenerator<Frame> {
    for (let index = 0; index < count; index++) {
      yield { index, timeMs: 40 * index, image: IMAGE, small: null, release() {} };
    }
  }
  const stats = () => ({ frames: count, dropped: 0, reconnects: 0, isLive, durationMs: null });
  return { name: "made up", stats, [Symbol.asyncIterator]: frames };
}

/** A reader of four threads that answers when told to; `free` are not busy with other cameras. */
function heldReader(free: number): { reader: FrameReader; held: (() => void)[] } {
  const held: (() => void)[] = [];
  const reply: FrameReply = { reads: [], detections: [], ms: { detect: 0, read: 0 } };
  const close = async (): Promise<void> => {};
  return {
    held,
    reader: {
      ...{ detectorSide: 576, workers: 4, close, [Symbol.asyncDispose]: close },
      readMerged: async () => [],
      free: () => Math.max(0, free - held.length),
      read: () => new Promise((resolve) => held.push(() => resolve(reply))),
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("queueFrames: no frames are no frames", async () => {
  const { reader } = heldReader(4);
  assert.equal(await queueFrames(sourceOf(0, false), reader, {}).next(), undefined);
});

const cases = [
  { name: "a file keeps every thread busy", isLive: false, free: 0, ahead: 4 },
  { name: "a live source takes one frame for each idle thread", isLive: true, free: 4, ahead: 4 },
  {
    name: "a live source takes the next frame only once the last is read while all threads are busy",
    isLive: true,
    free: 0,
    ahead: 1,
  },
];
for (const { name, isLive, free, ahead } of cases) {
  test(`queueFrames: ${name}`, async () => {
    const { reader, held } = heldReader(free);
    const queue = queueFrames(sourceOf(9, isLive), reader, {});
    await settled();
    assert.equal(held.length, ahead);
    for (let index = 0; index < 9; index++) {
      held[index]!();
      const next = await queue.next();
      assert.ok(next !== undefined && next !== "tick");
      assert.equal(next.frame.index, index);
      await settled();
    }
    assert.equal(await queue.next(), undefined);
    await queue.stop();
  });
}
