/**
 * How a cascade of our own is searched with: what its card says beside the XML. OpenCV's search knows windows of one
 * shape; ours looks at the picture squeezed as well, so that short and long plates fill the same window, and shrinks it
 * by halves with averaging, so that large plates look as small ones do. Joining the windows is ours too.
 */
import { type Box, iou } from "../core/geometry.ts";
import type { Cascade } from "./cascade.ts";
import { type GreyPicture, resizeArea } from "./grey-picture.ts";
import type { SkippedWindows } from "./lbp-cascade.ts";

export interface CascadePlan {
  /** The cascade's own window, pixels. */
  readonly window: { readonly width: number; readonly height: number };
  /** Size of the window around a plate, in widths and heights of the plate. */
  readonly margin: { readonly x: number; readonly y: number };
  /** Windows that are skipped before the cascade sees them. */
  readonly skip: SkippedWindows;
  /** Factors on the picture's width and height, one pass each. */
  readonly passes: readonly (readonly [x: number, y: number])[];
  /**
   * From the mean of the windows to the plate, as fitted: ln of the factor on a side is `[a, b]` · `[1, ln aspect - 1]`.
   * Small windows within a plate outnumber large ones around it, so the mean is too small.
   */
  readonly growth: { readonly width: readonly [number, number]; readonly height: readonly [number, number] };
  /** Logit of a place's being a plate, as fitted: what these weigh, see check-place.ts. */
  readonly evidence: {
    readonly bias: number;
    /** Of ln windows. */
    readonly windows: number;
    /** Of the mean by which they pass the last stage. */
    readonly margin: number;
    /** Of the text's score up to 7. */
    readonly text: number;
    /** Of the box's ln aspect, and of the square of how far that is from 3 to 1. */
    readonly aspect: number;
    readonly oddAspect: number;
    /** Of the logits by which another place of the picture is ahead, see check-place.ts. */
    readonly rival: number;
  };
  /** Places less sure than this are left out, 0..1. */
  readonly minConfidence: number;
}

/** Windows that overlap the one in their middle by so much are of one plate. */
const SAME_PLATE_IOU = 0.45;

/** Of two places that overlap more than this the one with fewer windows goes. */
const MAX_IOU = 0.15;

/** A window that the cascade lets through, as the plate in it. */
export interface PlateWindow {
  readonly box: Box;
  /** By how much it passes the last stage. */
  readonly margin: number;
}

/** A place where windows agree: their means. */
export interface AgreedPlace extends PlateWindow {
  readonly windows: number;
}

/** All places of a picture, those with most windows first; boxes of plates in its pixels. */
export function searchPlaces(
  picture: GreyPicture,
  cascade: Cascade,
  plan: CascadePlan,
  scaleFactor: number,
): AgreedPlace[] {
  const windows = plan.passes.flatMap((squeeze) => searchPass(picture, cascade, plan, squeeze, scaleFactor));
  return agree(windows).map((place) => ({ ...place, box: grown(place.box, plan) }));
}

/** The box of windows as the plate's. */
export function grown([x, y, width, height]: Box, { growth }: Pick<CascadePlan, "growth">): Box {
  const shape = Math.log(width / height) - 1;
  const newWidth = width * Math.exp(growth.width[0] + growth.width[1] * shape);
  const newHeight = height * Math.exp(growth.height[0] + growth.height[1] * shape);
  return [x + (width - newWidth) / 2, y + (height - newHeight) / 2, newWidth, newHeight];
}

/** Windows of one pass, as plates in the picture's pixels. */
function searchPass(
  picture: GreyPicture,
  cascade: Cascade,
  { window, margin }: CascadePlan,
  [squeezeX, squeezeY]: readonly [number, number],
  scaleFactor: number,
): PlateWindow[] {
  const found: PlateWindow[] = [];
  let small = picture;
  for (let octave = 1; ; octave *= 2) {
    const width = Math.round((picture.width * squeezeX) / octave);
    const height = Math.round((picture.height * squeezeY) / octave);
    if (width < window.width || height < window.height) return found;
    small = resizeArea(small, width, height);
    // The next octave takes over at twice the window.
    const sizes = {
      min: window,
      max: { width: 2 * window.width - 1, height: 2 * window.height - 1 },
    };
    for (const hit of cascade.find(small, { scaleFactor, minNeighbors: 0, sizes })) {
      const [x, y, hitWidth, hitHeight] = hit.box;
      const plateWidth = hitWidth / margin.x;
      const plateHeight = hitHeight / margin.y;
      const [scaleX, scaleY] = [picture.width / width, picture.height / height];
      found.push({
        box: [
          (x + (hitWidth - plateWidth) / 2) * scaleX,
          (y + (hitHeight - plateHeight) / 2) * scaleY,
          plateWidth * scaleX,
          plateHeight * scaleY,
        ],
        margin: hit.margin ?? 0,
      });
    }
  }
}

/** Joins windows around the one that most others overlap, then around the next that is left. */
export function agree(windows: readonly PlateWindow[]): AgreedPlace[] {
  const sorted = windows.toSorted((a, b) => a.box[0] - b.box[0]);
  const near = neighbours(sorted.map(({ box }) => box));
  const isLeft = sorted.map(() => true);
  const places: AgreedPlace[] = [];
  for (;;) {
    let best: readonly number[] = [];
    for (const [index, group] of near.entries()) {
      if (!isLeft[index] || group.length <= best.length) continue;
      const members = group.filter((member) => isLeft[member]);
      if (members.length > best.length) best = members;
    }
    if (best.length === 0) return places;
    const place = meanWindow(best.map((index) => sorted[index]!));
    if (places.every(({ box }) => iou(box, place.box) <= MAX_IOU)) places.push({ ...place, windows: best.length });
    for (const index of best) isLeft[index] = false;
  }
}

/** Of each box the boxes of the same plate, itself among them. @param boxes from left to right. */
function neighbours(boxes: readonly Box[]): number[][] {
  const near: number[][] = boxes.map((_, index) => [index]);
  for (const [index, box] of boxes.entries()) {
    for (let other = index + 1; other < boxes.length; other++) {
      // Further right no box can overlap this one enough.
      if (boxes[other]![0] > box[0] + (1 - SAME_PLATE_IOU) * box[2]) break;
      if (iou(box, boxes[other]!) < SAME_PLATE_IOU) continue;
      near[index]!.push(other);
      near[other]!.push(index);
    }
  }
  return near;
}

function meanWindow(windows: readonly PlateWindow[]): PlateWindow {
  const mean = (of: (window: PlateWindow) => number): number =>
    windows.reduce((sum, window) => sum + of(window), 0) / windows.length;
  const side = (i: 0 | 1 | 2 | 3): number => mean(({ box }) => box[i]);
  return { box: [side(0), side(1), side(2), side(3)], margin: mean(({ margin }) => margin) };
}
