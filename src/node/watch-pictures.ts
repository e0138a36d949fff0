/** Keeps the picture that shows a plate best until its passage is told. */
import { crop, type Image } from "../core/image.ts";
import type { MadePassage, Passage } from "../core/passage.ts";
import type { PassageState } from "../core/passages.ts";
import type { TrackerState, TrackRead } from "../core/track.ts";
import type { Frame } from "./frames.ts";

/** Around the plate in its crop, as a share of its width and height. */
const CROP_MARGIN = 0.3;
/** A later picture must tell this much more to replace the one kept. */
const BETTER = 1.15;

/** A passage with its pictures; `onWire` leaves them out. */
export interface WatchedPassage extends Passage {
  /** The plate with its surroundings, at the best moment. */
  readonly crop: Image | null;
  /** The whole frame at that moment, when `keepFrames` asked for it. */
  readonly frame: Image | null;
  /** The reads that told most, in order of time. */
  readonly reads: readonly TrackRead[];
}

interface Picture {
  readonly value: number;
  readonly crop: Image;
  readonly frame: Image | null;
}

export interface PictureKeeper {
  /** Keeps what is better than before; true when the frame itself was kept. */
  look(tracker: TrackerState, frame: Frame): boolean;
  illustrate(made: MadePassage): WatchedPassage;
  forget(tracker: TrackerState, passages: PassageState): void;
}

/** Of every track the picture that shows its plate best, until its passage is told. */
export function keepPictures(keepFrames: boolean): PictureKeeper {
  const best = new Map<number, Picture>();
  return {
    look(tracker, { image }) {
      let isKept = false;
      for (const track of tracker.tracks) {
        const read = track.reads.find(({ timeMs }) => timeMs === tracker.timeMs);
        if (read === undefined || track.lastTimeMs !== tracker.timeMs) continue;
        const value = read.weight * read.read.confidence;
        const before = best.get(track.id);
        if (before !== undefined && value <= BETTER * before.value) continue;
        const [x, y, width, height] = read.read.detection.box;
        const [marginX, marginY] = [CROP_MARGIN * width, CROP_MARGIN * height];
        if (!(x < image.width && y < image.height && x + width > 0 && y + height > 0)) continue;
        const area = [x - marginX, y - marginY, width + 2 * marginX, height + 2 * marginY] as const;
        best.set(track.id, { value, crop: crop(image, area), frame: keepFrames ? image : null });
        isKept ||= keepFrames;
      }
      return isKept;
    },
    illustrate({ passage, trackIds, reads }) {
      const found = trackIds.flatMap((id) => best.get(id) ?? []);
      const picture = found.reduce<Picture | undefined>(
        (a, b) => (a === undefined || b.value > a.value ? b : a),
        undefined,
      );
      return { ...passage, crop: picture?.crop ?? null, frame: picture?.frame ?? null, reads };
    },
    forget(tracker, passages) {
      if (best.size === 0) return;
      const needed = new Set([
        ...tracker.tracks.map(({ id }) => id),
        ...passages.waiting.flatMap(({ trackIds }) => trackIds),
      ]);
      for (const id of best.keys()) if (!needed.has(id)) best.delete(id);
    },
  };
}
