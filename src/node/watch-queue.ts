/** Frames read in threads, ahead of whoever takes them and in order. Knows no tracks. */
import { PlateKitError } from "../core/errors.ts";
import type { Point } from "../core/geometry.ts";
import { gateMotion, type MotionGate, OPEN_GATE } from "../core/motion.ts";
import type { FrameReply } from "./frame-job.ts";
import type { FrameReader } from "./frame-reader.ts";
import type { Frame, FrameSource } from "./frames.ts";

/** A live source that is silent for this long lets time pass, so that passages still close. */
const TICK_MS = 1000;
export interface QueueOptions {
  readonly roi?: readonly Point[] | undefined;
  readonly motion?: boolean | undefined;
  /** Find plates only. */
  readonly detectOnly?: boolean | undefined;
  readonly onNotice?: ((notice: string) => void) | undefined;
}

export interface ReadFrame {
  readonly frame: Frame;
  /** Null for a frame that shows nothing new. */
  readonly reply: FrameReply | null;
}

export interface FrameQueue {
  /** Frames in order, each once it is read; `tick` when a live source is silent; undefined at the end. */
  next(): Promise<ReadFrame | "tick" | undefined>;
  /** What ended the frames, if it was not their end. */
  failure(): unknown;
  stop(): Promise<void>;
}

/** Takes frames ahead, as many as there are threads (live ones only for idle threads), so that these work while the consumer does. */
export function queueFrames(frames: FrameSource, reader: FrameReader, options: QueueOptions): FrameQueue {
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
      while (waiting.length >= mostAhead() && !isStopped) {
        await new Promise<void>((resolve) => {
          wakeProducer = resolve;
        });
      }
      if (isStopped) return;
    }
  }

  /** Of a live source the newest frame counts: none is taken to queue behind other cameras' while it grows old. */
  function mostAhead(): number {
    return frames.stats().isLive && reader.free() === 0 ? 1 : reader.workers;
  }

  async function read({ image, small }: Frame): Promise<FrameReply | null> {
    try {
      return await reader.read({ image, small, roi: options.roi ?? [], detectOnly: options.detectOnly ?? false });
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
