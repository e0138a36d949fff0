import assert from "node:assert/strict";
import { test } from "node:test";
import { createTrainingRuntime } from "../../src/cli/train-runtime.ts";
import { drawMasks } from "../../src/train/batches.ts";
import { conv2d } from "../../src/train/conv2d.ts";
import type { Layer } from "../../src/train/layer.ts";
import { dense, dropout, flatten, relu, softmax } from "../../src/train/layers.ts";
import { maxPool2d } from "../../src/train/max-pool2d.ts";
import { encodeOnnx } from "../../src/train/onnx-encode.ts";
import { createRandom } from "../../src/train/random.ts";
import { sequential } from "../../src/train/sequential.ts";
import { gradientGraph } from "../../src/train/training-graph.ts";
import {
  finiteDifferences,
  type ReferenceLayer,
  referenceConv2d,
  referenceDense,
  referenceDropout,
  referenceFlatten,
  referenceLoss,
  referenceMaxPool2d,
  referenceRelu,
  referenceSoftmax,
} from "./reference-layers.ts";

/** A layer beside its reference; the mask is the one that dropout was fed. */
type Pair = readonly [Layer, (mask: Float32Array) => ReferenceLayer];

const conv = (filters: number, size: number): Pair => [conv2d(filters, size), () => referenceConv2d(filters, size)];
const pool = (size: number): Pair => [maxPool2d(size), () => referenceMaxPool2d(size)];
const full = (units: number): Pair => [dense(units), () => referenceDense(units)];
const drop: Pair = [dropout(0.4), referenceDropout];
const flat: Pair = [flatten(), referenceFlatten];
const rectify: Pair = [relu(), referenceRelu];
const soft: Pair = [softmax(), referenceSoftmax];

/** Every layer alone before a dense one, then together; `picture` is [channels, height, width]. */
const cases: { name: string; picture: number[]; layers: Pair[]; batch?: number; flatPictures?: boolean }[] = [
  { name: "one dense layer", picture: [1, 2, 3], layers: [flat, full(4), soft] },
  { name: "a batch of one", picture: [1, 2, 3], layers: [flat, full(4), soft], batch: 1 },
  { name: "two dense layers with relu", picture: [2, 2, 2], layers: [flat, full(5), rectify, full(3), soft] },
  { name: "softmax in the middle", picture: [1, 2, 3], layers: [flat, full(4), soft, full(3), soft] },
  { name: "dropout", picture: [1, 3, 3], layers: [flat, full(7), drop, full(3), soft] },
  { name: "an odd kernel", picture: [2, 5, 4], layers: [conv(2, 3), flat, full(3), soft] },
  { name: "an even kernel", picture: [2, 5, 6], layers: [conv(2, 4), flat, full(3), soft] },
  { name: "a large odd kernel", picture: [2, 5, 6], layers: [conv(2, 5), flat, full(3), soft] },
  { name: "a large even kernel", picture: [1, 5, 4], layers: [conv(2, 6), flat, full(3), soft] },
  { name: "a kernel larger than the picture", picture: [1, 3, 2], layers: [conv(2, 8), flat, full(3), soft] },
  { name: "convolution after convolution", picture: [2, 4, 3], layers: [conv(3, 3), conv(2, 4), flat, full(3), soft] },
  { name: "large after large kernel", picture: [1, 4, 5], layers: [conv(2, 6), conv(2, 5), flat, full(3), soft] },
  { name: "max-pooling that fits", picture: [1, 4, 6], layers: [conv(2, 3), pool(2), flat, full(3), soft] },
  { name: "max-pooling with a rest", picture: [2, 5, 7], layers: [conv(2, 3), pool(2), flat, full(3), soft] },
  {
    name: "max-pooling of equal values",
    picture: [1, 8, 8],
    layers: [conv(2, 3), pool(4), rectify, flat, full(3), soft],
    flatPictures: true,
  },
  { name: "pooling before all parameters", picture: [1, 4, 4], layers: [pool(2), conv(2, 3), flat, full(3), soft] },
  {
    name: "a whole network",
    picture: [3, 6, 6],
    layers: [conv(3, 5), rectify, conv(2, 4), pool(2), rectify, drop, flat, full(6), rectify, full(4), soft],
  },
];

for (const { name, picture, layers, batch = 3, flatPictures = false } of cases) {
  test(`loss, probabilities and gradient agree with finite differences: ${name}`, async () => {
    const network = sequential(
      picture,
      layers.map(([layer]) => layer),
    );
    const random = createRandom(7, network.parameterCount);
    const size = picture.reduce((product, side) => product * side, 1);
    // Values of single precision, so that both sides start from the same numbers.
    const images = Float32Array.from({ length: batch * size }, () => (flatPictures ? 0.5 : random()));
    const labels = Int32Array.from({ length: batch }, () => Math.floor(random() * network.outputShape[0]!));
    const weights = Float32Array.from({ length: network.parameterCount }, () => random() - 0.5);
    const { onnx, masks } = gradientGraph(network);
    const maskFeeds = drawMasks(masks, batch, random);

    const session = await createTrainingRuntime(1).load(encodeOnnx(onnx));
    const outputs = await session.run({
      images: { data: images, shape: [batch, ...picture] },
      labels: { data: labels, shape: [batch] },
      weights: { data: weights, shape: [weights.length] },
      ...maskFeeds,
    });
    await session.close();

    const mask = maskFeeds.mask0?.data as Float32Array;
    const reference = layers.map(([, make]) => make(mask));
    const input = { data: Float64Array.from(images), shape: [batch, ...picture] };
    const loss = (at: Float64Array) => referenceLoss(reference, input, labels, at);
    assert.ok(Math.abs(outputs.loss!.data[0]! - loss(Float64Array.from(weights))) < 1e-5);
    const expected = finiteDifferences(loss, Float64Array.from(weights));
    const found = outputs.gradient!.data;
    assert.equal(found.length, expected.length);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assert.ok(largest > 1e-3, "the case must have a slope to find");
    for (const [i, slope] of expected.entries()) {
      assert.ok(Math.abs(found[i]! - slope) < 2e-5 * largest + 1e-6, `weight ${i}: ${found[i]} instead of ${slope}`);
    }
  });
}
