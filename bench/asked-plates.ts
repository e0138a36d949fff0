/** The pictures and plates that the classic engine's cascade is measured on: plates on one line whose Latin text is known. */
import { readDataset, type Sample, type TruthPlate } from "../src/node/dataset.ts";

export function isAsked({ text, lines, legible }: TruthPlate): boolean {
  return lines === 1 && text !== null && /^[A-Z0-9ÄÖÜ]+$/.test(text) && legible === "full";
}

/** The scenes of a dataset that show at least one. */
export async function askedScenes(dataset: string): Promise<Sample[]> {
  const { samples } = await readDataset(dataset);
  return samples.filter(({ kind, plates }) => kind === "scene" && plates.some(isAsked));
}
