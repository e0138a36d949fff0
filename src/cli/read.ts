/** `platekit read`: the plates in pictures. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { PlateKitError } from "../core/errors.ts";
import { printableName } from "../node/printable-name.ts";
import type { ImageRead } from "../node/read-job.ts";
import {
  checkReaderOptions,
  ENGINE_NAMES,
  MAX_CANDIDATES,
  MAX_WORKERS,
  type ReaderOptions,
  suitableWorkers,
} from "../node/read-settings.ts";
import { createReader, type Reader } from "../node/reader.ts";
import { CLASSIC_OPTIONS, engineOptions } from "./classic-options.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";
import { createExplanation, type Explanation } from "./explain.ts";
import { type ImageRecord, imageRecord } from "./image-record.ts";
import { inOrder } from "./in-order.ts";
import { type ListedImage, listImages, STDIN_WORD } from "./list-images.ts";
import { annotatedPath, createOutputStems, cropPath } from "./output-paths.ts";
import { createProgressBar } from "./progress-bar.ts";
import { createReadOutput, type OutputForm, textColumns } from "./read-output.ts";
import { readStdin } from "./read-stdin.ts";
import { regionCodes } from "./region-option.ts";
import { writeText } from "./write-text.ts";

const OPTIONS = {
  json: { type: "flag", help: "print one JSON array" },
  jsonl: { type: "flag", help: "print one line of JSON an image, as soon as it is read" },
  csv: { type: "flag", help: "print one line a plate, comma-separated" },
  save: { type: "text", value: "DIR", help: "write the images with plates, text and confidence drawn on them" },
  crops: { type: "text", value: "DIR", help: "write every plate, straightened, as PNG" },
  region: { type: "list", value: "CODES", help: "regions to expect, such as de,fr or us-ca: a guide" },
  "region-strict": { type: "flag", help: "read plates as one of --region only" },
  "min-confidence": {
    type: "number",
    value: "P",
    min: 0,
    max: 1,
    help: "leave out plates less sure than P, 0 to 1 (default 0)",
  },
  candidates: {
    type: "number",
    value: "N",
    min: 1,
    max: MAX_CANDIDATES,
    integer: true,
    help: "most possible texts a plate (default 5); the table lists them",
  },
  workers: {
    type: "number",
    value: "N",
    min: 1,
    max: MAX_WORKERS,
    integer: true,
    help: "images read at once (default: cores, at most 3)",
  },
  engine: { type: "text", value: "NAME", choices: ENGINE_NAMES, help: `what reads: ${ENGINE_NAMES.join(" or ")}` },
  ...CLASSIC_OPTIONS,
  explain: { type: "text", value: "DIR", help: "classic: write every step as a picture, and explain.html" },
  models: { type: "text", value: "DIR", help: "folder of other models (default: those of the package)" },
  "max-bytes": { type: "size", value: "SIZE", help: "refuse larger files (default 64MiB)" },
  "max-pixels": { type: "size", value: "COUNT", help: "refuse larger pictures (default 64M)" },
} as const;

type ReadOptions = OptionValues<typeof OPTIONS>;

export const readCommand = defineCommand({
  name: "read",
  summary: "Read the plates in images.",
  usage: "[options] <files, folders, globs, or - for standard input>",
  options: OPTIONS,
  examples: [
    { line: "platekit read photo.jpg", does: "a table of its plates" },
    { line: "platekit read photos/ --save out/ --crops out/", does: "a folder, with pictures of what was found" },
    { line: "platekit read 'cam-*/**/*.jpg' --jsonl", does: "a pattern, one line of JSON an image" },
    { line: "platekit read photo.jpg --region de,at --candidates 3", does: "German or Austrian, with alternatives" },
    { line: "curl -s http://camera/snapshot | platekit read - --json", does: "from standard input" },
    { line: "platekit read scan.tif --max-pixels 200M", does: "a picture above the usual limit" },
    { line: "platekit read photo.jpg --engine classic --explain out/", does: "the tutorial's way, every step shown" },
  ],
  run: runRead,
});

async function runRead(words: readonly string[], options: ReadOptions, terminal: Terminal): Promise<ExitCode> {
  if (words.length === 0) throw invalid("Name at least one file, folder or glob, or - for standard input.");
  const form = outputForm(options);
  const readerOptions = toReaderOptions(options);
  const { save, crops, explain } = options;
  const images = await listImages(
    words,
    [save, crops, explain].filter((folder) => folder !== undefined),
  );
  const readable = images.filter((image) => !("error" in image)).length;
  const workers = options.workers ?? suitableWorkers(readable);
  for (const folder of [save, crops, explain]) if (folder !== undefined) await makeFolder(folder);

  await using reader = readable > 0 ? await createReader({ ...readerOptions, workers }) : undefined;
  const explanation = explain === undefined ? undefined : createExplanation(explain);
  const stems = createOutputStems();
  const jobs = images.map((image) => ({ image, stem: "error" in image ? "" : stems(image.outputName) }));
  const output = createReadOutput(form, terminal.stdout, {
    imageWidth: Math.max(0, ...images.map(({ image }) => textColumns(printableName(image)))),
    candidates: options.candidates !== undefined,
  });
  const progress = createProgressBar(terminal.stderr, images.length);
  const startMs = performance.now();
  let plates = 0;
  let failures = 0;
  await writeText(terminal.stdout, output.head);
  const work = (job: (typeof jobs)[number]) => readOne(job.image, job.stem, reader, options, terminal, explanation);
  for await (const record of inOrder(jobs, workers * 2, work)) {
    if ("error" in record) failures++;
    else plates += record.plates.length;
    const { text, complaint } = output.image(record);
    progress.clear();
    if (text) await writeText(terminal.stdout, text);
    if (complaint) await writeText(terminal.stderr, complaint);
    progress.step();
  }
  await writeText(terminal.stdout, output.tail);
  await explanation?.finish(images.map(({ image }) => image));
  if (form === "table" && images.length > 1) {
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    await writeText(
      terminal.stderr,
      `${count(images.length, "image")}, ${count(plates, "plate")}, ${failures} could not be read, ${seconds} s\n`,
    );
  }
  return failures > 0 ? 1 : 0;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function outputForm({ json, jsonl, csv }: ReadOptions): OutputForm {
  const chosen = Object.entries({ json, jsonl, csv }).filter(([, isChosen]) => isChosen);
  if (chosen.length > 1)
    throw invalid(`${chosen.map(([name]) => `--${name}`).join(" and ")} exclude each other; choose one.`);
  return (chosen[0]?.[0] as OutputForm | undefined) ?? "table"; // the names above are forms
}

/** @throws PlateKitError OPTION_INVALID in the words of the command line. */
function toReaderOptions(options: ReadOptions): ReaderOptions {
  const regions = regionCodes(options.region);
  if (options.explain !== undefined && options.engine !== "classic")
    throw invalid("--explain shows the steps of the classic engine; add --engine classic.");
  if (options["region-strict"] && regions.length === 0) throw invalid("--region-strict needs --region to say which.");
  const readerOptions: ReaderOptions = {
    regions,
    ...(options["region-strict"] ? { regionStrict: true } : {}),
    ...(options["min-confidence"] === undefined ? {} : { minConfidence: options["min-confidence"] }),
    ...(options.candidates === undefined ? {} : { candidates: options.candidates }),
    ...engineOptions(options),
    ...(options.models === undefined ? {} : { modelsFolder: options.models }),
    ...(options["max-bytes"] === undefined ? {} : { maxBytes: options["max-bytes"] }),
    ...(options["max-pixels"] === undefined ? {} : { maxPixels: options["max-pixels"] }),
  };
  checkReaderOptions(readerOptions);
  return readerOptions;
}

