import assert from "node:assert/strict";
import { test } from "node:test";
import type { Doubt, PlateRead } from "../../../src/core/read.ts";
import { NO_TRACKS, type Track, updateTracks } from "../../../src/core/track.ts";
import { UNREAD_RULES, unreadReason } from "../../../src/server/intake/unread-plates.ts";

function readOf(text: string, confidence: number, doubt: Doubt | null, found = 0.9): PlateRead {
  return {
    ...{ text, display: null, confidence, region: null, regionConfidence: null, doubt },
    characters: [...text].map((character) => ({ text: character, confidence })),
    candidates: text === "" ? [] : [{ text, confidence }],
    detection: {
      ...{ box: [10, 10, 80, 20], lines: 1, confidence: found },
      corners: [
        [10, 10],
        [90, 10],
        [90, 30],
        [10, 30],
      ],
    },
  };
}

/** One plate, seen in as many frames as there are reads. */
function trackOf(reads: readonly PlateRead[]): Track {
  let state = NO_TRACKS;
  for (const [i, read] of reads.entries()) {
    state = updateTracks(state, [{ read, evidence: null, weight: Math.max(0.01, read.confidence) }], 100 * i).state;
  }
  return state.tracks[0]!; // one plate, one track
}

const three = (text: string, confidence: number, doubt: Doubt | null, found?: number): readonly PlateRead[] =>
  Array.from({ length: 3 }, () => readOf(text, confidence, doubt, found));
const cases = [
  { name: "one frame alone is no plate to speak of", reads: [readOf("", 0, "blurred")], expected: null },
  { name: "a plate read well", reads: three("ABC123", 0.99, null), expected: null },
  { name: "no text, and why", reads: three("", 0, "too-small"), expected: "too-small" },
  { name: "no text and no reason", reads: three("", 0, null), expected: "no-text" },
  { name: "a text that nobody would believe", reads: three("ABC123", 0.4, null, 0.5), expected: "unsure" },
  { name: "a text in doubt, and why", reads: three("ABC123", 0.4, "glare", 0.5), expected: "glare" },
] as const;
for (const { name, reads, expected } of cases) {
  test(`unreadReason: ${name}`, () => assert.equal(unreadReason(trackOf(reads), UNREAD_RULES), expected));
}
