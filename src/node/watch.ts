/**
 * From a video to its passages: frames, motion gate, reading in threads, tracks, passages. Composes; what each step
 * means stands in core.
 */
import { randomUUID } from "node:crypto";
import { PlateKitError } from "../core/errors.ts";
import type { Point } from "../core/geometry.ts";
import { PASSAGE_DEFAULTS, type Passage, type PassageOptions } from "../core/passage.ts";
import { finishPassages, NO_PASSAGES, type PassageState, updatePassages } from "../core/passages.ts";
import { finishTracks, holdTracks, NO_TRACKS, type Track, type TrackerState, updateTracks } from "../core/track.ts";
import type { CountingLine } from "../core/zone.ts";
import type { FrameReply } from "./frame-job.ts";
import { createFrameReader, type FrameReader } from "./frame-reader.ts";
import { type Frame, type FrameOptions, openFrames } from "./frames.ts";
import type { ReaderOptions } from "./read-settings.ts";
import { suitableWorkers } from "./read-settings.ts";
import { readMerged } from "./watch-merge.ts";
import { keepPictures, type WatchedPassage } from "./watch-pictures.ts";
import { queueFrames } from "./watch-queue.ts";
import { createMeter, type WatchStatus } from "./watch-status.ts";

export type { WatchedPassage } from "./watch-pictures.ts";
export type { WatchStatus } from "./watch-status.ts";

export interface WatchOptions
  extends Omit<FrameOptions, "smallSide">,
    Pick<ReaderOptions, "engine" | "regions" | "regionStrict" | "candidates" | "modelsFolder"> {
  /** Frames read at once. Default: cores, at most 4. Not used with `frameReader`. */
  readonly workers?: number | undefined;
  /** Share the threads of several cameras; the caller closes it. Default: one of its own. */
  readonly frameReader?: FrameReader | undefined;
  /** Corners of the area that counts, full-frame pixels. Default: everything. */
  readonly roi?: readonly Point[] | undefined;
  /** Tells the direction of those that cross it. */
  readonly line?: CountingLine | undefined;
  /** Passages seen in fewer frames are left out. Default 2. */
  readonly minReads?: number | undefined;
  /** Passages less sure are left out, 0..1. Default 0.5. */
  readonly minConfidence?: number | undefined;
  /** Yield those too, with the text "" and confidence 0: plates that were seen but not read. Default false. */
  readonly unread?: boolean | undefined;
  /** The same plate again within this time joins the passage. Default 5. */
  readonly mergeSeconds?: number | undefined;
  /** Skip frames that show nothing new. Default false. */
  readonly motion?: boolean | undefined;
  /** Also yield a vehicle as soon as its text is this sure, marked as preview; true is 0.9. Default: no. */
  readonly preview?: boolean | number | undefined;
  /** Keep the whole frame that shows the plate best. Default false: the crop only. */
  readonly keepFrames?: boolean | undefined;
  /** Called after every frame. */
  readonly onStatus?: ((status: WatchStatus) => void) | undefined;
  /** Told of tracks that are over, with all reads that passages are made of. */
  readonly onClosed?: ((tracks: readonly Track[]) => void) | undefined;
  /** Sees every frame with the tracks in it, before its memory is used again; awaited. */
  readonly onFrame?: ((view: FrameView) => void | Promise<void>) | undefined;
}

export interface FrameView {
  readonly frame: Frame;
  /** In sight or lost for a moment; trackCorners tells where. */
  readonly tracks: readonly Track[];
  /** What was found in this very frame; null when the motion gate skipped it. */
  readonly found: FrameReply | null;
}

export const WATCH_PREVIEW_CONFIDENCE = 0.9;

/**
 * Yields one passage per vehicle, as it closes. Leaving the loop or aborting `signal` stops ffmpeg; an abort yields
 * the passages under way first. A consumer that is slow slows a file down, and makes a live source drop frames.
 *
 * ```ts
 * for await (const passage of watch("rtsp://camera/1", { regions: ["de"] })) console.log(passage.text);
 * ```
 *
 * @throws PlateKitError as openFrames and createFrameReader; at a video's end also VIDEO_UNREADABLE or STREAM_LOST, after
 *   the passages that could be had.
 */
