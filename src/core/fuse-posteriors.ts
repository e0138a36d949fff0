/**
 * Adds up what several reads of one plate say of each character: the posteriors of all reads, not a vote on strings.
 * Knows slots and weights; what the sum spells is decoded like any single read (fuse.ts).
 */
import type { SlotPosteriors } from "./recognize.ts";

/** One read's posteriors and how much they tell, > 0. */
export interface WeightedPosteriors {
  readonly posteriors: SlotPosteriors;
  readonly weight: number;
}

export interface FusedPosteriors {
  readonly posteriors: SlotPosteriors;
  /** How many independent reads the sum is worth, 1 and up. */
  readonly effectiveReads: number;
}

/** A single read can't veto a character: below this its probability says no more. */
const FLOOR = 1 / 1100;

/** Log-probability of a character skipped or invented by the recognizer: about 2 of 100 on hard plates. */
const GAP = -4;

/** References tried: the texts that most reads, by weight, say. */
const MAX_REFERENCES = 3;

/**
 * Frames of one vehicle share blur, angle and light, so their errors do too: n equal reads count as n to this power.
 * 1 would be independence (and absurd certainty), 0 the mean of all reads.
 */
const INDEPENDENCE = 0.5;

/**
 * Drawn alike by many authorities: what tells them apart is not in the picture, and so no surer for being guessed in many
 * frames. Which of them it is remains as open as the mean of the reads has it, for the formats to say.
 */
const LOOK_ALIKES = ["0O", "1I"] as const;

/**
 * One set of posteriors from those of several reads, whatever their order: per slot a weighted mean of the
 * probabilities, each read aligned first to the reading that agrees best with all, since a missed character
 * shifts everything after it.
 *
 * @param reads of one recognizer: equal slots, alphabet and regions.
 * @throws RangeError for no reads, or reads of different recognizers.
 */
export function fusePosteriors(reads: readonly WeightedPosteriors[]): FusedPosteriors {
  const first = reads[0]?.posteriors;
  if (first === undefined) throw new RangeError("There is nothing to fuse.");
  const classes = 1 + first.alphabet.length;
  for (const { posteriors } of reads) {
    const isAlike =
      posteriors.characters.length === first.characters.length && posteriors.regions.length === first.regions.length;
    if (!isAlike) throw new RangeError("Reads of different recognizers can't be fused.");
  }
  const weights = reads.map(({ weight }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const effectiveReads = Math.max(1, total / Math.max(...weights)) ** INDEPENDENCE;

  const alike = LOOK_ALIKES.map((group) =>
    [...group].map((character) => 1 + first.alphabet.indexOf(character)).filter((index) => index > 0),
  );
  const slots = reads.map(({ posteriors }) => slotLists(posteriors, classes));
  const { alignments } = bestReference(slots, weights);
  const characters = new Float32Array(first.characters.length);
  for (let slot = 0; slot < first.slots; slot++) {
    const said: Said[] = [];
    for (const [i, { probabilities }] of slots.entries()) {
      const from = alignments[i]![slot]!;
      if (from >= 0) said.push({ probabilities: probabilities[from]!, weight: weights[i]! });
    }
    characters.set(fuseProbabilities(said, classes, effectiveReads, alike), slot * classes);
  }
  const regions = reads.map(({ posteriors, weight }) => ({ probabilities: posteriors.regionProbabilities, weight }));
  return {
    posteriors: {
      ...first,
      characters,
      regionProbabilities: fuseProbabilities(regions, first.regions.length, effectiveReads, []).map(Math.exp),
      lines: [mean(reads, (p) => p.lines[0]), mean(reads, (p) => p.lines[1])],
      legibility: {
        full: mean(reads, (p) => p.legibility.full),
        partial: mean(reads, (p) => p.legibility.partial),
        none: mean(reads, (p) => p.legibility.none),
      },
    },
    effectiveReads,
  };
}

/** The slots of a read as lists of probabilities, and how many of them hold characters at best guess. */
interface SlotLists {
  readonly probabilities: readonly Float32Array[];
  readonly length: number;
  /** The best guess, as class indices: equal for reads that say the same. */
  readonly key: string;
}

function slotLists({ characters, slots }: SlotPosteriors, classes: number): SlotLists {
  const all = new Float32Array(characters.length);
  for (let i = 0; i < all.length; i++) all[i] = Math.exp(characters[i]!); // map() would box each number
  const probabilities = Array.from({ length: slots }, (_, slot) => all.subarray(slot * classes, (slot + 1) * classes));
  const guesses = probabilities.map(indexOfMost);
  const end = guesses.indexOf(0);
  const length = end < 0 ? slots : end;
  return { probabilities, length, key: guesses.slice(0, length).join(",") };
}

/** The first, where several are the most. */
function indexOfMost(values: Float32Array): number {
  let most = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[most]!) most = i;
  return most;
}

/** Of the texts most reads say, the one all reads align to best, with those alignments. */
function bestReference(
  reads: readonly SlotLists[],
  weights: readonly number[],
): { readonly alignments: readonly Int32Array[] } {
  const votes = new Map<string, { weight: number; read: number }>();
  for (const [i, { key }] of reads.entries()) {
    const vote = votes.get(key);
    const isHeavier = vote === undefined || weights[i]! > weights[vote.read]!;
    votes.set(key, { weight: (vote?.weight ?? 0) + weights[i]!, read: isHeavier ? i : vote.read });
  }
  const references = [...votes]
    .sort(([a, x], [b, y]) => y.weight - x.weight || (a < b ? -1 : 1))
    .slice(0, MAX_REFERENCES);
  let best: { agreement: number; alignments: Int32Array[] } | undefined;
  for (const [, { read }] of references) {
    const aligned = reads.map((other) => alignSlots(reads[read]!, other));
    const agreement = aligned.reduce((sum, { agreement: value }, i) => sum + weights[i]! * value, 0);
    if (best === undefined || agreement > best.agreement) {
      best = { agreement, alignments: aligned.map(({ slots }) => slots) };
    }
  }
  return best!; // one read at least, so one reference
}

/**
 * Aligns the characters of `read` to those of `reference` (Needleman and Wunsch 1970), a pair scoring the
 * log-probability that both slots hold the same character.
 *
 * @returns for each slot of the reference the slot of the read that speaks of it, -1 where the read skipped it.
 */
function alignSlots(reference: SlotLists, read: SlotLists): { slots: Int32Array; agreement: number } {
  const rows = reference.length;
  const columns = read.length;
  const width = columns + 1;
  const scores = new Float64Array((rows + 1) * width);
  for (let i = 1; i <= rows; i++) scores[i * width] = i * GAP;
  for (let j = 1; j <= columns; j++) scores[j] = j * GAP;
  const pairs = new Float64Array(rows * columns);
  for (let i = 1; i <= rows; i++) {
    for (let j = 1; j <= columns; j++) {
      const pair = sameCharacter(reference.probabilities[i - 1]!, read.probabilities[j - 1]!);
      pairs[(i - 1) * columns + j - 1] = pair;
      scores[i * width + j] = Math.max(
        scores[(i - 1) * width + j - 1]! + pair,
        scores[(i - 1) * width + j]! + GAP,
        scores[i * width + j - 1]! + GAP,
      );
    }
  }
  const slots = new Int32Array(reference.probabilities.length).fill(-1);
  let i = rows;
  let j = columns;
  while (i > 0 && j > 0) {
    const score = scores[i * width + j]!;
    if (score === scores[(i - 1) * width + j - 1]! + pairs[(i - 1) * columns + j - 1]!) slots[--i] = --j;
    else if (score === scores[(i - 1) * width + j]! + GAP) i--;
    else j--;
  }
  // Behind the text both are empty: the ends go together.
  for (let slot = rows; slot < slots.length; slot++) {
    const from = columns + slot - rows;
    slots[slot] = from < read.probabilities.length ? from : -1;
  }
  return { slots, agreement: scores[rows * width + columns]! };
}

/** Log-probability that two slots hold the same character, never below a gap on each side. */
function sameCharacter(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let c = 1; c < a.length; c++) sum += a[c]! * b[c]!;
  return Math.max(2 * GAP, Math.log(Math.max(sum, 1e-12)));
}

