/** `platekit watch`: one line a vehicle, from a video, a stream, a camera or a folder of frames. */
import { PlateKitError } from "../core/errors.ts";
import type { Point } from "../core/geometry.ts";
import { redactUrl } from "../node/frames-source.ts";
import { MAX_CANDIDATES, MAX_WORKERS } from "../node/read-settings.ts";
import { type WatchOptions, type WatchStatus, watch } from "../node/watch.ts";
import { keepYoungMemorySmall } from "../node/young-memory.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";
import { regionCodes } from "./region-option.ts";
import { createAnnotation } from "./watch-annotation.ts";
import {
  openEventLog,
  passageLine,
  passageRecord,
  type SavedPictures,
  savePictures,
  statusLine,
} from "./watch-output.ts";
import { writeText } from "./write-text.ts";

const OPTIONS = {
  json: { type: "flag", help: "print one line of JSON a passage" },
  preview: { type: "flag", help: "also tell a vehicle at its first sure read, marked as preview: for gates" },
  events: { type: "text", value: "FILE", help: "append every passage to FILE, on the disk before it is printed" },
  save: { type: "text", value: "DIR", help: "write the best crop and the best frame of every passage" },
  annotate: { type: "text", value: "OUT.mp4", help: "write the video with plates, tracks and texts drawn on it" },
  fps: {
    type: "number",
    value: "N",
    min: 0.01,
    max: 1000,
    help: "look at N frames a second at most; the rate of a folder",
  },
  roi: { type: "points", value: "x,y x,y x,y ...", help: "only plates in this area, in pixels of the frame" },
  line: { type: "points", value: "x,y x,y", help: "tell in or out: in crosses it from left to right, seen along it" },
  "min-reads": {
    type: "number",
    value: "N",
    min: 1,
    integer: true,
    help: "frames a plate must be seen in (default 2)",
  },
  "min-confidence": { type: "number", value: "P", min: 0, max: 1, help: "leave out passages less sure (default 0.5)" },
  unread: { type: "flag", help: "also tell plates that can't be read, without a text: for counting" },
  "merge-seconds": {
    type: "number",
    value: "S",
    min: 0,
    help: "the same plate within S is the same passage (default 5)",
  },
  keyframes: { type: "flag", help: "decode key frames only: a twelfth of the work, about one frame a second" },
  motion: { type: "flag", help: "skip frames that show nothing new" },
  hwaccel: { type: "text", value: "NAME", help: "decode on hardware: auto or one of `ffmpeg -hwaccels`" },
  start: {
    type: "text",
    value: "TIME",
    help: "when a file begins, such as 2026-11-30T08:00:00Z (default: times of the clip)",
  },
  live: { type: "flag", help: "treat the source as live: reconnect, and drop frames rather than fall behind" },
  attempts: {
    type: "number",
    value: "N",
    min: 1,
    integer: true,
    help: "tries in a row before a live source is given up (default 10)",
  },
  region: { type: "list", value: "CODES", help: "regions to expect, such as de,fr or us-ca: a guide" },
  "region-strict": { type: "flag", help: "read plates as one of --region only" },
  candidates: {
    type: "number",
    value: "N",
    min: 1,
    max: MAX_CANDIDATES,
    integer: true,
    help: "most possible texts a passage (default 5)",
  },
  workers: {
    type: "number",
    value: "N",
    min: 1,
    max: MAX_WORKERS,
    integer: true,
    help: "frames read at once (default: cores, at most 4)",
  },
  models: { type: "text", value: "DIR", help: "folder of other models (default: those of the package)" },
} as const;

type Options = OptionValues<typeof OPTIONS>;

export const watchCommand = defineCommand({
  name: "watch",
  summary: "One passage per vehicle, from video files, streams, cameras or folders of frames.",
  usage: "[options] <file, rtsp:// or http:// address, /dev/video0, folder, or - for standard input>",
  options: OPTIONS,
  examples: [
    { line: "platekit watch gate.mp4", does: "a line a vehicle" },
    {
      line: "platekit watch rtsp://user:secret@camera/1 --json --events passages.jsonl",
      does: "a camera, kept on disk",
    },
    { line: "platekit watch gate.mp4 --save out/ --annotate seen.mp4", does: "with pictures, and a video to look at" },
    {
      line: "platekit watch lane.mp4 --line 0,400 1280,400 --roi 200,100 1000,100 1280,720 0,720",
      does: "one lane, in or out",
    },
    { line: "platekit watch rtsp://camera/1 --fps 5 --motion --preview", does: "a gate, at little cost" },
  ],
  run: runWatch,
});

