/** What lens, sensor and codec do to a frame: night, infra-red, fog, rain, blur, noise, contrast, JPEG. */
import type { Image } from "../core/image.ts";
import { borrowFloats, returnFloats } from "./buffers.ts";
import { blurGaussian, blurMotion, type Frame } from "./frame.ts";
import { compressJpeg } from "./jpeg-artefacts.ts";
import { grainTile } from "./noise.ts";
import type { Random } from "./random.ts";

/** How bad a capture is, all of it drawn beforehand so that a test can ask for one fault alone. */
export interface Capture {
  /** Gaussian sigma in pixels. */
  readonly defocusPx: number;
  readonly motionPx: number;
  readonly motionAngle: number;
  /** 1 leaves the colours, 0 makes them grey. */
  readonly saturation: number;
  readonly isInfrared: boolean;
  /** Share of the light that is the fog's. */
  readonly fog: number;
  readonly rainStreaks: number;
  /** Multiplies the light; below 1 is dusk. */
  readonly exposure: number;
  readonly contrast: number;
  readonly gamma: number;
  /** Red and blue gain, 1 is neutral. */
  readonly warmth: number;
  readonly tint: number;
  /** Standard deviation of sensor noise at mid grey, 0..255. */
  readonly noise: number;
  readonly chromaNoise: number;
  /** Overshoot of in-camera sharpening. */
  readonly sharpening: number;
  /** libjpeg quality, 100 for none. */
  readonly jpegQuality: number;
}

export const CLEAN_CAPTURE: Capture = {
  defocusPx: 0,
  motionPx: 0,
  motionAngle: 0,
  saturation: 1,
  isInfrared: false,
  fog: 0,
  rainStreaks: 0,
  exposure: 1,
  contrast: 1,
  gamma: 1,
  warmth: 1,
  tint: 1,
  noise: 0,
  chromaNoise: 0,
  sharpening: 0,
  jpegQuality: 100,
};

/** Draws a capture; `severity` 0..1 scales every fault, `capHeightPx` bounds the blur so that most plates stay readable. */
export function drawCapture(severity: number, capHeightPx: number, random: Random): Capture {
  const s = severity;
  const isNight = random.chance(0.1 + 0.12 * s);
  const isGrey = random.chance(0.07 + 0.05 * s);
  const isInfrared = !isGrey && random.chance(0.03 + 0.04 * s);
  const hasMotion = random.chance(0.3 * s);
  // now and then a capture that nobody can read, so that a reader learns to say so
  const isHopeless = random.chance(0.025 * s);
  const hasCast = random.chance(0.1 * (0.3 + s));
  const isOverexposed = random.chance(0.08 * s);
  return {
    defocusPx: isHopeless
      ? capHeightPx * random.range(0.2, 0.4)
      : 0.25 + random.next() ** 2 * capHeightPx * 0.085 * (0.25 + s),
    motionPx: hasMotion ? random.range(0.05, 0.2) * capHeightPx * s : 0,
    motionAngle: random.chance(0.6) ? random.normal() * 0.25 : random.range(0, Math.PI),
    saturation: isGrey || isInfrared ? 0 : Math.max(0, random.range(0.45, hasCast ? 1.5 : 1.15)),
    isInfrared,
    fog: random.chance(0.12) ? random.next() * 0.7 * s : 0,
    rainStreaks: random.chance(0.06 * s) ? random.int(4, 30) : 0,
    exposure: isNight ? random.range(0.28, 0.8) : isOverexposed ? random.range(1.3, 2) : random.range(0.74, 1.32),
    contrast: 1 + random.normal() * 0.16 * (0.4 + s) - (random.chance(0.2) ? 0.45 * s * random.next() : 0),
    gamma: Math.exp(random.normal() * 0.18 * (0.5 + s)),
    warmth: Math.exp(random.normal() * (hasCast ? 0.3 : isNight ? 0.16 : 0.06)),
    tint: Math.exp(random.normal() * (hasCast ? 0.3 : 0.035)),
    noise: random.next() ** 2 * 22 * s * (isNight ? 1.4 : 1),
    chromaNoise: random.chance(0.4) ? random.next() : 0,
    sharpening: random.chance(0.3) ? random.range(0.2, 1.2) : 0,
    jpegQuality: random.chance(0.75) ? random.range(100 - 68 * s, 95) : 100,
  };
}

