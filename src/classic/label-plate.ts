/** All shapes of a plate whose text is known, told apart into its characters and what is none. */
import { alignText, type LabelledShape, labelShapes, MIN_ALIGNMENT } from "./align-text.ts";
import type { CharacterModel } from "./character-model.ts";
import type { GreyPicture } from "./grey-picture.ts";
import { plateViews } from "./plate-views.ts";
import { seePlate } from "./read-paths.ts";

/**
 * In the polarity in which the text fits better, the characters and what is beside and between them; of the other
 * polarity all shapes, none of them characters. Null where the text is not found.
 *
 * @throws PlateKitError MODEL_FAILED or MODEL_MISMATCH.
 */
export async function labelPlateShapes(
  crop: GreyPicture,
  text: string,
  model: CharacterModel,
): Promise<LabelledShape[] | null> {
  const seen = [];
  for (const view of plateViews(crop)) {
    const { shapes, rows } = await seePlate(view, model);
    seen.push({
      shapes,
      isLightOnDark: view.best.isLightOnDark,
      alignment: alignText(shapes, rows, model.card.alphabet, text),
    });
  }
  const [right, ...wrong] = seen.toSorted((a, b) => scoreOf(b) - scoreOf(a));
  if (right === undefined || right.alignment === null || right.alignment.score < MIN_ALIGNMENT) return null;
  const others = wrong.filter(({ isLightOnDark }) => isLightOnDark !== right.isLightOnDark);
  return [
    ...labelShapes(right.shapes, right.alignment, text),
    ...others.flatMap(({ shapes }) => shapes).map((shape) => ({ shape, character: null })),
  ];
}

function scoreOf({ alignment }: { readonly alignment: { readonly score: number } | null }): number {
  return alignment?.score ?? Number.NEGATIVE_INFINITY;
}
