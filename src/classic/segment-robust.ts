/**
 * Segmentation for plates as they are: either polarity, tilted, unevenly lit, on one line or two. It tries both
 * polarities and a global and two local thresholds, and keeps what looks most like lines of characters.
 */
import type { Box } from "../core/geometry.ts";
import { characterPicture } from "./character-picture.ts";
import { findLine, median, type TextLine } from "./find-line.ts";
import { type GreyPicture, invert, shear } from "./grey-picture.ts";
import { findInkParts, type InkPart, type InkParts } from "./ink-parts.ts";
import { type LineCharacter, lineCharacters } from "./line-characters.ts";
import type { Segmentation, SegmentedCharacter, Shape } from "./segmentation.ts";
import { binarise, binariseLocally, otsuLevel, stretchContrast } from "./threshold.ts";

type Thresholding = "Otsu" | "local" | "fine local" | "strict local" | "fine strict local";

/** Window as a share of the plate's height, and how much darker than its surroundings ink must be. */
const LOCAL_THRESHOLDS: Readonly<
  Record<Exclude<Thresholding, "Otsu">, readonly [window: number, sensitivity: number]>
> = {
  local: [0.5, 0.1],
  "fine local": [0.25, 0.1],
  "strict local": [0.5, 0.3],
  "fine strict local": [0.3, 0.3],
};
const THRESHOLDINGS: readonly Thresholding[] = ["Otsu", "local", "fine local", "strict local", "fine strict local"];

