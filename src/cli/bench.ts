/** `platekit bench`: how well and how fast an engine reads a labelled dataset. */
import { access, constants, readFile, stat, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { dirname, join, resolve } from "node:path";
import { PlateKitError } from "../core/errors.ts";
import { parseModelCard } from "../core/model-card.ts";
import { readDataset, type Sample } from "../node/dataset.ts";
import { ENGINE_NAMES, MAX_WORKERS, type ReaderOptions, suitableWorkers } from "../node/read-settings.ts";
import { createReader, type Reader } from "../node/reader.ts";
import { runFigures } from "./bench-figures.ts";
import { judge } from "./bench-judge.ts";
import { benchJson, benchText, percent, type RunName } from "./bench-output.ts";
import { givenDetection, measure, type ReaderUnderTest } from "./bench-run.ts";
import { CLASSIC_OPTIONS, engineOptions } from "./classic-options.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";
import { createProgressBar } from "./progress-bar.ts";
import { regionCodes } from "./region-option.ts";
import { buildReport } from "./report.ts";
import type { JudgedRun } from "./report-sections.ts";
import { writeText } from "./write-text.ts";

const options = {
  engine: { type: "text", value: "NAME", help: `${ENGINE_NAMES.join(" or ")}; default neural`, choices: ENGINE_NAMES },
  ...CLASSIC_OPTIONS,
  crops: { type: "flag", help: "only the crops, by the reader alone: it is told where the plate is" },
  json: { type: "flag", help: "the figures as one JSON object" },
  report: { type: "text", value: "FILE.html", help: "write a page with figures, charts and the failures" },
  workers: {
    type: "number",
    value: "N",
    help: "pictures read at once; default one a core, at most 3",
    min: 1,
    max: MAX_WORKERS,
    integer: true,
  },
  limit: {
    type: "number",
    value: "N",
    help: "measure at most N pictures a run, spread evenly over the dataset",
    min: 1,
    integer: true,
  },
  region: { type: "list", value: "de,fr", help: "regions to expect, as a guide" },
  models: { type: "text", value: "DIR", help: "folder of the models and their cards" },
  "fit-calibration": {
    type: "text",
    value: "FILE.json",
    help: "instead of measuring, fit the confidence to what is right here and write it for the recognizer's card",
  },
} as const;

const MAX_PROBLEM_LINES = 20;

type BenchOptions = OptionValues<typeof options>;

export const benchCommand = defineCommand({
  name: "bench",
  summary: "Measure accuracy, calibration and speed on labelled pictures.",
  usage: "[options] DATASET",
  options,
  examples: [
    { line: "platekit bench val/", does: "scenes and negatives end to end, crops by the reader alone" },
    { line: "platekit bench val/ --report report.html", does: "with charts and a gallery of the failures" },
    { line: "platekit bench val/crops --crops --json", does: "figures of the reader as JSON" },
    { line: "platekit bench val/ --limit 100", does: "a quick look" },
  ],
  run,
});

async function run(words: readonly string[], given: BenchOptions, terminal: Terminal): Promise<ExitCode> {
  const [folder, ...others] = words;
  if (folder === undefined || others.length > 0) {
    throw new PlateKitError(
      "OPTION_INVALID",
      `bench takes one dataset folder, found ${words.length}; see platekit bench --help.`,
    );
  }
  const { report, "fit-calibration": calibration } = given;
  if (calibration !== undefined && (given.json || report !== undefined || given.engine === "classic")) {
    throw new PlateKitError(
      "OPTION_INVALID",
      "--fit-calibration measures nothing; leave out --json, --report and --engine.",
    );
  }
  for (const path of [report, calibration]) if (path !== undefined) await requireWritable(path);
  const { samples, problems } = await readDataset(folder);
  const parts = selectRuns(samples, given.crops ?? false, folder).map(({ name, samples }) => ({
    name,
    samples: spreadEvenly(samples, given.limit ?? Number.POSITIVE_INFINITY),
  }));
  if (calibration !== undefined)
    return fitCalibrationFile(
      calibration,
      parts.flatMap((part) => part.samples),
      problems,
      given,
      terminal,
    );
  const { readerOptions, workers } = readerSettings(given, Math.max(...parts.map((part) => part.samples.length)));
  const runs: JudgedRun[] = [];
  const left = [...problems];
  {
    await using reader = await createReader(readerOptions);
    await warmUp(reader, workers);
    for (const part of parts) {
      const progress = createProgressBar(terminal.stderr, part.samples.length);
      const measured = await measure(part.samples, underTest(reader), workers * 2, () => progress.step());
      progress.clear();
      left.push(...measured.problems);
      runs.push(judgeRun(part.name, measured));
    }
  }
  await writeText(terminal.stderr, problemText(left));
  if (report !== undefined) await writeReport(report, folder, runs, left, readerOptions);
  // selectRuns gave one run at least.
  const text = given.json
    ? `${JSON.stringify(benchJson(runs as [JudgedRun, ...JudgedRun[]]), null, 2)}\n`
    : benchText(runs);
  await writeText(terminal.stdout, text);
  return left.length === 0 ? 0 : 1;
}

function readerSettings(given: BenchOptions, pictureCount: number): { readerOptions: ReaderOptions; workers: number } {
  const workers = given.workers ?? suitableWorkers(pictureCount);
  return {
    workers,
    readerOptions: {
      workers,
      ...engineOptions(given),
      ...(given.region === undefined ? {} : { regions: regionCodes(given.region) }),
      ...(given.models === undefined ? {} : { modelsFolder: given.models }),
    },
  };
}

/**
 * What to run on a dataset: scenes and negatives end to end, crops by the reader alone, each where there are any.
 *
 * @throws PlateKitError DATASET_INVALID when nothing is left to run.
 */
export function selectRuns(
  samples: readonly Sample[],
  cropsOnly: boolean,
  folder: string,
): { readonly name: RunName; readonly samples: readonly Sample[] }[] {
  const isCrop = ({ kind }: Sample) => kind === "crop";
  const runs = [
    { name: "end-to-end" as const, samples: cropsOnly ? [] : samples.filter((sample) => !isCrop(sample)) },
    { name: "crops" as const, samples: samples.filter(isCrop) },
  ].filter((part) => part.samples.length > 0);
  if (runs.length === 0) {
    const found = samples.length === 0 ? "no pictures" : "no crops, which --crops needs";
    throw new PlateKitError("DATASET_INVALID", `${folder}: ${found}; name a folder whose labels list some.`);
  }
  return runs;
}

/** At most `limit` items, at equal steps, so that every set keeps its share. */
export function spreadEvenly<Item>(items: readonly Item[], limit: number): readonly Item[] {
  if (items.length <= limit) return items;
  return Array.from({ length: limit }, (_, i) => items[Math.floor((i * items.length) / limit)]!);
}

function underTest(reader: Reader): ReaderUnderTest {
  return {
    async read(path) {
      const { width, height, plates, ms } = await reader.readDetailed(path);
      return { width, height, plates, ms: ms.total };
    },
    async readPlateAt(path, quad) {
      const { width, height, plates, ms } = await reader.readDetailed(path, { detections: [givenDetection(quad)] });
      return { width, height, plates, ms: ms.total };
    },
  };
}

/** Starts all threads before the clock does. */
async function warmUp(reader: Reader, workers: number): Promise<void> {
  const grey = () => ({ width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(128) });
  await Promise.all(Array.from({ length: workers }, () => reader.read(grey())));
}

function judgeRun(name: RunName, measured: Awaited<ReturnType<typeof measure>>): JudgedRun {
  const judgements = measured.outcomes.map(judge);
  return {
    name,
    judgements,
    figures: runFigures(judgements, name === "end-to-end"),
    cpuMsPerImage: judgements.length === 0 ? null : measured.cpuMs / judgements.length,
  };
}

/** Loaded only here: the features are computed in this thread, with the nets in it. */
async function fitCalibrationFile(
  path: string,
  samples: readonly Sample[],
  problems: readonly PlateKitError[],
  given: BenchOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { collectFeatures, fitReads } = await import("./bench-calibration.ts");
  const { loadModels } = await import("../node/load-model.ts");
  const models = await loadModels(given.models);
  const progress = createProgressBar(terminal.stderr, samples.length);
  const collected = await collectFeatures(samples, models, regionCodes(given.region), () => progress.step()).finally(
    () => Promise.all([models.detector.close(), models.recognizer.close()]),
  );
  progress.clear();
  const left = [...problems, ...collected.problems];
  await writeText(terminal.stderr, problemText(left));
  const fit = fitReads(collected.reads, models.recognizer.card.calibration.temperature, collected.plateCheck);
  await writeOutput(path, `${JSON.stringify(fit)}\n`);
  const errors = `calibration error ${percent(fit.errorBefore)} before, ${percent(fit.errorHeldOut)} after (held out)`;
  await writeText(
    terminal.stdout,
    `${fit.reads.length} reads: ${errors}\n${JSON.stringify({ calibration: fit.calibration, plateCheck: fit.plateCheck }, null, 2)}\n`,
  );
  return left.length === 0 ? 0 : 1;
}

/** The first few of what was left out; a report lists more. */
function problemText(problems: readonly PlateKitError[]): string {
  const hidden = problems.length - MAX_PROBLEM_LINES;
  const lines = problems.slice(0, MAX_PROBLEM_LINES).map(({ message }) => message);
  return [...lines, ...(hidden > 0 ? [`and ${hidden} more left out.`] : [])].map((line) => `${line}\n`).join("");
}

/** Said before minutes of measuring, not after. */
async function requireWritable(path: string): Promise<void> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const reason = isFolder
    ? "is a folder"
    : await access(dirname(resolve(path)), constants.W_OK).then(
        () => null,
        () => "its folder can't be written to",
      );
  if (reason !== null)
    throw new PlateKitError("OUTPUT_UNWRITABLE", `${path}: ${reason}; give a file in a folder that exists.`);
}

