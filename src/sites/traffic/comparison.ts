/** A day beside others like it, and whether traffic is unusual now. */
import { median, quantile } from "../../core/metrics.ts";
import { weekdayOf, type ZoneClock } from "../zone-clock.ts";

/** A value of a stretch of time: vehicles of a bin, a median travel time. */
export interface TimedValue {
  readonly fromMs: number;
  readonly value: number;
}

export interface ComparedBin {
  /** Minutes since local midnight, by the clock on the wall. */
  readonly minute: number;
  readonly value: number | null;
  /** Of the same time on the other days; null without any. */
  readonly usual: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly days: number;
}

/** Share of the usual values below and above the band. */
const BAND = 0.1;

/**
 * A local day, bin by bin, beside earlier days of the same weekday: median, and the band that holds all but the lowest
 * and highest tenth. Matched by the clock on the wall, so that 8 o'clock is compared with 8 o'clock across changes of
 * the clocks; of an hour that comes twice, the first is taken.
 */
export function compareDay(
  values: readonly TimedValue[],
  day: number,
  clock: ZoneClock,
  binMinutes: number,
  isComparable: (day: number) => boolean = (other) => weekdayOf(other) === weekdayOf(day),
): ComparedBin[] {
  const own = new Map<number, number>();
  const others = new Map<number, Map<number, number>>();
  for (const { fromMs, value } of [...values].sort((a, b) => a.fromMs - b.fromMs)) {
    const wall = clock.wallTime(fromMs);
    const minute = Math.floor(wall.minute / binMinutes) * binMinutes;
    if (wall.day === day) {
      if (!own.has(minute)) own.set(minute, value);
    } else if (wall.day < day && isComparable(wall.day)) {
      const byDay = others.get(minute) ?? new Map<number, number>();
      if (!byDay.has(wall.day)) byDay.set(wall.day, value);
      others.set(minute, byDay);
    }
  }
  return Array.from({ length: Math.ceil(1440 / binMinutes) }, (_, i) => {
    const minute = i * binMinutes;
    const usual = [...(others.get(minute)?.values() ?? [])];
    const isNone = usual.length === 0;
    return {
      minute,
      value: own.get(minute) ?? null,
      usual: isNone ? null : median(usual),
      low: isNone ? null : quantile(usual, BAND),
      high: isNone ? null : quantile(usual, 1 - BAND),
      days: usual.length,
    };
  });
}

export interface IncidentHint {
  readonly fromMs: number;
  readonly medianMs: number;
  readonly usualMs: number;
  /** How many times the usual. */
  readonly ratio: number;
}

export interface IncidentOptions {
  /** Bins in a row that must be above the band. */
  readonly bins: number;
  /** The least ratio to the usual: a narrow band is left by chance. */
  readonly minRatio: number;
  /** Vehicles that a bin must rest on, and days that its band must. */
  readonly minVehicles: number;
  readonly minDays: number;
}

export const INCIDENT_DEFAULTS: IncidentOptions = { bins: 2, minRatio: 1.3, minVehicles: 5, minDays: 4 };

/** A bin of travel times beside its usual band. */
export interface WatchedBin {
  readonly fromMs: number;
  readonly vehicles: number;
  readonly medianMs: number | null;
  readonly usualMs: number | null;
  readonly highMs: number | null;
  readonly days: number;
}

/**
 * The beginning of an incident that lasts until the latest bin, or null: travel time has left its usual band upwards in
 * enough bins in a row. A hint for a person, not a finding. A bin with too few vehicles neither begins nor ends one.
 */
export function incidentHint(
  bins: readonly WatchedBin[],
  options: IncidentOptions = INCIDENT_DEFAULTS,
): IncidentHint | null {
  let run: IncidentHint[] = [];
  for (const { fromMs, vehicles, medianMs, usualMs, highMs, days } of bins) {
    if (medianMs === null || vehicles < options.minVehicles) continue;
    const isUnusual =
      usualMs !== null &&
      highMs !== null &&
      days >= options.minDays &&
      medianMs > highMs &&
      medianMs >= options.minRatio * usualMs;
    run = isUnusual ? [...run, { fromMs, medianMs, usualMs, ratio: medianMs / usualMs }] : [];
  }
  return run.length >= options.bins ? run[0]! : null; // bins is 1 or more
}
