/** A passage as the rules of a site see it: what was read, where and when. Knows no store and no camera address. */
import type { Passage } from "../core/passage.ts";

/** What a plate was read as, and how sure that is. Every Passage and PlateRead is one. */
export type PlateEvidence = Pick<Passage, "text" | "confidence" | "characters" | "candidates">;

/** A passage with the camera it was seen by. A stored passage with its camera's id fits as it is. */
export interface SitePassage extends PlateEvidence {
  /** Unique in the site: the same id again is a replay. */
  readonly id: string;
  readonly cameraId: string;
  /** When the plate was first and last seen, epoch milliseconds by the camera's clock. */
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  readonly direction: Passage["direction"];
  readonly region: string | null;
}

/** A plate known by its text alone: from a list, or typed by a person. Nothing in it is in doubt. */
export function certainPlate(text: string): PlateEvidence {
  return {
    text,
    confidence: 1,
    characters: [...text].map((character) => ({ text: character, confidence: 1 })),
    candidates: [{ text, confidence: 1 }],
  };
}

/** A passage as rules of a site take it, from a passage and its camera. */
export function sitePassage(passage: Passage, cameraId: string): SitePassage {
  const { id, text, confidence, characters, candidates, firstTimeMs, lastTimeMs, direction, region } = passage;
  return { id, cameraId, text, confidence, characters, candidates, firstTimeMs, lastTimeMs, direction, region };
}