/** A binary picture with the lines found in it. */
interface Hypothesis {
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
const MIN_HEIGHT_SHARE = 0.13;
const MAX_HEIGHT_SHARE = 0.85;

/** Height of most plates' characters, likewise. */
const USUAL_HEIGHT_SHARE = 0.35;

/** A wider picture holds one line of text only. */
const MAX_TWO_LINE_ASPECT = 2.6;

/** A second line must look like so many characters. */
const MIN_SECOND_LINE_SCORE = 1.6;

/** Room above and below a line, as a share of its height. */
const BAND_MARGIN = 0.12;

/** Otsu's threshold, the simplest, stands unless another one finds so much more. */
const OTSU_ADVANTAGE = 0.3;

/** Lines are straightened when they rise more than this: one pixel over a plate's characters. */
const MIN_SLOPE = 0.008;

/** @param given the plate with a margin around it, scaled so that characters are about 30 to 50 pixels high. */
export function segmentRobust(given: GreyPicture): Segmentation {
  return waysToCut(given)[0]!(); // the best is always there
}

/** Less promising polarities and thresholds are not worth reading. */
const READ_REACH = 2.5;

/** So many ways of cutting the plate are read. */
const MAX_WAYS = 3;

/** The ways of cutting the plate that look most like lines of characters, the best first, each cut when it is asked for. */
export function waysToCut(given: GreyPicture): readonly (() => Segmentation)[] {
  const crop = stretchContrast(given);
  // The best is worth every threshold again once it stands straight.
  return rankedHypotheses(crop, [false, true]).map(
    (first, index) => () => cut(crop, first, index === 0 ? THRESHOLDINGS : [first.thresholding]),
  );
}

function cut(crop: GreyPicture, first: Hypothesis, thresholdings: readonly Thresholding[]): Segmentation {
  const slope = slopeOf(first);
  const second =
    Math.abs(slope) < MIN_SLOPE ? first : bestHypothesis(shear(crop, slope), [first.isLightOnDark], thresholdings);
  const straight = second.score >= first.score - 0.5 ? second : first;
  const bands = straight.lines.map((line) => bandOf(straight, line));
  const lines = bands.map(({ ink, binary, line }) => lineCharacters(ink, binary, line));
  const characters = lines.flatMap((line, index) =>
    line.map((character) => segmentedCharacter(straight.plate, bands[index]!.ink, character, index as 0 | 1)),
  );
  return {
    steps: "robust",
    plate: straight.isLightOnDark ? invert(straight.plate) : straight.plate,
    binary: straight.binary,
    shapes: shapesOf(straight, characters),
    characters,
    lines: lines.length === 2 ? 2 : 1,
    notes: notesOf(straight, straight === first ? 0 : slope),
    score: straight.score,
  };
}

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

/** The best of all, then those that find about as much. */
function rankedHypotheses(crop: GreyPicture, polarities: readonly boolean[]): readonly Hypothesis[] {
  const all = polarities.flatMap((isLightOnDark) => {
    const plate = isLightOnDark ? invert(crop) : crop;
    return THRESHOLDINGS.map((thresholding) => hypothesis(plate, isLightOnDark, thresholding));
  });
  const best = all.reduce((one, other) => {
    const advantage = one.thresholding === "Otsu" ? OTSU_ADVANTAGE : 0;
    return other.score > one.score + advantage ? other : one;
  });
  const rest = all
    .filter((one) => one !== best && one.score > 0 && one.score >= best.score - READ_REACH)
    .sort((a, b) => b.score - a.score);
  return [best, ...rest].slice(0, MAX_WAYS);
}

function bestHypothesis(
  crop: GreyPicture,
  polarities: readonly boolean[],
  thresholdings: readonly Thresholding[] = THRESHOLDINGS,
): Hypothesis {
  let best: Hypothesis | undefined;
  for (const isLightOnDark of polarities) {
    const plate = isLightOnDark ? invert(crop) : crop;
    for (const thresholding of thresholdings) {
      const found = hypothesis(plate, isLightOnDark, thresholding);
      const advantage = best?.thresholding === "Otsu" ? OTSU_ADVANTAGE : 0;
      if (best === undefined || found.score > best.score + advantage) best = found;
    }
  }
  return best!; // one polarity at least
}

function hypothesis(plate: GreyPicture, isLightOnDark: boolean, thresholding: Thresholding): Hypothesis {
  const binary = threshold(plate, thresholding);
  const ink = findInkParts(binary);
  const { width, height } = plate;
  const candidates = ink.parts.filter((part) => isCandidate(part, width, height));
  const lines = findLines(candidates, width / height <= MAX_TWO_LINE_ASPECT, USUAL_HEIGHT_SHARE * height);
  const score = lines.reduce((sum, line) => sum + line.score, 0);
  return { isLightOnDark, thresholding, plate, binary, ink, lines, score };
}

function threshold(plate: GreyPicture, thresholding: Thresholding): GreyPicture {
  if (thresholding === "Otsu") return binarise(plate, otsuLevel(plate));
  const [window, sensitivity] = LOCAL_THRESHOLDS[thresholding];
  return binariseLocally(plate, plate.height * window, sensitivity);
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
  const [top, bottom] = extent(main);
  const rest = parts.filter(({ box }) => {
    const isApart = box[1] + box[3] <= top + 0.25 * main.heightPx || box[1] >= bottom - 0.25 * main.heightPx;
    return isApart && box[3] > 0.6 * main.heightPx && box[3] < 1.7 * main.heightPx;
  });
  const other = findLine(rest, usualHeightPx);
  if (other === null || other.score < MIN_SECOND_LINE_SCORE) return [main];
  return extent(other)[0] < top ? [other, main] : [main, other];
}

/**
 * What lies at the height of a line, as a picture of its own: characters that touch the plate's rim or other print above
 * or below come free of it.
 */
function bandOf(
  { binary, ink }: Hypothesis,
  line: TextLine,
): { readonly ink: InkParts; readonly binary: GreyPicture; readonly line: TextLine } {
  const [top, bottom] = extent(line);
  const from = Math.max(0, Math.floor(top - BAND_MARGIN * line.heightPx));
  const to = Math.min(binary.height, Math.ceil(bottom + BAND_MARGIN * line.heightPx));
  const data = Uint8Array.from(binary.data);
  data.fill(255, 0, from * binary.width);
  data.fill(255, to * binary.width);
  const band = { ...binary, data };
  const bandInk = findInkParts(band);
  const isAlike = ({ box }: InkPart): boolean => Math.abs(box[3] - line.heightPx) <= 0.3 * line.heightPx;
  const found = findLine(
    bandInk.parts.filter((part) => isAlike(part) && part.box[2] <= 6 * line.heightPx),
    line.heightPx,
  );
  return found === null || found.parts.length < line.parts.length
    ? { ink, binary, line }
    : { ink: bandInk, binary: band, line: found };
}

function extent(line: TextLine): readonly [top: number, bottom: number] {
  return [median(line.parts.map(({ box }) => box[1])), median(line.parts.map(({ box }) => box[1] + box[3]))];
}

/** Least squares through the shapes' middles of the longest line. */
function slopeOf({ lines }: Hypothesis): number {
  const line = lines.toSorted((a, b) => b.score - a.score)[0];
  if (line === undefined || line.parts.length < 3) return 0;
  const points = line.parts.map(({ box }) => [box[0] + box[2] / 2, box[1] + box[3] / 2] as const);
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return variance > 0 ? covariance / variance : 0;
}

/** The character's own strokes, grey as they are, on black. */
function segmentedCharacter(
  plate: GreyPicture,
  ink: InkParts,
  { box, labels, isBar }: LineCharacter,
  line: 0 | 1,
): SegmentedCharacter {
  const [left, top, width, height] = box;
  const own = new Set(labels);
  const isOwn = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < plate.width && y < plate.height && own.has(ink.labels[y * plate.width + x]!);
  const data = new Uint8Array(width * height);
  const [dark, bright] = levels(plate, box, isOwn);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let isNear = false;
      for (let dy = -1; dy <= 1 && !isNear; dy++)
        for (let dx = -1; dx <= 1 && !isNear; dx++) isNear = isOwn(left + x + dx, top + y + dy);
      if (!isNear) continue;
      const grey = plate.data[(top + y) * plate.width + left + x]!;
      data[y * width + x] = Math.min(255, Math.max(0, (255 * (bright - grey)) / Math.max(1, bright - dark)));
    }
  }
  return { box, line, picture: characterPicture({ width, height, data }), isBar };
}

