/**
 * Whether two reads at different point gantries are of one vehicle under way: the same text, with as much time between
 * them as the road takes. Then each says for the other what a second look would. Knows no accounts and no prices.
 */
import type { PairEnd } from "../pairing.ts";
import type { Gantry } from "./network.ts";

export interface UnderWayOptions {
  /** Gantries' clocks may differ by this, milliseconds. */
  readonly skewMs: number;
  /** Metres a second. */
  readonly fastest: number;
  readonly slowest: number;
  /** Between gantries whose place along the road is not told, at most this. */
  readonly companyMs: number;
}

/** @param gantries by id; passages at none of them are of no vehicle under way. */
export function isSeenElsewhere(
  a: PairEnd,
  b: PairEnd,
  gantries: ReadonlyMap<string, Pick<Gantry, "metre">>,
  { skewMs, fastest, slowest, companyMs }: UnderWayOptions,
): boolean {
  if (a.place === b.place || a.plate.text === "" || a.plate.text !== b.plate.text) return false;
  const [from, to] = a.timeMs <= b.timeMs ? [a, b] : [b, a];
  const tripMs = to.timeMs - from.timeMs;
  const [first, second] = [gantries.get(from.place), gantries.get(to.place)];
  if (first === undefined || second === undefined) return false;
  if (first.metre === undefined || second.metre === undefined) return tripMs <= companyMs;
  // Metres count up in the direction of driving.
  const metres = second.metre - first.metre;
  if (metres <= 0) return false;
  return metres <= (fastest * (tripMs + skewMs)) / 1000 && metres >= (slowest * (tripMs - skewMs)) / 1000;
}
