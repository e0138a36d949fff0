/** From a file or bytes to 8-bit RGB, upright. Refuses what is too large before memory is taken for it. */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import sharp from "sharp";
import { PlateKitError } from "../core/errors.ts";
import { type Image, MAX_PIXELS } from "../core/image.ts";
import { decodeBmp, readBmpHeader } from "./decode-bmp.ts";
import { printableName } from "./printable-name.ts";
import { type ImageFormat, sniffImage } from "./sniff-image.ts";

export interface ImageLimits {
  /** Largest file in bytes. */
  readonly maxBytes: number;
  /** Largest picture in pixels, width × height. */
  readonly maxPixels: number;
}

export const DEFAULT_IMAGE_LIMITS: ImageLimits = { maxBytes: 64 * 1024 * 1024, maxPixels: MAX_PIXELS };

export interface DecodedImage extends Image {
  readonly format: ImageFormat;
}

// A frame is decoded once and one at a time: libvips' cache and threads would only cost memory.
sharp.cache(false);
sharp.concurrency(1);

/** Beyond this a file is an attack: 64 megapixels of AVIF, the slowest format, need about a tenth of it. */
const DECODE_TIMEOUT_S = 60;

/** Transparent pixels become what a viewer shows; their stored colour is often black, which would hide dark characters. */
const BACKGROUND = "#ffffff";

/**
 * The bytes of a regular file.
 *
 * @throws PlateKitError FILE_NOT_FOUND, FILE_UNREADABLE or IMAGE_TOO_LARGE.
 */
export async function readImageFile(path: string, limits: ImageLimits = DEFAULT_IMAGE_LIMITS): Promise<Uint8Array> {
  const name = printableName(path);
  try {
    // Non-blocking: a named pipe that nobody writes to is refused instead of waited for.
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw new PlateKitError(
        "FILE_UNREADABLE",
        `${name}: not a file but a folder, pipe or device; name a picture, or pipe it to "platekit read -".`,
      );
    }
    return await readBounded(file, stats.size, name, limits.maxBytes);
  } catch (cause) {
    throw cause instanceof PlateKitError ? cause : fileError(name, cause);
  }
}

/** Reads `size` bytes and no more: files under /proc say 0, and a file may grow while it is read. */
async function readBounded(file: FileHandle, size: number, name: string, maxBytes: number): Promise<Uint8Array> {
  checkByteCount(size, name, maxBytes);
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(bytes, filled, size - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function fileError(name: string, cause: unknown): PlateKitError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new PlateKitError("FILE_NOT_FOUND", `${name}: no such file; check the path.`, { cause });
  }
  const reason =
    code === "EACCES" || code === "EPERM"
      ? "permission denied; allow this user to read it."
      : `the system refuses to read it (${code || String(cause)}); check the path and the disk.`;
  return new PlateKitError("FILE_UNREADABLE", `${name}: ${reason}`, { cause });
}

/** @throws PlateKitError IMAGE_TOO_LARGE. */
export function checkByteCount(byteCount: number, name: string, maxBytes: number): void {
  if (byteCount <= maxBytes) return;
  throw new PlateKitError(
    "IMAGE_TOO_LARGE",
    `${name}: more bytes (${byteCount}) than the limit of ${maxBytes}; make it smaller or raise --max-bytes (maxBytes).`,
  );
}

/** @throws PlateKitError IMAGE_TOO_LARGE. */
function checkPixelCount(width: number, height: number, name: string, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  throw new PlateKitError(
    "IMAGE_TOO_LARGE",
    `${name}: ${width}×${height} pixels are more than the limit of ${maxPixels}; ` +
      "make it smaller or raise --max-pixels (maxPixels).",
  );
}

/**
 * Decodes JPEG, PNG, WebP, AVIF, TIFF and GIF (first page or frame of each) and BMP, by content, not by name.
 *
 * EXIF orientation is applied; 16 bits become 8, grey and CMYK become RGB; alpha is laid on white (dropped in BMP).
 *
 * @param name names the picture in messages.
 * @throws PlateKitError IMAGE_UNREADABLE or IMAGE_TOO_LARGE.
 */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  limits: ImageLimits = DEFAULT_IMAGE_LIMITS,
): Promise<DecodedImage> {
  const shown = printableName(name);
  checkByteCount(bytes.length, shown, limits.maxBytes);
  if (bytes.length === 0) throw unreadable(shown, "the file is empty (0 bytes)", "copy or export it again");
  const { format, found } = sniffImage(bytes) as { format?: ImageFormat; found?: string };
  if (!format) {
    throw unreadable(shown, `not a picture but ${found}`, "convert it to JPEG or PNG");
  }
  try {
    return format === "bmp"
      ? decodeWindowsBitmap(bytes, shown, limits)
      : { ...(await decodeWithSharp(bytes, shown, limits)), format };
  } catch (cause) {
    if (cause instanceof PlateKitError) throw cause;
    const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!.trim();
    throw unreadable(
      shown,
      `damaged or cut off, cannot be decoded as ${format.toUpperCase()} (${reason})`,
      "copy or export it again",
      cause,
    );
  }
}

function unreadable(name: string, found: string, advice: string, cause?: unknown): PlateKitError {
  return new PlateKitError("IMAGE_UNREADABLE", `${name}: ${found}; ${advice}.`, { cause });
}

function decodeWindowsBitmap(bytes: Uint8Array, name: string, { maxPixels }: ImageLimits): DecodedImage {
  const { width, height } = readBmpHeader(bytes);
  checkPixelCount(width, height, name, maxPixels);
  return { ...decodeBmp(bytes), format: "bmp" };
}

async function decodeWithSharp(bytes: Uint8Array, name: string, { maxPixels }: ImageLimits): Promise<Image> {
  // Node's buffers over shared memory can't be handed to native code.
  const input = bytes.buffer instanceof SharedArrayBuffer ? bytes.slice() : bytes;
  const { width, height, space, hasAlpha } = await sharp(input, { limitInputPixels: false }).metadata();
  checkPixelCount(width, height, name, maxPixels);
  let pipeline = sharp(input, {
    // Warnings are common in sound camera files; errors and truncation are not.
    failOn: "error",
    limitInputPixels: maxPixels,
    // The nets were trained without colour management, and it costs more than the decoding; CMYK needs its profile.
    ignoreIcc: space !== "cmyk",
  })
    .timeout({ seconds: DECODE_TIMEOUT_S })
    .autoOrient();
  if (hasAlpha) pipeline = pipeline.flatten({ background: BACKGROUND });
  const { data, info } = await pipeline
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: info.channels === 3 ? data : toRgb(data, info.channels) };
}

/** One grey channel three times, or the first three of more. */
function toRgb(data: Uint8Array, channels: number): Uint8Array {
  const pixels = data.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  const [green, blue] = channels >= 3 ? [1, 2] : [0, 0];
  for (let i = 0; i < pixels; i++) {
    rgb[i * 3] = data[i * channels]!;
    rgb[i * 3 + 1] = data[i * channels + green]!;
    rgb[i * 3 + 2] = data[i * channels + blue]!;
  }
  return rgb;
}
