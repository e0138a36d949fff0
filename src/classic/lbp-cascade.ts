/**
 * Evaluates cascades of local binary patterns (Liao et al. 2007) in OpenCV's present format: the same windows as its
 * detectMultiScale, without loading it, and without looking closer at windows in which nothing stands upright.
 */
import type { CascadeHit } from "./cascade.ts";
import { type GreyPicture, resizeLinear } from "./grey-picture.ts";

/** All weak classifiers of all stages one after the other, in arrays that the search runs through. */
export interface LbpCascade {
  readonly width: number;
  readonly height: number;
  /** Of each stage its first weak classifier; one more entry ends the last. */
  readonly stageStarts: Int32Array;
  readonly stageThresholds: Float64Array;
  /** Of each weak classifier x, y, width and height of the top left one of 3×3 cells. */
  readonly cells: Int32Array;
  /** Of each weak classifier 256 bits: the codes that get its first leaf. */
  readonly subsets: Int32Array;
  /** Two of each weak classifier. */
  readonly leaves: Float64Array;
}

export interface LbpSearch {
  /** How much the window grows from one scale to the next, above 1. */
  readonly scaleFactor: number;
  /** The window grows to less than so many times its own size. */
  readonly maxGrowth: number;
  readonly skip: SkippedWindows;
}

/**
 * Windows that are not looked at closer, by the grey levels by which their pixels differ from the right neighbours. Text
 * has many such steps, and the plate's margin above and below it few: two tests that nine in ten windows fail.
 */
export interface SkippedWindows {
  /** Those with less in the mean. */
  readonly minContrast: number;
  /** Those whose middle two thirds of rows have less than so many times the mean. */
  readonly minCentring: number;
}

/** Null for cascades of another kind: Haar, the old format, trees deeper than one split. */
export function parseLbpCascade(xml: string): LbpCascade | null {
  const numberIn = (tag: string): number => Number(new RegExp(`<${tag}>\\s*(\\d+)\\s*</${tag}>`).exec(xml)?.[1]);
  const [width, height] = [numberIn("width"), numberIn("height")];
  const isLbp = /<featureType>\s*LBP\s*<\/featureType>/.test(xml) && numberIn("maxCatCount") === 256;
  const features = numbersOf(xml, "rect");
  const stages = /<stages>(.*)<\/stages>/s.exec(xml)?.[1];
  if (!isLbp || !(width > 0 && height > 0) || stages === undefined) return null;
  const parts = stages.split("<stageThreshold>").slice(1);
  const thresholds = parts.map((part) => Number.parseFloat(part));
  const nodes = parts.map((part) => numbersOf(part, "internalNodes"));
  const leaves = parts.map((part) => numbersOf(part, "leafValues"));
  const isWhole =
    parts.length > 0 &&
    thresholds.every(Number.isFinite) &&
    features.every((rect) => isCellIn(rect, width, height)) &&
    nodes.every(
      (ofStage, i) =>
        ofStage.length > 0 &&
        ofStage.length === leaves[i]!.length &&
        ofStage.every((node) => node.length === 11 && node.every(Number.isInteger) && features[node[2]!] !== undefined),
    ) &&
    leaves.flat().every((pair) => pair.length === 2 && pair.every(Number.isFinite));
  if (!isWhole) return null;
  const starts = [0];
  for (const ofStage of nodes) starts.push(starts.at(-1)! + ofStage.length);
  return {
    width,
    height,
    stageStarts: Int32Array.from(starts),
    stageThresholds: Float64Array.from(thresholds),
    cells: Int32Array.from(nodes.flat().flatMap((node) => features[node[2]!]!)),
    subsets: Int32Array.from(nodes.flat().flatMap((node) => node.slice(3))),
    leaves: Float64Array.from(leaves.flat(2)),
  };
}

/** Of each element of this name its numbers. */
function numbersOf(xml: string, tag: string): number[][] {
  return Array.from(xml.matchAll(new RegExp(`<${tag}>([^<]*)</${tag}>`, "g")), ([, words]) =>
    words!.trim().split(/\s+/).map(Number),
  );
}

function isCellIn(rect: readonly number[], width: number, height: number): boolean {
  const [x, y, cellWidth, cellHeight] = rect;
  if (rect.length !== 4 || !rect.every(Number.isInteger)) return false;
  return (
    x! >= 0 &&
    y! >= 0 &&
    cellWidth! > 0 &&
    cellHeight! > 0 &&
    x! + 3 * cellWidth! <= width &&
    y! + 3 * cellHeight! <= height
  );
}

/** Every window that all stages let through, in pixels of the picture, each a hit of its own. */
export function findWindows(picture: GreyPicture, cascade: LbpCascade, search: LbpSearch): CascadeHit[] {
  const hits: CascadeHit[] = [];
  for (let growth = 1; growth < search.maxGrowth; growth *= search.scaleFactor) {
    const width = Math.round(picture.width / growth);
    const height = Math.round(picture.height / growth);
    if (width < cascade.width || height < cascade.height) break;
    const [boxWidth, boxHeight] = [Math.round(cascade.width * growth), Math.round(cascade.height * growth)];
    const small = growth === 1 ? picture : resizeLinear(picture, width, height);
    for (const { x, y, margin } of passingWindows(small, cascade, search.skip))
      hits.push({ box: [Math.round(x * growth), Math.round(y * growth), boxWidth, boxHeight], windows: 1, margin });
  }
  return hits;
}

