/** A picture on its way through the camera: RGB as floats 0..255, interleaved; warping, blurring, resizing, rounding. */
import { type Homography, invertHomography } from "../core/geometry.ts";
import type { Image } from "../core/image.ts";
import { borrowFloats, returnFloats } from "./buffers.ts";
import type { Canvas } from "./canvas.ts";

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly rgb: Float32Array;
}

export function createFrame(width: number, height: number): Frame {
  return { width, height, rgb: new Float32Array(width * height * 3) };
}

/** A bent plate: its middle sags by `sagMm` below the line between its left and right edges, which stay where they are. */
export interface Bend {
  readonly sagMm: number;
  readonly widthMm: number;
}

/** How far a bent plate has moved down at `x` millimetres from its left edge. */
export function sagAt({ sagMm, widthMm }: Bend, x: number): number {
  const u = x / widthMm;
  return u <= 0 || u >= 1 ? 0 : 4 * sagMm * u * (1 - u);
}

/** Samples a canvas through the camera; `toFrame` takes millimetres to frame pixels. Outside the canvas its edge goes on. */
export function warpCanvas(canvas: Canvas, toFrame: Homography, width: number, height: number, bend?: Bend): Frame {
  const frame: Frame = { width, height, rgb: borrowFloats(width * height * 3) };
  const target = frame.rgb;
  const inverse = invertHomography(toFrame);
  if (inverse === null) throw new RangeError("a plate seen edge on cannot be drawn");
  const [a, b, c, d, e, f, g, h, i] = inverse;
  const { scale, left, top, rgb } = canvas;
  const stride = canvas.width * 3;
  const maxX = canvas.width - 1.001;
  const maxY = canvas.height - 1.001;
  let to = 0;
  for (let y = 0; y < height; y++) {
    const rowW = h * (y + 0.5) + i;
    const rowX = b * (y + 0.5) + c;
    const rowY = e * (y + 0.5) + f;
    for (let x = 0; x < width; x++, to += 3) {
      const px = x + 0.5;
      const w = 1 / (g * px + rowW);
      const xMm = (a * px + rowX) * w;
      const sag = bend === undefined ? 0 : sagAt(bend, xMm);
      const u = (xMm - left) * scale - 0.5;
      const v = ((d * px + rowY) * w - sag - top) * scale - 0.5;
      const cx = u < 0 ? 0 : u > maxX ? maxX : u;
      const cy = v < 0 ? 0 : v > maxY ? maxY : v;
      const column = cx | 0;
      const row = cy | 0;
      const fx = cx - column;
      const fy = cy - row;
      const at = row * stride + column * 3;
      const w11 = (1 - fx) * (1 - fy);
      const w12 = fx * (1 - fy);
      const w21 = (1 - fx) * fy;
      const w22 = fx * fy;
      const below = at + stride;
      target[to] = rgb[at]! * w11 + rgb[at + 3]! * w12 + rgb[below]! * w21 + rgb[below + 3]! * w22;
      target[to + 1] = rgb[at + 1]! * w11 + rgb[at + 4]! * w12 + rgb[below + 1]! * w21 + rgb[below + 4]! * w22;
      target[to + 2] = rgb[at + 2]! * w11 + rgb[at + 5]! * w12 + rgb[below + 2]! * w21 + rgb[below + 5]! * w22;
    }
  }
  return frame;
}

/** Gaussian blur in place, separable, edge values repeated; `sigma` in pixels, nothing below 0.3. */
export function blurGaussian(frame: Frame, sigma: number): void {
  if (sigma < 0.3) return;
  const radius = Math.min(12, Math.max(1, Math.ceil(sigma * 2.2)));
  // the middle and one side of the kernel, which is symmetric
  const kernel = new Float64Array(radius + 1);
  let total = 0;
  for (let i = 0; i <= radius; i++) {
    kernel[i] = Math.exp((-i * i) / (2 * sigma * sigma));
    total += i === 0 ? kernel[i]! : 2 * kernel[i]!;
  }
  for (let i = 0; i <= radius; i++) kernel[i] = kernel[i]! / total;
  blurRows(frame, kernel);
  blurColumns(frame, kernel);
}

/** Blurs every row; each is copied between repeats of its end pixels, so that the inner loop needs no bounds. */
function blurRows({ width, height, rgb }: Frame, kernel: Float64Array): void {
  const radius = kernel.length - 1;
  const stride = width * 3;
  const margin = radius * 3;
  const line = new Float32Array(stride + 2 * margin);
  const middle = kernel[0]!;
  const beside = kernel[1]!;
  for (let y = 0; y < height; y++) {
    const start = y * stride;
    for (let i = 0; i < stride; i++) line[margin + i] = rgb[start + i]!;
    for (let i = 0; i < margin; i++) {
      line[i] = rgb[start + (i % 3)]!;
      line[margin + stride + i] = rgb[start + stride - 3 + (i % 3)]!;
    }
    for (let i = 0, at = margin; i < stride; i++, at++) {
      let sum = line[at]! * middle + (line[at - 3]! + line[at + 3]!) * beside;
      for (let k = 2, apart = 6; k <= radius; k++, apart += 3) {
        sum += (line[at - apart]! + line[at + apart]!) * kernel[k]!;
      }
      rgb[start + i] = sum;
    }
  }
}

