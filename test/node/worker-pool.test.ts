import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createWorkerPool } from "../../src/node/worker-pool.ts";
import type { FixtureJob } from "./fixture-worker.ts";

interface Echo {
  readonly value: unknown;
  readonly done: number;
}

function createPool(size: number, workerData: unknown = null) {
  const entry = new URL("./fixture-worker.ts", import.meta.url);
  return createWorkerPool<FixtureJob, Echo>({ entry, workerData, size });
}

describe("a worker pool", () => {
  test("that did nothing closes", async () => {
    const pool = createPool(1);
    await pool.close();
  });

  test("does many jobs at once and gives each its own reply", async () => {
    const pool = createPool(2);
    const values = Array.from({ length: 50 }, (_, i) => i);
    const replies = await Promise.all(values.map((value) => pool.run({ do: "echo", value, delayMs: value % 3 })));
    assert.deepEqual(
      replies.map(({ value }) => value),
      values,
    );
    await pool.close();
  });

  test("starts no more threads than it may, and no more than there are jobs", async () => {
    const pool = createPool(2);
    await pool.start();
    const first = await pool.run({ do: "echo", value: 0 });
    const second = await pool.run({ do: "echo", value: 0 });
    assert.deepEqual([first.done, second.done], [1, 2], "one after the other: one thread does both");
    const third = await Promise.all([1, 2, 3, 4].map(() => pool.run({ do: "echo", value: 0, delayMs: 20 })));
    const total = third.map(({ done }) => done).sort((a, b) => b - a);
    assert.ok(total[0]! < 6, "a second thread took some");
    await pool.close();
  });

  test("keeps error codes across threads and goes on after errors", async () => {
    const pool = createPool(1);
    await assert.rejects(pool.run({ do: "refuse" }), {
      name: "PlateKitError",
      code: "IMAGE_UNREADABLE",
      message: "not this one",
    });
    await assert.rejects(pool.run({ do: "bug" }), { name: "Error", message: "a bug" });
    await assert.rejects(pool.run({ do: "unclonable" }), /could not be cloned/);
    assert.equal((await pool.run({ do: "echo", value: 1 })).done, 4, "the same thread");
    await pool.close();
  });

  for (const [name, job, message] of [
    ["exits", "exit", /died \(ended with code 7\)/],
    ["throws outside its job", "throw-later", /died \(out of the blue\)/],
  ] as const) {
    test(`loses only the job of a thread that ${name}, and replaces the thread`, async () => {
      const pool = createPool(1);
      const jobs = [
        pool.run({ do: "echo", value: "before" }),
        pool.run({ do: job }),
        pool.run({ do: "echo", value: "after" }),
      ];
      const [before, lost, after] = await Promise.allSettled(jobs);
      assert.equal(before?.status === "fulfilled" && before.value.value, "before");
      assert.equal(lost?.status, "rejected");
      assert.equal(lost.reason.code, "WORKER_FAILED");
      assert.match(lost.reason.message, message);
      assert.deepEqual(
        after?.status === "fulfilled" && after.value,
        { value: "after", done: 1 },
        "a new thread did it",
      );
      await pool.close();
    });
  }

  test("says why it cannot start, to start() and to every job", async () => {
    const pool = createPool(2, "cannot start");
    await assert.rejects(pool.start(), { code: "MODEL_MISSING", message: "no model here" });
    await assert.rejects(pool.run({ do: "echo", value: 1 }), { code: "MODEL_MISSING" });
    await pool.close();
    const dying = createPool(1, "dies at start");
    await assert.rejects(dying.start(), { code: "WORKER_FAILED", message: /code 3/ });
    await dying.close();
  });

  test("finishes what is under way when closed, and rejects what waits and what comes", async () => {
    const pool = createPool(1);
    await pool.start();
    const underway = pool.run({ do: "echo", value: "done", delayMs: 50 });
    const waiting = pool.run({ do: "echo", value: "never" });
    const rejected = assert.rejects(waiting, { code: "READER_CLOSED" });
    await pool.close();
    assert.equal((await underway).value, "done");
    await rejected;
    await assert.rejects(pool.run({ do: "echo", value: 1 }), { code: "READER_CLOSED" });
    await pool.close();
  });

  test("moves what it is told to move", async () => {
    const pool = createPool(1);
    const moved = new Uint8Array([1, 2, 3]);
    const copied = new Uint8Array([4, 5]);
    const { value } = await pool.run({ do: "echo", value: [moved, copied] }, [moved.buffer]);
    assert.deepEqual(value, [new Uint8Array([1, 2, 3]), new Uint8Array([4, 5])]);
    assert.deepEqual([moved.length, copied.length], [0, 2]);
    await assert.rejects(pool.run({ do: "echo", value: moved }, [moved.buffer]), /detached|transfer/i);
    assert.equal((await pool.run({ do: "echo", value: 1 })).value, 1);
    await pool.close();
  });
});
