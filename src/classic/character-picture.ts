/** Brings a cut-out character into the form of the pictures that the net was trained on. */
import { type GreyPicture, resizeArea, resizeLinear } from "./grey-picture.ts";

/** Pixels a side of what the net is given. */
export const CHARACTER_SIZE_PX = 28;

const INNER_WIDTH = 20;
const INNER_HEIGHT = 40;
const BORDER_PX = 2;

/**
 * As in the tutorial: stretched to 20×40, two black pixels around it, then shrunk to 28×28.
 *
 * @param ink white on black.
 */
export function characterPicture(ink: GreyPicture): GreyPicture {
  const inner = resizeLinear(ink, INNER_WIDTH, INNER_HEIGHT);
  const width = INNER_WIDTH + 2 * BORDER_PX;
  const height = INNER_HEIGHT + 2 * BORDER_PX;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < INNER_HEIGHT; y++) {
    const row = inner.data.subarray(y * INNER_WIDTH, (y + 1) * INNER_WIDTH);
    data.set(row, (y + BORDER_PX) * width + BORDER_PX);
  }
  return resizeArea({ width, height, data }, CHARACTER_SIZE_PX, CHARACTER_SIZE_PX);
}
