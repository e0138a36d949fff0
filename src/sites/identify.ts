/**
 * Which known plate a read shows, if any: a probability over the known plates near it and "another one". One rule for
 * permits, toll accounts and hotlists; only the prior differs.
 */
import { type Confusability, confusability } from "./confusion-table.ts";
import { type PlateIndex, textsNear } from "./plate-index.ts";
import { textLikelihood, textPrior } from "./plate-likelihood.ts";
import type { PlateEvidence } from "./site-passage.ts";

export interface Identity {
  /** The known text. */
  readonly text: string;
  /** Probability that the plate says this text, 0..1. */
  readonly probability: number;
}

export interface IdentifyOptions {
  /** Share of passages whose plate is a known one, before reading, above 0 and below 1. */
  readonly knownShare: number;
  /**
   * How often an unknown plate that differs from a known one by a character passes, as a share of the known one's
   * passages: of the same fleet, or alike by chance. Default 0.001.
   */
  readonly neighbourShare?: number;
  readonly confusions?: Confusability;
}

const DEFAULT = confusability();

/** Where the known come often, and strangers once, as at a car park. */
const USUAL_NEIGHBOUR_SHARE = 0.001;

/** Candidates whose neighbourhood is searched: the text itself and the next best. */
const MAX_CANDIDATES = 4;
/** Of those only what may be: most reads are so sure of their text that the others are not worth a search. */
const MIN_CANDIDATE_CONFIDENCE = 1e-3;

/**
 * The known plates a read may show, most probable first. What is left of 1 is the chance of none of them.
 *
 * Bayes: a known plate has the prior knownShare / number known, any other plate shares the rest; see plate-likelihood.ts
 * for the likelihood ratios. A read that nothing supports has no identities.
 */
export function identifyPlate<Entry>(
  read: PlateEvidence,
  index: PlateIndex<Entry>,
  { knownShare, neighbourShare = USUAL_NEIGHBOUR_SHARE, confusions = DEFAULT }: IdentifyOptions,
): readonly Identity[] {
  const count = index.byText.size;
  if (count === 0 || read.text === "") return [];
  const near = new Set<string>(textsNear(index, read.text));
  for (const text of worthSearching(read.candidates)) for (const known of textsNear(index, text)) near.add(known);
  const weights: { text: string; weight: number }[] = [];
  // Any other plate shares what the read leaves of a whole: two vehicles never have one plate.
  let rest = 1;
  let neighbours = 0;
  // A known text is no unknown neighbour's.
  const own = index.byText.has(read.text) ? 0 : neighbourShare * Math.exp(textLikelihood(read.text, read, confusions));
  for (const text of near) {
    const likelihood = textLikelihood(text, read, confusions);
    weights.push({ text, weight: (knownShare / count) * Math.exp(likelihood) });
    rest -= Math.exp(likelihood + textPrior(text));
    // It may also be a plate next to a known one: of a fleet of which some vehicles are known, or alike by chance.
    neighbours += (knownShare / count) * own;
  }
  const other = (1 - knownShare) * Math.max(0, rest) + neighbours;
  const total = weights.reduce((sum, { weight }) => sum + weight, other);
  return weights
    .map(({ text, weight }) => ({ text, probability: withinReason(text, weight / total) }))
    .sort((a, b) => b.probability - a.probability || (a.text < b.text ? -1 : 1));
}

/** Texts of candidates whose neighbourhood is worth a search. */
export function worthSearching(candidates: PlateEvidence["candidates"]): readonly string[] {
  return candidates
    .slice(0, MAX_CANDIDATES)
    .filter(({ confidence }) => confidence >= MIN_CANDIDATE_CONFIDENCE)
    .map(({ text }) => text);
}

/** Shorter texts may be a piece of another plate, whatever the characters' confidence. */
const MIN_SURE_LENGTH = 3;

/** The probability that a text is a vehicle's plate, for texts too short to be sure of at most one half. */
export function withinReason(text: string, probability: number): number {
  return text.length < MIN_SURE_LENGTH ? Math.min(0.5, probability) : probability;
}
