/** A reader's options: what callers may give, checked and completed once, into what the threads are given. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { CASCADE_DEFAULTS } from "../classic/cascade.ts";
import { STEPS_NAMES, type StepsName } from "../classic/segmentation.ts";
import { PlateKitError } from "../core/errors.ts";
import { isKnownRegion } from "../core/formats.ts";
import { MAX_PIXELS } from "../core/image.ts";

/** `neural`: the two nets; `classic`: cascade, contours and a net for single characters, to learn from. */
export type EngineName = "neural" | "classic";

export const ENGINE_NAMES: readonly EngineName[] = ["neural", "classic"];

export interface ReaderOptions {
  readonly engine?: EngineName;
  /** Regions to expect, ISO 3166 in lower case (`de`, `us-ca`); a guide, unless `regionStrict`. Default: all alike. */
  readonly regions?: readonly string[];
  /** Read as one of `regions` only. Default false. */
  readonly regionStrict?: boolean;
  /** Plates whose confidence is below this are left out, 0..1. Default 0: everything, for the caller to judge. */
  readonly minConfidence?: number;
  /** Most candidates a plate, 1..50. Default 5. */
  readonly candidates?: number;
  /** Most images read at once, each in a thread of its own. Default 1. */
  readonly workers?: number;
  /** Folder of `detector.onnx`, `recognizer.onnx` and their cards. Default: the models of this package. */
  readonly modelsFolder?: string;
  /** Classic engine: the cascade's XML. Default: `cascade.xml` in the models' folder. */
  readonly cascade?: string;
  /** Classic engine: an .onnx of `platekit train characters`, its card beside it. Default: `characters.onnx` there. */
  readonly characters?: string;
  /** Classic engine: `robust` (default), or the `tutorial`'s own steps and numbers. */
  readonly steps?: StepsName;
  /** Classic engine: how much the cascade's window grows from pass to pass, 1.01..3. Default 1.2. */
  readonly scaleFactor?: number;
  /** Classic engine: windows that must agree on a place, 0..100. Default 7. */
  readonly minNeighbors?: number;
  /** Largest file in bytes. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Largest picture in pixels, width × height. Default 64 million. */
  readonly maxPixels?: number;
}

/** Complete and checked; plain data, given to every thread. */
export type ReadSettings = Required<Omit<ReaderOptions, "workers" | "modelsFolder" | "cascade" | "characters">> & {
  /** Undefined: the models of this package. */
  readonly modelsFolder: string | undefined;
  /** Undefined: those of the models' folder. */
  readonly cascade: string | undefined;
  readonly characters: string | undefined;
};

export const READER_DEFAULTS = {
  engine: "neural",
  regions: [],
  regionStrict: false,
  minConfidence: 0,
  candidates: 5,
  workers: 1,
  steps: "robust",
  ...CASCADE_DEFAULTS,
  maxBytes: 64 * 1024 * 1024,
  maxPixels: MAX_PIXELS,
} as const satisfies ReaderOptions;

export const MAX_CANDIDATES = 50;
export const MAX_WORKERS = 64;

/** @throws PlateKitError OPTION_INVALID naming the option, what it must be and what was found. */
export function checkReaderOptions(options: ReaderOptions): { settings: ReadSettings; workers: number } {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const { workers, ...complete } = { ...READER_DEFAULTS, ...(given as ReaderOptions) };
  if (!ENGINE_NAMES.includes(complete.engine)) throw invalid("engine", ENGINE_NAMES.join(" or "), complete.engine);
  if (!STEPS_NAMES.includes(complete.steps)) throw invalid("steps", STEPS_NAMES.join(" or "), complete.steps);
  requireNumber("scaleFactor", complete.scaleFactor, 1.01, 3);
  requireNumber("minNeighbors", complete.minNeighbors, 0, 100);
  if (!Number.isInteger(complete.minNeighbors)) throw invalid("minNeighbors", "a whole number", complete.minNeighbors);
  requireNumber("minConfidence", complete.minConfidence, 0, 1);
  requireCount("candidates", complete.candidates, MAX_CANDIDATES);
  requireCount("workers", workers, MAX_WORKERS);
  requireCount("maxBytes", complete.maxBytes, Number.MAX_SAFE_INTEGER);
  requireCount("maxPixels", complete.maxPixels, Number.MAX_SAFE_INTEGER);
  const { regions, modelsFolder } = complete;
  if (!Array.isArray(regions)) throw invalid("regions", "a list of region codes", regions);
  for (const region of regions) {
    if (!isKnownRegion(region)) {
      throw invalid("regions", "codes of the format registry, such as de, fr or us-ca", region);
    }
  }
  if (complete.regionStrict && regions.length === 0) {
    throw invalid("regionStrict", "used together with regions", "no region");
  }
  return {
    settings: {
      ...complete,
      modelsFolder: absolute(modelsFolder),
      cascade: absolute(complete.cascade),
      characters: absolute(complete.characters),
    },
    workers,
  };
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

/** As many as there are cores and images, at most 3: more go beyond 600 MB of memory on photos of 12 megapixels. */
export function suitableWorkers(imageCount: number): number {
  return Math.max(1, Math.min(availableParallelism(), imageCount, 3));
}

function requireNumber(name: string, value: unknown, min: number, max: number): void {
  if (typeof value !== "number" || !(value >= min && value <= max))
    throw invalid(name, `a number from ${min} to ${max}`, value);
}

function requireCount(name: string, value: unknown, max: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > max) {
    throw invalid(
      name,
      max === Number.MAX_SAFE_INTEGER ? "a whole number of 1 or more" : `a whole number from 1 to ${max}`,
      value,
    );
  }
}

function invalid(name: string, expected: string, found: unknown): PlateKitError {
  const shown = typeof found === "string" ? `"${found}"` : String(found);
  return new PlateKitError("OPTION_INVALID", `${name} must be ${expected}, found ${shown}.`);
}
