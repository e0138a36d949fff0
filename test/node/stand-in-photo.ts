import sharp, { type Sharp } from "sharp";

/** Size of the stand-in photographs; the stand-in detector sees them pixel for pixel. */
export const PHOTO_WIDTH = 320;
export const PHOTO_HEIGHT = 240;

/** Where the stand-in detector finds the plates of a photograph, most confident and uppermost first. */
export const PHOTO_BOXES: readonly (readonly number[])[] = [
  [72, 20, 160, 40],
  [72, 100, 160, 40],
];

/** A photograph on which the stand-in detector finds `plates` plates, 0 to 2. */
export function standInPhoto(plates = 1): Sharp {
  const data = new Uint8Array(PHOTO_WIDTH * PHOTO_HEIGHT * 3).fill(90);
  // One cell of the detector, wholly magenta, in the middle of each box; one plate is the lower one.
  for (const top of [112, 32].slice(0, plates)) {
    for (let y = top; y < top + 16; y++) {
      for (let x = 144; x < 160; x++) data.set([255, 0, 255], (y * PHOTO_WIDTH + x) * 3);
    }
  }
  return sharp(data, { raw: { width: PHOTO_WIDTH, height: PHOTO_HEIGHT, channels: 3 } });
}
