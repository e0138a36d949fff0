/**
 * Convolution with a large kernel as a product of spectra: the pictures and the kernel are taken to their Fourier
 * coefficients, multiplied there, and taken back, for a tenth of the arithmetic at 16×16. The transforms are matrix
 * products (pictures of 28 pixels are too small for fast ones), and gradients are products with the same, transposed.
 */
import { kernelTransform, type Matrix, planeTransforms, type Transform, turnedOver } from "./fourier-matrices.ts";
import { BATCH, type GraphBuilder, type Value } from "./graph.ts";

export interface ConvolutionPass {
  /** [batch, filters, height, width], with the bias. */
  readonly output: Value;
  /** Gradients of input and kernel; the input's is undefined where it isn't needed. */
  backward(gradient: Value, needsInput: boolean): { readonly input: Value | undefined; readonly kernel: Value };
}

/**
 * The same numbers, to rounding, as ONNX's Conv with stride 1 and zeros around the picture.
 *
 * @param input [batch, channels, height, width].
 * @param kernel [filters, channels, size, size].
 * @param before pixels that the kernel reaches up and left; `after` those down and right.
 */
export function spectralConv2d(
  graph: GraphBuilder,
  input: Value,
  kernel: Value,
  bias: Value,
  before: number,
  after: number,
): ConvolutionPass {
  const [, channels, height, width] = input.shape as [number, number, number, number];
  const [filters, , size] = kernel.shape as [number, number, number, number];
  // Room for the kernel's reach keeps what wraps around out of the picture.
  const period = { y: height + Math.max(before, after), x: width + Math.max(before, after) };
  const plane = planeTransforms(height, width, period);
  const taps = kernelTransform(size, before, period);
  const bins = plane.forward.y.rows / 2;
  const places = bins * period.x;
  const spectrumOf = (value: Value, transform: Transform) =>
    toSpectrum(graph, planesLast(graph, value), transform, value.shape[1]!); // shapes of four, see above

  const pictures = withTurned(graph, spectrumOf(input, plane.forward), places, channels);
  const kernelSpectrum = reshape(graph, spectrumOfKernel(graph, kernel, taps), [places, 2 * channels, filters]);
  const product = graph.add("MatMul", [pictures, kernelSpectrum], [places, BATCH, filters]);
  const shape = [BATCH, filters, height, width];
  const output = planesFirst(graph, fromSpectrum(graph, product, plane.inverse, bins), shape);
  return {
    output: graph.add("Add", [output, reshape(graph, bias, [filters, 1, 1])], shape),
    backward(gradient, needsInput) {
      const answers = reshape(graph, spectrumOf(gradient, turnedOver(plane.inverse)), [places, BATCH, filters]);
      const kernelProduct = graph.add("MatMul", [swapped(graph, pictures), answers], kernelSpectrum.shape);
      const kernelPlanes = fromSpectrum(graph, kernelProduct, turnedOver(taps), bins);
      const inputGradient = () => {
        const both = graph.add("MatMul", [answers, swapped(graph, kernelSpectrum)], pictures.shape);
        const folded = withoutTurned(graph, both, places, channels);
        return planesFirst(graph, fromSpectrum(graph, folded, turnedOver(plane.forward), bins), input.shape);
      };
      return {
        input: needsInput ? inputGradient() : undefined,
        kernel: kernelOfPlanes(graph, kernelPlanes, kernel.shape),
      };
    },
  };
}

function spectrumOfKernel(graph: GraphBuilder, kernel: Value, taps: Transform): Value {
  const [filters, channels, size] = kernel.shape as [number, number, number, number];
  const last = graph.add("Transpose", [kernel], [size, size, channels, filters], { perm: [2, 3, 1, 0] });
  return toSpectrum(graph, reshape(graph, last, [size, size * channels * filters]), taps, filters);
}

function kernelOfPlanes(graph: GraphBuilder, planes: Value, shape: readonly number[]): Value {
  const [filters, channels, size] = shape as [number, number, number, number];
  const last = reshape(graph, planes, [size, size, channels, filters]);
  return graph.add("Transpose", [last], shape, { perm: [3, 2, 0, 1] });
}

/** Each matrix of [places, rows, columns] transposed; the runtime makes it part of the product that follows. */
function swapped(graph: GraphBuilder, value: Value): Value {
  const [places, rows, columns] = value.shape as [number, number, number];
  return graph.add("Transpose", [value], [places, columns, rows], { perm: [0, 2, 1] });
}

