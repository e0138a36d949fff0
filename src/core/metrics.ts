/** The figures of `platekit bench`, as pure functions of what was read and what is true. Knows no files and no clock. */
import { alignTexts, levenshtein } from "./edit-distance.ts";
import { type Box, iou } from "./geometry.ts";

/** A share of a count with its Wilson interval at 95 %; a rate of nothing is 0 and could be anything from 0 to 1. */
export interface Rate {
  readonly hits: number;
  readonly total: number;
  /** hits / total, 0..1 */
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** A text of the truth and what was read for it; `""` when nothing was. */
export interface TextPair {
  readonly expected: string;
  readonly actual: string;
}

/** One answer with the confidence it came with. */
export interface Answer {
  /** 0..1 */
  readonly confidence: number;
  readonly isRight: boolean;
  /** False for a text read where no plate asked for is: it can be wrong, but covers nothing. True by default. */
  readonly covers?: boolean;
}

/** Two-sided 95 % quantile of the normal distribution. */
const Z_95 = 1.959963984540054;

/** Letters and digits that differ by a stroke nobody prints: some truths write one for the other (FIELD: I=1, O=0). */
const FOLDED: Readonly<Record<string, string>> = { I: "1", O: "0" };

/** A text as plates are compared: upper case, nothing but letters and digits of any script, and `?`. */
export function plainText(text: string): string {
  return text.toUpperCase().replace(/[^\p{L}\p{M}\p{N}?]/gu, "");
}

/** Whether two texts name the same plate. */
export function isExact(expected: string, actual: string): boolean {
  return plainText(expected) === plainText(actual);
}

/** A text in which the look-alikes I and 1, O and 0 are the same character, for comparing. */
export function foldLookAlikes(text: string): string {
  return text.replace(/[IO]/g, (letter) => FOLDED[letter]!);
}

/** Whether two texts name the same plate when I counts as 1 and O as 0. */
export function isExactFolded(expected: string, actual: string): boolean {
  return foldLookAlikes(plainText(expected)) === foldLookAlikes(plainText(actual));
}

/** Whether one of the first `count` candidates is the text. */
export function isAmongFirst(expected: string, candidates: readonly string[], count: number): boolean {
  return candidates.slice(0, count).some((candidate) => isExact(expected, candidate));
}

/**
 * Total edit distance over total expected characters; 0 is perfect, above 1 is possible.
 * Totals span the whole set, so a short plate weighs no more a character than a long one. 0 for an empty set.
 */
export function characterErrorRate(pairs: readonly TextPair[]): number {
  let edits = 0;
  let characters = 0;
  for (const pair of pairs) {
    const expected = plainText(pair.expected);
    edits += levenshtein(expected, plainText(pair.actual));
    characters += [...expected].length;
  }
  return characters === 0 ? 0 : edits / characters;
}

/** How often a character was read as another; null stands for one missed (`actual`) or invented (`expected`). */
export interface Confusion {
  readonly expected: string | null;
  readonly actual: string | null;
  readonly count: number;
}

/** Every wrong character of the readings, aligned by edit distance, most frequent first. */
export function confusions(pairs: readonly TextPair[]): Confusion[] {
  const counts = new Map<string, Confusion>();
  for (const pair of pairs) {
    for (const { expected, actual } of alignTexts(plainText(pair.expected), plainText(pair.actual))) {
      if (expected === actual) continue;
      const key = `${expected ?? ""} ${actual ?? ""}`;
      counts.set(key, { expected, actual, count: (counts.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...counts].sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1)).map(([, confusion]) => confusion);
}

/** Which detections found which plates of one image; indices into the lists given. */
export interface Matching {
  readonly pairs: readonly { readonly detection: number; readonly truth: number; readonly iou: number }[];
  /** Truths nobody found. */
  readonly missed: readonly number[];
  /** Detections of no truth. */
  readonly extra: readonly number[];
}

/**
 * Matches detections to the truth of one image, the most confident first, each taking the free box it overlaps most,
 * when by at least `minIou` (as in PASCAL VOC, Everingham et al. 2010). Recall is pairs over truths, precision pairs
 * over detections.
 */
export function matchDetections(
  detections: readonly { readonly box: Box; readonly confidence: number }[],
  truths: readonly Box[],
  minIou = 0.5,
): Matching {
  const order = [...detections.keys()].sort((a, b) => detections[b]!.confidence - detections[a]!.confidence || a - b);
  const free = new Set(truths.keys());
  const pairs: { detection: number; truth: number; iou: number }[] = [];
  const extra: number[] = [];
  for (const detection of order) {
    let best = { detection, truth: -1, iou: 0 };
    for (const truth of free) {
      const overlap = iou(detections[detection]!.box, truths[truth]!);
      if (overlap >= minIou && overlap > best.iou) best = { detection, truth, iou: overlap };
    }
    if (free.delete(best.truth)) pairs.push(best);
    else extra.push(detection);
  }
  return { pairs, missed: [...free], extra: extra.sort((a, b) => a - b) };
}

/** Wilson score interval (Wilson 1927) of `hits` in `total`, 95 % two-sided; 0..1 for a total of 0. */
export function wilsonInterval(hits: number, total: number): { low: number; high: number } {
  if (total === 0) return { low: 0, high: 1 };
  const share = hits / total;
  const square = Z_95 ** 2;
  const centre = share + square / (2 * total);
  const spread = Z_95 * Math.sqrt((share * (1 - share)) / total + square / (4 * total ** 2));
  const scale = 1 + square / total;
  // Exactly 0 and 1 at the ends, where rounding would leave a hair.
  return { low: hits === 0 ? 0 : (centre - spread) / scale, high: hits === total ? 1 : (centre + spread) / scale };
}

/** `hits` of `total` as a share with its interval. */
export function rateOf(hits: number, total: number): Rate {
  return { hits, total, rate: total === 0 ? 0 : hits / total, ...wilsonInterval(hits, total) };
}

/** One bar of a reliability diagram: the answers whose confidence lies in `low..high`. */
export interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean confidence and share of right answers; both 0 in an empty bin. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** Answers sorted into bins of equal width by confidence; 1 belongs to the last. */
export function calibrationBins(answers: readonly Answer[], binCount = 10): CalibrationBin[] {
  const bins = Array.from({ length: binCount }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const { confidence, isRight } of answers) {
    const bin = bins[Math.min(binCount - 1, Math.max(0, Math.floor(confidence * binCount)))]!;
    bin.count++;
    bin.confidence += confidence;
    bin.right += Number(isRight);
  }
  return bins.map(({ count, confidence, right }, index) => ({
    low: index / binCount,
    high: (index + 1) / binCount,
    count,
    confidence: count === 0 ? 0 : confidence / count,
    accuracy: count === 0 ? 0 : right / count,
  }));
}

/** Expected calibration error (Naeini et al. 2015): mean gap of confidence and accuracy, weighted by bin. 0 for none. */
export function calibrationError(bins: readonly CalibrationBin[]): number {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  if (total === 0) return 0;
  return bins.reduce((sum, bin) => sum + (bin.count / total) * Math.abs(bin.confidence - bin.accuracy), 0);
}

/** If only reads of at least `confidence` are answered, `coverage` of the plates are, and `risk` of those wrongly. */
export interface RiskPoint {
  readonly confidence: number;
  readonly coverage: number;
  readonly risk: number;
}

/**
 * The risk-coverage curve (El-Yaniv and Wiener 2010), from the strictest threshold to none; answers of equal
 * confidence enter together, as no threshold can part them.
 *
 * @param total plates asked for; more than the answers when some plates got none.
 */
export function riskCoverage(answers: readonly Answer[], total = answers.length): RiskPoint[] {
  const sorted = [...answers].sort((a, b) => b.confidence - a.confidence);
  const points: RiskPoint[] = [];
  let wrong = 0;
  let covered = 0;
  for (const [index, { confidence, isRight, covers = true }] of sorted.entries()) {
    wrong += Number(!isRight);
    covered += Number(covers);
    if (sorted[index + 1]?.confidence === confidence) continue;
    points.push({ confidence, coverage: covered / Math.max(1, total), risk: wrong / (index + 1) });
  }
  return points;
}

/** The largest share of plates that some threshold answers with at least `accuracy` right; 0 when none does. */
export function coverageAt(curve: readonly RiskPoint[], accuracy: number): number {
  // Counts up to a billion keep apart from rounding at this slack.
  return curve.reduce(
    (best, { coverage, risk }) => (risk <= 1 - accuracy + 1e-12 ? Math.max(best, coverage) : best),
    0,
  );
}

/** The value below which `share` (0..1, so 0.95) of the values lie, interpolated between neighbours; 0 for no values. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)]!;
  const above = sorted[Math.ceil(position)]!;
  return below + (above - below) * (position - Math.floor(position));
}

/** The middle value; 0 for no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Two-sided exact McNemar test (McNemar 1947, binomial form): the probability of discordant pairs at least as uneven,
 * if both sides were equally good; 1 when there are none.
 *
 * @param onlyFirst pairs that only the first side got right, a whole number >= 0; `onlySecond` likewise.
 */
export function mcNemarTest(onlyFirst: number, onlySecond: number): number {
  const pairs = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // Terms of Binomial(pairs, 1/2) in logarithms, so that thousands of pairs don't underflow.
  let logTerm = -pairs * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= fewer; k++) {
    logTerm += Math.log((pairs - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
