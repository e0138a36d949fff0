/**
 * The calibrated probability that a whole text is right: a logistic model over a few named features of a read.
 * The weights come from the recognizer's card; `platekit bench` fits them. Knows numbers only, no pixels, no texts.
 */
import type { DecodedPlate } from "./decode.ts";
import { PlateKitError } from "./errors.ts";
import type { Calibration } from "./model.ts";
import type { Candidate } from "./read.ts";
import { solveLinear } from "./solve.ts";

/** What is known of a read beside its decoding. */
export interface ReadCircumstances {
  /** Height of the plate in the frame, pixels: of the whole plate, not of a line. */
  readonly plateHeightPx: number;
  /** 0..1; 1 where the plate was given, not detected. */
  readonly detectionConfidence: number;
}

/**
 * The features, in the order of the card's weights.
 *
 * | name               | value                                                                                   |
 * | ------------------ | --------------------------------------------------------------------------------------- |
 * | textLogit          | logit of the best text's probability, within ±12                                          |
 * | margin             | ln of the best over the second text's probability, within 0..12                           |
 * | weakestSlotLogit   | logit of the least certain character or of the text's end, within ±12                     |
 * | legibleLogit       | logit of "legible in full", within ±8                                                     |
 * | logHeight          | ln(plate height / 32 px), within ±2                                                       |
 * | formatMatched      | 1 when the text matches an ordinary format of its region, of any region when none is told |
 * | detectionLogit     | logit of the detection confidence, within ±6                                              |
 * | corrected          | 1 when the grammar put another text first than the network                                |
 * | regionConfidence   | 0..1, 0 when no region is told                                                            |
 * | length             | characters / 8                                                                            |
 * | twoLines           | probability of two lines                                                                  |
 */
export const CONFIDENCE_FEATURES = [
  "textLogit",
  "margin",
  "weakestSlotLogit",
  "legibleLogit",
  "logHeight",
  "formatMatched",
  "detectionLogit",
  "corrected",
  "regionConfidence",
  "length",
  "twoLines",
] as const;

/** Features that can only speak for a text: a negative weight would have been fitted to chance. */
export const RISING_FEATURES: readonly (typeof CONFIDENCE_FEATURES)[number][] = [
  "textLogit",
  "margin",
  "weakestSlotLogit",
  "legibleLogit",
  "formatMatched",
  "detectionLogit",
  "regionConfidence",
];

/**
 * What tells a plate from something else that the detector took for one, in the order of the card's weights:
 * the logits of the detection confidence (within ±6) and of "legible in full" (within ±8), and characters / 8.
 */
export const PLATE_FEATURES = ["detectionLogit", "legibleLogit", "length"] as const;

/** The features of a detection and what was read there, in the order of PLATE_FEATURES. */
export function plateFeatures(detectionConfidence: number, legibleProbability: number, characters: number): number[] {
  return [logit(detectionConfidence, 6), logit(legibleProbability, 8), characters / 8];
}

/** One read of known truth, to fit the weights on. */
export interface CalibrationSample {
  readonly features: readonly number[];
  readonly isRight: boolean;
  /** What is known already and not fitted: a part of the logit. Default 0. */
  readonly offset?: number;
}

/** The features of a read, in the order of CONFIDENCE_FEATURES; plain numbers, fit to be written down. */
export function confidenceFeatures(decoded: DecodedPlate, circumstances: ReadCircumstances): number[] {
  const { evidence } = decoded;
  const features: Record<(typeof CONFIDENCE_FEATURES)[number], number> = {
    textLogit: logit(evidence.textProbability, 12),
    margin: clamp(
      Math.log(Math.max(evidence.textProbability, 1e-12) / Math.max(evidence.secondProbability, 1e-12)),
      0,
      12,
    ),
    weakestSlotLogit: logit(evidence.weakestSlotProbability, 12),
    legibleLogit: logit(evidence.legibleProbability, 8),
    logHeight: clamp(Math.log(Math.max(circumstances.plateHeightPx, 1) / 32), -2, 2),
    formatMatched: evidence.formatMatched ? 1 : 0,
    detectionLogit: logit(circumstances.detectionConfidence, 6),
    corrected: evidence.corrected ? 1 : 0,
    regionConfidence: decoded.regionConfidence ?? 0,
    length: decoded.characters.length / 8,
    twoLines: evidence.twoLinesProbability,
  };
  return CONFIDENCE_FEATURES.map((name) => features[name]);
}

/**
 * Probability that the whole text is right, 0..1. Without weights it is the text's own probability.
 *
 * @throws PlateKitError MODEL_MISMATCH when the card has another number of weights than there are features.
 */
export function calibratedConfidence(
  features: readonly number[],
  { weights, bias }: Omit<Calibration, "temperature">,
): number {
  if (weights.length === 0) return sigmoid(features[0] ?? 0);
  return logisticProbability(features, { weights, bias });
}

/**
 * Probability by a logistic model, 0..1.
 *
 * @throws PlateKitError MODEL_MISMATCH when the card has another number of weights than there are features.
 */
export function logisticProbability(
  features: readonly number[],
  { weights, bias }: Omit<Calibration, "temperature">,
): number {
  if (weights.length !== features.length) {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `The card calibrates ${weights.length} features, this version computes ${features.length}. Use the models of this version or fit the calibration again.`,
    );
  }
  return sigmoid(features.reduce((sum, feature, index) => sum + feature * weights[index]!, bias)); // lengths are equal
}

/**
 * Candidates with calibrated confidences: the first gets `confidence`, the others share the rest in proportion to
 * their probabilities, and none exceeds the one before it. They sum to at most 1.
 */
