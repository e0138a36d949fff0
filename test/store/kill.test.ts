import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { SQLITE_FILE } from "../../src/store/database.ts";
import { openStore } from "../../src/store/open-store.ts";
import { newCamera, seededRandom } from "./made-passage.ts";

const WRITER = fileURLToPath(new URL("writing-process.ts", import.meta.url));
/** PLATEKIT_KILLS=100 for the long run. */
const KILLS = Number(process.env.PLATEKIT_KILLS ?? 4);

test(`kill -9 at ${KILLS} random moments: every acknowledged passage and delivery is there, and no half picture`, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "platekit-kill-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const store = await openStore({ directory });
  const camera = await store.cameras.create(newCamera("killed"));
  await store.close();
  const random = seededRandom(1);
  const acknowledged = new Set<string>();

  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [WRITER, directory, camera.id], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    let isDoomed = false;
    const ended = new Promise((resolve) => child.on("close", resolve));
    await new Promise<void>((resolve, reject) => {
      child.on("exit", () => reject(new Error("the writer ended by itself")));
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        // On a machine that is busy elsewhere no writer may have got far: the last kill waits for something to be lost.
        const isDue = kill < KILLS - 1 || acknowledged.size > 0 || said.split("\n").length > 2;
        if (!isDue || isDoomed) return;
        isDoomed = true;
        // Somewhere within what it writes first, so that all moments of a write are met.
        setTimeout(resolve, random() * 700);
      });
    });
    child.kill("SIGKILL");
    await ended;
    // Whole lines only: the last may be cut by the kill.
    for (const line of said.split("\n").slice(1, -1)) acknowledged.add(line);
  }

  const after = await openStore({ directory });
  t.after(() => after.close());
  const stored = new Map<string, string | null>();
  for await (const { id, pictures } of after.passages.iterate({})) stored.set(id, pictures.crop);
  assert.ok(acknowledged.size > 0, "the writers must get to write");
  assert.deepEqual(
    [...acknowledged].filter((id) => !stored.has(id)),
    [],
    "acknowledged and lost",
  );
  for (const [id, crop] of stored) {
    // `get` checks the content against its hash.
    assert.equal((await after.pictures.get(crop!))?.length, 3000);
    assert.equal((await after.deliveries.page({ passageId: id })).rows.length, 1);
  }
  const plates = new Map<string, number>();
  for await (const { plate } of after.passages.iterate({})) plates.set(plate, (plates.get(plate) ?? 0) + 1);
  const raw = new DatabaseSync(join(directory, SQLITE_FILE), { readOnly: true });
  assert.deepEqual({ ...raw.prepare("pragma integrity_check").get() }, { integrity_check: "ok" });
  for (const row of raw.prepare("select plate, passages from plate").all()) {
    assert.equal(plates.get(String(row.plate)), row.passages, "the register agrees with the passages");
  }
  raw.close();
  const swept = await after.pictures.sweep({ minAgeMs: 0, nowMs: Date.now() + 1000 });
  const files = readdirSync(join(directory, "pictures"), { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(directory, "pictures", name)).isFile(),
  );
  assert.equal(files.length, stored.size, `a sweep leaves what passages name (${swept.removed} swept)`);
});

test("a full disk is said, loses nothing, and writing goes on when there is room", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "platekit-full-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const { append, firstFailure, store } = await fill(directory);
  assert.equal((firstFailure as { code?: string }).code, "STORE_FULL");
  assert.match(String(firstFailure), /Free disk space/);
  const kept = await store.passages.count({});
  assert.ok(kept.count > 0);
  await assert.rejects(append(), { code: "STORE_FULL" });
  assert.deepEqual(await store.passages.count({}), kept, "reading goes on");
  await store.close();

  const roomy = await openStore({ directory });
  assert.deepEqual(await roomy.passages.count({}), kept);
  assert.equal((await roomy.health()).isWritable, true);
  const [camera] = await roomy.cameras.list();
  const { newPassage } = await import("./made-passage.ts");
  await roomy.passages.append(newPassage("AFTER1", camera!.id));
  await roomy.close();
  const raw = new DatabaseSync(join(directory, SQLITE_FILE), { readOnly: true });
  assert.deepEqual({ ...raw.prepare("pragma integrity_check").get() }, { integrity_check: "ok" });
  raw.close();
});

/** Writes until SQLite has no room: a limit on its pages fails as a full disk does, in the middle of a transaction. */
async function fill(directory: string) {
  const { newPassage } = await import("./made-passage.ts");
  const first = await openStore({ directory });
  const camera = await first.cameras.create(newCamera("filling"));
  await first.close();
  const pages = Math.ceil(statSync(join(directory, SQLITE_FILE)).size / 4096);
  const store = await openStore({ directory, pragmas: [`pragma max_page_count = ${pages + 40}`] });
  let number = 0;
  const append = () => store.passages.append(newPassage(`FULL${number++}`, camera.id, { display: "x".repeat(3000) }));
  for (;;) {
    const results = await Promise.allSettled([append(), append(), append()]);
    const refused = results.find((result) => result.status === "rejected");
    if (refused !== undefined) return { append, store, firstFailure: refused.reason as unknown };
  }
}
