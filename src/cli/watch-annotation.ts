/** The video that `platekit watch --annotate` writes beside its passages. What it can't write costs the video, not the passages. */
import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { PlateKitError } from "../core/errors.ts";
import { resize } from "../core/image.ts";
import { createVideoWriter, unwritable } from "../node/video-output.ts";
import type { WatchOptions } from "../node/watch.ts";

export interface Annotation {
  readonly draw: NonNullable<WatchOptions["onFrame"]>;
  /** Completes the video, unless it was given up or there was no frame. */
  close(): Promise<void>;
  /** Ends without leaving a file. */
  discard(): Promise<void>;
}

/**
 * @param onFailure told once, when the video has to be given up.
 * @throws PlateKitError OUTPUT_UNWRITABLE when its folder is not there or not to be written; FFMPEG_MISSING.
 */
export async function createAnnotation(path: string, onFailure: (error: PlateKitError) => void): Promise<Annotation> {
  await access(dirname(path), constants.W_OK).catch((cause: NodeJS.ErrnoException) => {
    throw unwritable(path, [cause.code ?? cause.message], { cause });
  });
  const { createTrackPainter } = await import("../node/draw-tracks.ts");
  const writer = createVideoWriter(path);
  const painter = createTrackPainter();
  let first: { readonly width: number; readonly height: number; readonly timeMs: number } | undefined;
  let isGivenUp = false;

  async function orGiveUp(work: () => Promise<void>): Promise<void> {
    if (isGivenUp) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof PlateKitError) || error.code !== "OUTPUT_UNWRITABLE") throw error;
      isGivenUp = true;
      await writer.discard();
      onFailure(error);
    }
  }

  return {
    draw: ({ frame, tracks }) =>
      orGiveUp(async () => {
        const { width, height, data } = frame.image;
        first ??= { width, height, timeMs: frame.timeMs };
        // On a copy: the frame may be kept as the best picture of a passage.
        const copy = { width, height, data: new Uint8Array(data) };
        await painter.draw(copy, tracks, frame.timeMs);
        // A camera that comes back with another size: a video has one.
        const isOfSize = width === first.width && height === first.height;
        await writer.write(isOfSize ? copy : resize(copy, first.width, first.height), frame.timeMs - first.timeMs);
      }),
    close: () => (first === undefined ? writer.discard() : orGiveUp(() => writer.close())),
    discard: () => writer.discard(),
  };
}
