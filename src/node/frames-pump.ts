/** Hands frames from ffmpeg to whoever reads them: all of a file, the newest of a live source. Knows no connections. */
import type { DecodeRun, RawFrame } from "./frames-process.ts";
import type { FrameSourceKind } from "./frames-source.ts";

/** What a run of frames counts up as it goes. */
export interface FrameTally {
  frames: number;
  dropped: number;
  reconnects: number;
  isLive: boolean;
  durationMs: number | null;
}

/** See FrameOptions. */
export interface PumpOptions {
  readonly stallMs: number;
  readonly live?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onNotice?: ((notice: string) => void) | undefined;
}

export interface NumberedFrame extends RawFrame {
  readonly index: number;
}

export interface Pump {
  readonly frames: AsyncGenerator<NumberedFrame>;
  reason(): "ended" | "stalled" | "resized";
}

/**
 * Takes frames off ffmpeg. Live ones at once, the newest replacing one that nobody has taken yet; those of files only
 * when the last was taken, so that ffmpeg waits.
 */
export function pumpFrames(run: DecodeRun, options: PumpOptions, kind: FrameSourceKind, tally: FrameTally): Pump {
  let reason: ReturnType<Pump["reason"]> = "ended";
  let waiting: NumberedFrame | undefined;
  let isOver = false;
  let failure: unknown;
  let wakeConsumer: (() => void) | undefined;
  let wakeProducer: (() => void) | undefined;
  let isResizeTold = false;
  const stall = stallTimer(options.stallMs, () => {
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
