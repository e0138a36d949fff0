/** What the robust steps tell of a plate: each shape with why it is no character, and what was done. */
import type { Box } from "../core/geometry.ts";
import { type Hypothesis, MIN_HEIGHT_SHARE } from "./plate-hypotheses.ts";
import type { DropReason, Shape } from "./segmentation.ts";

/**
 * @param characters those that were kept.
 * @param otherwise what is said of shapes that could be characters by their size and place.
 */
export function shapesOf(
  { ink, plate, lines }: Hypothesis,
  characters: readonly { readonly box: Box }[],
  otherwise: DropReason = "out of line",
): Shape[] {
  const height =
    lines.length > 0 ? Math.max(...lines.map(({ heightPx }) => heightPx)) : MIN_HEIGHT_SHARE * plate.height;
  return ink.parts.map((part): Shape => {
    const { box } = part;
    const middle = [box[0] + box[2] / 2, box[1] + box[3] / 2] as const;
    const isIn = (other: Box): boolean =>
      middle[0] >= other[0] &&
      middle[0] < other[0] + other[2] &&
      middle[1] >= other[1] &&
      middle[1] < other[1] + other[3];
    const holds = characters.some((character) => isIn(character.box) && box[3] <= 1.3 * character.box[3]);
    if (holds) return { box, dropped: null };
    if (part.areaPx < 0.02 * height * height) return { box, dropped: "too small" };
    const isAtEdge =
      box[0] === 0 || box[1] === 0 || box[0] + box[2] === plate.width || box[1] + box[3] === plate.height;
    if (isAtEdge) return { box, dropped: "at the edge" };
    if (box[3] < 0.75 * height) return { box, dropped: "too short" };
    if (box[3] > 1.3 * height) return { box, dropped: "too tall" };
    if (box[2] < 0.12 * height) return { box, dropped: "too narrow" };
    return { box, dropped: otherwise };
  });
}

/** @param slope by which the plate was straightened. */
export function notesOf({ isLightOnDark, thresholding, lines }: Hypothesis, slope: number): string[] {
  const degrees = (Math.atan(slope) * 180) / Math.PI;
  return [
    isLightOnDark ? "light characters on dark, inverted" : "dark characters on light",
    thresholding === "Otsu" ? "one threshold for all (Otsu)" : `${thresholding} threshold`,
    ...(Math.abs(degrees) >= 0.5 ? [`turned by ${degrees.toFixed(1)}°`] : []),
    ...(lines.length === 2 ? ["two lines"] : []),
  ];
}
