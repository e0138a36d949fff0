/** The tutorial's segmentation, step by step and number by number. It works on straight, clean, dark-on-light plates. */
import type { Box } from "../core/geometry.ts";
import { characterPicture } from "./character-picture.ts";
import { contourArea, contourBox, findContours } from "./contours.ts";
import { cutOut, type GreyPicture, invert, resizeLinear } from "./grey-picture.ts";
import { dilate, erode } from "./morphology.ts";
import type { DropReason, Segmentation, SegmentedCharacter, Shape } from "./segmentation.ts";
import { binarise, otsuLevel } from "./threshold.ts";

export const TUTORIAL_WIDTH = 333;
export const TUTORIAL_HEIGHT = 75;

/** White pixels along every edge, so that the plate's frame does not count. */
const BORDER_PX = 3;

/** Contours looked at, the largest first. */
const MAX_CONTOURS = 15;

/**
 * A character's contour is wider and higher than the first, narrower and lower than the second number of each pair.
 * The tutorial takes the picture's height for its width and the other way round, and its limits fit that.
 */
const WIDTH_LIMITS = [TUTORIAL_HEIGHT / 6, TUTORIAL_HEIGHT / 2] as const;
const HEIGHT_LIMITS = [TUTORIAL_WIDTH / 10, (2 * TUTORIAL_WIDTH) / 3] as const;

/** @param crop the plate, of any size. */
export function segmentTutorial(crop: GreyPicture): Segmentation {
  const plate = resizeLinear(crop, TUTORIAL_WIDTH, TUTORIAL_HEIGHT);
  const black = binarise(plate, otsuLevel(plate));
  const binary = withWhiteBorder(dilate(erode(black)));
  const contours = findContours(binary)
    .map((contour) => ({ area: contourArea(contour), box: contourBox(contour) }))
    .sort((a, b) => b.area - a.area);
  const shapes = contours.map(
    ({ box }, index): Shape => ({ box, dropped: index < MAX_CONTOURS ? reasonToDrop(box) : "too small" }),
  );
  const characters = shapes
    .filter(({ dropped }) => dropped === null)
    .map(({ box }) => characterAt(binary, box))
    .sort((a, b) => a.box[0] - b.box[0]);
  return { steps: "tutorial", plate, binary, shapes, characters, lines: 1, notes: [] };
}

function withWhiteBorder({ width, height, data }: GreyPicture): GreyPicture {
  const bordered = Uint8Array.from(data);
  for (let y = 0; y < height; y++) {
    const isWhiteRow = y < BORDER_PX || y >= height - BORDER_PX;
    bordered.fill(255, y * width, y * width + (isWhiteRow ? width : BORDER_PX));
    bordered.fill(255, (y + 1) * width - BORDER_PX, (y + 1) * width);
  }
  return { width, height, data: bordered };
}

function reasonToDrop([, , width, height]: Box): DropReason | null {
  if (width <= WIDTH_LIMITS[0]) return "too narrow";
  if (width >= WIDTH_LIMITS[1]) return "too wide";
  if (height <= HEIGHT_LIMITS[0]) return "too short";
  if (height >= HEIGHT_LIMITS[1]) return "too tall";
  return null;
}

function characterAt(binary: GreyPicture, box: Box): SegmentedCharacter {
  return { box, line: 0, picture: characterPicture(invert(cutOut(binary, box))), isBar: false };
}
