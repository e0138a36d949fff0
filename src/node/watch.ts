/**
 * From a video to its passages: frames, motion gate, reading in threads, tracks, passages. Composes; what each step
 * means stands in core.
 */
import { randomUUID } from "node:crypto";
import { PlateKitError } from "../core/errors.ts";
import type { Point } from "../core/geometry.ts";
import { crop, type Image } from "../core/image.ts";
import { gateMotion, type MotionGate, OPEN_GATE } from "../core/motion.ts";
import {
  finishPassages,
  type MadePassage,
  NO_PASSAGES,
  PASSAGE_DEFAULTS,
  type Passage,
  type PassageOptions,
  type PassageState,
  updatePassages,
} from "../core/passage.ts";
import { finishTracks, holdTracks, NO_TRACKS, type Track, type TrackerState, updateTracks } from "../core/track.ts";
import type { CountingLine } from "../core/zone.ts";
import type { FrameReply } from "./frame-job.ts";
import { createFrameReader, type FrameReader } from "./frame-reader.ts";
import { type Frame, type FrameOptions, type FrameSource, openFrames } from "./frames.ts";
import type { ReaderOptions } from "./read-settings.ts";
import { suitableWorkers } from "./read-settings.ts";

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
  /** Sees every frame with the tracks in it, before its memory is used again; awaited. */
  readonly onFrame?: ((view: FrameView) => void | Promise<void>) | undefined;
}

/** A passage with its pictures; `onWire` leaves them out. */
export interface WatchedPassage extends Passage {
  /** The plate with its surroundings, at the best moment. */
  readonly crop: Image | null;
  /** The whole frame at that moment, when `keepFrames` asked for it. */
  readonly frame: Image | null;
}

export interface FrameView {
  readonly frame: Frame;
  /** In sight or lost for a moment; trackCorners tells where. */
  readonly tracks: readonly Track[];
  /** What was found in this very frame; null when the motion gate skipped it. */
  readonly found: FrameReply | null;
}

export interface WatchStatus {
  /** Looked at, skipped by the motion gate, dropped since newer ones had come. */
  readonly frames: number;
  readonly still: number;
  readonly dropped: number;
  readonly reconnects: number;
  /** Frames a second, over the last few seconds. */
  readonly fps: number;
  /** How old the frame is now; of live sources only. */
  readonly lagMs: number | null;
  readonly tracks: number;
  readonly passages: number;
  readonly timeMs: number;
  readonly durationMs: number | null;
  /** Milliseconds of work in the threads so far. */
  readonly workMs: { readonly detect: number; readonly read: number };
}

export const WATCH_PREVIEW_CONFIDENCE = 0.9;

/** A live source that is silent for this long lets time pass, so that passages still close. */
const TICK_MS = 1000;
/** Around the plate in its crop, as a share of its width and height. */
const CROP_MARGIN = 0.3;
/** A later picture must tell this much more to replace the one kept. */
const BETTER = 1.15;

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
      const step = updatePassages(passages, tracker, closed, passageOptions);
      passages = step.state;
      meter.passed(step.passages.length);
      options.onStatus?.(meter.status(tracker.tracks.length));
      for (const made of [...step.previews, ...step.passages]) yield pictures.illustrate(made);
      pictures.forget(tracker, passages);
    }
    const last = finishPassages(passages, finishTracks(tracker).closed, passageOptions);
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

/** The passage as it is stored and sent: without its pictures. */
export function onWire({ crop: _crop, frame: _frame, ...passage }: WatchedPassage): Passage {
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
    ...{ minReads, minConfidence, previewConfidence: threshold },
    mergeMs: mergeSeconds * 1000,
    line: options.line ?? null,
    idPrefix: `${randomUUID().slice(0, 8)}-`,
    fuse: { regions, regionStrict, candidates },
  };
}

function invalid(name: string, expected: string, found: unknown): PlateKitError {
  return new PlateKitError("OPTION_INVALID", `${name} must be ${expected}, found ${found}.`);
}

interface ReadFrame {
  readonly frame: Frame;
  /** Null for a frame that shows nothing new. */
  readonly reply: FrameReply | null;
}

interface FrameQueue {
  /** Frames in order, each once it is read; `tick` when a live source is silent; undefined at the end. */
  next(): Promise<ReadFrame | "tick" | undefined>;
  /** What ended the frames, if it was not their end. */
  failure(): unknown;
  stop(): Promise<void>;
}

