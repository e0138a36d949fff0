/**
 * How long the first read takes, process start included, and how much memory many reads take.
 *
 *     node bench/startup.ts PHOTOS [--count 200] [--runs 7] [--models DIR]
 *
 * PHOTOS is a folder of pictures, searched with its subfolders. Measures the built program (`npm run build` first),
 * as an installed one would run. Prints one JSON object.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const PROGRAM = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const PICTURE = /\.(jpe?g|png|webp|avif|tiff?|gif|bmp)$/i;
/** Runs in the measured process: writes its peak memory (kB, all threads) to the file in the environment at its end. */
const TELL_MEMORY = `data:text/javascript,${encodeURIComponent(
  'import{writeFileSync}from"node:fs";import{isMainThread}from"node:worker_threads";' +
    'if(isMainThread)process.on("exit",()=>writeFileSync(process.env.MEMORY_FILE,String(process.resourceUsage().maxRSS)));',
)}`;

interface Measurement {
  readonly seconds: number;
  readonly peakMB: number;
}

/** Runs `platekit read` over the pictures, its answer thrown away. */
function measureRead(pictures: readonly string[], modelWords: readonly string[]): Measurement {
  const memoryFile = join(tmpdir(), `platekit-startup-${process.pid}`);
  const start = performance.now();
  const { status, signal } = spawnSync(
    process.execPath,
    ["--import", TELL_MEMORY, PROGRAM, "read", "--jsonl", ...modelWords, ...pictures],
    { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, MEMORY_FILE: memoryFile } },
  );
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) {
    throw new Error(`platekit read ended with ${signal ?? status}; build it first and check pictures and models.`);
  }
  const peakMB = Number(readFileSync(memoryFile, "utf8")) / 1000;
  rmSync(memoryFile);
  return { seconds, peakMB };
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
  options: {
    count: { type: "string", default: "200" },
    runs: { type: "string", default: "7" },
    models: { type: "string" },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error("Name a folder of pictures.");
const pictures = await findPictures(folder, Number(values.count));
const modelWords = values.models === undefined ? [] : ["--models", values.models];
const first: Measurement[] = [];
for (let run = 0; run < Number(values.runs); run++)
  first.push(measureRead([pictures[run % pictures.length]!], modelWords));
const many = measureRead(pictures, modelWords);
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
