/** The pictures of a folder as frames, in the order a person would count them. */
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { PlateKitError } from "../core/errors.ts";
import { DEFAULT_IMAGE_LIMITS, decodeImage, readImageFile } from "./decode-image.ts";
import type { Frame, FrameOptions } from "./frames.ts";
import { printableName } from "./printable-name.ts";

const EXTENSIONS = new Set([".jpg", ".jpeg", ".png", ".webp", ".avif", ".tif", ".tiff", ".gif", ".bmp"]);

/** A folder does not say when its pictures were taken. */
const FOLDER_FPS = 10;

/**
 * Pictures that can't be read are told of and skipped, as a damaged frame in a video is.
 *
 * @param tally counts the frames.
 * @throws PlateKitError FILE_UNREADABLE, or NO_IMAGES for a folder without pictures.
 */
export async function folderFrames(
  folder: string,
  { fps = FOLDER_FPS, startTimeMs = 0, signal, onNotice }: FrameOptions,
  tally: { frames: number; durationMs: number | null },
): Promise<AsyncGenerator<Frame>> {
  const entries = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    throw new PlateKitError("FILE_UNREADABLE", `${printableName(folder)}: cannot be opened (${cause.code}).`, {
      cause,
    });
  });
  const names = entries.filter((name) => EXTENSIONS.has(extname(name).toLowerCase())).sort(inCountingOrder);
  if (names.length === 0) {
    throw new PlateKitError("NO_IMAGES", `${printableName(folder)}: holds no pictures (${[...EXTENSIONS].join(" ")}).`);
  }
  tally.durationMs = (names.length * 1000) / fps;
  return frames();

  async function* frames(): AsyncGenerator<Frame> {
    for (const [index, name] of names.entries()) {
      if (signal?.aborted) return;
      const path = join(folder, name);
      try {
        const image = await decodeImage(await readImageFile(path, DEFAULT_IMAGE_LIMITS), path, DEFAULT_IMAGE_LIMITS);
        tally.frames++;
        yield { index, timeMs: startTimeMs + (index * 1000) / fps, image, small: null, release: () => {} };
      } catch (error) {
        if (!(error instanceof PlateKitError)) throw error;
        onNotice?.(error.message);
      }
    }
  }
}

const counting = new Intl.Collator("en", { numeric: true });

/** `frame-2` before `frame-10`. */
function inCountingOrder(a: string, b: string): number {
  return counting.compare(a, b) || (a < b ? -1 : 1);
}
