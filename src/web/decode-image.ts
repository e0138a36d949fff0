/** Pixels of what a page holds: files, pictures, canvases, video frames. Works in workers too. */
import { PlateKitError } from "../core/errors.ts";
import { type Image, MAX_PIXELS } from "../core/image.ts";

/** Anything that a canvas can draw, and files of any format that the browser knows. */
export type ImageSource = Blob | ImageData | ImageBitmap | CanvasImageSource;

/**
 * The picture as 8-bit RGB, upright as its EXIF data says, transparent parts on white.
 *
 * @throws PlateKitError IMAGE_UNREADABLE for what the browser can't decode or may not read (a picture of another site
 *   without CORS); IMAGE_TOO_LARGE beyond `maxPixels`.
 */
export async function decodeImage(source: ImageSource, maxPixels: number = MAX_PIXELS): Promise<Image> {
  if (source instanceof ImageData) return opaque(source);
  const isMine = !(source instanceof ImageBitmap);
  const bitmap = isMine ? await toBitmap(source) : source;
  try {
    const { width, height } = bitmap;
    if (width * height > maxPixels) {
      throw new PlateKitError(
        "IMAGE_TOO_LARGE",
        `The picture has ${width}×${height} pixels, at most ${maxPixels} are read; make it smaller or raise maxPixels.`,
      );
    }
    const context = new OffscreenCanvas(width, height).getContext("2d", { alpha: false, willReadFrequently: true });
    if (context === null) {
      throw new PlateKitError("IMAGE_UNREADABLE", "This browser gives no canvas to draw on; close other pages.");
    }
    context.fillStyle = "white";
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    return opaque(context.getImageData(0, 0, width, height));
  } finally {
    if (isMine) bitmap.close();
  }
}

async function toBitmap(source: Blob | CanvasImageSource): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(source, { imageOrientation: "from-image", premultiplyAlpha: "default" });
  } catch (cause) {
    const what = source instanceof Blob ? `A file of type ${source.type || "unknown"}` : "The picture";
    throw new PlateKitError(
      "IMAGE_UNREADABLE",
      `${what} can't be decoded by this browser (${cause instanceof Error ? cause.message : cause}); give a JPEG, PNG or WebP.`,
      { cause },
    );
  }
}

/** RGB of RGBA; what is transparent shows white. */
function opaque({ width, height, data: rgba }: ImageData): Image {
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3]!; // four values a pixel
    for (let channel = 0; channel < 3; channel++) {
      const value = rgba[from + channel]!;
      data[to + channel] = alpha === 255 ? value : 255 + ((value - 255) * alpha) / 255;
    }
  }
  return { width, height, data };
}
