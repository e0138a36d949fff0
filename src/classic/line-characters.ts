/** Makes single characters of a text line's shapes: broken ones are joined, touching ones cut apart. */
import type { Box } from "../core/geometry.ts";
import { median, type TextLine } from "./find-line.ts";
import type { GreyPicture } from "./grey-picture.ts";
import type { InkPart, InkParts } from "./ink-parts.ts";

/** One character: the shapes it consists of, and its box, which may hold only a part of them. */
export interface LineCharacter {
  readonly box: Box;
  readonly labels: readonly number[];
  readonly isBar: boolean;
}

/** Heights of characters as a share of the line's. */
const MIN_HEIGHT = 0.82;
const MAX_HEIGHT = 1.2;

/** What starts a character that the line does not have yet must be so high itself. */
const MIN_FRAGMENT_HEIGHT = 0.6;

/** Shapes wider than this share of the height, and than so many median widths, are several characters. */
const WIDE_SHARE = 0.95;
const WIDE_MEDIANS = 1.45;

/** A shape so narrow and so full is a plain bar. */
const BAR_WIDTH = 0.3;
const BAR_FILL = 0.8;

/** A bar at a line's end that is thinner than this share of the other strokes is the plate's rim. */
const RIM_WIDTH = 0.55;

const RIM_STROKES = 0.72;

/** A shape whose strokes are so many times the others' is no character but a country's strip or a hyphen's blot. */
const BLOT_STROKES = 1.7;

/** From left to right. */
export function lineCharacters(ink: InkParts, binary: GreyPicture, line: TextLine): LineCharacter[] {
  const joined = joinBroken(ink.parts, line);
  const medianWidth = median(joined.map(({ box }) => box[2]).filter((width) => width > BAR_WIDTH * line.heightPx));
  const whole = joined.flatMap((character) => cutApart(character, ink, binary, line.heightPx, medianWidth));
  return withoutRims(whole, ink, binary, line.heightPx);
}

/** The line's shapes with what stands above or below them as part of the same character. */
function joinBroken(parts: readonly InkPart[], line: TextLine): { box: Box; labels: number[] }[] {
  const { heightPx, slope } = line;
  const [firstX, firstY] = [line.parts[0]!.box[0], median(line.parts.map(({ box }) => box[1] + box[3] / 2))];
  const meanX = median(line.parts.map(({ box }) => box[0]));
  const isInBand = ({ box, areaPx }: InkPart): boolean => {
    const middle = firstY + slope * (box[0] - meanX);
    return (
      areaPx >= 0.01 * heightPx * heightPx &&
      box[1] >= middle - 0.65 * heightPx &&
      box[1] + box[3] <= middle + 0.65 * heightPx &&
      box[0] >= firstX - 2 * heightPx
    );
  };
  const members = new Set(line.parts.map(({ label }) => label));
  const fragments = parts.filter((part) => !members.has(part.label) && isInBand(part));
  const groups = line.parts.map(({ box, label }) => ({ box, labels: [label] }));
  // Fragments that lie over each other and together are as high as a character are one.
  for (const fragment of fragments.toSorted((a, b) => b.areaPx - a.areaPx)) {
    const host = groups.find(
      (group) =>
        overlapShare(group.box, fragment.box) > 0.6 &&
        union(group.box, fragment.box)[3] <= MAX_HEIGHT * heightPx &&
        union(group.box, fragment.box)[2] <= 1.1 * heightPx,
    );
    if (host === undefined) {
      // Two halves of a character are rarer than two seals above each other: one piece must be most of it.
      if (fragment.box[3] >= MIN_FRAGMENT_HEIGHT * heightPx)
        groups.push({ box: fragment.box, labels: [fragment.label] });
    } else {
      host.box = union(host.box, fragment.box);
      host.labels.push(fragment.label);
    }
  }
  const left = line.parts[0]!.box[0] - 1.7 * heightPx;
  const last = line.parts.at(-1)!.box;
  const right = last[0] + last[2] + 1.7 * heightPx;
  return groups
    .filter(({ box }) => box[3] >= MIN_HEIGHT * heightPx && box[3] <= MAX_HEIGHT * heightPx)
    .filter(({ box }) => box[0] >= left && box[0] + box[2] <= right && box[2] >= 0.06 * heightPx)
    .sort((a, b) => a.box[0] - b.box[0]);
}