/** Median levels of a character's strokes and of the paper around them. */
function levels(plate: GreyPicture, box: Box, isOwn: (x: number, y: number) => boolean): readonly [number, number] {
  const [left, top, width, height] = box;
  const strokes: number[] = [];
  const paper: number[] = [];
  for (let y = top; y < top + height; y++)
    for (let x = left; x < left + width; x++) (isOwn(x, y) ? strokes : paper).push(plate.data[y * plate.width + x]!);
  const dark = median(strokes);
  return [dark, paper.length < 0.1 * strokes.length ? Math.max(255, dark + 1) : Math.max(median(paper), dark + 20)];
}

function shapesOf({ ink, plate, lines }: Hypothesis, characters: readonly SegmentedCharacter[]): Shape[] {
  const height =
    lines.length > 0 ? Math.max(...lines.map(({ heightPx }) => heightPx)) : MIN_HEIGHT_SHARE * plate.height;
  return ink.parts.map((part): Shape => {
    const { box } = part;
    const middle = [box[0] + box[2] / 2, box[1] + box[3] / 2] as const;
    const isIn = (other: Box): boolean =>
      middle[0] >= other[0] &&
      middle[0] < other[0] + other[2] &&
      middle[1] >= other[1] &&
      middle[1] < other[1] + other[3];
    const holds = characters.some((character) => isIn(character.box) && box[3] <= 1.3 * character.box[3]);
    if (holds) return { box, dropped: null };
    if (part.areaPx < 0.02 * height * height) return { box, dropped: "small area" };
    const isAtEdge =
      box[0] === 0 || box[1] === 0 || box[0] + box[2] === plate.width || box[1] + box[3] === plate.height;
    if (isAtEdge) return { box, dropped: "at the edge" };
    if (box[3] < 0.75 * height) return { box, dropped: "too low" };
    if (box[3] > 1.3 * height) return { box, dropped: "too high" };
    if (box[2] < 0.12 * height) return { box, dropped: "too narrow" };
    return { box, dropped: "no line" };
  });
}

function notesOf({ isLightOnDark, thresholding, lines }: Hypothesis, slope: number): string[] {
  const degrees = (Math.atan(slope) * 180) / Math.PI;
  return [
    isLightOnDark ? "light characters on dark, inverted" : "dark characters on light",
    thresholding === "Otsu" ? "one threshold for all (Otsu)" : `${thresholding} threshold`,
    ...(Math.abs(degrees) >= 0.5 ? [`turned by ${degrees.toFixed(1)}°`] : []),
    ...(lines.length === 2 ? ["two lines"] : []),
  ];
}
