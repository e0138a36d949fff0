/** The most probable texts of single characters' probabilities, weighed by what the world's plates look like. */
import { formatMatcher } from "../core/formats.ts";
import type { Candidate } from "../core/read.ts";
import { bestMatchingTexts, bestTexts, type ScoredText } from "../core/slot-beam.ts";
import { plateProbability } from "./text-prior.ts";

export interface RankOptions {
  readonly regions: readonly string[];
  readonly regionStrict: boolean;
}

/** Texts looked at; the formats can't lift one from further down. Of less probable choices of shapes fewer, but so many. */
const TEXT_COUNT = 64;
const MIN_TEXT_COUNT = 8;

/** ln of the probability of a slot that is empty, where a character was cut out. */
const NEVER = -60;

/** Classes of a character, all alike where nothing is known of it. */
const ANY_CLASS = 36;

/** Shapes less doubtful than this are characters. */
const MIN_DOUBT = 0.02;

/** The most doubtful shapes that may be left out, so many at once; each choice is ranked for itself. */
const MAX_DOUBTED = 4;
const MAX_LEFT_OUT = 3;

/** Choices less probable than the best by more than this (ln) are not ranked. */
const CHOICE_REACH = 7;

/** A text with the shapes that it was read from. */
export interface RankedText extends Candidate {
  /** Their indices, one a character. */
  readonly kept: readonly number[];
  /** ln of how well the text explains the shapes, which compares texts read from other cuts of the same plate. */
  readonly logWeight: number;
}

/**
 * Best first, summing to 1 at most.
 *
 * A net that sees single characters can't tell O from 0; that plates are issued by patterns can. By Bayes' rule a text
 * weighs as the net sees it times how often plates carry it: the mean over the regions of `formats`, each with its
 * formats' shares. A shape that may be no character is weighed both ways.
 *
 * @param rows probabilities over `alphabet`, one a shape.
 * @param doubts of each shape the probability that it is no character.
 */
export function rankTexts(
  rows: readonly Float32Array[],
  alphabet: readonly string[],
  options: RankOptions,
  doubts: readonly number[] = rows.map(() => 0),
): RankedText[] {
  if (rows.length === 0) return [];
  const best = new Map<string, { weight: number; most: number; kept: readonly number[] }>();
  let [total, mass, possible] = [0, 0, 0];
  const choices = choicesOf(doubts);
  const most = Math.max(...choices.map(({ probability }) => probability));
  for (const { kept, probability } of choices) {
    possible += probability;
    const count = Math.max(MIN_TEXT_COUNT, Math.round((TEXT_COUNT * probability) / most));
    const slots = slotsOf(
      kept.map((index) => rows[index]!),
      alphabet,
    );
    for (const { text, logProbability } of textsOf(slots, count, options)) {
      const seen = probability * Math.exp(logProbability);
      mass += seen;
      if (text === "") continue;
      // Against a shape that is none, a character of any class is so many times as likely as the one seen.
      const weight = seen * ANY_CLASS ** text.length * plateProbability(text, options.regions);
      total += weight;
      const before = best.get(text);
      if (before === undefined) best.set(text, { weight, most: weight, kept });
      else {
        before.weight += weight;
        if (weight > before.most) [before.most, before.kept] = [weight, kept];
      }
    }
  }
  // The grammar shifts probability between texts; what the net left for texts not looked at stays theirs.
  const share = Math.min(1, mass / possible);
  return [...best]
    .map(([text, { weight, kept }]) => ({
      text,
      kept,
      confidence: total > 0 ? (share * weight) / total : 0,
      logWeight: Math.log(weight),
    }))
    .sort((a, b) => b.confidence - a.confidence);
}

function textsOf(
  slots: ReturnType<typeof slotsOf>,
  count: number,
  { regions, regionStrict }: RankOptions,
): ScoredText[] {
  return regionStrict && regions.length > 0
    ? bestMatchingTexts(slots, count, formatMatcher(regions))
    : bestTexts(slots, count);
}

/** Which shapes may be the characters, and how probable that is by the shapes alone; at least one is always kept. */
function choicesOf(doubts: readonly number[]): { readonly kept: readonly number[]; readonly probability: number }[] {
  const doubted = doubts
    .map((doubt, index) => ({ doubt, index }))
    .filter(({ doubt }) => doubt >= MIN_DOUBT)
    .sort((a, b) => b.doubt - a.doubt)
    .slice(0, MAX_DOUBTED);
  const choices = [];
  for (let chosen = 0; chosen < 2 ** doubted.length; chosen++) {
    const out = doubted.filter((_, bit) => (chosen >> bit) & 1);
    if (out.length > MAX_LEFT_OUT || out.length >= doubts.length) continue;
    const dropped = new Set(out.map(({ index }) => index));
    const probability = doubted.reduce(
      (product, { doubt, index }) => product * (dropped.has(index) ? doubt : 1 - doubt),
      1,
    );
    choices.push({ kept: [...doubts.keys()].filter((index) => !dropped.has(index)), probability });
  }
  const most = Math.max(...choices.map(({ probability }) => probability));
  return choices.filter(({ probability }) => probability > most * Math.exp(-CHOICE_REACH));
}

/** Log-probabilities with the empty class first, as the beam takes them. */
function slotsOf(rows: readonly Float32Array[], alphabet: readonly string[]) {
  const classes = alphabet.length + 1;
  const characters = new Float32Array(rows.length * classes).fill(NEVER);
  for (const [slot, row] of rows.entries())
    for (let i = 0; i < alphabet.length; i++) characters[slot * classes + 1 + i] = Math.log(Math.max(row[i]!, 1e-9));
  return { characters, slots: rows.length, alphabet };
}
