/** Which of a plate's shapes are the characters of its known text and which are none: what a net of both learns from. */
import { iou } from "../core/geometry.ts";
import type { CandidateShape } from "./candidate-shapes.ts";
import { gapBetween } from "./shape-paths.ts";

export interface LabelledShape {
  readonly shape: CandidateShape;
  /** Null: none, or a part of one, or a pair. */
  readonly character: string | null;
}

export interface Alignment {
  /** Mean over the characters of ln of how well each fits. */
  readonly score: number;
  /** Index of each character's shape. */
  readonly path: readonly number[];
}

/** Worse alignments are mostly wrong. */
export const MIN_ALIGNMENT = -1.2;

/** A character that the net was never shown, and a bar that is 1 or I, fit so well at least. */
const UNKNOWN_FIT = 0.05;
const BAR_FIT = 0.4;
const LEAST_FIT = 1e-4;

/** What heights and places that differ from the line's cost, ln a height. */
const PLACE_COST = 2;
const OVERLAP_COST = 3;
const MAX_OVERLAP = 0.12;
const MAX_GAP = 1.8;

/** Overlap (IoU) from which a shape is the same character, and below which it is none; between them nothing is said. */
const SAME = 0.75;
const OTHER = 0.55;

/**
 * The shapes that fit the characters of the text best, from left to right; null where there are too few.
 *
 * @param shapes line after line.
 * @param rows of each the net's probabilities over `alphabet`.
 */
export function alignText(
  shapes: readonly CandidateShape[],
  rows: readonly Float32Array[],
  alphabet: readonly string[],
  text: string,
): Alignment | null {
  let last = shapes.map((shape, i) => fitOf(shape, rows[i]!, alphabet, text[0] ?? ""));
  const from: number[][] = [];
  for (const character of text.slice(1)) {
    const next: number[] = [];
    const before: number[] = [];
    for (const [i, shape] of shapes.entries()) {
      let [best, at] = [Number.NEGATIVE_INFINITY, -1];
      for (const [j, left] of shapes.entries()) {
        const sum = last[j]! - stepCost(left, shape);
        if (sum > best) [best, at] = [sum, j];
      }
      before.push(at);
      next.push(best + fitOf(shape, rows[i]!, alphabet, character));
    }
    from.push(before);
    last = next;
  }
  const most = Math.max(...last);
  if (text === "" || !Number.isFinite(most)) return null;
  const path = [last.indexOf(most)];
  for (const before of from.toReversed()) path.unshift(before[path[0]!]!);
  return { score: most / text.length, path };
}

/** All shapes of which the alignment tells what they are. */
export function labelShapes(shapes: readonly CandidateShape[], { path }: Alignment, text: string): LabelledShape[] {
  return shapes.flatMap((shape): LabelledShape[] => {
    const overlaps = path.map((at) => (shapes[at]!.line === shape.line ? iou(shapes[at]!.box, shape.box) : 0));
    const most = Math.max(...overlaps);
    if (most >= SAME) return [{ shape, character: text[overlaps.indexOf(most)]! }];
    return most < OTHER ? [{ shape, character: null }] : [];
  });
}

function fitOf(shape: CandidateShape, row: Float32Array, alphabet: readonly string[], character: string): number {
  const at = alphabet.indexOf(character);
  const fit = at < 0 ? UNKNOWN_FIT : row[at]!;
  const isPlainBar = shape.isBar && (character === "1" || character === "I");
  const place = Math.abs(Math.log(shape.height)) + Math.abs(shape.offset);
  return Math.log(Math.max(fit, isPlainBar ? BAR_FIT : LEAST_FIT)) - PLACE_COST * place;
}

/** Infinite where one cannot follow the other. */
function stepCost(left: CandidateShape, right: CandidateShape): number {
  if (left.line !== right.line) return left.line < right.line ? 0 : Number.POSITIVE_INFINITY;
  const gap = gapBetween(left, right);
  if (left.box[0] >= right.box[0] || gap < -MAX_OVERLAP || gap > MAX_GAP) return Number.POSITIVE_INFINITY;
  return gap < 0 ? -OVERLAP_COST * gap : 0;
}
