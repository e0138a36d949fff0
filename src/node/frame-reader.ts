/** Finds and reads the plates of video frames in worker threads; several cameras may share one. */
import "./no-telemetry.ts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { MAX_SIDE_PX } from "../classic/cascade.ts";
import { PlateKitError } from "../core/errors.ts";
import { parseModelCard } from "../core/model-card.ts";
import type { FrameJob, FrameReply, MergedJob, MergedReply } from "./frame-job.ts";
import { DEFAULT_MODELS_FOLDER } from "./models-folder.ts";
import { checkReaderOptions, type ReaderOptions, type ReadSettings } from "./read-settings.ts";
import { createWorkerPool } from "./worker-pool.ts";

export interface FrameReader extends AsyncDisposable {
  /** Longer side of the picture the detector looks at; frames scaled to it before need no scaling here. */
  readonly detectorSide: number;
  /** Frames read at once. */
  readonly workers: number;
  /** How many of them have nothing to do. */
  free(): number;
  read(job: FrameJob): Promise<FrameReply>;
  readMerged(job: MergedJob): Promise<MergedReply>;
  close(): Promise<void>;
}

export interface FrameReaderOptions extends ReaderOptions {
  /** Load the net for merged pictures too. Default true; what only finds plates, or reads them frame by frame, does without. */
  readonly isMerging?: boolean;
}

/** Given to each thread. */
export interface FrameWorkerData {
  readonly settings: ReadSettings;
  readonly isMerging: boolean;
}

/**
 * A camera is watched for months, so its memory must stay what it is. Left alone, each thread's heap swung between 19 and 55 MB;
 * with this it stays below 35, at the same processor time.
 */
const YOUNG_MB = 12;

/** @throws PlateKitError OPTION_INVALID, MODEL_MISSING or MODEL_MISMATCH. */
export async function createFrameReader({
  isMerging = true,
  ...options
}: FrameReaderOptions = {}): Promise<FrameReader> {
  const { settings, workers } = checkReaderOptions(options);
  // The threads run the same kind of file as this one: .ts from the sources, .js from dist.
  const entry = new URL(import.meta.url.endsWith(".ts") ? "./frame-worker.ts" : "./frame-worker.js", import.meta.url);
  const pool = createWorkerPool<FrameJob | MergedJob, FrameReply | MergedReply>({
    entry,
    workerData: { settings, isMerging } satisfies FrameWorkerData,
    size: workers,
    youngMB: YOUNG_MB,
  });
  await pool.start(); // says more about a missing or wrong model than reading the card would
  return {
    detectorSide: settings.engine === "classic" ? MAX_SIDE_PX : await sideOfDetector(settings.modelsFolder),
    workers,
    free: () => pool.free(),
    // frame-worker.ts answers each kind of job with its own reply
    read: (job) => pool.run(job) as Promise<FrameReply>,
    readMerged: (job) => pool.run(job) as Promise<MergedReply>,
    close: () => pool.close(),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

async function sideOfDetector(modelsFolder: string = DEFAULT_MODELS_FOLDER): Promise<number> {
  const path = join(modelsFolder, "detector.json");
  const json = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new PlateKitError("MODEL_MISSING", `${path}: cannot be read; give the folder of the models.`, { cause });
  });
  return parseModelCard(json, "detector", path).resize.longSide;
}