function reshape(graph: GraphBuilder, value: Value, shape: readonly number[]): Value {
  return graph.add("Reshape", [value, graph.integers(shape)], shape);
}

/** [batch, channels, height, width] to [height, width · batch · channels]: matrix products then have long rows. */
function planesLast(graph: GraphBuilder, value: Value): Value {
  const [, , height, width] = value.shape as [number, number, number, number];
  const flat = reshape(graph, value, [-1, height * width]);
  return reshape(graph, graph.add("Transpose", [flat], [height * width, -1], { perm: [1, 0] }), [height, -1]);
}

/** The way back. */
function planesFirst(graph: GraphBuilder, value: Value, shape: readonly number[]): Value {
  const [, , height, width] = shape as [number, number, number, number];
  const flat = reshape(graph, value, [height * width, -1]);
  return reshape(graph, graph.add("Transpose", [flat], [-1, height * width], { perm: [1, 0] }), shape);
}

/**
 * [height, width · rest] to coefficients [bins · coefficients, 2, rest / last, last], real parts before imaginary ones.
 */
function toSpectrum(graph: GraphBuilder, planes: Value, { y, x }: Transform, last: number): Value {
  const alongY = graph.add("MatMul", [matrix(graph, y), planes], [y.rows, -1]);
  const parts = reshape(graph, alongY, [y.rows / 2, x.columns, -1]);
  const alongX = graph.add("MatMul", [matrix(graph, x), parts], [y.rows / 2, x.rows, -1]);
  return reshape(graph, alongX, [(y.rows / 2) * (x.rows / 2), 2, -1, last]);
}

/** Coefficients in the order that `toSpectrum` leaves them in, back to [height, width · rest]. */
function fromSpectrum(graph: GraphBuilder, spectrum: Value, { y, x }: Transform, bins: number): Value {
  const parts = reshape(graph, spectrum, [bins, x.columns, -1]);
  const alongX = graph.add("MatMul", [matrix(graph, x), parts], [bins, x.rows, -1]);
  return graph.add("MatMul", [matrix(graph, y), reshape(graph, alongX, [2 * bins, -1])], [y.rows, -1]);
}

/**
 * Complex numbers as rows for a real product: (re, -im) above (im, re), so that times (re, im) of the kernel it is the
 * complex product. [places, 2, batch, channels] to [places, 2 · batch, 2 · channels].
 */
function withTurned(graph: GraphBuilder, spectrum: Value, places: number, channels: number): Value {
  const shape = [places, 1, BATCH, channels];
  const [real, imaginary] = split(graph, spectrum, 1, [1, 1], shape);
  const minus = graph.add("Neg", [imaginary!], shape);
  const wide = [places, 1, BATCH, 2 * channels];
  const upper = graph.add("Concat", [real!, minus], wide, { axis: 3 });
  const lower = graph.add("Concat", [imaginary!, real!], wide, { axis: 3 });
  const both = graph.add("Concat", [upper, lower], [places, 2, BATCH, 2 * channels], { axis: 1 });
  return reshape(graph, both, [places, BATCH, 2 * channels]);
}

/** The gradient's way through {@link withTurned}. */
function withoutTurned(graph: GraphBuilder, stacked: Value, places: number, channels: number): Value {
  const apart = reshape(graph, stacked, [places, 2, BATCH, 2 * channels]);
  const [upper, lower] = split(graph, apart, 1, [1, 1], [places, 1, BATCH, 2 * channels]);
  const shape = [places, 1, BATCH, channels];
  const [upperReal, upperMinus] = split(graph, upper!, 3, [channels, channels], shape);
  const [lowerImaginary, lowerReal] = split(graph, lower!, 3, [channels, channels], shape);
  const real = graph.add("Add", [upperReal!, lowerReal!], shape);
  const imaginary = graph.add("Sub", [lowerImaginary!, upperMinus!], shape);
  return graph.add("Concat", [real, imaginary], [places, 2, BATCH, channels], { axis: 1 });
}

function split(graph: GraphBuilder, value: Value, axis: number, sizes: number[], shape: readonly number[]): Value[] {
  return graph.addMany(
    "Split",
    [value, graph.integers(sizes)],
    sizes.map(() => shape),
    { axis },
  );
}

function matrix(graph: GraphBuilder, { rows, columns, data }: Matrix): Value {
  return graph.floats(data, [rows, columns]);
}
