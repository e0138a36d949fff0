/**
 * Kills the server with SIGKILL at random moments under load, starts it again each time, and looks for what it had
 * acknowledged: every passage, with its delivery, and every delivery at the receiver.
 *
 *     node bench/server-kill.ts [--kills 100] [--clients 8] [--longest 2000] [--drain 300]
 *
 * Prints one JSON object; ends with 1 when anything acknowledged is gone.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openStore } from "../src/store/open-store.ts";
import {
  type BenchServer,
  endBenchServer,
  offerPassages,
  startBenchServer,
  startHookReceiver,
} from "./server-client.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    clients: { type: "string", default: "8" },
    longest: { type: "string", default: "2000" },
    drain: { type: "string", default: "300" },
  },
});

const folder = await mkdtemp(join(tmpdir(), "platekit-kill-"));
const hook = await startHookReceiver();
const acknowledged = new Set<string>();
let sent = 0;
const startsMs: number[] = [];
try {
  for (let kill = 1; kill <= Number(values.kills); kill++) {
    const server = await startBenchServer(folder, hook.url);
    startsMs.push(server.startMs);
    const afterMs = Math.random() * Number(values.longest);
    const stop = new AbortController();
    const loading = offerPassages({
      ...{ server, rate: Number.POSITIVE_INFINITY, clients: Number(values.clients), batch: 1 },
      signal: stop.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await endBenchServer(server, "SIGKILL");
    stop.abort();
    const load = await loading;
    sent += load.sent;
    for (const id of load.acknowledged) acknowledged.add(id);
    console.error(
      `kill ${kill} after ${Math.round(afterMs)} ms: ${load.acknowledged.size} of ${load.sent} acknowledged`,
    );
  }

  const server = await startBenchServer(folder, hook.url);
  const pending = await drain(server);
  await endBenchServer(server, "SIGTERM");
  const found = await inspect();
  const report = {
    ...{ kills: Number(values.kills), sent, acknowledged: acknowledged.size, ...found, stillPending: pending },
    received: hook.keys.size,
    receivedRepeatedly: [...hook.keys.values()].filter((times) => times > 1).length,
    receivedWithoutKey: hook.wrong(),
    longestStartMs: Math.round(Math.max(...startsMs)),
  };
  console.log(JSON.stringify(report, null, 2));
  const lost = found.passagesMissing + found.passagesWithoutDelivery + found.deliveriesNotReceived + hook.wrong();
  if (lost > 0) process.exitCode = 1;
} finally {
  hook.close();
  await rm(folder, { recursive: true, force: true });
}

/** Waits until the receiver gets no more. */
async function drain(_server: BenchServer): Promise<number> {
  const limitMs = performance.now() + Number(values.drain) * 1000;
  // Deliveries leased by a killed server come back when their lease ends.
  const quietMs = 45_000;
  let seen = hook.keys.size;
  let changedMs = performance.now();
  while (performance.now() < limitMs && performance.now() - changedMs < quietMs) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    if (hook.keys.size !== seen) {
      seen = hook.keys.size;
      changedMs = performance.now();
    }
    if (seen >= acknowledged.size && performance.now() - changedMs > 35_000) break;
  }
  return Math.max(0, acknowledged.size - seen);
}

/** What the store holds, asked when no server runs. */
async function inspect(): Promise<{
  passages: number;
  passagesMissing: number;
  passagesWithoutDelivery: number;
  deliveriesNotReceived: number;
}> {
  const store = await openStore({ directory: folder });
  const deliveryOf = new Map<string, { id: string; state: string }>();
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof store.deliveries.page>> = await store.deliveries.page(
      {},
      { limit: 500, cursor },
    );
    for (const { id, state, passageId } of page.rows) if (passageId !== null) deliveryOf.set(passageId, { id, state });
    cursor = page.nextCursor;
  } while (cursor !== null);
  const kept = new Set<string>();
  for await (const { id } of store.passages.iterate({})) kept.add(id);
  await store.close();
  const without = [...kept].filter((id) => !deliveryOf.has(id));
  const unsent = [...deliveryOf.values()].filter(({ id, state }) => state === "done" && !hook.keys.has(id));
  return {
    passages: kept.size,
    passagesMissing: [...acknowledged].filter((id) => !kept.has(id)).length,
    passagesWithoutDelivery: without.length,
    deliveriesNotReceived: unsent.length,
  };
}
