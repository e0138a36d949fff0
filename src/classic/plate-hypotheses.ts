/**
 * A plate made black and white in several ways, and the lines of characters that show in each: either polarity, a global
 * and four local thresholds.
 */
import type { Box } from "../core/geometry.ts";
import { findLine, median, type TextLine } from "./find-line.ts";
import { type GreyPicture, invert } from "./grey-picture.ts";
import { findInkParts, type InkPart, type InkParts } from "./ink-parts.ts";
import {
  binarise,
  binariseLocally,
  type Integrals,
  integralsOf,
  otsuLevel,
  sharpen,
  stretchContrast,
} from "./threshold.ts";

export type Thresholding = "Otsu" | "local" | "fine local" | "strict local" | "fine strict local" | "sharpened";

/** Window as a share of the plate's height, and how much darker than its surroundings ink must be. */
const LOCAL_THRESHOLDS: Readonly<
  Record<Exclude<Thresholding, "Otsu" | "sharpened">, readonly [window: number, sensitivity: number]>
> = {
  local: [0.5, 0.1],
  "fine local": [0.25, 0.1],
  "strict local": [0.5, 0.3],
  "fine strict local": [0.3, 0.3],
};
export const THRESHOLDINGS: readonly Thresholding[] = [
  "Otsu",
  "local",
  "fine local",
  "strict local",
  "fine strict local",
];

/** With one that takes more time. */
export const ALL_THRESHOLDINGS: readonly Thresholding[] = [...THRESHOLDINGS, "sharpened"];

/** A binary picture with the lines found in it. */
export interface Hypothesis {
  readonly isLightOnDark: boolean;
  readonly thresholding: Thresholding;
  /** Dark on light. */
  readonly plate: GreyPicture;
  readonly binary: GreyPicture;
  readonly ink: InkParts;
  /** Top to bottom. */
  readonly lines: readonly TextLine[];
  readonly score: number;
}

/** Characters' heights as a share of the picture's, which has a margin around the plate. */
export const MIN_HEIGHT_SHARE = 0.13;
const MAX_HEIGHT_SHARE = 0.85;

/** Height of most plates' characters, likewise. */
const USUAL_HEIGHT_SHARE = 0.35;

/** A wider picture holds one line of text only. */
const MAX_TWO_LINE_ASPECT = 2.6;

/** A second line must look like so many characters. */
const MIN_SECOND_LINE_SCORE = 1.6;

/** Otsu's threshold, the simplest, stands unless another one finds so much more. */
const OTSU_ADVANTAGE = 0.3;

/** Lines are straightened when they rise more than this: one pixel over a plate's characters. */
export const MIN_SLOPE = 0.008;

/** Where text stands in a crop, by its shapes alone. */
export interface TextPlace {
  /** About the number of characters, less where they don't stand as characters do; 0: no text. */
  readonly score: number;
  /** Around the lines, pixels of the crop; null without any. */
  readonly box: Box | null;
  /** Median height of the characters. */
  readonly heightPx: number;
}

/** A quick look for text, with two of the thresholds, that judges places before they are read. */
export function findText(given: GreyPicture): TextPlace {
  const { lines, score } = bestHypothesis(stretchContrast(given), [false, true], ["Otsu", "local"]);
  const parts = lines.flatMap((line) => line.parts);
  if (parts.length === 0) return { score: 0, box: null, heightPx: 0 };
  const left = Math.min(...parts.map(({ box }) => box[0]));
  const top = Math.min(...parts.map(({ box }) => box[1]));
  const right = Math.max(...parts.map(({ box }) => box[0] + box[2]));
  const bottom = Math.max(...parts.map(({ box }) => box[1] + box[3]));
  return {
    score,
    box: [left, top, right - left, bottom - top],
    heightPx: median(lines.map(({ heightPx }) => heightPx)),
  };
}

/** Of the polarities (one at least) and thresholds given what looks most like lines of characters. */
export function bestHypothesis(
  crop: GreyPicture,
  polarities: readonly boolean[],
  thresholdings: readonly Thresholding[] = THRESHOLDINGS,
): Hypothesis {
  return likeliest(
    polarities.flatMap((isLightOnDark) =>
      hypotheses(isLightOnDark ? invert(crop) : crop, isLightOnDark, thresholdings),
    ),
  );
}

