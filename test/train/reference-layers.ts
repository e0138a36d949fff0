/** The layers once more, written to be obviously right: plain loops in double precision. The tests hold the graphs against them. */

/** Shape [batch, ...]. */
export interface Numbers {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/** Takes its parameters from `weights`, which each layer shifts off the front. */
export type ReferenceLayer = (input: Numbers, take: (count: number) => Float64Array) => Numbers;

function numbers(shape: readonly number[]): Numbers {
  return { data: new Float64Array(shape.reduce((product, size) => product * size, 1)), shape };
}

export function referenceDense(units: number): ReferenceLayer {
  return (input, take) => {
    const [batch, inputs] = input.shape as [number, number];
    const kernel = take(inputs * units);
    const bias = take(units);
    const output = numbers([batch, units]);
    for (let n = 0; n < batch; n++) {
      for (let unit = 0; unit < units; unit++) {
        let sum = bias[unit]!;
        for (let i = 0; i < inputs; i++) sum += input.data[n * inputs + i]! * kernel[i * units + unit]!;
        output.data[n * units + unit] = sum;
      }
    }
    return output;
  };
}

export function referenceConv2d(filters: number, size: number): ReferenceLayer {
  return (input, take) => {
    const [batch, channels, height, width] = input.shape as [number, number, number, number];
    const kernel = take(filters * channels * size * size);
    const bias = take(filters);
    const before = Math.floor((size - 1) / 2);
    const output = numbers([batch, filters, height, width]);
    let out = 0;
    for (let n = 0; n < batch; n++) {
      for (let filter = 0; filter < filters; filter++) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            let sum = bias[filter]!;
            for (let channel = 0; channel < channels; channel++) {
              for (let ky = 0; ky < size; ky++) {
                for (let kx = 0; kx < size; kx++) {
                  const sy = y + ky - before;
                  const sx = x + kx - before;
                  if (sy < 0 || sx < 0 || sy >= height || sx >= width) continue;
                  const tap = kernel[((filter * channels + channel) * size + ky) * size + kx]!;
                  sum += tap * input.data[((n * channels + channel) * height + sy) * width + sx]!;
                }
              }
            }
            output.data[out++] = sum;
          }
        }
      }
    }
    return output;
  };
}

export function referenceMaxPool2d(size: number): ReferenceLayer {
  return (input) => {
    const [batch, channels, height, width] = input.shape as [number, number, number, number];
    const output = numbers([batch, channels, Math.floor(height / size), Math.floor(width / size)]);
    let out = 0;
    for (let plane = 0; plane < batch * channels; plane++) {
      for (let y = 0; y < output.shape[2]!; y++) {
        for (let x = 0; x < output.shape[3]!; x++) {
          let largest = Number.NEGATIVE_INFINITY;
          for (let i = 0; i < size * size; i++) {
            const row = plane * height + y * size + Math.floor(i / size);
            largest = Math.max(largest, input.data[row * width + x * size + (i % size)]!);
          }
          output.data[out++] = largest;
        }
      }
    }
    return output;
  };
}

export function referenceRelu(): ReferenceLayer {
  return ({ data, shape }) => ({ data: data.map((value) => Math.max(0, value)), shape });
}

/** @param mask of the whole batch. */
export function referenceDropout(mask: Float32Array): ReferenceLayer {
  return ({ data, shape }) => ({ data: data.map((value, i) => value * mask[i]!), shape });
}

export function referenceFlatten(): ReferenceLayer {
  return ({ data, shape }) => ({ data, shape: [shape[0]!, data.length / shape[0]!] });
}

export function referenceSoftmax(): ReferenceLayer {
  return ({ data, shape }) => {
    const size = shape.at(-1)!;
    const output = numbers(shape);
    for (let start = 0; start < data.length; start += size) {
      const row = data.subarray(start, start + size);
      const largest = Math.max(...row);
      const total = row.reduce((sum, value) => sum + Math.exp(value - largest), 0);
      for (let i = 0; i < size; i++) output.data[start + i] = Math.exp(row[i]! - largest) / total;
    }
    return output;
  };
}

export function referenceForward(layers: readonly ReferenceLayer[], input: Numbers, weights: Float64Array): Numbers {
  let offset = 0;
  const take = (count: number): Float64Array => {
    offset += count;
    return weights.subarray(offset - count, offset);
  };
  return layers.reduce((value, layer) => layer(value, take), input);
}

/** Mean cross-entropy of the last layer's probabilities. */
export function referenceLoss(
  layers: readonly ReferenceLayer[],
  input: Numbers,
  labels: Int32Array,
  weights: Float64Array,
): number {
  const { data, shape } = referenceForward(layers, input, weights);
  return labels.reduce((sum, label, n) => sum - Math.log(data[n * shape[1]! + label]!), 0) / labels.length;
}

/** Slopes of the loss by central differences, for every weight. */
export function finiteDifferences(loss: (weights: Float64Array) => number, weights: Float64Array): Float64Array {
  const step = 1e-6;
  return weights.map((_, i) => {
    const moved = (by: number) => loss(weights.map((weight, j) => (i === j ? weight + by : weight)));
    return (moved(step) - moved(-step)) / (2 * step);
  });
}
