/** What PlateKit says of a frame: detections, recognitions and the reads made of both. Plain data, safe to serialise. */
import type { Box, Quad } from "./geometry.ts";

/** Where a plate is. */
export interface Detection {
  readonly box: Box;
  readonly corners: Quad;
  readonly lines: 1 | 2;
  /** 0..1 */
  readonly confidence: number;
}

/** One character with the probability that it is right. */
export interface CharacterRead {
  readonly text: string;
  readonly confidence: number;
}

/** One possible text of a plate; `confidence` is the calibrated probability that the whole text is right. */
export interface Candidate {
  readonly text: string;
  readonly confidence: number;
}

/** Why a read should not be trusted. */
export type Doubt = "too-small" | "blurred" | "cut" | "glare" | "format-mismatch" | "low-contrast";

/** One plate in one frame. */
export interface PlateRead {
  /** Upper case, no separators, the lines of a two-line plate joined top to bottom. */
  readonly text: string;
  /** The text with the separators its region prints, where a format is known. */
  readonly display: string | null;
  /** Calibrated probability that `text` is wholly right, 0..1. */
  readonly confidence: number;
  /** ISO 3166 in lower case (`de`, `us-ca`), or null when it can't be told. */
  readonly region: string | null;
  readonly regionConfidence: number | null;
  readonly detection: Detection;
  readonly characters: readonly CharacterRead[];
  /** Best first; the first is `text`. */
  readonly candidates: readonly Candidate[];
  readonly doubt: Doubt | null;
}
