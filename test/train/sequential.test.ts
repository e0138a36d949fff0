import assert from "node:assert/strict";
import { test } from "node:test";
import { createTrainingRuntime } from "../../src/cli/train-runtime.ts";
import { classifyPictures } from "../../src/train/classify.ts";
import { conv2d } from "../../src/train/conv2d.ts";
import { inferenceGraph } from "../../src/train/inference-graph.ts";
import { dense, dropout, flatten, relu, softmax } from "../../src/train/layers.ts";
import { maxPool2d } from "../../src/train/max-pool2d.ts";
import { encodeOnnx } from "../../src/train/onnx-encode.ts";
import { tutorialNetwork } from "../../src/train/presets.ts";
import { createRandom } from "../../src/train/random.ts";
import { initialWeights, sequential } from "../../src/train/sequential.ts";
import { trainingGraph } from "../../src/train/training-graph.ts";
import {
  referenceConv2d,
  referenceDense,
  referenceFlatten,
  referenceForward,
  referenceMaxPool2d,
  referenceRelu,
  referenceSoftmax,
} from "./reference-layers.ts";

const misfits = [
  { name: "dense on pictures", layers: [dense(3)] },
  { name: "a convolution on a vector", layers: [flatten(), conv2d(2, 3)] },
  { name: "pooling on a vector", layers: [flatten(), maxPool2d(2)] },
  { name: "windows larger than the picture", layers: [maxPool2d(9)] },
];
for (const { name, layers } of misfits) {
  test(`a network refuses ${name}`, () => assert.throws(() => sequential([1, 8, 8], layers), RangeError));
}

test("dropout refuses a rate outside 0..1", () => {
  for (const rate of [-0.1, 1, Number.NaN]) assert.throws(() => dropout(rate), RangeError);
});

test("training refuses a network without softmax at its end", () => {
  assert.throws(() => trainingGraph(sequential([1, 2, 2], [flatten(), dense(2)])), RangeError);
  assert.throws(() => trainingGraph(sequential([1, 2, 2], [softmax()])), RangeError);
});

test("the tutorial's network has the shapes and parameters of its Keras model", () => {
  const network = tutorialNetwork(36);
  assert.deepEqual(network.outputShape, [36]);
  const kernels = network.parameters.filter(({ name }) => name === "kernel").map(({ shape }) => shape.join("×"));
  assert.deepEqual(kernels, ["16×3×22×22", "32×16×16×16", "64×32×8×8", "64×64×4×4", "3136×128", "128×36"]);
  assert.equal(network.parameterCount, 757_268);
});

test("first weights follow Glorot's rule, biases are zero, seeds differ", () => {
  const network = sequential([2, 8, 8], [conv2d(16, 3), flatten(), dense(10), softmax()]);
  const weights = initialWeights(network, 1);
  const limits = [Math.sqrt(6 / (2 * 9 + 16 * 9)), 0, Math.sqrt(6 / (1024 + 10)), 0];
  for (const [index, { offset }] of network.parameters.entries()) {
    const end = network.parameters[index + 1]?.offset ?? network.parameterCount;
    const part = weights.subarray(offset, end);
    const largest = part.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const limit = limits[index]!;
    assert.ok(largest <= limit && largest >= 0.95 * limit, `${largest} against ${limit}`);
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    assert.ok(Math.abs(mean) <= (5 * limit) / Math.sqrt(3 * part.length));
  }
  assert.deepEqual(initialWeights(network, 1), weights);
  assert.notDeepEqual(initialWeights(network, 2), weights);
});

test("the finished graph computes what the reference computes, dropout left out, pixels scaled, any batch", async () => {
  const network = sequential(
    [3, 6, 5],
    [conv2d(4, 4), maxPool2d(2), relu(), dropout(0.5), flatten(), dense(5), softmax()],
  );
  const reference = [
    referenceConv2d(4, 4),
    referenceMaxPool2d(2),
    referenceRelu(),
    referenceFlatten(),
    referenceDense(5),
    referenceSoftmax(),
  ];
  const weights = initialWeights(network, 3);
  const count = 40; // more than one batch of classifyPictures
  const random = createRandom(4);
  const pixels = Uint8Array.from({ length: count * 90 }, () => Math.floor(random() * 256));
  const planes = Float64Array.from({ length: pixels.length }, (_, i) => {
    const [picture, channel, place] = [Math.floor(i / 90), Math.floor((i % 90) / 30), i % 30];
    return pixels[picture * 90 + place * 3 + channel]! / 255;
  });
  const session = await createTrainingRuntime(1).load(encodeOnnx(inferenceGraph(network, weights)));
  const found = await classifyPictures(session, { height: 6, width: 5, channels: 3, pixels }, 5);
  await session.close();
  const expected = referenceForward(reference, { data: planes, shape: [count, 3, 6, 5] }, Float64Array.from(weights));
  assert.equal(found.length, expected.data.length);
  for (const [i, value] of expected.data.entries()) assert.ok(Math.abs(found[i]! - value) < 1e-5, `${i}`);
});

test("weights of another network are refused", () => {
  assert.throws(() => inferenceGraph(tutorialNetwork(36), new Float32Array(3)), RangeError);
});
