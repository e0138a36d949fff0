/**
 * One run of ffmpeg: decoded frames with their true times, until it ends. It does not reconnect; see frames.ts.
 *
 * Two pipes carry raw RGB, the whole frame and one scaled for the detector. The times come from ffmpeg's `showinfo`
 * filter, one line a frame on its standard error in the order of the frames: raw video has none of its own, and a
 * constant rate would be wrong for every phone and most cameras.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import type { Readable } from "node:stream";
import { letterboxSize } from "../core/detect.ts";
import { PlateKitError } from "../core/errors.ts";
import type { Image } from "../core/image.ts";
import { createFramePool, type FramePool } from "./frame-pool.ts";
import { redactText } from "./frames-source.ts";

/** A picture of a video. `release` gives its memory back for the next one; a frame that is kept needs no release. */
export interface Frame {
  /** Counted from 0 in a source, dropped frames included. */
  readonly index: number;
  /** Milliseconds: of the clip in files, since the epoch on live sources. */
  readonly timeMs: number;
  readonly image: Image;
  /** The same scaled so that the longer side has the length asked for; null when none was asked for. */
  readonly small: Image | null;
  release(): void;
}

export interface DecodeOptions {
  readonly inputArguments: readonly string[];
  readonly secrets: readonly string[];
  readonly usesStdin: boolean;
  /** Most frames a second, in the times of the source; null for all. */
  readonly fps: number | null;
  readonly keyframes: boolean;
  /** A method of `ffmpeg -hwaccels`, or `auto`; null decodes on the processor. */
  readonly hwaccel: string | null;
  /** Longer side of `small`; null for none. */
  readonly smallSide: number | null;
  /** Decode each frame as it comes. Threads that take a frame each hold two of them back: 0.4 s at 5 frames a second. */
  readonly isLive: boolean;
}

/** What one run of ffmpeg tells besides its frames. */
export interface DecodeRun {
  /** Frames of one size each; ends with ffmpeg, or when `stop` was called. */
  frames(): AsyncGenerator<RawFrame>;
  /** Kills ffmpeg; safe to call at any time. */
  stop(): void;
  /** Resolves once ffmpeg is gone. */
  readonly ended: Promise<DecodeEnd>;
  /** Of the container, milliseconds; null while unknown and for endless ones. */
  durationMs(): number | null;
  readonly pid: number | undefined;
}

/** A frame with the time the container gives it, null when it gives none. */
export interface RawFrame {
  readonly mediaMs: number | null;
  readonly image: Image;
  readonly small: Image | null;
  /** The source now has another size than its first frame; this frame was scaled to that. */
  readonly isResized: boolean;
  release(): void;
}

export interface DecodeEnd {
  /** Null when it was killed. */
  readonly code: number | null;
  /** What ffmpeg complained of last, secrets hidden; at most MAX_COMPLAINTS lines. */
  readonly complaints: readonly string[];
  /** The input ends within a packet. ffmpeg reads what is there, and ends with code 0. */
  readonly isCutShort: boolean;
}

interface FrameLine {
  readonly mediaMs: number | null;
  readonly width: number;
  readonly height: number;
}

const MAX_COMPLAINTS = 12;
const INSTALL_HINT =
  "Install it: `apt-get install ffmpeg` (Debian, Ubuntu), `brew install ffmpeg` (macOS), `winget install ffmpeg` (Windows).";

/** Formats that turn any text or picture into a "video". */
const NO_VIDEO_FORMATS = /^(tty|image2|png_pipe|bmp_pipe|jpeg_pipe|lrc|srt|ass|webvtt)/;

