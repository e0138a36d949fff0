/** Checks that a model card, read from a file anyone may have edited, is what model.ts says it is. */
import { PlateKitError } from "./errors.ts";
import type { DetectorCard, ModelCard, PlateCheck, RecognizerCard } from "./model.ts";

export type ModelTask = ModelCard["task"];
export type CardOf<Task extends ModelTask> = Extract<ModelCard, { readonly task: Task }>;

/** A dotted path into the card, what must stand there, and the words for it. */
type Rule = readonly [path: string, holds: (value: unknown) => boolean, expected: string];

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;
const isShare = (value: unknown): boolean => isNumber(value) && (value as number) >= 0 && (value as number) <= 1;
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
const isPlateCheck = (value: unknown): boolean => {
  if (value === undefined) return true;
  const { weights, bias, threshold } = (value ?? {}) as Partial<PlateCheck>;
  return (
    Array.isArray(weights) && weights.length === 3 && weights.every(isNumber) && isNumber(bias) && isShare(threshold)
  );
};
const isFilledArrayOf = (holds: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every(holds);
const isDistinct = (value: unknown): boolean => Array.isArray(value) && new Set(value).size === value.length;
const is = (wanted: unknown): readonly [(value: unknown) => boolean, string] => [
  (value) => JSON.stringify(value) === JSON.stringify(wanted),
  JSON.stringify(wanted),
];

const COMMON_RULES: readonly Rule[] = [
  ["schema", ...is(1)],
  ["name", isText, "a text"],
  ["version", isText, "a text"],
  [
    "sha256",
    (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value),
    "64 hexadecimal digits in lower case",
  ],
  ["input.name", ...is("image")],
  ["input.type", ...is("uint8")],
  ["input.layout", ...is("NHWC")],
  ["input.colour", ...is("RGB")],
  ["input.normalisation", isText, "a text"],
  ["training", isObject, "an object"],
  ["figures", isObject, "an object"],
];

const RULES: Readonly<Record<ModelTask, readonly Rule[]>> = {
  detector: [
    ["task", ...is("detector")],
    ...COMMON_RULES,
    ["resize.rule", ...is("letterbox")],
    ["resize.longSide", isCount, "a whole number of pixels"],
    ["resize.multiple", isCount, "a whole number of pixels"],
    [
      "resize.pad",
      (value) => isNumber(value) && (value as number) >= 0 && (value as number) <= 255,
      "a grey of 0 to 255",
    ],
    ["outputs", ...is(["output"])],
    ["strides", isFilledArrayOf(isCount), "a list of whole numbers"],
    ["threshold", isShare, "a number of 0 to 1"],
    ["nmsIou", isShare, "a number of 0 to 1"],
  ],
  recognizer: [
    ["task", ...is("recognizer")],
    ...COMMON_RULES,
    ["resize.rule", ...is("stretch")],
    ["resize.width", isCount, "a whole number of pixels"],
    ["resize.height", isCount, "a whole number of pixels"],
    ["resize.margin", isShare, "a number of 0 to 1"],
    ["outputs", ...is(["characters", "region", "lines", "legibility"])],
    ["slots", isCount, "a whole number"],
    [
      "alphabet",
      isFilledArrayOf((value) => isText(value) && [...(value as string)].length === 1),
      "a list of characters",
    ],
    ["alphabet", isDistinct, "a list without a character twice"],
    ["regions", isFilledArrayOf(isText), "a list of region codes"],
    ["regions", isDistinct, "a list without a region twice"],
    ["calibration.temperature", (value) => isNumber(value) && (value as number) > 0, "a number above 0"],
    ["calibration.weights", (value) => Array.isArray(value) && value.every(isNumber), "a list of numbers"],
    ["calibration.bias", isNumber, "a number"],
    ["plateCheck", isPlateCheck, "weights, bias and a threshold of 0 to 1, or nothing"],
  ],
};

/**
 * The card in `json`, typed.
 *
 * @param path names the file in messages.
 * @throws PlateKitError MODEL_MISMATCH that names the first field that is not as the contract says.
 */
export function parseModelCard(json: string, task: "detector", path: string): DetectorCard;
export function parseModelCard(json: string, task: "recognizer", path: string): RecognizerCard;
export function parseModelCard<Task extends ModelTask>(json: string, task: Task, path: string): CardOf<Task>;
export function parseModelCard(json: string, task: ModelTask, path: string): ModelCard {
  let card: unknown;
  try {
    card = JSON.parse(json);
  } catch (cause) {
    throw new PlateKitError("MODEL_MISMATCH", `${path}: not JSON, so not a model card; restore the file.`, { cause });
  }
  for (const [field, holds, expected] of RULES[task]) {
    const found = valueAt(card, field);
    if (!holds(found)) {
      const shown = found === undefined ? "nothing" : (JSON.stringify(found).slice(0, 60) ?? String(found));
      throw new PlateKitError(
        "MODEL_MISMATCH",
        `${path}: "${field}" of a ${task} card must be ${expected}, found ${shown}; use a card made for this version.`,
      );
    }
  }
  return card as ModelCard; // every field the types name was checked above, `training` to its kind only
}

function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
