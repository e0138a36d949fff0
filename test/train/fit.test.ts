import assert from "node:assert/strict";
import { test } from "node:test";
import { createTrainingRuntime } from "../../src/cli/train-runtime.ts";
import { drawMasks, epochBatches } from "../../src/train/batches.ts";
import {
  adamRate,
  bestRecord,
  dense,
  dropout,
  type EpochRecord,
  encodeOnnx,
  type FitOptions,
  type FitState,
  fit,
  flatten,
  initialWeights,
  type LabelledPictures,
  relu,
  sequential,
  softmax,
  trainingGraph,
} from "../../src/train/index.ts";
import { createRandom } from "../../src/train/random.ts";
import { gradientGraph } from "../../src/train/training-graph.ts";

/** Two classes: the left or the right half of a 4×4 picture is bright. */
function halves(count: number, seed: number): LabelledPictures {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: count * 16 }, (_, i) => {
    const isBright = (i % 4 < 2 ? 0 : 1) === labels[Math.floor(i / 16)];
    return Math.floor((isBright ? 120 : 20) + 100 * random());
  });
  return { height: 4, width: 4, channels: 1, pixels, labels };
}

const network = sequential([1, 4, 4], [flatten(), dense(8), relu(), dropout(0.2), dense(2), softmax()]);
const pictures = { train: halves(40, 1), validation: halves(20, 2) };
const runtime = createTrainingRuntime(1);
const options: FitOptions = {
  epochs: 4,
  batchSize: 8,
  learningRate: 0.003,
  schedule: "cosine",
  shift: 0.1,
  stopAt: 2, // never
  seed: 1,
};

