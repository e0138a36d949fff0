/**
 * Pairs the passages that begin something with those that end it: entries and exits, gantries, points of a road.
 *
 * The pairing is stable: no start and end that are apart would both fit each other better than what they have. As the
 * fit is symmetric, there is one such pairing only, whatever the order in which passages are delivered (Gale and
 * Shapley 1962): one that comes hours late takes its partner back from a worse one. Knows no sites and no money.
 */
import type { PlateEvidence } from "./site-passage.ts";

export interface PairEnd {
  /** Unique among all. */
  readonly id: string;
  readonly timeMs: number;
  /** Camera, gantry or zone: for plausibility. */
  readonly place: string;
  readonly plate: PlateEvidence;
}

export interface Pair {
  readonly start: PairEnd;
  readonly end: PairEnd;
  /** How well they fit, nats; Infinity when a person joined them. */
  readonly fit: number;
  /** The fit of the next best partner of the passage that made the pair, -Infinity without. */
  readonly rivalFit: number;
}

export interface PairingState {
  /** Without a partner, in order of arrival. */
  readonly starts: readonly PairEnd[];
  readonly ends: readonly PairEnd[];
  /** Pairs recent enough to be broken by a better partner. */
  readonly pairs: readonly Pair[];
}

export interface PairingOptions {
  /** How plausible two passages are as a pair but for their plates, nats; -Infinity when impossible. Quick: asked often. */
  plausibility(start: PairEnd, end: PairEnd): number;
  /** How alike two plates are, nats. */
  likeness(a: PlateEvidence, b: PlateEvidence): number;
  /** Less is no pair. */
  readonly minFit: number;
}

export type PairRole = "start" | "end";

export interface PairingChange {
  readonly state: PairingState;
  readonly made: readonly Pair[];
  readonly broken: readonly Pair[];
}

export const NO_PAIRS: PairingState = { starts: [], ends: [], pairs: [] };

/** Takes in one more passage. An id that is known already changes nothing. */
export function addToPairing(
  state: PairingState,
  passage: PairEnd,
  role: PairRole,
  options: PairingOptions,
): PairingChange {
  if (isKnown(state, passage.id)) return { state, made: [], broken: [] };
  let { starts, ends, pairs } = state;
  const made: Pair[] = [];
  const broken: Pair[] = [];
  let homeless: PairEnd | undefined = passage;
  while (homeless !== undefined) {
    const one: PairEnd = homeless;
    const { best, taken, rivalFit } = bestPartner(one, role, { starts, ends, pairs }, options);
    homeless = undefined;
    if (best === undefined) {
      if (role === "start") starts = [...starts, one];
      else ends = [...ends, one];
      break;
    }
    if (taken !== undefined) {
      pairs = pairs.filter((pair) => pair !== taken);
      const index = made.indexOf(taken);
      if (index < 0) broken.push(taken);
      else made.splice(index, 1);
      homeless = role === "start" ? taken.start : taken.end;
    } else if (role === "start") ends = ends.filter((other) => other !== best.partner);
    else starts = starts.filter((other) => other !== best.partner);
    const [start, end] = role === "start" ? [one, best.partner] : [best.partner, one];
    const pair: Pair = { start, end, fit: best.fit, rivalFit };
    pairs = [...pairs, pair];
    made.push(pair);
  }
  return { state: { starts, ends, pairs }, made, broken };
}

/**
 * Joins two passages that a person says belong together, whatever they had; who is left alone looks for another.
 * Nothing but a person parts them again.
 */
export function joinByHand(state: PairingState, start: PairEnd, end: PairEnd, options: PairingOptions): PairingChange {
  const parted = partByHand(state, (pair) => pair.start.id === start.id || pair.end.id === end.id);
  const pair: Pair = { start, end, fit: Number.POSITIVE_INFINITY, rivalFit: Number.NEGATIVE_INFINITY };
  let next: PairingState = {
    starts: parted.state.starts.filter(({ id }) => id !== start.id),
    ends: parted.state.ends.filter(({ id }) => id !== end.id),
    pairs: [...parted.state.pairs, pair],
  };
  const made: Pair[] = [pair];
  const broken: Pair[] = [...parted.broken];
  for (const other of parted.broken) {
    for (const [left, role] of [
      [other.start, "start"],
      [other.end, "end"],
    ] as const) {
      if (left.id === start.id || left.id === end.id) continue;
      next = {
        ...next,
        starts: next.starts.filter(({ id }) => id !== left.id),
        ends: next.ends.filter(({ id }) => id !== left.id),
      };
      const change = addToPairing(next, left, role, options);
      next = change.state;
      made.push(...change.made);
      broken.push(...change.broken);
    }
  }
  return { state: next, made, broken };
}

