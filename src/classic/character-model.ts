/** The port to the character net, and the pictures of characters as it takes them. */
import type { CharacterCard } from "../core/character-card.ts";
import { PlateKitError } from "../core/errors.ts";
import type { CharacterRead } from "../core/read.ts";
import { type GreyPicture, resizeLinear } from "./grey-picture.ts";

/** The class of a net for what is no character: strips, seals, screws, rims, halves and joined pairs. */
export const NO_CHARACTER = "none";

/** A net made by `platekit train characters`, ready to run. */
export interface CharacterModel {
  readonly card: CharacterCard;
  /**
   * @param pixels uint8 [count, height, width, channels] as the card says.
   * @returns probabilities [count, alphabet.length].
   */
  run(pixels: Uint8Array, count: number): Promise<Float32Array>;
}

/**
 * Probabilities over the card's alphabet, one list a picture, each totalling 1.
 *
 * @throws PlateKitError MODEL_MISMATCH when the net gives other numbers than its card promises.
 */
export async function classifyCharacters(
  pictures: readonly GreyPicture[],
  model: CharacterModel,
): Promise<Float32Array[]> {
  if (pictures.length === 0) return [];
  const { alphabet, resize, input, name } = model.card;
  const channels = input.colour === "RGB" ? 3 : 1;
  const size = resize.width * resize.height * channels;
  const pixels = new Uint8Array(pictures.length * size);
  for (const [index, picture] of pictures.entries()) {
    const isRightSize = picture.width === resize.width && picture.height === resize.height;
    const { data } = isRightSize ? picture : resizeLinear(picture, resize.width, resize.height);
    for (let i = 0; i < data.length; i++)
      pixels.fill(data[i]!, index * size + i * channels, index * size + (i + 1) * channels);
  }
  const probabilities = await model.run(pixels, pictures.length);
  if (probabilities.length !== pictures.length * alphabet.length || !probabilities.every(Number.isFinite)) {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `Character net "${name}" gave ${probabilities.length} numbers for ${pictures.length} characters of ` +
        `${alphabet.length} classes, or some that are none. Check that card and .onnx come from the same training.`,
    );
  }
  return pictures.map((_, index) => probabilities.slice(index * alphabet.length, (index + 1) * alphabet.length));
}

/** The most probable of the characters, whatever the net knows besides. */
export function bestCharacter(row: Float32Array, alphabet: readonly string[]): CharacterRead {
  let best = -1;
  for (const [index, name] of alphabet.entries())
    if (name !== NO_CHARACTER && (best < 0 || row[index]! > row[best]!)) best = index;
  return { text: alphabet[best] ?? "", confidence: row[best] ?? 0 };
}
