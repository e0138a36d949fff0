/** Largest value of each window. */
import { BATCH, type Value } from "./graph.ts";
import type { Layer } from "./layer.ts";

/** Windows of `size` × `size` side by side; rows and columns that don't fill a window are dropped, as in Keras. */
export function maxPool2d(size: number): Layer {
  const outputShape = (inputShape: readonly number[]): readonly number[] => {
    const [channels = 0, height = 0, width = 0] = inputShape;
    if (inputShape.length !== 3 || height < size || width < size) {
      throw new RangeError(
        `maxPool2d ${size}×${size} wants pictures of at least that size, not ${inputShape.join("×")}.`,
      );
    }
    return [channels, Math.floor(height / size), Math.floor(width / size)];
  };
  return {
    summary: `maxPool2d ${size}×${size}`,
    outputShape,
    parameters: () => [],
    forward({ graph }, input) {
      const window = { kernel_shape: [size, size], strides: [size, size] };
      const shape = [BATCH, ...outputShape(input.shape.slice(1))];
      const [output, positions] = graph.addMany("MaxPool", [input], [shape, shape], window) as [Value, Value];
      return {
        output,
        // Each window's gradient goes back to where its maximum stood (the first of equals, as in Keras).
        backward(gradient) {
          const inputShape = graph.add("Shape", [input], [4]);
          return {
            input: graph.add("MaxUnpool", [gradient, positions, inputShape], input.shape, window),
            parameters: [],
          };
        },
      };
    },
  };
}
