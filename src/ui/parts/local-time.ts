/** Between epoch milliseconds and what `<input type="datetime-local">` holds: the time on the clock beside the person. */

export function toLocalInput(timeMs: number | null | undefined): string {
  if (timeMs == null) return "";
  const date = new Date(timeMs);
  return new Date(timeMs - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Null for nothing, and for what is no time. */
export function fromLocalInput(text: string): number | null {
  if (text === "") return null;
  const timeMs = new Date(text).getTime();
  return Number.isNaN(timeMs) ? null : timeMs;
}
