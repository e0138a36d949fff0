/** The layers without a window: dense, dropout, relu, softmax, flatten. */
import { BATCH, elementCount, type GraphBuilder, type Value } from "./graph.ts";
import type { Layer } from "./layer.ts";

/** Every unit sees every input: output = input · kernel + bias, kernel [inputs, units]. */
export function dense(units: number): Layer {
  return {
    summary: `dense ${units}`,
    outputShape(inputShape) {
      if (inputShape.length !== 1) {
        throw new RangeError(`dense wants a vector, not ${inputShape.join("×")}; put flatten() before it.`);
      }
      return [units];
    },
    parameters: ([inputs = 0]) => [
      { name: "kernel", shape: [inputs, units], initial: { fanIn: inputs, fanOut: units } },
      { name: "bias", shape: [units], initial: "zeros" },
    ],
    forward({ graph }, input, [kernel, bias]) {
      return {
        output: graph.add("Gemm", [input, kernel!, bias!], [BATCH, units]),
        backward: (gradient, needsInput) => ({
          input: needsInput ? graph.add("Gemm", [gradient, kernel!], input.shape, { transB: 1 }) : undefined,
          parameters: [
            graph.add("Gemm", [input, gradient], kernel!.shape, { transA: 1 }),
            sumOver(graph, gradient, [0], bias!.shape),
          ],
        }),
      };
    },
  };
}

/** In training, sets a share `rate` of the inputs to 0 and scales the rest so that the mean stays; else does nothing. */
export function dropout(rate: number): Layer {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout wants a rate from 0 to below 1, not ${rate}.`);
  return {
    summary: `dropout ${rate}`,
    outputShape: (inputShape) => inputShape,
    parameters: () => [],
    forward({ graph, dropMask }, input) {
      if (!dropMask || rate === 0) {
        return { output: input, backward: (gradient) => ({ input: gradient, parameters: [] }) };
      }
      const mask = dropMask(input.shape, rate);
      return {
        output: graph.add("Mul", [input, mask], input.shape),
        backward: (gradient) => ({ input: graph.add("Mul", [gradient, mask], input.shape), parameters: [] }),
      };
    },
  };
}

/** max(0, x). */
export function relu(): Layer {
  return {
    summary: "relu",
    outputShape: (inputShape) => inputShape,
    parameters: () => [],
    forward({ graph }, input) {
      const output = graph.add("Relu", [input], input.shape);
      return {
        output,
        // Comparing and casting costs half of what Sign does, and a third of Where.
        backward(gradient) {
          const passed = graph.add("Greater", [output, graph.floats([0], [1])], input.shape);
          const mask = graph.add("Cast", [passed], input.shape, { to: 1 });
          return { input: graph.add("Mul", [gradient, mask], input.shape), parameters: [] };
        },
      };
    },
  };
}

/** Probabilities that total 1 over the last axis. */
export function softmax(): Layer {
  return {
    summary: "softmax",
    outputShape: (inputShape) => inputShape,
    parameters: () => [],
    forward({ graph }, input) {
      const output = graph.add("Softmax", [input], input.shape, { axis: -1 });
      return {
        output,
        // d/dx = p · (g - Σ g p)
        backward(gradient) {
          const weighted = graph.add("Mul", [gradient, output], input.shape);
          const totalShape = [...input.shape.slice(0, -1), 1];
          const total = graph.add("ReduceSum", [weighted, graph.integers([-1])], totalShape, { keepdims: 1 });
          const centred = graph.add("Sub", [gradient, total], input.shape);
          return { input: graph.add("Mul", [output, centred], input.shape), parameters: [] };
        },
      };
    },
  };
}

/** [channels, height, width] as one vector, channel by channel. */
export function flatten(): Layer {
  return {
    summary: "flatten",
    outputShape: (inputShape) => [elementCount(inputShape)],
    parameters: () => [],
    forward({ graph }, input) {
      const reshape = (value: Value, shape: readonly number[]) =>
        graph.add("Reshape", [value, graph.integers(shape)], shape);
      return {
        output: reshape(input, [BATCH, elementCount(input.shape.slice(1))]),
        backward: (gradient) => ({ input: reshape(gradient, input.shape), parameters: [] }),
      };
    },
  };
}

/** The sum over some axes, which vanish. */
export function sumOver(graph: GraphBuilder, value: Value, axes: readonly number[], shape: readonly number[]): Value {
  return graph.add("ReduceSum", [value, graph.integers(axes)], shape, { keepdims: 0 });
}
