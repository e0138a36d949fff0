/** How well a plate can be seen, and so why its reading may be wrong. Knows pixels and geometry, not the text. */
import { boxOfQuad } from "./geometry.ts";
import { crop, greyscale, type Image, resize } from "./image.ts";
import type { RecognizerCard } from "./model.ts";
import type { Detection, Doubt } from "./read.ts";
import { outsideShare } from "./rectify.ts";

/** What can be measured of a plate's picture. */
export interface PlateQuality {
  /** Mean length of the plate's left and right sides, in frame pixels. */
  readonly plateHeightPx: number;
  /** Height of its characters, estimated from the plate's, in frame pixels. */
  readonly characterHeightPx: number;
  /** Gradient energy over luminance variance, 0 to about 0.7: how fine the detail is, whatever the contrast. */
  readonly sharpness: number;
  /** Luminance between the 5th and 95th percentile, 0..1. */
  readonly contrast: number;
  /** Share of the plate under blown-out patches larger than a character, 0..1. */
  readonly glareShare: number;
  /** Share of the plate beyond the frame, 0..1. */
  readonly outsideShare: number;
  /** The frame's border cuts through the plate or touches it. */
  readonly isAtBorder: boolean;
}

/** The plate without its margin is measured at this size, so that no limit depends on a recognizer's input. */
const MEASURED_WIDTH = 128;
const MEASURED_HEIGHT = 48;

/** Characters fill about this share of a plate's height: 0.44 (US) to 0.7 (EU) on one line, 0.3 to 0.38 on two. */
const CHARACTER_SHARE = { 1: 0.6, 2: 0.35 } as const;

/** A detector sees a frame about 400 pixels wide and is off by two of those, so a border is met within 0.5 %. */
const BORDER_SHARE = 0.005;

/** All channels from here up are taken as clipped: JPEG and resampling leave clipped areas just below 255. */
const CLIPPED = 250;

/** Wider and taller than the paper between characters and than a stroke's surroundings, as shares of the plate. */
const GLARE_WIDTH_SHARE = 0.15;
const GLARE_HEIGHT_SHARE = 0.35;

/**
 * Limits of a trustworthy picture. Figures are the share read right by an independent reader among 4,450 legible
 * training crops, of which it read 84 % right.
 */
export const QUALITY_LIMITS = {
  /** More beyond the frame than corners are off by. */
  maxOutsideShare: 0.04,
  /** 54 % right below 10 px, 59 % from 11 to 13, 77 % from 13 to 16. */
  minCharacterHeightPx: 10,
  /** Almost two characters of seven; the most on a plate read right was 0.19, the one above was read wrong. */
  maxGlareShare: 0.25,
  /** 30 of 255 levels, where noise is as large as the strokes; 44 % right of the nine below. */
  minContrast: 0.12,
  /** 9 % right below 0.044, 40 % to 0.05, 60 % to 0.06, 71 % to 0.08. */
  minSharpness: 0.06,
} as const;

/**
 * Measures one plate.
 *
 * @param plate the rectified plate, as `rectifyPlate` gives it with `margin`.
 * @param frame size of the frame the detection lies in.
 */
export function measurePlate(
  plate: Image,
  detection: Detection,
  frame: { readonly width: number; readonly height: number },
  { margin }: Pick<RecognizerCard["resize"], "margin">,
): PlateQuality {
  const [topLeft, topRight, bottomRight, bottomLeft] = detection.corners;
  const plateHeightPx =
    (Math.hypot(bottomLeft[0] - topLeft[0], bottomLeft[1] - topLeft[1]) +
      Math.hypot(bottomRight[0] - topRight[0], bottomRight[1] - topRight[1])) /
    2;
  const inner = withoutMargin(plate, margin);
  const grey = greyscale(inner);
  return {
    plateHeightPx,
    characterHeightPx: plateHeightPx * CHARACTER_SHARE[detection.lines],
    sharpness: sharpnessOf(grey, inner.width, inner.height),
    contrast: contrastOf(grey),
    glareShare: glareShareOf(inner),
    outsideShare: outsideShare(detection.corners, frame),
    isAtBorder: isCutByBorder(detection, frame),
  };
}

/**
 * The first reason to distrust a reading, or null. The order is that of cause: a cut plate's other measures are those of
 * a part, a small plate's sharpness is that of its enlargement, and a text that fits no format is suspect in itself.
 */