/** What one read says of a slot, or of the region. */
interface Said {
  readonly probabilities: Float32Array;
  readonly weight: number;
}

/**
 * The square of the weighted mean of square roots of probabilities, raised to `power`, made to sum to 1 again; as
 * log-probabilities. Uniform when nobody spoke.
 *
 * That is between the reads' product and their mean. Under the product a character that none of them reads wins over two
 * that some read and others rule out: five frames of M and four of N made W.
 *
 * @param alike classes of which only the sum is raised; their shares of it stay as they are.
 */
function fuseProbabilities(
  said: readonly Said[],
  classes: number,
  power: number,
  alike: readonly (readonly number[])[],
): Float32Array {
  const sums = new Float64Array(classes);
  let total = 0;
  for (const { probabilities, weight } of said) {
    total += weight;
    for (let c = 0; c < classes; c++) {
      const probability = probabilities[c]!;
      sums[c]! += weight * Math.sqrt(probability > FLOOR ? probability : FLOOR);
    }
  }
  const fused = new Float32Array(classes);
  if (total === 0) return fused.fill(-Math.log(classes));
  for (let c = 0; c < classes; c++) fused[c] = 2 * power * Math.log(sums[c]! / total);
  for (const group of alike) {
    const mean = group.reduce((sum, c) => sum + (sums[c]! / total) ** 2, 0); // classes of the alphabet
    for (const c of group) fused[c] = 2 * Math.log(sums[c]! / total) + (power - 1) * Math.log(mean);
  }
  const partition = logSum(fused);
  for (let c = 0; c < classes; c++) fused[c]! -= partition;
  return fused;
}

/** ln of the sum of exp; safe for small and large ones. */
function logSum(logs: Float32Array): number {
  let max = -Infinity;
  for (let i = 0; i < logs.length; i++) max = Math.max(max, logs[i]!);
  let sum = 0;
  for (let i = 0; i < logs.length; i++) sum += Math.exp(logs[i]! - max);
  return max + Math.log(sum);
}

function mean(reads: readonly WeightedPosteriors[], pick: (posteriors: SlotPosteriors) => number): number {
  let sum = 0;
  let total = 0;
  for (const { posteriors, weight } of reads) {
    sum += weight * pick(posteriors);
    total += weight;
  }
  return sum / total;
}
