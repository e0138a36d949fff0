/** The most probable texts of single characters' probabilities, weighed by what the world's plates look like. */
import { textProbability } from "../core/format-pattern.ts";
import { automatonOf, coversRegion, formatMatcher, formatsMatching, formatsOf } from "../core/formats.ts";
import type { Candidate } from "../core/read.ts";
import { bestMatchingTexts, bestTexts } from "../core/slot-beam.ts";

export interface RankOptions {
  readonly regions: readonly string[];
  readonly regionStrict: boolean;
}

/** Texts looked at; the formats can't lift one from further down. */
const TEXT_COUNT = 64;

/** Share of plates that no format of the registry describes: their texts are as probable as any characters. */
const UNKNOWN_SHARE = 0.05;

/** How much more often a plate is of a region that the caller expects. */
const EXPECTED_BOOST = 8;

/** ln of the probability of a slot that is empty, where a character was cut out. */
const NEVER = -60;

/**
 * Best first, summing to 1 at most.
 *
 * A net that sees single characters can't tell O from 0; that plates are issued by patterns can. By Bayes' rule a text
 * weighs as the net sees it times how often plates carry it: the mean over the regions of `formats`, each with its
 * formats' shares.
 *
 * @param rows probabilities over `alphabet`, one a character.
 */
export function rankTexts(
  rows: readonly Float32Array[],
  alphabet: readonly string[],
  { regions, regionStrict }: RankOptions,
): Candidate[] {
  if (rows.length === 0) return [];
  const slots = slotsOf(rows, alphabet);
  const texts =
    regionStrict && regions.length > 0
      ? bestMatchingTexts(slots, TEXT_COUNT, formatMatcher(regions))
      : bestTexts(slots, TEXT_COUNT);
  const weighed = texts
    .filter(({ text }) => text !== "")
    .map(({ text, logProbability }) => ({ text, weight: Math.exp(logProbability) * plateProbability(text, regions) }));
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  // The grammar shifts probability between texts; what the net left for texts not looked at stays theirs.
  const mass = texts.reduce((sum, { logProbability }) => sum + Math.exp(logProbability), 0);
  return weighed
    .map(({ text, weight }) => ({ text, confidence: total > 0 ? (Math.min(1, mass) * weight) / total : 0 }))
    .sort((a, b) => b.confidence - a.confidence);
}

/** Log-probabilities with the empty class first, as the beam takes them. */
function slotsOf(rows: readonly Float32Array[], alphabet: readonly string[]) {
  const classes = alphabet.length + 1;
  const characters = new Float32Array(rows.length * classes).fill(NEVER);
  for (const [slot, row] of rows.entries())
    for (let i = 0; i < alphabet.length; i++) characters[slot * classes + 1 + i] = Math.log(Math.max(row[i]!, 1e-9));
  return { characters, slots: rows.length, alphabet };
}

/** How often a plate of all regions carries exactly this text. */
function plateProbability(text: string, expected: readonly string[]): number {
  const regionCount = regionWeights().size;
  let sum = 0;
  for (const format of formatsMatching(text)) {
    const boost = expected.some((region) => coversRegion(region, format.region)) ? EXPECTED_BOOST : 1;
    const share = format.prior / regionWeights().get(format.region)!; // every format's region is there
    sum += boost * share * textProbability(automatonOf(format), text);
  }
  return ((1 - UNKNOWN_SHARE) * sum) / regionCount + UNKNOWN_SHARE * 36 ** -text.length * 0.1;
}

let weights: ReadonlyMap<string, number> | undefined; // pure memo

/** Of each region the sum of its formats' priors. */
function regionWeights(): ReadonlyMap<string, number> {
  if (weights === undefined) {
    const sums = new Map<string, number>();
    for (const { region, prior } of formatsOf()) sums.set(region, (sums.get(region) ?? 0) + prior);
    weights = sums;
  }
  return weights;
}