/** Share of the narrower box's width that lies under the other. */
function overlapShare(a: Box, b: Box): number {
  const overlap = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  return overlap / Math.min(a[2], b[2]);
}

function union(a: Box, b: Box): Box {
  const left = Math.min(a[0], b[0]);
  const top = Math.min(a[1], b[1]);
  return [left, top, Math.max(a[0] + a[2], b[0] + b[2]) - left, Math.max(a[1] + a[3], b[1] + b[3]) - top];
}

/** Cuts a wide shape where the least ink stands in its columns, near equal parts. */
function cutApart(
  { box, labels }: { box: Box; labels: number[] },
  ink: InkParts,
  binary: GreyPicture,
  heightPx: number,
  medianWidth: number,
): LineCharacter[] {
  const own = new Set(labels);
  const [left, top, width, height] = box;
  const columns = new Float64Array(width);
  let areaPx = 0;
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) {
      if (!own.has(ink.labels[y * binary.width + x]!)) continue;
      columns[x - left]!++;
      areaPx++;
    }
  }
  const typical = Math.min(0.75 * heightPx, Math.max(0.35 * heightPx, medianWidth));
  const isWide = width > WIDE_SHARE * heightPx && width > WIDE_MEDIANS * typical;
  const count = isWide ? Math.max(2, Math.round(width / (typical * 1.12))) : 1;
  if (count === 1) {
    const isBar = width <= BAR_WIDTH * heightPx && areaPx >= BAR_FILL * width * height;
    return [{ box, labels, isBar }];
  }
  const cuts = [0];
  for (let i = 1; i < count; i++) {
    const ideal = (i * width) / count;
    const reach = (0.25 * width) / count;
    let best = Math.round(ideal);
    let bestCost = Number.POSITIVE_INFINITY;
    for (let x = Math.ceil(ideal - reach); x <= ideal + reach; x++) {
      const cost = (columns[x] ?? 0) + (0.15 * heightPx * Math.abs(x - ideal)) / reach;
      if (cost < bestCost) {
        bestCost = cost;
        best = x;
      }
    }
    cuts.push(best);
  }
  cuts.push(width);
  return cuts.slice(1).map((end, i) => {
    const start = cuts[i]!;
    return { box: [left + start, top, Math.max(1, end - start), height], labels, isBar: false };
  });
}

/** The plate's own rim, left and right of the text, stands upright like an I, but thinner or higher. */
function withoutRims(
  characters: readonly LineCharacter[],
  ink: InkParts,
  binary: GreyPicture,
  heightPx: number,
): LineCharacter[] {
  const strokes = characters.filter(({ isBar }) => !isBar).map((character) => strokeWidth(character, ink, binary));
  const stroke = median(strokes);
  const isRim = (character: LineCharacter): boolean =>
    character.box[2] <= BAR_WIDTH * heightPx &&
    (character.box[2] < RIM_WIDTH * stroke ||
      strokeWidth(character, ink, binary) < RIM_STROKES * stroke ||
      character.box[3] > 1.15 * heightPx);
  const kept = characters.filter(
    (character) => character.isBar || strokeWidth(character, ink, binary) <= BLOT_STROKES * stroke,
  );
  while (kept.length > 0 && isRim(kept[0]!)) kept.shift();
  while (kept.length > 0 && isRim(kept.at(-1)!)) kept.pop();
  return kept;
}

/** Twice the area over the outline's length, for lines of even thickness. */
function strokeWidth({ box, labels }: LineCharacter, ink: InkParts, { width }: GreyPicture): number {
  const own = new Set(labels);
  let area = 0;
  let rim = 0;
  for (let y = box[1]; y < box[1] + box[3]; y++) {
    for (let x = box[0]; x < box[0] + box[2]; x++) {
      const at = y * width + x;
      if (!own.has(ink.labels[at]!)) continue;
      area++;
      if (!own.has(ink.labels[at - 1]!) || !own.has(ink.labels[at + 1]!)) rim++;
      else if (!own.has(ink.labels[at - width] ?? 0) || !own.has(ink.labels[at + width] ?? 0)) rim++;
    }
  }
  return (2 * area) / Math.max(1, rim);
}