export function doubtOf(quality: PlateQuality, isFormatMismatch: boolean): Doubt | null {
  if (quality.isAtBorder || quality.outsideShare > QUALITY_LIMITS.maxOutsideShare) return "cut";
  if (quality.characterHeightPx < QUALITY_LIMITS.minCharacterHeightPx) return "too-small";
  if (quality.glareShare > QUALITY_LIMITS.maxGlareShare) return "glare";
  if (quality.contrast < QUALITY_LIMITS.minContrast) return "low-contrast";
  if (quality.sharpness < QUALITY_LIMITS.minSharpness) return "blurred";
  return isFormatMismatch ? "format-mismatch" : null;
}

function withoutMargin(plate: Image, margin: number): Image {
  const left = Math.round((plate.width * margin) / (1 + 2 * margin));
  const top = Math.round((plate.height * margin) / (1 + 2 * margin));
  const inner = crop(plate, [left, top, plate.width - 2 * left, plate.height - 2 * top]);
  return resize(inner, MEASURED_WIDTH, MEASURED_HEIGHT);
}

/**
 * Mean squared gradient (Tenengrad; Krotkov 1988, among the best of 36 measures in Pertuz et al. 2013) over the
 * variance. The division takes out contrast and leaves the mean squared spatial frequency.
 */
function sharpnessOf(grey: Uint8Array, width: number, height: number): number {
  let energy = 0;
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const value = grey[i]!;
      const dx = grey[i + 1]! - grey[i - 1]!;
      const dy = grey[i + width]! - grey[i - width]!;
      energy += dx * dx + dy * dy;
      sum += value;
      squares += value * value;
    }
  }
  energy /= 4; // gradients are half the differences
  const count = (width - 2) * (height - 2);
  const variance = squares / count - (sum / count) ** 2;
  // A flat picture has no detail; half a level of variance is rounding.
  return variance < 0.5 ? 0 : energy / count / variance;
}

function contrastOf(grey: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (let i = 0; i < grey.length; i++) counts[grey[i]!]!++;
  return (valueAt(counts, Math.floor(0.95 * grey.length)) - valueAt(counts, Math.floor(0.05 * grey.length))) / 255;
}

/** The value at `rank`, from 0, of the sorted values of which `counts` tells how many there are of each. */
function valueAt(counts: Uint32Array, rank: number): number {
  let value = 0;
  for (let seen = counts[0]!; seen <= rank; seen += counts[value]!) value++;
  return value;
}

/**
 * Morphological opening of the clipped pixels by a rectangle: what remains are patches at least that large. A bright
 * plate's paper is clipped too, but everywhere crossed by strokes.
 */
function glareShareOf(image: Image): number {
  const { width, height, data } = image;
  const patchWidth = Math.round(width * GLARE_WIDTH_SHARE);
  const patchHeight = Math.round(height * GLARE_HEIGHT_SHARE);
  // Number of clipped pixels above and left of each point (integral image).
  const counts = new Uint32Array((width + 1) * (height + 1));
  for (let y = 0, from = 0; y < height; y++) {
    let inRow = 0;
    for (let x = 0; x < width; x++, from += 3) {
      if (data[from]! >= CLIPPED && data[from + 1]! >= CLIPPED && data[from + 2]! >= CLIPPED) inRow++;
      const i = (y + 1) * (width + 1) + x + 1;
      counts[i] = counts[i - width - 1]! + inRow;
    }
  }
  if (counts[counts.length - 1]! < patchWidth * patchHeight) return 0;
  const covered = new Uint8Array(width * height);
  for (let y = 0; y + patchHeight <= height; y++) {
    for (let x = 0; x + patchWidth <= width; x++) {
      const top = y * (width + 1) + x;
      const bottom = top + patchHeight * (width + 1);
      const clipped = counts[bottom + patchWidth]! - counts[bottom]! - counts[top + patchWidth]! + counts[top]!;
      if (clipped < patchWidth * patchHeight) continue;
      for (let row = y; row < y + patchHeight; row++) covered.fill(1, row * width + x, row * width + x + patchWidth);
    }
  }
  let share = 0;
  for (let i = 0; i < covered.length; i++) share += covered[i]!;
  return share / covered.length;
}

/**
 * Whether the plate meets one side of the frame but not the opposite one. A plate that meets both was cut out of its
 * picture on purpose, to its own size.
 */
function isCutByBorder(detection: Detection, frame: { readonly width: number; readonly height: number }): boolean {
  const tolerance = Math.max(1, BORDER_SHARE * Math.max(frame.width, frame.height));
  return [detection.box, boxOfQuad(detection.corners)].some(([x, y, width, height]) => {
    const left = x < tolerance;
    const right = x + width > frame.width - tolerance;
    const top = y < tolerance;
    const bottom = y + height > frame.height - tolerance;
    return left !== right || top !== bottom;
  });
}
