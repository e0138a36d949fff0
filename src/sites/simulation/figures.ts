/** What a simulation is asked for and what it says. */
import type { MisreadModel } from "./misreads.ts";
import type { DeliveryModel } from "./stream.ts";

export interface SimulationOptions {
  readonly vehicles: number;
  readonly days: number;
  readonly seed: number;
  readonly misreads: MisreadModel;
  readonly delivery: DeliveryModel;
}

/** One figure, beside that of exact matching and the one to reach. */
export interface Figure {
  /** For JSON. */
  readonly key: string;
  readonly meaning: string;
  readonly value: number;
  /** Null: exact matching has no such figure. */
  readonly naive: number | null;
  readonly target: { readonly relation: ">=" | "<="; readonly value: number } | null;
  /** Null without target. */
  readonly isReached: boolean | null;
}

export function figure(
  key: string,
  meaning: string,
  value: number,
  naive: number | null,
  relation?: ">=" | "<=",
  target?: number,
): Figure {
  if (relation === undefined || target === undefined)
    return { key, meaning, value, naive, target: null, isReached: null };
  const isReached = relation === ">=" ? value >= target : value <= target;
  return { key, meaning, value, naive, target: { relation, value: target }, isReached };
}
