/**
 * Loads a cascade: ours with its card, which our own search evaluates, or any other of OpenCV's, which OpenCV does. Says
 * what is wrong with a file before OpenCV does so less clearly.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CascadePlan } from "../classic/cascade-plan.ts";
import { findWindows, type LbpCascade, parseLbpCascade } from "../classic/lbp-cascade.ts";
import { PlateKitError } from "../core/errors.ts";
import { type LoadedCascade, loadOpenCvCascade } from "./classic-opencv.ts";
import { DEFAULT_MODELS_FOLDER } from "./load-model.ts";
import { printableName } from "./printable-name.ts";

/** Cascades have tens of kilobytes, the largest known a megabyte; what is larger is something else. */
const MAX_BYTES = 32 * 1024 * 1024;

export function defaultCascadePath(modelsFolder: string = DEFAULT_MODELS_FOLDER): string {
  return join(modelsFolder, "cascade.xml");
}

/**
 * A cascade of local binary patterns with a card of ours needs no OpenCV, which takes half a second to load.
 *
 * @throws PlateKitError MODEL_MISSING when there is no such file, MODEL_MISMATCH when it is not a whole cascade.
 */
export async function loadCascade(path: string): Promise<LoadedCascade> {
  const bytes = await readCascadeFile(path);
  const plan = await readCascadePlan(path, bytes);
  if (plan === undefined) return loadOpenCvCascade(path, bytes);
  const cascade = parseLbpCascade(new TextDecoder().decode(bytes));
  if (cascade === null) return { ...(await loadOpenCvCascade(path, bytes)), plan };
  return ownCascade(cascade, plan);
}

/** A cascade as its card says to search with it. */
export function ownCascade(cascade: LbpCascade, plan: CascadePlan): LoadedCascade {
  const { skip } = plan;
  return {
    plan,
    find(picture, { scaleFactor, sizes }) {
      const maxGrowth = sizes === undefined ? Number.POSITIVE_INFINITY : (sizes.max.width + 0.5) / cascade.width;
      return findWindows(picture, cascade, { scaleFactor, maxGrowth, skip });
    },
    close: () => {},
  };
}

/** @throws PlateKitError MODEL_MISSING or MODEL_MISMATCH. */
async function readCascadeFile(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new PlateKitError(
      "MODEL_MISSING",
      `${printableName(path)}: no cascade can be read there; name one of OpenCV's XML files with --cascade FILE.xml ` +
        "(Debian's package opencv-data has some under /usr/share/opencv4/haarcascades).",
      { cause },
    );
  });
  const problem = problemOf(bytes);
  if (problem !== null)
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${printableName(path)}: ${problem}; use a whole cascade file of OpenCV.`,
    );
  return bytes;
}

/** Null when the file looks like a whole cascade. */
function problemOf(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return "is empty";
  if (bytes.length > MAX_BYTES) return `has ${bytes.length} bytes, far more than a cascade`;
  const text = new TextDecoder("latin1").decode(bytes);
  if (!/^\s*(\uFEFF|ï»¿)?\s*<\?xml|^\s*<opencv_storage/.test(text)) return "is not XML";
  if (!text.includes("<opencv_storage>")) return "is XML, but not OpenCV's (no <opencv_storage>)";
  if (!/<\/opencv_storage>\s*$/.test(text)) return "ends before </opencv_storage>: it is truncated";
  // The old format names its type on the root's child, the new one has <cascade>.
  if (!/<cascade\b|type_id="opencv-(haar|cascade)-classifier"/.test(text)) return "is OpenCV's XML, but no cascade";
  if (!/<stages>/.test(text)) return "holds no stages";
  return null;
}

const EVIDENCE = ["bias", "windows", "margin", "text", "aspect", "oddAspect", "rival"] as const;

/**
 * How to search with a cascade of ours: from its card, `.json` for `.xml`. Undefined where there is none: cascades of
 * other makers are searched as OpenCV does.
 *
 * @throws PlateKitError MODEL_MISMATCH when the card is of another file, or lacks what the search needs.
 */
async function readCascadePlan(path: string, xml: Uint8Array): Promise<CascadePlan | undefined> {
  const cardPath = `${path.replace(/\.xml$/i, "")}.json`;
  const json = await readFile(cardPath, "utf8").catch(() => undefined);
  if (json === undefined) return undefined;
  const mismatch = (problem: string, cause?: unknown): PlateKitError =>
    new PlateKitError(
      "MODEL_MISMATCH",
      `${printableName(cardPath)}: ${problem}; use cascade and card of the same training, or remove the card.`,
      { cause },
    );
  let card: { readonly task?: unknown; readonly sha256?: unknown; readonly search?: Partial<CascadePlan> };
  try {
    card = JSON.parse(json) ?? {};
  } catch (cause) {
    throw mismatch("is not JSON, so no card", cause);
  }
  if (card.task !== "cascade") throw mismatch(`is not the card of a cascade (task "${card.task}")`);
  if (card.sha256 !== createHash("sha256").update(xml).digest("hex"))
    throw mismatch(`is not the card of ${printableName(path)}`);
  const { window, margin, skip, passes, growth, evidence, minConfidence } = card.search ?? {};
  const isFactor = (value: unknown): boolean => typeof value === "number" && value > 0 && value <= 10;
  const areNumbers = (value: unknown, count: number): boolean =>
    Array.isArray(value) && value.length === count && value.every(Number.isFinite);
  const fields: readonly (readonly [name: string, isGood: boolean])[] = [
    ["window", Number.isInteger(window?.width) && Number.isInteger(window?.height)],
    ["margin", isFactor(margin?.x) && isFactor(margin?.y)],
    ["skip", Number.isFinite(skip?.minContrast) && Number.isFinite(skip?.minCentring)],
    [
      "passes",
      Array.isArray(passes) && passes.length > 0 && passes.every((p) => areNumbers(p, 2) && p.every(isFactor)),
    ],
    ["growth", areNumbers(growth?.width, 2) && areNumbers(growth?.height, 2)],
    ["evidence", EVIDENCE.every((name) => Number.isFinite(evidence?.[name]))],
    ["minConfidence", Number.isFinite(minConfidence)],
  ];
  const missing = fields.find(([, isGood]) => !isGood);
  if (missing !== undefined) throw mismatch(`lacks a usable "${missing[0]}" under "search"`);
  return card.search as CascadePlan; // its fields were checked
}
