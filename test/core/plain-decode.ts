/**
 * Decoding as its definition says, without any care for speed: every format asked about every text, every list sorted
 * whole. The decoder of src/core must give the same.
 */
import type { DecodedPlate, DecodeOptions } from "../../src/core/decode.ts";
import { textProbability, traceText } from "../../src/core/format-pattern.ts";
import {
  automatonOf,
  countryOf,
  coversRegion,
  displayText,
  formatsOf,
  isKnownRegion,
  type PlateFormat,
} from "../../src/core/formats.ts";
import type { CharacterRead } from "../../src/core/read.ts";
import type { SlotPosteriors } from "../../src/core/recognize.ts";
import type { ScoredText } from "../../src/core/slot-beam.ts";

const MIN_LOG_PROBABILITY = -18;

interface Choice {
  readonly character: string;
  readonly logProbability: number;
}

/** Every format whose pattern the text runs through. */
function formatsMatching(text: string): readonly PlateFormat[] {
  return formatsOf().filter((format) => traceText(automatonOf(format), text) !== undefined);
}

/** How likely each part of the country issues the text; sums to 1. */
function plainLikelihood(text: string, country: string): ReadonlyMap<string, number> {
  const likelihoods = new Map<string, number>();
  for (const format of formatsMatching(text).filter(({ region }) => coversRegion(country, region))) {
    const all = formatsOf().filter(({ region }) => region === format.region);
    const prior = format.prior / all.reduce((sum, other) => sum + other.prior, 0);
    const likelihood = prior * textProbability(automatonOf(format), text);
    likelihoods.set(format.region, (likelihoods.get(format.region) ?? 0) + likelihood);
  }
  const total = [...likelihoods.values()].reduce((sum, value) => sum + value, 0);
  return new Map([...likelihoods].map(([region, value]) => [region, value / total]));
}

/**
 * The `count` most probable texts, best first; the empty text is among them when it is that probable.
 *
 * Exact: slots are independent, so the best texts have their prefixes among the best prefixes of every length.
 */
export function plainBestTexts(slots: SlotPosteriors, count: number): ScoredText[] {
  let prefixes: ScoredText[] = [{ text: "", logProbability: 0 }];
  let ended: ScoredText[] = [];
  for (let slot = 0; slot < slots.slots && prefixes.length > 0; slot++) {
    ended = best([...ended, ...endAt(prefixes, slots, slot)], count);
    const choices = choicesAt(slots, slot);
    const longer: ScoredText[] = [];
    // Both lists run downwards: a pair (i, j) has (i + 1)(j + 1) - 1 pairs at least as good before it.
    for (let i = 0; i < prefixes.length; i++) {
      const { text, logProbability } = prefixes[i]!;
      for (let j = 0; j < choices.length && (i + 1) * (j + 1) <= count; j++) {
        const choice = choices[j]!;
        longer.push({ text: text + choice.character, logProbability: logProbability + choice.logProbability });
      }
    }
    prefixes = best(longer, count);
  }
  return best([...ended, ...prefixes], count);
}

/** The prefixes as whole texts: the next slot is empty. */
function endAt(prefixes: readonly ScoredText[], slots: SlotPosteriors, slot: number): ScoredText[] {
  const empty = slots.characters[slot * (1 + slots.alphabet.length)]!; // class 0 of the slot
  return prefixes.map(({ text, logProbability }) => ({ text, logProbability: logProbability + empty }));
}

/** The characters of a slot worth looking at, most probable first. */
function choicesAt(slots: SlotPosteriors, slot: number): Choice[] {
  const first = slot * (1 + slots.alphabet.length) + 1;
  const choices: Choice[] = [];
  slots.alphabet.forEach((character, index) => {
    const logProbability = slots.characters[first + index]!; // index runs over the alphabet
    if (logProbability >= MIN_LOG_PROBABILITY) choices.push({ character, logProbability });
  });
  return choices.sort((a, b) => b.logProbability - a.logProbability);
}

function best(texts: ScoredText[], count: number): ScoredText[] {
  return texts.sort((a, b) => b.logProbability - a.logProbability).slice(0, count);
}

/** Texts looked at before the grammar, which can hardly lift one from further down. */
const MIN_TEXTS = 32;

/** Texts less probable than the best by more than this (ln) are beyond help: the grammar gives at most 1 / FLOOR. */
const GRAMMAR_REACH = 4;

/** Weight of a text that a region does not issue, against 1 for one it does: wrong labels and rare series exist. */
const GRAMMAR_FLOOR = 0.05;

/** Weight of a text that only a personalised format allows. */
const PERSONALISED_WEIGHT = 0.3;

/** Weight of any text under a region the registry does not know: between the two above, the same for all texts. */
const UNKNOWN_REGION_WEIGHT = 0.3;

/** How much more a region weighs that the caller expects. */
const GUIDE_BOOST = 8;

/** Probability of an expected region that the network has no class for, before the boost. */
const UNSEEN_REGION = 0.02;

