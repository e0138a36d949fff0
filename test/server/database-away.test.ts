import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { postgresFolder, startPostgres } from "../store/postgres-server.ts";
import { startServer } from "./running-server.ts";

const skip = postgresFolder() === null ? "PostgreSQL is not installed" : false;

test("while PostgreSQL is away the server lives and is not ready, whoever asks; then it goes on with the same sessions", {
  skip,
  timeout: 240_000,
}, async (t) => {
  const postgres = await startPostgres();
  t.after(() => postgres.close());
  await using running = await startServer({ databaseUrl: await postgres.createDatabase() });
  const anna = await running.setUp();
  const key = await running.keyClient(["system:read"]);
  const callers = { anna, key, anyone: running.anyone };
  await postgres.stop();
  for (const [name, ask] of Object.entries(callers)) {
    assert.equal((await ask("GET", "/healthz")).status, 200, name);
    assert.equal((await ask("GET", "/live", undefined, { accept: "text/html" })).status, 200, `${name}: the pages`);
    const ready = await ask("GET", "/readyz");
    assert.deepEqual([ready.status, ready.json.status], [503, "unready"], name);
    assert.ok(
      ready.json.checks.every(({ message }: { message: unknown }) => message === null),
      "nobody is told why",
    );
  }
  const away = await anna("GET", "/api/v1/me");
  assert.deepEqual([away.status, away.json.code], [503, "STORE_UNAVAILABLE"], "nobody is logged out for it");
  await postgres.start();
  let status = 0;
  for (const endMs = Date.now() + 20_000; status !== 200 && Date.now() < endMs; await sleep(200)) {
    status = (await anna("GET", "/readyz")).status;
  }
  assert.equal(status, 200);
  assert.equal((await anna("GET", "/api/v1/cameras")).status, 200);
});
