/** Labelled pictures and reads for the tests of the benchmark. */
import type { Box } from "../../src/core/geometry.ts";
import { quadOfBox } from "../../src/core/geometry.ts";
import type { PlateRead } from "../../src/core/read.ts";
import type { Sample, TruthPlate } from "../../src/node/dataset.ts";

export const BOX: Box = [10, 10, 80, 20];

export function truth(text: string | null, overrides: Partial<TruthPlate> = {}): TruthPlate {
  return {
    box: BOX,
    corners: null,
    text,
    region: "de",
    lines: 1,
    legible: text === null ? null : "full",
    ...overrides,
  };
}

export function sample(plates: readonly TruthPlate[], overrides: Partial<Sample> = {}): Sample {
  return {
    dataset: "scenes/a",
    image: "a.webp",
    path: "/nowhere/a.webp",
    source: "labels.jsonl:1",
    width: 200,
    height: 100,
    kind: plates.length === 0 ? "negative" : "scene",
    plates,
    ...overrides,
  };
}

export function read(text: string, confidence: number, overrides: Partial<PlateRead> & { box?: Box } = {}): PlateRead {
  const { box = BOX, ...rest } = overrides;
  return {
    text,
    display: null,
    confidence,
    region: "de",
    regionConfidence: 0.9,
    detection: { box, corners: quadOfBox(box), lines: 1, confidence: 0.9 },
    characters: [...text].map((character) => ({ text: character, confidence })),
    candidates: [{ text, confidence }],
    doubt: null,
    ...rest,
  };
}
