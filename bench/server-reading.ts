/**
 * How the server answers while it reads all it can: pictures through the API from several clients and, with --video, cameras
 * that read recordings as fast as they go.
 *
 *     node bench/server-reading.ts [--seconds 30] [--clients 8] [--picture examples/street.jpg] [--video CLIP...]
 *
 * Prints one JSON object. Figure to reach: p99 of the event loop's lag below 50 ms, as the server's own /metrics tells it.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Agent, request } from "undici";
import {
  BENCH_KEY,
  type BenchServer,
  endBenchServer,
  percentile,
  processorMs,
  startBenchServer,
  startHookReceiver,
} from "./server-client.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "30" },
    clients: { type: "string", default: "8" },
    picture: { type: "string", default: "examples/street.jpg" },
    video: { type: "string", multiple: true, default: [] },
  },
});

/** Between two small requests that somebody waits for. */
const ASK_MS = 100;

const authorization = `Bearer ${BENCH_KEY}`;
const folder = await mkdtemp(join(tmpdir(), "platekit-reading-"));
const hook = await startHookReceiver();
const agent = new Agent({ connections: Number(values.clients) + 2 });
try {
  const server = await startBenchServer(folder, hook.url, values.video);
  const picture = await readFile(values.picture);
  const signal = AbortSignal.timeout(Number(values.seconds) * 1000);
  await loopLagMs(server); // each look begins a new measurement
  const idleMs = await processorMs(server);
  const begunMs = performance.now();
  const readMs: number[] = [];
  const askedMs: number[] = [];
  await Promise.all([
    ...Array.from({ length: Number(values.clients) }, () => readPictures(server, picture, signal, readMs)),
    askForPages(server, signal, askedMs),
  ]);
  const seconds = (performance.now() - begunMs) / 1000;
  const loop = await loopLagMs(server);
  const busyMs = await processorMs(server);
  console.log(
    JSON.stringify(
      {
        pictures: readMs.length,
        picturesPerSecond: Math.round((10 * readMs.length) / seconds) / 10,
        readLatencyMs: { p50: percentile(readMs, 0.5), p99: percentile(readMs, 0.99) },
        cores: busyMs === null || idleMs === null ? null : Math.round((busyMs - idleMs) / seconds / 10) / 100,
        eventLoopLagMs: loop,
        firstPageOfPassagesMs: { p50: percentile(askedMs, 0.5), p99: percentile(askedMs, 0.99) },
      },
      null,
      2,
    ),
  );
  if (loop.p99 >= 50) process.exitCode = 1;
  await endBenchServer(server, "SIGTERM");
} finally {
  await agent.destroy();
  hook.close();
  await rm(folder, { recursive: true, force: true });
}

async function readPictures(
  { address }: BenchServer,
  picture: Uint8Array,
  signal: AbortSignal,
  took: number[],
): Promise<void> {
  const image = Buffer.from(picture).toString("base64");
  while (!signal.aborted) {
    const begunMs = performance.now();
    const { statusCode, body } = await request(`${address}/api/v1/read`, {
      ...{ method: "POST", dispatcher: agent, body: JSON.stringify({ image }) },
      headers: { authorization, "content-type": "application/json" },
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`Reading was answered with ${statusCode}: ${text.slice(0, 200)}`);
    took.push(performance.now() - begunMs);
  }
}

async function askForPages({ address }: BenchServer, signal: AbortSignal, took: number[]): Promise<void> {
  while (!signal.aborted) {
    const begunMs = performance.now();
    const { body } = await request(`${address}/api/v1/passages`, { dispatcher: agent, headers: { authorization } });
    await body.text();
    took.push(performance.now() - begunMs);
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}

/** Since the last look, milliseconds. */
async function loopLagMs({ address }: BenchServer): Promise<{ p50: number; p99: number; max: number }> {
  const { body } = await request(`${address}/metrics`, { dispatcher: agent, headers: { authorization } });
  const text = await body.text();
  const of = (name: string): number => {
    const seconds = new RegExp(`^platekit_nodejs_eventloop_lag_${name}_seconds (\\S+)`, "m").exec(text)?.[1];
    return Math.round(10_000 * Number(seconds)) / 10;
  };
  return { p50: of("p50"), p99: of("p99"), max: of("max") };
}
