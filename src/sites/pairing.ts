/**
 * Pairs the passages that begin something with those that end it: entries and exits, gantries, points of a road.
 *
 * Of all pairings it keeps the one whose fits sum to the most, so that a misread passage is left to the partner that
 * nothing else claims. A new passage changes it along one alternating path (Kuhn 1955); the result does not depend on
 * the order of delivery, and a passage that comes hours late takes its partner back. Knows no sites and no money.
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
  /** How much worse the whole pairing would be with the next best partner instead, nats; Infinity without another. */
  readonly lead: number;
  /** Both reads say the same text. */
  readonly isExact: boolean;
}

export interface PairingState {
  /** Without a partner, in order of arrival. */
  readonly starts: readonly PairEnd[];
  readonly ends: readonly PairEnd[];
  /** Pairs recent enough to be broken by a better partner. */
  readonly pairs: readonly Pair[];
}

export interface PairingOptions {
  /** How plausible two passages are as a pair but for their plates, nats, 0 or less; -Infinity when impossible. */
  plausibility(start: PairEnd, end: PairEnd): number;
  /** How alike two plates are, nats. */
  likeness(a: PlateEvidence, b: PlateEvidence): number;
  /** Less is no pair: two passages alone are worth as much. */
  readonly minFit: number;
  /** Plates at least this alike, nats, are one vehicle: two passages of it don't rival each other. */
  readonly sameFit: number;
}

export type PairRole = "start" | "end";

export interface PairingChange {
  readonly state: PairingState;
  readonly made: readonly Pair[];
  readonly broken: readonly Pair[];
}

export const NO_PAIRS: PairingState = { starts: [], ends: [], pairs: [] };

/** Takes in one more passage, whose id is new. */
export function addToPairing(
  state: PairingState,
  passage: PairEnd,
  role: PairRole,
  options: PairingOptions,
): PairingChange {
  const { steps } = bestPath(state, passage, role, options, []);
  if (steps.length === 0) {
    const alone = role === "start" ? { starts: [...state.starts, passage] } : { ends: [...state.ends, passage] };
    return { state: { ...state, ...alone }, made: [], broken: [] };
  }
  const broken = steps.flatMap(({ taken }) => (taken === null ? [] : [taken]));
  const made = steps.flatMap(({ pair }) => (pair === null ? [] : [pair]));
  const last = steps.at(-1)!; // the length was asked above
  let { starts, ends } = state;
  if (last.pair === null) {
    // The last one of the path is worth less than what its partner gained: it is left alone.
    if (role === "start") starts = [...starts, last.one];
    else ends = [...ends, last.one];
  } else {
    const { start, end } = last.pair;
    if (role === "start") ends = ends.filter((other) => other !== end);
    else starts = starts.filter((other) => other !== start);
  }
  const pairs = [
    ...(broken.length === 0 ? state.pairs : state.pairs.filter((pair) => !broken.includes(pair))),
    ...made,
  ];
  return { state: { starts, ends, pairs }, made, broken };
}

/**
 * Joins two passages that a person says belong together, whatever they had; who is left alone looks for another.
 * Nothing but a person parts them again.
 */
export function joinByHand(state: PairingState, start: PairEnd, end: PairEnd, options: PairingOptions): PairingChange {
  const parted = partByHand(state, (pair) => pair.start.id === start.id || pair.end.id === end.id);
  const pair: Pair = { start, end, fit: Number.POSITIVE_INFINITY, lead: Number.POSITIVE_INFINITY, isExact: false };
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

/** One step of an alternating path: `one` gets `pair`, taken from the one that had it; null: it is left alone. */
interface Step {
  readonly one: PairEnd;
  readonly pair: Pair | null;
  readonly taken: Pair | null;
}

/** Longer chains of vehicles that take each other's partner are not followed. */
const MAX_STEPS = 4;

/** The path from a passage without partner that adds most to the sum of fits; no steps: it stays alone. */
function bestPath(
  state: PairingState,
  one: PairEnd,
  role: PairRole,
  options: PairingOptions,
  used: readonly Pair[],
): { readonly gain: number; readonly steps: readonly Step[] } {
  const paths: { partner: PairEnd; fit: number; gain: number; taken: Pair | null; next: readonly Step[] }[] = [];
  for (const partner of role === "start" ? state.ends : state.starts) {
    const fit = fitOf(one, partner, role, options);
    if (fit > options.minFit) paths.push({ partner, fit, gain: fit - options.minFit, taken: null, next: [] });
  }
  for (const taken of used.length < MAX_STEPS ? state.pairs : []) {
    if (!isTakeable(taken, one) || used.includes(taken)) continue;
    const partner = role === "start" ? taken.end : taken.start;
    const fit = fitOf(one, partner, role, options);
    if (!(fit > options.minFit)) continue;
    const loser = role === "start" ? taken.start : taken.end;
    const { gain, steps } = bestPath(state, loser, role, options, [...used, taken]);
    const next = steps.length > 0 ? steps : [{ one: loser, pair: null, taken: null }];
    paths.push({ partner, fit, gain: fit - taken.fit + gain, taken, next });
  }
  // Equal gains are decided by id, so that the order of delivery never decides.
  paths.sort((a, b) => b.gain - a.gain || (a.partner.id < b.partner.id ? -1 : 1));
  const best = paths[0];
  if (best === undefined || best.gain <= 0) return { gain: 0, steps: [] };
  // An older passage of the same vehicle is no rival.
  const rival = paths.find(
    ({ partner }) => partner !== best.partner && options.likeness(partner.plate, best.partner.plate) < options.sameFit,
  );
  const [start, end] = role === "start" ? [one, best.partner] : [best.partner, one];
  const lead = rival === undefined ? Number.POSITIVE_INFINITY : best.gain - rival.gain;
  const pair: Pair = { start, end, fit: best.fit, lead, isExact: start.plate.text === end.plate.text };
  return { gain: best.gain, steps: [{ one, pair, taken: best.taken }, ...best.next] };
}

/** Two passages that say the same are parted by a third that says the same, or by nothing: quick to ask, often asked. */
function isTakeable(pair: Pair, one: PairEnd): boolean {
  if (pair.isExact) return one.plate.text === pair.start.plate.text;
  return pair.fit !== Number.POSITIVE_INFINITY;
}

function fitOf(passage: PairEnd, partner: PairEnd, role: PairRole, options: PairingOptions): number {
  const likeness = options.likeness(passage.plate, partner.plate);
  // Nothing but likeness adds: plausibility is 0 or less.
  if (likeness < options.minFit) return Number.NEGATIVE_INFINITY;
  return (
    likeness + (role === "start" ? options.plausibility(passage, partner) : options.plausibility(partner, passage))
  );
}
