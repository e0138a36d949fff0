/**
 * Makes a text of slot posteriors: N-best texts, weighed by the formats of the regions that the plate seems to be of.
 * Knows posteriors and formats; knows nothing of pixels, and leaves calibration to confidence.ts.
 */
import {
  countryOf,
  coversRegion,
  displayText,
  formatMatcher,
  formatsMatching,
  isKnownRegion,
  type PlateFormat,
  regionLikelihood,
} from "./formats.ts";
import type { Candidate, CharacterRead } from "./read.ts";
import type { SlotPosteriors } from "./recognize.ts";
import { bestMatchingTexts, bestTexts, type ScoredText } from "./slot-beam.ts";

export interface DecodeOptions {
  /** Regions to expect: they weigh more. `de` covers `de-*`. Default: all alike. */
  readonly regions?: readonly string[];
  /** Only texts of formats of `regions`, and only those regions. Default false. */
  readonly regionStrict?: boolean;
  /** Most candidates to give, the text itself among them. Default 5. */
  readonly candidates?: number;
}

/** A plate's text and region, not yet calibrated: every probability is the network's own after the grammar. */
export interface DecodedPlate {
  readonly text: string;
  /** As printed on one line, or null when no format of the region matches. */
  readonly display: string | null;
  readonly region: string | null;
  readonly regionConfidence: number | null;
  readonly lines: 1 | 2;
  /** Of each character the marginal probability, 0..1. */
  readonly characters: readonly CharacterRead[];
  /** Best first, the first is `text`; descending, sum at most 1. */
  readonly candidates: readonly Candidate[];
  /** The text is not one its region issues, or not one of the regions it was restricted to. */
  readonly formatMismatch: boolean;
  readonly evidence: DecodeEvidence;
}

/** What the confidence is made of; see CONFIDENCE_FEATURES. All probabilities 0..1. */
export interface DecodeEvidence {
  readonly textProbability: number;
  /** Of the second best text; 0 when there is none. */
  readonly secondProbability: number;
  /** Of the least certain character, or of the text's end. */
  readonly weakestSlotProbability: number;
  readonly legibleProbability: number;
  readonly twoLinesProbability: number;
  /** Matches an ordinary (not personalised) format of its region, of any region when none is told. */
  readonly formatMatched: boolean;
  /** The grammar put another text first than the network. */
  readonly corrected: boolean;
}

/** Texts looked at before the grammar, which can hardly lift one from further down. */
const MIN_TEXTS = 32;

/** The same under strict regions, where every text looked at is possible already. */
const MIN_STRICT_TEXTS = 8;

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

/** The beliefs with what every text is weighed by. */
interface Beliefs {
  readonly list: readonly RegionBelief[];
  readonly probabilities: ReadonlyMap<string, number>;
  /** Weight of a text that no believed region issues. */
  readonly unissued: number;
}

/** A text with its probability after the grammar. */
interface WeighedText {
  readonly text: string;
  readonly probability: number;
}

/**
 * Decodes one plate.
 *
 * The probability of a text is the network's, times how well the regions that the plate seems to be of issue it. The
 * grammar only re-ranks: it may put another text first only when the plate is legible in full and a probable or
 * expected region issues that text.
 */
