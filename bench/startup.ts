/**
 * How long the first read takes, process start included, and how much memory many reads take.
 *
 *     node bench/startup.ts PHOTOS [--count 200] [--runs 7]
 *
 * PHOTOS is a folder of pictures, searched with its subfolders. Measures the built program (`npm run build` first),
 * as an installed one would run. Prints one JSON object.
 */
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const PROGRAM = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const PICTURE = /\.(jpe?g|png|webp|avif|tiff?|gif|bmp)$/i;
/** Runs in the measured process: tells its peak memory (kB, all threads) on descriptor 3 when it ends. */
const TELL_MEMORY = `data:text/javascript,${encodeURIComponent(
  'import{writeSync}from"node:fs";import{isMainThread}from"node:worker_threads";' +
    'if(isMainThread)process.on("exit",()=>writeSync(3,String(process.resourceUsage().maxRSS)));',
)}`;

interface Measurement {
  readonly seconds: number;
  readonly peakMB: number;
}

/** Runs `platekit read` over the pictures, its answer thrown away. */
async function measureRead(pictures: readonly string[]): Promise<Measurement> {
  const start = performance.now();
  const child = spawn(process.execPath, ["--import", TELL_MEMORY, PROGRAM, "read", "--jsonl", ...pictures], {
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  let memory = "";
  child.stdio[3]?.on("data", (chunk: Buffer) => {
    memory += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`platekit read ended with ${code}; build it first and check the pictures.`);
  return { seconds: (performance.now() - start) / 1000, peakMB: Number(memory) / 1000 };
}

async function findPictures(folder: string, count: number): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => PICTURE.test(name)).sort();
  if (names.length === 0) throw new Error(`${folder}: no pictures.`);
  const step = Math.max(1, names.length / count);
  return Array.from({ length: Math.min(count, names.length) }, (_, i) => join(folder, names[Math.floor(i * step)]!));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string", default: "200" }, runs: { type: "string", default: "7" } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error("Name a folder of pictures.");
const pictures = await findPictures(folder, Number(values.count));
const first: Measurement[] = [];
for (let run = 0; run < Number(values.runs); run++) first.push(await measureRead([pictures[run % pictures.length]!]));
const many = await measureRead(pictures);
console.log(
  JSON.stringify({
    node: process.version,
    firstReadSeconds: {
      median: median(first.map(({ seconds }) => seconds)),
      slowest: Math.max(...first.map(({ seconds }) => seconds)),
    },
    firstReadPeakMB: Math.max(...first.map(({ peakMB }) => peakMB)),
    pictures: pictures.length,
    seconds: many.seconds,
    peakMB: many.peakMB,
  }),
);
