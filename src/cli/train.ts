/** `platekit train characters`: the character network of the classic engine, from a folder of class folders. */
import { printableName } from "../node/printable-name.ts";
import type { FitState } from "../train/fit.ts";
import { NETWORKS } from "../train/presets.ts";
import { defineCommand, type ExitCode, type Terminal } from "./command.ts";
import { type CharacterFolders, readCharacterFolders } from "./train-data.ts";
import { prepareFile, trainPaths } from "./train-files.ts";
import { type TrainedNetwork, type TrainOutput, writeTrainOutput } from "./train-output.ts";
import { durationText } from "./train-progress.ts";
import { readCheckpoint, runTraining, type TrainingPlan } from "./train-run.ts";
import { createTrainingRuntime } from "./train-runtime.ts";
import { TRAIN_OPTIONS, type TrainOptions, trainSettings } from "./train-settings.ts";
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
  const plan: TrainingPlan = { settings, network: createNetwork(data.classes.length), data };
  const resume = settings.resume ? await readCheckpoint(plan) : undefined;
  await writeText(terminal.stderr, startText(plan, resume));

  const runtime = createTrainingRuntime(settings.threads);
  const { state, stopped } = await runTraining(plan, resume, runtime, terminal);
  if (stopped === "signal") {
    const { checkpoint } = trainPaths(settings.out);
    await writeText(
      terminal.stderr,
      `Stopped after ${state.history.length} whole epochs; ${printableName(checkpoint)} is written. Add --resume to go on.\n`,
    );
    return 130;
  }
  const trained = { ...plan, state };
  await writeText(terminal.stdout, endText(trained, await writeTrainOutput(trained, runtime), stopped === "goal"));
  return data.problems.length === 0 ? 0 : 1;
}

function startText({ settings, network, data }: TrainingPlan, resume: FitState | undefined): string {
  const { train, validation, classes } = data;
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
