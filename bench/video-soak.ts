/** Several live streams at once for minutes: lag, drops and the curve of memory. */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { FrameReader } from "../src/node/frame-reader.ts";
import { type WatchStatus, watch } from "../src/node/watch.ts";

export interface SoakOptions {
  readonly clip: string;
  readonly streams: number;
  readonly fps: number;
  readonly minutes: number;
  readonly onSample: (sample: SoakSample) => void;
}

export interface SoakSample {
  readonly seconds: number;
  readonly memoryMB: number;
  /** Of the main thread: what its collector knows of. The rest of the memory is the threads', the runtime's and Node's own. */
  readonly heapMB: number;
  readonly buffersMB: number;
  readonly lagMs: readonly number[];
  readonly frames: number;
  readonly dropped: number;
  readonly passages: number;
}

/** A clip played at its own speed again and again over HTTP, 720p, to each who asks. */
async function serveClip(clip: string): Promise<{ address: string; close(): void }> {
  const players = new Set<ReturnType<typeof spawn>>();
  const server = createServer((_, response) => {
    const words = [
      "-loglevel",
      "error",
      "-re",
      "-stream_loop",
      "-1",
      "-i",
      clip,
      "-an",
      "-c",
      "copy",
      "-f",
      "mpegts",
      "-",
    ];
    const player = spawn("ffmpeg", words, { stdio: ["ignore", "pipe", "ignore"] });
    players.add(player);
    player.stdout!.pipe(response); // piped just above
    response.on("close", () => player.kill("SIGKILL"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/live`,
    close() {
      for (const player of players) player.kill("SIGKILL");
      server.closeAllConnections();
      server.close();
    },
  };
}

export async function benchSoak(reader: FrameReader, options: SoakOptions): Promise<Record<string, unknown>> {
  const { clip, streams, fps, minutes, onSample } = options;
  const server = await serveClip(clip);
  const leaving = new AbortController();
  const statuses: (WatchStatus | undefined)[] = Array.from({ length: streams });
  const lags: number[] = [];
  let passages = 0;
  const watches = statuses.map(async (_, i) => {
    const stream = watch(server.address, {
      ...{ frameReader: reader, live: true, fps, attempts: 1000, stallMs: 30_000, signal: leaving.signal },
      onStatus: (status) => {
        statuses[i] = status;
        if (status.lagMs !== null) lags.push(status.lagMs);
      },
    });
    for await (const _passage of stream) passages++;
    if (!leaving.signal.aborted) throw new Error("A stream ended early.");
  });
  const startMs = performance.now();
  const samples: SoakSample[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const seconds = Math.round((performance.now() - startMs) / 1000);
      const known = statuses.filter((status) => status !== undefined);
      const sum = (pick: (status: WatchStatus) => number): number =>
        known.reduce((total, status) => total + pick(status), 0);
      const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
      const sample: SoakSample = {
        ...{ seconds, memoryMB: megabytes(rss), heapMB: megabytes(heapUsed), buffersMB: megabytes(arrayBuffers) },
        lagMs: known.map(({ lagMs }) => Math.round(lagMs ?? 0)),
        frames: sum(({ frames }) => frames),
        dropped: sum(({ dropped }) => dropped),
        passages,
      };
      samples.push(sample);
      onSample(sample);
      if (seconds >= minutes * 60) {
        clearInterval(timer);
        resolve();
      }
    }, 10_000);
  });
  leaving.abort();
  await Promise.allSettled(watches);
  server.close();
  const settled = samples.filter(({ seconds }) => seconds > 60).map(({ memoryMB }) => memoryMB);
  const sorted = lags.sort((a, b) => a - b);
  return {
    ...{ streams, fps, minutes, passages },
    framesRead: samples.at(-1)?.frames,
    dropped: samples.at(-1)?.dropped,
    lagMs: {
      median: Math.round(sorted[sorted.length >> 1] ?? 0),
      p99: Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0),
    },
    memoryAfterFirstMinuteMB: { least: Math.min(...settled), most: Math.max(...settled) },
    samples,
  };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
