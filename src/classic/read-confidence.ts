/**
 * How often a text read along paths is right, told by a logistic model over a few named features. Its weights stand in
 * the character net's card; `bench/classic-confidence.ts` fits them.
 */

import type { CharacterCard } from "../core/character-card.ts";
import { logisticProbability, logit } from "../core/confidence.ts";
import type { CandidateShape } from "./candidate-shapes.ts";

/**
 * The features, in the order of the card's weights; each can only speak for a text.
 *
 * | name            | value                                                                                        |
 * | --------------- | -------------------------------------------------------------------------------------------- |
 * | textLogit       | logit of the text's share among all texts found, within ±12                                    |
 * | charactersLogit | mean over its characters of the logit of what the net gives each, within ±6                     |
 * | noneLogit       | logit of "no shape beside the text is a character", within ±6                                  |
 *
 * The first compares texts with each other alone: of a plate on which each is wrong, one may still outshine the rest.
 */
export const READ_FEATURES = ["textLogit", "charactersLogit", "noneLogit"] as const;

/** What the features are made of, probabilities all. */
export interface ReadEvidence {
  readonly text: number;
  /** Of each character of the text, as the net gives it. */
  readonly characters: readonly number[];
  /** That the most character-like of the shapes left out beside the text is one; 0 where none was left out. */
  readonly leftOut: number;
}

/** In the order of READ_FEATURES; plain numbers, fit to be written down. */
export function readFeatures({ text, characters, leftOut }: ReadEvidence): number[] {
  const logits = characters.map((probability) => logit(probability, 6));
  const mean = logits.reduce((sum, value) => sum + value, 0) / Math.max(1, logits.length);
  return [logit(text, 12), mean, -logit(leftOut, 6)];
}

/**
 * Probability that the whole text is right, 0..1; its share among all texts where the card tells no weights.
 *
 * @throws PlateKitError MODEL_MISMATCH when the card has another number of weights than there are features.
 */
export function readConfidence(evidence: ReadEvidence, calibration: CharacterCard["calibration"]): number {
  return calibration === undefined ? evidence.text : logisticProbability(readFeatures(evidence), calibration);
}

/** A shape that overlaps a character by more of the character's width than this competes with it, and lost. */
const MAX_SHARED = 0.2;

/**
 * The probability that the most character-like shape which a path leaves out is a character; shapes that lie over those of
 * the path don't count, as only one of them can be.
 *
 * @param none column of `rows` with the probability that a shape is none.
 */
export function leftOutProbability(
  shapes: readonly CandidateShape[],
  rows: readonly Float32Array[],
  path: readonly number[],
  none: number,
): number {
  const chosen = path.map((index) => shapes[index]!);
  let most = 0;
  for (const [index, shape] of shapes.entries()) {
    const isFree = chosen.every((other) => other.line !== shape.line || sharedWidth(shape, other) <= MAX_SHARED);
    if (isFree) most = Math.max(most, 1 - rows[index]![none]!);
  }
  return most;
}

/** How much of a character's width a shape covers, 0..1. */
function sharedWidth({ box: [x, , width] }: CandidateShape, { box: [left, , of] }: CandidateShape): number {
  return Math.max(0, Math.min(x + width, left + of) - Math.max(x, left)) / of;
}