/** Of one plate with each of these thresholds. */
export function hypotheses(
  plate: GreyPicture,
  isLightOnDark: boolean,
  thresholdings: readonly Thresholding[],
): Hypothesis[] {
  const integrals = integralsOf(plate);
  return thresholdings.map((thresholding) => hypothesis(plate, isLightOnDark, thresholding, integrals));
}

/** What looks most like lines of characters; Otsu's threshold unless another finds so much more. */
export function likeliest(found: readonly Hypothesis[]): Hypothesis {
  return found.reduce((one, other) => {
    const advantage = one.thresholding === "Otsu" ? OTSU_ADVANTAGE : 0;
    return other.score > one.score + advantage ? other : one;
  });
}

/** @param plate dark on light; `isLightOnDark` says whether it was inverted to be that. */
function hypothesis(
  plate: GreyPicture,
  isLightOnDark: boolean,
  thresholding: Thresholding,
  integrals?: Integrals,
): Hypothesis {
  const binary = threshold(plate, thresholding, integrals);
  const ink = findInkParts(binary);
  const { width, height } = plate;
  const candidates = ink.parts.filter((part) => isCandidate(part, width, height));
  const lines = findLines(candidates, width / height <= MAX_TWO_LINE_ASPECT, USUAL_HEIGHT_SHARE * height);
  const score = lines.reduce((sum, line) => sum + line.score, 0);
  return { isLightOnDark, thresholding, plate, binary, ink, lines, score };
}

function threshold(plate: GreyPicture, thresholding: Thresholding, integrals: Integrals | undefined): GreyPicture {
  if (thresholding === "Otsu") return binarise(plate, otsuLevel(plate));
  if (thresholding === "sharpened")
    return binariseLocally(sharpen(plate, plate.height * 0.04, 2), plate.height * 0.3, 0.3);
  const [window, sensitivity] = LOCAL_THRESHOLDS[thresholding];
  return binariseLocally(plate, plate.height * window, sensitivity, integrals);
}

function isCandidate(
  { box: [x, y, width, height], areaPx }: InkPart,
  plateWidth: number,
  plateHeight: number,
): boolean {
  const isAtEdge = x === 0 || y === 0 || x + width === plateWidth || y + height === plateHeight;
  const isHigh = height >= MIN_HEIGHT_SHARE * plateHeight && height <= MAX_HEIGHT_SHARE * plateHeight;
  const fill = areaPx / (width * height);
  return !isAtEdge && isHigh && width >= 0.06 * height && width <= 6 * height && fill > 0.15;
}

/** One line, or two above each other, top first. */
function findLines(parts: readonly InkPart[], mayBeTwo: boolean, usualHeightPx: number): TextLine[] {
  const main = findLine(parts, usualHeightPx);
  if (main === null) return [];
  if (!mayBeTwo) return [main];
  const [top, bottom] = lineExtent(main);
  const rest = parts.filter(({ box }) => {
    const isApart = box[1] + box[3] <= top + 0.25 * main.heightPx || box[1] >= bottom - 0.25 * main.heightPx;
    return isApart && box[3] > 0.6 * main.heightPx && box[3] < 1.7 * main.heightPx;
  });
  const other = findLine(rest, usualHeightPx);
  if (other === null || other.score < MIN_SECOND_LINE_SCORE) return [main];
  return lineExtent(other)[0] < top ? [other, main] : [main, other];
}

/** Median top and bottom of a line's shapes. */
export function lineExtent(line: TextLine): readonly [top: number, bottom: number] {
  return [median(line.parts.map(({ box }) => box[1])), median(line.parts.map(({ box }) => box[1] + box[3]))];
}

/** Least squares through the shapes' middles of the longest line. */
export function slopeOf({ lines }: Hypothesis): number {
  const line = lines.toSorted((a, b) => b.score - a.score)[0];
  if (line === undefined || line.parts.length < 3) return 0;
  const points = line.parts.map(({ box }) => [box[0] + box[2] / 2, box[1] + box[3] / 2] as const);
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return variance > 0 ? covariance / variance : 0;
}
