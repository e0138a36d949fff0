/**
 * Plates made unreadable in pictures and videos. A video is gone through twice: first to find the plates and follow
 * them, then to cover them, also in the frames in between in which none was found.
 */
import { rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { PlateKitError } from "../core/errors.ts";
import { type FusedText, fuseReads } from "../core/fuse.ts";
import type { Quad } from "../core/geometry.ts";
import type { Detection, PlateRead } from "../core/read.ts";
import { type FrameRead, finishTracks, NO_TRACKS, type Track, updateTracks } from "../core/track.ts";
import { type BlurMode, coverPlate } from "./blur-pixels.ts";
import type { FrameReply } from "./frame-job.ts";
import { createFrameReader, type FrameReader } from "./frame-reader.ts";
import { openFrames } from "./frames.ts";
import { printableName } from "./printable-name.ts";
import { type ReaderOptions, suitableWorkers } from "./read-settings.ts";
import { createVideoWriter } from "./video-output.ts";
import { queueFrames } from "./watch-queue.ts";

export type { BlurMode } from "./blur-pixels.ts";
export { BLUR_MODES } from "./blur-pixels.ts";

export interface BlurOptions extends Pick<ReaderOptions, "modelsFolder" | "regions" | "maxBytes" | "maxPixels"> {
  /** Default `pixelate`. */
  readonly mode?: BlurMode | undefined;
  /** Plates to leave as they are: texts in upper case without separators. Default: none. */
  readonly keep?: ReadonlySet<string> | undefined;
  readonly frameReader?: FrameReader | undefined;
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Share done of a video, 0..1; null where its length is not known. */
  readonly onProgress?: ((share: number | null) => void) | undefined;
}

export interface BlurCount {
  /** Plates covered: of a video, tracks. */
  readonly covered: number;
  readonly kept: number;
  readonly frames: number;
}

/** Only a read this sure may leave a plate uncovered. */
const KEEP_CONFIDENCE = 0.8;

/** What was not read says next to nothing of a text. */
const UNREAD_WEIGHT = 0.01;

/** A plate is there some frames before it is found for the first time, and after the last. */
const LEAD_MS = 300;

/** Where a plate was seen. */
interface Sight {
  readonly timeMs: number;
  readonly corners: Quad;
}

/** One plate over time, in order. */
interface CoveredTrack {
  readonly sights: readonly Sight[];
}

/**
 * Covers the plates of a picture, in the format that the output's ending names. Metadata, such as where it was taken,
 * are left out.
 *
 * @throws PlateKitError as decodeImage, createFrameReader; OUTPUT_UNWRITABLE.
 */
export async function blurImage(input: string, output: string, options: BlurOptions = {}): Promise<BlurCount> {
  requireOther(input, output);
  await using own = options.frameReader ? undefined : await ownReader(options);
  const reader = options.frameReader ?? own!; // one or the other
  // Loaded here, so that videos cost no image decoder.
  const [{ default: sharp }, { decodeImage, DEFAULT_IMAGE_LIMITS, readImageFile }] = await Promise.all([
    import("sharp"),
    import("./decode-image.ts"),
  ]);
  const { maxBytes = DEFAULT_IMAGE_LIMITS.maxBytes, maxPixels = DEFAULT_IMAGE_LIMITS.maxPixels } = options;
  const limits = { maxBytes, maxPixels };
  const { width, height, data } = await decodeImage(await readImageFile(input, limits), input, limits);
  // A copy of our own: pictures decoded may lie in memory that other code shares.
  const image = { width, height, data: new Uint8Array(data) };
  const { reads } = await reader.read({ image, small: null, roi: [], detectOnly: false });
  const covered = reads.filter(({ read }) => !isKept(read, options));
  for (const { read } of covered) coverPlate(image, read.detection.corners, options.mode ?? "pixelate");
  const partial = join(dirname(output), `.${basename(output, extname(output))}.part${extname(output)}`);
  try {
    const encoded = sharp(image.data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
    const ending = extname(output).toLowerCase();
    const finished = ending === ".jpg" || ending === ".jpeg" ? encoded.jpeg({ quality: 92 }) : encoded;
    await writeFile(partial, await finished.toFormat(formatOf(ending)).toBuffer());
    await rename(partial, output);
  } catch (cause) {
    await rm(partial, { force: true });
    throw unwritable(output, cause);
  }
  return { covered: covered.length, kept: reads.length - covered.length, frames: 1 };
}

/**
 * Covers the plates of a video file; the sound is kept.
 *
 * @throws PlateKitError as openFrames and createFrameReader; OUTPUT_UNWRITABLE. A file that breaks off is an error, and
 *   no output is left.
 */
export async function blurVideo(input: string, output: string, options: BlurOptions = {}): Promise<BlurCount> {
  requireOther(input, output);
  await using own = options.frameReader ? undefined : await ownReader(options);
  const { tracks, kept, frames } = await findTracks(input, options.frameReader ?? own!, options); // one or the other
  const writer = createVideoWriter(output, { soundOf: input });
  try {
    let done = 0;
    for await (const frame of await openFrames(input, { signal: options.signal, onNotice: options.onNotice })) {
      for (const corners of coveredAt(tracks, frame.timeMs))
        coverPlate(frame.image, corners, options.mode ?? "pixelate");
      await writer.write(frame.image, frame.timeMs);
      frame.release();
      options.onProgress?.(0.5 + (0.5 * ++done) / Math.max(1, frames));
    }
    options.signal?.throwIfAborted();
    await writer.close();
  } catch (error) {
    await writer.discard();
    throw error;
  }
  return { covered: tracks.length, kept, frames };
}

/** The first pass. */
async function findTracks(
  input: string,
  reader: FrameReader,
  options: BlurOptions,
): Promise<{ tracks: CoveredTrack[]; kept: number; frames: number }> {
  const { signal, onNotice, onProgress, keep } = options;
  const source = await openFrames(input, { signal, onNotice, smallSide: reader.detectorSide });
  const needsText = keep !== undefined && keep.size > 0;
  const queue = queueFrames(source, reader, { detectOnly: !needsText, onNotice });
  const sights = new Map<number, Sight[]>();
  const closed: Track[] = [];
  let state = NO_TRACKS;
  let frames = 0;
  try {
    for (;;) {
      const next = await queue.next();
      if (next === undefined) break;
      if (next === "tick") continue;
      const { frame, reply } = next;
      const step = updateTracks(state, reply === null ? [] : framePlates(reply, needsText), frame.timeMs);
      state = step.state;
      closed.push(...step.closed);
      for (const track of state.tracks) {
        if (track.lastTimeMs !== state.timeMs) continue;
        const seen = sights.get(track.id) ?? [];
        seen.push({ timeMs: frame.timeMs, corners: track.estimate.corners });
        sights.set(track.id, seen);
      }
      frame.release();
      frames++;
      const { durationMs } = source.stats();
      onProgress?.(durationMs === null ? null : Math.min(0.5, (0.5 * frame.timeMs) / durationMs));
    }
    if (queue.failure() !== undefined) throw queue.failure();
    signal?.throwIfAborted();
  } finally {
    await queue.stop();
  }
  closed.push(...finishTracks(state).closed);
  const isCovered = (track: Track): boolean => !needsText || !isKept(fuseReads(track.reads, {}), options);
  const covered = closed.filter(isCovered);
  return {
    tracks: covered.map(({ id }) => ({ sights: sights.get(id) ?? [] })),
    kept: closed.length - covered.length,
    frames,
  };
}

/**
 * What was found in a frame: its reads where texts matter, and reads that say nothing for what was not read. Leaving one plate
 * uncovered must uncover no other.
 */
export function framePlates({ reads, detections }: FrameReply, needsText: boolean): readonly FrameRead[] {
  const texts = needsText ? reads : [];
  const isRead = ({ box }: Detection): boolean =>
    texts.some(({ read }) => box.every((value, i) => value === read.detection.box[i]));
  const others = detections.filter((detection) => !isRead(detection));
  return [...texts, ...others.map(notRead)];
}

function notRead(detection: Detection): FrameRead {
  return {
    read: {
      ...{ text: "", display: null, confidence: 0, region: null, regionConfidence: null, detection },
      ...{ characters: [], candidates: [], doubt: null },
    },
    evidence: null,
    weight: UNREAD_WEIGHT,
  };
}

function isKept(
  { text, confidence }: Pick<PlateRead | FusedText, "text" | "confidence">,
  { keep }: BlurOptions,
): boolean {
  return confidence >= KEEP_CONFIDENCE && (keep?.has(text) ?? false);
}

/** Where the plates are at a time: between two sights on the straight way from one to the other. */
export function coveredAt(tracks: readonly CoveredTrack[], timeMs: number): Quad[] {
  return tracks.flatMap(({ sights }) => {
    const first = sights[0];
    const last = sights.at(-1);
    if (first === undefined || last === undefined) return [];
    if (timeMs < first.timeMs) return timeMs >= first.timeMs - LEAD_MS ? [beyond(sights, first, timeMs)] : [];
    if (timeMs > last.timeMs) return timeMs <= last.timeMs + LEAD_MS ? [beyond(sights, last, timeMs)] : [];
    const after = firstFrom(sights, timeMs);
    const [from, to] = [sights[Math.max(0, after - 1)]!, sights[after]!]; // the last lies at or after the time
    const share = to.timeMs === from.timeMs ? 1 : (timeMs - from.timeMs) / (to.timeMs - from.timeMs);
    return [between(from.corners, to.corners, share)];
  });
}

/** Index of the first sight at a time or later, which there is. */
function firstFrom(sights: readonly Sight[], timeMs: number): number {
  let low = 0;
  let high = sights.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sights[middle]!.timeMs >= timeMs) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The plate before its first sight or after its last, moving on as it did next to it. */
function beyond(sights: readonly Sight[], end: Sight, timeMs: number): Quad {
  const inner = sights.at(end === sights[0] ? Math.min(3, sights.length - 1) : -Math.min(4, sights.length))!; // one at least
  const span = inner.timeMs - end.timeMs;
  if (span === 0) return end.corners;
  return between(end.corners, inner.corners, (timeMs - end.timeMs) / span);
}

function between(from: Quad, to: Quad, share: number): Quad {
  return from.map(([x, y], i) => [x + share * (to[i]![0] - x), y + share * (to[i]![1] - y)]) as unknown as Quad; // four in, four out
}

function ownReader({ modelsFolder, regions, maxBytes, maxPixels, workers }: BlurOptions): Promise<FrameReader> {
  const set = Object.fromEntries(
    Object.entries({ modelsFolder, regions, maxBytes, maxPixels }).filter(([, value]) => value !== undefined),
  );
  return createFrameReader({
    ...(set as ReaderOptions),
    workers: workers ?? suitableWorkers(Number.MAX_SAFE_INTEGER),
    isMerging: false,
  });
}

function requireOther(input: string, output: string): void {
  if (resolve(input) === resolve(output)) {
    throw new PlateKitError(
      "OPTION_INVALID",
      `${printableName(output)}: is the input itself; give another name for the output.`,
    );
  }
}

function formatOf(ending: string): "jpeg" | "png" | "webp" | "avif" | "tiff" {
  const formats = { ".png": "png", ".webp": "webp", ".avif": "avif", ".tif": "tiff", ".tiff": "tiff" } as const;
  return ending in formats ? formats[ending as keyof typeof formats] : "jpeg"; // looked up just before
}

function unwritable(path: string, cause: unknown): PlateKitError {
  if (cause instanceof PlateKitError) return cause;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  return new PlateKitError(
    "OUTPUT_UNWRITABLE",
    `${printableName(path)}: cannot be written (${code}); check the folder and the room on the disk.`,
    { cause },
  );
}
