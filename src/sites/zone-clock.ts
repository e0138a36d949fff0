/**
 * Wall-clock time of a place, both ways, by the time zone rules that Intl carries. A day is looked up once; a change of
 * the clocks within it is found by bisection to the second.
 *
 * Wall times that a change skips count as the moment of the change; those that come twice count as the first. So a
 * later wall time is never an earlier moment, and a band "02:30 to 03:00" has no length in the night it is skipped.
 */
import { PlateKitError } from "../core/errors.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Moments that Date and Intl can name. */
const MAX_TIME_MS = 8_640_000_000_000_000 - 2 * DAY_MS;

/** Days kept per zone: more than a hundred years. */
const MAX_DAYS = 40_000;

/** 1 Monday .. 7 Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** A moment as the clock on the wall shows it. */
export interface WallTime {
  /** Days since 1970-01-01 of the local date. */
  readonly day: number;
  /** Minutes since local midnight by the clock's face, 0..1439. */
  readonly minute: number;
}

export interface ZoneClock {
  readonly timeZone: string;
  /** Local minus UTC, milliseconds. */
  offsetMs(timeMs: number): number;
  wallTime(timeMs: number): WallTime;
  /** When the wall shows this; `minute` may be 1440, the next midnight. */
  instant(day: number, minute: number): number;
}

const clocks = new Map<string, ZoneClock>();

/**
 * The clock of a time zone.
 *
 * @param timeZone IANA name: `Europe/Berlin`.
 * @throws PlateKitError SITE_INVALID for a name that is not known.
 */
export function zoneClock(timeZone: string): ZoneClock {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const lookup = offsetLookup(timeZone);
  const days = new Map<number, DayOffsets>();
  const offsetMs = (timeMs: number): number => {
    if (!(Math.abs(timeMs) <= MAX_TIME_MS)) throw new RangeError(`${timeMs} is no time that a calendar can name.`);
    const number = Math.floor(timeMs / DAY_MS);
    let day = days.get(number);
    if (day === undefined) {
      day = dayOffsets(number, lookup);
      if (days.size >= MAX_DAYS) days.clear();
      days.set(number, day);
    }
    return timeMs < day.changeMs ? day.before : day.after;
  };
  const clock: ZoneClock = {
    timeZone,
    offsetMs,
    wallTime(timeMs) {
      const local = timeMs + offsetMs(timeMs);
      const day = Math.floor(local / DAY_MS);
      return { day, minute: Math.floor((local - day * DAY_MS) / MINUTE_MS) };
    },
    instant(day, minute) {
      const local = day * DAY_MS + minute * MINUTE_MS;
      // Offsets span -12 h to +14 h, so that these two see the rules before and after any change near by.
      const early = local - offsetMs(local - 15 * 3_600_000);
      if (early + offsetMs(early) === local) return early;
      const late = local - offsetMs(local + 15 * 3_600_000);
      if (late + offsetMs(late) === local) return late;
      return changeBetween(Math.min(early, late), Math.max(early, late), offsetMs);
    },
  };
  clocks.set(timeZone, clock);
  return clock;
}

/** `2026-03-29` of a local day. */
export function isoDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/**
 * The local day that `2026-03-29` names.
 *
 * @throws PlateKitError SITE_INVALID for what is no date, such as 2026-02-30.
 */
export function dayOf(isoDate: string): number {
  const timeMs = /^\d{4}-\d\d-\d\d$/.test(isoDate) ? Date.parse(`${isoDate}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(timeMs) || isoDay(timeMs / DAY_MS) !== isoDate) {
    throw new PlateKitError("SITE_INVALID", `"${isoDate}" is no date; write it as 2026-03-29.`);
  }
  return timeMs / DAY_MS;
}

/**
 * Minutes since midnight that `08:30` names; `24:00` is the end of the day.
 *
 * @throws PlateKitError SITE_INVALID
 */
export function minuteOf(clockTime: string): number {
  const match = /^(\d\d):(\d\d)$/.exec(clockTime);
  const minute = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN;
  if (!(minute <= 1440) || Number(match?.[2]) > 59) {
    throw new PlateKitError("SITE_INVALID", `"${clockTime}" is no time of day; write it as 08:30, up to 24:00.`);
  }
  return minute;
}

export function weekdayOf(day: number): Weekday {
  // 1970-01-01 was a Thursday.
  return (((((day + 3) % 7) + 7) % 7) + 1) as Weekday; // 1..7 by the arithmetic
}

/** `2026-03-29 14:05` on the wall. */
export function wallText(timeMs: number, clock: ZoneClock): string {
  const { day, minute } = clock.wallTime(timeMs);
  return `${isoDay(day)} ${clockText(minute)}`;
}

/** `08:05` of 485 minutes. */
export function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** Offsets of one UTC day: `before` up to the change, `after` from it on. */
interface DayOffsets {
  readonly changeMs: number;
  readonly before: number;
  readonly after: number;
}

function dayOffsets(number: number, lookup: (timeMs: number) => number): DayOffsets {
  const startMs = number * DAY_MS;
  const before = lookup(startMs);
  const after = lookup(startMs + DAY_MS);
  if (before === after) return { changeMs: Number.POSITIVE_INFINITY, before, after };
  return { changeMs: changeBetween(startMs, startMs + DAY_MS, lookup), before, after };
}

/** The first moment, to the second, at which the offset is no longer that of `fromMs`. */
function changeBetween(fromMs: number, toMs: number, lookup: (timeMs: number) => number): number {
  const before = lookup(fromMs);
  let low = Math.floor(fromMs / 1000);
  let high = Math.ceil(toMs / 1000);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (lookup(middle * 1000) === before) low = middle;
    else high = middle;
  }
  return high * 1000;
}

function offsetLookup(timeZone: string): (timeMs: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US-u-ca-iso8601-hc-h23", {
      timeZone,
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (cause) {
    throw new PlateKitError("SITE_INVALID", `There is no time zone "${timeZone}"; use a name such as Europe/Berlin.`, {
      cause,
    });
  }
  return (timeMs) => {
    const seconds = Math.floor(timeMs / 1000) * 1000;
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(seconds)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    const local = new Date(0);
    local.setUTCFullYear(year, month - 1, day); // Date.UTC would take year 26 for 1926
    return local.setUTCHours(hour, minute, second) - seconds;
  };
}
