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
  readonly unit: "share" | "count";
  readonly value: number;
  /** Null: exact matching has no such figure. */
  readonly naive: number | null;
  readonly target: Target | null;
  /** Null without target. */
  readonly isReached: boolean | null;
}

export interface Target {
  readonly relation: ">=" | "<=";
  readonly value: number;
}

/** A share of 0..1. */
export function shareFigure(
  key: string,
  meaning: string,
  value: number,
  naive: number | null,
  target: Target | null = null,
): Figure {
  const isReached = target === null ? null : target.relation === ">=" ? value >= target.value : value <= target.value;
  return { key, meaning, unit: "share", value, naive, target, isReached };
}

export function countFigure(key: string, meaning: string, value: number): Figure {
  return { key, meaning, unit: "count", value, naive: null, target: null, isReached: null };
}
