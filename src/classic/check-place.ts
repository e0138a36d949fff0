/**
 * Judges a place that the cascade found by the text in it, and draws its box after that text. A cascade this small sees
 * stripes where there are railings and grilles; a plate has characters of one height in a row.
 */
import { type Box, nms, quadOfBox } from "../core/geometry.ts";
import type { Image } from "../core/image.ts";
import type { AgreedPlace, CascadePlan } from "./cascade-plan.ts";
import { MARGIN, plateCrop } from "./plate-crop.ts";
import { findText } from "./plate-hypotheses.ts";

export interface CheckedPlace {
  readonly box: Box;
  /** About the number of characters that stand in a row there. */
  readonly textScore: number;
}

/** All that is known of a place when it is judged. */
export interface JudgedPlace extends CheckedPlace {
  readonly windows: number;
  readonly margin: number;
}

/** Fewer characters say little of where the plate ends. */
const MIN_SCORE_TO_PLACE = 3.5;

/** Room around a plate's text, in heights of its characters. */
const ROOM = { x: 0.5, y: 0.3 } as const;

/** How much the text's place counts against the windows'. */
const TEXT_WEIGHT = 0.25;

/** Places looked at, those with most windows first: each costs some milliseconds. */
const MAX_CHECKED = 8;

/** More characters than this don't make a plate surer. */
const MAX_TEXT_SCORE = 7;

const USUAL_LOG_ASPECT = 1.1;

/**
 * A place that another one outshines is less likely a plate: what looks like one in busy pictures is mostly not. No lead
 * beyond this counts, so that a second plate keeps its chance.
 */
const MAX_LEAD = 2;

/** Boxes drawn after the same text are the same plate. */
const MAX_IOU = 0.3;

/**
 * Looks for text at the first places, those with most windows. With a plan, places that no text could make sure enough are
 * left out unseen.
 *
 * @param places in the frame's pixels.
 */
export function checkPlaces(
  frame: Image,
  places: readonly AgreedPlace[],
  plan?: Pick<CascadePlan, "evidence" | "minConfidence">,
): JudgedPlace[] {
  return places
    .slice(0, MAX_CHECKED)
    .filter((place) => plan === undefined || mayBePlate(place, plan))
    .map((place) => ({ ...place, ...checkPlace(frame, place.box) }));
}

/** Text moves a box, and so its aspect, a little. */
const HOPE = 0.5;

function mayBePlate(place: AgreedPlace, { evidence, minConfidence }: Pick<CascadePlan, "evidence" | "minConfidence">) {
  const best = logitOf({ ...place, textScore: MAX_TEXT_SCORE }, evidence);
  return best + HOPE >= Math.log(minConfidence / (1 - minConfidence));
}

function logitOf(
  place: JudgedPlace,
  { bias, windows, margin, text, aspect, oddAspect }: CascadePlan["evidence"],
): number {
  const weights = [bias, windows, margin, text, aspect, oddAspect];
  return evidenceOf(place).reduce((sum, value, i) => sum + value * weights[i]!, 0);
}

/** What speaks for a place, in the order of the evidence's weights; the first stands for the bias. */
export function evidenceOf({ box, textScore, windows, margin }: JudgedPlace): readonly number[] {
  const aspect = Math.log(box[2] / box[3]);
  // A squeezed picture has more stripes that look like a plate than one as it is.
  return [1, Math.log(windows), margin, Math.min(textScore, MAX_TEXT_SCORE), aspect, (aspect - USUAL_LOG_ASPECT) ** 2];
}

/** Places that are sure enough to be plates, the surest first. */
export function judgePlaces(
  places: readonly JudgedPlace[],
  { evidence, minConfidence }: Pick<CascadePlan, "evidence" | "minConfidence">,
): { readonly box: Box; readonly confidence: number }[] {
  const logits = places.map((place) => logitOf(place, evidence));
  const most = Math.max(...logits);
  const sure = places
    .map(({ box }, index) => {
      const lead = Math.min(MAX_LEAD, most - logits[index]!);
      return { box, confidence: 1 / (1 + Math.exp(evidence.rival * lead - logits[index]!)) };
    })
    .filter(({ confidence }) => confidence >= minConfidence);
  const kept = nms(
    sure.map(({ box }) => box),
    sure.map(({ confidence }) => confidence),
    MAX_IOU,
  );
  return kept.map((index) => sure[index]!);
}

/** @param box in the frame's pixels. */
export function checkPlace(frame: Image, box: Box): CheckedPlace {
  const crop = plateCrop(frame, { box, corners: quadOfBox(box), lines: 1, confidence: 1 }, "robust");
  if (crop === null) return { box, textScore: 0 };
  const text = findText(crop);
  if (text.box === null || text.score < MIN_SCORE_TO_PLACE) return { box, textScore: text.score };
  const [x, y, width, height] = box;
  // The crop shows the box with a margin.
  const [scaleX, scaleY] = [(width * (1 + 2 * MARGIN)) / crop.width, (height * (1 + 2 * MARGIN)) / crop.height];
  const left = x - MARGIN * width + (text.box[0] - ROOM.x * text.heightPx) * scaleX;
  const top = y - MARGIN * height + (text.box[1] - ROOM.y * text.heightPx) * scaleY;
  const textWidth = (text.box[2] + 2 * ROOM.x * text.heightPx) * scaleX;
  const textHeight = (text.box[3] + 2 * ROOM.y * text.heightPx) * scaleY;
  const blend = (of: number, byText: number): number => of + TEXT_WEIGHT * (byText - of);
  return {
    box: [blend(x, left), blend(y, top), blend(width, textWidth), blend(height, textHeight)],
    textScore: text.score,
  };
}
