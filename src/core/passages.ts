/**
 * Turns tracks into passages: one vehicle, one passage. A pure reducer over what the tracker says of each frame.
 * Joins tracks of one plate that follow each other, and keeps a parked vehicle from passing again and again.
 */
import type { FusedText } from "./fuse.ts";
import { boxOfQuad, iou } from "./geometry.ts";
import { boxOfTrack, followParked, isNear, isParked, type ParkedVehicle, parkedAt } from "./parked.ts";
import { isRead, type MadePassage, PASSAGE_DEFAULTS, type Passage, type PassageOptions } from "./passage.ts";
import type { Track, TrackerState, TrackRead } from "./track.ts";
import { isBack, joinVehicle, type Vehicle, vehicleOf } from "./vehicle.ts";
import { crossing } from "./zone.ts";

export interface PassageState {
  /** Vehicles out of sight that may still come back. */
  readonly waiting: readonly Vehicle[];
  readonly parked: readonly ParkedVehicle[];
  /** Tracks already previewed, with the frames they had when last tried. */
  readonly previews: readonly { readonly trackId: number; readonly frames: number; readonly isDone: boolean }[];
}

export const NO_PASSAGES: PassageState = { waiting: [], parked: [], previews: [] };

const MAX_PARKED = 500;

/** Frames between two tries to preview a track. */
const PREVIEW_STEP = 2;

/**
 * The passages that are certain after one more frame.
 *
 * @param tracker the tracker's state after the frame, `closed` what it closed with it; see updateTracks.
 */
export function updatePassages(
  state: PassageState,
  tracker: TrackerState,
  closed: readonly Track[],
  options: PassageOptions = PASSAGE_DEFAULTS,
): { state: PassageState; passages: readonly MadePassage[]; previews: readonly MadePassage[] } {
  const { timeMs } = tracker;
  const made: Vehicle[] = [];
  let waiting: readonly Vehicle[] = state.waiting;
  let parked = followParked(state.parked, tracker);

  for (const track of closed) {
    const place = parked.find(({ trackId }) => trackId === track.id) ?? parkedAt(parked, track, options);
    if (place !== undefined && isNear(place, track)) {
      parked = parked.map((other) => (other === place ? { ...place, lastTimeMs: track.lastTimeMs } : other));
      continue;
    }
    if (place !== undefined) parked = parked.filter((other) => other !== place);
    const vehicle = vehicleOf(track, place?.trackId === track.id ? place.lastTimeMs : -Infinity, options);
    waiting = joinVehicle(waiting, vehicle, options);
  }

  for (const track of tracker.tracks) {
    if (!isParked(track, timeMs, options) || parked.some(({ trackId }) => trackId === track.id)) continue;
    const known = parkedAt(parked, track, options);
    const vehicle = vehicleOf(track, -Infinity, options);
    // What stood here before is gone: another plate stands in its place, or the same one is seen by a new track.
    parked = parked.filter((other) => other !== known && iou(boxOfQuad(other.corners), boxOfTrack(track)) < 0.5);
    parked.push({
      text: vehicle.fused,
      corners: track.estimate.corners,
      trackId: track.id,
      lastTimeMs: track.lastTimeMs,
    });
    if (known !== undefined) continue;
    const joined = joinVehicle(waiting, vehicle, options);
    made.push(joined.find(({ trackIds }) => trackIds.includes(track.id))!); // joinVehicle keeps what it is given
    waiting = joined.filter(({ trackIds }) => !trackIds.includes(track.id));
  }

  const still: Vehicle[] = [];
  for (const vehicle of waiting) {
    const isOver = timeMs - vehicle.lastTimeMs > options.mergeMs && !isBack(vehicle, tracker, options);
    (isOver ? made : still).push(vehicle);
  }
  const previews = previewTracks(state, tracker, parked, options);
  return {
    state: {
      waiting: still,
      parked: parked.filter(({ lastTimeMs }) => timeMs - lastTimeMs <= options.parkedMemoryMs).slice(-MAX_PARKED),
      previews: previews.tried,
    },
    passages: reported(made, options),
    previews: previews.made,
  };
}

