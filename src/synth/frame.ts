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

/** Gaussian blur, separable, edge values repeated; `sigma` in pixels, nothing below 0.2. */
export function blurGaussian(frame: Frame, sigma: number): Frame {
  if (sigma < 0.2) return frame;
  const radius = Math.min(12, Math.max(1, Math.ceil(sigma * 2.2)));
  const kernel = new Float32Array(2 * radius + 1);
  let total = 0;
  for (let i = -radius; i <= radius; i++) {
    kernel[i + radius] = Math.exp((-i * i) / (2 * sigma * sigma));
    total += kernel[i + radius]!;
  }
  for (let i = 0; i < kernel.length; i++) kernel[i] = kernel[i]! / total;
  return convolve(convolve(frame, kernel, "x"), kernel, "y");
}

/** One pass of a separable blur: along rows when `along` is "x", along columns when it is "y". */
function convolve(frame: Frame, kernel: Float32Array, along: "x" | "y"): Frame {
  const { width, height, rgb } = frame;
  const out = createFrame(width, height);
  const radius = (kernel.length - 1) / 2;
  const isRow = along === "x";
  const length = isRow ? width : height;
  const step = isRow ? 3 : width * 3;
  const lines = isRow ? height : width * 3;
  const channels = isRow ? 3 : 1;
  // each line is copied between repeats of its end values, so that the inner loop needs no bounds
  const line = new Float32Array(length + 2 * radius);
  for (let index = 0; index < lines * channels; index++) {
    const start = isRow ? Math.floor(index / 3) * width * 3 + (index % 3) : index;
    for (let i = 0, from = start; i < length; i++, from += step) line[radius + i] = rgb[from]!;
    line.fill(line[radius]!, 0, radius);
    line.fill(line[radius + length - 1]!, radius + length);
    for (let i = 0, to = start; i < length; i++, to += step) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) sum += line[i + k]! * kernel[k]!;
      out.rgb[to] = sum;
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

/** Stretches an image: bilinear upwards, box mean over the covered pixels downwards. */
export function stretchImage(image: Image, width: number, height: number): Image {
  if (image.width === width && image.height === height) return image;
  const columns = axisWeights(image.width, width);
  const rows = axisWeights(image.height, height);
  const middle = new Float32Array(width * image.height * 3);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++) {
      const { first, weights } = columns[x]!;
      let r = 0;
      let g = 0;
      let b = 0;
      for (let i = 0; i < weights.length; i++) {
        const from = (y * image.width + first + i) * 3;
        const weight = weights[i]!;
        r += image.data[from]! * weight;
        g += image.data[from + 1]! * weight;
        b += image.data[from + 2]! * weight;
      }
      const at = (y * width + x) * 3;
      middle[at] = r;
      middle[at + 1] = g;
      middle[at + 2] = b;
    }
  }
  const data = new Uint8Array(width * height * 3);
  const stride = width * 3;
  for (let y = 0; y < height; y++) {
    const { first, weights } = rows[y]!;
    for (let x = 0; x < stride; x++) {
      let value = 0.5;
      for (let i = 0; i < weights.length; i++) value += middle[(first + i) * stride + x]! * weights[i]!;
      data[y * stride + x] = value;
    }
  }
  return { width, height, data };
}

/** For every output position the first input position and the weights from there on (a triangle filter as wide as the ratio). */
function axisWeights(from: number, to: number): { first: number; weights: number[] }[] {
  const ratio = from / to;
  const reach = Math.max(1, ratio);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * ratio - 0.5;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(from - 1, Math.floor(centre + reach));
    const weights: number[] = [];
    let total = 0;
    for (let p = first; p <= last; p++) {
      const weight = Math.max(1e-4, 1 - Math.abs(p - centre) / reach);
      weights.push(weight);
      total += weight;
    }
    return { first, weights: weights.map((weight) => weight / total) };
  });
}