/** @throws PlateKitError FFMPEG_MISSING. */
export function decodeVideo(options: DecodeOptions): DecodeRun {
  const child = spawnFfmpeg(ffmpegArguments(options), {
    stdio: [options.usesStdin ? "inherit" : "ignore", "pipe", "pipe", options.smallSide === null ? "ignore" : "pipe"],
  });
  const log = readLog(child.stderr as Readable, options.secrets, () => child.kill("SIGKILL")); // piped above
  let startFailure: PlateKitError | undefined;
  const exit = new Promise<number | null>((resolve) => {
    child.once("exit", resolve);
    child.once("error", (cause) => {
      startFailure = missingFfmpeg(cause);
      log.end();
      resolve(null);
    });
  });
  const ended = Promise.all([exit, log.ended]).then(([code]) => ({
    code,
    complaints: log.complaints(),
    isCutShort: log.isCutShort(),
  }));
  const stop = (): void => {
    child.kill("SIGKILL");
    for (const stream of child.stdio) stream?.destroy();
    log.end();
  };

  async function* frames(): AsyncGenerator<RawFrame> {
    const first = await log.firstFrame();
    if (startFailure) throw startFailure;
    if (first !== undefined) {
      const pools = { full: createFramePool(), small: createFramePool() };
      const full = pictureReader(child.stdout as Readable, first, pools.full); // piped above
      const small =
        options.smallSide === null
          ? null
          : pictureReader(child.stdio[3] as Readable, smallSizeOf(first, options.smallSide), pools.small);
      for (;;) {
        const pair = await nextPair(full, small);
        const line = pair && (await log.nextFrame());
        if (pair === undefined || line === undefined) break;
        yield {
          mediaMs: line.mediaMs,
          image: pair.full,
          small: pair.small,
          isResized: line.width !== first.width || line.height !== first.height,
          release: releaseOnce(pools, pair.full, pair.small),
        };
      }
    }
    await ended; // so that the exit code is ffmpeg's own, and not that of being stopped
  }

  return { frames, stop, ended, durationMs: log.durationMs, pid: child.pid };
}

function ffmpegArguments(options: DecodeOptions): string[] {
  const { inputArguments, fps, keyframes, hwaccel, smallSide, isLive } = options;
  const output = ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24"];
  // A hair less than the interval, since times are rounded: 25 frames a second thin out to an even 5.
  const thin =
    fps === null ? "" : `select=isnan(prev_selected_t)+gte(t-prev_selected_t\\,${(1 / fps - 0.002).toFixed(6)}),`;
  const filter = `[0:v:0]${thin}showinfo=checksum=0`;
  const side = smallSide ?? 0;
  const scaled = (axis: "iw" | "ih"): string => `max(1\\,round(${axis}*${side}/max(iw\\,ih)))`;
  const outputs =
    smallSide === null
      ? ["-filter_complex", `${filter}[full]`, "-map", "[full]", ...output, "pipe:1"]
      : [
          "-filter_complex",
          `${filter},split=2[full][copy];[copy]scale=w=${scaled("iw")}:h=${scaled("ih")}:flags=area[small]`,
          ...["-map", "[full]", ...output, "pipe:1", "-map", "[small]", ...output, "pipe:3"],
        ];
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+info"],
    ...(hwaccel === null ? [] : ["-hwaccel", hwaccel]),
    ...(keyframes ? ["-skip_frame", "nokey"] : []),
    ...(isLive ? ["-thread_type", "slice"] : []),
    ...inputArguments,
    ...outputs,
  ];
}

/** The size `scale` makes; the same rule as the detector's own. */
function smallSizeOf({ width, height }: FrameLine, longSide: number): { width: number; height: number } {
  const { contentWidth, contentHeight } = letterboxSize(width, height, { longSide, multiple: 1 });
  return { width: contentWidth, height: contentHeight };
}

/**
 * Starts ffmpeg so that it can't outlive this process. Its pipes break with us, which ends it at its next frame; where
 * util-linux's `setpriv` is at hand the kernel also kills it at once, even if its camera is silent.
 */
export function spawnFfmpeg(
  args: readonly string[],
  options: { readonly stdio: ("inherit" | "ignore" | "pipe")[] },
): ChildProcess {
  if (hasParentDeathSignal()) {
    return spawn("setpriv", ["--pdeathsig", "KILL", "--", "ffmpeg", ...args], options);
  }
  return spawn("ffmpeg", [...args], options);
}

let parentDeathSignal: boolean | undefined; // pure memo
function hasParentDeathSignal(): boolean {
  parentDeathSignal ??=
    process.platform === "linux" &&
    spawnSync("setpriv", ["--pdeathsig", "KILL", "--", "true"], { stdio: "ignore" }).status === 0;
  return parentDeathSignal;
}

