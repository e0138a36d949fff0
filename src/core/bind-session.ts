/**
 * Makes a Model of a session of ONNX Runtime, in Node or in a browser: the two packages share these types. Knows the
 * shapes that a card promises, not what they mean.
 */
import { PlateKitError } from "./errors.ts";
import type { Model, ModelCard, PixelTensor, Tensor } from "./model.ts";

/** A model that holds memory outside JavaScript until it is closed. */
export interface LoadedModel<Card extends ModelCard = ModelCard> extends Model<Card> {
  close(): Promise<void>;
}

/** What is used of a session: its graph's description, one run, and its end. */
export interface RuntimeSession<RuntimeTensor> {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly RuntimeMetadata[];
  readonly outputMetadata: readonly RuntimeMetadata[];
  run(
    feeds: Record<string, RuntimeTensor>,
    outputs: string[],
  ): Promise<Readonly<Record<string, { readonly data: unknown; readonly dims: readonly number[] }>>>;
  release(): Promise<void>;
}

type RuntimeMetadata =
  | { readonly name: string; readonly isTensor: false }
  | {
      readonly name: string;
      readonly isTensor: true;
      readonly type: string;
      readonly shape: readonly (number | string)[];
    };

/**
 * @param pixels makes the runtime's own tensor of 8-bit pixels.
 * @param path names the .onnx in messages.
 * @throws PlateKitError MODEL_MISMATCH when the graph's inputs or outputs are not those of the card.
 */
export function bindSession<Card extends ModelCard, RuntimeTensor>(
  session: RuntimeSession<RuntimeTensor>,
  card: Card,
  pixels: (input: PixelTensor) => RuntimeTensor,
  path: string,
): LoadedModel<Card> {
  checkGraph(session, card, path);
  return {
    card,
    async run(input: PixelTensor): Promise<Readonly<Record<string, Tensor>>> {
      try {
        const outputs = await session.run({ image: pixels(input) }, [...card.outputs]);
        return Object.fromEntries(
          Object.entries(outputs).map(([name, { data, dims }]) => [
            name,
            { data: data as Float32Array, shape: dims }, // checkGraph refused every other type
          ]),
        );
      } catch (cause) {
        throw new PlateKitError(
          "MODEL_FAILED",
          `The ${card.task} "${card.name}" failed on an input of ${input.shape.join("×")} (${firstLine(cause)}); ` +
            "check that card and .onnx come from the same export.",
          { cause },
        );
      }
    },
    close: () => session.release(),
  };
}

/** The shapes a graph must have; a text stands for a size that is free. */
function expectedShapes(card: ModelCard): Readonly<Record<string, readonly (number | string)[]>> {
  if (card.task === "detector") return { image: ["batch", "height", "width", 3], output: ["batch", 14, "cells"] };
  const { slots, alphabet, regions, resize } = card;
  return {
    image: ["batch", resize.height, resize.width, 3],
    characters: ["batch", slots, 1 + alphabet.length],
    region: ["batch", regions.length],
    lines: ["batch", 2],
    legibility: ["batch", 3],
  };
}

/** Holds the graph's own inputs and outputs against the card, as far as the graph states them. */
function checkGraph(session: Omit<RuntimeSession<never>, "run" | "release">, card: ModelCard, path: string): void {
  const mismatch = (expected: string, found: string): PlateKitError =>
    new PlateKitError(
      "MODEL_MISMATCH",
      `${path}: the card ${card.task}.json (${card.name} ${card.version}) expects ${expected}, found ${found}; ` +
        "use card and .onnx of the same export.",
    );
  if (session.inputNames.join() !== "image")
    throw mismatch('one input "image"', session.inputNames.join(", ") || "none");
  const metadata = [...session.inputMetadata, ...session.outputMetadata];
  for (const [name, shape] of Object.entries(expectedShapes(card))) {
    const value = metadata.find((candidate) => candidate.name === name);
    if (!value?.isTensor) throw mismatch(`an output "${name}"`, session.outputNames.join(", "));
    const type = name === "image" ? "uint8" : "float32";
    if (value.type !== type) throw mismatch(`"${name}" of type ${type}`, value.type);
    const agrees =
      value.shape.length === shape.length &&
      value.shape.every((size, i) => typeof size !== "number" || typeof shape[i] !== "number" || size === shape[i]);
    // A graph without stored output shapes reports rank 0; its sizes are then checked where they are decoded.
    if (value.shape.length > 0 && !agrees)
      throw mismatch(`"${name}" of shape [${shape.join(", ")}]`, `[${value.shape.join(", ")}]`);
  }
}

/** What a runtime's error says, without its stack. */
export function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "";
}
