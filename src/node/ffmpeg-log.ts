/** What ffmpeg says on its standard error: a line a frame, the input's length, complaints. It starts nothing. */
import type { Readable } from "node:stream";
import { redactText } from "./frames-source.ts";

/** A frame as the filter `showinfo` names it. */
export interface FrameLine {
  readonly mediaMs: number | null;
  readonly width: number;
  readonly height: number;
}

export interface FfmpegLog {
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

const MAX_COMPLAINTS = 12;
/** Formats that turn any text or picture into a "video". */
const NO_VIDEO_FORMATS = /^(tty|image2|png_pipe|bmp_pipe|jpeg_pipe|lrc|srt|ass|webvtt)/;

const FRAME_LINE = /^\[Parsed_showinfo.* n: *\d+ pts: *\S+ pts_time:(\S+).* s:(\d+)x(\d+) /;

/** What ffmpeg says of a packet that is not all there, as the last one of a file that was cut, whatever its container. */
const CUT_PACKET =
  /\[(?:warning|error)\] (.*(?:corrupt input packet in stream \d+|partial file|File ended prematurely).*)$/;
/** What ffmpeg says of a web server that names no length and ends: it takes -1 for one. */
const EARLY_END = /^Stream ends prematurely at (\d+), should be 18446744073709551615$/;
/** How a complaint of that begins. */
export const EARLY_END_SAID = "the stream ended after";

/** Frames that decoder threads still hold when the input ends; a packet damaged further back is not where a file ends. */
const HELD_FRAMES = 32;

/** Reads ffmpeg's standard error: frame lines in order, the input's duration, complaints. */
export function readLog(stderr: Readable, secrets: readonly string[], onRefusal: () => void): FfmpegLog {
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
    complaints.push(redactText(text.trim().replace(EARLY_END, `${EARLY_END_SAID} $1 bytes`), secrets).slice(0, 300));
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
