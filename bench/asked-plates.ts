/** The pictures and plates that the classic engine's cascade is measured on: plates on one line whose Latin text is known. */
import { crc32 } from "node:zlib";
import { readDataset, type Sample, type TruthPlate } from "../src/node/dataset.ts";

export function isAsked({ text, lines, legible }: TruthPlate): boolean {
  return lines === 1 && text !== null && /^[A-Z0-9ÄÖÜ]+$/.test(text) && legible === "full";
}

/** The scenes of a dataset that show at least one. */
export async function askedScenes(dataset: string): Promise<Sample[]> {
  const { samples } = await readDataset(dataset);
  return samples.filter(({ kind, plates }) => kind === "scene" && plates.some(isAsked));
}

/** Of train: held back from the cascade's training, as `is_held_out` of training/plates/cascade_windows.py. */
export function isHeldOut(image: string): boolean {
  const stem = image.replace(/\.webp$/, "").replace(/_\d+$/, "");
  return crc32(stem.slice(0, 40)) % 10 === 0;
}
