/** Counts what a watch does, for a status line and for metrics. */
import type { FrameReply } from "./frame-job.ts";
import type { Frame, FrameSource } from "./frames.ts";

export interface WatchStatus {
  /** Looked at, skipped by the motion gate, dropped since newer ones had come. */
  readonly frames: number;
  readonly still: number;
  readonly dropped: number;
  readonly reconnects: number;
  /** Frames a second, over the last few seconds. */
  readonly fps: number;
  /** How old the frame is now; of live sources only, null before their first. */
  readonly lagMs: number | null;
  readonly tracks: number;
  readonly passages: number;
  readonly timeMs: number;
  readonly durationMs: number | null;
  /** Milliseconds of processor time in the threads so far. */
  readonly workMs: { readonly detect: number; readonly read: number };
}

export interface Meter {
  count(frame: Frame, reply: FrameReply | null): void;
  passed(count: number): void;
  status(tracks: number): WatchStatus;
}

export function createMeter(frames: FrameSource): Meter {
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
        lagMs: isLive && looked > 0 ? Date.now() - timeMs : null,
        workMs: { detect, read },
      };
    },
  };
}
