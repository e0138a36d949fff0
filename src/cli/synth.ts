/** `platekit synth`: labelled drawn plates and scenes, as pictures or packed for training. */
import { type FileHandle, mkdir, open, readdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import sharp from "sharp";
import { PlateKitError } from "../core/errors.ts";
import type { Image } from "../core/image.ts";
import { contactSheet } from "../synth/contact-sheet.ts";
import { MERGED_SIZE } from "../synth/render-merged.ts";
import { DEFAULT_PLATE_OPTIONS } from "../synth/render-plate.ts";
import { DEFAULT_SCENE_OPTIONS } from "../synth/render-scene.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";
import { createProgressBar, type ProgressBar } from "./progress-bar.ts";
import { regionCodes } from "./region-option.ts";
import {
  type FileType,
  pictureName,
  type SynthChunk,
  type SynthKind,
  type SynthReply,
  type SynthTask,
} from "./synth-worker.ts";

const options = {
  region: { type: "list", value: "de,us-ca", help: "regions to draw; default all" },
  count: { type: "number", value: "N", help: "pictures; default 100", min: 1, max: 1e9, integer: true },
  seed: {
    type: "number",
    value: "S",
    help: "same seed, same bytes; default 1",
    min: 0,
    max: 2 ** 32 - 1,
    integer: true,
  },
  difficulty: {
    type: "number",
    value: "D",
    help: `0 clean and frontal to 1 as bad as traffic cameras get; default ${DEFAULT_PLATE_OPTIONS.difficulty}`,
    min: 0,
    max: 1,
  },
  cut: {
    type: "number",
    value: "SHARE",
    help: `plates cut by the edge; default ${DEFAULT_PLATE_OPTIONS.cutShare}`,
    min: 0,
    max: 1,
  },
  free: { type: "number", value: "SHARE", help: "plates with any text on an issued layout; default 0", min: 0, max: 1 },
  negatives: {
    type: "number",
    value: "SHARE",
    help: "pictures without a plate; default 0, scenes 0.03",
    min: 0,
    max: 1,
  },
  backgrounds: { type: "text", value: "DIR", help: "pictures without plates to put scenes before" },
  type: {
    type: "text",
    value: "TYPE",
    help: "png, webp or jpg; default png, scenes jpg",
    choices: ["png", "webp", "jpg"],
  },
  raw: {
    type: "text",
    value: "WxH",
    help: "plates as one file OUT/crops.bin of N x H x W x 3 bytes, RGB, with OUT/crops.json",
  },
  sheet: { type: "text", value: "FILE.png", help: "also a contact sheet of the first pictures" },
  workers: { type: "number", value: "N", help: "default one a core", min: 1, max: 256, integer: true },
} as const;

type SynthOptions = OptionValues<typeof options>;

export const synthCommand = defineCommand({
  name: "synth",
  summary: "Draw labelled plates and scenes, as pictures or packed for training.",
  usage: "[options] plates|scenes|merged OUT",
  options,
  examples: [
    { line: "platekit synth plates --region de --count 1000 plates/", does: "German plates and plates/labels.jsonl" },
    { line: "platekit synth scenes --backgrounds photos/ --count 500 scenes/", does: "vehicles before given pictures" },
    { line: "platekit synth plates --count 100000 --raw 192x80 --free 0.1 train/", does: "packed for training" },
    {
      line: "platekit synth merged --count 1000 merged/",
      does: "plates as video sees them, the mean of several frames",
    },
    { line: "platekit synth plates --sheet sheet.png out/", does: "and a sheet to look at" },
  ],
  run,
});

async function run(words: readonly string[], given: SynthOptions, terminal: Terminal): Promise<ExitCode> {
  const [kind, out] = words;
  if (!isKind(kind) || out === undefined || words.length !== 2) {
    throw new PlateKitError(
      "OPTION_INVALID",
      `synth takes "plates", "scenes" or "merged" and a folder, found "${words.join(" ")}".`,
    );
  }
  const task = await taskOf(kind, given);
  const count = given.count ?? 100;
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw new PlateKitError("OUTPUT_UNWRITABLE", `Cannot create the folder ${out}.`, { cause });
  });
  const progress = createProgressBar(terminal.stderr, count);
  const sheet: Uint8Array[] = [];
  const keep = given.sheet === undefined ? 0 : Math.min(count, SHEET[kind].columns * SHEET[kind].rows);
  await renderAll(task, count, given.workers ?? availableParallelism(), out, progress, sheet, keep);
  if (task.plate.canvas !== undefined) {
    const { height, width } = task.plate.canvas;
    const shape = { count, height, width, channels: 3, type: "uint8", colour: "RGB", seed: task.seed };
    await writeFile(join(out, "crops.json"), `${JSON.stringify(shape)}\n`);
  }
  if (given.sheet !== undefined) await writeSheet(given.sheet, sheet, task);
  return 0;
}