/** Windows are looked at on a grid of so many pixels, as OpenCV does below twice the window. */
const STEP_PX = 2;

/** Corner of each window of the cascade's own size that passes, and by how much it passes the last stage. */
export function passingWindows(
  picture: GreyPicture,
  cascade: LbpCascade,
  { minContrast, minCentring }: SkippedWindows,
): { readonly x: number; readonly y: number; readonly margin: number }[] {
  const { width, height } = picture;
  const stride = width + 1;
  const sums = new Int32Array(stride * (height + 1));
  const edges = new Int32Array(stride * (height + 1));
  addUp(picture, sums, edges);
  const { stageStarts, stageThresholds } = cascade;
  const stageCount = stageThresholds.length;
  const right = cascade.width;
  const bottom = cascade.height * stride;
  const minEdges = minContrast * cascade.width * cascade.height;
  const innerTop = Math.round(cascade.height / 6);
  const innerHeight = cascade.height - 2 * innerTop;
  const [innerFrom, innerTo] = [innerTop * stride, (innerTop + innerHeight) * stride];
  const minShare = (minCentring * innerHeight) / cascade.height;
  const found = [];
  for (let y = 0; y + cascade.height < height; y += STEP_PX) {
    for (let x = 0; x + cascade.width < width; x += STEP_PX) {
      const at = y * stride + x;
      const all = edges[at + bottom + right]! - edges[at + bottom]! - edges[at + right]! + edges[at]!;
      if (all < minEdges) continue;
      const inner =
        edges[at + innerTo + right]! - edges[at + innerTo]! - edges[at + innerFrom + right]! + edges[at + innerFrom]!;
      if (inner < minShare * all) continue;
      let margin = 0;
      let stage = 0;
      for (; stage < stageCount; stage++) {
        margin =
          scoreOf(cascade, sums, stride, at, stageStarts[stage]!, stageStarts[stage + 1]!) - stageThresholds[stage]!;
        if (margin < 0) break;
      }
      if (stage === stageCount) found.push({ x, y, margin });
      // What the first stage rejects has neighbours that are no better.
      else if (stage === 0) x += STEP_PX;
    }
  }
  return found;
}

/** Integral pictures of the pixels and of their differences to the right neighbour. */
function addUp({ width, height, data }: GreyPicture, sums: Int32Array, edges: Int32Array): void {
  const stride = width + 1;
  for (let y = 0; y < height; y++) {
    let sum = 0;
    let edge = 0;
    let before = data[y * width]!;
    for (let x = 0; x < width; x++) {
      const value = data[y * width + x]!;
      const at = (y + 1) * stride + x + 1;
      sum += value;
      edge += value > before ? value - before : before - value;
      before = value;
      sums[at] = sum + sums[at - stride]!;
      edges[at] = edge + edges[at - stride]!;
    }
  }
}

/** What weak classifiers `first` to before `end` say of the window at `at`, added up. */
function scoreOf(
  { cells, subsets, leaves }: LbpCascade,
  sums: Int32Array,
  stride: number,
  at: number,
  first: number,
  end: number,
): number {
  let score = 0;
  for (let weak = first; weak < end; weak++) {
    const w = cells[4 * weak + 2]!;
    const down = cells[4 * weak + 3]! * stride;
    const p0 = at + cells[4 * weak + 1]! * stride + cells[4 * weak]!;
    const p1 = p0 + down;
    const p2 = p1 + down;
    const p3 = p2 + down;
    const w2 = 2 * w;
    const w3 = 3 * w;
    const b1 = sums[p1 + w]!;
    const b2 = sums[p1 + w2]!;
    const c1 = sums[p2 + w]!;
    const c2 = sums[p2 + w2]!;
    const less = (c2 - c1 - b2 + b1 - 1) | 0;
    const a0 = sums[p0]!;
    const a1 = sums[p0 + w]!;
    const a2 = sums[p0 + w2]!;
    const a3 = sums[p0 + w3]!;
    const b0 = sums[p1]!;
    const b3 = sums[p1 + w3]!;
    const c0 = sums[p2]!;
    const c3 = sums[p2 + w3]!;
    const d0 = sums[p3]!;
    const d1 = sums[p3 + w]!;
    const d2 = sums[p3 + w2]!;
    const d3 = sums[p3 + w3]!;
    // The sign of "middle less a cell less one" is set where the cell is as bright: no branch that a processor could guess wrong.
    const word =
      (((less - b1 + b0 + a1 - a0) >>> 31) << 2) |
      (((less - b2 + b1 + a2 - a1) >>> 31) << 1) |
      ((less - b3 + b2 + a3 - a2) >>> 31);
    const bit =
      (((less - c3 + c2 + b3 - b2) >>> 31) << 4) |
      (((less - d3 + d2 + c3 - c2) >>> 31) << 3) |
      (((less - d2 + d1 + c2 - c1) >>> 31) << 2) |
      (((less - d1 + d0 + c1 - c0) >>> 31) << 1) |
      ((less - c1 + c0 + b1 - b0) >>> 31);
    score += leaves[2 * weak + (((subsets[8 * weak + word]! >>> bit) & 1) ^ 1)]!;
  }
  return score;
}
