/**
 * The vehicles of a clip, from the reads of some of its frames: followed and fused as `watch` does it, but from plain reads,
 * which say less than the posteriors behind them. Does not take frames or read them.
 */
import { readWeight } from "../core/fuse.ts";
import { PASSAGE_DEFAULTS, type Passage, type PassageOptions } from "../core/passage.ts";
import { finishPassages, NO_PASSAGES, updatePassages } from "../core/passages.ts";
import type { PlateRead } from "../core/read.ts";
import { finishTracks, NO_TRACKS, updateTracks } from "../core/track.ts";

/** What was read in one frame. */
export interface ClipFrame {
  /** In the clip, milliseconds; ascending from frame to frame. */
  readonly timeMs: number;
  readonly plates: readonly PlateRead[];
}

/** See Passage in core/passage.ts. */
export type ClipVehicle = Passage;

/** Few frames are looked at, so one may be all there is of a vehicle; and nothing is left out that the caller may want. */
const OPTIONS: PassageOptions = { ...PASSAGE_DEFAULTS, minReads: 1, minConfidence: 0, unread: true };

/**
 * One passage a vehicle, in order of appearance; a plate that can't be read has the text "" and confidence 0. The place
 * and time of `best` are those of one of the reads given.
 */
export function vehiclesOf(frames: readonly ClipFrame[]): ClipVehicle[] {
  let tracker = NO_TRACKS;
  let state = NO_PASSAGES;
  const passages: ClipVehicle[] = [];
  for (const { timeMs, plates } of frames) {
    const reads = plates.map((read) => ({ read, evidence: null, weight: readWeight(read, null) }));
    const followed = updateTracks(tracker, reads, timeMs);
    tracker = followed.state;
    const step = updatePassages(state, tracker, followed.closed, OPTIONS);
    state = step.state;
    passages.push(...step.passages.map(({ passage }) => passage));
  }
  const last = finishPassages(state, finishTracks(tracker).closed, OPTIONS);
  passages.push(...last.passages.map(({ passage }) => passage));
  return passages.sort((a, b) => a.firstTimeMs - b.firstTimeMs);
}
