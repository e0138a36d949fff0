/** How full a site is and was, how long vehicles stay, who stays too long or has not paid: figures of sessions. */
import { median } from "../../core/metrics.ts";

/** What the figures need of a session. */
export interface Stay {
  readonly sessionId: string;
  readonly text: string;
  /** Null: the entry was not seen. */
  readonly fromMs: number | null;
  /** Null: inside, or left unseen. */
  readonly toMs: number | null;
  readonly isOpen: boolean;
  readonly zoneIds: readonly string[];
  /** The longest stay allowed; null: no limit. */
  readonly maxStayMinutes: number | null;
  /** Minor units; null while a person decides. */
  readonly fee: number | null;
  readonly paid: number;
}

export interface OccupancyPoint {
  readonly fromMs: number;
  /** Vehicles inside at the beginning, and the most at any moment of the bin. */
  readonly vehicles: number;
  readonly most: number;
  readonly entries: number;
  readonly exits: number;
}

/**
 * Vehicles inside, now. Stays closed without exit don't count: nobody knows when they left.
 *
 * @param corrected what a person counted on the ground at a moment; what came and went since is added.
 */
export function occupancyNow(
  stays: readonly Stay[],
  zoneId: string | null = null,
  corrected: { readonly vehicles: number; readonly timeMs: number } | null = null,
): number {
  const inZone = stays.filter((stay) => isIn(stay, zoneId));
  if (corrected === null) return inZone.filter(({ isOpen }) => isOpen).length;
  const since = (timeMs: number | null): number => Number(timeMs !== null && timeMs > corrected.timeMs);
  const change = inZone.reduce((sum, { fromMs, toMs }) => sum + since(fromMs) - since(toMs), 0);
  return Math.max(0, corrected.vehicles + change);
}

/** Occupancy over time in bins of equal length; stays with an unseen end are left out, and counted in parkingFigures. */
export function occupancySeries(
  stays: readonly Stay[],
  fromMs: number,
  toMs: number,
  binMs: number,
  zoneId: string | null = null,
): OccupancyPoint[] {
  if (!(binMs > 0) || !(toMs >= fromMs)) throw new RangeError("Bins need a length, and an end after the start.");
  const changes: { timeMs: number; change: 1 | -1 }[] = [];
  for (const stay of stays) {
    if (!isIn(stay, zoneId) || stay.fromMs === null || (stay.toMs === null && !stay.isOpen)) continue;
    changes.push({ timeMs: stay.fromMs, change: 1 });
    // A clock that runs behind must not take a vehicle out before it came in.
    if (stay.toMs !== null) changes.push({ timeMs: Math.max(stay.fromMs, stay.toMs), change: -1 });
  }
  changes.sort((a, b) => a.timeMs - b.timeMs || b.change - a.change);
  const points: OccupancyPoint[] = [];
  let vehicles = 0;
  let next = 0;
  for (; next < changes.length && changes[next]!.timeMs < fromMs; next++) vehicles += changes[next]!.change;
  for (let binFromMs = fromMs; binFromMs < toMs; binFromMs += binMs) {
    const point = { fromMs: binFromMs, vehicles, most: vehicles, entries: 0, exits: 0 };
    for (; next < changes.length && changes[next]!.timeMs < Math.min(toMs, binFromMs + binMs); next++) {
      const { change } = changes[next]!; // below the length
      vehicles += change;
      point.most = Math.max(point.most, vehicles);
      if (change > 0) point.entries++;
      else point.exits++;
    }
    points.push(point);
  }
  return points;
}

export interface ParkingFigures {
  /** Stays that began in the span. */
  readonly stays: number;
  /** Stays that ended in the span, per place and day. */
  readonly turnover: number;
  /** Minutes, of stays that ended in the span with both ends seen; null without any. */
  readonly averageStayMinutes: number | null;
  readonly medianStayMinutes: number | null;
  /** Minor units: fees of stays that ended in the span, and what was paid of them. */
  readonly charged: number;
  readonly paid: number;
  /** Stays of the span with an end that nobody saw. */
  readonly incomplete: number;
}

export function parkingFigures(stays: readonly Stay[], fromMs: number, toMs: number, capacity: number): ParkingFigures {
  const isWithin = (timeMs: number | null): boolean => timeMs !== null && timeMs >= fromMs && timeMs < toMs;
  const ended = stays.filter(({ toMs: endMs }) => isWithin(endMs));
  const minutes = ended.flatMap(({ fromMs: startMs, toMs: endMs }) =>
    startMs === null || endMs === null ? [] : [Math.max(0, endMs - startMs) / 60_000],
  );
  const days = (toMs - fromMs) / 86_400_000;
  return {
    stays: stays.filter(({ fromMs: startMs }) => isWithin(startMs)).length,
    turnover: capacity > 0 && days > 0 ? ended.length / capacity / days : 0,
    averageStayMinutes: minutes.length === 0 ? null : minutes.reduce((sum, value) => sum + value, 0) / minutes.length,
    medianStayMinutes: minutes.length === 0 ? null : median(minutes),
    charged: ended.reduce((sum, { fee }) => sum + (fee ?? 0), 0),
    paid: ended.reduce((sum, { paid }) => sum + paid, 0),
    incomplete: stays.filter(
      (stay) =>
        (stay.fromMs === null && isWithin(stay.toMs)) || (stay.toMs === null && !stay.isOpen && isWithin(stay.fromMs)),
    ).length,
  };
}

/** Stays longer than allowed, longest over first; open ones are measured until now. */
export function overstays(stays: readonly Stay[], nowMs: number): readonly (Stay & { readonly overMinutes: number })[] {
  return stays
    .flatMap((stay) => {
      if (stay.maxStayMinutes === null || stay.fromMs === null || (stay.toMs === null && !stay.isOpen)) return [];
      const overMinutes = Math.floor(((stay.toMs ?? nowMs) - stay.fromMs) / 60_000) - stay.maxStayMinutes;
      return overMinutes > 0 ? [{ ...stay, overMinutes }] : [];
    })
    .sort((a, b) => b.overMinutes - a.overMinutes);
}

/** Stays that ended and were not paid in full, dearest first. */
export function unpaidStays(stays: readonly Stay[]): readonly (Stay & { readonly due: number })[] {
  return stays
    .flatMap((stay) =>
      !stay.isOpen && stay.fee !== null && stay.fee > stay.paid ? [{ ...stay, due: stay.fee - stay.paid }] : [],
    )
    .sort((a, b) => b.due - a.due);
}

function isIn({ zoneIds }: Stay, zoneId: string | null): boolean {
  return zoneId === null || zoneIds.includes(zoneId);
}
