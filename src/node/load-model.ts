/** Loads a network and its card from a folder and binds them to ONNX Runtime. It does not know what the outputs mean. */
import "./no-telemetry.ts";
import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as ort from "onnxruntime-node";
import { bindSession, type LoadedModel } from "../core/bind-session.ts";
import { PlateKitError } from "../core/errors.ts";
import type { DetectorCard, RecognizerCard } from "../core/model.ts";
import { type CardOf, type ModelTask, parseModelCard } from "../core/model-card.ts";
import { DEFAULT_MODELS_FOLDER } from "./models-folder.ts";
import { createSession } from "./session.ts";

export { DEFAULT_MODELS_FOLDER } from "./models-folder.ts";

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

/**
 * Loads `merged.onnx`, the recognizer of plates' pictures in several frames merged, or null where the folder has no card of it.
 *
 * @param recognizer whose straightened plates are merged, and whose reads those of the merged pictures join.
 * @throws PlateKitError as {@link loadModels}, also when the two nets don't read the same pictures into the same characters.
 */
export async function loadMergedModel(
  recognizer: RecognizerCard,
  folder: string = DEFAULT_MODELS_FOLDER,
): Promise<LoadedModel<RecognizerCard> | null> {
  const cardPath = join(folder, "merged.json");
  if (!(await isThere(cardPath))) return null;
  const merged = await loadModel(folder, "recognizer", "merged");
  for (const field of ["resize", "slots", "alphabet", "regions"] as const) {
    if (isDeepStrictEqual(merged.card[field], recognizer[field])) continue;
    await merged.close();
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${cardPath}: "${field}" is not that of recognizer.json; use nets of the same training, or remove merged.json.`,
    );
  }
  return merged;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Loads the one net `<name>.onnx` with its card `<name>.json`; throws as {@link loadModels}. */
export async function loadModel<Task extends ModelTask>(
  folder: string,
  task: Task,
  name: string = task,
): Promise<LoadedModel<CardOf<Task>>> {
  const cardPath = join(folder, `${name}.json`);
  const onnxPath = join(folder, `${name}.onnx`);
  const cardJson = await readModelFile(cardPath, `the card of the ${task}`);
  const card = parseModelCard<Task>(cardJson.toString("utf8"), task, cardPath);
  const expected = `${card.name} ${card.version}, sha256 ${card.sha256.slice(0, 12)}…`;
  const onnx = await readModelFile(onnxPath, `which its card ${name}.json expects (${expected})`);
  const sha256 = createHash("sha256").update(onnx).digest("hex");
  if (sha256 !== card.sha256) {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${onnxPath}: not the file that its card ${name}.json expects (${expected}), found sha256 ${sha256.slice(0, 12)}…; ` +
        "use card and .onnx of the same export.",
    );
  }
  const session = await createSession(onnx, onnxPath, "export it again with its card");
  return bindSession(session, card, ({ data, shape }) => new ort.Tensor("uint8", data, shape), onnxPath);
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
