/**
 * One text from all reads of a vehicle: posteriors added (fuse-posteriors.ts), decoded like a single read, and a
 * confidence with its own calibration. Knows reads, not tracks or frames.
 */
import { calibrateCandidates } from "./confidence.ts";
import { type DecodedPlate, type DecodeOptions, decodePlate } from "./decode.ts";
import { fusePosteriors } from "./fuse-posteriors.ts";
import type { Image } from "./image.ts";
import type { PlateQuality } from "./quality.ts";
import type { Candidate, CharacterRead, Doubt, PlateRead } from "./read.ts";
import type { SlotPosteriors } from "./recognize.ts";

/** What a read rests on. */
export interface ReadEvidence {
  readonly posteriors: SlotPosteriors;
  readonly quality: PlateQuality;
  /** The straightened plate as the recognizer saw it, where it is kept to be merged with others (merge-crops.ts). */
  readonly crop?: Image;
}

/** A read as fusion takes it. */
export interface FusableRead {
  readonly read: PlateRead;
  /** Null from readers that keep none; the read's own characters then stand in. */
  readonly evidence: ReadEvidence | null;
  /** How much it tells, 0..1. */
  readonly weight: number;
}

/** What all reads together say. */
export interface FusedText {
  readonly text: string;
  readonly display: string | null;
  /** Calibrated probability that `text` is wholly right, 0..1. */
  readonly confidence: number;
  readonly region: string | null;
  readonly regionConfidence: number | null;
  readonly lines: 1 | 2;
  readonly characters: readonly CharacterRead[];
  /** Best first; the first is `text`. */
  readonly candidates: readonly Candidate[];
  readonly doubt: Doubt | null;
  /** In the order of FUSION_FEATURES. */
  readonly features: readonly number[];
}

/**
 * What the fused confidence is made of, in the order of the weights.
 *
 * | name          | value                                                                            |
 * | ------------- | -------------------------------------------------------------------------------- |
 * | textLogit     | logit of the fused text's probability, within ±12                                 |
 * | margin        | ln of its probability over the second text's, within 0..12                        |
 * | bestLogit     | logit of the highest confidence among the reads that say this text, within ±8     |
 * | agreement     | share of the reads, by weight and confidence, that say this text, 0..1            |
 * | formatMatched | 1 when the text matches an ordinary format                                        |
 * | detection     | logit of the highest confidence with which a plate was found, within ±4           |
 * | shortness     | characters the text has fewer than four: house numbers and prices are read too    |
 */
export const FUSION_FEATURES = [
  "textLogit",
  "margin",
  "bestLogit",
  "agreement",
  "formatMatched",
  "detection",
  "shortness",
] as const;

export interface FusionCalibration {
  readonly weights: readonly number[];
  readonly bias: number;
}

/**
 * Fitted by logistic regression on the passages of 400 rendered clips, each after 2, 4, 8 and all of its reads
 * (bench/video.ts --rendered --fit). By halves of the clips held out the calibration error was 0.043, and 0.044 on the passages of
 * 200 others. What it learnt: a text that stands far before the next one, or that a sure frame says, surely found, is believed;
 * house numbers of one to three characters, however clear, are not. How many reads there are tells nothing more: the margin knows
 * it. The weight of formats is the recognizer's, which was fitted on photographs: drawn plates all fit one.
 */
export const FUSION_CALIBRATION: FusionCalibration = {
  weights: [0, 0.179, 0.455, 0.205, 0.43, 1.708, -2.419],
  bias: -2.978,
};

export interface FuseOptions extends DecodeOptions {
  readonly calibration?: FusionCalibration;
}

/** Texts of so many characters are rarely anything but plates. */
const FULL_LENGTH = 4;

/** Below this a character's strokes are guesses; from the second on they are as clear as they get. Pixels. */
const SMALL_CHARACTER_PX = 6;
const LARGE_CHARACTER_PX = 28;
/** Sharpness (see quality.ts) from which on a plate is as good as sharp. */
const FULL_SHARPNESS = 0.35;
/** What a plate is worth of which the border hides a part: its characters would count against the right ones. */
const CUT_WEIGHT = 0.1;
/** No read is worth nothing, so that a vehicle with bad reads alone still gets its best. */
const MIN_WEIGHT = 0.01;

/** Nor is one whose text is hardly believed. */
const MIN_CONFIDENCE_WEIGHT = 0.02;

/** How much a read tells, 0.01..1: by the height of its characters, its sharpness and its legibility. */
export function readWeight(read: PlateRead, evidence: ReadEvidence | null): number {
  if (evidence === null) return Math.max(MIN_WEIGHT, read.confidence);
  const { quality, posteriors } = evidence;
  const size = (quality.characterHeightPx - SMALL_CHARACTER_PX) / (LARGE_CHARACTER_PX - SMALL_CHARACTER_PX);
  const legible = posteriors.legibility.full + 0.2 * posteriors.legibility.partial;
  const cut = quality.isAtBorder ? CUT_WEIGHT : 1;
  return Math.max(
    MIN_WEIGHT,
    Math.min(1, Math.max(0.05, size)) * Math.min(1, 0.2 + quality.sharpness / FULL_SHARPNESS) * legible * cut,
  );
}

