import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { createTrainProgress, durationText } from "../../src/cli/train-progress.ts";
import type { EpochRecord, FitState } from "../../src/train/fit.ts";

function record(epoch: number, microF1: number): EpochRecord {
  return {
    epoch,
    microF1,
    macroF1: microF1 - 0.1,
    validationAccuracy: microF1,
    validationLoss: 0.25,
    trainingLoss: 0.5,
    trainingAccuracy: 0.75,
    seconds: 10,
  };
}

function stateOf(history: readonly EpochRecord[]): FitState {
  const none = new Float32Array(0);
  return { history, step: 0, weights: none, moment1: none, moment2: none, bestWeights: none };
}

function stream(isTTY: boolean, columns = 200): PassThrough & { isTTY: boolean; columns: number } {
  return Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY, columns });
}

const step = { epoch: 2, step: 27, stepsPerEpoch: 54, loss: 0.123456, accuracy: 0.9 };

test("without a terminal there is one line an epoch and none a step", () => {
  const output = stream(false);
  const progress = createTrainProgress(output, 3, () => 0);
  progress.onStep({ ...step, epoch: 1 });
  progress.onEpoch(stateOf([record(1, 0.9)]));
  progress.onStep(step);
  progress.onEpoch(stateOf([record(1, 0.9), record(2, 0.8)]));
  progress.onEpoch(stateOf([record(1, 0.9), record(2, 0.8), record(3, 0.95)]));
  assert.equal(
    output.read(),
    [
      "epoch 1/3  loss 0.5000  accuracy 0.7500  val loss 0.2500  micro-F1 0.9000  macro-F1 0.8000  10.0 s  20 s left  best\n",
      "epoch 2/3  loss 0.5000  accuracy 0.7500  val loss 0.2500  micro-F1 0.8000  macro-F1 0.7000  10.0 s  10 s left\n",
      "epoch 3/3  loss 0.5000  accuracy 0.7500  val loss 0.2500  micro-F1 0.9500  macro-F1 0.8500  10.0 s  done  best\n",
    ].join(""),
  );
});

test("on a terminal the line tells of the step, the last val figures and the time left", () => {
  let now = 0;
  const output = stream(true);
  const progress = createTrainProgress(output, 10, () => now);
  progress.onEpoch(stateOf([record(1, 0.9)]));
  output.read();
  now = 4000;
  progress.onStep(step);
  // 6 of 10 s of this epoch and eight more epochs are to come.
  assert.equal(
    output.read(),
    "\r\x1b[2Kepoch 2/10  step 27/54  loss 0.1235  accuracy 0.9000  micro-F1 0.9000  macro-F1 0.8000  1 min 26 s left",
  );
  progress.onStep(step);
  assert.equal(output.read(), null, "not drawn again within a tenth of a second");
  progress.clear();
  assert.equal(output.read(), "\r\x1b[2K");
  progress.clear();
  assert.equal(output.read(), null);
});

test("in the first epoch the time left comes from its own steps", () => {
  let now = 0;
  const output = stream(true);
  const progress = createTrainProgress(output, 2, () => now);
  now = 5000;
  progress.onStep({ ...step, epoch: 1 });
  assert.match(output.read(), /15 s left$/);
});

test("a narrow terminal gets a line that does not wrap", () => {
  const output = stream(true, 40);
  createTrainProgress(output, 2, () => 0).onStep(step);
  assert.equal(output.read().replace("\r\x1b[2K", "").length, 39);
});

const durations = [
  { seconds: 0, text: "0 s" },
  { seconds: 0.2, text: "1 s" },
  { seconds: 60, text: "1 min 0 s" },
  { seconds: 3599.5, text: "1 h 0 min" },
  { seconds: 7322, text: "2 h 2 min" },
];
for (const { seconds, text } of durations) {
  test(`${seconds} seconds are ${text}`, () => assert.equal(durationText(seconds), text));
}
