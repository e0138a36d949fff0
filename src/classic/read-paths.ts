/** Reads a plate by the paths through all its shapes, in both polarities: for nets that know what is no character. */
import { formatMatcher } from "../core/formats.ts";
import type { Candidate } from "../core/read.ts";
import { type CandidateShape, candidateShapes } from "./candidate-shapes.ts";
import { bestCharacter, type CharacterModel, classifyCharacters, NO_CHARACTER } from "./character-model.ts";
import { type GreyPicture, invert } from "./grey-picture.ts";
import { type PlateView, plateViews } from "./plate-views.ts";
import type { RankOptions } from "./rank-texts.ts";
import { leftOutProbability } from "./read-confidence.ts";
import type { Reading } from "./read-plate.ts";
import { notesOf, shapesOf } from "./segment-notes.ts";
import { segmentRobust } from "./segment-robust.ts";
import type { Segmentation, Shape } from "./segmentation.ts";
import { gapBetween, type PathText, textsAlong } from "./shape-paths.ts";
import { groupRatios, plateProbability } from "./text-prior.ts";

/** Weights beside those of shape-paths.ts, fitted with them: of ln how common the text is, and of the text's looks. */
export const TEXT_WEIGHT = 1.22;
export const VIEW_WEIGHT = -0.87;

/** Characters, all alike where nothing is known. */
const ANY_CHARACTER = 36;

/** What any other text weighs, ln. */
const NOTHING = 0;

/** Texts looked at in each polarity. */
const TEXT_COUNT = 60;

/** A text that is so probable needs no look at the other polarity. */
const SURE = 0.9;

/** A plate in one polarity, with all its shapes and what the net says of each. */
export interface SeenPlate {
  readonly view: PlateView;
  readonly shapes: readonly CandidateShape[];
  readonly rows: readonly Float32Array[];
}

interface WeighedText extends Pick<PathText, "text" | "path"> {
  readonly seen: SeenPlate;
  /** ln of its weight among all. */
  readonly logit: number;
}

/** @throws PlateKitError MODEL_FAILED or MODEL_MISMATCH. */
export async function readPaths(crop: GreyPicture, model: CharacterModel, options: RankOptions): Promise<Reading> {
  let found: WeighedText[] = [];
  for (const view of plateViews(crop)) {
    const seen = await seePlate(view, model);
    found = [...found, ...weighedTexts(seen, model.card.alphabet, options)].sort((a, b) => b.logit - a.logit);
    if ((rankedOf(found)[0]?.confidence ?? 0) >= SURE) break;
  }
  const [best] = found;
  if (best === undefined) {
    return {
      ranked: [],
      segmentation: withoutCharacters(segmentRobust(crop)),
      classes: [],
      characters: [],
      leftOut: 0,
    };
  }
  const { alphabet } = model.card;
  const { shapes, rows } = best.seen;
  const characters = best.path.map((index) => shapes[index]!);
  return {
    ranked: rankedOf(found),
    segmentation: segmentationOf(best.seen, characters),
    classes: best.path.map((index) => bestCharacter(rows[index]!, alphabet)),
    characters: best.path.map((index, k) => {
      const text = best.text[k]!; // a path has as many shapes as its text characters
      return { text, confidence: rows[index]![alphabet.indexOf(text)]! };
    }),
    leftOut: leftOutProbability(shapes, rows, best.path, alphabet.indexOf(NO_CHARACTER)),
  };
}

/** @throws PlateKitError MODEL_FAILED or MODEL_MISMATCH. */
export async function seePlate(view: PlateView, model: CharacterModel): Promise<SeenPlate> {
  const shapes = candidateShapes(view.hypotheses, view.best.lines);
  const pictures = shapes.map(({ picture }) => picture);
  return { view, shapes, rows: await classifyCharacters(pictures, model) };
}

function weighedTexts(
  seen: SeenPlate,
  alphabet: readonly string[],
  { regions, regionStrict }: RankOptions,
): WeighedText[] {
  const { shapes, rows, view } = seen;
  const matcher = regionStrict && regions.length > 0 ? formatMatcher(regions) : undefined;
  return textsAlong(shapes, rows, alphabet, TEXT_COUNT, matcher).map(({ text, path, score }) => ({
    text,
    path,
    seen,
    logit: score + TEXT_WEIGHT * logPrior(shapes, { text, path }, regions) + VIEW_WEIGHT * view.best.score,
  }));
}

/** ln of how much commoner the text is, on plates whose characters stand so, than any as long. */
export function logPrior(
  shapes: readonly CandidateShape[],
  { text, path }: Pick<PathText, "text" | "path">,
  regions: readonly string[],
): number {
  const gaps = path.slice(1).map((index, k) => {
    const [left, right] = [shapes[path[k]!]!, shapes[index]!];
    return left.line === right.line ? gapBetween(left, right) : Number.NaN;
  });
  return Math.log(ANY_CHARACTER ** text.length * plateProbability(text, regions, groupRatios(gaps)));
}

/** Each text once, with its share of all weights. @param found the best first. */
function rankedOf(found: readonly WeighedText[]): Candidate[] {
  const most = Math.max(NOTHING, found[0]?.logit ?? NOTHING);
  const weights = new Map<string, number>();
  let total = Math.exp(NOTHING - most);
  for (const { text, logit } of found) {
    const weight = Math.exp(logit - most);
    total += weight;
    weights.set(text, weight + (weights.get(text) ?? 0));
  }
  // The first stays first: it is its path that is shown.
  return [...weights].map(([text, weight]) => ({ text, confidence: weight / total }));
}

function segmentationOf({ view, shapes }: SeenPlate, characters: readonly CandidateShape[]): Segmentation {
  const { best, slope } = view;
  return {
    steps: "robust",
    plate: best.isLightOnDark ? invert(best.plate) : best.plate,
    binary: best.binary,
    shapes: shapesOf(best, characters, "no character"),
    characters,
    lines: best.lines.length === 2 ? 2 : 1,
    notes: notesOf(best, slope),
    candidateCount: shapes.length,
    score: best.score,
  };
}

function withoutCharacters(segmentation: Segmentation): Segmentation {
  const shapes = segmentation.shapes.map(({ box, dropped }): Shape => ({ box, dropped: dropped ?? "no character" }));
  return { ...segmentation, shapes, characters: [] };
}