/**
 * The text of a vehicle from its reads, whatever their order.
 *
 * @throws RangeError for no reads.
 */
export function fuseReads(reads: readonly FusableRead[], options: FuseOptions = {}): FusedText {
  // A fixed order makes sums, and so rounding, the same for any order of reads.
  const sorted = [...reads].sort((a, b) => b.weight - a.weight || (a.read.text < b.read.text ? -1 : 1));
  const { posteriors } = fusePosteriors(withPosteriors(sorted.map(weightedByConfidence)));
  const decoded = decodePlate(posteriors, options);
  const features = fusionFeatures(decoded, sorted);
  const { weights, bias } = options.calibration ?? FUSION_CALIBRATION;
  const sum = features.reduce((total, feature, i) => total + feature * (weights[i] ?? 0), bias);
  const confidence = decoded.text === "" ? 0 : 1 / (1 + Math.exp(-sum));
  return {
    text: decoded.text,
    display: decoded.display,
    confidence,
    region: decoded.region,
    regionConfidence: decoded.regionConfidence,
    lines: decoded.lines,
    characters: decoded.characters,
    candidates: calibrateCandidates(decoded.candidates, confidence),
    doubt: fusedDoubt(decoded, sorted),
    features,
  };
}

/**
 * A read counts for what it tells, times its confidence, which knows what the picture's measures don't: whether the text
 * fits a format and whether its characters were clear. On 160 rendered clips 115 came out right instead of 113.
 */
function weightedByConfidence(fusable: FusableRead): FusableRead {
  return { ...fusable, weight: fusable.weight * Math.max(MIN_CONFIDENCE_WEIGHT, fusable.read.confidence) };
}

function fusionFeatures(decoded: DecodedPlate, reads: readonly FusableRead[]): number[] {
  const { evidence, text } = decoded;
  const agreeing = reads.filter(({ read }) => read.text === text);
  const weightOf = (list: readonly FusableRead[]): number => list.reduce((sum, { weight }) => sum + weight, 0);
  const features: Record<(typeof FUSION_FEATURES)[number], number> = {
    textLogit: logit(evidence.textProbability, 12),
    margin: clamp(
      Math.log(Math.max(evidence.textProbability, 1e-12) / Math.max(evidence.secondProbability, 1e-12)),
      0,
      12,
    ),
    bestLogit: logit(
      agreeing.reduce((best, { read }) => Math.max(best, read.confidence), 0),
      8,
    ),
    agreement: weightOf(agreeing.map(weightedByConfidence)) / weightOf(reads.map(weightedByConfidence)),
    formatMatched: evidence.formatMatched ? 1 : 0,
    detection: logit(Math.max(...reads.map(({ read }) => read.detection.confidence)), 4),
    shortness: Math.max(0, FULL_LENGTH - [...text].length),
  };
  return FUSION_FEATURES.map((name) => features[name]);
}

/** What even the best of the reads that say the text suffers from; a format mismatch is judged on the fused text. */
function fusedDoubt(decoded: DecodedPlate, reads: readonly FusableRead[]): Doubt | null {
  const best = reads.find(({ read }) => read.text === decoded.text) ?? reads[0]!; // heaviest first, never none
  const { doubt } = best.read;
  if (doubt !== null && doubt !== "format-mismatch") return doubt;
  return decoded.formatMismatch ? "format-mismatch" : null;
}

function withPosteriors(reads: readonly FusableRead[]): { posteriors: SlotPosteriors; weight: number }[] {
  const real = reads.flatMap(({ evidence, weight }) =>
    evidence === null ? [] : [{ posteriors: evidence.posteriors, weight }],
  );
  if (real.length > 0) return real;
  const alphabet = [...new Set(reads.flatMap(({ read }) => [...read.text]))].sort();
  const regions = [...new Set(reads.flatMap(({ read }) => (read.region === null ? [] : [read.region])))].sort();
  return reads.map(({ read, weight }) => ({ posteriors: standInPosteriors(read, alphabet, regions), weight }));
}

/** Posteriors that say no more than the read itself: each character with its confidence, the rest spread evenly. */
function standInPosteriors(read: PlateRead, alphabet: readonly string[], regions: readonly string[]): SlotPosteriors {
  const slots = 16;
  const classes = 1 + alphabet.length;
  const characters = new Float32Array(slots * classes);
  for (let slot = 0; slot < slots; slot++) {
    const said = read.characters[slot];
    const confidence = clamp(said?.confidence ?? 0.99, 0.05, 0.999);
    characters.fill(Math.log((1 - confidence) / Math.max(1, classes - 1)), slot * classes, (slot + 1) * classes);
    characters[slot * classes + (said === undefined ? 0 : 1 + alphabet.indexOf(said.text))] = Math.log(confidence);
  }
  const isTwo = read.detection.lines === 2;
  return {
    characters,
    slots,
    alphabet,
    regions,
    regionProbabilities: Float32Array.from(regions, (region) => (region === read.region ? 0.9 : 0.1 / regions.length)),
    lines: isTwo ? [0, 1] : [1, 0],
    legibility: { full: 0.9, partial: 0.1, none: 0 },
  };
}

/** ln(p / (1 - p)), kept within ±limit. */
function logit(probability: number, limit: number): number {
  return clamp(Math.log(probability / (1 - probability)), -limit, limit);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
