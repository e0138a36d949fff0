/** Recurring hours of a week, with holidays: when a tariff's band, a permit or a restriction is in force. */
import { PlateKitError } from "../core/errors.ts";
import { dayOf, minuteOf, type Weekday, weekdayOf, type ZoneClock } from "./zone-clock.ts";

/** Kinds of days; a holiday is only a holiday, whatever its weekday. */
export type DayKind = Weekday | "holiday";

/** Hours of the day on some days. */
export interface WeeklyHours {
  /** Missing: every day, holidays too. */
  readonly days?: readonly DayKind[];
  /** `08:00`. */
  readonly from: string;
  /** `18:00`, up to `24:00`; at or before `from` it means the next day, and the hours belong to the day they begin. */
  readonly to: string;
}

/** Weekly hours made ready for use. */
export interface Hours {
  readonly days: ReadonlySet<DayKind> | null;
  readonly fromMinute: number;
  /** Above 1440 when the hours pass midnight. */
  readonly toMinute: number;
}

/** Dates `2026-12-25` as local days. */
export function holidaySet(dates: readonly string[]): ReadonlySet<number> {
  return new Set(dates.map(dayOf));
}

/** @throws PlateKitError SITE_INVALID for times or days that are none. */
export function hoursOf({ days, from, to }: WeeklyHours): Hours {
  const fromMinute = minuteOf(from);
  const toMinute = minuteOf(to);
  if (fromMinute === 1440) throw new PlateKitError("SITE_INVALID", `Hours can't begin at 24:00; write 00:00.`);
  for (const day of days ?? []) {
    if (day !== "holiday" && ![1, 2, 3, 4, 5, 6, 7].includes(day)) {
      throw new PlateKitError("SITE_INVALID", `A day is 1 (Monday) to 7 (Sunday) or "holiday", found ${String(day)}.`);
    }
  }
  return {
    days: days === undefined ? null : new Set(days),
    fromMinute,
    toMinute: toMinute <= fromMinute ? toMinute + 1440 : toMinute,
  };
}

export function dayKindOf(day: number, holidays: ReadonlySet<number>): DayKind {
  return holidays.has(day) ? "holiday" : weekdayOf(day);
}

/** The local day on which the hours in force at a wall time began, or null when they are not in force. */
export function hoursAt(hours: Hours, day: number, minute: number, holidays: ReadonlySet<number>): number | null {
  for (const begun of [day, day - 1]) {
    const since = minute + (day - begun) * 1440;
    const isDay = hours.days === null || hours.days.has(dayKindOf(begun, holidays));
    if (isDay && since >= hours.fromMinute && since < hours.toMinute) return begun;
  }
  return null;
}

/** Whether some of the hours are in force at a moment. */
export function isWithinHours(
  hours: readonly Hours[],
  timeMs: number,
  clock: ZoneClock,
  holidays: ReadonlySet<number>,
): boolean {
  const { day, minute } = clock.wallTime(timeMs);
  return hours.some((one) => hoursAt(one, day, minute, holidays) !== null);
}
