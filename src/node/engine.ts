/** What finds and reads plates in one thread: the neural engine and the classic one answer to the same calls. */
import type { Image } from "../core/image.ts";
import type { WeightedCrop } from "../core/merge-crops.ts";
import type { EvidencedRead } from "../core/pipeline.ts";
import type { Detection, PlateRead } from "../core/read.ts";
import type { ExplainedImage } from "./classic-explain.ts";
import type { ReadSettings } from "./read-settings.ts";

/** Regions for one image, in place of those of the settings. */
export type RegionGuide = Pick<ReadSettings, "regions"> & Partial<Pick<ReadSettings, "regionStrict">>;

export interface Engine {
  detect(frame: Image): Promise<readonly Detection[]>;
  /** Plates below the settings' least confidence are left out. */
  read(frame: Image, detections: readonly Detection[], guide?: RegionGuide): Promise<readonly PlateRead[]>;
  /** As `read`, each with what it rests on, for fusing; an engine that keeps nothing of the kind leaves it out. */
  readWithEvidence?(frame: Image, detections: readonly Detection[]): Promise<readonly EvidencedRead[]>;
  /** Reads one plate in its pictures of several frames together, in the place of `best`; where `readWithEvidence` is. */
  readMerged?(crops: readonly WeightedCrop[], best: EvidencedRead): Promise<readonly EvidencedRead[]>;
  /** As `read`, with every step as a picture; only the classic engine has steps to show. */
  explain?(
    frame: Image,
    detections: readonly Detection[],
  ): Promise<{ readonly plates: readonly PlateRead[]; readonly explained: ExplainedImage }>;
  close(): Promise<void>;
}

/**
 * Loads the engine that the settings name, with the net for merged pictures where it `isMerging`.
 *
 * @throws PlateKitError MODEL_MISSING or MODEL_MISMATCH.
 */
export async function createEngine(settings: ReadSettings, isMerging = false): Promise<Engine> {
  switch (settings.engine) {
    case "neural":
      return (await import("./neural-engine.ts")).createNeuralEngine(settings, isMerging);
    case "classic":
      return (await import("./classic-engine.ts")).createClassicEngine(settings);
  }
}
