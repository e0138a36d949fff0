/** Tracks of one vehicle: whose plate is whose, and what they say together. */
import { levenshtein } from "./edit-distance.ts";
import { type FusedText, fuseReads } from "./fuse.ts";
import type { PassageOptions } from "./passage.ts";
import type { PathPoint, Track, TrackerState, TrackRead } from "./track.ts";

/** Tracks of one vehicle, and what they say together. */
export interface Vehicle {
  readonly trackIds: readonly number[];
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  readonly frames: number;
  readonly reads: readonly TrackRead[];
  readonly path: readonly PathPoint[];
  readonly fused: FusedText;
}

const MAX_READS = 32;
const MAX_PATH = 64;

/** A text this sure is not taken for a misread of another. */
const SURE_CONFIDENCE = 0.9;
/** Shorter texts differ by a character too easily. */
const MIN_FUZZY_LENGTH = 4;

/** @param sinceMs what happened before belongs to another passage. */
export function vehicleOf(track: Track, sinceMs: number, { fuse }: PassageOptions): Vehicle {
  return {
    trackIds: [track.id],
    firstTimeMs: Math.max(track.firstTimeMs, sinceMs),
    lastTimeMs: track.lastTimeMs,
    frames: track.frames,
    reads: track.reads,
    path: track.path.filter(({ timeMs }) => timeMs >= sinceMs),
    fused: fuseReads(track.reads, fuse),
  };
}

/** The vehicles with one more, joined to the one it continues. */
export function joinVehicle(vehicles: readonly Vehicle[], next: Vehicle, options: PassageOptions): Vehicle[] {
  const same = vehicles.find(
    (vehicle) =>
      next.firstTimeMs - vehicle.lastTimeMs <= options.mergeMs &&
      ((vehicle.fused.text === next.fused.text && next.fused.text !== "") ||
        (!overlapsInTime(vehicle, next) && isSamePlate(vehicle.fused, next.fused))),
  );
  if (same === undefined) return [...vehicles, next];
  const reads = [...same.reads, ...next.reads]
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_READS)
    .sort((a, b) => a.timeMs - b.timeMs);
  const joined: Vehicle = {
    trackIds: [...same.trackIds, ...next.trackIds],
    firstTimeMs: Math.min(same.firstTimeMs, next.firstTimeMs),
    lastTimeMs: Math.max(same.lastTimeMs, next.lastTimeMs),
    frames: same.frames + next.frames,
    reads,
    path: thinned([...same.path, ...next.path].sort((a, b) => a.timeMs - b.timeMs)),
    fused: fuseReads(reads, options.fuse),
  };
  return [...vehicles.filter((vehicle) => vehicle !== same), joined];
}

/** Two plates in sight at once are two plates, unless they say exactly the same. */
function overlapsInTime(a: Vehicle, b: Vehicle): boolean {
  return a.firstTimeMs < b.lastTimeMs && b.firstTimeMs < a.lastTimeMs;
}

/** Whether two texts name one plate, one of them perhaps misread or cut. */
export function isSamePlate(a: FusedText, b: FusedText): boolean {
  if (a.text === b.text) return a.text !== "";
  if (Math.min(a.text.length, b.text.length) < MIN_FUZZY_LENGTH) return false;
  const [less, more] = a.confidence < b.confidence ? [a, b] : [b, a];
  if (less.confidence >= SURE_CONFIDENCE) return false;
  if (less.doubt === "cut" && more.text.includes(less.text)) return true;
  return levenshtein(a.text, b.text) <= 1 || less.candidates.some(({ text }) => text === more.text);
}

/** Whether a vehicle out of sight is being seen again by a track that will join it. */
export function isBack(vehicle: Vehicle, { tracks }: TrackerState, { mergeMs }: PassageOptions): boolean {
  return tracks.some(
    ({ texts, firstTimeMs }) =>
      firstTimeMs - vehicle.lastTimeMs <= mergeMs && texts.some(({ text }) => text === vehicle.fused.text),
  );
}

/** At most MAX_PATH points, first and last kept. */
function thinned(path: readonly PathPoint[]): readonly PathPoint[] {
  if (path.length <= MAX_PATH) return path;
  const step = (path.length - 1) / (MAX_PATH - 1);
  return Array.from({ length: MAX_PATH }, (_, i) => path[Math.round(i * step)]!); // indices end at the last
}
