/** Cuts the pictures of failures out of their files, small enough to sit in a page. */
import sharp from "sharp";
import type { Box } from "../core/geometry.ts";

/** Twice the card's size, for dense screens. */
const MAX_WIDTH_PX = 420;
const MAX_HEIGHT_PX = 220;
const QUALITY = 65;
/** Shown around a plate, as a share of its size, so that one sees what it hangs on. */
const MARGIN = 0.2;

/**
 * A part of a picture as a WebP data URI, or null when it can't be cut out: the report shows the card without it.
 *
 * @param frame size of the picture as shown, EXIF orientation applied.
 * @param box in pixels of that frame; what lies outside is cut.
 */
export async function pictureUri(
  path: string,
  frame: { readonly width: number; readonly height: number },
  box: Box,
): Promise<string | null> {
  const region = grow(box, frame.width, frame.height);
  if (region.width < 1 || region.height < 1) return null;
  const bytes = await sharp(path, { failOn: "none" })
    .autoOrient()
    .extract(region)
    .flatten({ background: "#808080" })
    .resize({ width: MAX_WIDTH_PX, height: MAX_HEIGHT_PX, fit: "inside", withoutEnlargement: true })
    .webp({ quality: QUALITY })
    .toBuffer()
    .catch(() => null); // read once already; a format sharp lacks, or a file changed since
  return bytes && `data:image/webp;base64,${bytes.toString("base64")}`;
}

function grow([x, y, width, height]: Box, frameWidth: number, frameHeight: number) {
  const left = Math.max(0, Math.floor(x - width * MARGIN));
  const top = Math.max(0, Math.floor(y - height * MARGIN));
  return {
    left,
    top,
    width: Math.min(frameWidth, Math.ceil(x + width * (1 + MARGIN))) - left,
    height: Math.min(frameHeight, Math.ceil(y + height * (1 + MARGIN))) - top,
  };
}