async function runWatch(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const [source, ...others] = words;
  if (source === undefined || others.length > 0) {
    const found = others.length > 0 ? ` Found ${words.length}: ${words.map(redactUrl).join(" ")}.` : "";
    throw invalid(`Name one file, stream, device or folder, or - for standard input.${found}`);
  }
  const watchOptions = toWatchOptions(options);
  keepYoungMemorySmall();
  const status = createStatusLine(terminal.stderr);
  const leaving = new AbortController();
  // The first interrupt lets the vehicles in sight be told; a second one is the system's own.
  const onInterrupt = (): void => leaving.abort();
  process.once("SIGINT", onInterrupt);
  process.once("SIGTERM", onInterrupt);
  const events = options.events === undefined ? undefined : await openEventLog(options.events);
  let failures = 0;
  const complain = (message: string): void => {
    status.clear();
    terminal.stderr.write(`${message}\n`);
  };
  /** Of pictures and videos: the passages count more. */
  const lament = (error: PlateKitError): void => {
    failures++;
    complain(`platekit watch: ${error.message}`);
  };
  const annotation = options.annotate === undefined ? undefined : await createAnnotation(options.annotate, lament);
  try {
    const passages = watch(source, {
      ...watchOptions,
      signal: leaving.signal,
      keepFrames: options.save !== undefined,
      onNotice: complain,
      onStatus: status.show,
      ...(annotation === undefined ? {} : { onFrame: annotation.draw }),
    });
    for await (const passage of passages) {
      let files: SavedPictures = {};
      if (options.save !== undefined && !passage.preview) {
        files = await savePictures(options.save, passage).catch((error: unknown) => {
          if (!(error instanceof PlateKitError)) throw error;
          lament(error);
          return {};
        });
      }
      const record = passageRecord(passage, redactUrl(source), files);
      await events?.append(record);
      status.clear();
      await writeText(terminal.stdout, options.json ? `${JSON.stringify(record)}\n` : passageLine(record));
    }
    await annotation?.close();
  } catch (error) {
    // What could be annotated is worth keeping when the source broke off.
    const isSource =
      error instanceof PlateKitError && (error.code === "VIDEO_UNREADABLE" || error.code === "STREAM_LOST");
    if (isSource) await annotation?.close();
    else await annotation?.discard();
    throw error;
  } finally {
    status.clear();
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onInterrupt);
    await events?.close();
  }
  return failures > 0 ? 1 : 0;
}

function toWatchOptions(options: Options): WatchOptions {
  const { roi, line, start } = options;
  if (roi !== undefined && roi.length < 3) throw invalid(`--roi needs three points or more, found ${roi.length}.`);
  if (line !== undefined && line.length !== 2) throw invalid(`--line needs two points, found ${line.length}.`);
  const startTimeMs = start === undefined ? undefined : Date.parse(start);
  if (Number.isNaN(startTimeMs))
    throw invalid(`--start must be a time such as 2026-11-30T08:00:00Z, found "${start}".`);
  return {
    ...{
      roi,
      startTimeMs,
      preview: options.preview,
      unread: options.unread,
      fps: options.fps,
      keyframes: options.keyframes,
      motion: options.motion,
    },
    ...{ hwaccel: options.hwaccel, attempts: options.attempts, workers: options.workers },
    ...(options.live ? { live: true } : {}),
    ...(line === undefined ? {} : { line: { from: line[0] as Point, to: line[1] as Point } }), // two, as checked
    ...{
      minReads: options["min-reads"],
      minConfidence: options["min-confidence"],
      mergeSeconds: options["merge-seconds"],
    },
    regions: regionCodes(options.region),
    ...(options["region-strict"] ? { regionStrict: true } : {}),
    ...(options.candidates === undefined ? {} : { candidates: options.candidates }),
    ...(options.models === undefined ? {} : { modelsFolder: options.models }),
  };
}

interface StatusLine {
  show(status: WatchStatus): void;
  clear(): void;
}

/** One line on a terminal, drawn over a few times a second; nothing elsewhere. */
function createStatusLine(stream: Terminal["stderr"]): StatusLine {
  if (!stream.isTTY) return { show() {}, clear() {} };
  let shownMs = -Infinity;
  let isShown = false;
  const clear = (): void => {
    if (isShown) stream.write("\r\x1b[K");
    isShown = false;
  };
  return {
    show(status) {
      if (performance.now() - shownMs < 250) return;
      shownMs = performance.now();
      clear();
      stream.write(statusLine(status).slice(0, (stream.columns ?? 80) - 1));
      isShown = true;
    },
    clear,
  };
}

function invalid(message: string): PlateKitError {
  return new PlateKitError("OPTION_INVALID", message);
}
