/** The labelled clips: passages against the transcription, single frames beside them, and what a frame costs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isExact, isExactFolded } from "../src/core/metrics.ts";
import type { FrameReader } from "../src/node/frame-reader.ts";
import { type WatchStatus, watch } from "../src/node/watch.ts";

interface ClipLabel {
  readonly region: string;
  readonly texts: readonly string[];
  readonly note: string;
}

/**
 * Texts as they stand on the plate, where the list has less: it leaves out the code of Dubai's plates. In the mean of the clip's
 * frames it is a Q.
 */
const WHOLE_TEXTS: Readonly<Record<string, string>> = { "90043": "Q90043" };

export interface ClipFigures {
  readonly clip: string;
  /** Whole texts: with Dubai's code, which the list leaves out. */
  readonly expected: readonly string[];
  readonly passages: readonly { readonly text: string; readonly confidence: number; readonly frames: number }[];
  readonly exact: number;
  readonly duplicates: number;
  /** Share of the frames with a read in which a read equals a text of the clip; the read of the highest confidence. */
  readonly frameExact: number;
  readonly bestSingle: string;
  readonly frames: number;
  readonly fps: number;
  /**
   * Milliseconds of processor time a frame: finding and reading plates in the threads, all else in this process (frames
   * over the pipe, tracks, passages, the runtime), and ffmpeg's.
   */
  readonly cpuMs: { readonly detect: number; readonly read: number; readonly rest: number; readonly ffmpeg: number };
  /** What these allow on two cores that do nothing else. */
  readonly fpsOnTwoCores: number;
}

export async function benchClips(folder: string, reader: FrameReader, motion: boolean): Promise<ClipFigures[]> {
  const labels = JSON.parse(readFileSync(join(folder, "labels.json"), "utf8")) as Record<string, ClipLabel>; // written by hand
  const figures: ClipFigures[] = [];
  for (const [clip, { texts }] of Object.entries(labels)) {
    const whole = texts.map((text) => WHOLE_TEXTS[text] ?? text);
    figures.push(await benchClip(join(folder, clip), clip, whole, reader, motion));
  }
  return figures;
}

/** One clip; with nothing expected, for its speed alone. */
export async function benchClip(
  path: string,
  clip: string,
  expected: readonly string[],
  frameReader: FrameReader,
  motion: boolean,
): Promise<ClipFigures> {
  let status: WatchStatus | undefined;
  let readFrames = 0;
  let exactFrames = 0;
  let best = { text: "", confidence: -1 };
  let ffmpegMs = 0;
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  const passages: ClipFigures["passages"][number][] = [];
  const stream = watch(path, {
    ...{ frameReader, motion },
    onStatus: (next) => {
      status = next;
      if (next.frames % 10 === 0) ffmpegMs = Math.max(ffmpegMs, childCpuMs());
    },
    onFrame: ({ found }) => {
      const reads = found?.reads ?? [];
      readFrames += Number(reads.length > 0);
      exactFrames += Number(reads.some(({ read }) => expected.some((text) => isExact(text, read.text))));
      for (const { read } of reads) if (read.confidence > best.confidence) best = read;
    },
  });
  for await (const { text, confidence, frames } of stream) passages.push({ text, confidence, frames });
  const elapsedMs = performance.now() - startMs;
  const cpu = process.cpuUsage(cpuBefore);
  const frames = Math.max(1, status?.frames ?? 0);
  const { detect, read } = status?.workMs ?? { detect: 0, read: 0 };
  const per = (ms: number): number => Math.round((ms / frames) * 10) / 10;
  const found = expected.filter((text) => passages.some((passage) => isExactFolded(text, passage.text)));
  return {
    clip,
    expected,
    passages,
    exact: found.length,
    duplicates: expected.reduce(
      (sum, text) => sum + Math.max(0, passages.filter((passage) => isExactFolded(text, passage.text)).length - 1),
      0,
    ),
    frameExact: Math.round((exactFrames / Math.max(1, readFrames)) * 1000) / 1000,
    bestSingle: best.text,
    frames,
    fps: Math.round((frames / elapsedMs) * 1e4) / 10,
    cpuMs: {
      detect: per(detect),
      read: per(read),
      rest: per((cpu.user + cpu.system) / 1000 - detect - read),
      ffmpeg: per(ffmpegMs),
    },
    fpsOnTwoCores: Math.round(2000 / per((cpu.user + cpu.system) / 1000 + ffmpegMs)),
  };
}

/** Processor time of the ffmpeg under way; Linux alone tells. */
function childCpuMs(): number {
  try {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
    const times = children.map((pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" "); // the kernel's format
      return (Number(fields[11]) + Number(fields[12])) * 10; // ticks of 10 ms
    });
    return Math.max(0, ...times);
  } catch {
    return 0;
  }
}
