/** Convolution with "same" padding, and its two gradients, which are convolutions too. Large kernels go elsewhere. */
import { BATCH, type GraphBuilder, type Value } from "./graph.ts";
import type { Layer } from "./layer.ts";
import { sumOver } from "./layers.ts";
import { type ConvolutionPass, spectralConv2d } from "./spectral-conv2d.ts";

/** From this size on a training step multiplies spectra, which is cheaper; finished networks hold plain convolutions. */
const SPECTRAL_FROM = 4;

const SWAP_FIRST_TWO = { perm: [1, 0, 2, 3] };
const PIXEL_AXES: readonly number[] = [2, 3];

/**
 * `filters` kernels of `size` × `size`, stride 1, the picture surrounded by zeros so that its size stays.
 * An even kernel reaches one pixel further right and down than left and up, as in Keras.
 */
export function conv2d(filters: number, size: number): Layer {
  const before = Math.floor((size - 1) / 2);
  const after = size - 1 - before;
  return {
    summary: `conv2d ${filters}, ${size}×${size}`,
    outputShape(inputShape) {
      if (inputShape.length !== 3) throw new RangeError(`conv2d wants pictures, not ${inputShape.join("×")}.`);
      return [filters, ...inputShape.slice(1)];
    },
    parameters: ([channels = 0]) => [
      {
        name: "kernel",
        shape: [filters, channels, size, size],
        initial: { fanIn: channels * size * size, fanOut: filters * size * size },
      },
      { name: "bias", shape: [filters], initial: "zeros" },
    ],
    forward({ graph, dropMask }, input, [kernel, bias]) {
      const isTraining = dropMask !== undefined; // what is not trained draws no masks
      const convolve = isTraining && size >= SPECTRAL_FROM ? spectralConv2d : plainConv2d;
      const { output, backward } = convolve(graph, input, kernel!, bias!, before, after);
      return {
        output,
        backward(gradient, needsInput) {
          const gradients = backward(gradient, needsInput);
          const biasGradient = sumOver(graph, gradient, [0, 2, 3], bias!.shape);
          return { input: gradients.input, parameters: [gradients.kernel, biasGradient] };
        },
      };
    },
  };
}

/** The node that ONNX has for it, with both gradients. */
function plainConv2d(
  graph: GraphBuilder,
  input: Value,
  kernel: Value,
  bias: Value,
  before: number,
  after: number,
): ConvolutionPass {
  const [filters, , size] = kernel.shape as [number, number, number, number];
  const pads = [before, before, after, after];
  const shape = [BATCH, filters, ...input.shape.slice(2)];
  return {
    output: graph.add("Conv", [input, kernel, bias], shape, { kernel_shape: [size, size], pads }),
    backward: (gradient, needsInput) => ({
      input: needsInput ? inputGradient(graph, gradient, kernel, input, before, after) : undefined,
      kernel: kernelGradient(graph, gradient, input, kernel, before, after),
    }),
  };
}

/** Each input pixel gathers from the outputs it reached: a convolution with the kernel turned half round. */
function inputGradient(
  graph: GraphBuilder,
  gradient: Value,
  kernel: Value,
  input: Value,
  before: number,
  after: number,
): Value {
  const [filters, channels, size] = kernel.shape as [number, number, number, number];
  const shape = [channels, filters, size, size];
  const swapped = graph.add("Transpose", [kernel], shape, SWAP_FIRST_TWO);
  const [last, beforeFirst, axes, backwards] = [[-1, -1], [-size - 1, -size - 1], PIXEL_AXES, [-1, -1]].map(
    graph.integers,
  );
  const turned = graph.add("Slice", [swapped, last!, beforeFirst!, axes!, backwards!], shape);
  return graph.add("Conv", [gradient, turned], input.shape, {
    kernel_shape: [size, size],
    pads: [after, after, before, before],
  });
}

/**
 * Tap (dy, dx) from channel c to filter f sums gradient[f] · input[c] shifted by (dy, dx), over batch and pixels: the
 * shifted copies of the input below each other, then one matrix product. As a convolution, with batch and channels
 * swapped and the gradient as kernel, it would have so few outputs that the processor's vectors stay half empty.
 */
function kernelGradient(
  graph: GraphBuilder,
  gradient: Value,
  input: Value,
  kernel: Value,
  before: number,
  after: number,
): Value {
  const [filters, channels, size] = kernel.shape as [number, number, number, number];
  const [height, width] = input.shape.slice(2) as [number, number];
  const inputs = graph.add("Transpose", [input], [channels, BATCH, height, width], SWAP_FIRST_TWO);
  const gradients = graph.add("Transpose", [gradient], [filters, BATCH, height, width], SWAP_FIRST_TWO);
  const margins = graph.integers([0, 0, before, before, 0, 0, after, after]);
  const padded = graph.add("Pad", [inputs, margins], [channels, BATCH, height + size - 1, width + size - 1]);
  const copies: Value[] = [];
  for (let dy = 0; dy < size; dy++) {
    for (let dx = 0; dx < size; dx++) {
      const bounds = [[dy, dx], [dy + height, dx + width], PIXEL_AXES].map(graph.integers);
      copies.push(graph.add("Slice", [padded, ...bounds], inputs.shape));
    }
  }
  const rowCount = size * size * channels;
  const stacked = graph.add("Concat", copies, [rowCount, BATCH, height, width], { axis: 0 });
  const asRows = (value: Value, count: number) =>
    graph.add("Reshape", [value, graph.integers([count, -1])], [count, -1]);
  const operands = [asRows(gradients, filters), asRows(stacked, rowCount)];
  const taps = graph.add("Gemm", operands, [filters, rowCount], { transB: 1 });
  const byTap = [filters, size, size, channels];
  const grouped = graph.add("Reshape", [taps, graph.integers(byTap)], byTap);
  return graph.add("Transpose", [grouped], kernel.shape, { perm: [0, 3, 1, 2] });
}
