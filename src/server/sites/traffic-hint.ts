/** Whether travel time has left its usual band in the last hours: today's bins beside those of earlier days. */
import { compareDay, type IncidentHint, incidentHint } from "../../sites/traffic/comparison.ts";
import type { TravelTimes } from "../../sites/traffic/travel-time.ts";
import { zoneClock } from "../../sites/zone-clock.ts";

export type CompactBin = Pick<TravelTimes, "fromMs" | "vehicles" | "medianMs">;

const RECENT_MS = 3 * 3_600_000;

export function hintOf(
  bins: readonly CompactBin[],
  timeZone: string,
  nowMs: number,
  binMinutes: number,
): IncidentHint | null {
  const clock = zoneClock(timeZone);
  const { day } = clock.wallTime(nowMs);
  const values = bins.flatMap(({ fromMs, medianMs }) => (medianMs === null ? [] : [{ fromMs, value: medianMs }]));
  // Any day compares here: an hour's travel time differs less between weekdays than there are weeks of data.
  const usual = new Map(compareDay(values, day, clock, binMinutes, () => true).map((bin) => [bin.minute, bin]));
  const recent = bins.filter(
    ({ fromMs }) => fromMs >= nowMs - RECENT_MS && fromMs <= nowMs && clock.wallTime(fromMs).day === day,
  );
  return incidentHint(
    recent.map(({ fromMs, vehicles, medianMs }) => {
      const minute = Math.floor(clock.wallTime(fromMs).minute / binMinutes) * binMinutes;
      const band = usual.get(minute);
      return {
        ...{ fromMs, vehicles, medianMs, days: band?.days ?? 0 },
        usualMs: band?.usual ?? null,
        highMs: band?.high ?? null,
      };
    }),
  );
}
