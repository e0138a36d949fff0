/** Several live streams at once for minutes: lag, drops and the curve of memory. */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { FrameReader } from "../src/node/frame-reader.ts";
import { type WatchStatus, watch } from "../src/node/watch.ts";
import { keepYoungMemorySmall } from "../src/node/young-memory.ts";
import { type MemoryKinds, megabytes, memoryKinds } from "./memory-kinds.ts";

export interface SoakOptions {
  readonly clip: string;
  readonly streams: number;
  readonly fps: number;
  readonly minutes: number;
  readonly onSample: (sample: SoakSample) => void;
}

const SAMPLE_SECONDS = 10;
/** From here on memory should stay what it is. */
export const SETTLED_SECONDS = 60;

export interface SoakSample {
  readonly seconds: number;
  readonly memoryMB: number;
  /** At each full minute: by thread and by kind of mapping. */
  readonly kindsMB?: MemoryKinds;
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

export interface SoakReport {
  readonly streams: number;
  readonly fps: number;
  readonly minutes: number;
  readonly passages: number;
  readonly framesRead: number;
  readonly dropped: number;
  readonly lagMs: { readonly median: number; readonly p99: number };
  /** Null for a soak that ended before. */
  readonly memoryAfterFirstMinuteMB: { readonly least: number; readonly most: number } | null;
  readonly samples: readonly SoakSample[];
}

export async function benchSoak(reader: FrameReader, options: SoakOptions): Promise<SoakReport> {
  const { clip, streams, fps, minutes, onSample } = options;
  keepYoungMemorySmall(); // as `platekit watch` does
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
  for (let second = SAMPLE_SECONDS; second <= minutes * 60; second += SAMPLE_SECONDS) {
    await setTimeout(startMs + second * 1000 - performance.now());
    const known = statuses.filter((status) => status !== undefined);
    const sum = (pick: (status: WatchStatus) => number): number =>
      known.reduce((total, status) => total + pick(status), 0);
    const sample: SoakSample = {
      seconds: second,
      memoryMB: megabytes(process.memoryUsage.rss()),
      ...(second % 60 === 0 ? { kindsMB: await memoryKinds() } : {}),
      lagMs: known.map(({ lagMs }) => Math.round(lagMs ?? 0)),
      frames: sum(({ frames }) => frames),
      dropped: sum(({ dropped }) => dropped),
      passages,
    };
    samples.push(sample);
    onSample(sample);
  }
  leaving.abort();
  await Promise.allSettled(watches);
  server.close();
  const settled = samples.filter(({ seconds }) => seconds >= SETTLED_SECONDS).map(({ memoryMB }) => memoryMB);
  const sorted = lags.sort((a, b) => a - b);
  return {
    ...{ streams, fps, minutes, passages },
    framesRead: samples.at(-1)?.frames ?? 0,
    dropped: samples.at(-1)?.dropped ?? 0,
    lagMs: {
      median: Math.round(sorted[sorted.length >> 1] ?? 0),
      p99: Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0),
    },
    memoryAfterFirstMinuteMB: settled.length === 0 ? null : { least: Math.min(...settled), most: Math.max(...settled) },
    samples,
  };
}
