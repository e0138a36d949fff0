/**
 * Which known plate a read shows, if any: a probability over the known plates near it and "another one". One rule for
 * permits, toll accounts and hotlists; only the prior differs.
 */
import { type Confusability, confusability } from "./confusion-table.ts";
import { type PlateIndex, textsNear } from "./plate-index.ts";
import { neighbourLikelihood, textLikelihood } from "./plate-likelihood.ts";
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
  readonly confusions?: Confusability;
}

const DEFAULT = confusability();

/** Candidates whose neighbourhood is searched: the text itself and the next best. */
const MAX_CANDIDATES = 4;

/**
 * The known plates a read may show, most probable first. What is left of 1 is the chance of none of them.
 *
 * Bayes: a known plate has the prior knownShare / number known, any other plate shares the rest; see plate-likelihood.ts
 * for the likelihood ratios. A read that nothing supports has no identities.
 */
export function identifyPlate<Entry>(
  read: PlateEvidence,
  index: PlateIndex<Entry>,
  { knownShare, confusions = DEFAULT }: IdentifyOptions,
): readonly Identity[] {
  const count = index.byText.size;
  if (count === 0 || read.text === "") return [];
  const near = new Set<string>(textsNear(index, read.text));
  for (const { text } of read.candidates.slice(0, MAX_CANDIDATES)) {
    for (const known of textsNear(index, text)) near.add(known);
  }
  // Another plate may also be one numbered next to a known one: a fleet of which some vehicles are known.
  let other = 1 - knownShare;
  for (const text of near) if (text !== read.text) other += (knownShare / count) * neighbourLikelihood(text, read.text);
  const weights = [...near].map((text) => ({
    text,
    weight: (knownShare / count) * Math.exp(textLikelihood(text, read, confusions)),
  }));
  const total = weights.reduce((sum, { weight }) => sum + weight, other);
  return weights
    .map(({ text, weight }) => ({ text, probability: weight / total }))
    .sort((a, b) => b.probability - a.probability || (a.text < b.text ? -1 : 1));
}
