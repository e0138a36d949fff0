/** What is told of one vehicle passing one camera, and what decides when. Types and defaults only; passages.ts makes them. */
import type { FusedText, FuseOptions } from "./fuse.ts";
import type { Box, Quad } from "./geometry.ts";
import type { Candidate, CharacterRead, Doubt } from "./read.ts";
import type { TrackRead } from "./track.ts";
import type { CountingLine, Direction } from "./zone.ts";

/** One vehicle passing one camera: what is stored, searched and delivered. Plain data, fields are only ever added. */
export interface Passage {
  readonly schema: 1;
  /** Unique within a run; a preview and the passage it foretells share it. */
  readonly id: string;
  /** Upper case, no separators; empty when the plate was seen but could not be read, which PassageOptions asks for. */
  readonly text: string;
  readonly display: string | null;
  /** Calibrated probability that `text` is wholly right, 0..1. */
  readonly confidence: number;
  readonly region: string | null;
  readonly regionConfidence: number | null;
  readonly lines: 1 | 2;
  readonly characters: readonly CharacterRead[];
  /** Best first; the first is `text`. */
  readonly candidates: readonly Candidate[];
  readonly doubt: Doubt | null;
  /** When the plate was first and last seen, epoch milliseconds (in files: of the clip, unless a start was given). */
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  /** Frames the plate was seen in. */
  readonly frames: number;
  /** Null without a line, and when the line was not crossed. */
  readonly direction: Direction | null;
  /** The middle of the plate over time, full-frame pixels; thinned out to at most 64 points. */
  readonly path: readonly (readonly [timeMs: number, x: number, y: number])[];
  /** The frame that shows the plate best. */
  readonly best: {
    readonly timeMs: number;
    readonly box: Box;
    readonly corners: Quad;
    readonly detectionConfidence: number;
  };
  /** The first confident read of a vehicle still in sight; the passage itself follows. */
  readonly preview: boolean;
}

export interface PassageOptions {
  /** The same plate again within this time joins the passage. */
  readonly mergeMs: number;
  /** Passages seen in fewer frames are left out. */
  readonly minReads: number;
  /** Passages less confident are left out, 0..1. */
  readonly minConfidence: number;
  /** Report those too, as plates without a text: for counting, not for lists. */
  readonly unread: boolean;
  /** A vehicle that stands this long is reported, and then not again until it moves. */
  readonly parkedMs: number;
  /** A parked vehicle may be hidden this long and is still the same. */
  readonly parkedMemoryMs: number;
  readonly line: CountingLine | null;
  /** Report vehicles still in sight once their text is this sure, 0..1; null: no previews. */
  readonly previewConfidence: number | null;
  /** Begins every id. */
  readonly idPrefix: string;
  readonly fuse: FuseOptions;
}

export const PASSAGE_DEFAULTS: PassageOptions = {
  mergeMs: 5000,
  minReads: 2,
  minConfidence: 0.5,
  unread: false,
  parkedMs: 30_000,
  parkedMemoryMs: 3_600_000,
  line: null,
  previewConfidence: null,
  idPrefix: "",
  fuse: {},
};

/** A passage with the tracks it was made of, so that their pictures can be found. */
export interface MadePassage {
  readonly passage: Passage;
  readonly trackIds: readonly number[];
  /** All that was kept of its reads, in order of time. */
  readonly reads: readonly TrackRead[];
}

/** Whether a text is sure enough to be told. */
export function isRead({ text, confidence }: FusedText, { minConfidence }: PassageOptions): boolean {
  return text !== "" && confidence >= minConfidence;
}
