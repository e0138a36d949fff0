/**
 * Follows plates over frames: a pure reducer, so that any clip can be replayed in a test.
 * Knows where plates are and roughly what they say; the text of a vehicle is made in fuse.ts and passage.ts.
 */
import { assign } from "./assignment.ts";
import { levenshtein } from "./edit-distance.ts";
import type { ReadEvidence } from "./fuse.ts";
import { boxOfQuad, iou, type Point, type Quad } from "./geometry.ts";
import {
  centreDeviation,
  correctEstimate,
  predictEstimate,
  type QuadEstimate,
  quadCentre,
  quadHeight,
  startEstimate,
} from "./quad-filter.ts";
import type { PlateRead } from "./read.ts";

/** One plate in one frame, with what fusing several reads needs. */
export interface FrameRead {
  readonly read: PlateRead;
  /** What the recognizer believes of every character; null from readers that can't say. */
  readonly evidence: ReadEvidence | null;
  /** How much the read tells, 0..1: see readWeight in fuse.ts. */
  readonly weight: number;
}

/** A read of a track, with its time. */
export interface TrackRead extends FrameRead {
  readonly timeMs: number;
}

/** Where the middle of the plate was, and how high the plate, in pixels. */
export interface PathPoint {
  readonly timeMs: number;
  readonly point: Point;
  readonly heightPx: number;
}

/** One plate followed over frames. */
export interface Track {
  /** Unique within the state's history, counting from 1. */
  readonly id: number;
  /** `tentative` until seen in `confirmReads` frames; `lost` while not seen. */
  readonly phase: "tentative" | "confirmed" | "lost";
  readonly estimate: QuadEstimate;
  readonly firstTimeMs: number;
  /** When it was last seen. */
  readonly lastTimeMs: number;
  /** Frames it was seen in. */
  readonly frames: number;
  /** The reads that tell most, at most `MAX_READS`, in order of time. */
  readonly reads: readonly TrackRead[];
  /** At most `MAX_PATH` points, first and last always among them. */
  readonly path: readonly PathPoint[];
  /** The texts read so far, by total weight, most first; at most `MAX_TEXTS`. */
  readonly texts: readonly TextVote[];
  /** Where it has stayed, within one plate height, since when. */
  readonly rest: { readonly point: Point; readonly sinceMs: number };
}

export interface TextVote {
  readonly text: string;
  readonly weight: number;
  readonly reads: number;
}

export interface TrackerState {
  readonly tracks: readonly Track[];
  readonly nextId: number;
  /** Time of the latest frame; -Infinity before the first. */
  readonly timeMs: number;
  /** Usual time between frames, smoothed; 0 before the second. */
  readonly frameIntervalMs: number;
}

export interface TrackOptions {
  /** How long a plate may be out of sight before its track closes. */
  readonly lostMs: number;
  /** The same for a track not yet confirmed. */
  readonly tentativeMs: number;
  /** Frames that make a track confirmed. */
  readonly confirmReads: number;
}

export const TRACK_DEFAULTS: TrackOptions = { lostMs: 1500, tentativeMs: 700, confirmReads: 2 };

export const NO_TRACKS: TrackerState = { tracks: [], nextId: 1, timeMs: -Infinity, frameIntervalMs: 0 };

/** Bounds the memory of a track however long it lives; beyond a few dozen reads fusion gains nothing. */
const MAX_READS = 24;
const MAX_PATH = 64;
const MAX_TEXTS = 5;

/** A slow stream may miss this many frames in a row before the times above count. */
const MISSABLE_FRAMES = 3;

/** A plate's size can't jump by more between two sights of it, as a ratio of heights. */
const MAX_SIZE_RATIO = 2;
/** Standard deviations of the predicted place within which a plate is looked for, and an upper bound in plate heights. */
const GATE_DEVIATIONS = 3;
const MAX_GATE_HEIGHTS = 16;

/** Overlap and distance weigh alike; the text shifts a pair's cost by up to half its weight either way. */
const TEXT_WEIGHT = 0.4;
/** A pair at the very edge of the gate whose texts say nothing. */
const UNMATCHED_COST = 1;

/** Two plates surely: both texts trusted this much, and fewer than half of the characters agree. */
const SURE_CONFIDENCE = 0.7;
const SURE_DISTANCE = 0.5;

