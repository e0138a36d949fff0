/** Cuts a found plate out of its frame as the steps want it. */
import type { Image } from "../core/image.ts";
import { crop, pixelBox } from "../core/image.ts";
import type { Detection } from "../core/read.ts";
import { rectifyPlate } from "../core/rectify.ts";
import { type GreyPicture, greyPicture } from "./grey-picture.ts";
import type { StepsName } from "./segmentation.ts";

/** Height of a one-line plate: its characters are then 30 to 45 pixels high, enough for the net's 40. */
const PLATE_HEIGHT_PX = 64;
const TWO_LINE_HEIGHT_PX = 112;

/** Plates less wide than this, in heights, may carry two lines. */
const TWO_LINE_ASPECT = 2.4;
const MAX_WIDTH_PX = 480;

/** Room around the plate, as a share of its width and height: boxes are rough, and its rim must not touch the edge. */
export const MARGIN = 0.08;

/** Null when the plate lies outside the frame. */
export function plateCrop(frame: Image, detection: Detection, steps: StepsName): GreyPicture | null {
  if (steps === "tutorial") {
    const [, , width, height] = pixelBox(frame, detection.box);
    return width === 0 || height === 0 ? null : greyPicture(crop(frame, detection.box));
  }
  const [topLeft, topRight, bottomRight, bottomLeft] = detection.corners;
  const length = (a: readonly [number, number], b: readonly [number, number]) => Math.hypot(b[0] - a[0], b[1] - a[1]);
  const plateWidth = (length(topLeft, topRight) + length(bottomLeft, bottomRight)) / 2;
  const plateHeight = (length(topLeft, bottomLeft) + length(topRight, bottomRight)) / 2;
  const aspect = plateWidth / Math.max(1, plateHeight);
  const height = (aspect < TWO_LINE_ASPECT ? TWO_LINE_HEIGHT_PX : PLATE_HEIGHT_PX) * (1 + 2 * MARGIN);
  return greyPicture(
    rectifyPlate(frame, detection, {
      width: Math.max(32, Math.min(MAX_WIDTH_PX, Math.round(height * aspect))),
      height: Math.round(height),
      margin: MARGIN,
    }),
  );
}
