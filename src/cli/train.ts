/** `platekit train characters`: the character network of the classic engine, from a folder of class folders. */
import { readFile } from "node:fs/promises";
import { PlateKitError } from "../core/errors.ts";
import { printableName } from "../node/printable-name.ts";
import { type CheckpointSettings, decodeCheckpoint, encodeCheckpoint } from "../train/checkpoint.ts";
import { type FitHooks, type FitOutcome, type FitState, fit } from "../train/fit.ts";
import { NETWORKS } from "../train/presets.ts";
import type { Network } from "../train/sequential.ts";
import { defineCommand, type ExitCode, type Terminal } from "./command.ts";
import { type CharacterFolders, readCharacterFolders } from "./train-data.ts";
import { prepareFile, trainPaths, writeWhole } from "./train-files.ts";
import { openEventLog } from "./train-log.ts";
import { type TrainedNetwork, type TrainOutput, writeTrainOutput } from "./train-output.ts";
import { createTrainProgress, durationText, type TrainProgress } from "./train-progress.ts";
import { createTrainingRuntime } from "./train-runtime.ts";
import { TRAIN_OPTIONS, type TrainOptions, type TrainSettings, trainSettings } from "./train-settings.ts";
import { writeText } from "./write-text.ts";

export const trainCommand = defineCommand({
  name: "train",
  summary: "Train the character network of the classic engine on pictures of your own.",
  usage: "[options] characters DIR",
  options: TRAIN_OPTIONS,
  examples: [
    { line: "platekit train characters chars/", does: "DIR has train/ and val/, each with a folder per class" },
    {
      line: "platekit train characters chars/ --report page.html",
      does: "with curves, confusions and mistakes on one page",
    },
    {
      line: "platekit train characters chars/ --preset tutorial",
      does: "the tutorial's network, as the tutorial trains it",
    },
    { line: "platekit train characters chars/ --resume", does: "go on after Ctrl-C" },
  ],
  run,
});

const MAX_PROBLEM_LINES = 20;

async function run(words: readonly string[], given: TrainOptions, terminal: Terminal): Promise<ExitCode> {
  const settings = trainSettings(words, given);
  for (const path of [settings.out, settings.report, settings.history]) {
    if (path !== undefined) await prepareFile(path);
  }
  const { createNetwork, channels, size } = NETWORKS[settings.preset];
  const data = await readCharacterFolders(settings.folder, { size, channels });
  await writeText(terminal.stderr, problemText(data));
  const network = createNetwork(data.classes.length);
  const resume = settings.resume ? await readCheckpoint(settings, network, data) : undefined;
  await writeText(terminal.stderr, startText(settings, network, data, resume));

  const outcome = await trainUntilDone(settings, network, data, resume, terminal);
  const { state } = outcome;
  if (outcome.stopped === "signal") {
    const { checkpoint } = trainPaths(settings.out);
    await writeWhole(checkpoint, encodeCheckpoint({ settings: checkpointSettings(settings, data), state }));
    await writeText(
      terminal.stderr,
      `Stopped after ${state.history.length} whole epochs; ${checkpoint} is written. Add --resume to go on.\n`,
    );
    return 130;
  }
  const output = await writeTrainOutput({ settings, network, data, state }, createTrainingRuntime(settings.threads));
  await writeText(terminal.stdout, endText({ settings, network, data, state }, output, outcome.stopped === "goal"));
  return data.problems.length === 0 ? 0 : 1;
}

/** Trains with the live line, a checkpoint an epoch, and Ctrl-C as the signal to stop. */
async function trainUntilDone(
  settings: TrainSettings,
  network: Network,
  data: CharacterFolders,
  resume: FitState | undefined,
  terminal: Terminal,
): Promise<FitOutcome> {
  const { checkpoint } = trainPaths(settings.out);
  const runtime = createTrainingRuntime(settings.threads);
  const events = settings.tensorboard === undefined ? undefined : await openEventLog(settings.tensorboard);
  const progress = createTrainProgress(terminal.stderr, settings.fit.epochs);
  const controller = new AbortController();
  const interrupt = (): void => {
    progress.clear();
    terminal.stderr.write("Stopping after this step ...\n");
    controller.abort();
  };
  // Once: a second Ctrl-C ends the program at once, and the checkpoint of the last epoch is whole.
  process.once("SIGINT", interrupt);
  let last: FitState | undefined = resume;
  const hooks: FitHooks = {
    ...(resume === undefined ? {} : { resume }),
    signal: controller.signal,
    onStep: progress.onStep,
    async onEpoch(state) {
      last = state;
      progress.onEpoch(state);
      await writeWhole(checkpoint, encodeCheckpoint({ settings: checkpointSettings(settings, data), state }));
      await events?.write(state.history.at(-1)!); // the epoch that just ended
    },
  };
  try {
    return await fit(network, data, settings.fit, runtime, hooks);
  } catch (error) {
    const isLost = error instanceof PlateKitError && error.code === "TRAINING_FAILED";
    throw isLost ? await keepBest(error, { settings, network, data, state: last }, progress) : error;
  } finally {
    progress.clear();
    process.off("SIGINT", interrupt);
  }
}

