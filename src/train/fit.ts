/** The training loop: epochs of steps, a look at the validation pictures after each, the best weights kept. */
import { PlateKitError } from "../core/errors.ts";
import { drawMasks, dropoutRandom, epochBatches, type LabelledPictures } from "./batches.ts";
import { evaluateWeights } from "./classify.ts";
import { encodeOnnx } from "./onnx-encode.ts";
import type { Feed, GraphSession, TrainingRuntime } from "./runtime.ts";
import { mostProbable } from "./scores.ts";
import { initialWeights, type Network } from "./sequential.ts";
import { adamRate, type TrainingGraph, trainingGraph } from "./training-graph.ts";

export interface FitOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Constant, or falling to 0 along half a cosine over all epochs. */
  readonly schedule: "constant" | "cosine";
  /** Pictures are moved by up to this share of their size. */
  readonly shift: number;
  /** Training ends after an epoch with a validation micro-F1 of at least this. */
  readonly stopAt: number;
  readonly seed: number;
}

/** What one epoch did. Training figures are taken while the weights change, with shifts and dropout. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  readonly trainingLoss: number;
  readonly trainingAccuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  readonly microF1: number;
  readonly macroF1: number;
  /** Of this epoch, validation included. */
  readonly seconds: number;
}

/** All that training goes on from, after whole epochs. The arrays are never changed once they are here. */
export interface FitState {
  readonly history: readonly EpochRecord[];
  /** Steps taken. */
  readonly step: number;
  readonly weights: Float32Array;
  readonly moment1: Float32Array;
  readonly moment2: Float32Array;
  readonly bestWeights: Float32Array;
}

export interface StepProgress {
  readonly epoch: number;
  /** From 1, within the epoch. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Means over the epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
}

export interface FitHooks {
  /** Goes on from here instead of from fresh weights. The outcome is the same as without the interruption. */
  readonly resume?: FitState;
  /** Stops after the current step. */
  readonly signal?: AbortSignal;
  onStep?(progress: StepProgress): void;
  /** Waited for: the place to write a checkpoint. */
  onEpoch?(state: FitState): void | Promise<void>;
  /** A clock in milliseconds. */
  nowMs?(): number;
}

export interface FitOutcome {
  readonly state: FitState;
  /** Micro-F1 reached the goal, the epochs ran out, or the signal came (then the unfinished epoch is dropped). */
  readonly stopped: "goal" | "epochs" | "signal";
}

/**
 * Trains a network whose last layer is softmax().
 *
 * @throws PlateKitError TRAINING_FAILED when the loss is no longer a number, naming the step.
 */
export async function fit(
  network: Network,
  pictures: { readonly train: LabelledPictures; readonly validation: LabelledPictures },
  options: FitOptions,
  runtime: TrainingRuntime,
  hooks: FitHooks = {},
): Promise<FitOutcome> {
  const graph = trainingGraph(network);
  const session = await runtime.load(encodeOnnx(graph.onnx));
  const nowMs = hooks.nowMs ?? (() => performance.now());
  let state = hooks.resume ?? freshState(network, options.seed);
  try {
    while (!reachedGoal(state, options) && state.history.length < options.epochs) {
      const startMs = nowMs();
      const epoch = state.history.length + 1;
      const trained = await trainEpoch(session, graph, state, pictures.train, options, hooks);
      if (!trained) return { state, stopped: "signal" };
      const { validation } = pictures;
      const { loss, accuracy, microF1, macroF1 } = await evaluateWeights(network, trained.weights, validation, runtime);
      requireFinite(loss, "validation loss", trained.step, epoch);
      const record: EpochRecord = {
        epoch,
        trainingLoss: trained.loss,
        trainingAccuracy: trained.accuracy,
        validationLoss: loss,
        validationAccuracy: accuracy,
        microF1,
        macroF1,
        seconds: (nowMs() - startMs) / 1000,
      };
      const { weights, moment1, moment2, step } = trained;
      const history = [...state.history, record];
      const bestWeights = bestRecord(history) === record ? weights : state.bestWeights;
      state = { history, step, weights, moment1, moment2, bestWeights };
      await hooks.onEpoch?.(state);
    }
  } finally {
    await session.close();
  }
  return { state, stopped: reachedGoal(state, options) ? "goal" : "epochs" };
}

