/** Whether a weekly schedule holds at a moment, on the clock of its place. */
import { weekdayOf, type ZoneClock } from "../../sites/zone-clock.ts";
import type { WeekSpan } from "../../store/types.ts";

/** Null or no spans: always. A span at or past midnight belongs to the day it begins on. */
export function isScheduled(spans: readonly WeekSpan[] | null | undefined, timeMs: number, clock: ZoneClock): boolean {
  if (spans === null || spans === undefined || spans.length === 0) return true;
  const { day, minute } = clock.wallTime(timeMs);
  const today = weekdayOf(day) - 1; // 0 Monday
  const yesterday = (today + 6) % 7;
  return spans.some(({ days, fromMinute, toMinute }) => {
    const isOvernight = toMinute <= fromMinute;
    if (days.includes(today) && minute >= fromMinute && (isOvernight || minute < toMinute)) return true;
    return isOvernight && days.includes(yesterday) && minute < toMinute;
  });
}
