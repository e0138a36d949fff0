/** Raw pictures off the pipes of ffmpeg, each into memory that is used again. */
import type { Readable } from "node:stream";
import type { Image } from "../core/image.ts";
import type { FramePool } from "./frame-pool.ts";

/** Pictures read off one pipe, in order. */
export interface PictureReader {
  readonly pictures: Image[];
  /** Resolves when there is one picture more, or there will be none. Called again before, it is the same promise. */
  readMore(): Promise<void>;
  isOver(): boolean;
}

/**
 * The next picture of both pipes. While one pipe has none, the other is read on: at its end ffmpeg writes several
 * frames to one before it turns to the other, and would wait for us for ever.
 */
export async function nextPair(
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

/** Reads pictures of one size off a stream. */
export function pictureReader(
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
    else {
      pool.give(picture);
      isOver = true;
    }
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

const NOTHING = new Uint8Array(0);

/** A function that fills a buffer from the stream, byte for byte; false when the stream ends before it is full. */
function exactReader(stream: Readable): (target: Uint8Array) => Promise<boolean> {
  let chunk: Uint8Array = NOTHING;
  let rest: Uint8Array = NOTHING;
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
        const missing = target.length - filled;
        if (rest.length > missing) {
          target.set(rest.subarray(0, missing), filled);
          filled = target.length;
          rest = rest.subarray(missing);
        } else {
          target.set(rest, filled);
          filled += rest.length;
          rest = NOTHING;
          freeChunk(chunk);
        }
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
