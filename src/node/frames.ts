/**
 * Frames of a video, stream, device or folder as an AsyncIterable: reconnects live sources, lets the newest frame win
 * there, and drops none of a file. It knows no plates.
 */
import { PlateKitError } from "../core/errors.ts";
import { requireFfmpeg } from "./ffmpeg-program.ts";
import {
  createFramePools,
  type DecodeEnd,
  type DecodeRun,
  decodeVideo,
  type Frame,
  type RawFrame,
} from "./frames-process.ts";
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
/** A camera's clock that moves by so much more or less than ours from one frame to the next was set. */
const MAX_CLOCK_JUMP_MS = 10_000;
/** Quartz clocks part by less than this share; it only has to be more than they do. */
const CLOCK_DRIFT = 0.0005;
/** Between frames whose container gives no times. */
const GUESSED_INTERVAL_MS = 40;

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

/** What a run of frames counts up as it goes. */
interface Tally {
  frames: number;
  dropped: number;
  reconnects: number;
  isLive: boolean;
  durationMs: number | null;
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
  const tally: Tally = {
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
async function* connectedFrames(kind: FrameSourceKind, options: FrameOptions, tally: Tally): AsyncGenerator<Frame> {
  const { signal, onNotice } = options;
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
      const pump = pumpFrames(run, options, kind, tally);
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
    const cause = reason === "stalled" ? "is silent" : isNew ? "cannot be reached" : "broke off";
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

interface NumberedFrame extends RawFrame {
  readonly index: number;
}

interface Pump {
  readonly frames: AsyncGenerator<NumberedFrame>;
  reason(): "ended" | "stalled" | "resized";
}

/**
 * Takes frames off ffmpeg. Live ones at once, the newest replacing one that nobody has taken yet; those of files only
 * when the last was taken, so that ffmpeg waits.
 */
function pumpFrames(run: DecodeRun, options: FrameOptions, kind: FrameSourceKind, tally: Tally): Pump {
  let reason: ReturnType<Pump["reason"]> = "ended";
  let waiting: NumberedFrame | undefined;
  let isOver = false;
  let failure: unknown;
  let wakeConsumer: (() => void) | undefined;
  let wakeProducer: (() => void) | undefined;
  let isResizeTold = false;
  const stall = stallTimer(options.stallMs ?? FRAME_DEFAULTS.stallMs, () => {
    reason = "stalled";
    run.stop();
  });
  const onAbort = (): void => run.stop();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  if (options.signal?.aborted) run.stop();
  if (tally.isLive) stall.restart();

  async function produce(): Promise<void> {
    for await (const raw of run.frames()) {
      // An address of the web is live when its length is not known.
      if (tally.frames === 0 && kind.isLive === undefined && options.live === undefined)
        tally.isLive = run.durationMs() === null;
      const frame = { ...raw, index: tally.frames++ };
      if (tally.isLive) stall.restart();
      if (raw.isResized && tally.isLive) {
        reason = "resized";
        frame.release();
        run.stop();
        return;
      }
      if (raw.isResized && !isResizeTold) {
        isResizeTold = true;
        options.onNotice?.(`${kind.name}: the picture changes its size; the rest is scaled to the first one.`);
      }
      if (waiting !== undefined && tally.isLive) {
        waiting.release();
        tally.dropped++;
        waiting = undefined;
      }
      waiting = frame;
      wakeConsumer?.();
      while (!tally.isLive && waiting !== undefined && !isOver) {
        await new Promise<void>((resolve) => {
          wakeProducer = resolve;
        });
      }
    }
  }

  async function* frames(): AsyncGenerator<NumberedFrame> {
    const produced = produce()
      .catch((error: unknown) => {
        failure = error;
      })
      .finally(() => {
        isOver = true;
        wakeConsumer?.();
      });
    try {
      for (;;) {
        while (waiting === undefined && !isOver) {
          await new Promise<void>((resolve) => {
            wakeConsumer = resolve;
          });
        }
        const frame = waiting;
        if (frame === undefined) break;
        waiting = undefined;
        wakeProducer?.();
        yield frame;
      }
      if (failure !== undefined) throw failure;
    } finally {
      stall.stop();
      options.signal?.removeEventListener("abort", onAbort);
      isOver = true;
      run.stop();
      wakeProducer?.();
      await produced;
      waiting?.release();
    }
  }

  return { frames: frames(), reason: () => reason };
}

function stallTimer(limitMs: number, onStall: () => void): { restart(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    restart() {
      // refresh() keeps the one timer: this runs on every frame.
      if (timer) timer.refresh();
      else timer = setTimeout(onStall, limitMs);
    },
    stop: () => clearTimeout(timer),
  };
}

/**
 * Times of frames: of the clip in files, of our clock on live sources; never running backwards.
 *
 * A live frame happened no later than it came, and the one that came quickest tells how far the camera's clock is off
 * ours: the first frames come late, after ffmpeg has looked at the stream, and then in a burst.
 */
export function createClock(
  tally: Pick<Tally, "isLive">,
  startTimeMs: number,
  clockMs: () => number = Date.now,
): { timeOf(mediaMs: number | null): number; restart(): void } {
  let offsetMs: number | undefined;
  let lastMediaMs = 0;
  let lastNowMs = 0;
  let lastMs = -Infinity;

  function liveTime(mediaMs: number | null): number {
    const nowMs = clockMs();
    // Taken for as late as the frame before it: were it taken for new, those that follow would all get its time.
    if (mediaMs === null) return offsetMs === undefined ? nowMs : lastMediaMs + offsetMs + nowMs - lastNowMs;
    const jumpMs = Math.abs(mediaMs - lastMediaMs - (nowMs - lastNowMs));
    if (offsetMs === undefined || jumpMs > MAX_CLOCK_JUMP_MS) offsetMs = nowMs - mediaMs;
    // Its clock may also be slower than ours.
    else offsetMs = Math.min(offsetMs + CLOCK_DRIFT * (nowMs - lastNowMs), nowMs - mediaMs);
    lastMediaMs = mediaMs;
    lastNowMs = nowMs;
    return mediaMs + offsetMs;
  }

  function clipTime(mediaMs: number | null): number {
    offsetMs ??= startTimeMs;
    if (mediaMs === null) return lastMs === -Infinity ? offsetMs : lastMs + GUESSED_INTERVAL_MS;
    // A recording put together of several: its clock jumps back, ours goes on.
    if (mediaMs + offsetMs < lastMs) offsetMs = lastMs + GUESSED_INTERVAL_MS - mediaMs;
    return mediaMs + offsetMs;
  }

  return {
    timeOf(mediaMs) {
      lastMs = Math.max(lastMs, tally.isLive ? liveTime(mediaMs) : clipTime(mediaMs));
      return lastMs;
    },
    restart() {
      if (tally.isLive) offsetMs = undefined;
    },
  };
}

/** Failures that a new try won't mend are told at once; a wrong password tried again and again locks accounts. */
function throwIfHopeless(kind: FrameSourceKind, { complaints }: DecodeEnd): void {
  const all = complaints.join("\n");
  const said = complaints[0] ?? "";
  // The numbers only after ffmpeg's own words: an address may hold them too, in its port say.
  if (/(?:error|failed:|returned) 40[13]\b|[Uu]nauthori[sz]ed|[Ff]orbidden/.test(all)) {
    throw new PlateKitError(
      "STREAM_LOST",
      `${kind.name}: refuses the user name or password (${firstMatch(all, /\b40[13] [^\n]*/) ?? said}); check both.`,
    );
  }
  if (/(?:error|failed:|returned) 404\b|Not Found/.test(all)) {
    throw new PlateKitError(
      "STREAM_LOST",
      `${kind.name}: the host has no such stream (404); check the path after the host.`,
    );
  }
  if (/Invalid data|matches no streams|does not contain any stream|it is a text|Protocol not found/.test(all)) {
    throw new PlateKitError(
      "VIDEO_UNREADABLE",
      `${kind.name}: is no video that ffmpeg knows (${said}); check the address.`,
    );
  }
  if (kind.kind === "device" && complaints.length > 0) {
    throw new PlateKitError(
      "VIDEO_UNREADABLE",
      `${kind.name}: cannot be used as a camera (${said}); check that it is one and free.`,
    );
  }
}

function unreadable(kind: FrameSourceKind, { complaints, code }: DecodeEnd, frames: number): PlateKitError {
  const all = complaints.join("\n");
  const said = complaints[0] ?? `ffmpeg ended with code ${code}`;
  if (frames > 0) {
    return new PlateKitError(
      "VIDEO_UNREADABLE",
      `${kind.name}: breaks off after ${frames} frames (${complaints.at(-1) ?? said}); the rest is damaged or missing.`,
    );
  }
  if (/matches no streams|does not contain any stream|no video/i.test(all)) {
    return new PlateKitError("VIDEO_UNREADABLE", `${kind.name}: has no video in it, perhaps only sound.`);
  }
  if (/Permission denied/.test(all)) {
    return new PlateKitError("FILE_UNREADABLE", `${kind.name}: may not be read (permission denied).`);
  }
  if (/hwaccel|hw_device|[Dd]evice creation failed|No device available/.test(all)) {
    return new PlateKitError(
      "OPTION_INVALID",
      `${kind.name}: hardware decoding failed (${said}); see \`ffmpeg -hwaccels\`, or leave the option out.`,
    );
  }
  return new PlateKitError("VIDEO_UNREADABLE", `${kind.name}: is no video that ffmpeg can read (${said}).`);
}

function firstMatch(text: string, pattern: RegExp): string | undefined {
  return pattern.exec(text)?.[0];
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