/** Blurs every column, row by row, so that memory is walked in order; the rows still needed are kept aside. */
function blurColumns({ width, height, rgb }: Frame, kernel: Float64Array): void {
  const radius = kernel.length - 1;
  const stride = width * 3;
  const source = borrowFloats(rgb.length);
  source.set(rgb);
  const middle = kernel[0]!;
  const beside = kernel[1]!;
  const last = (height - 1) * stride;
  for (let y = 0; y < height; y++) {
    const at = y * stride;
    const above = Math.max(0, at - stride);
    const below = Math.min(last, at + stride);
    for (let i = 0; i < stride; i++) {
      rgb[at + i] = source[at + i]! * middle + (source[above + i]! + source[below + i]!) * beside;
    }
    for (let k = 2; k <= radius; k++) {
      const up = Math.max(0, at - k * stride);
      const down = Math.min(last, at + k * stride);
      const weight = kernel[k]!;
      for (let i = 0; i < stride; i++) rgb[at + i] = rgb[at + i]! + (source[up + i]! + source[down + i]!) * weight;
    }
  }
  returnFloats(source);
}

/** Motion blur: the mean along a segment of `length` pixels at `angle` radians. */
export function blurMotion(frame: Frame, length: number, angle: number): Frame {
  if (length < 1) return frame;
  const { width, height, rgb } = frame;
  const out = createFrame(width, height);
  const taps = Math.min(15, Math.ceil(length) + 1);
  const offsets: { dx: number; dy: number }[] = [];
  for (let i = 0; i < taps; i++) {
    const t = (i / (taps - 1) - 0.5) * length;
    offsets.push({ dx: Math.round(Math.cos(angle) * t), dy: Math.round(Math.sin(angle) * t) });
  }
  const share = 1 / taps;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let i = 0; i < taps; i++) {
        const { dx, dy } = offsets[i]!;
        const px = x + dx < 0 ? 0 : x + dx >= width ? width - 1 : x + dx;
        const py = y + dy < 0 ? 0 : y + dy >= height ? height - 1 : y + dy;
        const from = (py * width + px) * 3;
        r += rgb[from]!;
        g += rgb[from + 1]!;
        b += rgb[from + 2]!;
      }
      const at = (y * width + x) * 3;
      out.rgb[at] = r * share;
      out.rgb[at + 1] = g * share;
      out.rgb[at + 2] = b * share;
    }
  }
  return out;
}

/** Rounds to 8 bits. */
export function frameToImage(frame: Frame): Image {
  const { rgb } = frame;
  const data = new Uint8Array(rgb.length);
  for (let i = 0; i < data.length; i++) {
    const value = rgb[i]!;
    data[i] = value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5;
  }
  return { width: frame.width, height: frame.height, data };
}

/** Stretches an image: bilinear upwards, a triangle filter over the covered pixels downwards. */
export function stretchImage(image: Image, width: number, height: number): Image {
  if (image.width === width && image.height === height) return image;
  const columns = axisWeights(image.width, width);
  const rows = axisWeights(image.height, height);
  const stride = width * 3;
  const middle = borrowFloats(stride * image.height);
  stretchRows(image, columns, middle);
  const data = new Uint8Array(stride * height);
  const { taps, first, weights } = rows;
  for (let y = 0; y < height; y++) {
    const to = y * stride;
    const from = first[y]! * stride;
    if (taps === 2) {
      const above = weights[y * 2]!;
      const below = weights[y * 2 + 1]!;
      for (let x = 0; x < stride; x++) {
        data[to + x] = middle[from + x]! * above + middle[from + stride + x]! * below + 0.5;
      }
    } else {
      for (let x = 0; x < stride; x++) {
        let sum = 0.5;
        for (let i = 0, at = from + x; i < taps; i++, at += stride) sum += middle[at]! * weights[y * taps + i]!;
        data[to + x] = sum;
      }
    }
  }
  returnFloats(middle);
  return { width, height, data };
}

/** Applies the weights along x to every row. */
function stretchRows({ width, height, data }: Image, columns: AxisWeights, middle: Float32Array): void {
  const { taps, first, weights } = columns;
  for (let y = 0, to = 0; y < height; y++) {
    const start = y * width * 3;
    for (let x = 0; x < first.length; x++, to += 3) {
      let from = start + first[x]! * 3;
      if (taps === 2) {
        const left = weights[x * 2]!;
        const right = weights[x * 2 + 1]!;
        middle[to] = data[from]! * left + data[from + 3]! * right;
        middle[to + 1] = data[from + 1]! * left + data[from + 4]! * right;
        middle[to + 2] = data[from + 2]! * left + data[from + 5]! * right;
        continue;
      }
      let r = 0;
      let g = 0;
      let b = 0;
      for (let i = x * taps; i < (x + 1) * taps; i++, from += 3) {
        const weight = weights[i]!;
        r += data[from]! * weight;
        g += data[from + 1]! * weight;
        b += data[from + 2]! * weight;
      }
      middle[to] = r;
      middle[to + 1] = g;
      middle[to + 2] = b;
    }
  }
}

interface AxisWeights {
  readonly first: Int32Array;
  readonly taps: number;
  readonly weights: Float32Array;
}

/** For every output position the first input position and its `taps` weights, which sum to 1. */
function axisWeights(from: number, to: number): AxisWeights {
  const ratio = from / to;
  const reach = Math.max(1, ratio);
  const taps = Math.min(from, Math.ceil(2 * reach));
  const first = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * ratio - 0.5;
    first[i] = Math.min(from - taps, Math.max(0, Math.ceil(centre - reach)));
    let total = 0;
    for (let tap = 0; tap < taps; tap++) {
      const weight = Math.max(tap === 0 ? 1e-6 : 0, 1 - Math.abs(first[i]! + tap - centre) / reach);
      weights[i * taps + tap] = weight;
      total += weight;
    }
    for (let tap = 0; tap < taps; tap++) weights[i * taps + tap] = weights[i * taps + tap]! / total;
  }
  return { first, taps, weights };
}
