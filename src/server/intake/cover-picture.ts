/** Makes the plates in an encoded picture unreadable, for sites in privacy mode. */
import sharp from "sharp";
import type { Quad } from "../../core/geometry.ts";
import { type Image, MAX_PIXELS } from "../../core/image.ts";
import { coverPlate } from "../../node/blur-pixels.ts";

const QUALITY = 85;

/**
 * The picture as JPEG, covered.
 *
 * @param plates corners in pixels of the picture; `everything` for a crop that shows little else.
 */
export async function coverPicture(bytes: Uint8Array, plates: readonly Quad[] | "everything"): Promise<Uint8Array> {
  const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS })
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const image: Image = { width, height, data: info.channels === 3 ? data : greyToRgb(data) };
  if (plates === "everything") {
    const whole: Quad = [
      [0, 0],
      [width, 0],
      [width, height],
      [0, height],
    ];
    coverPlate(image, whole, "pixelate");
  } else for (const corners of plates) coverPlate(image, corners, "pixelate");
  return encodeJpeg(image);
}

/** @param image 8-bit RGB; copied first where its memory is shared with threads. */
export async function encodeJpeg({ data, width, height }: Image, longSide?: number): Promise<Uint8Array> {
  const own = data.buffer instanceof SharedArrayBuffer ? data.slice() : data;
  const picture = sharp(own, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  if (longSide !== undefined) picture.resize(longSide, longSide, { fit: "inside", withoutEnlargement: true });
  return picture.jpeg({ quality: QUALITY }).toBuffer();
}

function greyToRgb(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) data.fill(grey[i]!, 3 * i, 3 * i + 3); // below the length
  return data;
}
