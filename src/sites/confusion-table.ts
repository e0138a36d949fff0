/**
 * Which characters are read as which: the misreads of a recognizer as probabilities, and what a read then says of the
 * character that was there. Default data: look-alikes.json, written by bench/misreads.ts.
 */
import { PlateKitError } from "../core/errors.ts";
import type { Confusion } from "../core/metrics.ts";
import lookAlikes from "./look-alikes.json" with { type: "json" };

/** Misreads of a recognizer. */
export interface ConfusionTable {
  /** Where the numbers are from, for reports. */
  readonly source: string;
  /** Not measured on the recognizer in use. */
  readonly provisional: boolean;
  /** Per true character: the share of its misreads that come out as each other one, summing to at most 1. */
  readonly misreads: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Chance that a read lacks a character, or holds one too many; 0..1, exclusive. */
  readonly missed: number;
  readonly invented: number;
  /** Share of wrong texts among the reads it was counted on, above 0 and at most 1. Default 0.05. */
  readonly wrongShare?: number;
}

/** That of passages read right 19 times of 20. */
export const USUAL_WRONG_SHARE = 0.05;

export const DEFAULT_CONFUSIONS: ConfusionTable = lookAlikes;

const CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** How likely each character is before anything was read. Above the even share: plates of one place share letters. */
const DIGIT_PRIOR = 0.1;
const LETTER_PRIOR = 0.05;

/** Share of a character's misreads that the table does not name, spread over all others; never 0, or one slip would be proof. */
const MIN_OTHERS = 0.02;

/** A table made ready for use: lookups by character. */
export interface Confusability {
  readonly table: ConfusionTable;
  /** P(character read | character there, and it was misread). */
  misread(there: string, read: string): number;
  /** P(character there | character read, and that is wrong). */
  behind(read: string, there: string): number;
}

/**
 * Turns shares into probabilities over all letters and digits, both ways (Bayes with equal priors).
 *
 * @throws PlateKitError SITE_INVALID for shares that are negative, no numbers, or sum to more than 1.
 */
export function confusability(table: ConfusionTable = DEFAULT_CONFUSIONS): Confusability {
  const size = CHARACTERS.length;
  const forward = new Float64Array(size * size);
  for (const [row, there] of [...CHARACTERS].entries()) {
    const named = Object.entries(table.misreads[there] ?? {}).filter(([read]) => read !== there);
    const sum = named.reduce((total, [, share]) => total + share, 0);
    if (named.some(([, share]) => !(share >= 0)) || !(sum <= 1 + 1e-9)) {
      throw new PlateKitError(
        "SITE_INVALID",
        `The misreads of "${there}" must be shares of at least 0 that sum to at most 1, found a sum of ${sum}.`,
      );
    }
    const others = Math.max(MIN_OTHERS, 1 - sum);
    for (let column = 0; column < size; column++)
      forward[row * size + column] = column === row ? 0 : others / (size - 1);
    for (const [read, share] of named) {
      const column = CHARACTERS.indexOf(read);
      if (column >= 0 && read.length === 1) forward[row * size + column]! += share;
    }
    normalise(forward, row * size, 1, size);
  }
  for (const [name, gap] of [
    ["missed", table.missed],
    ["invented", table.invented],
  ] as const) {
    if (!(gap > 0 && gap < 1)) {
      throw new PlateKitError(
        "SITE_INVALID",
        `"${name}" of a confusion table must be above 0 and below 1, found ${gap}.`,
      );
    }
  }
  const wrongShare = table.wrongShare ?? USUAL_WRONG_SHARE;
  if (!(wrongShare > 0 && wrongShare <= 1)) {
    throw new PlateKitError(
      "SITE_INVALID",
      `"wrongShare" of a confusion table must be above 0 and at most 1, found ${wrongShare}.`,
    );
  }
  const backward = forward.slice();
  for (let column = 0; column < size; column++) normalise(backward, column, size, size);
  const index = new Map([...CHARACTERS].map((character, i) => [character, i]));
  // Letters of other scripts: any is taken for any other, evenly.
  const lookup = (values: Float64Array, there: string, read: string): number => {
    const row = index.get(there);
    const column = index.get(read);
    return row === undefined || column === undefined ? 1 / size : values[row * size + column]!;
  };
  return {
    table,
    misread: (there, read) => lookup(forward, there, read),
    behind: (read, there) => lookup(backward, there, read),
  };
}

/** How likely a character is at any place of a plate, before it is read. */
export function characterPrior(character: string): number {
  return character >= "0" && character <= "9" ? DIGIT_PRIOR : LETTER_PRIOR;
}

/** What a measured table is made of. */
export interface CountedMisreads {
  /** As `confusions` of core counts them. */
  readonly confusions: readonly Confusion[];
  /** Characters of the truth they were counted on. */
  readonly characters: number;
  /** Share of the reads whose text was wrong. */
  readonly wrongShare?: number;
  readonly source: string;
}

/**
 * A measured table.
 *
 * @param prior what is known without counting, such as shapes that look alike; it weighs as much as `PRIOR_MISREADS` misreads
 *   of each character, so that rare characters, of which few misreads were seen, lean on it.
 */
export function confusionTable(
  { confusions, characters, wrongShare, source }: CountedMisreads,
  prior: ConfusionTable | null = null,
): ConfusionTable {
  const counts: Record<string, Record<string, number>> = {};
  let missed = 0;
  let invented = 0;
  for (const { expected, actual, count } of confusions) {
    if (expected === null) invented += count;
    else if (actual === null) missed += count;
    else {
      const row = counts[expected] ?? {};
      row[actual] = (row[actual] ?? 0) + count;
      counts[expected] = row;
    }
  }
  const misreads: Record<string, Record<string, number>> = {};
  for (const there of new Set([...Object.keys(prior?.misreads ?? {}), ...Object.keys(counts)])) {
    const [known, counted] = [prior?.misreads[there] ?? {}, counts[there] ?? {}];
    // Without prior one more misread that nobody saw (Laplace): a rare character has not shown all it can be taken for.
    const weight = prior === null ? 1 : PRIOR_MISREADS;
    const total = weight + Object.values(counted).reduce((sum, count) => sum + count, 0);
    misreads[there] = Object.fromEntries(
      [...new Set([...Object.keys(known), ...Object.keys(counted)])]
        .map((read) => [read, (weight * (known[read] ?? 0) + (counted[read] ?? 0)) / total] as const)
        .sort(([, a], [, b]) => b - a),
    );
  }
  const share = (count: number): number => (count + 0.5) / (characters + 1);
  return {
    ...{ source, provisional: false, missed: share(missed), invented: share(invented) },
    ...(wrongShare === undefined ? {} : { wrongShare }),
    misreads,
  };
}

/** Misreads of a character that a prior counts as. */
const PRIOR_MISREADS = 5;

function normalise(values: Float64Array, from: number, step: number, count: number): void {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[from + i * step]!;
  for (let i = 0; i < count; i++) values[from + i * step]! /= sum;
}