test("a step of the graph is a step of Adam", async () => {
  const [batch] = [...epochBatches(pictures.train, { batchSize: 8, shift: 0, seed: 1, epoch: 1 })];
  const step = trainingGraph(network);
  const slope = gradientGraph(network);
  const stepSession = await runtime.load(encodeOnnx(step.onnx));
  const slopeSession = await runtime.load(encodeOnnx(slope.onnx));
  const count = network.parameterCount;
  let weights: Float32Array = initialWeights(network, 1);
  let moments: [Float32Array, Float32Array] = [new Float32Array(count), new Float32Array(count)];
  const expected = {
    weights: Float64Array.from(weights),
    first: new Float64Array(count),
    second: new Float64Array(count),
  };
  for (let t = 1; t <= 5; t++) {
    const masks = drawMasks(step.masks, 8, createRandom(t));
    const feeds = { ...batch!, ...masks, weights: { data: weights, shape: [count] } };
    const { gradient } = await slopeSession.run(feeds);
    const outputs = await stepSession.run({
      ...feeds,
      moment1: { data: moments[0], shape: [count] },
      moment2: { data: moments[1], shape: [count] },
      rate: { data: Float32Array.of(adamRate(0.01, t)), shape: [1] },
    });
    weights = outputs["weights.next"]!.data;
    moments = [outputs["moment1.next"]!.data, outputs["moment2.next"]!.data];
    for (let i = 0; i < count; i++) {
      const g = gradient!.data[i]!;
      expected.first[i] = 0.9 * expected.first[i]! + 0.1 * g;
      expected.second[i] = 0.999 * expected.second[i]! + 0.001 * g * g;
      const rate = (0.01 * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
      expected.weights[i] =
        expected.weights[i]! - (rate * expected.first[i]!) / (Math.sqrt(expected.second[i]!) + 1e-7);
      assert.ok(Math.abs(weights[i]! - expected.weights[i]!) < 1e-4, `step ${t}, weight ${i}`);
    }
  }
  await stepSession.close();
  await slopeSession.close();
});

test("training learns, tells of every step and stops at the goal", async () => {
  let steps = 0;
  const { state, stopped } = await fit(
    network,
    pictures,
    { ...options, learningRate: 0.02, epochs: 50, stopAt: 1 },
    runtime,
    { onStep: () => void steps++ },
  );
  assert.equal(stopped, "goal");
  assert.ok(state.history.length < 50);
  assert.equal(state.history.at(-1)!.microF1, 1);
  assert.ok(state.history.slice(0, -1).every(({ microF1 }) => microF1 < 1));
  assert.equal(steps, state.history.length * 5);
  assert.equal(state.step, steps);
});

test("epochs run out, and the losses have fallen", async () => {
  const { state, stopped } = await fit(network, pictures, options, runtime);
  assert.equal(stopped, "epochs");
  assert.deepEqual(
    state.history.map(({ epoch }) => epoch),
    [1, 2, 3, 4],
  );
  assert.ok(state.history[3]!.validationLoss < state.history[0]!.validationLoss);
});

test("equal seeds give equal weights, another seed others", async () => {
  const weightsOf = async (seed: number) => (await fit(network, pictures, { ...options, seed }, runtime)).state.weights;
  assert.deepEqual(await weightsOf(1), await weightsOf(1));
  assert.notDeepEqual(await weightsOf(1), await weightsOf(2));
});

test("a resumed training ends as the uninterrupted one", async () => {
  const states: FitState[] = [];
  const whole = await fit(network, pictures, options, runtime, { onEpoch: (state) => void states.push(state) });
  const resumed = await fit(network, pictures, options, runtime, { resume: states[1]! });
  const withoutTimes = ({ history, ...arrays }: FitState) => ({
    ...arrays,
    history: history.map((record) => ({ ...record, seconds: 0 })),
  });
  assert.deepEqual(withoutTimes(resumed.state), withoutTimes(whole.state));
});

test("a finished training that is resumed stays as it is", async () => {
  const { state } = await fit(network, pictures, options, runtime);
  const again = await fit(network, pictures, options, runtime, { resume: state });
  assert.equal(again.state, state);
});

test("the signal stops within an epoch and leaves the last whole one", async () => {
  const controller = new AbortController();
  const { state, stopped } = await fit(network, pictures, options, runtime, {
    signal: controller.signal,
    onStep: ({ epoch, step }) => {
      if (epoch === 2 && step === 2) controller.abort();
    },
  });
  assert.equal(stopped, "signal");
  assert.equal(state.history.length, 1);
  assert.equal(state.step, 5);
});

test("a loss that is no number stops with the step's name, after the good epochs were handed out", async () => {
  const good: FitState[] = [];
  // Pixels can't be infinite, so the rate is what breaks it: after one step the weights are too large for floats.
  const broken = fit(network, pictures, { ...options, learningRate: 1e38 }, runtime, {
    onEpoch: (state) => void good.push(state),
  });
  await assert.rejects(broken, {
    code: "TRAINING_FAILED",
    message: /loss became (NaN|Infinity) at step \d+ \(epoch 1\)/,
  });
  assert.equal(good.length, 0);
});

const record = (epoch: number, microF1: number, validationLoss: number): EpochRecord => ({
  epoch,
  microF1,
  validationLoss,
  validationAccuracy: microF1,
  macroF1: microF1,
  trainingLoss: 1,
  trainingAccuracy: 0,
  seconds: 1,
});
const histories = [
  { name: "none of none", history: [], best: undefined },
  { name: "higher F1 wins", history: [record(1, 0.5, 1), record(2, 0.7, 2), record(3, 0.6, 0)], best: 2 },
  { name: "among equals the lower loss", history: [record(1, 0.7, 2), record(2, 0.7, 1), record(3, 0.7, 3)], best: 2 },
  { name: "among equals in all the earlier", history: [record(1, 0.7, 1), record(2, 0.7, 1)], best: 1 },
];
for (const { name, history, best } of histories) {
  test(`best epoch: ${name}`, () => assert.equal(bestRecord(history)?.epoch, best));
}

test("the best weights are those of the best epoch", async () => {
  const states: FitState[] = [];
  // Validation answers are the wrong way round: the better it learns, the worse it does.
  const { labels } = pictures.validation;
  const validation = { ...pictures.validation, labels: labels.map((label) => 1 - label) };
  const { state } = await fit(network, { ...pictures, validation }, { ...options, learningRate: 0.02 }, runtime, {
    onEpoch: (at) => void states.push(at),
  });
  const best = bestRecord(state.history)!.epoch;
  assert.ok(best < 4, "the case must have a best epoch before the last");
  assert.deepEqual(state.bestWeights, states[best - 1]!.weights);
  assert.notDeepEqual(state.bestWeights, state.weights);
});