/** Takes frames ahead, as many as there are threads, so that these work while the consumer does. */
function queueFrames(frames: FrameSource, reader: FrameReader, options: WatchOptions): FrameQueue {
  const waiting: { readonly frame: Frame; readonly work: Promise<FrameReply | null> }[] = [];
  let isOver = false;
  let isStopped = false;
  let failure: unknown;
  let wakeProducer: (() => void) | undefined;
  let wakeConsumer: (() => void) | undefined;
  let gate: MotionGate = OPEN_GATE;

  async function produce(): Promise<void> {
    for await (const frame of frames) {
      let isMoving = true;
      if (options.motion) ({ gate, isMoving } = gateMotion(gate, frame.small ?? frame.image, frame.timeMs));
      const work = isMoving ? read(frame) : Promise.resolve(null);
      work.catch(() => {}); // awaited in next(), perhaps later than it fails
      waiting.push({ frame, work });
      wakeConsumer?.();
      while (waiting.length >= reader.workers && !isStopped) {
        await new Promise<void>((resolve) => {
          wakeProducer = resolve;
        });
      }
      if (isStopped) return;
    }
  }

  async function read({ image, small }: Frame): Promise<FrameReply | null> {
    try {
      return await reader.read({ image, small, roi: options.roi ?? [], detectOnly: false });
    } catch (error) {
      // One frame lost among thousands; what kills every frame (a broken model) ends the watch.
      if (!(error instanceof PlateKitError) || error.code !== "WORKER_FAILED") throw error;
      options.onNotice?.(error.message);
      return null;
    }
  }

  const produced = produce()
    .catch((error: unknown) => {
      failure = error;
    })
    .finally(() => {
      isOver = true;
      wakeConsumer?.();
    });

  return {
    async next() {
      if (waiting.length === 0 && !isOver) {
        await new Promise<void>((resolve) => {
          const timer = frames.stats().isLive ? setTimeout(resolve, TICK_MS) : undefined;
          wakeConsumer = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        if (waiting.length === 0 && !isOver) return "tick";
      }
      const head = waiting[0];
      if (head === undefined) return undefined;
      try {
        return { frame: head.frame, reply: await head.work };
      } finally {
        waiting.shift();
        wakeProducer?.();
      }
    },
    failure: () => failure,
    async stop() {
      isStopped = true;
      wakeProducer?.();
      await produced;
      await Promise.allSettled(waiting.map(({ work }) => work));
    },
  };
}

interface Picture {
  readonly value: number;
  readonly crop: Image;
  readonly frame: Image | null;
}

interface PictureKeeper {
  /** Keeps what is better than before; true when the frame itself was kept. */
  look(tracker: TrackerState, frame: Frame): boolean;
  illustrate(made: MadePassage): WatchedPassage;
  forget(tracker: TrackerState, passages: PassageState): void;
}

/** Of every track the picture that shows its plate best, until its passage is told. */
function keepPictures(keepFrames: boolean): PictureKeeper {
  const best = new Map<number, Picture>();
  return {
    look(tracker, { image }) {
      let isKept = false;
      for (const track of tracker.tracks) {
        const read = track.reads.find(({ timeMs }) => timeMs === tracker.timeMs);
        if (read === undefined || track.lastTimeMs !== tracker.timeMs) continue;
        const value = read.weight * read.read.confidence;
        const before = best.get(track.id);
        if (before !== undefined && value <= BETTER * before.value) continue;
        const [x, y, width, height] = read.read.detection.box;
        const [marginX, marginY] = [CROP_MARGIN * width, CROP_MARGIN * height];
        if (!(x < image.width && y < image.height && x + width > 0 && y + height > 0)) continue;
        const area = [x - marginX, y - marginY, width + 2 * marginX, height + 2 * marginY] as const;
        best.set(track.id, { value, crop: crop(image, area), frame: keepFrames ? image : null });
        isKept ||= keepFrames;
      }
      return isKept;
    },
    illustrate({ passage, trackIds }) {
      const found = trackIds.flatMap((id) => best.get(id) ?? []);
      const picture = found.reduce<Picture | undefined>(
        (a, b) => (a === undefined || b.value > a.value ? b : a),
        undefined,
      );
      return { ...passage, crop: picture?.crop ?? null, frame: picture?.frame ?? null };
    },
    forget(tracker, passages) {
      if (best.size === 0) return;
      const needed = new Set([
        ...tracker.tracks.map(({ id }) => id),
        ...passages.waiting.flatMap(({ trackIds }) => trackIds),
      ]);
      for (const id of best.keys()) if (!needed.has(id)) best.delete(id);
    },
  };
}

interface Meter {
  count(frame: Frame, reply: FrameReply | null): void;
  passed(count: number): void;
  status(tracks: number): WatchStatus;
}

function createMeter(frames: FrameSource): Meter {
  let still = 0;
  let looked = 0;
  let passages = 0;
  let timeMs = 0;
  let detect = 0;
  let read = 0;
  // Frames of about the last three seconds.
  let windowStartMs = performance.now();
  let windowFrames = 0;
  let fps = 0;
  return {
    count(frame, reply) {
      if (reply === null) still++;
      else {
        detect += reply.ms.detect;
        read += reply.ms.read;
      }
      looked++;
      windowFrames++;
      timeMs = frame.timeMs;
      const elapsedMs = performance.now() - windowStartMs;
      if (elapsedMs > 3000 || fps === 0) fps = (windowFrames * 1000) / Math.max(1, elapsedMs);
      if (elapsedMs > 3000) {
        windowStartMs = performance.now();
        windowFrames = 0;
      }
    },
    passed(count) {
      passages += count;
    },
    status(tracks) {
      const { dropped, reconnects, isLive, durationMs } = frames.stats();
      return {
        ...{ frames: looked, still, dropped, reconnects, fps, tracks, passages, timeMs, durationMs },
        lagMs: isLive ? Date.now() - timeMs : null,
        workMs: { detect, read },
      };
    },
  };
}