export async function* watch(source: string, options: WatchOptions = {}): AsyncGenerator<WatchedPassage> {
  const { fps, keyframes, hwaccel, live, stallMs, attempts, backoffMs, startTimeMs, signal, onNotice } = options;
  const passageOptions = toPassageOptions(options);
  await using own = options.frameReader ? undefined : await ownReader(options);
  const reader = options.frameReader ?? own!; // one or the other
  const leaving = new AbortController();
  const frames = await openFrames(source, {
    ...{ fps, keyframes, hwaccel, live, stallMs, attempts, backoffMs, startTimeMs, onNotice },
    signal: signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal,
    smallSide: reader.detectorSide,
  });
  const queue = queueFrames(frames, reader, options);
  const pictures = keepPictures(options.keepFrames ?? false);
  const meter = createMeter(frames);
  let tracker: TrackerState = NO_TRACKS;
  let passages: PassageState = NO_PASSAGES;
  let size = "";
  try {
    for (;;) {
      const next = await queue.next();
      if (next === undefined) break;
      const closed: Track[] = [];
      if (next === "tick") {
        const step = updateTracks(tracker, [], Date.now());
        tracker = step.state;
        closed.push(...step.closed);
      } else {
        const { frame, reply } = next;
        const frameSize = `${frame.image.width}x${frame.image.height}`;
        if (size !== "" && size !== frameSize) {
          const finished = finishTracks(tracker); // old places mean nothing in the new picture
          tracker = finished.state;
          closed.push(...finished.closed);
        }
        size = frameSize;
        if (reply === null) tracker = holdTracks(tracker, frame.timeMs);
        else {
          const step = updateTracks(tracker, reply.reads, frame.timeMs);
          tracker = step.state;
          closed.push(...step.closed);
        }
        const isKept = pictures.look(tracker, frame);
        await options.onFrame?.({ frame, tracks: tracker.tracks, found: reply });
        if (!isKept) frame.release();
        meter.count(frame, reply);
      }
      const merged = await readMerged(closed, reader, passageOptions);
      options.onClosed?.(merged);
      const step = updatePassages(passages, tracker, merged, passageOptions);
      passages = step.state;
      meter.passed(step.passages.length);
      options.onStatus?.(meter.status(tracker.tracks.length));
      for (const made of [...step.previews, ...step.passages]) yield pictures.illustrate(made);
      pictures.forget(tracker, passages);
    }
    const rest = await readMerged(finishTracks(tracker).closed, reader, passageOptions);
    options.onClosed?.(rest);
    const last = finishPassages(passages, rest, passageOptions);
    meter.passed(last.passages.length);
    for (const made of last.passages) yield pictures.illustrate(made);
    options.onStatus?.(meter.status(0));
    const failure = queue.failure();
    if (failure !== undefined) throw failure;
  } finally {
    leaving.abort(); // a silent stream would keep the queue waiting
    await queue.stop();
  }
}

/** The passage as it is stored and sent: without its pictures and single reads. */
export function onWire({ crop: _crop, frame: _frame, reads: _reads, ...passage }: WatchedPassage): Passage {
  return passage;
}

function ownReader({
  engine,
  regions,
  regionStrict,
  candidates,
  modelsFolder,
  workers,
}: WatchOptions): Promise<FrameReader> {
  const given = { engine, regions, regionStrict, candidates, modelsFolder };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return createFrameReader({ ...(set as ReaderOptions), workers: workers ?? suitableWorkers(Number.MAX_SAFE_INTEGER) });
}

/** @throws PlateKitError OPTION_INVALID. */
function toPassageOptions(options: WatchOptions): PassageOptions {
  const { minReads = PASSAGE_DEFAULTS.minReads, minConfidence = PASSAGE_DEFAULTS.minConfidence, preview } = options;
  const { mergeSeconds = PASSAGE_DEFAULTS.mergeMs / 1000, fps, roi } = options;
  if (!(minReads >= 1)) throw invalid("minReads", "1 or more", minReads);
  if (!(minConfidence >= 0 && minConfidence <= 1)) throw invalid("minConfidence", "from 0 to 1", minConfidence);
  if (!(mergeSeconds >= 0)) throw invalid("mergeSeconds", "0 or more", mergeSeconds);
  if (fps !== undefined && !(fps > 0 && fps <= 1000)) throw invalid("fps", "above 0 and at most 1000", fps);
  if (roi !== undefined && roi.length < 3) throw invalid("roi", "three corners or more", roi.length);
  const threshold =
    preview === true ? WATCH_PREVIEW_CONFIDENCE : preview === false || preview === undefined ? null : preview;
  if (threshold !== null && !(threshold >= 0 && threshold <= 1)) throw invalid("preview", "from 0 to 1", threshold);
  const { regions = [], regionStrict = false, candidates = 5 } = options;
  return {
    ...PASSAGE_DEFAULTS,
    ...{ minReads, minConfidence, previewConfidence: threshold, unread: options.unread ?? false },
    mergeMs: mergeSeconds * 1000,
    line: options.line ?? null,
    idPrefix: `${randomUUID().slice(0, 8)}-`,
    fuse: { regions, regionStrict, candidates },
  };
}

function invalid(name: string, expected: string, found: unknown): PlateKitError {
  return new PlateKitError("OPTION_INVALID", `${name} must be ${expected}, found ${found}.`);
}
