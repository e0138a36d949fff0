/**
 * Passages through the API under load, and their deliveries: is anything lost, and how long does it take?
 *
 *     node bench/server-load.ts [--seconds 60] [--rate 200] [--clients 8] [--batch 1] [--drain 120]
 *
 * Full parameters: --seconds 600. Prints one JSON object; the server is a process of its own on a folder that is removed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openStore } from "../src/store/open-store.ts";
import {
  endBenchServer,
  offerPassages,
  percentile,
  processorMs,
  startBenchServer,
  startHookReceiver,
} from "./server-client.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    rate: { type: "string", default: "200" },
    clients: { type: "string", default: "8" },
    batch: { type: "string", default: "1" },
    drain: { type: "string", default: "120" },
  },
});

const folder = await mkdtemp(join(tmpdir(), "platekit-load-"));
const hook = await startHookReceiver();
try {
  const server = await startBenchServer(folder, hook.url);
  const idleMs = await processorMs(server);
  const load = await offerPassages({
    ...{ server, rate: Number(values.rate), clients: Number(values.clients), batch: Number(values.batch) },
    signal: AbortSignal.timeout(Number(values.seconds) * 1000),
  });
  const deliveredDuring = hook.keys.size;
  const drainedMs = await drain(load.acknowledged.size, Number(values.drain) * 1000);
  const delivered = hook.keys.size;
  const busyMs = await processorMs(server);
  await endBenchServer(server, "SIGTERM");

  const store = await openStore({ directory: folder });
  let missing = 0;
  for (const id of load.acknowledged) if ((await store.passages.get(id)) === null) missing++;
  const counts = await store.deliveries.counts(Date.now());
  await store.close();
  console.log(
    JSON.stringify(
      {
        sent: load.sent,
        acknowledged: load.acknowledged.size,
        refused: load.refused,
        acknowledgedMissing: missing,
        passagesPerSecond: Math.round(load.acknowledged.size / load.seconds),
        // With its delivery: 5 ms keep one core busy at 200 a second. Tells of a busy machine what the rate does not.
        processorMsPerPassage:
          busyMs === null || idleMs === null
            ? null
            : Math.round((10 * (busyMs - idleMs)) / load.acknowledged.size) / 10,
        latencyMs: { p50: percentile(load.latenciesMs, 0.5), p99: percentile(load.latenciesMs, 0.99) },
        deliveries: {
          delivered,
          perMinuteUnderLoad: Math.round((deliveredDuring * 60) / load.seconds),
          perMinuteInAll: Math.round((delivered * 60) / (load.seconds + drainedMs / 1000)),
          repeated: [...hook.keys.values()].filter((times) => times > 1).length,
          withoutKey: hook.wrong(),
          pending: counts.reduce((sum, { pending }) => sum + pending, 0),
          dead: counts.reduce((sum, { dead }) => sum + dead, 0),
        },
      },
      null,
      2,
    ),
  );
  if (missing > 0 || hook.wrong() > 0) process.exitCode = 1;
} finally {
  hook.close();
  await rm(folder, { recursive: true, force: true });
}

async function drain(expected: number, limitMs: number): Promise<number> {
  const begunMs = performance.now();
  while (hook.keys.size < expected && performance.now() - begunMs < limitMs) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return performance.now() - begunMs;
}
