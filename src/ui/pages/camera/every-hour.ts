/** The server counts the hours in which something happened; a chart of a day needs all of them. */

export interface HourCount {
  readonly timeMs: number;
  readonly passages: number;
  readonly unread: Readonly<Partial<Record<string, number>>>;
}

const HOUR_MS = 3_600_000;

/** Every hour from the one of `fromMs` to the one of `toMs`, both included, oldest first; zeros where nothing was counted. */
export function everyHour(counted: readonly HourCount[], fromMs: number, toMs: number): readonly HourCount[] {
  const known = new Map(counted.map((hour) => [hour.timeMs, hour]));
  const hours: HourCount[] = [];
  for (let timeMs = Math.floor(fromMs / HOUR_MS) * HOUR_MS; timeMs <= toMs; timeMs += HOUR_MS) {
    hours.push(known.get(timeMs) ?? { timeMs, passages: 0, unread: {} });
  }
  return hours;
}