function isKind(word: string | undefined): word is SynthKind {
  return word === "plates" || word === "scenes" || word === "merged";
}

/** Turns the options into what the workers are told. */
async function taskOf(kind: SynthKind, given: SynthOptions): Promise<SynthTask> {
  if (kind === "scenes" && given.raw !== undefined) {
    throw new PlateKitError("OPTION_INVALID", "--raw packs plates only; scenes are written as pictures.");
  }
  if (kind !== "scenes" && given.backgrounds !== undefined) {
    throw new PlateKitError("OPTION_INVALID", "--backgrounds is for scenes; use: platekit synth scenes.");
  }
  const foreign = kind === "merged" ? (["difficulty", "cut", "negatives"] as const) : [];
  for (const name of foreign) {
    if (given[name] !== undefined)
      throw new PlateKitError("OPTION_INVALID", `--${name} is for plates and scenes; leave it out.`);
  }
  const size = `${MERGED_SIZE.width}x${MERGED_SIZE.height}`;
  if (kind === "merged" && given.raw !== undefined && given.raw !== size) {
    throw new PlateKitError("OPTION_INVALID", `Merged pictures are ${size}; give --raw ${size}, found "${given.raw}".`);
  }
  const canvas = given.raw === undefined ? undefined : parseCanvas(given.raw);
  const type = (given.type ?? (kind === "scenes" ? "jpg" : "png")) as FileType; // parseWords checked the choices
  const difficulty = given.difficulty ?? DEFAULT_PLATE_OPTIONS.difficulty;
  const freeShare = given.free ?? DEFAULT_PLATE_OPTIONS.freeShare;
  return {
    kind,
    regions: regionCodes(given.region),
    seed: given.seed ?? 1,
    plate: {
      difficulty,
      freeShare,
      cutShare: given.cut ?? DEFAULT_PLATE_OPTIONS.cutShare,
      negativeShare: given.negatives ?? DEFAULT_PLATE_OPTIONS.negativeShare,
      ...(canvas === undefined ? {} : { canvas }),
    },
    scene: {
      ...DEFAULT_SCENE_OPTIONS,
      difficulty,
      freeShare,
      negativeShare: given.negatives ?? DEFAULT_SCENE_OPTIONS.negativeShare,
    },
    backgrounds: given.backgrounds === undefined ? [] : await listBackgrounds(given.backgrounds),
    output: canvas === undefined ? type : "raw",
  };
}

function parseCanvas(text: string): { width: number; height: number } {
  const match = /^(\d+)x(\d+)$/.exec(text);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  if (!(width >= 8 && width <= 4096 && height >= 8 && height <= 4096)) {
    throw new PlateKitError(
      "OPTION_INVALID",
      `--raw must be WIDTHxHEIGHT from 8 to 4096 pixels, such as 192x80, found "${text}".`,
    );
  }
  return { width, height };
}

/** Pictures of a folder in the order of their names, so that a seed means the same on every machine. */
async function listBackgrounds(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new PlateKitError("FILE_NOT_FOUND", `--backgrounds ${folder} is no folder that can be read.`, { cause });
  });
  const pictures = names.filter((name) => /^\.(jpe?g|png|webp|avif|tiff?)$/i.test(extname(name))).sort();
  if (pictures.length === 0) throw new PlateKitError("NO_IMAGES", `--backgrounds ${folder} holds no picture.`);
  return pictures.map((name) => join(folder, name));
}

