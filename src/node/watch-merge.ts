/** Reads plates that no single frame shows well in the pictures of all their frames together, once their tracks are over. */
import { PlateKitError } from "../core/errors.ts";
import type { ReadEvidence } from "../core/fuse.ts";
import { fuseReads } from "../core/fuse.ts";
import type { PassageOptions } from "../core/passage.ts";
import type { Track, TrackRead } from "../core/track.ts";
import type { FrameReader } from "./frame-reader.ts";

/** Fewer frames have too little noise to average out. */
const MIN_FRAMES = 3;
/** A text this sure gains nothing. */
const SURE_CONFIDENCE = 0.95;
/** Reads that are hardly believed at all still differ in how much their frames tell. */
const MIN_CONFIDENCE_WEIGHT = 0.02;

interface CroppedRead extends TrackRead {
  readonly evidence: ReadEvidence & Required<Pick<ReadEvidence, "crop">>;
}

/** The tracks, those of unsure text with the reads of their merged picture, which weigh together as much as all others. */
export function readMerged(
  tracks: readonly Track[],
  reader: Pick<FrameReader, "readMerged">,
  options: Pick<PassageOptions, "fuse" | "minReads">,
): Promise<Track[]> {
  return Promise.all(tracks.map((track) => withMergedReads(track, reader, options)));
}

async function withMergedReads(
  track: Track,
  reader: Pick<FrameReader, "readMerged">,
  { fuse, minReads }: Pick<PassageOptions, "fuse" | "minReads">,
): Promise<Track> {
  const cropped = track.reads.filter(hasCrop);
  if (track.frames < minReads || cropped.length < MIN_FRAMES) return track;
  if (fuseReads(track.reads, fuse).confidence >= SURE_CONFIDENCE) return track;
  const value = ({ weight, read }: TrackRead): number => weight * Math.max(MIN_CONFIDENCE_WEIGHT, read.confidence);
  const best = cropped.reduce((a, b) => (value(b) > value(a) ? b : a));
  const crops = cropped.map(({ weight, evidence }) => ({ image: evidence.crop, weight }));
  const merged = await reader.readMerged({ crops, best }).catch((error: unknown) => {
    if (!(error instanceof PlateKitError) || error.code !== "WORKER_FAILED") throw error;
    return []; // what the frames say remains
  });
  const weight = track.reads.reduce((sum, read) => sum + read.weight, 0) / Math.max(1, merged.length);
  const at = track.reads.indexOf(best) + 1;
  const added = merged.map((read): TrackRead => ({ ...read, weight, timeMs: best.timeMs }));
  return merged.length === 0
    ? track
    : { ...track, reads: [...track.reads.slice(0, at), ...added, ...track.reads.slice(at)] };
}

function hasCrop(read: TrackRead): read is CroppedRead {
  return read.evidence?.crop !== undefined;
}