let isFfmpegFound = false; // pure memo
/** @throws PlateKitError FFMPEG_MISSING when there is no ffmpeg on PATH, or one too old. */
export function requireFfmpeg(): void {
  if (isFfmpegFound) return;
  const found = spawnSync("ffmpeg", ["-hide_banner", "-version"], { encoding: "utf8" });
  if (found.error || found.status !== 0) throw missingFfmpeg(found.error);
  const version = /^ffmpeg version n?(\d+)\.(\d+)/.exec(found.stdout);
  if (version && Number(version[1]) * 100 + Number(version[2]) < 501) {
    throw new PlateKitError(
      "FFMPEG_MISSING",
      `ffmpeg ${version[1]}.${version[2]} is too old, 5.1 or newer is needed. ${INSTALL_HINT}`,
    );
  }
  isFfmpegFound = true;
}

function missingFfmpeg(cause: unknown): PlateKitError {
  return new PlateKitError("FFMPEG_MISSING", `Video needs the program ffmpeg, which was not found. ${INSTALL_HINT}`, {
    cause,
  });
}

interface FfmpegLog {
  /** The first frame's line, which nextFrame gives once more. */
  firstFrame(): Promise<FrameLine | undefined>;
  /** The next frame's line; undefined once there will be no more. */
  nextFrame(): Promise<FrameLine | undefined>;
  complaints(): readonly string[];
  isCutShort(): boolean;
  durationMs(): number | null;
  /** Once ffmpeg has said its last. */
  readonly ended: Promise<void>;
  end(): void;
}

