/**
 * Finds plates with a cascade classifier (Viola and Jones 2001; Liao et al. 2007 for LBP). What evaluates the cascade is
 * behind a port, as OpenCV is a large thing to load; here is what goes in and what the answers mean.
 */
import type { Box } from "../core/geometry.ts";
import { nms, quadOfBox } from "../core/geometry.ts";
import { greyscale, type Image, resize } from "../core/image.ts";
import type { Detection } from "../core/read.ts";
import { type AgreedPlace, type CascadePlan, searchPlaces } from "./cascade-plan.ts";
import { checkPlaces, judgePlaces } from "./check-place.ts";
import type { GreyPicture } from "./grey-picture.ts";

export interface CascadeSettings {
  /** How much the search window grows from one pass to the next, above 1. */
  readonly scaleFactor: number;
  /** Windows that must agree on a place; fewer find more plates and more that are none. */
  readonly minNeighbors: number;
}

/** As in the tutorial. */
export const CASCADE_DEFAULTS: CascadeSettings = { scaleFactor: 1.2, minNeighbors: 7 };

/** One call of the search. */
export interface CascadeCall extends CascadeSettings {
  /** Windows of these sizes only; default all. */
  readonly sizes?: { readonly min: WindowSize; readonly max: WindowSize };
}

export interface WindowSize {
  readonly width: number;
  readonly height: number;
}

/** A place where windows agree. */
export interface CascadeHit {
  readonly box: Box;
  /** How many windows agree. */
  readonly windows: number;
  /** By how much the window passes the last stage, where that is known. */
  readonly margin?: number;
}

/** What evaluates the cascade: OpenCV, or lbp-cascade.ts for one of ours. */
export interface Cascade {
  find(picture: GreyPicture, call: CascadeCall): readonly CascadeHit[];
  /** How to search with it, where its card says so; else as OpenCV does. */
  readonly plan?: CascadePlan;
}

/** The longer side is searched at this size at most: a pass over 1920 pixels costs nine times as much. */
export const MAX_SIDE_PX = 640;

/** OpenCV joins windows of like size only: one plate is found again by much larger ones. */
const MAX_IOU = 0.3;

/** Plates in a frame, the surest first; corners are the box's. */
export function findPlates(frame: Image, cascade: Cascade, settings: CascadeSettings): Detection[] {
  const { plan } = cascade;
  if (plan !== undefined) {
    const places = checkPlaces(frame, findPlaces(frame, cascade, plan, settings), plan);
    return judgePlaces(places, plan).map(({ box, confidence }) => detectionOf(box, confidence));
  }
  const { picture, toFrame } = shrunk(frame);
  return agreedByOpenCv(picture, cascade, settings).map(({ box, windows }) =>
    detectionOf(toFrame(box), windowsConfidence(windows)),
  );
}

/** Where enough windows of a cascade with a plan agree, in the frame's pixels; not yet judged. */
export function findPlaces(
  frame: Image,
  cascade: Cascade,
  plan: CascadePlan,
  settings: CascadeSettings,
): AgreedPlace[] {
  const { picture, toFrame } = shrunk(frame);
  return searchPlaces(picture, cascade, plan, settings.scaleFactor)
    .filter(({ windows }) => windows > settings.minNeighbors)
    .map((place) => ({ ...place, box: toFrame(place.box) }));
}

/** The frame as it is searched, and the way back. */
function shrunk(frame: Image): { readonly picture: GreyPicture; toFrame(box: Box): Box } {
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(frame.width, frame.height));
  const width = Math.max(1, Math.round(frame.width * scale));
  const height = Math.max(1, Math.round(frame.height * scale));
  const [scaleX, scaleY] = [frame.width / width, frame.height / height];
  return {
    picture: { width, height, data: greyscale(scale === 1 ? frame : resize(frame, width, height)) },
    toFrame: ([x, y, boxWidth, boxHeight]) => [x * scaleX, y * scaleY, boxWidth * scaleX, boxHeight * scaleY],
  };
}

function detectionOf(box: Box, confidence: number): Detection {
  return { box, corners: quadOfBox(box), lines: 1, confidence };
}

/** As OpenCV searches and joins, each place once. */
function agreedByOpenCv(picture: GreyPicture, cascade: Cascade, settings: CascadeSettings): CascadeHit[] {
  const hits = cascade.find(picture, settings);
  const boxes = hits.map(({ box }) => box);
  const windows = hits.map((hit) => hit.windows);
  return nms(boxes, windows, MAX_IOU).map((index) => hits[index]!);
}

/** 0..1, rising with the windows that agree; not calibrated. Half at ten, nine tenths at ninety. */
function windowsConfidence(windows: number): number {
  return windows / (windows + 10);
}
