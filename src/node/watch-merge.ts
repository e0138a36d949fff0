/** Reads plates that no single frame shows well in the picture merged of all their frames, once their tracks are over. */
import { PlateKitError } from "../core/errors.ts";
import type { ReadEvidence } from "../core/fuse.ts";
import { fuseReads } from "../core/fuse.ts";
import { mergeCrops } from "../core/merge-crops.ts";
import type { PassageOptions } from "../core/passage.ts";
import type { Track, TrackRead } from "../core/track.ts";
import type { FrameReader } from "./frame-reader.ts";

/** Fewer frames have too little noise to average out. */
const MIN_FRAMES = 3;
/** A text this sure gains nothing. */
const SURE_CONFIDENCE = 0.9;
/** Reads that are hardly believed at all still differ in how much their frames tell. */
const MIN_CONFIDENCE_WEIGHT = 0.02;

interface CroppedRead extends TrackRead {
  readonly evidence: ReadEvidence & Required<Pick<ReadEvidence, "crop">>;
}

/** The tracks, those of unsure text with one read more: that of the merged picture, which weighs as much as the heaviest. */
export function readMerged(
  tracks: readonly Track[],
  reader: Pick<FrameReader, "readMerged">,
  options: Pick<PassageOptions, "fuse" | "minReads">,
): Promise<Track[]> {
  return Promise.all(tracks.map((track) => withMergedRead(track, reader, options)));
}

async function withMergedRead(
  track: Track,
  reader: Pick<FrameReader, "readMerged">,
  { fuse, minReads }: Pick<PassageOptions, "fuse" | "minReads">,
): Promise<Track> {
  const cropped = track.reads.filter(hasCrop);
  if (track.frames < minReads || cropped.length < MIN_FRAMES) return track;
  if (fuseReads(track.reads, fuse).confidence >= SURE_CONFIDENCE) return track;
  const value = ({ weight, read }: TrackRead): number => weight * Math.max(MIN_CONFIDENCE_WEIGHT, read.confidence);
  const best = cropped.reduce((a, b) => (value(b) > value(a) ? b : a));
  const others = cropped.filter((read) => read !== best);
  const weight = Math.max(...track.reads.map((read) => read.weight));
  // The best frame leads, so that the others are moved to it.
  const crop = mergeCrops([
    { image: best.evidence.crop, weight },
    ...others.map((read) => ({ image: read.evidence.crop, weight: Math.min(read.weight, 0.999 * weight) })),
  ]);
  const merged = await reader.readMerged({ crop, best }).catch((error: unknown) => {
    if (!(error instanceof PlateKitError) || error.code !== "WORKER_FAILED") throw error;
    return null; // what the frames say remains
  });
  if (merged === null) return track;
  const at = track.reads.indexOf(best) + 1;
  const read: TrackRead = { ...merged, weight, timeMs: best.timeMs };
  return { ...track, reads: [...track.reads.slice(0, at), read, ...track.reads.slice(at)] };
}

function hasCrop(read: TrackRead): read is CroppedRead {
  return read.evidence?.crop !== undefined;
}
