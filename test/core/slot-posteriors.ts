/** Slot posteriors for tests: made of texts and numbers instead of a network. */
import type { SlotPosteriors } from "../../src/core/recognize.ts";

export const LATIN_DIGITS = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** One slot: characters and their probabilities; "" is the empty slot, what is left is spread over the others. */
export type Slot = Readonly<Record<string, number>>;

export interface PosteriorOptions {
  readonly alphabet?: readonly string[];
  readonly slots?: number;
  readonly regions?: Readonly<Record<string, number>>;
  readonly twoLines?: number;
  readonly legible?: number;
}

/** Posteriors of these slots; missing ones at the end are empty for sure. */
export function posteriorsFrom(given: readonly Slot[], options: PosteriorOptions = {}): SlotPosteriors {
  const { alphabet = LATIN_DIGITS, slots = 12, regions = {}, twoLines = 0.01, legible = 0.98 } = options;
  const classes = 1 + alphabet.length;
  const characters = new Float32Array(slots * classes);
  for (let slot = 0; slot < slots; slot++) {
    const wanted = given[slot] ?? { "": 1 };
    const named = Object.values(wanted).reduce((sum, value) => sum + value, 0);
    const rest = Math.max(1 - named, 1e-9) / (classes - Object.keys(wanted).length);
    ["", ...alphabet].forEach((character, index) => {
      characters[slot * classes + index] = Math.log(wanted[character] ?? rest);
    });
  }
  return {
    characters,
    slots,
    alphabet,
    regions: Object.keys(regions),
    regionProbabilities: Float32Array.from(Object.values(regions)),
    lines: [1 - twoLines, twoLines],
    legibility: { full: legible, partial: 1 - legible, none: 0 },
  };
}

/** Slots that say `text`, each character with probability `certainty`. */
export function slotsOf(text: string, certainty = 0.97): Slot[] {
  return [...text].map((character) => ({ [character]: certainty }));
}

/** Random posteriors over a tiny alphabet. */
export function randomPosteriors(random: () => number, alphabet: readonly string[], slots: number): SlotPosteriors {
  const classes = 1 + alphabet.length;
  const characters = new Float32Array(slots * classes);
  for (let slot = 0; slot < slots; slot++) {
    const weights = Array.from({ length: classes }, () => Math.exp(4 * random()));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    weights.forEach((weight, index) => {
      characters[slot * classes + index] = Math.log(weight / total);
    });
  }
  return {
    ...posteriorsFrom([], { alphabet, slots }),
    characters,
  };
}