/**
 * The tracks after one more frame. Reads and tracks are paired by the Hungarian method over overlap, distance from the
 * predicted place and similarity of texts; what no track takes starts one; what stays unseen for too long is `closed`.
 *
 * @param reads of one frame, in any order; none is a frame without plates.
 * @param frameTimeMs milliseconds on any clock; a time before the latest frame's counts as that.
 */
export function updateTracks(
  state: TrackerState,
  reads: readonly FrameRead[],
  frameTimeMs: number,
  options: TrackOptions = TRACK_DEFAULTS,
): { state: TrackerState; closed: readonly Track[] } {
  const timeMs = Math.max(frameTimeMs, state.timeMs);
  const frameIntervalMs = smoothedInterval(state, timeMs);
  const predictions = state.tracks.map((track) => predictEstimate(track.estimate, timeMs));
  const pairs = assign(
    state.tracks.map((track, i) => reads.map((read) => pairCost(track, predictions[i]!, read))),
    UNMATCHED_COST,
  );

  const tracks: Track[] = [];
  const closed: Track[] = [];
  for (const [i, track] of state.tracks.entries()) {
    const read = reads[pairs[i]!];
    const next = read === undefined ? missed(track) : seen(track, predictions[i]!, read, timeMs, options);
    if (isOver(next, timeMs, frameIntervalMs, options)) closed.push(next);
    else tracks.push(next);
  }
  const taken = new Set(pairs);
  let nextId = state.nextId;
  for (const [i, read] of reads.entries()) {
    if (!taken.has(i)) tracks.push(started(nextId++, read, timeMs, options));
  }
  return { state: { tracks, nextId, timeMs, frameIntervalMs }, closed };
}

/**
 * The tracks after a frame that shows just what the one before showed, as a motion gate finds: what was in sight still
 * is. Frames and reads are not counted up.
 */
export function holdTracks(state: TrackerState, frameTimeMs: number): TrackerState {
  const timeMs = Math.max(frameTimeMs, state.timeMs);
  const tracks = state.tracks.map((track) =>
    track.lastTimeMs === state.timeMs
      ? // Nothing moves in a still picture; a speed kept would carry the prediction away.
        { ...track, lastTimeMs: timeMs, estimate: startEstimate(track.estimate.corners, timeMs) }
      : track,
  );
  return { ...state, tracks, timeMs, frameIntervalMs: smoothedInterval(state, timeMs) };
}

/** Closes every track: the end of a clip. */
export function finishTracks(state: TrackerState): { state: TrackerState; closed: readonly Track[] } {
  return { state: { ...state, tracks: [] }, closed: state.tracks };
}

/** Where the plate should be at a time, also between and after the frames it was seen in. */
export function trackCorners(track: Track, timeMs: number): Quad {
  return predictEstimate(track.estimate, timeMs).corners;
}

/** How far two texts are apart, 0 for equal .. 1 for nothing in common; 0.5 when one says nothing. */
export function textDistance(a: string, b: string): number {
  if (a === "" || b === "") return 0.5;
  return levenshtein(a, b) / Math.max([...a].length, [...b].length);
}

/** What pairing a track with a read costs, 0 and up; Infinity when they can't be one plate. */
function pairCost(track: Track, predicted: QuadEstimate, { read }: FrameRead): number {
  const corners = read.detection.corners;
  const height = quadHeight(predicted.corners);
  const ratio = quadHeight(corners) / height;
  if (ratio > MAX_SIZE_RATIO || ratio < 1 / MAX_SIZE_RATIO) return Infinity;
  const [x, y] = quadCentre(corners);
  const [predictedX, predictedY] = quadCentre(predicted.corners);
  const distancePx = Math.hypot(x - predictedX, y - predictedY);
  const gatePx = Math.min(GATE_DEVIATIONS * centreDeviation(predicted), MAX_GATE_HEIGHTS * height);
  const box = boxOfQuad(corners);
  // A vehicle that stopped is where it was, not where its speed would have carried it.
  const overlap = Math.max(iou(box, boxOfQuad(predicted.corners)), 0.8 * iou(box, boxOfQuad(track.estimate.corners)));
  if (distancePx > gatePx && overlap === 0) return Infinity;
  const lead = track.texts[0];
  const apart = textDistance(lead?.text ?? "", read.text);
  if (apart > SURE_DISTANCE && isSure(track) && read.confidence >= SURE_CONFIDENCE) return Infinity;
  return 0.5 * (1 - overlap) + 0.5 * Math.min(1, distancePx / gatePx) + TEXT_WEIGHT * (apart - 0.5);
}

