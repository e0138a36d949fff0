/** Layers one after another; all their parameters lie in one flat vector, so that a training state is three arrays. */
import { BATCH, elementCount, type GraphBuilder, type Value } from "./graph.ts";
import type { Layer, LayerContext, ParameterSpec } from "./layer.ts";
import { createRandom } from "./random.ts";

export interface Parameter extends ParameterSpec {
  /** Which layer it belongs to. */
  readonly layer: number;
  /** Where its numbers start in the flat vector. */
  readonly offset: number;
}

export interface Network {
  /** [channels, height, width]. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly layers: readonly Layer[];
  readonly parameters: readonly Parameter[];
  readonly parameterCount: number;
}

/** @throws RangeError when a layer can't follow the one before it. */
export function sequential(inputShape: readonly number[], layers: readonly Layer[]): Network {
  const parameters: Parameter[] = [];
  let parameterCount = 0;
  let shape = inputShape;
  for (const [layer, { parameters: specsFor, outputShape }] of layers.entries()) {
    for (const spec of specsFor(shape)) {
      parameters.push({ ...spec, layer, offset: parameterCount });
      parameterCount += elementCount(spec.shape);
    }
    shape = outputShape(shape);
  }
  return { inputShape, outputShape: shape, layers, parameters, parameterCount };
}

/** Fresh weights, the same for the same seed: uniform in ±√(6 / (fanIn + fanOut)) (Glorot and Bengio 2010), biases 0. */
export function initialWeights(network: Network, seed: number): Float32Array {
  const weights = new Float32Array(network.parameterCount);
  for (const [index, { shape, offset, initial }] of network.parameters.entries()) {
    if (initial === "zeros") continue;
    const random = createRandom(seed, index);
    const limit = Math.sqrt(6 / (initial.fanIn + initial.fanOut));
    const end = offset + elementCount(shape);
    for (let i = offset; i < end; i++) weights[i] = (2 * random() - 1) * limit;
  }
  return weights;
}

/** The parameters as values of a graph, cut out of the flat vector `weights`. */
export function splitParameters(graph: GraphBuilder, network: Network, weights: Value): Value[] {
  const { parameters } = network;
  const counts = parameters.map(({ shape }) => elementCount(shape));
  const flat = graph.addMany(
    "Split",
    [weights, graph.integers(counts)],
    counts.map((count) => [count]),
    { axis: 0 },
  );
  return flat.map((value, index) => {
    const { shape } = parameters[index]!;
    return graph.add("Reshape", [value, graph.integers(shape)], shape);
  });
}

/** What a forward pass leaves behind for the backward pass. */
export interface NetworkPass {
  readonly output: Value;
  /** Gradients of all parameters in the order of `network.parameters`. */
  backward(gradient: Value): Value[];
}

/** Appends layers `0..layerCount-1` of the network, and on demand their gradients, last layer first. */
export function applyLayers(
  network: Network,
  context: LayerContext,
  input: Value,
  parameters: readonly Value[],
  layerCount: number = network.layers.length,
): NetworkPass {
  let output = input;
  const passes = network.layers.slice(0, layerCount).map((layer, index) => {
    const own = parameters.filter((_, i) => network.parameters[i]!.layer === index);
    const pass = layer.forward(context, output, own);
    output = pass.output;
    return pass;
  });
  const firstWithParameters = network.parameters[0]?.layer ?? passes.length;
  return {
    output,
    backward(gradient) {
      const gradients: Value[] = [];
      let current: Value | undefined = gradient;
      for (let index = passes.length - 1; index >= firstWithParameters && current; index--) {
        const { input: next, parameters: own } = passes[index]!.backward(current, index > firstWithParameters);
        gradients.unshift(...own);
        current = next;
      }
      return gradients;
    },
  };
}

/** The graph's picture input as float [BATCH, channels, height, width]. */
export function pictureShape(network: Network): number[] {
  return [BATCH, ...network.inputShape];
}
