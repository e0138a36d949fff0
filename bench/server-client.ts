/** What loading and killing a server have in common: its process, a client that posts passages, a receiver of web hooks. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Agent, request } from "undici";
import { createId } from "../src/store/ids.ts";

export const BENCH_KEY = "pk_bench_0123456789abcdef0123456789abcdef";

export interface BenchServer {
  readonly address: string;
  readonly cameraId: string;
  readonly child: ChildProcess;
  /** Milliseconds from the start to listening. */
  readonly startMs: number;
}

/** @throws Error when it ends before it listens. */
export async function startBenchServer(
  folder: string,
  hookUrl: string,
  videos: readonly string[] = [],
): Promise<BenchServer> {
  const begunMs = performance.now();
  const script = fileURLToPath(new URL("./server-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, folder, BENCH_KEY, hookUrl, ...videos], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const killWithUs = (): boolean => child.kill("SIGKILL");
  process.once("exit", killWithUs);
  child.once("exit", () => process.off("exit", killWithUs));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once("line", resolve); // piped just above
    child.once("exit", (code, signal) =>
      reject(new Error(`The server ended with ${code ?? signal} before it listened.`)),
    );
  });
  return {
    ...(JSON.parse(line) as { address: string; cameraId: string }),
    child,
    startMs: performance.now() - begunMs,
  };
}

/** @returns once it is gone. */
export async function endBenchServer({ child }: BenchServer, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await gone;
}

/** Processor time a server has used so far, all threads, milliseconds; null where the system does not tell. */
export async function processorMs({ child }: BenchServer): Promise<number | null> {
  const stat = await readFile(`/proc/${child.pid}/stat`, "utf8").catch(() => null);
  // Behind the name in parentheses, user and system time are the 12th and 13th, in hundredths of a second.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields === undefined ? null : 10 * (Number(fields[11]) + Number(fields[12]));
}

export interface HookReceiver {
  readonly url: string;
  /** How often each idempotency key came. */
  readonly keys: ReadonlyMap<string, number>;
  /** Requests without a key, or whose key was not that of their body. */
  readonly wrong: () => number;
  close(): void;
}

export async function startHookReceiver(): Promise<HookReceiver> {
  const keys = new Map<string, number>();
  let wrong = 0;
  const server = createServer((incoming, response) => {
    let body = "";
    incoming.setEncoding("utf8");
    incoming.on("data", (part: string) => {
      body += part;
    });
    incoming.on("end", () => {
      const key = incoming.headers["idempotency-key"];
      if (typeof key !== "string" || JSON.parse(body).id !== key) wrong++;
      else keys.set(key, (keys.get(key) ?? 0) + 1);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    ...{ url: `http://127.0.0.1:${port}/`, keys, wrong: () => wrong },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface Load {
  /** Passages that the server said it has. */
  readonly acknowledged: ReadonlySet<string>;
  /** Sent at all. */
  readonly sent: number;
  readonly refused: number;
  /** Milliseconds from request to answer, of those acknowledged. */
  readonly latenciesMs: readonly number[];
  readonly seconds: number;
}

export interface LoadOptions {
  readonly server: BenchServer;
  /** Passages a second offered; Infinity: as fast as the clients can. */
  readonly rate: number;
  readonly clients: number;
  /** Passages in a request. */
  readonly batch: number;
  readonly signal: AbortSignal;
}

/** Posts passages until the signal, and notes which were acknowledged. */
export async function offerPassages({ server, rate, clients, batch, signal }: LoadOptions): Promise<Load> {
  const agent = new Agent({ connections: clients });
  const acknowledged = new Set<string>();
  const latenciesMs: number[] = [];
  let sent = 0;
  let refused = 0;
  const begunMs = performance.now();

  async function post(): Promise<void> {
    const nowMs = Date.now();
    const passages = Array.from({ length: batch }, () => ({
      ...{ id: createId(), cameraId: server.cameraId, text: randomText(), confidence: 0.95, firstTimeMs: nowMs },
    }));
    sent += batch;
    const startMs = performance.now();
    const { statusCode, body } = await request(`${server.address}/api/v1/passages`, {
      ...{ method: "POST", dispatcher: agent, body: JSON.stringify({ passages }) },
      headers: { "content-type": "application/json", authorization: `Bearer ${BENCH_KEY}` },
    });
    const text = await body.text(); // an answer cut off is none
    if (statusCode < 200 || statusCode >= 300) {
      refused += batch;
      if (refused === batch) console.error(`refused with ${statusCode}: ${text.slice(0, 300)}`);
      return;
    }
    latenciesMs.push(performance.now() - startMs);
    for (const { id } of (JSON.parse(text) as { passages: { id: string }[] }).passages) acknowledged.add(id);
  }

  async function client(): Promise<void> {
    while (!signal.aborted) {
      const dueMs = begunMs + (sent / rate) * 1000;
      const waitMs = dueMs - performance.now();
      if (waitMs > 1) {
        await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, 50)));
        continue;
      }
      try {
        await post();
      } catch {
        refused += batch; // killed under the request: not acknowledged
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - begunMs) / 1000;
  await agent.destroy();
  return { acknowledged, sent, refused, latenciesMs, seconds };
}

const LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ";
function randomText(): string {
  const letter = (): string => LETTERS[Math.floor(Math.random() * LETTERS.length)]!; // below the length
  return `${letter()}${letter()}${letter()}${Math.floor(1000 + Math.random() * 9000)}`;
}

export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return value === undefined ? null : Math.round(value * 10) / 10;
}
