/** Writes what a training leaves: the network with its card, the history, the charts, the report. */
import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import type { CharacterCard } from "../core/character-card.ts";
import { type Evaluation, evaluateWeights } from "../train/classify.ts";
import { bestRecord, type EpochRecord, type FitState } from "../train/fit.ts";
import { inferenceGraph } from "../train/inference-graph.ts";
import { encodeOnnx } from "../train/onnx-encode.ts";
import type { TrainingRuntime } from "../train/runtime.ts";
import type { Network } from "../train/sequential.ts";
import { confusionSvg, curvesSvg } from "./train-charts.ts";
import type { CharacterFolders } from "./train-data.ts";
import { trainPaths, writeWhole } from "./train-files.ts";
import { historyCsv } from "./train-log.ts";
import { listMistakes, type Mistake, mistakesPng } from "./train-mistakes.ts";
import { durationText } from "./train-progress.ts";
import { accuracyTile, buildTrainReport } from "./train-report.ts";
import type { TrainSettings } from "./train-settings.ts";

export interface TrainedNetwork {
  readonly settings: TrainSettings;
  readonly network: Network;
  readonly data: CharacterFolders;
  /** At least one epoch. */
  readonly state: FitState;
}

export interface TrainOutput {
  readonly best: EpochRecord;
  readonly evaluation: Evaluation;
  readonly mistakes: readonly Mistake[];
  /** Paths in the order written. */
  readonly files: readonly string[];
}

/** @throws PlateKitError OUTPUT_UNWRITABLE; files already written stay, each of them whole. */
export async function writeTrainOutput(trained: TrainedNetwork, runtime: TrainingRuntime): Promise<TrainOutput> {
  const { settings, network, data, state } = trained;
  const paths = trainPaths(settings.out);
  const best = bestRecord(state.history)!; // one epoch at least
  const onnx = encodeOnnx(inferenceGraph(network, state.bestWeights), { classes: data.classes.join(" ") });
  const evaluation = await evaluateWeights(network, state.bestWeights, data.validation, runtime);
  const mistakes = listMistakes(data.validation, evaluation, data.classes);
  const curves = curvesSvg(state.history, best.epoch);
  const confusion = confusionSvg(evaluation.confusion, data.classes);
  const files: string[] = [];
  const write = async (path: string, content: Uint8Array | string): Promise<void> => {
    await writeWhole(path, content);
    files.push(path);
  };
  await write(paths.onnx, onnx);
  await write(paths.card, json(characterCard(trained, best, evaluation, onnx)));
  await write(paths.history, json(state.history));
  if (settings.history !== undefined) await write(settings.history, historyCsv(state.history));
  await write(paths.curves, curves);
  await write(paths.confusion, confusion);
  await write(paths.mistakes, await mistakesPng(data.validation, mistakes));
  if (settings.report !== undefined) {
    const page = await buildTrainReport({
      title: `${basename(resolve(settings.folder))} · character network`,
      facts: reportFacts(trained),
      tiles: reportTiles(trained, best, evaluation),
      curvesSvg: curves,
      confusionSvg: confusion,
      history: state.history,
      bestEpoch: best.epoch,
      mistakes,
      validation: data.validation,
      problems: data.problems.map(({ message }) => message),
    });
    await write(settings.report, page);
  }
  return { best, evaluation, mistakes, files };
}

function characterCard(
  { settings, network, data, state }: TrainedNetwork,
  best: EpochRecord,
  { accuracy, microF1, macroF1, loss }: Evaluation,
  onnx: Uint8Array,
): CharacterCard {
  const [channels, height = 0, width = 0] = network.inputShape;
  const { batchSize, learningRate, shift, seed } = settings.fit;
  return {
    schema: 1,
    task: "characters",
    name: `characters-${settings.preset}`,
    version: "1.0.0",
    sha256: createHash("sha256").update(onnx).digest("hex"),
    input: {
      name: "image",
      type: "uint8",
      layout: "NHWC",
      colour: channels === 3 ? "RGB" : "grey",
      normalisation: "divided by 255 inside the graph",
    },
    resize: { rule: "stretch", width, height },
    outputs: ["probabilities"],
    alphabet: data.classes,
    training: {
      data: [{ name: basename(resolve(settings.folder)), licence: "not stated", images: data.train.labels.length }],
      preset: settings.preset,
      seed,
      epoch: best.epoch,
      epochs: state.history.length,
      batch: batchSize,
      learningRate,
      shift,
    },
    figures: { validationImages: data.validation.labels.length, accuracy, microF1, macroF1, loss },
  };
}

function reportFacts({ settings, network, data, state }: TrainedNetwork): (readonly [string, string])[] {
  const { batchSize, learningRate, schedule, shift, seed } = settings.fit;
  const seconds = state.history.reduce((sum, record) => sum + record.seconds, 0);
  return [
    ["network", `${settings.preset}, ${network.parameterCount} weights`],
    ["layers", network.layers.map(({ summary }) => summary).join(" · ")],
    [
      "pictures",
      `${data.train.labels.length} to train on, ${data.validation.labels.length} to check, ${data.classes.length} classes`,
    ],
    ["batch", String(batchSize)],
    ["learning rate", `${learningRate}, ${schedule}`],
    ["shift", String(shift)],
    ["seed", String(seed)],
    ["time", durationText(seconds)],
  ];
}

function reportTiles(
  { state }: TrainedNetwork,
  best: EpochRecord,
  { accuracy, count, microF1, macroF1, loss }: Evaluation,
): (readonly [string, string, string])[] {
  const last = state.history.at(-1)!; // one epoch at least
  return [
    accuracyTile(Math.round(accuracy * count), count),
    ["micro-F1", microF1.toFixed(4), "over all answers"],
    ["macro-F1", macroF1.toFixed(4), "mean of the classes"],
    ["loss", loss.toFixed(4), "cross-entropy on val"],
    ["kept epoch", String(best.epoch), `of ${state.history.length}; the best on val`],
    ["last epoch", last.validationAccuracy.toFixed(4), "its accuracy, not chosen by val"],
  ];
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
