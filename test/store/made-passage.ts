/** Passages made up for tests. */
import type { Passage } from "../../src/core/passage.ts";
import { CAMERA_DEFAULTS } from "../../src/store/cameras.ts";
import { createId } from "../../src/store/ids.ts";
import type { Camera, New, NewPassage } from "../../src/store/types.ts";

export function madePassage(text: string, changes: Partial<Passage> = {}): Passage {
  const timeMs = changes.firstTimeMs ?? 1_700_000_000_000;
  return {
    schema: 1,
    id: createId(),
    text,
    display: null,
    confidence: 0.97,
    region: "de",
    regionConfidence: 0.9,
    lines: 1,
    characters: [...text].map((character) => ({ text: character, confidence: 0.99 })),
    candidates: [{ text, confidence: 0.97 }],
    doubt: null,
    firstTimeMs: timeMs,
    lastTimeMs: timeMs + 800,
    frames: 7,
    direction: null,
    path: [[timeMs, 100.5, 200]],
    best: {
      timeMs,
      box: [10, 20, 100, 30],
      corners: [
        [10, 20],
        [110, 20],
        [110, 50],
        [10, 50],
      ],
      detectionConfidence: 0.9,
    },
    preview: false,
    ...changes,
  };
}

export function newPassage(
  text: string,
  cameraId: string,
  changes: Partial<Passage> = {},
  more: Partial<NewPassage> = {},
): NewPassage {
  return { passage: madePassage(text, changes), cameraId, ...more };
}

export function newCamera(name: string, changes: Partial<New<Camera>> = {}): New<Camera> {
  return {
    name,
    ...CAMERA_DEFAULTS,
    siteId: null,
    kind: "upload",
    isEnabled: true,
    ...changes,
  };
}

/** Seeded, so that a failure can be repeated (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
