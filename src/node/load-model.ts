/** Loads a network and its card from a folder and binds them to ONNX Runtime. It does not know what the outputs mean. */
import "./no-telemetry.ts";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { PlateKitError } from "../core/errors.ts";
import type { DetectorCard, Model, ModelCard, PixelTensor, RecognizerCard, Tensor } from "../core/model.ts";
import { type CardOf, type ModelTask, parseModelCard } from "./model-card.ts";
import { DEFAULT_MODELS_FOLDER } from "./models-folder.ts";

export { DEFAULT_MODELS_FOLDER } from "./models-folder.ts";

/** A model that holds native memory until it is closed. */
export interface LoadedModel<Card extends ModelCard> extends Model<Card> {
  close(): Promise<void>;
}

/** Both nets of the neural engine. */
export interface LoadedModels {
  readonly detector: LoadedModel<DetectorCard>;
  readonly recognizer: LoadedModel<RecognizerCard>;
}

/**
 * Loads `detector.onnx` and `recognizer.onnx` with their cards.
 *
 * @throws PlateKitError MODEL_MISSING or MODEL_MISMATCH, saying which card expects what.
 */
export async function loadModels(folder: string = DEFAULT_MODELS_FOLDER): Promise<LoadedModels> {
  const detector = await loadModel(folder, "detector");
  const recognizer = await loadModel(folder, "recognizer");
  return { detector, recognizer };
}

/** Loads the one net `<task>.onnx` with its card `<task>.json`; throws as {@link loadModels}. */
export async function loadModel<Task extends ModelTask>(
  folder: string,
  task: Task,
): Promise<LoadedModel<CardOf<Task>>> {
  const cardPath = join(folder, `${task}.json`);
  const onnxPath = join(folder, `${task}.onnx`);
  const cardJson = await readModelFile(cardPath, `the card of the ${task}`);
  const card = parseModelCard<Task>(cardJson.toString("utf8"), task, cardPath);
  const expected = `${card.name} ${card.version}, sha256 ${card.sha256.slice(0, 12)}…`;
  const onnx = await readModelFile(onnxPath, `which its card ${task}.json expects (${expected})`);
  const sha256 = createHash("sha256").update(onnx).digest("hex");
  if (sha256 !== card.sha256) {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${onnxPath}: not the file that its card ${task}.json expects (${expected}), found sha256 ${sha256.slice(0, 12)}…; ` +
        "use card and .onnx of the same export.",
    );
  }
  const session = await ort.InferenceSession.create(onnx, {
    // One thread a session and one session a worker thread: two spinning threads on busy cores are slower than one.
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    logSeverityLevel: 3,
  }).catch((cause: unknown) => {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${onnxPath}: ONNX Runtime cannot load it (${firstLine(cause)}); export it again with its card.`,
      { cause },
    );
  });
  checkGraph(session, card, onnxPath);
  return bindModel(session, card);
}

async function readModelFile(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new PlateKitError(
      "MODEL_MISSING",
      `${path}: cannot be read, ${what}; reinstall platekit or name the folder that holds the models.`,
      { cause },
    );
  }
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
function checkGraph(session: ort.InferenceSession, card: ModelCard, onnxPath: string): void {
  const mismatch = (expected: string, found: string): PlateKitError =>
    new PlateKitError(
      "MODEL_MISMATCH",
      `${onnxPath}: the card ${card.task}.json (${card.name} ${card.version}) expects ${expected}, found ${found}; ` +
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

function bindModel<Card extends ModelCard>(session: ort.InferenceSession, card: Card): LoadedModel<Card> {
  return {
    card,
    async run(input: PixelTensor): Promise<Readonly<Record<string, Tensor>>> {
      try {
        const feeds = { image: new ort.Tensor("uint8", input.data, input.shape) };
        const outputs = await session.run(feeds, [...card.outputs]);
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

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "";
}
