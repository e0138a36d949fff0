/**
 * How likely a shape that was cut out of a line is no character: a country's strip, a seal between two groups, the
 * plate's rim. Told by what the net makes of it and by how it stands among the others.
 */
import { median } from "./find-line.ts";
import type { SegmentedCharacter } from "./segmentation.ts";

/** Logistic weights, fitted on 4,975 shapes of 718 plates of train, 110 of them no characters. */
const WEIGHTS = {
  bias: -3.61,
  /** It is the first or the last of its line. */
  atEnd: 1.19,
  first: 0.65,
  /** ln of the odds against its best class. */
  unsure: 0.79,
  /** How far its height is from the others', ln. */
  height: 8.69,
  /** How far its middle is from the line through the others', heights. */
  offset: 4.2,
  /** The nearer gap beside it, heights. */
  gap: 2.92,
  /** Plain bars are always unsure, and mostly 1 or I. */
  bar: -1.81,
} as const;

/** ln of the odds against the best class of most characters, by a net that is trained. */
const USUAL_ODDS = -3.5;

/** Fewer shapes in a line say nothing about each other. */
const MIN_SHAPES = 3;

/** Of each shape the probability that it is no character, 0..1. @param best of each shape its best class's probability. */
export function doubtShapes(shapes: readonly SegmentedCharacter[], best: readonly number[]): number[] {
  return shapes.map((shape, index) => {
    const line = shapes.filter((other) => other.line === shape.line);
    if (line.length < MIN_SHAPES) return 0;
    const others = line.filter((other) => other !== shape);
    const heightPx = median(line.map(({ box }) => box[3]));
    const at = line.indexOf(shape);
    const usual = median(others.map((other) => oddsAgainst(best[shapes.indexOf(other)]!)));
    const own = oddsAgainst(best[index]!);
    // A net that is unsure of most says something only of those of which it is surer or less sure.
    const unsure = usual > 0 ? own - usual + USUAL_ODDS : own;
    const logit =
      WEIGHTS.bias +
      (at === 0 || at === line.length - 1 ? WEIGHTS.atEnd : 0) +
      (at === 0 ? WEIGHTS.first : 0) +
      WEIGHTS.unsure * unsure +
      WEIGHTS.height * Math.abs(Math.log(shape.box[3] / median(others.map(({ box }) => box[3])))) +
      (WEIGHTS.offset * Math.abs(offsetFrom(others, shape))) / heightPx +
      (WEIGHTS.gap * nearerGap(line, at)) / heightPx +
      (shape.isBar ? WEIGHTS.bar : 0);
    return 1 / (1 + Math.exp(-logit));
  });
}

/** Natural logarithm. */
function oddsAgainst(probability: number): number {
  const sure = Math.min(1 - 1e-4, Math.max(1e-3, probability));
  return Math.log((1 - sure) / sure);
}

/** How far the middle of a shape lies below the line of least squares through the others' middles. */
function offsetFrom(others: readonly SegmentedCharacter[], shape: SegmentedCharacter): number {
  const meanX = others.reduce((sum, other) => sum + middleX(other), 0) / others.length;
  const meanY = others.reduce((sum, other) => sum + middleY(other), 0) / others.length;
  const spread = others.reduce((sum, other) => sum + (middleX(other) - meanX) ** 2, 0);
  const rise = others.reduce((sum, other) => sum + (middleX(other) - meanX) * (middleY(other) - meanY), 0);
  // Two points always fit a line; a third one is needed to trust its slope.
  const slope = others.length > 2 && spread > 0 ? rise / spread : 0;
  return middleY(shape) - meanY - slope * (middleX(shape) - meanX);
}

function nearerGap(line: readonly SegmentedCharacter[], at: number): number {
  const gap = (left: SegmentedCharacter | undefined, right: SegmentedCharacter | undefined): number =>
    left === undefined || right === undefined ? Number.POSITIVE_INFINITY : right.box[0] - (left.box[0] + left.box[2]);
  return Math.max(0, Math.min(gap(line[at - 1], line[at]), gap(line[at], line[at + 1])));
}

function middleX({ box }: SegmentedCharacter): number {
  return box[0] + box[2] / 2;
}

function middleY({ box }: SegmentedCharacter): number {
  return box[1] + box[3] / 2;
}