export function decodePlate(posteriors: SlotPosteriors, options: DecodeOptions = {}): DecodedPlate {
  const { regions = [], regionStrict = false, candidates: count = 5 } = options;
  const isStrict = regionStrict && regions.length > 0;
  const beliefs = regionBeliefs(posteriors, regions, isStrict);
  const width = Math.max(MIN_TEXTS, count);
  const plain = bestTexts(posteriors, width);
  const allowed = isStrict
    ? bestMatchingTexts(posteriors, Math.max(MIN_STRICT_TEXTS, count), formatMatcher(regions))
    : plain;
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
): Beliefs {
  // A class `us` serves the wish `us-ca`, a class `us-ca` the wish `us`.
  const isNear = (wish: string, region: string) => coversRegion(wish, region) || coversRegion(region, wish);
  const raised = regions.map((region, index) => {
    const isExpected = expected.some((wish) => isNear(wish, region));
    const probability = Math.max(regionProbabilities[index] ?? 0, 1e-9);
    return { region, expected: isExpected, weight: probability * (isExpected ? GUIDE_BOOST : isStrict ? 0 : 1) };
  });
  for (const wish of expected) {
    if (regions.some((region) => isNear(wish, region))) continue;
    raised.push({ region: wish, expected: true, weight: UNSEEN_REGION * GUIDE_BOOST });
  }
  const total = raised.reduce((sum, { weight }) => sum + weight, 0);
  const list: RegionBelief[] = [];
  const probabilities = new Map<string, number>();
  let unissued = 0;
  for (const { region, expected, weight } of raised) {
    const probability = total > 0 ? weight / total : 0;
    list.push({ region, expected, probability });
    probabilities.set(region, (probabilities.get(region) ?? 0) + probability);
    unissued += probability * unissuedWeight(region);
  }
  return { list, probabilities, unissued };
}

/** Texts weighed by the grammar, or as the network ranks them where the grammar may not correct. */
function rankTexts(texts: readonly ScoredText[], beliefs: Beliefs, legible: number, isStrict: boolean): WeighedText[] {
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
function grammarWeight(text: string, { probabilities, unissued }: Beliefs): number {
  let sum = unissued;
  for (const [region, weight] of issuedWeights(formatsMatching(text))) {
    const probability = probabilities.get(region);
    if (probability !== undefined) sum += probability * (weight - unissuedWeight(region));
  }
  return sum;
}

const NO_WEIGHTS: ReadonlyMap<string, number> = new Map();
// A matcher gives the same array for all texts that end in the same state.
const issuedWeightsOf = new WeakMap<readonly PlateFormat[], ReadonlyMap<string, number>>(); // pure memo

/** Of each region and country that issues a text of these formats, its weight, GRAMMAR_FLOOR..1; rare series weigh a little less. */
function issuedWeights(formats: readonly PlateFormat[]): ReadonlyMap<string, number> {
  if (formats.length === 0) return NO_WEIGHTS;
  const known = issuedWeightsOf.get(formats);
  if (known !== undefined) return known;
  const issued = new Map<string, number>();
  for (const { region, personalised, prior } of formats) {
    const weight = personalised ? PERSONALISED_WEIGHT : Math.max(PERSONALISED_WEIGHT, Math.min(1, prior) ** 0.25);
    for (const code of [region, countryOf(region)]) issued.set(code, Math.max(weight, issued.get(code) ?? 0));
  }
  issuedWeightsOf.set(formats, issued);
  return issued;
}

/** Weight of a text that the region does not issue, as far as is known. */
function unissuedWeight(region: string): number {
  return isKnownRegion(region) ? GRAMMAR_FLOOR : UNKNOWN_REGION_WEIGHT;
}

/** Whether a region that the head is sure of, or that the caller expects, issues the text (not as a personal one). */
function mayCorrect(text: string, { list }: Beliefs): boolean {
  const ordinary = formatsMatching(text).filter(({ personalised }) => !personalised);
  return list.some(
    ({ region, probability, expected }) =>
      (expected || probability >= CORRECTION_REGION) && ordinary.some((format) => coversRegion(region, format.region)),
  );
}

/** The region by head and text together; undefined when none is likely enough. */
function tellRegion(
  text: string,
  { list }: Beliefs,
  expected: readonly string[],
): { readonly region: string; readonly confidence: number } | undefined {
  const issued = issuedWeights(formatsMatching(text));
  let total = 0;
  let most = Number.NEGATIVE_INFINITY;
  let region: string | undefined;
  for (const belief of list) {
    const weight = belief.probability * (issued.get(belief.region) ?? unissuedWeight(belief.region));
    total += weight;
    if (weight <= most) continue;
    most = weight;
    region = belief.region;
  }
  const confidence = total > 0 ? most / total : 0;
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
  const weighed = [...regionLikelihood(text, [country])].map(([region, likelihood]) => ({
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
