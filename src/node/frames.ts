/**
 * Frames of a video, stream, device or folder as an AsyncIterable: reconnects live sources, lets the newest frame win
 * there, and drops none of a file. It knows no plates.
 */
import { PlateKitError } from "../core/errors.ts";
import { EARLY_END_SAID } from "./ffmpeg-log.ts";
import { requireFfmpeg } from "./ffmpeg-program.ts";
import { createClock } from "./frames-clock.ts";
import { throwIfHopeless, unreadable } from "./frames-failures.ts";
import { createFramePools, decodeVideo, type Frame } from "./frames-process.ts";
import { type FrameTally, pumpFrames } from "./frames-pump.ts";
import { describeSource, type FrameSourceKind } from "./frames-source.ts";

export type { Frame } from "./frames-process.ts";

export interface FrameOptions {
  /** Most frames a second; in a folder, the rate its pictures were taken at. Default: all; 10 in a folder. */
  readonly fps?: number | undefined;
  /** Only frames that are coded on their own (about one a second): a twelfth of the work. Default false. */
  readonly keyframes?: boolean | undefined;
  /** A method of `ffmpeg -hwaccels`, or `auto`. Default: the processor decodes. */
  readonly hwaccel?: string | undefined;
  /** Also give each frame scaled to this longer side. */
  readonly smallSide?: number | undefined;
  /** Overrides what the source suggests: a live source is reconnected and may drop frames. */
  readonly live?: boolean | undefined;
  /** A live source that is silent for this long is reconnected. Default 10 s. */
  readonly stallMs?: number | undefined;
  /** Failures to connect in a row, after which a live source is given up. Default 10, about two minutes. */
  readonly attempts?: number | undefined;
  /** First delay before a new try; doubles up to a minute, with jitter. Default 500 ms. */
  readonly backoffMs?: number | undefined;
  /** Time of a file's first moment, epoch milliseconds. Default 0: times are those of the clip. */
  readonly startTimeMs?: number | undefined;
  /** Ends the frames; not an error. */
  readonly signal?: AbortSignal | undefined;
  /** Told what happens meanwhile: reconnections, a change of size, pictures that can't be read. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

export const FRAME_DEFAULTS = { stallMs: 10_000, attempts: 10, backoffMs: 500 } as const;

const MAX_BACKOFF_MS = 60_000;
/** A stream that ran this long was well, so that its next failure is a first one. */
const HEALTHY_MS = 10_000;

export interface FrameSource extends AsyncIterable<Frame> {
  /** Fit to be shown: without a password. */
  readonly name: string;
  stats(): FrameStats;
}

export interface FrameStats {
  /** Decoded so far, dropped ones included. */
  readonly frames: number;
  /** Left out since newer ones had come; only live sources drop. */
  readonly dropped: number;
  readonly reconnects: number;
  readonly isLive: boolean;
  /** Length of a file in milliseconds, where its container says so. */
  readonly durationMs: number | null;
}

/**
 * Opens a source: a video file, `rtsp://` and other streams, `http(s)://`, `/dev/video0`, a folder of pictures, or `-`.
 *
 * Iterating throws PlateKitError VIDEO_UNREADABLE after the frames that could be had, STREAM_LOST when a live source
 * stays away or refuses the password.
 *
 * @throws PlateKitError FILE_NOT_FOUND, FILE_UNREADABLE, VIDEO_UNREADABLE, OPTION_INVALID or FFMPEG_MISSING.
 */
export async function openFrames(source: string, options: FrameOptions = {}): Promise<FrameSource> {
  const stallMs = options.stallMs ?? FRAME_DEFAULTS.stallMs;
  // ffmpeg's own limit comes a little later than ours: it only matters should we be gone.
  const kind = await describeSource(source, stallMs + 5000);
  const tally: FrameTally = {
    frames: 0,
    dropped: 0,
    reconnects: 0,
    isLive: options.live ?? kind.isLive ?? false,
    durationMs: null,
  };
  const stats = (): FrameStats => ({ ...tally });
  if (kind.kind === "folder") {
    const { folderFrames } = await import("./frames-folder.ts"); // with the image decoder, which streams don't need
    const frames = await folderFrames(source, options, tally);
    return { name: kind.name, stats, [Symbol.asyncIterator]: () => frames };
  }
  requireFfmpeg();
  return { name: kind.name, stats, [Symbol.asyncIterator]: () => connectedFrames(kind, options, tally) };
}

/** Frames of one connection after the other, with times that never run backwards. */
async function* connectedFrames(
  kind: FrameSourceKind,
  options: FrameOptions,
  tally: FrameTally,
): AsyncGenerator<Frame> {
  const { signal, onNotice } = options;
  const stallMs = options.stallMs ?? FRAME_DEFAULTS.stallMs;
  const attempts = options.attempts ?? FRAME_DEFAULTS.attempts;
  const clock = createClock(tally, options.startTimeMs ?? 0);
  const pools = createFramePools();
  let failures = 0;
  while (!signal?.aborted) {
    const startedMs = performance.now();
    const framesBefore = tally.frames;
    const run = decodeVideo({
      inputArguments: kind.inputArguments,
      secrets: kind.secrets,
      usesStdin: kind.kind === "stdin",
      fps: options.fps ?? null,
      keyframes: options.keyframes ?? false,
      hwaccel: options.hwaccel ?? null,
      smallSide: options.smallSide ?? null,
      pools,
      isLive: tally.isLive,
    });
    let reason: "ended" | "stalled" | "resized" = "ended";
    try {
      const pump = pumpFrames(run, { ...options, stallMs }, kind, tally);
      for await (const raw of pump.frames) {
        tally.durationMs = run.durationMs();
        yield {
          index: raw.index,
          timeMs: clock.timeOf(raw.mediaMs),
          image: raw.image,
          small: raw.small,
          release: raw.release,
        };
      }
      reason = pump.reason();
    } finally {
      run.stop(); // also when the consumer leaves the loop
    }
    const end = await run.ended;
    clock.restart();
    if (signal?.aborted) return;
    // An address that gave nothing may be a camera that is starting, or the wrong password.
    const mayComeYet = kind.isLive === undefined && options.live === undefined && tally.frames === 0;
    if (!tally.isLive && !mayComeYet) {
      if (end.code === 0 && tally.frames > 0 && !end.isCutShort) return;
      throw unreadable(kind, end, tally.frames);
    }
    if (reason === "resized") {
      onNotice?.(`${kind.name}: the picture has a new size; connecting again.`);
      continue;
    }
    const isNew = tally.frames === 0;
    if (isNew) throwIfHopeless(kind, end);
    failures = tally.frames > framesBefore && performance.now() - startedMs > HEALTHY_MS ? 1 : failures + 1;
    const isReached = end.complaints.some((complaint) => complaint.startsWith(EARLY_END_SAID));
    const cause =
      reason === "stalled" ? "is silent" : !isNew ? "broke off" : isReached ? "sent no picture" : "cannot be reached";
    if (failures >= attempts) {
      const said = end.complaints[0] === undefined ? "" : ` (${end.complaints[0]})`;
      throw new PlateKitError(
        "STREAM_LOST",
        `${kind.name}: ${cause}${said}; gave up after ${failures} tries. Check power, network and address of the camera.`,
      );
    }
    const delayMs = backoff(failures, options.backoffMs ?? FRAME_DEFAULTS.backoffMs);
    onNotice?.(`${kind.name}: ${cause}; next try in ${(delayMs / 1000).toFixed(1)} s.`);
    await pause(delayMs, signal);
    tally.reconnects++;
  }
}

/** Delay before the given try: doubling, and from half to one and a half of it, so that cameras don't return in step. */
export function backoff(failures: number, firstMs: number, random: () => number = Math.random): number {
  return Math.min(MAX_BACKOFF_MS, firstMs * 2 ** (failures - 1)) * (0.5 + random());
}

/** Waits, or less when aborted. */
async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, delayMs);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    signal?.addEventListener("abort", done);
  });
}
