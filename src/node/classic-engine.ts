/** The tutorial's engine in one thread: cascade, segmentation, character net. */
import { findPlates } from "../classic/cascade.ts";
import { type ExplainedRead, readPlate } from "../classic/read-plate.ts";
import type { Image } from "../core/image.ts";
import type { Detection } from "../core/read.ts";
import { defaultCascadePath, loadCascade } from "./classic-cascade-file.ts";
import { defaultCharactersPath, loadCharacterModel } from "./classic-characters.ts";
import { explainPictures } from "./classic-explain.ts";
import type { LoadedCascade } from "./classic-opencv.ts";
import type { Engine, RegionGuide } from "./engine.ts";
import type { ReadSettings } from "./read-settings.ts";

/** @throws PlateKitError MODEL_MISSING or MODEL_MISMATCH for the cascade or the character net. */
export async function createClassicEngine(settings: ReadSettings): Promise<Engine> {
  const { steps, scaleFactor, minNeighbors, candidates, regions, regionStrict, minConfidence, modelsFolder } = settings;
  const model = await loadCharacterModel(settings.characters ?? defaultCharactersPath(modelsFolder));
  let cascade: LoadedCascade;
  try {
    cascade = await loadCascade(settings.cascade ?? defaultCascadePath(modelsFolder));
  } catch (error) {
    await model.close();
    throw error;
  }
  async function readAll(
    frame: Image,
    detections: readonly Detection[],
    guide?: RegionGuide,
  ): Promise<ExplainedRead[]> {
    const reads: ExplainedRead[] = [];
    for (const detection of detections)
      reads.push(await readPlate(frame, detection, model, { steps, candidates, regions, regionStrict, ...guide }));
    return reads;
  }
  return {
    detect: async (frame) => findPlates(frame, cascade, { scaleFactor, minNeighbors }),
    async read(frame, detections, guide) {
      const reads = await readAll(frame, detections, guide);
      return reads.map(({ read }) => read).filter(({ confidence }) => confidence >= minConfidence);
    },
    async explain(frame, detections) {
      const reads = (await readAll(frame, detections)).filter(({ read }) => read.confidence >= minConfidence);
      return { plates: reads.map(({ read }) => read), explained: await explainPictures(frame, reads, steps) };
    },
    async close() {
      cascade.close();
      await model.close();
    },
  };
}
