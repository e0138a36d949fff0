/** Numbers and times as people read them, in the browser's language. */

const timeFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const clockFormat = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const relativeFormat = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const numberFormat = new Intl.NumberFormat();

export function formatTime(timeMs: number): string {
  return timeFormat.format(timeMs);
}

/** The clock alone for today, day and clock before. */
export function formatTimeShort(timeMs: number, nowMs = Date.now()): string {
  return new Date(timeMs).toDateString() === new Date(nowMs).toDateString()
    ? clockFormat.format(timeMs)
    : formatTime(timeMs);
}

export function formatDay(timeMs: number): string {
  return dayFormat.format(timeMs);
}

/** `3 min. ago`, `in 2 days`. */
export function formatAgo(timeMs: number, nowMs = Date.now()): string {
  const seconds = (timeMs - nowMs) / 1000;
  const steps = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ] as const;
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return relativeFormat.format(Math.round(seconds / length), unit);
  }
  return relativeFormat.format(Math.round(seconds), "second");
}

export function formatNumber(value: number): string {
  return numberFormat.format(value);
}

/** `1.5 GB`, in powers of 1000 as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power]}`;
}

export function formatMs(milliseconds: number): string {
  return milliseconds >= 1000 ? `${(milliseconds / 1000).toFixed(1)} s` : `${Math.round(milliseconds)} ms`;
}

/** 0.987 → `98.7 %`; never rounds up to certainty. */
export function percent(share: number): string {
  const value = Math.floor(share * 1000 + 1e-6) / 10;
  return `${value >= 99.95 ? 100 : value.toFixed(1)} %`;
}
