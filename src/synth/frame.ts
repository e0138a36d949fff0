/** A picture on its way through the camera: RGB as floats 0..255, interleaved; warping, blurring, resizing, rounding. */
import { type Homography, invertHomography } from "../core/geometry.ts";
import type { Image } from "../core/image.ts";
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
  const frame = createFrame(width, height);
  const inverse = invertHomography(toFrame);
  if (inverse === null) throw new RangeError("a plate seen edge on cannot be drawn");
  const [a, b, c, d, e, f, g, h, i] = inverse;
  const { scale, left, top, rgb } = canvas;
  const stride = canvas.width * 3;
  const maxX = canvas.width - 1.001;
  const maxY = canvas.height - 1.001;
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const w = 1 / (g * (x + 0.5) + h * (y + 0.5) + i);
      const xMm = (a * (x + 0.5) + b * (y + 0.5) + c) * w;
      const sag = bend === undefined ? 0 : sagAt(bend, xMm);
      const u = (xMm - left) * scale - 0.5;
      const v = ((d * (x + 0.5) + e * (y + 0.5) + f) * w - sag - top) * scale - 0.5;
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
      frame.rgb[to] = rgb[at]! * w11 + rgb[at + 3]! * w12 + rgb[below]! * w21 + rgb[below + 3]! * w22;
      frame.rgb[to + 1] = rgb[at + 1]! * w11 + rgb[at + 4]! * w12 + rgb[below + 1]! * w21 + rgb[below + 4]! * w22;
      frame.rgb[to + 2] = rgb[at + 2]! * w11 + rgb[at + 5]! * w12 + rgb[below + 2]! * w21 + rgb[below + 5]! * w22;
    }
  }
  return frame;
}

/** Gaussian blur, separable, edge values repeated; `sigma` in pixels, nothing below 0.3. */
export function blurGaussian(frame: Frame, sigma: number): Frame {
  if (sigma < 0.3) return frame;
  const radius = Math.min(12, Math.max(1, Math.ceil(sigma * 2.2)));
  const kernel = new Float32Array(2 * radius + 1);
  let total = 0;
  for (let i = -radius; i <= radius; i++) {
    kernel[i + radius] = Math.exp((-i * i) / (2 * sigma * sigma));
    total += kernel[i + radius]!;
  }
  for (let i = 0; i < kernel.length; i++) kernel[i] = kernel[i]! / total;
  return convolveColumns(convolveRows(frame, kernel), kernel);
}

/** Blurs every row; each is copied between repeats of its end pixels, so that the inner loop needs no bounds. */
function convolveRows({ width, height, rgb }: Frame, kernel: Float32Array): Frame {
  const out = createFrame(width, height);
  const radius = (kernel.length - 1) / 2;
  const stride = width * 3;
  const margin = radius * 3;
  const line = new Float32Array(stride + 2 * margin);
  for (let y = 0; y < height; y++) {
    const start = y * stride;
    line.set(rgb.subarray(start, start + stride), margin);
    for (let i = 0; i < margin; i++) {
      line[i] = rgb[start + (i % 3)]!;
      line[margin + stride + i] = rgb[start + stride - 3 + (i % 3)]!;
    }
    for (let i = 0; i < stride; i++) {
      let sum = 0;
      for (let k = 0, from = i; k < kernel.length; k++, from += 3) sum += line[from]! * kernel[k]!;
      out.rgb[start + i] = sum;
    }
  }
  return out;
}

/** Blurs every column, row by row, so that memory is walked in order. */
function convolveColumns({ width, height, rgb }: Frame, kernel: Float32Array): Frame {
  const out = createFrame(width, height);
  const radius = (kernel.length - 1) / 2;
  const stride = width * 3;
  for (let y = 0; y < height; y++) {
    const to = y * stride;
    for (let k = 0; k < kernel.length; k++) {
      const row = Math.min(height - 1, Math.max(0, y + k - radius)) * stride;
      const weight = kernel[k]!;
      for (let i = 0; i < stride; i++) out.rgb[to + i] = out.rgb[to + i]! + rgb[row + i]! * weight;
    }
  }
  return out;
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
  const data = new Uint8Array(frame.rgb.length);
  for (let i = 0; i < data.length; i++) {
    const value = frame.rgb[i]!;
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
  const middle = new Float32Array(stride * image.height);
  for (let y = 0; y < image.height; y++) {
    const start = y * image.width * 3;
    for (let x = 0, to = y * stride; x < width; x++, to += 3) {
      let from = start + columns.first[x]! * 3;
      let r = 0;
      let g = 0;
      let b = 0;
      for (let i = x * columns.taps; i < (x + 1) * columns.taps; i++, from += 3) {
        const weight = columns.weights[i]!;
        r += image.data[from]! * weight;
        g += image.data[from + 1]! * weight;
        b += image.data[from + 2]! * weight;
      }
      middle[to] = r;
      middle[to + 1] = g;
      middle[to + 2] = b;
    }
  }
  const data = new Uint8Array(stride * height);
  const line = new Float32Array(stride);
  for (let y = 0; y < height; y++) {
    line.fill(0.5);
    for (let i = 0; i < rows.taps; i++) {
      const weight = rows.weights[y * rows.taps + i]!;
      const from = (rows.first[y]! + i) * stride;
      for (let x = 0; x < stride; x++) line[x] = line[x]! + middle[from + x]! * weight;
    }
    data.set(line, y * stride);
  }
  return { width, height, data };
}

/** For every output position the first input position and its `taps` weights, which sum to 1. */
function axisWeights(from: number, to: number): { first: Int32Array; taps: number; weights: Float32Array } {
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
