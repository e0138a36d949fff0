/** One image from source to plates, in one thread: decode, detect, read, and the pictures that were asked for. */
import type { Image } from "../core/image.ts";
import type { Detection, PlateRead } from "../core/read.ts";
import { annotateImage, cropPlate, type EncodedImage } from "./annotate.ts";
import type { ExplainedImage } from "./classic-explain.ts";
import { decodeImage, readImageFile } from "./decode-image.ts";
import type { Engine, RegionGuide } from "./engine.ts";
import type { ReadSettings } from "./read-settings.ts";
import type { ImageFormat } from "./sniff-image.ts";

/** Where an image comes from; `name` stands in messages. */
export type ReadSource =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly name: string }
  | { readonly kind: "image"; readonly image: Image };

/** What to return beside the plates, made in the same pass so that nothing is decoded twice. */
export interface ExtraOutputs {
  /** The decoded picture, upright RGB. */
  readonly frame?: boolean;
  /** The picture with the plates drawn on it. */
  readonly annotated?: boolean;
  /** Every plate seen straight on. */
  readonly crops?: boolean;
  /** Every step of the classic engine as a picture. */
  readonly explained?: boolean;
}

export interface ReadJob {
  readonly source: ReadSource;
  readonly outputs: ExtraOutputs;
  /** Where the plates are, if that is known already: then nothing is searched for. */
  readonly detections?: readonly Detection[] | undefined;
  /** Regions for this image alone. */
  readonly guide?: RegionGuide | undefined;
}

/** Milliseconds: `detect` and `read` are the two nets with what surrounds them; `total` covers all three. */
export interface ReadTimes {
  readonly decode: number;
  readonly detect: number;
  readonly read: number;
  readonly total: number;
}

/** What is known of one image. */
export interface ImageRead {
  /** Of the upright picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Most confident detection first. */
  readonly plates: readonly PlateRead[];
  readonly ms: ReadTimes;
  readonly frame?: Image;
  readonly annotated?: EncodedImage;
  /** One a plate, in the order of `plates`. */
  readonly crops?: readonly EncodedImage[];
  readonly explained?: ExplainedImage;
}

export async function runReadJob(
  { source, outputs, detections: given, guide }: ReadJob,
  engine: Engine,
  settings: ReadSettings,
): Promise<ImageRead> {
  const startMs = performance.now();
  const { image, format } = await decodeSource(source, settings);
  const decodedMs = performance.now();
  const detections = given ?? (await engine.detect(image));
  const detectedMs = performance.now();
  const { plates, explained } =
    outputs.explained && engine.explain
      ? await engine.explain(image, detections)
      : { plates: await engine.read(image, detections, guide), explained: undefined };
  const readMs = performance.now();
  const { width, height } = image;
  return {
    width,
    height,
    plates,
    ms: {
      decode: decodedMs - startMs,
      detect: detectedMs - decodedMs,
      read: readMs - detectedMs,
      total: readMs - startMs,
    },
    ...(outputs.annotated ? { annotated: await annotateImage(image, plates, format) } : {}),
    ...(outputs.crops ? { crops: await cropPlates(image, plates) } : {}),
    ...(explained === undefined ? {} : { explained }),
    ...(outputs.frame ? { frame: { width, height, data: image.data } } : {}),
  };
}

async function decodeSource(
  source: ReadSource,
  limits: ReadSettings,
): Promise<{ image: Image; format: ImageFormat | undefined }> {
  if (source.kind === "image") return { image: source.image, format: undefined };
  const [bytes, name] =
    source.kind === "path" ? [await readImageFile(source.path, limits), source.path] : [source.bytes, source.name];
  const image = await decodeImage(bytes, name, limits);
  return { image, format: image.format };
}

async function cropPlates(image: Image, plates: readonly PlateRead[]): Promise<EncodedImage[]> {
  const crops: EncodedImage[] = [];
  for (const plate of plates) crops.push(await cropPlate(image, plate)); // one after the other: memory stays bounded
  return crops;
}
