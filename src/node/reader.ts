/** The library's front door in Node: images in, plates out, worked off in threads. */
import "./no-telemetry.ts";
import { PlateKitError } from "../core/errors.ts";
import type { Image } from "../core/image.ts";
import type { Detection, PlateRead } from "../core/read.ts";
import type { ExtraOutputs, ImageRead, ReadJob, ReadSource } from "./read-job.ts";
import { checkReaderOptions, type ReaderOptions } from "./read-settings.ts";
import { createWorkerPool } from "./worker-pool.ts";

/** A path, the bytes of an image file, or pixels. */
export type ReaderSource = string | Uint8Array | Image;

export interface ReadDetailedOptions extends ExtraOutputs {
  /** Read the plates at these places of the upright picture instead of searching for any. */
  readonly detections?: readonly Detection[];
  /** Regions to expect in this image, instead of the reader's own. */
  readonly regions?: readonly string[] | undefined;
  /** Read as one of `regions` only. Default: as the reader's own. Only together with `regions`. */
  readonly regionStrict?: boolean | undefined;
  /** Names bytes in messages. Default `image`. */
  readonly name?: string;
  /**
   * Give the memory of bytes or pixels away instead of copying it: it is empty afterwards. Pixels over a
   * SharedArrayBuffer are never copied. Default false.
   */
  readonly transfer?: boolean;
}

/**
 * Reads plates until it is closed. Safe under concurrent calls: images wait for one of its `workers`, first come,
 * first served. A reader that is not closed does not keep the process alive.
 */
export interface Reader extends AsyncDisposable {
  /**
   * The plates of one image, most confident detection first; `[]` when there is none.
   *
   * @throws PlateKitError IMAGE_UNREADABLE, IMAGE_TOO_LARGE, FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FAILED,
   * WORKER_FAILED or READER_CLOSED. The reader goes on working after each but the last.
   */
  read(source: ReaderSource): Promise<readonly PlateRead[]>;
  /** As `read`, with the picture's size, the times, and pictures on request. */
  readDetailed(source: ReaderSource, options?: ReadDetailedOptions): Promise<ImageRead>;
  /** Finishes the images under way, rejects those that wait with READER_CLOSED, and frees all memory. */
  close(): Promise<void>;
}

/**
 * Loads the models and starts the first worker thread; further ones start when there are images for them.
 *
 * ```ts
 * await using reader = await createReader({ regions: ["de", "fr"] });
 * const [plate] = await reader.read("photo.jpg");
 * console.log(plate?.text, plate?.confidence);
 * ```
 *
 * @throws PlateKitError OPTION_INVALID, MODEL_MISSING or MODEL_MISMATCH.
 */
export async function createReader(options: ReaderOptions = {}): Promise<Reader> {
  const { settings, workers } = checkReaderOptions(options);
  // The threads run the same kind of file as this one: .ts from the sources, .js from dist.
  const entry = new URL(import.meta.url.endsWith(".ts") ? "./read-worker.ts" : "./read-worker.js", import.meta.url);
  const pool = createWorkerPool<ReadJob, ImageRead>({ entry, workerData: settings, size: workers });
  await pool.start();

  async function readDetailed(source: ReaderSource, extra: ReadDetailedOptions = {}): Promise<ImageRead> {
    const { frame = false, annotated = false, crops = false, explained = false } = extra;
    const { detections, name = "image", transfer = false, regions, regionStrict } = extra;
    const guide =
      regions === undefined ? undefined : { regions, ...(regionStrict === undefined ? {} : { regionStrict }) };
    const { sent, moved } = sendable(source, name, transfer);
    return pool.run({ source: sent, outputs: { frame, annotated, crops, explained }, detections, guide }, moved);
  }

  return {
    readDetailed,
    read: async (source) => (await readDetailed(source)).plates,
    close: () => pool.close(),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

function sendable(source: ReaderSource, name: string, transfer: boolean): { sent: ReadSource; moved: ArrayBuffer[] } {
  if (typeof source === "string") return { sent: { kind: "path", path: source }, moved: [] };
  if (source instanceof Uint8Array) {
    const { bytes, moved } = sendableBytes(source, transfer);
    return { sent: { kind: "bytes", bytes, name }, moved };
  }
  const { width, height, data } = checkImage(source);
  const { bytes, moved } = sendableBytes(data, transfer);
  return { sent: { kind: "image", image: { width, height, data: bytes } }, moved };
}

/** Cloning a view clones all the memory behind it, so a part of something larger is cut out first. */
function sendableBytes(bytes: Uint8Array, transfer: boolean): { bytes: Uint8Array; moved: ArrayBuffer[] } {
  const { buffer } = bytes;
  if (!(buffer instanceof ArrayBuffer)) return { bytes, moved: [] };
  const isWhole = buffer.byteLength === bytes.byteLength;
  if (isWhole && transfer) return { bytes: new Uint8Array(buffer), moved: [buffer] };
  const copy = new Uint8Array(bytes);
  return { bytes: copy, moved: [copy.buffer] };
}

function checkImage(image: Image): Image {
  const { width, height, data } = image ?? {};
  const isSize = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!isSize || !(data instanceof Uint8Array) || data.length !== width * height * 3) {
    throw new PlateKitError(
      "IMAGE_UNREADABLE",
      `An image must have a width and height of 1 or more and width × height × 3 bytes of RGB, ` +
        `found ${width}×${height} with ${data?.length} bytes; give a path, the bytes of a file, or such pixels.`,
    );
  }
  return image;
}
