/** `platekit synth`: labelled drawn plates, as pictures or packed for training. */
import { mkdir, open, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { PlateKitError } from "../core/errors.ts";
import { formatsOf } from "../core/formats.ts";
import { DEFAULT_PLATE_OPTIONS } from "../synth/render-plate.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";
import { type FileType, pictureName, type SynthChunk, type SynthReply, type SynthTask } from "./synth-worker.ts";

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
  negatives: { type: "number", value: "SHARE", help: "pictures without a plate; default 0", min: 0, max: 1 },
  type: { type: "text", value: "TYPE", help: "png, webp or jpg; default png", choices: ["png", "webp", "jpg"] },
  raw: { type: "text", value: "WxH", help: "one packed file OUT/crops.bin of N x H x W x 3 bytes instead of pictures" },
  workers: { type: "number", value: "N", help: "default one a core", min: 1, max: 256, integer: true },
} as const;

export const synthCommand = defineCommand({
  name: "synth",
  summary: "Draw labelled plates, as pictures or packed for training.",
  usage: "plates [options] OUT",
  options,
  examples: [
    { line: "platekit synth plates --region de --count 1000 plates/", does: "German plates with plates/labels.jsonl" },
    { line: "platekit synth plates --count 100000 --raw 192x80 --difficulty 0.7 train/", does: "packed for training" },
  ],
  run,
});

async function run(
  words: readonly string[],
  given: OptionValues<typeof options>,
  _terminal: Terminal,
): Promise<ExitCode> {
  const [kind, out] = words;
  if (kind !== "plates" || out === undefined || words.length !== 2) {
    throw new PlateKitError("OPTION_INVALID", `synth takes "plates" and a folder, found "${words.join(" ")}".`);
  }
  const canvas = given.raw === undefined ? undefined : parseCanvas(given.raw);
  const task: SynthTask = {
    kind,
    regions: checkRegions(given.region ?? []),
    seed: given.seed ?? 1,
    plate: {
      difficulty: given.difficulty ?? DEFAULT_PLATE_OPTIONS.difficulty,
      cutShare: given.cut ?? DEFAULT_PLATE_OPTIONS.cutShare,
      freeShare: given.free ?? DEFAULT_PLATE_OPTIONS.freeShare,
      negativeShare: given.negatives ?? DEFAULT_PLATE_OPTIONS.negativeShare,
      ...(canvas === undefined ? {} : { canvas }),
    },
    output: canvas === undefined ? ((given.type ?? "png") as FileType) : "raw", // parseWords checked the choices
  };
  const count = given.count ?? 100;
  await mkdir(out, { recursive: true });
  await renderAll(task, count, given.workers ?? availableParallelism(), out);
  if (canvas !== undefined) {
    const shape = { count, height: canvas.height, width: canvas.width, channels: 3, type: "uint8", colour: "RGB" };
    await writeFile(join(out, "crops.json"), `${JSON.stringify(shape)}\n`);
  }
  return 0;
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

function checkRegions(names: readonly string[]): string[] {
  const regions = names.map((name) => name.toLowerCase());
  for (const region of regions) {
    if (formatsOf([region]).length === 0) {
      throw new PlateKitError(
        "OPTION_INVALID",
        `--region "${region}" has no format in the registry; use codes such as de or us-ca.`,
      );
    }
  }
  return regions;
}

const CHUNK = 64;

/** Hands chunks to the workers and writes their pictures in order. */
async function renderAll(task: SynthTask, count: number, workerCount: number, out: string): Promise<void> {
  const chunks: SynthChunk[] = [];
  for (let first = 0; first < count; first += CHUNK) chunks.push({ first, end: Math.min(count, first + CHUNK) });
  const packed = task.output === "raw" ? await open(join(out, "crops.bin"), "w") : undefined;
  const labels = await open(join(out, "labels.jsonl"), "w");
  const waiting = new Map<number, SynthReply>();
  let nextToWrite = 0;
  let nextChunk = 0;
  const store = async (reply: SynthReply): Promise<void> => {
    waiting.set(reply.first, reply);
    for (let ready = waiting.get(nextToWrite); ready !== undefined; ready = waiting.get(nextToWrite)) {
      waiting.delete(nextToWrite);
      nextToWrite += ready.lines.length;
      const { first, lines, pictures } = ready;
      await labels.write(`${lines.join("\n")}\n`);
      if (packed !== undefined)
        await packed.write(pictures[0]!); // raw replies hold one buffer
      else
        await Promise.all(
          pictures.map((picture, i) => writeFile(join(out, pictureName(first + i, task.output)), picture)),
        );
    }
  };
  let writing = Promise.resolve();
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const run = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(`./synth-worker.${extension}`, import.meta.url), { workerData: task });
      const ask = (): void => {
        if (nextChunk < chunks.length) worker.postMessage(chunks[nextChunk++]);
        else worker.terminate().then(() => resolve(), reject);
      };
      worker.on("message", (reply: SynthReply) => {
        writing = writing.then(() => store(reply));
        writing.then(ask, reject);
      });
      worker.on("error", reject);
      ask();
    });
  try {
    await Promise.all(Array.from({ length: Math.min(workerCount, chunks.length) }, run));
    await writing;
  } finally {
    await labels.close();
    await packed?.close();
  }
}
