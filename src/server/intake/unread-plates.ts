/** Why a plate that a camera saw gave no passage: its track, once it is over, judged as the watch judges it. */
import { type FuseOptions, fuseReads } from "../../core/fuse.ts";
import { PASSAGE_DEFAULTS } from "../../core/passage.ts";
import type { Track } from "../../core/track.ts";
import type { UnreadReason } from "../events.ts";

export interface UnreadRules {
  readonly minReads: number;
  readonly minConfidence: number;
  readonly fuse: FuseOptions;
}

export const UNREAD_RULES: UnreadRules = {
  ...{ minReads: PASSAGE_DEFAULTS.minReads, minConfidence: PASSAGE_DEFAULTS.minConfidence, fuse: {} },
};

/** Null for a track that was read, or that was too short to be a plate at all. */
export function unreadReason(track: Track, { minReads, minConfidence, fuse }: UnreadRules): UnreadReason | null {
  // What flickers for a frame is mostly no plate; counting it would hide the real reasons.
  if (track.frames < minReads || track.reads.length === 0) return null;
  const { text, confidence, doubt } = fuseReads(track.reads, fuse);
  if (text !== "" && confidence >= minConfidence) return null;
  return doubt ?? commonDoubt(track) ?? (text === "" ? "no-text" : "unsure");
}

/** The doubt that most of its reads have, if most have one. */
function commonDoubt({ reads }: Track): UnreadReason | null {
  const counts = new Map<UnreadReason, number>();
  for (const { read } of reads) if (read.doubt !== null) counts.set(read.doubt, (counts.get(read.doubt) ?? 0) + 1);
  const most = [...counts].sort((a, b) => b[1] - a[1])[0];
  return most !== undefined && most[1] * 2 > reads.length ? most[0] : null;
}