/** Blur of a capture as a share of the cap height: standard deviation of defocus and motion together. */
export function blurShare({ defocusPx, motionPx }: Capture, capHeightPx: number): number {
  return Math.hypot(defocusPx, motionPx * 0.29) / capHeightPx;
}

/** Takes the picture; the scene is used up. */
export function captureFrame(scene: Frame, capture: Capture, random: Random): Image {
  blurGaussian(scene, capture.defocusPx);
  const frame = blurMotion(scene, capture.motionPx, capture.motionAngle);
  if (capture.rainStreaks > 0) paintRain(frame, capture.rainStreaks, random);
  if (capture.sharpening > 0) sharpen(frame, capture.sharpening);
  const image = develop(frame, capture, random);
  return capture.jpegQuality < 100 ? compressJpeg(image, capture.jpegQuality) : image;
}

/** Light, colour, tone curve, noise and rounding in one pass over the pixels. */
function develop({ width, height, rgb }: Frame, capture: Capture, random: Random): Image {
  const data = new Uint8ClampedArray(rgb.length); // rounds and clamps as it stores
  const grain = grainTile();
  let at = random.int(0, 65535);
  const curve = toneCurve(capture);
  const { saturation, fog, noise, warmth, tint, isInfrared } = capture;
  const chroma = noise * capture.chromaNoise;
  for (let i = 0; i < rgb.length; i += 3) {
    let r = rgb[i]! * warmth;
    let g = rgb[i + 1]! * tint;
    let b = rgb[i + 2]! / warmth;
    if (isInfrared) {
      // under infra-red light red paint turns pale and blue dark; retro-reflecting white glows
      r = g = b = 0.75 * r + 0.2 * g + 0.05 * b;
    } else if (saturation !== 1) {
      const grey = 0.299 * r + 0.587 * g + 0.114 * b;
      r = grey + (r - grey) * saturation;
      g = grey + (g - grey) * saturation;
      b = grey + (b - grey) * saturation;
    }
    if (fog > 0) {
      r += (205 - r) * fog;
      g += (208 - g) * fog;
      b += (212 - b) * fog;
    }
    // neighbours share some of their noise, as demosaiced ones do
    const luma = noise === 0 ? 0 : (grain[at & 65535]! + grain[(at + 1) & 65535]!) * noise * 0.6;
    r = curve[r <= 0 ? 0 : r >= 511 ? 511 : r | 0]! + luma;
    g = curve[g <= 0 ? 0 : g >= 511 ? 511 : g | 0]! + luma;
    b = curve[b <= 0 ? 0 : b >= 511 ? 511 : b | 0]! + luma;
    if (chroma > 0 && saturation > 0) {
      r += grain[(at + 21001) & 65535]! * chroma;
      b += grain[(at + 43003) & 65535]! * chroma;
    }
    at++;
    data[i] = r;
    data[i + 1] = g;
    data[i + 2] = b;
  }
  return { width, height, data: new Uint8Array(data.buffer) };
}

/** Exposure, contrast around mid grey and gamma for 0..511, so that overexposed light still has an entry. */
function toneCurve({ exposure, contrast, gamma }: Capture): Float32Array {
  return Float32Array.from({ length: 512 }, (_, value) => {
    const lit = (value * exposure) / 255;
    const curved = lit <= 1 ? lit ** gamma : 1 + (lit - 1) * gamma;
    return 128 + (curved * 255 - 128) * contrast;
  });
}

/** Unsharp masking in place. */
function sharpen({ width, height, rgb }: Frame, amount: number): void {
  const soft = borrowFloats(rgb.length);
  soft.set(rgb);
  blurGaussian({ width, height, rgb: soft }, 0.9);
  for (let i = 0; i < rgb.length; i++) rgb[i] = rgb[i]! + (rgb[i]! - soft[i]!) * amount;
  returnFloats(soft);
}

function paintRain(frame: Frame, count: number, random: Random): void {
  const { width, height, rgb } = frame;
  const lean = random.normal() * 0.25;
  for (let i = 0; i < count; i++) {
    const length = random.range(0.1, 0.5) * height;
    const light = random.range(15, 70);
    const x0 = random.range(0, width);
    const y0 = random.range(-0.2, 1) * height;
    for (let t = 0; t < length; t++) {
      const x = Math.round(x0 + t * lean);
      const y = Math.round(y0 + t);
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const at = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) rgb[at + c] = rgb[at + c]! + light;
    }
  }
}
