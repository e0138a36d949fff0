/** Pictures of a demo's passages: what draws them is given from outside, as this folder draws nothing. */
import type { Box, Quad } from "../core/geometry.ts";
import type { Passage } from "../core/passage.ts";
import type { PassagePictures, Store } from "../store/types.ts";

export interface DemoPicture {
  /** JPEG. */
  readonly crop: Uint8Array;
  /** The frame that it was cut from, and where; null: there is only the crop. */
  readonly whole: {
    readonly frame: Uint8Array;
    readonly width: number;
    readonly height: number;
    readonly corners: Quad;
    readonly box: Box;
  } | null;
}

/**
 * Draws a vehicle with this plate; null for a plate that can't be drawn.
 *
 * @param view which camera looks: the same plate and view are the same picture.
 * @param isWhole with its frame, which takes long.
 */
export type DrawDemo = (
  plate: string,
  region: string | null,
  view: number,
  isWhole: boolean,
) => Promise<DemoPicture | null>;

/**
 * A passage with its pictures stored, and with the place of its plate in the frame.
 *
 * @param plate what the vehicle really has, whatever was read.
 * @param draw null: without pictures.
 */
export async function withDemoPictures(
  { pictures }: Pick<Store, "pictures">,
  passage: Passage,
  { plate, region, view, isWhole }: { plate: string; region: string | null; view: number; isWhole: boolean },
  draw: DrawDemo | null,
): Promise<{ readonly passage: Passage; readonly pictures: PassagePictures }> {
  const drawn = draw === null ? null : await draw(plate, region, view, isWhole);
  if (drawn === null) return { passage, pictures: { crop: null, frame: null } };
  const { crop, whole } = drawn;
  const hashes = {
    crop: await pictures.put(crop),
    frame: whole === null ? null : await pictures.put(whole.frame),
  };
  if (whole === null) return { passage, pictures: hashes };
  const { corners, box } = whole;
  return { passage: { ...passage, best: { ...passage.best, corners, box } }, pictures: hashes };
}
