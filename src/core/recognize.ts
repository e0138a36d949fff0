/** Runs the recognizer over straightened plates and turns its logits into probabilities. Does not make texts of them. */
import { PlateKitError } from "./errors.ts";
import type { Image } from "./image.ts";
import type { Model, PixelTensor, RecognizerCard, Tensor } from "./model.ts";

/** What the recognizer says of one plate, as probabilities. */
export interface SlotPosteriors {
  /** Shape [slots, 1 + alphabet.length], natural log-probabilities; class 0 is the empty slot. Each slot sums to 1. */
  readonly characters: Float32Array;
  readonly slots: number;
  readonly alphabet: readonly string[];
  /** Codes of `regionProbabilities`, in order. */
  readonly regions: readonly string[];
  /** Sums to 1. */
  readonly regionProbabilities: Float32Array;
  /** Probabilities of one and of two lines. */
  readonly lines: readonly [one: number, two: number];
  readonly legibility: { readonly full: number; readonly partial: number; readonly none: number };
}

/** Past 8 a batch gains nothing and memory grows; STACK.md, section 1. */
const BATCH_SIZE = 8;

/**
 * Reads plates, in batches of at most 8; one result a crop, in order.
 *
 * @param crops straightened plates of exactly the card's width and height, as `rectifyPlate` makes them.
 * @throws PlateKitError MODEL_FAILED when the run fails or gives numbers that are none; MODEL_MISMATCH when the
 *   outputs do not have the shapes that the card promises.
 */
export async function recognizePlates(
  crops: readonly Image[],
  recognizer: Model<RecognizerCard>,
): Promise<SlotPosteriors[]> {
  const { card } = recognizer;
  const posteriors: SlotPosteriors[] = [];
  for (let first = 0; first < crops.length; first += BATCH_SIZE) {
    const batch = crops.slice(first, first + BATCH_SIZE);
    const input = packCrops(batch, card);
    const outputs = await recognizer.run(input).catch((cause: unknown) => {
      if (cause instanceof PlateKitError) throw cause;
      throw new PlateKitError(
        "MODEL_FAILED",
        `Recognizer "${card.name}" failed on input ${input.shape.join("x")}. Check that card and .onnx come from the same export.`,
        { cause },
      );
    });
    posteriors.push(...posteriorsOf(outputs, batch.length, card));
  }
  return posteriors;
}

/**
 * Probabilities of a whole batch.
 *
 * @throws PlateKitError as `recognizePlates`.
 */
export function posteriorsOf(
  outputs: Readonly<Record<string, Tensor>>,
  count: number,
  card: RecognizerCard,
): SlotPosteriors[] {
  const classes = 1 + card.alphabet.length;
  const characters = requireOutput(outputs, "characters", [count, card.slots, classes], card);
  const region = requireOutput(outputs, "region", [count, card.regions.length], card);
  const lines = requireOutput(outputs, "lines", [count, 2], card);
  const legibility = requireOutput(outputs, "legibility", [count, 3], card);
  return Array.from({ length: count }, (_, plate) => {
    const [one, two] = softmax(lines, plate * 2, 2);
    const [full, partial, none] = softmax(legibility, plate * 3, 3);
    const logCharacters = new Float32Array(card.slots * classes);
    for (let slot = 0; slot < card.slots; slot++) {
      const from = (plate * card.slots + slot) * classes;
      const target = logCharacters.subarray(slot * classes, (slot + 1) * classes);
      writeLogSoftmax(characters.subarray(from, from + classes), card.calibration.temperature, target);
    }
    return {
      characters: logCharacters,
      slots: card.slots,
      alphabet: card.alphabet,
      regions: card.regions,
      regionProbabilities: softmax(region, plate * card.regions.length, card.regions.length),
      lines: [one!, two!], // two logits in, two out
      legibility: { full: full!, partial: partial!, none: none! }, // three logits in, three out
    };
  });
}

/** The crops one after the other, shape [crops, height, width, 3]. */
function packCrops(crops: readonly Image[], { resize: { width, height } }: RecognizerCard): PixelTensor {
  const size = width * height * 3;
  const data = new Uint8Array(crops.length * size);
  crops.forEach((crop, index) => {
    if (crop.width !== width || crop.height !== height) {
      throw new RangeError(`Crop is ${crop.width}x${crop.height}, the recognizer takes ${width}x${height}.`);
    }
    data.set(crop.data, index * size);
  });
  return { data, shape: [crops.length, height, width, 3] };
}

function requireOutput(
  outputs: Readonly<Record<string, Tensor>>,
  name: string,
  shape: readonly number[],
  card: RecognizerCard,
): Float32Array {
  const output = outputs[name];
  const found = output === undefined ? "nothing" : `[${output.shape.join(", ")}]`;
  const length = shape.reduce((product, side) => product * side, 1);
  if (output === undefined || found !== `[${shape.join(", ")}]` || output.data.length !== length) {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `Recognizer "${card.name}" should give "${name}" of shape [${shape.join(", ")}], gave ${found}. Use the card and .onnx of one export.`,
    );
  }
  if (!output.data.every(Number.isFinite)) {
    throw new PlateKitError(
      "MODEL_FAILED",
      `Recognizer "${card.name}" gave values in "${name}" that are no numbers. Export the model again.`,
    );
  }
  return output.data;
}

/** Writes the log-probabilities of `logits`, each divided by `temperature`, into `target`; safe for large logits. */
function writeLogSoftmax(logits: Float32Array, temperature: number, target: Float32Array): void {
  const sharpness = 1 / temperature;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) {
    const scaled = logits[i]! * sharpness;
    target[i] = scaled;
    if (scaled > max) max = scaled;
  }
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(target[i]! - max);
  const logSum = max + Math.log(sum);
  for (let i = 0; i < logits.length; i++) target[i]! -= logSum;
}

/** Probabilities of `length` logits from `first` on. */
function softmax(logits: Float32Array, first: number, length: number): Float32Array {
  const probabilities = new Float32Array(length);
  writeLogSoftmax(logits.subarray(first, first + length), 1, probabilities);
  return probabilities.map(Math.exp);
}
