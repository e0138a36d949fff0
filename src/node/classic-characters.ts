/** Loads a character net with its card and binds it to ONNX Runtime. */
import "./no-telemetry.ts";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import type { CharacterModel } from "../classic/character-model.ts";
import { READ_FEATURES } from "../classic/read-confidence.ts";
import type { CharacterCard } from "../core/character-card.ts";
import { PlateKitError } from "../core/errors.ts";
import { DEFAULT_MODELS_FOLDER } from "./load-model.ts";
import { printableName } from "./printable-name.ts";
import { createSession } from "./session.ts";

export interface LoadedCharacterModel extends CharacterModel {
  close(): Promise<void>;
}

/** Where the net lies when nobody names a file. */
export function defaultCharactersPath(modelsFolder: string = DEFAULT_MODELS_FOLDER): string {
  return join(modelsFolder, "characters.onnx");
}

/**
 * Loads any net that `platekit train characters` has written; its card lies beside it, `.json` for `.onnx`.
 *
 * @throws PlateKitError MODEL_MISSING or MODEL_MISMATCH, naming the file and what to do.
 */
export async function loadCharacterModel(path: string): Promise<LoadedCharacterModel> {
  if (!path.endsWith(".onnx")) {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${printableName(path)}: not an .onnx file; name one that "platekit train characters" wrote.`,
    );
  }
  const cardPath = `${path.slice(0, -".onnx".length)}.json`;
  const onnx = await readModelFile(path);
  const card = parseCharacterCard((await readModelFile(cardPath)).toString("utf8"), cardPath);
  if (createHash("sha256").update(onnx).digest("hex") !== card.sha256) {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${printableName(path)}: not the file that its card ${printableName(cardPath)} was written with; use both of the same training.`,
    );
  }
  const session = await createSession(onnx, printableName(path), "train it again");
  const channels = card.input.colour === "RGB" ? 3 : 1;
  return {
    card,
    async run(pixels, count) {
      try {
        const image = new ort.Tensor("uint8", pixels, [count, card.resize.height, card.resize.width, channels]);
        const { probabilities } = await session.run({ image }, ["probabilities"]);
        return probabilities!.data as Float32Array; // asked for by name; inferenceGraph fixes it as float32
      } catch (cause) {
        throw new PlateKitError(
          "MODEL_FAILED",
          `The character net "${card.name}" failed (${firstLine(cause)}); check that card and .onnx come from the same training.`,
          { cause },
        );
      }
    },
    close: () => session.release(),
  };
}

async function readModelFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new PlateKitError(
      "MODEL_MISSING",
      `${printableName(path)}: the classic engine's character net, or its card, cannot be read; make one with ` +
        `"platekit train characters DIR --out model.onnx" and name it with --characters model.onnx.`,
      { cause },
    );
  }
}

/** @throws PlateKitError MODEL_MISMATCH naming the first field that is not as core's CharacterCard says. */
function parseCharacterCard(json: string, path: string): CharacterCard {
  let card: Partial<CharacterCard>;
  try {
    card = JSON.parse(json) ?? {};
  } catch (cause) {
    throw mismatch(path, "is not JSON, so no model card", cause);
  }
  const { task, schema, alphabet, input, resize, sha256, name, calibration } = card;
  if (task !== "characters" || schema !== 1)
    throw mismatch(path, `is not the card of a character net (task "${task}")`);
  if (!Array.isArray(alphabet) || alphabet.length < 2 || !alphabet.every((entry) => typeof entry === "string" && entry))
    throw mismatch(path, 'has no "alphabet" of two classes or more');
  if (new Set(alphabet).size !== alphabet.length) throw mismatch(path, "names a class twice");
  if (input?.colour !== "grey" && input?.colour !== "RGB") throw mismatch(path, 'has no "input.colour" of grey or RGB');
  const isSize = (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) > 0 && (value as number) <= 512;
  if (!isSize(resize?.width) || !isSize(resize?.height)) throw mismatch(path, 'has no size under "resize"');
  if (calibration !== undefined && !isCalibration(calibration))
    throw mismatch(path, `has a "calibration" that is no bias with ${READ_FEATURES.length} weights`);
  if (typeof sha256 !== "string" || typeof name !== "string") throw mismatch(path, "lacks its name or sha256");
  return card as CharacterCard; // the fields that the engine uses were checked
}

function isCalibration(calibration: Partial<NonNullable<CharacterCard["calibration"]>> | null): boolean {
  const { bias, weights } = calibration ?? {};
  const isWhole = Array.isArray(weights) && weights.length === READ_FEATURES.length;
  return Number.isFinite(bias) && isWhole && weights.every(Number.isFinite);
}

function mismatch(path: string, problem: string, cause?: unknown): PlateKitError {
  return new PlateKitError(
    "MODEL_MISMATCH",
    `${printableName(path)}: ${problem}; use the card written by the training.`,
    {
      cause,
    },
  );
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "";
}
