/**
 * Segmentation for plates as they are: either polarity, tilted, unevenly lit, on one line or two. It tries both
 * polarities and a global and two local thresholds, and keeps what looks most like lines of characters.
 */
import { characterOf } from "./character-cut.ts";
import { findLine, type TextLine } from "./find-line.ts";
import { type GreyPicture, invert, shear } from "./grey-picture.ts";
import { findInkParts, type InkPart, type InkParts } from "./ink-parts.ts";
import { lineCharacters } from "./line-characters.ts";
import {
  bestHypothesis,
  type Hypothesis,
  hypotheses,
  likeliest,
  lineExtent,
  MIN_SLOPE,
  slopeOf,
  THRESHOLDINGS,
  type Thresholding,
} from "./plate-hypotheses.ts";
import { notesOf, shapesOf } from "./segment-notes.ts";
import type { Segmentation } from "./segmentation.ts";
import { stretchContrast } from "./threshold.ts";

/** Room above and below a line, as a share of its height. */
const BAND_MARGIN = 0.12;

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
    line.map((character) => characterOf(straight.plate, bands[index]!.ink, character, index as 0 | 1)),
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

/** The best of all, then those that find about as much. */
function rankedHypotheses(crop: GreyPicture, polarities: readonly boolean[]): readonly Hypothesis[] {
  const all = polarities.flatMap((isLightOnDark) =>
    hypotheses(isLightOnDark ? invert(crop) : crop, isLightOnDark, THRESHOLDINGS),
  );
  const best = likeliest(all);
  const rest = all
    .filter((one) => one !== best && one.score > 0 && one.score >= best.score - READ_REACH)
    .sort((a, b) => b.score - a.score);
  return [best, ...rest].slice(0, MAX_WAYS);
}

/**
 * What lies at the height of a line, as a picture of its own: characters that touch the plate's rim or other print above
 * or below come free of it.
 */
function bandOf(
  { binary, ink }: Hypothesis,
  line: TextLine,
): { readonly ink: InkParts; readonly binary: GreyPicture; readonly line: TextLine } {
  const [top, bottom] = lineExtent(line);
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