export function calibrateCandidates(candidates: readonly Candidate[], confidence: number): Candidate[] {
  const rest = 1 - (candidates[0]?.confidence ?? 1);
  const share = rest > 0 ? (1 - confidence) / rest : 0;
  let ceiling = confidence;
  return candidates.map((candidate, index) => {
    if (index > 0) ceiling = Math.min(ceiling, candidate.confidence * share);
    return { text: candidate.text, confidence: ceiling };
  });
}

/**
 * Fits the logistic model by Newton's method (iteratively reweighted least squares) on standardised features.
 *
 * @param samples features as `confidenceFeatures` gives them, all of one length.
 * @param ridge penalty on the squared standardised weights, > 0; keeps separable samples from growing without bound.
 * @param rising features, by number, whose weight may not be negative: those that come out so are left out.
 * @throws RangeError when there are no samples or their lengths differ.
 */
export function fitCalibration(
  samples: readonly CalibrationSample[],
  ridge = 1,
  rising: readonly number[] = [],
): { readonly weights: readonly number[]; readonly bias: number } {
  const fit = fitWeights(samples, ridge);
  const falling = rising.filter((feature) => fit.weights[feature]! < -1e-9);
  if (falling.length === 0) return fit;
  // A constant keeps a weight of 0.
  const without = samples.map((sample) => ({
    ...sample,
    features: sample.features.map((value, feature) => (falling.includes(feature) ? 0 : value)),
  }));
  return fitCalibration(without, ridge, rising);
}

function fitWeights(
  samples: readonly CalibrationSample[],
  ridge: number,
): { readonly weights: readonly number[]; readonly bias: number } {
  const width = samples[0]?.features.length;
  if (width === undefined || samples.some(({ features }) => features.length !== width)) {
    throw new RangeError("Calibration needs samples, all with the same features.");
  }
  const columns = Array.from({ length: width }, (_, column) => standardise(samples.map((s) => s.features[column]!)));
  const rows = samples.map((_, row) => [1, ...columns.map(({ values }) => values[row]!)]);
  const targets = samples.map(({ isRight, offset = 0 }) => ({ isRight: isRight ? 1 : 0, offset }));
  let solution: number[] = new Array(width + 1).fill(0);
  let loss = penalisedLoss(rows, targets, solution, ridge);
  for (let iteration = 0; iteration < 50; iteration++) {
    const step = newtonStep(rows, targets, solution, ridge);
    // Halve a step that overshoots: plain Newton can diverge far from the optimum.
    let scale = 1;
    let next = solution;
    let nextLoss = Number.POSITIVE_INFINITY;
    for (; scale > 1e-4; scale /= 2) {
      next = solution.map((weight, index) => weight - scale * step[index]!);
      nextLoss = penalisedLoss(rows, targets, next, ridge);
      if (nextLoss <= loss) break;
    }
    if (!(nextLoss <= loss)) break;
    const gain = loss - nextLoss;
    solution = next;
    loss = nextLoss;
    if (gain < 1e-9) break;
  }
  // Back from standardised features to plain ones.
  const weights = columns.map(({ deviation }, index) => solution[index + 1]! / deviation);
  const bias = columns.reduce((sum, { mean }, index) => sum - weights[index]! * mean, solution[0]!);
  return { weights, bias };
}

/** Zero mean, unit deviation; a constant column becomes zeros, so that its weight stays 0. */
function standardise(column: readonly number[]): { values: number[]; mean: number; deviation: number } {
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
  const deviation = variance > 1e-12 ? Math.sqrt(variance) : 1;
  return { values: column.map((value) => (value - mean) / deviation), mean, deviation };
}

function penalisedLoss(
  rows: readonly number[][],
  targets: readonly { readonly isRight: number; readonly offset: number }[],
  weights: readonly number[],
  ridge: number,
): number {
  let loss = 0;
  rows.forEach((row, index) => {
    const { isRight, offset } = targets[index]!; // one a row
    const z = dot(row, weights) + offset;
    // ln(1 + e^z) - target * z, without overflow
    loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - isRight * z;
  });
  return loss + (ridge / 2) * weights.slice(1).reduce((sum, weight) => sum + weight * weight, 0);
}

/** Inverse Hessian times gradient of the penalised loss; the bias (first weight) is not penalised. */
function newtonStep(
  rows: readonly number[][],
  targets: readonly { readonly isRight: number; readonly offset: number }[],
  weights: readonly number[],
  ridge: number,
): number[] {
  const size = weights.length;
  const gradient = weights.map((weight, index) => (index === 0 ? 0 : ridge * weight));
  const hessian = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_unused, j) => (i === j ? (i === 0 ? 1e-9 : ridge) : 0)),
  );
  rows.forEach((row, index) => {
    const { isRight, offset } = targets[index]!; // one a row
    const probability = sigmoid(dot(row, weights) + offset);
    const error = probability - isRight;
    const curvature = probability * (1 - probability);
    for (let i = 0; i < size; i++) {
      gradient[i]! += error * row[i]!;
      for (let j = 0; j < size; j++) hessian[i]![j]! += curvature * row[i]! * row[j]!;
    }
  });
  return solveLinear(hessian, gradient);
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!; // lengths are equal
  return sum;
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** ln(p / (1 - p)), kept within ±limit; rounding may have left p a little outside 0..1. */
export function logit(probability: number, limit: number): number {
  const inside = clamp(probability, 0, 1);
  return clamp(Math.log(inside / (1 - inside)), -limit, limit);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
