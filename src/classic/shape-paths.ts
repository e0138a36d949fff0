/**
 * The most probable texts along paths through a plate's shapes, from left to right: each shape of a path is a character,
 * what the path leaves out is none. A log-linear model: its terms and their weights say how well a path fits.
 */
import type { MatcherState } from "../core/formats.ts";
import type { CandidateShape } from "./candidate-shapes.ts";
import { CHARACTER_ASPECTS } from "./character-aspects.ts";
import { NO_CHARACTER } from "./character-model.ts";

/** What a path is judged by, summed over its shapes and steps, with weights fitted by `bench/paths-fit.ts`. */
export const PATH_TERMS = [
  /** ln of the net's probability of the character. */
  "character",
  /** ln of the net's probability that the shape is none. */
  "none",
  /** Characters. */
  "count",
  /** How far heights are from the line's, |ln|. */
  "height",
  /** How far middles are from the line's, heights. */
  "offset",
  /** How unusual widths over heights are for their characters: squared deviations, 16 at most. */
  "aspect",
  /** Shapes that were cut apart or joined. */
  "piece",
  /** Plain bars. */
  "bar",
  /** How far neighbours overlap, heights. */
  "overlap",
  /** How much wider than half a height gaps are, heights. */
  "far",
  /** How unlike neighbours' heights are, |ln|. */
  "heightStep",
  /** How unlike neighbours' offsets are, heights. */
  "offsetStep",
] as const;

export type PathWeights = Readonly<Record<(typeof PATH_TERMS)[number], number>>;

export const PATH_WEIGHTS: PathWeights = {
  character: 1.08,
  none: -0.96,
  count: 3.49,
  height: -2.43,
  offset: -5.25,
  aspect: -0.34,
  piece: -1.0,
  bar: -0.45,
  overlap: -9.55,
  far: -7.6,
  heightStep: -12.72,
  offsetStep: -1.07,
};

export interface PathText {
  readonly text: string;
  /** Of its best path. */
  readonly score: number;
  /** Indices of the shapes, one a character. */
  readonly path: readonly number[];
}

/** Texts kept a shape, classes looked at of one, and the least probability of these. */
const BEAM = 20;
const MAX_CLASSES = 4;
const MIN_PROBABILITY = 0.002;
const LEAST = 1e-4;

/** As many as the recognizer has slots; Algerian plates hold eleven. */
const MAX_CHARACTERS = 12;

/** Neighbours may overlap by this share of the height, and be so far apart. */
const MAX_OVERLAP = 0.15;
const MAX_GAP = 1.9;

const UNUSUAL_ASPECT = [-0.55, 0.2] as const;

interface Prefix {
  readonly text: string;
  readonly score: number;
  readonly shape: number;
  readonly before: Prefix | null;
  /** Where the formats that are asked for stand after it. */
  readonly state: MatcherState | undefined;
}

/** A character that a shape may be, with what it says for a path. */
interface Choice {
  readonly text: string;
  readonly score: number;
}

/**
 * Best first, each text once, of two characters or more.
 *
 * @param shapes line after line, each from left to right by their right edges.
 * @param rows of each shape the probabilities over `alphabet`, which may hold NO_CHARACTER.
 * @param matcher only texts that it accepts.
 */
export function textsAlong(
  shapes: readonly CandidateShape[],
  rows: readonly Float32Array[],
  alphabet: readonly string[],
  count: number,
  matcher?: MatcherState,
  weights: PathWeights = PATH_WEIGHTS,
): PathText[] {
  const none = alphabet.indexOf(NO_CHARACTER);
  const prefixes: Prefix[][] = [];
  for (const [index, shape] of shapes.entries()) {
    const choices = choicesOf(shape, rows[index]!, alphabet, none, weights);
    const found: Prefix[] = [];
    const goOn = (before: Prefix | null, step: number): void => {
      for (const { text, score } of choices) {
        const state = before === null ? matcher?.next(text) : before.state?.next(text);
        if (matcher !== undefined && state === undefined) continue;
        found.push({ text: (before?.text ?? "") + text, score: step + score, shape: index, before, state });
      }
    };
    goOn(null, 0);
    for (let j = 0; j < index && choices.length > 0; j++) {
      const step = prefixes[j]!.length === 0 ? null : stepScore(shapes[j]!, shape, weights);
      if (step === null) continue;
      for (const before of prefixes[j]!) if (before.text.length < MAX_CHARACTERS) goOn(before, before.score + step);
    }
    prefixes.push(bestOfEach(found, BEAM));
  }
  const whole = prefixes
    .flat()
    .filter(({ text, state }) => text.length > 1 && (state === undefined || state.accepts.length > 0));
  return bestOfEach(whole, count).map((last) => ({ text: last.text, score: last.score, path: pathTo(last) }));
}