/** Whether the track's leading text was read with confidence, twice or more. */
function isSure(track: Track): boolean {
  const lead = track.texts[0];
  if (lead === undefined) return false;
  let sureReads = 0;
  for (const { read } of track.reads) {
    if (read.text === lead.text && read.confidence >= SURE_CONFIDENCE) sureReads++;
  }
  return sureReads >= 2;
}

function started(id: number, frameRead: FrameRead, timeMs: number, options: TrackOptions): Track {
  const { corners } = frameRead.read.detection;
  const point = quadCentre(corners);
  return {
    id,
    phase: options.confirmReads <= 1 ? "confirmed" : "tentative",
    estimate: startEstimate(corners, timeMs),
    firstTimeMs: timeMs,
    lastTimeMs: timeMs,
    frames: 1,
    reads: [{ ...frameRead, timeMs }],
    path: [{ timeMs, point, heightPx: quadHeight(corners) }],
    texts: addVote([], frameRead),
    rest: { point, sinceMs: timeMs },
  };
}

function seen(
  track: Track,
  predicted: QuadEstimate,
  frameRead: FrameRead,
  timeMs: number,
  options: TrackOptions,
): Track {
  const { corners } = frameRead.read.detection;
  const frames = track.frames + 1;
  const estimate = correctEstimate(predicted, corners);
  const point = quadCentre(estimate.corners);
  const heightPx = quadHeight(estimate.corners);
  const moved = Math.hypot(point[0] - track.rest.point[0], point[1] - track.rest.point[1]);
  return {
    ...track,
    phase: frames >= options.confirmReads ? "confirmed" : "tentative",
    estimate,
    lastTimeMs: timeMs,
    frames,
    reads: addRead(track.reads, { ...frameRead, timeMs }),
    path: addPoint(track.path, { timeMs, point, heightPx }),
    texts: addVote(track.texts, frameRead),
    rest: moved > heightPx ? { point, sinceMs: timeMs } : track.rest,
  };
}

function missed(track: Track): Track {
  return track.phase === "confirmed" ? { ...track, phase: "lost" } : track;
}

function isOver(track: Track, timeMs: number, frameIntervalMs: number, options: TrackOptions): boolean {
  const limitMs = track.phase === "tentative" ? options.tentativeMs : options.lostMs;
  return timeMs - track.lastTimeMs > Math.max(limitMs, MISSABLE_FRAMES * frameIntervalMs);
}

function smoothedInterval({ timeMs: before, frameIntervalMs }: TrackerState, timeMs: number): number {
  if (before === -Infinity) return 0;
  // One long gap (a stream that broke) must not stretch the limits, so an interval counts for at most twice the usual.
  const interval = timeMs - before;
  if (frameIntervalMs === 0) return Math.min(interval, 1000);
  return frameIntervalMs + 0.1 * (Math.min(interval, 2 * frameIntervalMs) - frameIntervalMs);
}

/** The reads with one more; of too many, the one that tells least goes. */
function addRead(reads: readonly TrackRead[], read: TrackRead): readonly TrackRead[] {
  if (reads.length < MAX_READS) return [...reads, read];
  let least = 0;
  for (const [i, { weight }] of reads.entries()) if (weight < reads[least]!.weight) least = i;
  if (reads[least]!.weight > read.weight) return reads;
  return [...reads.slice(0, least), ...reads.slice(least + 1), read];
}

/** The path with one more point; a full one keeps every second, a plate at rest adds none. */
function addPoint(path: readonly PathPoint[], next: PathPoint): readonly PathPoint[] {
  const before = path.at(-2);
  const isAtRest =
    before !== undefined &&
    Math.hypot(next.point[0] - before.point[0], next.point[1] - before.point[1]) < 0.25 * next.heightPx;
  if (isAtRest) return [...path.slice(0, -1), next];
  if (path.length < MAX_PATH) return [...path, next];
  return [...path.filter((_, i) => i % 2 === 0), next];
}

function addVote(texts: readonly TextVote[], { read, weight }: FrameRead): readonly TextVote[] {
  if (read.text === "") return texts;
  const vote = weight * read.confidence;
  const known = texts.find(({ text }) => text === read.text);
  const others = texts.filter((other) => other !== known);
  const votes = [...others, { text: read.text, weight: (known?.weight ?? 0) + vote, reads: (known?.reads ?? 0) + 1 }];
  return votes.sort((a, b) => b.weight - a.weight).slice(0, MAX_TEXTS);
}
