/** A passage as the store gives it, for tests. */
import type { StoredPassage } from "../../../src/store/types.ts";

export function storedPassage(fields: Partial<StoredPassage> = {}): StoredPassage {
  const text = fields.text ?? "ABC123";
  return {
    ...{ schema: 1, id: "passage", text, display: "ABC 123", confidence: 0.97, region: "de", regionConfidence: 0.9 },
    ...{ lines: 1, characters: [], candidates: [{ text, confidence: 0.97 }], doubt: null },
    ...{ firstTimeMs: 1000, lastTimeMs: 2000, frames: 9, direction: "in", path: [], preview: false },
    best: {
      ...{ timeMs: 1500, box: [10, 20, 100, 30], detectionConfidence: 0.9 },
      corners: [
        [10, 20],
        [110, 20],
        [110, 50],
        [10, 50],
      ],
    },
    ...{ cameraId: "gate", siteId: null, plate: text, pictures: { crop: null, frame: null }, listHits: [] },
    ...{ correctedText: null, hold: false, receivedAtMs: 2500, isHashed: false },
    ...fields,
  };
}