/** Writes the best weights so far after a training broke down; returns the error with what became of them. */
async function keepBest(
  error: PlateKitError,
  { state, ...rest }: Omit<TrainedNetwork, "state"> & { readonly state: FitState | undefined },
  progress: TrainProgress,
): Promise<PlateKitError> {
  progress.clear();
  if (state === undefined || state.history.length === 0) {
    return new PlateKitError(error.code, `${error.message} No epoch was finished, so no network is written.`, {
      cause: error,
    });
  }
  const { best } = await writeTrainOutput({ ...rest, state }, createTrainingRuntime(rest.settings.threads));
  const kept = `The network of epoch ${best.epoch} is kept in ${printableName(rest.settings.out)}.`;
  return new PlateKitError(error.code, `${error.message} ${kept}`, { cause: error });
}

/** What must not change between a checkpoint and its continuation; only the end may move. */
function checkpointSettings({ preset, fit }: TrainSettings, { train, classes }: CharacterFolders): CheckpointSettings {
  return {
    preset,
    batch: fit.batchSize,
    "learning-rate": fit.learningRate,
    shift: fit.shift,
    seed: fit.seed,
    // A falling rate reaches 0 at the last epoch, so that one is part of the plan.
    ...(fit.schedule === "constant" ? {} : { epochs: fit.epochs }),
    classes: classes.join(" "),
    "training pictures": train.labels.length,
  };
}

/** The state to go on from; undefined where there is no checkpoint yet. */
async function readCheckpoint(
  settings: TrainSettings,
  network: Network,
  data: CharacterFolders,
): Promise<FitState | undefined> {
  const { checkpoint: path } = trainPaths(settings.out);
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw new PlateKitError("FILE_UNREADABLE", `${printableName(path)}: can't be read (${cause.code}).`, { cause });
  });
  if (bytes === undefined) return undefined;
  const { settings: found, state } = decodeCheckpoint(bytes, printableName(path));
  for (const [name, value] of Object.entries(checkpointSettings(settings, data))) {
    if (found[name] === value) continue;
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${printableName(path)}: was trained with ${name} ${found[name]}, this is ${name} ${value}; ` +
        "give the same, or train without --resume.",
    );
  }
  if (state.weights.length !== network.parameterCount) {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${printableName(path)}: has ${state.weights.length} weights, the network ${network.parameterCount}; train without --resume.`,
    );
  }
  return state;
}

function startText(
  settings: TrainSettings,
  network: Network,
  { train, validation, classes }: CharacterFolders,
  resume: FitState | undefined,
): string {
  const absent = classes.filter((_, label) => !validation.labels.includes(label));
  return [
    `${train.labels.length} pictures of ${classes.length} classes to train on, ${validation.labels.length} to check; ` +
      `network "${settings.preset}" with ${network.parameterCount} weights.`,
    ...(absent.length > 0 ? [`val has no pictures of ${absent.join(", ")}: these are trained but not checked.`] : []),
    ...(resume ? [`Going on after epoch ${resume.history.length}.`] : []),
    ...(settings.resume && !resume ? ["No checkpoint yet: starting anew."] : []),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function endText({ settings, state }: TrainedNetwork, output: TrainOutput, reachedGoal: boolean): string {
  const { best, evaluation, mistakes, files } = output;
  const right = evaluation.count - mistakes.length;
  const seconds = state.history.reduce((sum, record) => sum + record.seconds, 0);
  return [
    `Accuracy ${evaluation.accuracy.toFixed(4)} (${right} of ${evaluation.count}), micro-F1 ${evaluation.microF1.toFixed(4)}, ` +
      `macro-F1 ${evaluation.macroF1.toFixed(4)}: epoch ${best.epoch} of ${state.history.length}, ${durationText(seconds)}` +
      `${reachedGoal ? `, stopped at ${settings.fit.stopAt}` : ""}.`,
    ...mistakes.slice(0, 10).map(({ path, truth, read, confidence }) => {
      return `  ${printableName(path)}: ${truth} read as ${read} (${(confidence * 100).toFixed(0)} %)`;
    }),
    ...(mistakes.length > 10 ? [`  and ${mistakes.length - 10} more`] : []),
    `Written: ${files.map(printableName).join(", ")}`,
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function problemText({ problems }: CharacterFolders): string {
  const hidden = problems.length - MAX_PROBLEM_LINES;
  const lines = problems.slice(0, MAX_PROBLEM_LINES).map(({ message }) => `left out: ${message}`);
  return [...lines, ...(hidden > 0 ? [`and ${hidden} more left out.`] : [])].map((line) => `${line}\n`).join("");
}
