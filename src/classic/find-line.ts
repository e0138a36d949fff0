/** Finds the line of text among the shapes of a plate by their sizes and places alone. */
import type { InkPart } from "./ink-parts.ts";

/** Shapes that stand in a row. */
export interface TextLine {
  /** From left to right. */
  readonly parts: readonly InkPart[];
  /** Median height of the shapes. */
  readonly heightPx: number;
  /** Pixels the line falls for each pixel to the right. */
  readonly slope: number;
  /** About the number of characters, less where they don't stand as characters do. */
  readonly score: number;
}

/** Members' heights differ from the seed's by no more than this share. */
const HEIGHT_TOLERANCE = 0.2;

/** Members' middles lie no further from the line than this share of the height. */
const CENTRE_TOLERANCE = 0.16;

/** Plates rise less than this; beyond it the shapes are not one line. */
const MAX_SLOPE = 0.35;

/** The gap between two groups of a plate is at most this share of the height. */
const MAX_GAP = 1.7;

/** Plates hold no more characters on a line. */
const MAX_CHARACTERS = 9;

/** Width of a shape, in heights, from which it must be several characters that touch. */
const MAX_WIDTH = 1.15;
const MEAN_PITCH = 0.72;

/**
 * The best line of two shapes or more, or null.
 *
 * @param usualHeightPx lines lower than that count less: a plate's small print has more characters than its text.
 */
export function findLine(parts: readonly InkPart[], usualHeightPx: number): TextLine | null {
  let best: TextLine | null = null;
  for (const seed of parts) {
    const similar = parts.filter((part) => Math.abs(part.box[3] - seed.box[3]) <= HEIGHT_TOLERANCE * seed.box[3]);
    for (const other of similar) {
      if (middleX(other) <= middleX(seed)) continue; // each pair once
      const slope = (middleY(other) - middleY(seed)) / (middleX(other) - middleX(seed));
      if (Math.abs(slope) > MAX_SLOPE) continue;
      const line = lineThrough(seed, slope, similar, usualHeightPx);
      if (line !== null && (best === null || line.score > best.score)) best = line;
    }
  }
  return best;
}

function lineThrough(
  seed: InkPart,
  slope: number,
  similar: readonly InkPart[],
  usualHeightPx: number,
): TextLine | null {
  const height = seed.box[3];
  const members = similar
    .filter((part) => Math.abs(offset(part, seed, slope)) <= CENTRE_TOLERANCE * height)
    .sort((a, b) => a.box[0] - b.box[0]);
  const run = runAround(members, seed, height);
  if (run.length < 2) return null;
  const heightPx = median(run.map((part) => part.box[3]));
  let score = 0;
  for (const part of run) {
    const centre = Math.abs(offset(part, seed, slope)) / height;
    const size = Math.abs(part.box[3] - heightPx) / heightPx;
    const widths = part.box[2] / heightPx;
    const characters = widths <= MAX_WIDTH ? 1 : 0.6 * Math.round(widths / MEAN_PITCH);
    score += characters * (1 - 1.5 * centre - 1.5 * size) * (widths < 0.12 ? 0.4 : 1);
  }
  return {
    parts: run,
    heightPx,
    slope,
    score: Math.min(score, MAX_CHARACTERS) * Math.min(1, heightPx / usualHeightPx) ** 0.7,
  };
}

/** The members around the seed without too wide a gap; of shapes above each other the larger one. */
function runAround(members: readonly InkPart[], seed: InkPart, height: number): InkPart[] {
  const single: InkPart[] = [];
  for (const part of members) {
    const before = single.at(-1);
    if (
      before !== undefined &&
      part.box[0] < before.box[0] + before.box[2] - 0.5 * Math.min(part.box[2], before.box[2])
    ) {
      if (part.areaPx > before.areaPx) single[single.length - 1] = part;
    } else single.push(part);
  }
  let run: InkPart[] = [];
  let hasSeed = false;
  for (const part of single) {
    const before = run.at(-1);
    if (before !== undefined && part.box[0] - (before.box[0] + before.box[2]) > MAX_GAP * height) {
      if (hasSeed) break;
      run = [];
    }
    run.push(part);
    hasSeed ||= part === seed;
  }
  return hasSeed ? run : [];
}

/** How far a shape's middle lies below the line. */
function offset(part: InkPart, seed: InkPart, slope: number): number {
  return middleY(part) - middleY(seed) - slope * (middleX(part) - middleX(seed));
}

function middleX({ box }: InkPart): number {
  return box[0] + box[2] / 2;
}

function middleY({ box }: InkPart): number {
  return box[1] + box[3] / 2;
}

/** The middle value; of an even count the lower of the two middle ones. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
}
