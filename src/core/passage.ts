/**
 * Turns tracks into passages: one vehicle, one passage. A pure reducer over what the tracker says of each frame.
 * Joins tracks of one plate that follow each other, and keeps a parked vehicle from passing again and again.
 */
import { levenshtein } from "./edit-distance.ts";
import { type FusedText, type FuseOptions, fuseReads } from "./fuse.ts";
import { type Box, boxOfQuad, iou, type Quad } from "./geometry.ts";
import { quadCentre, quadHeight } from "./quad-filter.ts";
import type { Candidate, CharacterRead, Doubt } from "./read.ts";
import type { PathPoint, Track, TrackerState, TrackRead } from "./track.ts";
import { type CountingLine, crossing, type Direction } from "./zone.ts";

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

/** Tracks of one vehicle, and what they say together. */
interface Vehicle {
  readonly trackIds: readonly number[];
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  readonly frames: number;
  readonly reads: readonly TrackRead[];
  readonly path: readonly PathPoint[];
  readonly fused: FusedText;
}

/** A vehicle that was reported while standing. */
interface ParkedVehicle {
  readonly text: FusedText;
  readonly corners: Quad;
  /** The track that sees it, while one does. */
  readonly trackId: number;
  readonly lastTimeMs: number;
}

export interface PassageState {
  /** Vehicles out of sight that may still come back. */
  readonly waiting: readonly Vehicle[];
  readonly parked: readonly ParkedVehicle[];
  /** Tracks already previewed, with the frames they had when last tried. */
  readonly previews: readonly { readonly trackId: number; readonly frames: number; readonly isDone: boolean }[];
}

export const NO_PASSAGES: PassageState = { waiting: [], parked: [], previews: [] };

const MAX_READS = 32;
const MAX_PATH = 64;
const MAX_PARKED = 500;

/** A text this sure is not taken for a misread of another. */
const SURE_CONFIDENCE = 0.9;
/** Shorter texts differ by a character too easily. */
const MIN_FUZZY_LENGTH = 4;
/** Plate heights a parked plate may seem to move: a camera in the wind, a barrier's shadow. */
const PARKED_RADIUS_HEIGHTS = 2.5;
const PARKED_IOU = 0.2;
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
  let { waiting, parked } = followParked(state, tracker);

  for (const track of closed) {
    const place = parked.find(({ trackId }) => trackId === track.id) ?? parkedAt(parked, track, options);
    if (place !== undefined && isNear(place, track)) {
      parked = parked.map((other) => (other === place ? { ...place, lastTimeMs: track.lastTimeMs } : other));
      continue;
    }
    if (place !== undefined) parked = parked.filter((other) => other !== place);
    const vehicle = vehicleOf(track, place?.trackId === track.id ? place.lastTimeMs : -Infinity, options);
    waiting = join(waiting, vehicle, options);
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
    const joined = join(waiting, vehicle, options);
    made.push(joined.find(({ trackIds }) => trackIds.includes(track.id))!); // join keeps what it is given
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

/** Parked vehicles still in sight, up to date; one that drives off is handed back to its track as a new passage. */
function followParked(state: PassageState, tracker: TrackerState): { waiting: Vehicle[]; parked: ParkedVehicle[] } {
  const parked = state.parked.map((place) => {
    const track = tracker.tracks.find(({ id }) => id === place.trackId);
    return track !== undefined && isNear(place, track) ? { ...place, lastTimeMs: track.lastTimeMs } : place;
  });
  return { waiting: [...state.waiting], parked };
}

function isParked(track: Track, timeMs: number, { parkedMs }: PassageOptions): boolean {
  return track.phase === "confirmed" && timeMs - track.rest.sinceMs >= parkedMs;
}

/** The parked vehicle that a track shows again. */
function parkedAt(parked: readonly ParkedVehicle[], track: Track, options: PassageOptions): ParkedVehicle | undefined {
  const near = parked.filter((place) => isNear(place, track));
  if (near.length === 0) return undefined;
  const { fused } = vehicleOf(track, -Infinity, options);
  // Two texts that are not believed say nothing of whose they are; the place does.
  const isUnread = (text: FusedText): boolean => options.unread && !isRead(text, options);
  return near.find(({ text }) => isSamePlate(text, fused) || (isUnread(text) && isUnread(fused)));
}

/** Whether the whole of a track lies where the vehicle is parked, up to its later departure. */
function isNear({ corners }: ParkedVehicle, track: Track): boolean {
  const [x, y] = quadCentre(corners);
  const [trackX, trackY] = quadCentre(track.estimate.corners);
  const reach = PARKED_RADIUS_HEIGHTS * quadHeight(corners);
  return Math.hypot(trackX - x, trackY - y) <= reach || iou(boxOfQuad(corners), boxOfTrack(track)) > PARKED_IOU;
}

function boxOfTrack({ estimate }: Track): Box {
  return boxOfQuad(estimate.corners);
}

/** @param sinceMs what happened before belongs to another passage. */
function vehicleOf(track: Track, sinceMs: number, { fuse }: PassageOptions): Vehicle {
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
function join(vehicles: readonly Vehicle[], next: Vehicle, options: PassageOptions): Vehicle[] {
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
function isBack(vehicle: Vehicle, { tracks }: TrackerState, { mergeMs }: PassageOptions): boolean {
  return tracks.some(
    ({ texts, firstTimeMs }) =>
      firstTimeMs - vehicle.lastTimeMs <= mergeMs && texts.some(({ text }) => text === vehicle.fused.text),
  );
}

function reported(vehicles: readonly Vehicle[], options: PassageOptions): MadePassage[] {
  return vehicles
    .filter(({ frames, fused }) => frames >= options.minReads && (options.unread || isRead(fused, options)))
    .map((vehicle) => madePassage(vehicle, false, options));
}

function isRead({ text, confidence }: FusedText, { minConfidence }: PassageOptions): boolean {
  return text !== "" && confidence >= minConfidence;
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

/** At most MAX_PATH points, first and last kept. */
function thinned(path: readonly PathPoint[]): readonly PathPoint[] {
  if (path.length <= MAX_PATH) return path;
  const step = (path.length - 1) / (MAX_PATH - 1);
  return Array.from({ length: MAX_PATH }, (_, i) => path[Math.round(i * step)]!); // indices end at the last
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
