/** Travel times and speeds between two points, from vehicles recognised at both. */
import { median, quantile } from "../../core/metrics.ts";
import { csvTable, type TypedColumn } from "../csv.ts";
import {
  addToPairing,
  NO_PAIRS,
  type Pair,
  type PairEnd,
  type PairingOptions,
  type PairingState,
  settlePairing,
} from "../pairing.ts";
import { plateLikelihood } from "../plate-likelihood.ts";
import type { SitePassage } from "../site-passage.ts";

export interface RoadSection {
  readonly id: string;
  readonly fromCameraId: string;
  readonly toCameraId: string;
  readonly metres: number;
  /** Faster is no vehicle but a clock or a mismatch, km/h. Default 250. */
  readonly fastestKmh?: number;
  /** Slower has not driven through, km/h. Default 3. */
  readonly slowestKmh?: number;
}

/** A vehicle that was recognised at both ends. */
export interface Traversal {
  /** When it was at the beginning, epoch milliseconds. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** Nats: a traversal that is less sure would bring strangers' times in; there are enough others. */
const MIN_FIT = 8;

export interface TraversalState {
  readonly pairing: PairingState;
  /**
   * Vehicles that by the clocks were at the end before the beginning, or faster than any: when these are more than a
   * few of a hundred, the cameras' clocks differ.
   */
  readonly implausible: number;
}

export const NO_TRAVERSALS: TraversalState = { pairing: NO_PAIRS, implausible: 0 };

export interface TraversalChange {
  readonly state: TraversalState;
  readonly traversals: readonly Traversal[];
  /** The same with both ends, and pairs that turned out to be none. */
  readonly made: readonly Pair[];
  readonly broken: readonly Pair[];
}

/** Takes in a passage at either end; traversals that are new, in the order found. Passages elsewhere change nothing. */
export function updateTraversals(state: TraversalState, passage: SitePassage, section: RoadSection): TraversalChange {
  const isStart = passage.cameraId === section.fromCameraId;
  const nothing = { state, traversals: [], made: [], broken: [] };
  if (!isStart && passage.cameraId !== section.toCameraId) return nothing;
  const { id, text, confidence, characters, candidates, firstTimeMs } = passage;
  const one: PairEnd = { id, timeMs: firstTimeMs, place: "", plate: { text, confidence, characters, candidates } };
  if (isKnown(state.pairing, one)) return nothing;
  const change = addToPairing(state.pairing, one, isStart ? "start" : "end", sectionPairing(section));
  const traversals = change.made.map(({ start, end }) => ({
    startMs: start.timeMs,
    durationMs: end.timeMs - start.timeMs,
  }));
  const isOdd = traversals.length === 0 && contradictsClocks(state.pairing, one, isStart, section);
  const implausible = state.implausible + Number(isOdd);
  const { made, broken } = change;
  return { state: { pairing: change.state, implausible }, traversals, made, broken };
}

/** Forgets vehicles that can't arrive any more, a few minutes late at most. */
export function settleTraversals(state: TraversalState, nowMs: number, section: RoadSection): TraversalState {
  const { metres, slowestKmh = 3 } = section;
  const lateMs = 600_000;
  const longestMs = (metres * 3600) / slowestKmh + lateMs;
  const isOver = ({ timeMs }: PairEnd): boolean => nowMs - timeMs > longestMs;
  const isLate = ({ timeMs }: PairEnd): boolean => nowMs - timeMs > lateMs;
  const pairing = settlePairing(state.pairing, { start: isOver, end: isLate, pair: ({ end }) => isLate(end) });
  return { ...state, pairing };
}

/** The shortest and longest time that a traversal may take. */
export function traversalBoundsMs({
  metres,
  fastestKmh = 250,
  slowestKmh = 3,
}: RoadSection): readonly [number, number] {
  return [(metres * 3600) / fastestKmh, (metres * 3600) / slowestKmh];
}

function sectionPairing(section: RoadSection): PairingOptions {
  const [shortestMs, longestMs] = traversalBoundsMs(section);
  return {
    minFit: MIN_FIT,
    sameFit: MIN_FIT,
    likeness: plateLikelihood,
    plausibility(start, end) {
      const durationMs = end.timeMs - start.timeMs;
      if (durationMs < shortestMs || durationMs > longestMs) return Number.NEGATIVE_INFINITY;
      return -Math.log(durationMs / shortestMs) / 2;
    },
  };
}

/** Whether the vehicle was at the other end within seconds, or on the wrong side of time by up to the shortest way. */
function contradictsClocks(
  { starts, ends }: PairingState,
  one: PairEnd,
  isStart: boolean,
  section: RoadSection,
): boolean {
  const [shortestMs] = traversalBoundsMs(section);
  return (isStart ? ends : starts).some((other) => {
    const durationMs = isStart ? other.timeMs - one.timeMs : one.timeMs - other.timeMs;
    return Math.abs(durationMs) < shortestMs && plateLikelihood(other.plate, one.plate) >= MIN_FIT;
  });
}

function isKnown({ starts, ends, pairs }: PairingState, { id, timeMs }: PairEnd): boolean {
  const isOne = (other: PairEnd): boolean => other.timeMs === timeMs && other.id === id;
  return starts.some(isOne) || ends.some(isOne) || pairs.some(({ start, end }) => isOne(start) || isOne(end));
}

export interface TravelTimes {
  readonly fromMs: number;
  /** Traversals that began in the bin, and how many of them were left out as outliers. */
  readonly vehicles: number;
  readonly outliers: number;
  /** Of the others, milliseconds; null without any. */
  readonly medianMs: number | null;
  readonly p10Ms: number | null;
  readonly p90Ms: number | null;
  /** Length over mean time: the space-mean speed. */
  readonly kmh: number | null;
}

/** Deviations from the median, in scaled median absolute deviations, beyond which a traversal is an outlier. */
const OUTLIER_DEVIATIONS = 2.5;
/** A MAD of a normal distribution times this is its standard deviation. */
const MAD_SCALE = 1.4826;
/** Scatter of the logarithm of travel times in free traffic: a MAD below is chance of few vehicles. */
const MIN_SPREAD = 0.04;

/**
 * Splits off traversals of vehicles that stopped on the way, or were taken for another.
 *
 * The rule: a traversal is an outlier when the logarithm of its time is further than 2.5 scaled median absolute
 * deviations from the median of its bin (Hampel 1974; logarithms, as times are skewed), repeated until none is left,
 * at most five times, as stops widen the first estimate. Fewer than five vehicles have no outliers.
 */
export function withoutOutliers(durationsMs: readonly number[]): {
  readonly kept: readonly number[];
  readonly outliers: number;
} {
  let kept = durationsMs;
  for (let round = 0; round < 5 && kept.length >= 5; round++) {
    const logs = kept.map(Math.log);
    const centre = median(logs);
    const spread = Math.max(MIN_SPREAD, MAD_SCALE * median(logs.map((value) => Math.abs(value - centre))));
    const next = kept.filter((_, i) => Math.abs(logs[i]! - centre) <= OUTLIER_DEVIATIONS * spread); // one a time
    if (next.length === kept.length) break;
    kept = next;
  }
  return { kept, outliers: durationsMs.length - kept.length };
}

/** Travel times in bins by when the traversals began; bins without any are left out. */
export function travelTimes(
  traversals: readonly Traversal[],
  metres: number,
  binMs: number,
  originMs = 0,
): TravelTimes[] {
  const bins = new Map<number, number[]>();
  for (const { startMs, durationMs } of traversals) {
    if (!(durationMs > 0)) continue;
    const bin = Math.floor((startMs - originMs) / binMs);
    const list = bins.get(bin);
    if (list === undefined) bins.set(bin, [durationMs]);
    else list.push(durationMs);
  }
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, durations]) => {
      const { kept, outliers } = withoutOutliers(durations);
      const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
      return {
        fromMs: originMs + bin * binMs,
        vehicles: durations.length,
        outliers,
        medianMs: median(kept),
        p10Ms: quantile(kept, 0.1),
        p90Ms: quantile(kept, 0.9),
        kmh: (metres * 3600) / mean,
      };
    });
}

/** What a table of travel times holds; times are UTC. */
export const TRAVEL_COLUMNS: readonly TypedColumn<TravelTimes>[] = [
  { name: "from", type: "TIMESTAMP", value: ({ fromMs }) => new Date(fromMs).toISOString() },
  { name: "vehicles", type: "INT32", value: ({ vehicles }) => vehicles },
  { name: "outliers", type: "INT32", value: ({ outliers }) => outliers },
  { name: "medianSeconds", type: "DOUBLE", value: ({ medianMs }) => secondsOf(medianMs) },
  { name: "p10Seconds", type: "DOUBLE", value: ({ p10Ms }) => secondsOf(p10Ms) },
  { name: "p90Seconds", type: "DOUBLE", value: ({ p90Ms }) => secondsOf(p90Ms) },
  { name: "kmh", type: "DOUBLE", value: ({ kmh }) => kmh },
];

export function travelTimesCsv(times: Iterable<TravelTimes>): string {
  return csvTable(TRAVEL_COLUMNS, times);
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