const FRAME_LINE = /^\[Parsed_showinfo.* n: *\d+ pts: *\S+ pts_time:(\S+).* s:(\d+)x(\d+) /;

/** What ffmpeg says of a packet that is not all there, as the last one of a file that was cut, whatever its container. */
const CUT_PACKET =
  /\[(?:warning|error)\] (.*(?:corrupt input packet in stream \d+|partial file|File ended prematurely).*)$/;
/** Frames that decoder threads still hold when the input ends; a packet damaged further back is not where a file ends. */
const HELD_FRAMES = 32;

/** Reads ffmpeg's standard error: frame lines in order, the input's duration, complaints. */
function readLog(stderr: Readable, secrets: readonly string[], onRefusal: () => void): FfmpegLog {
  const lines: FrameLine[] = [];
  const complaints: string[] = [];
  let durationMs: number | null = null;
  let frames = 0;
  let framesAtCut = -Infinity;
  /** A transport stream has no end of its own, and its packets count as damaged where two recordings meet. */
  let mayEndAnywhere = false;
  let wake: (() => void) | undefined;
  let over: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  let isOver = false;
  let isRefused = false;
  let rest = "";
  stderr.setEncoding("utf8");
  stderr.on("data", (text: string) => {
    const parts = (rest + text).split(/[\r\n]+/);
    rest = parts.pop()!.slice(-4096); // split gives one part at least
    for (const part of parts) take(part);
    wake?.();
  });
  stderr.on("close", end);
  stderr.on("error", end);

  function end(): void {
    isOver = true;
    over();
    wake?.();
  }

  function take(line: string): void {
    const frame = FRAME_LINE.exec(line);
    if (frame) {
      frames++;
      const seconds = Number(frame[1]); // NOPTS is no number
      lines.push({
        mediaMs: Number.isFinite(seconds) ? seconds * 1000 : null,
        width: Number(frame[2]),
        height: Number(frame[3]),
      });
      return;
    }
    const duration = /Duration: (\d+):(\d+):([\d.]+)/.exec(line);
    if (duration) durationMs = ((Number(duration[1]) * 60 + Number(duration[2])) * 60 + Number(duration[3])) * 1000;
    const format = /Input #0, (\S+), from/.exec(line);
    if (format?.[1] === "mpegts") mayEndAnywhere = true;
    if (format && NO_VIDEO_FORMATS.test(format[1]!)) {
      complain(`it is a text or a single picture (${format[1]!.split(",")[0]})`);
      isRefused = true;
      onRefusal();
    }
    const cut = CUT_PACKET.exec(line);
    if (cut && !mayEndAnywhere) framesAtCut = frames;
    const complaint = cut ?? /\[(?:error|fatal|panic)\] (.+)$/.exec(line);
    if (complaint) complain(complaint[1]!);
  }

  function complain(text: string): void {
    complaints.push(redactText(text.trim(), secrets).slice(0, 300));
    if (complaints.length > MAX_COMPLAINTS) complaints.splice(1, 1); // the first is the cause, the last the end
  }

  async function firstFrame(): Promise<FrameLine | undefined> {
    while (lines.length === 0 && !isOver) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return isRefused ? undefined : lines[0];
  }

  return {
    firstFrame,
    async nextFrame() {
      const line = await firstFrame();
      lines.shift();
      return line;
    },
    complaints: () => complaints,
    isCutShort: () => frames - framesAtCut <= HELD_FRAMES,
    durationMs: () => durationMs,
    ended,
    end,
  };
}

/** Pictures read off one pipe, in order. */
interface PictureReader {
  readonly pictures: Image[];
  /** Resolves when there is one picture more, or there will be none. Called again before, it is the same promise. */
  readMore(): Promise<void>;
  isOver(): boolean;
}

/**
 * The next picture of both pipes. While one pipe has none, the other is read on: at its end ffmpeg writes several
 * frames to one before it turns to the other, and would wait for us for ever.
 */
async function nextPair(
  full: PictureReader,
  small: PictureReader | null,
): Promise<{ full: Image; small: Image | null } | undefined> {
  const readers = small === null ? [full] : [full, small];
  while (readers.some(({ pictures }) => pictures.length === 0)) {
    if (readers.some(({ pictures, isOver }) => pictures.length === 0 && isOver())) return undefined;
    await Promise.race(readers.filter(({ isOver }) => !isOver()).map((reader) => reader.readMore()));
  }
  return { full: full.pictures.shift()!, small: small === null ? null : small.pictures.shift()! }; // one each, as seen
}

function pictureReader(
  stream: Readable,
  { width, height }: { width: number; height: number },
  pool: FramePool,
): PictureReader {
  const fill = exactReader(stream);
  const pictures: Image[] = [];
  let isOver = false;
  let reading: Promise<void> | undefined;
  async function read(): Promise<void> {
    const picture = pool.take(width, height);
    if (await fill(picture.data)) pictures.push(picture);
    else isOver = true;
    reading = undefined;
  }
  return {
    pictures,
    isOver: () => isOver,
    readMore() {
      reading ??= read();
      return reading;
    },
  };
}

/** A function that fills a buffer from the stream, byte for byte; false when the stream ends before it is full. */
function exactReader(stream: Readable): (target: Uint8Array) => Promise<boolean> {
  let chunk: Uint8Array = new Uint8Array(0);
  let rest = chunk;
  let isOver = false;
  let wake: (() => void) | undefined;
  const over = (): void => {
    isOver = true;
    wake?.();
  };
  stream.on("end", over);
  stream.on("close", over);
  stream.on("error", over); // a reset is an end; ffmpeg's log has the reason
  stream.on("readable", () => wake?.());
  return async (target) => {
    let filled = 0;
    for (;;) {
      if (rest.length > 0) {
        const taken = rest.subarray(0, target.length - filled);
        target.set(taken, filled);
        filled += taken.length;
        rest = rest.subarray(taken.length);
        if (rest.length === 0) freeChunk(chunk);
      }
      if (filled === target.length) return true;
      const next = stream.read() as Uint8Array | null;
      if (next !== null) {
        chunk = next;
        rest = next;
      } else if (isOver) return false;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  };
}

/**
 * Gives the memory of a chunk that was copied back at once. Left to the collector, which sees a few small objects and not
 * the 64 KB behind each, it piles up for seconds: 55 MB a second for four streams.
 */
function freeChunk({ buffer, byteLength }: Uint8Array): void {
  // A chunk that is a part of its buffer shares it with others of Node's own.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

function releaseOnce(pools: { full: FramePool; small: FramePool }, image: Image, small: Image | null): () => void {
  let isReleased = false;
  return () => {
    if (isReleased) return;
    isReleased = true;
    pools.full.give(image);
    if (small !== null) pools.small.give(small);
  };
}
