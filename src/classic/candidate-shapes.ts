/**
 * All shapes at the height of a plate's text that may be characters, from several thresholds: whole ones, neighbours
 * joined where they may be one that broke, and parts of wide ones, cut where their columns hold least ink.
 */
import type { Box } from "../core/geometry.ts";
import { characterOf } from "./character-cut.ts";
import type { TextLine } from "./find-line.ts";
import { findInkParts, type InkPart, type InkParts } from "./ink-parts.ts";
import { type Hypothesis, lineExtent } from "./plate-hypotheses.ts";
import type { SegmentedCharacter } from "./segmentation.ts";

/** A shape that may be a character, or a part of one, or none. Lengths in heights of its line. */
export interface CandidateShape extends SegmentedCharacter {
  readonly height: number;
  readonly width: number;
  /** How far its middle lies below the line's. */
  readonly offset: number;
  /** Cut from a wider shape, or joined of two. */
  readonly isPiece: boolean;
}

/** Room above and below a line, as a share of its height. */
const BAND_MARGIN = 0.14;

/** Characters' sizes and places, heights of the line. */
const MIN_HEIGHT = 0.72;
const MAX_HEIGHT = 1.28;
const MAX_OFFSET = 0.22;
const MIN_WIDTH = 0.06;
const MAX_WIDTH = 1.15;
const MIN_FILL = 0.12;

/** A shape so narrow and so full is a plain bar. */
const BAR_WIDTH = 0.3;
const BAR_FILL = 0.8;

/** Ink of less than this, squared heights, is dirt; a shape lower than that stands in no character of its own. */
const MIN_AREA = 0.008;
const MIN_FRAGMENT_HEIGHT = 0.25;

/** Wider shapes may be several characters, each of these widths. */
const WIDE = 0.62;
const MIN_PIECE = 0.15;
const MAX_PIECE = 0.85;

/** Columns to cut at: no more ink than this, so far apart, so many a height. */
const MAX_CUT_INK = 0.55;
const CUTS_APART = 0.14;
const CUTS_PER_HEIGHT = 3;

/** Neighbours with less between them, together no wider than this, may be one that broke. */
const MAX_BREAK = 0.14;
const MAX_JOINED = 0.95;
const MAX_BROKEN = 0.5;

interface Group {
  readonly box: Box;
  readonly labels: readonly number[];
  readonly areaPx: number;
}

/**
 * Line after line, each by right edges. Where thresholds cut the same shape alike, the first one's stands.
 *
 * @param hypotheses of one polarity, the same plate.
 * @param lines where its text stands.
 */
export function candidateShapes(hypotheses: readonly Hypothesis[], lines: readonly TextLine[]): CandidateShape[] {
  return lines.flatMap((line, index) => {
    const found: CandidateShape[] = [];
    for (const hypothesis of hypotheses) addShapes(hypothesis, line, index as 0 | 1, found);
    return found.sort((a, b) => a.box[0] + a.box[2] - b.box[0] - b.box[2]);
  });
}

function addShapes({ plate, binary }: Hypothesis, line: TextLine, index: 0 | 1, found: CandidateShape[]): void {
  const { heightPx } = line;
  const ink = inkOfBand(binary, line);
  const middle = middleOf(line);
  const add = ({ box, labels, areaPx }: Group, isPiece: boolean): void => {
    const [height, width] = [box[3] / heightPx, box[2] / heightPx];
    const offset = (box[1] + box[3] / 2 - middle(box[0] + box[2] / 2)) / heightPx;
    const fill = areaPx / (box[2] * box[3]);
    if (height < MIN_HEIGHT || height > MAX_HEIGHT || Math.abs(offset) > MAX_OFFSET) return;
    if (width < MIN_WIDTH || width > MAX_WIDTH || fill < MIN_FILL) return;
    if (found.some((other) => isAlike(other.box, box, heightPx))) return;
    const isBar = width <= BAR_WIDTH && fill >= BAR_FILL;
    found.push({ ...characterOf(plate, ink, { box, labels, isBar }, index), height, width, offset, isPiece });
  };
  const groups = groupsOf(ink.parts, heightPx, middle);
  for (const group of groups) {
    add(group, false);
    if (group.box[2] > WIDE * heightPx)
      for (const piece of piecesOf(group, ink, binary.width, heightPx)) add(piece, true);
  }
  for (const [i, right] of groups.entries()) {
    const left = groups[i - 1];
    if (left !== undefined && mayBeOne(left.box, right.box, heightPx)) add(join(left, right), true);
  }
}

/** The ink at the height of the line alone: what touches the rim or other print comes free of it. */
function inkOfBand(binary: Hypothesis["binary"], line: TextLine): InkParts {
  const [top, bottom] = lineExtent(line);
  const data = Uint8Array.from(binary.data);
  data.fill(255, 0, Math.max(0, Math.floor(top - BAND_MARGIN * line.heightPx)) * binary.width);
  data.fill(255, Math.min(binary.height, Math.ceil(bottom + BAND_MARGIN * line.heightPx)) * binary.width);
  return findInkParts({ ...binary, data });
}

/** Height of the line's middle at `x`. */
function middleOf(line: TextLine): (x: number) => number {
  const [top, bottom] = lineExtent(line);
  const meanX = line.parts.reduce((sum, { box }) => sum + box[0] + box[2] / 2, 0) / line.parts.length;
  return (x) => (top + bottom) / 2 + line.slope * (x - meanX);
}