const SHEET = {
  plates: { columns: 7, rows: 14, cellWidth: 240, cellHeight: 90 },
  scenes: { columns: 4, rows: 4, cellWidth: 420, cellHeight: 320 },
  merged: { columns: 7, rows: 14, cellWidth: 240, cellHeight: 96 },
} as const;

async function writeSheet(file: string, pictures: readonly Uint8Array[], task: SynthTask): Promise<void> {
  const { canvas } = task.plate;
  const images = await Promise.all(
    pictures.map(async (bytes): Promise<Image> => {
      if (task.output === "raw" && canvas !== undefined) return { ...canvas, data: bytes };
      const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, data };
    }),
  );
  const { width, height, data } = contactSheet(images, SHEET[task.kind]);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file)
    .catch((cause: unknown) => {
      throw new PlateKitError("OUTPUT_UNWRITABLE", `Cannot write the sheet ${file}.`, { cause });
    });
}

/** Pictures a worker renders between two messages. */
const CHUNK = { plates: 64, scenes: 4, merged: 16 } as const;

/** Hands chunks to the workers and writes their pictures in order; copies the first `keep` into `sheet`. */
async function renderAll(
  task: SynthTask,
  count: number,
  workerCount: number,
  out: string,
  progress: ProgressBar,
  sheet: Uint8Array[],
  keep: number,
): Promise<void> {
  const chunks: SynthChunk[] = [];
  const size = CHUNK[task.kind];
  for (let first = 0; first < count; first += size) chunks.push({ first, end: Math.min(count, first + size) });
  const packed = task.output === "raw" ? await open(join(out, "crops.bin"), "w") : undefined;
  const labels = await open(join(out, "labels.jsonl"), "w");
  const waiting = new Map<number, SynthReply>();
  let nextToWrite = 0;
  const store = async (reply: SynthReply): Promise<void> => {
    waiting.set(reply.first, reply);
    for (let ready = waiting.get(nextToWrite); ready !== undefined; ready = waiting.get(nextToWrite)) {
      waiting.delete(nextToWrite);
      nextToWrite += ready.lines.length;
      await writeReply(ready, task, out, labels, packed);
      if (sheet.length < keep) sheet.push(...picturesOf(ready, keep - sheet.length));
      for (let i = 0; i < ready.lines.length; i++) progress.step();
    }
  };
  let writing = Promise.resolve();
  let nextChunk = 0;
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const workers: Worker[] = [];
  const runWorker = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(`./synth-worker.${extension}`, import.meta.url), { workerData: task });
      workers.push(worker);
      const ask = (): void => {
        if (nextChunk < chunks.length) worker.postMessage(chunks[nextChunk++]);
        else resolve();
      };
      worker.on("message", (reply: SynthReply | { readonly problem: string; readonly code: PlateKitError["code"] }) => {
        if ("problem" in reply) return reject(new PlateKitError(reply.code, reply.problem));
        writing = writing.then(() => store(reply));
        writing.then(ask, reject);
      });
      worker.on("error", reject);
      ask();
    });
  try {
    await Promise.all(Array.from({ length: Math.min(workerCount, chunks.length) }, runWorker));
    await writing;
  } finally {
    progress.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
    await labels.close();
    await packed?.close();
  }
}

async function writeReply(
  { first, lines, pictures }: SynthReply,
  task: SynthTask,
  out: string,
  labels: FileHandle,
  packed: FileHandle | undefined,
): Promise<void> {
  await labels.write(`${lines.join("\n")}\n`);
  if (packed !== undefined) {
    await packed.write(pictures[0]!); // raw replies hold one buffer
    return;
  }
  await Promise.all(pictures.map((picture, i) => writeFile(join(out, pictureName(first + i, task.output)), picture)));
}

/** The first `limit` pictures of a reply, the packed buffer cut into its crops. */
function picturesOf({ lines, pictures }: SynthReply, limit: number): Uint8Array[] {
  if (pictures.length === lines.length) return pictures.slice(0, limit);
  const size = pictures[0]!.length / lines.length;
  return Array.from({ length: Math.min(limit, lines.length) }, (_, i) =>
    pictures[0]!.subarray(i * size, (i + 1) * size),
  );
}
