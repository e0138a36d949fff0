/** Emits the finished network: pixels in, probabilities out, weights inside. */
import { BATCH, createGraph, elementCount } from "./graph.ts";
import type { OnnxGraph } from "./onnx-encode.ts";
import { applyLayers, type Network, pictureShape } from "./sequential.ts";

/**
 * The graph of the file that users keep.
 *
 * Input: `image` uint8 [batch, height, width, channels]. Output: `probabilities` float [batch, classes].
 *
 * @param weights flat, `network.parameterCount` numbers.
 * @throws RangeError when their count differs.
 */
export function inferenceGraph(network: Network, weights: Float32Array): OnnxGraph {
  if (weights.length !== network.parameterCount) {
    throw new RangeError(`The network has ${network.parameterCount} weights, not ${weights.length}.`);
  }
  const graph = createGraph();
  const [channels = 0, height = 0, width = 0] = network.inputShape;
  const pixels = graph.input("image", "uint8", [BATCH, height, width, channels]);
  const floats = graph.add("Cast", [pixels], pixels.shape, { to: 1 });
  const planes = graph.add("Transpose", [floats], pictureShape(network), { perm: [0, 3, 1, 2] });
  const scaled = graph.add("Mul", [planes, graph.floats([1 / 255], [1])], planes.shape);
  const parameters = network.parameters.map(({ shape, offset }) =>
    graph.floats(weights.slice(offset, offset + elementCount(shape)), shape),
  );
  graph.output("probabilities", applyLayers(network, { graph }, scaled, parameters).output);
  return graph.build("characters");
}
