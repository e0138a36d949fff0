import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PlateKitError } from "../../src/core/errors.ts";
import { openStore } from "../../src/store/open-store.ts";
import { madePassage, newCamera } from "./made-passage.ts";
import { postgresFolder, startPostgres } from "./postgres-server.ts";

const skip = postgresFolder() === null ? "PostgreSQL is not installed" : false;

test("PostgreSQL killed under load: errors say so, it recovers by itself, nothing acknowledged is lost", {
  skip,
}, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "platekit-restart-"));
  const server = await startPostgres();
  const store = await openStore({ directory, url: await server.createDatabase() });
  t.after(async () => {
    await store.close();
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const camera = await store.cameras.create(newCamera("restarted"));
  const acknowledged = new Set<string>();
  const failures: unknown[] = [];
  let retried = 0;
  let isOver = false;
  const write = async (writer: number): Promise<void> => {
    for (let i = 0; !isOver; i++) {
      const passage = madePassage(`R${writer}X${i}`);
      const given = {
        passage,
        cameraId: camera.id,
        deliveries: [{ targetKind: "webhook", targetId: "t", event: "passage", payload: "{}" }],
      } as const;
      // What a caller does: the same passage again until it is taken.
      for (let isTaken = false; !isTaken && !isOver; ) {
        try {
          await store.passages.append(given);
          isTaken = true;
          acknowledged.add(passage.id);
        } catch (error) {
          failures.push(error);
          retried++;
          await sleep(50);
        }
      }
    }
  };
  t.after(() => {
    // Also when the test fails: the writers would try for ever.
    isOver = true;
  });
  const writers = [1, 2, 3].map(write);
  const progress = async (count: number): Promise<void> => {
    const enough = acknowledged.size + count;
    while (acknowledged.size < enough) await sleep(20);
  };
  await progress(5);
  await server.stop();
  assert.equal((await store.health()).isWritable, false);
  await assert.rejects(store.passages.page({}), { code: "STORE_UNAVAILABLE" });
  await server.start();
  await progress(3);
  await server.restart("immediate");
  await progress(3);
  isOver = true;
  await Promise.all(writers);
  assert.ok(retried > 0, "the load must have met the restart");
  for (const failure of failures) {
    assert.ok(failure instanceof PlateKitError, String(failure));
    assert.equal(failure.code, "STORE_UNAVAILABLE");
  }
  const stored = new Set<string>();
  for await (const { id } of store.passages.iterate({})) {
    assert.equal(stored.has(id), false, "once each");
    stored.add(id);
  }
  assert.deepEqual(
    [...acknowledged].filter((id) => !stored.has(id)),
    [],
  );
  assert.equal((await store.deliveries.counts(Date.now()))[0]?.pending, stored.size, "one delivery each");
  assert.equal((await store.health()).isWritable, true);
});