/** What makes up the score of a path, in the order of PATH_TERMS. */
export function pathTerms(
  shapes: readonly CandidateShape[],
  rows: readonly Float32Array[],
  alphabet: readonly string[],
  { text, path }: Pick<PathText, "text" | "path">,
): number[] {
  const none = alphabet.indexOf(NO_CHARACTER);
  return PATH_TERMS.map((term) => {
    const only = Object.fromEntries(PATH_TERMS.map((name) => [name, name === term ? 1 : 0])) as Record<
      (typeof PATH_TERMS)[number],
      number
    >;
    let sum = 0;
    for (const [k, index] of path.entries()) {
      const shape = shapes[index]!;
      sum += shapeScore(shape, rows[index]!, none, only);
      sum += characterScore(shape, text[k]!, rows[index]![alphabet.indexOf(text[k]!)]!, only);
      if (k > 0) sum += stepScore(shapes[path[k - 1]!]!, shape, only) ?? 0;
    }
    return sum;
  });
}

function choicesOf(
  shape: CandidateShape,
  row: Float32Array,
  alphabet: readonly string[],
  none: number,
  weights: PathWeights,
): Choice[] {
  const own = shapeScore(shape, row, none, weights);
  return [...row.keys()]
    .filter((at) => at !== none && row[at]! > MIN_PROBABILITY)
    .sort((a, b) => row[b]! - row[a]!)
    .slice(0, MAX_CLASSES)
    .map((at) => ({ text: alphabet[at]!, score: own + characterScore(shape, alphabet[at]!, row[at]!, weights) }));
}

function shapeScore(shape: CandidateShape, row: Float32Array, none: number, weights: PathWeights): number {
  return (
    weights.count +
    weights.none * Math.log(Math.max(row[none] ?? 0, LEAST)) +
    weights.height * Math.abs(Math.log(shape.height)) +
    weights.offset * Math.abs(shape.offset) +
    (shape.isPiece ? weights.piece : 0) +
    (shape.isBar ? weights.bar : 0)
  );
}

function characterScore(shape: CandidateShape, character: string, probability: number, weights: PathWeights): number {
  const [mean, deviation] = CHARACTER_ASPECTS[character] ?? UNUSUAL_ASPECT;
  const unusual = (Math.log(shape.width / shape.height) - mean) / deviation;
  return weights.character * Math.log(Math.max(probability, LEAST)) + weights.aspect * Math.min(16, unusual * unusual);
}

/** What it says that one shape follows the other, or null where it can't. */
function stepScore(left: CandidateShape, right: CandidateShape, weights: PathWeights): number | null {
  if (left.line !== right.line) return left.line < right.line ? 0 : null;
  if (right.box[0] <= left.box[0]) return null;
  const gap = gapBetween(left, right);
  if (gap < -MAX_OVERLAP || gap > MAX_GAP) return null;
  return (
    weights.overlap * Math.max(0, -gap) +
    weights.far * Math.max(0, gap - 0.5) +
    weights.heightStep * Math.abs(Math.log(right.box[3] / left.box[3])) +
    weights.offsetStep * Math.abs(right.offset - left.offset)
  );
}

/** In heights of the line; below 0 where they overlap. */
export function gapBetween(left: CandidateShape, right: CandidateShape): number {
  return ((right.box[0] - left.box[0] - left.box[2]) * left.height) / left.box[3];
}

/** The best with each text, best first. */
function bestOfEach(prefixes: readonly Prefix[], count: number): Prefix[] {
  const kept: Prefix[] = [];
  const seen = new Set<string>();
  for (const prefix of prefixes.toSorted((a, b) => b.score - a.score)) {
    if (seen.has(prefix.text)) continue;
    seen.add(prefix.text);
    kept.push(prefix);
    if (kept.length === count) break;
  }
  return kept;
}

function pathTo(last: Prefix): number[] {
  const path: number[] = [];
  for (let at: Prefix | null = last; at !== null; at = at.before) path.unshift(at.shape);
  return path;
}
