/**
 * One run of ffmpeg: decoded frames with their true times, until it ends. It does not reconnect; see frames.ts.
 *
 * Two pipes carry raw RGB, the whole frame and one scaled for the detector. The times come from ffmpeg's `showinfo`
 * filter, one line a frame on its standard error in the order of the frames: raw video has none of its own, and a
 * constant rate would be wrong for every phone and most cameras.
 */
import type { Readable } from "node:stream";
import { letterboxSize } from "../core/detect.ts";
import type { PlateKitError } from "../core/errors.ts";
import type { Image } from "../core/image.ts";
import { type FrameLine, readLog } from "./ffmpeg-log.ts";
import { missingFfmpeg, spawnFfmpeg } from "./ffmpeg-program.ts";
import { createFramePool, type FramePool } from "./frame-pool.ts";
import { nextPair, pictureReader } from "./picture-pipes.ts";

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

export interface FramePools {
  readonly full: FramePool;
  readonly small: FramePool;
}

export function createFramePools(): FramePools {
  return { full: createFramePool(), small: createFramePool() };
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
  /** Memory of the frames. One for all runs of a source: a camera that is connected to again takes no more. */
  readonly pools: FramePools;
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
      const { pools, smallSide } = options;
      const full = pictureReader(child.stdout as Readable, first, pools.full); // piped above
      const small =
        smallSide === null
          ? null
          : pictureReader(child.stdio[3] as Readable, smallSizeOf(first, smallSide), pools.small);
      try {
        for (;;) {
          const pair = await nextPair(full, small);
          if (pair === undefined) break;
          const release = releaseOnce(pools, pair.full, pair.small);
          const line = await log.nextFrame();
          if (line === undefined) {
            release();
            break;
          }
          const isResized = line.width !== first.width || line.height !== first.height;
          yield { mediaMs: line.mediaMs, image: pair.full, small: pair.small, isResized, release };
        }
      } finally {
        for (const picture of full.pictures) pools.full.give(picture);
        for (const picture of small?.pictures ?? []) pools.small.give(picture);
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

function releaseOnce(pools: FramePools, image: Image, small: Image | null): () => void {
  let isReleased = false;
  return () => {
    if (isReleased) return;
    isReleased = true;
    pools.full.give(image);
    if (small !== null) pools.small.give(small);
  };
}
