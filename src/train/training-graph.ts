/** Emits one training step as one graph: forward, loss, backward, Adam. Nothing is computed here. */
import { BATCH, createGraph, type GraphBuilder, type Value } from "./graph.ts";
import type { OnnxGraph } from "./onnx-encode.ts";
import { applyLayers, type Network, pictureShape, splitParameters } from "./sequential.ts";

/** A dropout mask that the step wants as an input. */
export interface MaskInput {
  readonly name: string;
  /** Of one picture, without the batch. */
  readonly shape: readonly number[];
  readonly rate: number;
}

/**
 * A step as a graph.
 *
 * Inputs: `images` float [batch, channels, height, width] in 0..1; `labels` int32 [batch]; the masks;
 * `weights`, `moment1`, `moment2` float [parameterCount]; `rate` float [1], Adam's rate of this step, see adamRate.
 * Outputs: `loss` float [], mean over the batch; `probabilities` [batch, classes];
 * `weights.next`, `moment1.next`, `moment2.next`.
 */
export interface TrainingGraph {
  readonly onnx: OnnxGraph;
  readonly masks: readonly MaskInput[];
}

/** Adam's constants as in Keras (Kingma and Ba 2015; epsilon 1e-7 beside the root, not inside). */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-7;

/** What to feed as `rate`: the learning rate, corrected for moments that started at 0. `step` counts from 1. */
export function adamRate(learningRate: number, step: number): number {
  return (learningRate * Math.sqrt(1 - BETA2 ** step)) / (1 - BETA1 ** step);
}

/**
 * The training step of a network whose last layer is softmax().
 *
 * @throws RangeError when it is not.
 */
export function trainingGraph(network: Network): TrainingGraph {
  const { graph, masks, gradient, weights } = lossAndGradient(network);
  const size = [network.parameterCount];
  const moment1 = graph.input("moment1", "float32", size);
  const moment2 = graph.input("moment2", "float32", size);
  const rate = graph.input("rate", "float32", [1]);
  const number = (value: number) => graph.floats([value], [1]);
  const blend = (old: Value, fresh: Value, keep: number) =>
    graph.add(
      "Add",
      [graph.add("Mul", [old, number(keep)], size), graph.add("Mul", [fresh, number(1 - keep)], size)],
      size,
    );
  const nextMoment1 = blend(moment1, gradient, BETA1);
  const nextMoment2 = blend(moment2, graph.add("Mul", [gradient, gradient], size), BETA2);
  const spread = graph.add("Add", [graph.add("Sqrt", [nextMoment2], size), number(EPSILON)], size);
  const change = graph.add("Mul", [graph.add("Div", [nextMoment1, spread], size), rate], size);
  graph.output("weights.next", graph.add("Sub", [weights, change], size));
  graph.output("moment1.next", nextMoment1);
  graph.output("moment2.next", nextMoment2);
  return { onnx: graph.build("training-step"), masks };
}

/** The same step with the flat `gradient` as output in place of Adam: what the tests hold against finite differences. */
export function gradientGraph(network: Network): TrainingGraph {
  const { graph, masks, gradient } = lossAndGradient(network);
  graph.output("gradient", gradient);
  return { onnx: graph.build("gradient"), masks };
}

interface LossAndGradient {
  readonly graph: GraphBuilder;
  readonly masks: readonly MaskInput[];
  readonly weights: Value;
  /** [parameterCount], in the order of the weights. */
  readonly gradient: Value;
}

function lossAndGradient(network: Network): LossAndGradient {
  const classes = requireSoftmax(network);
  const graph = createGraph();
  const masks: MaskInput[] = [];
  const images = graph.input("images", "float32", pictureShape(network));
  const labels = graph.input("labels", "int32", [BATCH]);
  const weights = graph.input("weights", "float32", [network.parameterCount]);
  const dropMask = (shape: readonly number[], rate: number): Value => {
    const name = `mask${masks.length}`;
    masks.push({ name, rate, shape: shape.slice(1) });
    return graph.input(name, "float32", shape);
  };
  const parameters = splitParameters(graph, network, weights);
  // Softmax and loss are taken together: p - y, instead of a division by p that may be 0.
  const { output: logits, backward } = applyLayers(
    network,
    { graph, dropMask },
    images,
    parameters,
    network.layers.length - 1,
  );
  const { loss, probabilities, logitGradient } = crossEntropy(graph, logits, labels, classes);
  graph.output("loss", loss);
  graph.output("probabilities", probabilities);
  const flat = backward(logitGradient).map((value) => graph.add("Reshape", [value, graph.integers([-1])], [-1]));
  return { graph, masks, weights, gradient: graph.add("Concat", flat, [network.parameterCount], { axis: 0 }) };
}

/** Sparse categorical cross-entropy: -log of the probability of each label, averaged over the batch. */
function crossEntropy(graph: GraphBuilder, logits: Value, labels: Value, classes: number) {
  const shape = logits.shape;
  const everyClass = graph.floats(
    Float32Array.from({ length: classes }, (_, i) => i),
    [classes],
  );
  const floatLabels = graph.add("Cast", [labels], [BATCH], { to: 1 });
  const column = graph.add("Unsqueeze", [floatLabels, graph.integers([1])], [BATCH, 1]);
  const oneHot = graph.add("Cast", [graph.add("Equal", [column, everyClass], shape)], shape, { to: 1 });
  const sumAll = (value: Value) => graph.add("ReduceSum", [value], [], { keepdims: 0 });
  const batchSize = sumAll(oneHot);
  const logProbabilities = graph.add("LogSoftmax", [logits], shape, { axis: -1 });
  const likelihood = sumAll(graph.add("Mul", [oneHot, logProbabilities], shape));
  const loss = graph.add("Neg", [graph.add("Div", [likelihood, batchSize], [])], []);
  const probabilities = graph.add("Exp", [logProbabilities], shape);
  const logitGradient = graph.add("Div", [graph.add("Sub", [probabilities, oneHot], shape), batchSize], shape);
  return { loss, probabilities, logitGradient };
}

function requireSoftmax({ layers, outputShape }: Network): number {
  if (layers.at(-1)?.summary !== "softmax" || outputShape.length !== 1) {
    throw new RangeError("A network that is trained ends with softmax() over a vector.");
  }
  return outputShape[0]!;
}