/** Cut at the same places, to a few pixels. */
function isAlike(a: Box, b: Box, heightPx: number): boolean {
  const least = 0.045 * heightPx + 0.5;
  return (
    Math.abs(a[0] - b[0]) <= least &&
    Math.abs(a[0] + a[2] - b[0] - b[2]) <= least &&
    Math.abs(a[1] - b[1]) <= 1.6 * least &&
    Math.abs(a[1] + a[3] - b[1] - b[3]) <= 1.6 * least
  );
}

/** Shapes with the fragments above, below and within them, from left to right. */
function groupsOf(parts: readonly InkPart[], heightPx: number, middle: (x: number) => number): Group[] {
  const groups: Group[] = [];
  const near = parts.filter(
    ({ box, areaPx }) =>
      areaPx >= MIN_AREA * heightPx * heightPx &&
      Math.abs(box[1] + box[3] / 2 - middle(box[0] + box[2] / 2)) < 0.62 * heightPx,
  );
  for (const { box, label, areaPx } of near.toSorted((a, b) => b.areaPx - a.areaPx)) {
    const part = { box, labels: [label], areaPx };
    const host = groups.findIndex((group) => {
      const both = union(group.box, box);
      const isHigh = both[3] > MAX_HEIGHT * heightPx;
      return overlapShare(group.box, box) > 0.6 && !isHigh && both[2] <= Math.max(1.1 * heightPx, group.box[2]);
    });
    if (host >= 0) groups[host] = join(groups[host]!, part);
    else if (box[3] >= MIN_FRAGMENT_HEIGHT * heightPx) groups.push(part);
  }
  return groups.sort((a, b) => a.box[0] - b.box[0]);
}

function mayBeOne(left: Box, right: Box, heightPx: number): boolean {
  return (
    right[0] - left[0] - left[2] < MAX_BREAK * heightPx &&
    union(left, right)[2] <= MAX_JOINED * heightPx &&
    Math.min(left[2], right[2]) < MAX_BROKEN * heightPx
  );
}

/** All stretches of a wide shape, between its columns of least ink, that are as wide as a character may be. */
function piecesOf(group: Group, ink: InkParts, stride: number, heightPx: number): Group[] {
  const own = new Set(group.labels);
  const [left, top, width, height] = group.box;
  const isOwn = (x: number, y: number): boolean => own.has(ink.labels[(top + y) * stride + left + x]!);
  const edges = [0, ...cutsOf(columnsOf(width, height, isOwn), heightPx), width];
  const found: Group[] = [];
  for (const [i, start] of edges.entries()) {
    for (const end of edges.slice(i + 1)) {
      const share = (end - start) / heightPx;
      if (share < MIN_PIECE || share > MAX_PIECE || end - start === width) continue;
      let [first, last, upper, lower, areaPx] = [width, -1, height, -1, 0];
      for (let y = 0; y < height; y++) {
        for (let x = start; x < end; x++) {
          if (!isOwn(x, y)) continue;
          areaPx++;
          first = Math.min(first, x);
          last = Math.max(last, x);
          upper = Math.min(upper, y);
          lower = y;
        }
      }
      const box: Box = [left + first, top + upper, last - first + 1, lower - upper + 1];
      if (areaPx > 0) found.push({ box, labels: group.labels, areaPx });
    }
  }
  return found;
}

/** Ink of each column, with half of its neighbours'. */
function columnsOf(width: number, height: number, isOwn: (x: number, y: number) => boolean): Float64Array {
  const columns = new Float64Array(width);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (isOwn(x, y)) columns[x]!++;
  return columns.map((value, x) => 0.25 * (columns[x - 1] ?? value) + 0.5 * value + 0.25 * (columns[x + 1] ?? value));
}

/** Columns to cut at, ascending: those of least ink first chosen. */
function cutsOf(columns: Float64Array, heightPx: number): number[] {
  const width = columns.length;
  const rim = 0.12 * heightPx;
  const cuts: number[] = [];
  const possible = [...columns.keys()].filter(
    (x) => x > rim && x < width - rim && columns[x]! <= MAX_CUT_INK * heightPx,
  );
  for (const x of possible.sort((a, b) => columns[a]! - columns[b]!)) {
    if (cuts.length >= 2 + (CUTS_PER_HEIGHT * width) / heightPx) break;
    if (cuts.every((cut) => Math.abs(cut - x) >= Math.max(2, CUTS_APART * heightPx))) cuts.push(x);
  }
  return cuts.sort((a, b) => a - b);
}

function join(a: Group, b: Group): Group {
  return { box: union(a.box, b.box), labels: [...a.labels, ...b.labels], areaPx: a.areaPx + b.areaPx };
}

/** Share of the narrower box's width that lies under the other. */
function overlapShare(a: Box, b: Box): number {
  return (Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0])) / Math.min(a[2], b[2]);
}

function union(a: Box, b: Box): Box {
  const left = Math.min(a[0], b[0]);
  const top = Math.min(a[1], b[1]);
  return [left, top, Math.max(a[0] + a[2], b[0] + b[2]) - left, Math.max(a[1] + a[3], b[1] + b[3]) - top];
}
