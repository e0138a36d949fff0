/** The nets of our own, run by ONNX Runtime: two for pictures, one more for plates seen in several frames. */
import { detectPlates } from "../core/detect.ts";
import { readDetections, readDetectionsWithEvidence, readMergedCrops } from "../core/pipeline.ts";
import type { Engine } from "./engine.ts";
import { loadMergedModel, loadModels } from "./load-model.ts";
import type { ReadSettings } from "./read-settings.ts";

export async function createNeuralEngine(settings: ReadSettings, isMerging: boolean): Promise<Engine> {
  const { detector, recognizer } = await loadModels(settings.modelsFolder);
  const merged = isMerging ? await loadMergedModel(recognizer.card, settings.modelsFolder) : null;
  const { regions, regionStrict, candidates, minConfidence } = settings;
  const options = { regions, regionStrict, candidates, minConfidence };
  return {
    detect: (frame) => detectPlates(frame, detector),
    read: (frame, detections, guide) => readDetections(frame, detections, recognizer, { ...options, ...guide }),
    readWithEvidence: (frame, detections) => readDetectionsWithEvidence(frame, detections, recognizer, options),
    readMerged: (crops, best) => readMergedCrops(crops, best, merged ?? recognizer, options),
    async close() {
      await detector.close();
      await recognizer.close();
      await merged?.close();
    },
  };
}
