/** Trains with everything around it: the live line, checkpoints, Ctrl-C, and what is kept when the loss breaks down. */
import { readFile } from "node:fs/promises";
import { PlateKitError } from "../core/errors.ts";
import { printableName } from "../node/printable-name.ts";
import { type CheckpointSettings, decodeCheckpoint, encodeCheckpoint } from "../train/checkpoint.ts";
import { type FitOutcome, type FitState, fit } from "../train/fit.ts";
import type { TrainingRuntime } from "../train/runtime.ts";
import type { Terminal } from "./command.ts";
import { trainPaths, writeWhole } from "./train-files.ts";
import { openEventLog } from "./train-log.ts";
import { type TrainedNetwork, writeTrainOutput } from "./train-output.ts";
import { createTrainProgress } from "./train-progress.ts";

/** What is trained, on what, and how. */
export type TrainingPlan = Omit<TrainedNetwork, "state">;

/**
 * Trains until the goal, the last epoch or Ctrl-C. A checkpoint is on disk after every epoch and after Ctrl-C.
 *
 * @throws PlateKitError TRAINING_FAILED when the loss is no longer a number; the best network so far is written then.
 */
export async function runTraining(
  plan: TrainingPlan,
  resume: FitState | undefined,
  runtime: TrainingRuntime,
  terminal: Pick<Terminal, "stderr">,
): Promise<FitOutcome> {
  const { settings, network, data } = plan;
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
  let last = resume;
  try {
    const outcome = await fit(network, data, settings.fit, runtime, {
      ...(resume === undefined ? {} : { resume }),
      signal: controller.signal,
      onStep: progress.onStep,
      async onEpoch(state) {
        last = state;
        progress.onEpoch(state);
        await writeCheckpoint(plan, state);
        await events?.write(state.history.at(-1)!); // the epoch that just ended
      },
    });
    if (outcome.stopped === "signal") await writeCheckpoint(plan, outcome.state);
    return outcome;
  } catch (error) {
    progress.clear();
    const isLost = error instanceof PlateKitError && error.code === "TRAINING_FAILED";
    throw isLost ? await keepBest(error, plan, last, runtime) : error;
  } finally {
    progress.clear();
    process.off("SIGINT", interrupt);
  }
}

/** Writes the best network so far after a training broke down; returns the error with what became of it. */
async function keepBest(
  error: PlateKitError,
  plan: TrainingPlan,
  state: FitState | undefined,
  runtime: TrainingRuntime,
): Promise<PlateKitError> {
  if (state === undefined || state.history.length === 0) {
    const message = `${error.message} No epoch was finished, so no network is written.`;
    return new PlateKitError(error.code, message, { cause: error });
  }
  const { best } = await writeTrainOutput({ ...plan, state }, runtime);
  const message = `${error.message} The network of epoch ${best.epoch} is kept in ${printableName(plan.settings.out)}.`;
  return new PlateKitError(error.code, message, { cause: error });
}

async function writeCheckpoint(plan: TrainingPlan, state: FitState): Promise<void> {
  const { checkpoint } = trainPaths(plan.settings.out);
  await writeWhole(checkpoint, encodeCheckpoint({ settings: checkpointSettings(plan), state }));
}

/** What must not change between a checkpoint and its continuation; only the end may move. */
function checkpointSettings({ settings: { preset, fit }, data: { train, classes } }: TrainingPlan): CheckpointSettings {
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

/**
 * The state to go on from; undefined where there is no checkpoint yet.
 *
 * @throws PlateKitError MODEL_MISMATCH when the checkpoint is damaged or of another training.
 */
export async function readCheckpoint(plan: TrainingPlan): Promise<FitState | undefined> {
  const path = trainPaths(plan.settings.out).checkpoint;
  const name = printableName(path);
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw new PlateKitError("FILE_UNREADABLE", `${name}: can't be read (${cause.code}); check its permissions.`, {
      cause,
    });
  });
  if (bytes === undefined) return undefined;
  const { settings: found, state } = decodeCheckpoint(bytes, name);
  for (const [key, value] of Object.entries(checkpointSettings(plan))) {
    if (found[key] === value) continue;
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${name}: was trained with ${key} ${found[key]}, this is ${key} ${value}; give the same, or train without --resume.`,
    );
  }
  if (state.weights.length !== plan.network.parameterCount) {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${name}: has ${state.weights.length} weights, the network ${plan.network.parameterCount}; train without --resume.`,
    );
  }
  return state;
}
