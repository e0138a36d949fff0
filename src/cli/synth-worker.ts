/** Worker thread of `platekit synth`: renders the pictures of one chunk and encodes them. */
import { parentPort, workerData } from "node:worker_threads";
import sharp from "sharp";
import { PlateKitError } from "../core/errors.ts";
import { formatsOf, type PlateFormat } from "../core/formats.ts";
import type { Image } from "../core/image.ts";
import { mixSeed } from "../core/seed.ts";
import { labelLine } from "../synth/label-line.ts";
import type { LabelledImage } from "../synth/plate-label.ts";
import type { Random } from "../synth/random.ts";
import { formatPicker } from "../synth/region-mix.ts";
import { renderMerged } from "../synth/render-merged.ts";
import { type PlateOptions, renderPlate } from "../synth/render-plate.ts";
import { renderScene, type SceneOptions } from "../synth/render-scene.ts";

export type FileType = "png" | "webp" | "jpg";

/** `merged`: plates as the mean of a passage's frames shows them. */
export type SynthKind = "plates" | "scenes" | "merged";

export interface SynthTask {
  readonly kind: SynthKind;
  readonly regions: readonly string[];
  readonly seed: number;
  readonly plate: PlateOptions;
  readonly scene: SceneOptions;
  /** Pictures without plates to put scenes before; drawn streets when there is none. */
  readonly backgrounds: readonly string[];
  /** `raw` packs all pixels of a chunk into one buffer. */
  readonly output: FileType | "raw";
}

/** Pictures `first` to `end` (excluded) of a run. */
export interface SynthChunk {
  readonly first: number;
  readonly end: number;
}

export interface SynthReply {
  readonly first: number;
  readonly lines: readonly string[];
  /** One buffer a picture, or a single one for raw output. */
  readonly pictures: readonly Uint8Array[];
}

/** File name of picture `index`. */
export function pictureName(index: number, output: FileType | "raw"): string {
  return output === "raw" ? "crops.bin" : `${String(index).padStart(7, "0")}.${output}`;
}

/** The background that a seed picks, as RGB; every fourth scene is drawn whole. */
async function readBackground(files: readonly string[], seed: number): Promise<Image | undefined> {
  const pick = mixSeed(seed, 77);
  if (files.length === 0 || pick % 4 === 0) return undefined;
  const file = files[(pick >>> 2) % files.length]!;
  const { data, info } = await sharp(file)
    .rotate()
    .toColourspace("srgb")
    .flatten()
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw new PlateKitError("IMAGE_UNREADABLE", `${file} in --backgrounds can't be decoded; remove it.`, { cause });
    });
  return { width: info.width, height: info.height, data };
}

export function encodeImage(image: Image, type: FileType): Promise<Buffer> {
  const picture = sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } });
  if (type === "png") return picture.png({ compressionLevel: 6 }).toBuffer();
  return type === "webp" ? picture.webp({ quality: 92 }).toBuffer() : picture.jpeg({ quality: 92 }).toBuffer();
}

async function renderPicture(
  { kind, plate, scene, backgrounds }: SynthTask,
  pickFormat: (random: Random) => PlateFormat,
  seed: number,
): Promise<LabelledImage> {
  switch (kind) {
    case "plates":
      return renderPlate(pickFormat, seed, plate);
    case "scenes":
      return renderScene(pickFormat, seed, scene, await readBackground(backgrounds, seed));
    case "merged":
      return renderMerged(pickFormat, seed, plate.freeShare);
  }
}

async function renderChunk(task: SynthTask, { first, end }: SynthChunk): Promise<SynthReply> {
  const pickFormat = formatPicker(formatsOf(task.regions));
  const lines: string[] = [];
  const images: Image[] = [];
  for (let index = first; index < end; index++) {
    const seed = mixSeed(task.seed, index);
    const picture = await renderPicture(task, pickFormat, seed);
    images.push(picture.image);
    lines.push(labelLine(pictureName(index, task.output), picture));
  }
  const { output } = task;
  if (output !== "raw")
    return { first, lines, pictures: await Promise.all(images.map((image) => encodeImage(image, output))) };
  const size = images[0]!.data.length; // chunks are never empty
  const packed = new Uint8Array(size * images.length);
  for (const [i, image] of images.entries()) packed.set(image.data, i * size);
  return { first, lines, pictures: [packed] };
}

if (parentPort !== null) {
  const port = parentPort;
  const task = workerData as SynthTask; // set by synth.ts, which starts this thread
  // a packed buffer is handed over; those of the image encoder can only be copied
  port.on("message", (chunk: SynthChunk) => {
    renderChunk(task, chunk).then(
      (reply) => port.postMessage(reply, task.output === "raw" ? [reply.pictures[0]!.buffer as ArrayBuffer] : []),
      (cause: unknown) => {
        if (!(cause instanceof PlateKitError)) throw cause;
        port.postMessage({ problem: cause.message, code: cause.code });
      },
    );
  });
}
