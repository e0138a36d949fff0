/** Convolution with "same" padding, and its two gradients, which are convolutions too. */
import { BATCH, type GraphBuilder, type Value } from "./graph.ts";
import type { Layer } from "./layer.ts";
import { sumOver } from "./layers.ts";

/** Below this many taps the kernel's gradient is cheaper as one matrix product over shifted copies; see kernelGradient. */
const SHIFTED_COPIES_BELOW = 25;

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
    forward({ graph }, input, [kernel, bias]) {
      const shape = [BATCH, filters, ...input.shape.slice(2)];
      const pads = [before, before, after, after];
      return {
        output: graph.add("Conv", [input, kernel!, bias!], shape, { kernel_shape: [size, size], pads }),
        backward: (gradient, needsInput) => ({
          input: needsInput ? inputGradient(graph, gradient, kernel!, input, before, after) : undefined,
          parameters: [
            kernelGradient(graph, gradient, input, kernel!, before, after),
            sumOver(graph, gradient, [0, 2, 3], bias!.shape),
          ],
        }),
      };
    },
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
  const turnedShape = [channels, filters, size, size];
  const swapped = graph.add("Transpose", [kernel], turnedShape, { perm: [1, 0, 2, 3] });
  const turned = graph.add(
    "Slice",
    [
      swapped,
      ...[
        [-1, -1],
        [-size - 1, -size - 1],
        [2, 3],
        [-1, -1],
      ].map(graph.integers),
    ],
    turnedShape,
  );
  return graph.add("Conv", [gradient, turned], input.shape, {
    kernel_shape: [size, size],
    pads: [after, after, before, before],
  });
}

/**
 * Tap (dy, dx) from channel c to filter f sums gradient[f] · input[c] shifted by (dy, dx) over batch and pixels.
 *
 * Large kernels: a convolution in which batch and channels change places and the gradient is the kernel.
 * Small ones: the shifted copies side by side, then one matrix product; a convolution with so few outputs leaves
 * the processor's vectors half empty.
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
  const channelsFirst = { perm: [1, 0, 2, 3] };
  const inputs = graph.add("Transpose", [input], [channels, BATCH, height, width], channelsFirst);
  const gradients = graph.add("Transpose", [gradient], [filters, BATCH, height, width], channelsFirst);
  if (size * size >= SHIFTED_COPIES_BELOW) {
    const taps = graph.add("Conv", [inputs, gradients], [channels, filters, size, size], {
      pads: [before, before, after, after],
    });
    return graph.add("Transpose", [taps], kernel.shape, channelsFirst);
  }
  const padded = graph.add(
    "Pad",
    [inputs, graph.integers([0, 0, before, before, 0, 0, after, after])],
    [channels, BATCH, height + size - 1, width + size - 1],
  );
  const copies: Value[] = [];
  for (let dy = 0; dy < size; dy++) {
    for (let dx = 0; dx < size; dx++) {
      const window = [
        [dy, dx],
        [dy + height, dx + width],
        [2, 3],
      ].map(graph.integers);
      copies.push(graph.add("Slice", [padded, ...window], [channels, BATCH, height, width]));
    }
  }
  const rows = (value: Value, count: number) => graph.add("Reshape", [value, graph.integers([count, -1])], [count, -1]);
  const stacked = graph.add("Concat", copies, [size * size * channels, BATCH, height, width], { axis: 0 });
  const taps = graph.add(
    "Gemm",
    [rows(gradients, filters), rows(stacked, size * size * channels)],
    [filters, size * size * channels],
    { transB: 1 },
  );
  const bySize = [filters, size, size, channels];
  const grouped = graph.add("Reshape", [taps, graph.integers(bySize)], bySize);
  return graph.add("Transpose", [grouped], kernel.shape, { perm: [0, 3, 1, 2] });
}
