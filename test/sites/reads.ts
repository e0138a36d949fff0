/** Reads and passages made up for tests. */
import type { PlateEvidence, SitePassage } from "../../src/sites/site-passage.ts";

/** A read of a text; characters named in `unsure` with the confidence given, all others 0.999. */
export function readOf(text: string, unsure: Readonly<Record<number, number>> = {}): PlateEvidence {
  const characters = [...text].map((character, i) => ({ text: character, confidence: unsure[i] ?? 0.999 }));
  const confidence = characters.reduce((product, one) => product * one.confidence, 1);
  return { text, confidence, characters, candidates: [{ text, confidence }] };
}

export function passageOf(
  id: string,
  cameraId: string,
  timeMs: number,
  read: PlateEvidence | string,
  more: Partial<SitePassage> = {},
): SitePassage {
  const evidence = typeof read === "string" ? readOf(read) : read;
  return { ...evidence, id, cameraId, firstTimeMs: timeMs, lastTimeMs: timeMs, direction: null, region: null, ...more };
}
