/**
 * The motion gate: whether a frame shows something new, so that still scenes cost next to nothing.
 * Compares grey thumbnails with that of the last frame looked at, not of the last frame: slow things add up.
 */
import { greyscale, type Image, resize } from "./image.ts";

export interface MotionGate {
  /** Of the last frame looked at; null before the first. */
  readonly thumbnail: Thumbnail | null;
  /** When that was. */
  readonly lookedMs: number;
}

/** A grey picture a few cells wide. */
export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface MotionOptions {
  /** Grey levels, 0..255, by which some patch of 3 x 3 cells must change more than the picture at large. */
  readonly threshold: number;
  /** A frame is looked at this often whatever it shows. */
  readonly refreshMs: number;
}

export const MOTION_DEFAULTS: MotionOptions = { threshold: 3, refreshMs: 1000 };

export const OPEN_GATE: MotionGate = { thumbnail: null, lookedMs: -Infinity };

/** Cells along the longer side: a vehicle whose plate can be read spans several. Area means take the sensor's noise out. */
const CELLS = 96;
const PATCH = 3;

/** Whether to look at a frame, and the gate after it. */
export function gateMotion(
  gate: MotionGate,
  frame: Image,
  frameTimeMs: number,
  options: MotionOptions = MOTION_DEFAULTS,
): { gate: MotionGate; isMoving: boolean } {
  const thumbnail = thumbnailOf(frame);
  const isDue = gate.thumbnail === null || frameTimeMs - gate.lookedMs >= options.refreshMs;
  if (!isDue && greatestChange(gate.thumbnail!, thumbnail) < options.threshold) return { gate, isMoving: false };
  return { gate: { thumbnail, lookedMs: frameTimeMs }, isMoving: true };
}

/** The frame as grey cells, the mean of what each covers. */
export function thumbnailOf(frame: Image): Thumbnail {
  const scale = Math.min(1, CELLS / Math.max(frame.width, frame.height));
  const width = Math.max(1, Math.round(frame.width * scale));
  const height = Math.max(1, Math.round(frame.height * scale));
  return { width, height, data: greyscale(resize(frame, width, height)) };
}

/**
 * How much more the patch of 3 x 3 cells that changed most did than the middle one, in grey levels: noise and flicker
 * change all of them, a vehicle some. Infinity for pictures of different size.
 */
export function greatestChange(a: Thumbnail, b: Thumbnail): number {
  if (a.width !== b.width || a.height !== b.height) return Infinity;
  const { width, height } = a;
  const patchWidth = Math.min(PATCH, width);
  const patchHeight = Math.min(PATCH, height);
  const changes = new Float64Array((width - patchWidth + 1) * (height - patchHeight + 1));
  let patch = 0;
  for (let top = 0; top + patchHeight <= height; top++) {
    for (let left = 0; left + patchWidth <= width; left++) {
      let sum = 0;
      for (let y = top; y < top + patchHeight; y++) {
        for (let x = left; x < left + patchWidth; x++) sum += Math.abs(a.data[y * width + x]! - b.data[y * width + x]!);
      }
      changes[patch++] = sum / (patchWidth * patchHeight);
    }
  }
  changes.sort();
  return changes[changes.length - 1]! - changes[changes.length >> 1]!; // one patch at least
}
