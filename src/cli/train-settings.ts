/** The options of `platekit train`, and what each preset takes where they say nothing. */
import { PlateKitError } from "../core/errors.ts";
import type { FitOptions } from "../train/fit.ts";
import type { PresetName } from "../train/presets.ts";
import type { OptionValues } from "./command.ts";

export const PRESET_NAMES: readonly PresetName[] = ["small", "tutorial"];

/** What a preset is trained with unless the command line says otherwise. */
export const PRESET_DEFAULTS: Readonly<Record<PresetName, Omit<FitOptions, "seed">>> = {
  // As in the tutorial, whose batch may be 1 to 16.
  tutorial: { epochs: 80, batchSize: 16, learningRate: 1e-4, schedule: "constant", shift: 0.1, stopAt: 0.992 },
  // Characters that touch the edge lose their outline to larger shifts, and with it what tells 0 from O.
  small: { epochs: 60, batchSize: 16, learningRate: 1e-3, schedule: "cosine", shift: 0.05, stopAt: 1 },
};

/** A batch of the tutorial's network takes about 15 MB a picture. */
const MAX_BATCH = 1024;
export const MAX_THREADS = 64;

function defaultOf(key: "epochs" | "batchSize" | "learningRate" | "shift" | "stopAt"): string {
  return `default ${PRESET_DEFAULTS.small[key]}, tutorial ${PRESET_DEFAULTS.tutorial[key]}`;
}

export const TRAIN_OPTIONS = {
  preset: { type: "text", value: "NAME", help: "small (default) or tutorial: the network", choices: PRESET_NAMES },
  epochs: {
    type: "number",
    value: "N",
    help: `times through all pictures; ${defaultOf("epochs")}`,
    min: 1,
    max: 10_000,
    integer: true,
  },
  batch: {
    type: "number",
    value: "N",
    help: `pictures a step; ${defaultOf("batchSize")}`,
    min: 1,
    max: MAX_BATCH,
    integer: true,
  },
  "learning-rate": {
    type: "number",
    value: "RATE",
    help: `Adam's; ${defaultOf("learningRate")}`,
    min: 1e-12,
    max: 1e6,
  },
  shift: {
    type: "number",
    value: "SHARE",
    help: `move pictures by up to this share of their size; ${defaultOf("shift")}`,
    min: 0,
    max: 1,
  },
  "stop-at": {
    type: "number",
    value: "F1",
    help: `end when val's micro-F1 reaches this; ${defaultOf("stopAt")}`,
    min: 0,
    max: 1,
  },
  seed: {
    type: "number",
    value: "N",
    help: "same seed, same network; default 1",
    min: 0,
    max: 4294967295,
    integer: true,
  },
  out: {
    type: "text",
    value: "FILE.onnx",
    help: "the network; card, history and charts go beside it; default model.onnx",
  },
  report: { type: "text", value: "FILE.html", help: "one page with curves, confusions and mistakes" },
  history: { type: "text", value: "FILE.csv", help: "one line an epoch" },
  tensorboard: { type: "text", value: "DIR", help: "scalar events for TensorBoard, as they come" },
  resume: { type: "flag", help: "go on from the checkpoint beside --out" },
  threads: {
    type: "number",
    value: "N",
    help: "cores a step; default 1, tutorial 2",
    min: 1,
    max: MAX_THREADS,
    integer: true,
  },
} as const;

export type TrainOptions = OptionValues<typeof TRAIN_OPTIONS>;

export interface TrainSettings {
  readonly folder: string;
  readonly preset: PresetName;
  readonly fit: FitOptions;
  readonly threads: number;
  readonly out: string;
  readonly report: string | undefined;
  readonly history: string | undefined;
  readonly tensorboard: string | undefined;
  readonly resume: boolean;
}

/**
 * @param words what stands between options: `characters DIR`.
 * @throws PlateKitError OPTION_INVALID.
 */
export function trainSettings(words: readonly string[], given: TrainOptions): TrainSettings {
  const [what, folder, ...others] = words;
  if (what !== "characters" || folder === undefined || others.length > 0) {
    throw new PlateKitError(
      "OPTION_INVALID",
      `train takes the word characters and one folder: platekit train characters DIR. Found "${words.join(" ")}".`,
    );
  }
  const preset = (given.preset ?? "small") as PresetName; // checked against PRESET_NAMES
  const defaults = PRESET_DEFAULTS[preset];
  const out = given.out ?? "model.onnx";
  if (!/[^/\\]\.onnx$/.test(out)) {
    throw new PlateKitError("OPTION_INVALID", `--out must name an .onnx file, found "${out}".`);
  }
  return {
    folder,
    preset,
    fit: {
      epochs: given.epochs ?? defaults.epochs,
      batchSize: given.batch ?? defaults.batchSize,
      learningRate: given["learning-rate"] ?? defaults.learningRate,
      schedule: defaults.schedule,
      shift: given.shift ?? defaults.shift,
      stopAt: given["stop-at"] ?? defaults.stopAt,
      seed: given.seed ?? 1,
    },
    threads: given.threads ?? (preset === "tutorial" ? 2 : 1),
    out,
    report: given.report,
    history: given.history,
    tensorboard: given.tensorboard,
    resume: given.resume ?? false,
  };
}