/** Reads one image and writes its pictures. What is wrong with the image is its record; what is wrong with us is thrown. */
async function readOne(
  listed: ListedImage,
  stem: string,
  reader: Reader | undefined,
  { save, crops, "max-bytes": maxBytes }: ReadOptions,
  terminal: Terminal,
  explanation: Explanation | undefined,
): Promise<ImageRecord> {
  const { image } = listed;
  try {
    if ("error" in listed) throw listed.error;
    const source = image === STDIN_WORD ? await readStdin(terminal.stdin, maxBytes) : image;
    // A reader exists wherever there is an image to read.
    const read = await reader!.readDetailed(source, {
      name: "standard input",
      annotated: save !== undefined,
      crops: crops !== undefined,
      explained: explanation !== undefined,
      transfer: true,
    });
    await writePictures(read, stem, save, crops);
    if (read.explained !== undefined) await explanation?.add(image, stem, read.explained);
    return imageRecord(image, read);
  } catch (error) {
    if (!(error instanceof PlateKitError) || error.code === "OUTPUT_UNWRITABLE" || error.code === "READER_CLOSED")
      throw error;
    return { image, error: { code: error.code, message: error.message } };
  }
}

async function writePictures(
  read: ImageRead,
  stem: string,
  save: string | undefined,
  crops: string | undefined,
): Promise<void> {
  const { annotated } = read;
  if (save !== undefined && annotated)
    await writeOutput(annotatedPath(save, stem, annotated.extension), annotated.bytes);
  for (const [i, crop] of (read.crops ?? []).entries()) {
    if (crops !== undefined) await writeOutput(cropPath(crops, stem, i, crop.extension), crop.bytes);
  }
}

async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw unwritable(folder, cause);
  });
}

function unwritable(path: string, cause: unknown): PlateKitError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  const message = `${printableName(path)}: cannot be written (${code}); choose another folder or make room.`;
  return new PlateKitError("OUTPUT_UNWRITABLE", message, { cause });
}

function invalid(message: string): PlateKitError {
  return new PlateKitError("OPTION_INVALID", message);
}