/** Parts pairs that a person says are none; both sides are without a partner until something better comes. */
export function partByHand(state: PairingState, isParted: (pair: Pair) => boolean): PairingChange {
  const broken = state.pairs.filter(isParted);
  return {
    state: {
      starts: [...state.starts, ...broken.map(({ start }) => start)],
      ends: [...state.ends, ...broken.map(({ end }) => end)],
      pairs: state.pairs.filter((pair) => !broken.includes(pair)),
    },
    made: [],
    broken,
  };
}

/** Takes passages out that are settled for good, and pairs that no late delivery can break any more. */
export function settlePairing(
  state: PairingState,
  isSettled: { start(start: PairEnd): boolean; end(end: PairEnd): boolean; pair(pair: Pair): boolean },
): PairingState {
  return {
    starts: state.starts.filter((start) => !isSettled.start(start)),
    ends: state.ends.filter((end) => !isSettled.end(end)),
    pairs: state.pairs.filter((pair) => !isSettled.pair(pair)),
  };
}

/** Partners a person may choose from: free passages, best first, whether good enough or not. */
export function partnersFor(
  state: PairingState,
  passage: PairEnd,
  role: PairRole,
  options: PairingOptions,
  limit = 5,
): readonly { readonly partner: PairEnd; readonly fit: number }[] {
  return (role === "start" ? state.ends : state.starts)
    .map((partner) => ({ partner, fit: fitOf(passage, partner, role, options) }))
    .filter(({ fit }) => fit > Number.NEGATIVE_INFINITY)
    .sort((a, b) => b.fit - a.fit)
    .slice(0, limit);
}

function isKnown({ starts, ends, pairs }: PairingState, id: string): boolean {
  const isOne = (one: PairEnd): boolean => one.id === id;
  return starts.some(isOne) || ends.some(isOne) || pairs.some(({ start, end }) => isOne(start) || isOne(end));
}

function bestPartner(
  passage: PairEnd,
  role: PairRole,
  { starts, ends, pairs }: PairingState,
  options: PairingOptions,
): { best: { partner: PairEnd; fit: number } | undefined; taken: Pair | undefined; rivalFit: number } {
  let best: { partner: PairEnd; fit: number } | undefined;
  let taken: Pair | undefined;
  const fits: { partner: PairEnd; fit: number }[] = [];
  const consider = (partner: PairEnd, pair: Pair | undefined): void => {
    const fit = fitOf(passage, partner, role, options);
    if (fit < options.minFit) return;
    fits.push({ partner, fit });
    if (pair !== undefined && !isBetter(fit, passage.id, pair.fit, role === "start" ? pair.start.id : pair.end.id))
      return;
    if (best !== undefined && !isBetter(fit, partner.id, best.fit, best.partner.id)) return;
    best = { partner, fit };
    taken = pair;
  };
  for (const partner of role === "start" ? ends : starts) consider(partner, undefined);
  for (const pair of pairs) consider(role === "start" ? pair.end : pair.start, pair);
  return { best, taken, rivalFit: rivalOf(best?.partner, fits, options) };
}

/** The best fit of a partner that is another vehicle than the chosen one: an older passage of the same is no rival. */
function rivalOf(
  chosen: PairEnd | undefined,
  fits: readonly { readonly partner: PairEnd; readonly fit: number }[],
  options: PairingOptions,
): number {
  let rival = Number.NEGATIVE_INFINITY;
  for (const { partner, fit } of fits) {
    if (partner === chosen || fit <= rival) continue;
    if (chosen !== undefined && options.likeness(partner.plate, chosen.plate) >= options.minFit) continue;
    rival = fit;
  }
  return rival;
}

/** Equal fits are decided by id, so that the order of delivery never decides. */
function isBetter(fit: number, id: string, otherFit: number, otherId: string): boolean {
  return fit > otherFit || (fit === otherFit && id < otherId);
}

function fitOf(passage: PairEnd, partner: PairEnd, role: PairRole, options: PairingOptions): number {
  const plausible = role === "start" ? options.plausibility(passage, partner) : options.plausibility(partner, passage);
  if (plausible === Number.NEGATIVE_INFINITY) return plausible;
  return plausible + options.likeness(passage.plate, partner.plate);
}
