/** Toll accounts with their plates, and which plate a read is to be charged to. */
import { type Confusability, confusability } from "../confusion-table.ts";
import { identifyPlate, withinReason, worthSearching } from "../identify.ts";
import { type PlateIndex, plateIndex, textsNear } from "../plate-index.ts";
import { neighbourLikelihood, textLikelihood, textPrior } from "../plate-likelihood.ts";
import { makeShare, nearbyMakeShare, type PlateMakes, plateMakes } from "../plate-makes.ts";
import type { PlateEvidence } from "../site-passage.ts";
import { isValidAt, type Validity } from "../validity.ts";

export interface TollAccount {
  readonly id: string;
  readonly holder: string;
  readonly plates: readonly (Validity & { readonly plate: string })[];
}

export interface AccountIndex extends PlateIndex<TollAccount> {
  readonly makes: PlateMakes;
}

export function accountIndex(accounts: readonly TollAccount[]): AccountIndex {
  const index = plateIndex(accounts, ({ plates }) => plates.map(({ plate }) => plate));
  return { ...index, makes: plateMakes(index.byText.keys()) };
}

/** The account that a plate belongs to at a moment. When two claim it, the first in the list, so that one is charged. */
export function accountOf(text: string, timeMs: number, index: AccountIndex): TollAccount | null {
  const owners = index.byText.get(text) ?? [];
  const isOwner = ({ plates }: TollAccount): boolean =>
    plates.some((entry) => entry.plate === text && isValidAt(entry, timeMs));
  return owners.find(isOwner) ?? null;
}

/** Whose plate some reads of one vehicle show, and how sure that is. */
export interface ChargedPlate {
  readonly text: string;
  /** 0..1; compare with the threshold of chooseReviewThreshold, chosen from these very probabilities. */
  readonly probability: number;
}

/** Share of passages by account holders, before reading: measured by whoever knows better. */
export const DEFAULT_KNOWN_SHARE = 0.7;

const DEFAULT = confusability();

/** Chance that two wrong reads of a plate say the same: characters have a few that they are mostly taken for. */
const SAME_SLIP = 0.25;

/**
 * The plate to charge, from one read or from several of the same vehicle. Weighs the accounts' plates near the reads
 * against plates of no account: a text that is nearly an account's is rarely another vehicle's.
 *
 * @returns null for reads without text.
 */
export function chargedPlate(
  reads: readonly PlateEvidence[],
  index: AccountIndex,
  knownShare = DEFAULT_KNOWN_SHARE,
  confusions: Confusability = DEFAULT,
): ChargedPlate | null {
  const said = reads.filter(({ text }) => text !== "");
  if (said.length === 0) return null;
  const texts = new Set<string>();
  for (const { text, candidates } of said) {
    for (const one of [text, ...worthSearching(candidates)]) {
      texts.add(one);
      for (const near of textsNear(index, one)) texts.add(near);
    }
  }
  const perKnown = knownShare / Math.max(1, index.byText.size);
  const named = said.map(() => 0);
  let total = 0;
  let fleet = 0;
  let best: { text: string; weight: number } | undefined;
  for (const text of texts) {
    const likelihoods = said.map((read) => textLikelihood(text, read, confusions));
    const likelihood = likelihoods.reduce((sum, one) => sum + one, 0);
    const isKnown = index.byText.has(text);
    // A plate of no account may still be numbered next to one, as fleets are.
    const neighbour = isKnown ? 0 : perKnown * nearestNeighbour(text, index);
    const unknown = (1 - knownShare) * makeShare(text, index.makes) + neighbour;
    const weight = (isKnown ? perKnown : unknown * Math.exp(textPrior(text))) * Math.exp(likelihood);
    total += weight;
    for (const [i, one] of likelihoods.entries()) named[i]! += Math.exp(textPrior(text) + one);
    fleet = Math.max(fleet, neighbour);
    if (best === undefined || weight > best.weight) best = { text, weight };
  }
  // Texts that no candidate names: what the reads leave of a whole. They may be of a commoner make, or of the same fleet.
  const { text: first } = said[0]!; // some read has a text
  if (said.every(({ text }) => text === first)) {
    const left = named.reduce((product, share) => product * Math.max(0, 1 - share), 1);
    const agreeing = (SAME_SLIP * Math.exp(-textPrior(first))) ** (said.length - 1);
    total += ((1 - knownShare) * nearbyMakeShare(first, index.makes) + fleet) * left * agreeing;
  }
  return { text: best!.text, probability: withinReason(best!.text, best!.weight / total) }; // some read has a text
}

function nearestNeighbour(text: string, index: AccountIndex): number {
  let best = 0;
  for (const near of textsNear(index, text)) best = Math.max(best, neighbourLikelihood(near, text));
  return best;
}

/** Account plates a read may show, for the review queue. */
export function likelyAccounts(
  read: PlateEvidence,
  index: AccountIndex,
): readonly { readonly text: string; readonly probability: number }[] {
  return identifyPlate(read, index, { knownShare: DEFAULT_KNOWN_SHARE }).slice(0, 5);
}