/** The grammar may correct only when a region with at least this probability (or an expected one) issues the text. */
const CORRECTION_REGION = 0.5;

/** Below this a region is not told. */
const MIN_REGION_CONFIDENCE = 0.3;

/** A text names a part of a country (`us-ca`) when its likelihood holds this share of all parts'. */
const MIN_PART_SHARE = 0.9;

interface RegionBelief {
  readonly region: string;
  readonly probability: number;
  /** The caller expects it. */
  readonly expected: boolean;
}

/** A text with its probability after the grammar. */
interface WeighedText {
  readonly text: string;
  readonly probability: number;
}

/** Decodes one plate; without strict regions. */
export function plainDecodePlate(posteriors: SlotPosteriors, options: DecodeOptions = {}): DecodedPlate {
  const { regions = [], candidates: count = 5 } = options;
  const isStrict = false;
  const beliefs = regionBeliefs(posteriors, regions, isStrict);
  const width = Math.max(MIN_TEXTS, count);
  const plain = plainBestTexts(posteriors, width);
  const allowed = plain;
  const isOutside = allowed.length === 0;
  const ranked = isOutside ? rankPlainly(plain) : rankTexts(allowed, beliefs, posteriors.legibility.full, isStrict);

  const text = ranked[0]?.text ?? "";
  const told = text === "" ? undefined : tellRegion(text, beliefs, regions);
  const matching = formatsMatching(text).filter(
    (format) => told === undefined || coversRegion(told.region, format.region),
  );
  const format = told && likeliestFormat(matching, posteriors.lines);
  const shown = ranked.filter((candidate, index) => index === 0 || candidate.text !== "").slice(0, count);
  const characters = marginals(text, ranked, posteriors);
  return {
    text,
    display: format ? displayText(text, format) : null,
    region: told?.region ?? null,
    regionConfidence: told?.confidence ?? null,
    lines: posteriors.lines[1] > posteriors.lines[0] ? 2 : 1,
    characters,
    candidates: shown.map(({ text, probability }) => ({ text, confidence: probability })),
    formatMismatch:
      text !== "" && (isOutside || (matching.length === 0 && (told === undefined || isKnownRegion(told.region)))),
    evidence: {
      textProbability: ranked[0]?.probability ?? 0,
      secondProbability: ranked[1]?.probability ?? 0,
      weakestSlotProbability: Math.min(
        endProbability(posteriors, characters.length),
        ...characters.map(({ confidence }) => confidence),
      ),
      legibleProbability: posteriors.legibility.full,
      twoLinesProbability: posteriors.lines[1],
      formatMatched: matching.some(({ personalised }) => !personalised),
      corrected: text !== (plain[0]?.text ?? ""),
    },
  };
}

/** The region head's probabilities, raised where the caller expects a region; only those when strict. Sums to 1. */
function regionBeliefs(
  { regions, regionProbabilities }: SlotPosteriors,
  expected: readonly string[],
  isStrict: boolean,
): RegionBelief[] {
  // A class `us` serves the wish `us-ca`, a class `us-ca` the wish `us`.
  const isNear = (wish: string, region: string) => coversRegion(wish, region) || coversRegion(region, wish);
  const unseen = expected.filter((wish) => !regions.some((region) => isNear(wish, region)));
  const beliefs = [
    ...regions.map((region, index) => ({
      region,
      expected: expected.some((wish) => isNear(wish, region)),
      weight: Math.max(regionProbabilities[index] ?? 0, 1e-9),
    })),
    ...unseen.map((region) => ({ region, expected: true, weight: UNSEEN_REGION })),
  ].map((belief) => ({ ...belief, weight: belief.weight * (belief.expected ? GUIDE_BOOST : isStrict ? 0 : 1) }));
  const total = beliefs.reduce((sum, { weight }) => sum + weight, 0);
  return beliefs.map(({ region, expected, weight }) => ({
    region,
    expected,
    probability: total > 0 ? weight / total : 0,
  }));
}

/** Texts weighed by the grammar, or as the network ranks them where the grammar may not correct. */
function rankTexts(
  texts: readonly ScoredText[],
  beliefs: readonly RegionBelief[],
  legible: number,
  isStrict: boolean,
): WeighedText[] {
  const plain = rankPlainly(texts);
  const top = texts[0];
  // A cut or unreadable plate is given as seen, never completed to a whole one.
  if (top === undefined || legible < 0.5) return plain;
  const weights = texts.map(({ text, logProbability }) =>
    logProbability < top.logProbability - GRAMMAR_REACH ? GRAMMAR_FLOOR : grammarWeight(text, beliefs),
  );
  const weighed = plain.map(({ probability }, index) => probability * weights[index]!); // as many weights as texts
  const mass = plain.reduce((sum, { probability }) => sum + probability, 0);
  const total = weighed.reduce((sum, weight) => sum + weight, 0);
  const ranked = plain
    .map(({ text }, index) => ({ text, probability: total > 0 ? (mass * weighed[index]!) / total : 0 }))
    .sort((a, b) => b.probability - a.probability);
  if (isStrict || ranked[0]?.text === top.text || mayCorrect(ranked[0]!.text, beliefs)) return ranked; // never empty here
  return plain;
}

