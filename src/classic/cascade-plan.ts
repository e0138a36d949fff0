/**
 * How a cascade of our own is searched with: what its card says beside the XML. OpenCV's search knows windows of one
 * shape; ours looks at the picture squeezed as well, so that short and long plates fill the same window, and shrinks it
 * by halves with averaging, so that large plates look as small ones do. Joining the windows is ours too.
 */
import { type Box, iou } from "../core/geometry.ts";
import type { Cascade } from "./cascade.ts";
import { type GreyPicture, resizeArea } from "./grey-picture.ts";

export interface CascadePlan {
  /** The cascade's own window, pixels. */
  readonly window: { readonly width: number; readonly height: number };
  /** Size of the window around a plate, in widths and heights of the plate. */
  readonly margin: { readonly x: number; readonly y: number };
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
    /** Of the text's score up to 7. */
    readonly text: number;
    /** Of the box's ln aspect, and of the square of how far that is from 3 to 1. */
    readonly aspect: number;
    readonly oddAspect: number;
  };
  /** Places less sure than this are left out, 0..1. */
  readonly minConfidence: number;
}

/** Windows that overlap the one in their middle by so much are of one plate. */
const SAME_PLATE_IOU = 0.45;

/** Of two places that overlap more than this the one with fewer windows goes. */
const MAX_IOU = 0.15;

/** A place where windows agree: their mean, without the margin. */
export interface AgreedPlace {
  readonly box: Box;
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
): Box[] {
  const boxes: Box[] = [];
  let small = picture;
  for (let octave = 1; ; octave *= 2) {
    const width = Math.round((picture.width * squeezeX) / octave);
    const height = Math.round((picture.height * squeezeY) / octave);
    if (width < window.width || height < window.height) return boxes;
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
      boxes.push([
        (x + (hitWidth - plateWidth) / 2) * scaleX,
        (y + (hitHeight - plateHeight) / 2) * scaleY,
        plateWidth * scaleX,
        plateHeight * scaleY,
      ]);
    }
  }
}

/** Joins windows around the one that most others overlap, then around the next that is left. */
export function agree(windows: readonly Box[]): AgreedPlace[] {
  const boxes = windows.toSorted((a, b) => a[0] - b[0]);
  const near = neighbours(boxes);
  const isLeft = boxes.map(() => true);
  const places: AgreedPlace[] = [];
  for (;;) {
    let best: readonly number[] = [];
    for (const [index, group] of near.entries()) {
      if (!isLeft[index] || group.length <= best.length) continue;
      const members = group.filter((member) => isLeft[member]);
      if (members.length > best.length) best = members;
    }
    if (best.length === 0) return places;
    const box = meanBox(best.map((index) => boxes[index]!));
    if (places.every((place) => iou(place.box, box) <= MAX_IOU)) places.push({ box, windows: best.length });
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

function meanBox(boxes: readonly Box[]): Box {
  const mean = (side: 0 | 1 | 2 | 3): number => boxes.reduce((sum, box) => sum + box[side], 0) / boxes.length;
  return [mean(0), mean(1), mean(2), mean(3)];
}
