/** Memory for frames that is used again: a 1080p frame is 6 MB, and 25 new ones a second would keep the collector busy. */
import type { Image } from "../core/image.ts";

export interface FramePool {
  /** A picture of unknown content, over shared memory, so that worker threads see it without a copy. */
  take(width: number, height: number): Image;
  /** Gives a picture's memory back; it must not be used afterwards. */
  give(image: Image): void;
}

/** Pictures kept for later. A source has about as many under way; what a burst took beyond them is let go. */
const MAX_IDLE = 6;

export function createFramePool(): FramePool {
  let idle: Image[] = [];
  return {
    take(width, height) {
      const fits = idle.findIndex((image) => image.width === width && image.height === height);
      if (fits >= 0) return idle.splice(fits, 1)[0]!; // found above
      return { width, height, data: new Uint8Array(new SharedArrayBuffer(width * height * 3)) };
    },
    give(image) {
      // The size of a source seldom changes; pictures of the old one are of no more use.
      idle = idle.filter(({ width, height }) => width === image.width && height === image.height);
      if (idle.length < MAX_IDLE) idle.push(image);
    },
  };
}