/** The epoch with the highest micro-F1; among equals the one with the lowest validation loss. */
export function bestRecord(history: readonly EpochRecord[]): EpochRecord | undefined {
  return history.reduce<EpochRecord | undefined>(
    (best, record) =>
      best &&
      (best.microF1 > record.microF1 ||
        (best.microF1 === record.microF1 && best.validationLoss <= record.validationLoss))
        ? best
        : record,
    undefined,
  );
}

function reachedGoal({ history }: FitState, { stopAt }: FitOptions): boolean {
  return (history.at(-1)?.microF1 ?? -1) >= stopAt;
}

function freshState(network: Network, seed: number): FitState {
  const weights = initialWeights(network, seed);
  const zeros = new Float32Array(network.parameterCount);
  return { history: [], step: 0, weights, moment1: zeros, moment2: zeros, bestWeights: weights };
}

interface TrainedEpoch {
  readonly step: number;
  readonly weights: Float32Array;
  readonly moment1: Float32Array;
  readonly moment2: Float32Array;
  readonly loss: number;
  readonly accuracy: number;
}

/** One pass over the training pictures; undefined when the signal came. */
async function trainEpoch(
  session: GraphSession,
  { masks }: TrainingGraph,
  state: FitState,
  pictures: LabelledPictures,
  options: FitOptions,
  hooks: FitHooks,
): Promise<TrainedEpoch | undefined> {
  const { batchSize, shift, seed } = options;
  const epoch = state.history.length + 1;
  const stepsPerEpoch = Math.ceil(pictures.labels.length / batchSize);
  const random = dropoutRandom(seed, epoch);
  let { step, weights, moment1, moment2 } = state;
  let lossSum = 0;
  let right = 0;
  let seen = 0;
  for (const { images, labels } of epochBatches(pictures, { batchSize, shift, seed, epoch })) {
    if (hooks.signal?.aborted) return undefined;
    const count = labels.data.length;
    step++;
    const rate = adamRate(scheduledRate(options, (step - 1) / (options.epochs * stepsPerEpoch)), step);
    const outputs = await session.run({
      images,
      labels,
      ...drawMasks(masks, count, random),
      weights: vector(weights),
      moment1: vector(moment1),
      moment2: vector(moment2),
      rate: vector(Float32Array.of(rate)),
    });
    // trainingGraph names these outputs.
    const loss = outputs.loss!.data[0]!;
    requireFinite(loss, "loss", step, epoch);
    weights = outputs["weights.next"]!.data;
    moment1 = outputs["moment1.next"]!.data;
    moment2 = outputs["moment2.next"]!.data;
    const predicted = mostProbable(outputs.probabilities!.data, outputs.probabilities!.shape[1]!);
    right += predicted.reduce((sum, label, i) => sum + (label === labels.data[i] ? 1 : 0), 0);
    lossSum += loss * count;
    seen += count;
    const stepInEpoch = step - state.step;
    hooks.onStep?.({ epoch, step: stepInEpoch, stepsPerEpoch, loss: lossSum / seen, accuracy: right / seen });
  }
  return { step, weights, moment1, moment2, loss: lossSum / seen, accuracy: right / seen };
}

/** @param done share of all steps taken, 0..1. */
function scheduledRate({ learningRate, schedule }: FitOptions, done: number): number {
  return schedule === "constant" ? learningRate : (learningRate * (1 + Math.cos(Math.PI * done))) / 2;
}

function vector(data: Float32Array): Feed {
  return { data, shape: [data.length] };
}

function requireFinite(value: number, what: string, step: number, epoch: number): void {
  if (Number.isFinite(value)) return;
  throw new PlateKitError(
    "TRAINING_FAILED",
    `The ${what} became ${value} at step ${step} (epoch ${epoch}); lower the learning rate.`,
  );
}