function rankPlainly(texts: readonly ScoredText[]): WeighedText[] {
  return texts.map(({ text, logProbability }) => ({ text, probability: Math.exp(logProbability) }));
}

/** How well the believed regions issue the text, GRAMMAR_FLOOR..1. */
function grammarWeight(text: string, beliefs: readonly RegionBelief[]): number {
  const issued = issuedWeights(text);
  return beliefs.reduce((sum, { region, probability }) => sum + probability * regionWeight(region, issued), 0);
}

/** Of each region and country that issues the text, its weight, GRAMMAR_FLOOR..1; rare series weigh a little less. */
function issuedWeights(text: string): ReadonlyMap<string, number> {
  const issued = new Map<string, number>();
  for (const { region, personalised, prior } of formatsMatching(text)) {
    const weight = personalised ? PERSONALISED_WEIGHT : Math.max(PERSONALISED_WEIGHT, Math.min(1, prior) ** 0.25);
    for (const code of [region, countryOf(region)]) issued.set(code, Math.max(weight, issued.get(code) ?? 0));
  }
  return issued;
}

function regionWeight(region: string, issued: ReadonlyMap<string, number>): number {
  return issued.get(region) ?? (isKnownRegion(region) ? GRAMMAR_FLOOR : UNKNOWN_REGION_WEIGHT);
}

/** Whether a region that the head is sure of, or that the caller expects, issues the text (not as a personal one). */
function mayCorrect(text: string, beliefs: readonly RegionBelief[]): boolean {
  const ordinary = formatsMatching(text).filter(({ personalised }) => !personalised);
  return beliefs.some(
    ({ region, probability, expected }) =>
      (expected || probability >= CORRECTION_REGION) && ordinary.some((format) => coversRegion(region, format.region)),
  );
}

/** The region by head and text together; undefined when none is likely enough. */
function tellRegion(
  text: string,
  beliefs: readonly RegionBelief[],
  expected: readonly string[],
): { readonly region: string; readonly confidence: number } | undefined {
  const issued = issuedWeights(text);
  const weighed = beliefs.map(({ region, probability }) => probability * regionWeight(region, issued));
  const total = weighed.reduce((sum, weight) => sum + weight, 0);
  const best = weighed.indexOf(Math.max(...weighed));
  const region = beliefs[best]?.region;
  const confidence = total > 0 ? weighed[best]! / total : 0; // region exists, so does its weight
  if (region === undefined || !isKnownRegion(region) || confidence < MIN_REGION_CONFIDENCE) return undefined;
  const part = tellPart(text, region, expected);
  return part === undefined ? { region, confidence } : { region: part.region, confidence: confidence * part.share };
}

/** The state or province that issues the text, when hardly another of the country does. */
function tellPart(
  text: string,
  country: string,
  expected: readonly string[],
): { readonly region: string; readonly share: number } | undefined {
  const weighed = [...plainLikelihood(text, country)].map(([region, likelihood]) => ({
    region,
    weight: likelihood * (expected.includes(region) ? GUIDE_BOOST : 1),
  }));
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const best = weighed.sort((a, b) => b.weight - a.weight)[0];
  if (best === undefined || best.region === country || best.weight < MIN_PART_SHARE * total) return undefined;
  return { region: best.region, share: best.weight / total };
}

/** The format most likely printed: ordinary before personalised, common before rare, of as many lines as seen. */
function likeliestFormat(formats: readonly PlateFormat[], lines: SlotPosteriors["lines"]): PlateFormat | undefined {
  const fit = (format: PlateFormat): number =>
    format.prior *
    (format.personalised ? 1e-3 : 1) *
    Math.max(0.01, ...format.lines.map((count) => lines[count === 1 ? 0 : 1]));
  return [...formats].sort((a, b) => fit(b) - fit(a))[0];
}

/** Each character with its marginal: over the ranked texts, and over the slots for the mass outside them. */
function marginals(text: string, ranked: readonly WeighedText[], posteriors: SlotPosteriors): CharacterRead[] {
  const classes = 1 + posteriors.alphabet.length;
  const outside = Math.max(0, 1 - ranked.reduce((sum, { probability }) => sum + probability, 0));
  return [...text].map((character, slot) => {
    const index = posteriors.alphabet.indexOf(character);
    const bySlot = Math.exp(posteriors.characters[slot * classes + 1 + index]!); // the text was made of these classes
    const byText = ranked.reduce((sum, other) => sum + (other.text[slot] === character ? other.probability : 0), 0);
    return { text: character, confidence: Math.min(1, byText + outside * bySlot) };
  });
}

/** Probability that the text ends after `length` characters; 1 when it fills the slots. */
function endProbability(posteriors: SlotPosteriors, length: number): number {
  if (length >= posteriors.slots) return 1;
  return Math.exp(posteriors.characters[length * (1 + posteriors.alphabet.length)]!); // class 0 of that slot
}
