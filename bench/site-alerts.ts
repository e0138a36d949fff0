/**
 * How soon a wanted plate is told on an open page: from sending the passage to its event on the live stream, through the
 * real server and its store on disk.
 *
 *     node bench/site-alerts.ts [--passages 300] [--rate 20] [--wanted 0.2] [--hotlist 500]
 *
 * Prints one JSON object. `lagMs` is how late this process' own timers ran meanwhile: what a busy machine adds by itself.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { tokenHash } from "../src/server/authenticate.ts";
import { createServer } from "../src/server/create-server.ts";
import { createPlates } from "../src/sites/simulation/population.ts";
import { createRandom } from "../src/sites/simulation/random.ts";
import { BENCH_KEY, percentile } from "./server-client.ts";

const { values } = parseArgs({
  options: {
    passages: { type: "string", default: "300" },
    rate: { type: "string", default: "20" },
    wanted: { type: "string", default: "0.2" },
    hotlist: { type: "string", default: "500" },
  },
});
const [passages, rate, wanted, hotlist] = [values.passages, values.rate, values.wanted, values.hotlist].map(Number) as [
  number,
  number,
  number,
  number,
];

const folder = await mkdtemp(join(tmpdir(), "platekit-alerts-"));
const server = await createServer({ dataFolder: folder, port: 0, readWorkers: 1, rateScale: Number.POSITIVE_INFINITY });
try {
  const { store, address } = server;
  await store.apiKeys.create({
    ...{ name: "bench", keyHash: tokenHash(BENCH_KEY), prefix: BENCH_KEY.slice(0, 9), createdBy: null, siteIds: null },
    ...{
      scopes: ["passages:write", "live:read", "sites:read"],
      expiresAtMs: null,
      revokedAtMs: null,
      lastUsedAtMs: null,
    },
  });
  const site = await store.sites.create({
    ...{ name: "Bench", kind: "enforcement", timeZone: "UTC", isPrivate: false, isReasonRequired: false, settings: {} },
  });
  const camera = await store.cameras.create({
    ...{ name: "North", siteId: site.id, kind: "upload", url: "", isEnabled: true, role: null, schedule: null },
    ...{ timeZone: null, roi: null, line: null, frameSize: null, regions: [], minPlateHeightPx: null, fps: null },
    ...{ settings: {}, retentionDays: null, retentionBytes: null },
  });
  await store.sites.update(site.id, { settings: { enforcement: { cameras: [camera.id] } } });
  const random = createRandom(1);
  const plates = createPlates(hotlist + 5000, random);
  const list = await store.lists.create({
    ...{ name: "Wanted", kind: "hotlist", siteId: site.id, description: "", isEnabled: true },
  });
  await store.lists.importEntries(
    list.id,
    plates.slice(0, hotlist).map((text) => ({
      ...{ text, isWildcard: false, isLookAlike: true, label: "Stolen", note: null },
      ...{ validFromMs: null, validToMs: null, createdBy: null },
    })),
    { mode: "merge" },
  );
  // Rows made past the API are seen within a second.
  await new Promise((resolve) => setTimeout(resolve, 1500));

  const sent = new Map<string, number>();
  const told = new Map<string, number>();
  const ended = new AbortController();
  const stream = await fetch(`${address}/api/v1/events?types=notification`, {
    headers: { authorization: `Bearer ${BENCH_KEY}` },
    signal: ended.signal,
  });
  if (stream.body === null || stream.status !== 200) throw new Error(`The live stream answered ${stream.status}.`);
  const listening = (async () => {
    let rest = "";
    for await (const part of stream.body!.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const plate = / ([^ ]+) to confirm/.exec(line)?.[1];
        if (plate !== undefined && !told.has(plate)) told.set(plate, performance.now());
      }
    }
  })().catch(() => {}); // it is ended below

  const acknowledgedMs: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const waiting: Promise<void>[] = [];
  let next = 0;
  for (let i = 0; i < passages; i++) {
    const isWanted = random.chance(wanted) && next < hotlist;
    const text = isWanted ? plates[next++]! : plates[hotlist + i]!; // there are more than passages
    const begunMs = performance.now();
    if (isWanted) sent.set(text, begunMs);
    waiting.push(
      fetch(`${address}/api/v1/passages`, {
        method: "POST",
        headers: { authorization: `Bearer ${BENCH_KEY}`, "content-type": "application/json" },
        body: JSON.stringify({ passages: [{ cameraId: camera.id, text, confidence: 0.97, firstTimeMs: Date.now() }] }),
      }).then(async (answer) => {
        await answer.arrayBuffer();
        if (answer.status !== 201) throw new Error(`A passage was answered with ${answer.status}.`);
        acknowledgedMs.push(performance.now() - begunMs);
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, random.exponential(1000 / rate)));
  }
  await Promise.all(waiting);
  for (let i = 0; i < 500 && told.size < sent.size; i++) await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  ended.abort();
  await listening;
  const toldMs = [...sent].flatMap(([plate, atMs]) => (told.has(plate) ? [told.get(plate)! - atMs] : []));
  const spread = (times: readonly number[]) => ({
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    p99: percentile(times, 0.99),
    most: percentile(times, 1),
  });
  console.log(
    JSON.stringify({
      ...{ passages, wanted: sent.size, told: toldMs.length },
      toldMs: spread(toldMs),
      acknowledgedMs: spread(acknowledgedMs),
      lagMs: { p50: Math.round(delay.percentile(50) / 1e6), most: Math.round(delay.max / 1e6) },
    }),
  );
  if (toldMs.length < sent.size) process.exitCode = 1;
} finally {
  await server.close();
  await rm(folder, { recursive: true, force: true });
}