async function writeReport(
  path: string,
  folder: string,
  runs: readonly JudgedRun[],
  problems: readonly PlateKitError[],
  readerOptions: ReaderOptions,
): Promise<void> {
  const { engine = "neural", workers, regions, modelsFolder } = readerOptions;
  const page = await buildReport(runs, {
    dataset: folder,
    createdAtMs: Date.now(),
    problems: problems.map(({ message }) => message),
    facts: [
      ["engine", engine === "classic" ? `classic, ${readerOptions.steps ?? "robust"} steps` : engine],
      ...(engine === "neural" ? [["models", await modelNames(modelsFolder)] as const] : []),
      ...(regions === undefined ? [] : [["regions expected", regions.join(", ")] as const]),
      ["workers", String(workers)],
      ["CPU", `${cpus()[0]?.model.trim() ?? "unknown"}, ${availableParallelism()} cores`],
      ["Node", process.version],
    ],
  });
  await writeOutput(path, page);
}

async function writeOutput(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((cause: unknown) => {
    throw new PlateKitError(
      "OUTPUT_UNWRITABLE",
      `${path}: can't be written (${(cause as Error).message}); check the disk.`,
      { cause },
    );
  });
}

/** Name and version of both nets, from the cards the reader has accepted. */
async function modelNames(given: string | undefined): Promise<string> {
  // Loaded only here: it brings ONNX Runtime, which this thread has no other use for.
  const modelsFolder = given ?? (await import("../node/load-model.ts")).DEFAULT_MODELS_FOLDER;
  const names = (["detector", "recognizer"] as const).map(async (task) => {
    const path = join(modelsFolder, `${task}.json`);
    const { name, version } = parseModelCard(await readFile(path, "utf8"), task, path);
    return `${name} ${version}`;
  });
  return (await Promise.all(names)).join(", ");
}