/** Makes passages of everything that waits: the end of a clip, after finishTracks. */
export function finishPassages(
  state: PassageState,
  closed: readonly Track[],
  options: PassageOptions = PASSAGE_DEFAULTS,
): { state: PassageState; passages: readonly MadePassage[] } {
  const none: TrackerState = { tracks: [], nextId: 0, timeMs: -Infinity, frameIntervalMs: 0 };
  const { state: last, passages } = updatePassages(state, none, closed, options);
  return { state: { ...last, waiting: [] }, passages: [...passages, ...reported(last.waiting, options)] };
}

function reported(vehicles: readonly Vehicle[], options: PassageOptions): MadePassage[] {
  return vehicles
    .filter(({ frames, fused }) => frames >= options.minReads && (options.unread || isRead(fused, options)))
    .map((vehicle) => madePassage(vehicle, false, options));
}

/** What is told of a plate that can't be read: where and when it was, and why, but no guess that might be taken for its text. */
function withoutText(fused: FusedText): FusedText {
  const nothing = { text: "", display: null, confidence: 0, region: null, regionConfidence: null };
  return { ...fused, ...nothing, characters: [], candidates: [] };
}

function madePassage(vehicle: Vehicle, preview: boolean, options: PassageOptions): MadePassage {
  const { line, idPrefix } = options;
  const fused = preview || isRead(vehicle.fused, options) ? vehicle.fused : withoutText(vehicle.fused);
  const { trackIds, reads, firstTimeMs, lastTimeMs, frames, path } = vehicle;
  const best = bestRead(reads, vehicle.fused.text);
  const { detection } = best.read;
  const { text, display, confidence, region, regionConfidence, lines, characters, candidates, doubt } = fused;
  const passage: Passage = {
    schema: 1,
    id: `${idPrefix}${trackIds[0]}`,
    ...{ text, display, confidence, region, regionConfidence, lines, characters, candidates, doubt },
    firstTimeMs,
    lastTimeMs,
    frames,
    direction:
      line === null
        ? null
        : crossing(
            path.map(({ point }) => point),
            line,
          ),
    path: path.map(({ timeMs, point }) => [timeMs, point[0], point[1]]),
    best: {
      timeMs: best.timeMs,
      box: detection.box,
      corners: detection.corners,
      detectionConfidence: detection.confidence,
    },
    preview,
  };
  return { passage, trackIds, reads };
}

/** The read that tells most among those that say the text, or among all. */
export function bestRead(reads: readonly TrackRead[], text: string): TrackRead {
  const saying = reads.filter(({ read }) => read.text === text);
  const value = ({ weight, read }: TrackRead): number => weight * read.confidence;
  return (saying.length > 0 ? saying : reads).reduce((best, read) => (value(read) > value(best) ? read : best));
}

/** Tracks in sight whose text is sure for the first time. */
function previewTracks(
  { previews }: PassageState,
  { tracks }: TrackerState,
  parked: readonly ParkedVehicle[],
  options: PassageOptions,
): { made: MadePassage[]; tried: PassageState["previews"] } {
  const threshold = options.previewConfidence;
  if (threshold === null) return { made: [], tried: [] };
  const made: MadePassage[] = [];
  const tried = tracks.map((track) => {
    const before = previews.find(({ trackId }) => trackId === track.id) ?? {
      trackId: track.id,
      frames: 0,
      isDone: false,
    };
    const isDue = !before.isDone && track.frames >= Math.max(options.minReads, before.frames + PREVIEW_STEP);
    if (!isDue) return before;
    const isKnown =
      parked.some(({ trackId }) => trackId === track.id) || parkedAt(parked, track, options) !== undefined;
    const vehicle = vehicleOf(track, -Infinity, options);
    const isDone = isKnown || (vehicle.fused.text !== "" && vehicle.fused.confidence >= threshold);
    if (isDone && !isKnown) made.push(madePassage(vehicle, true, options));
    return { trackId: track.id, frames: track.frames, isDone };
  });
  return { made, tried };
}
