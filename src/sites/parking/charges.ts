/**
 * Walks a stay through a tariff and says what is charged when. A step that has begun is paid for whole and covers its
 * whole length, even past the end of its band, so nobody pays twice for a minute. Each charge depends only on what came
 * before it: a longer stay has the same charges and perhaps more, so its price never falls.
 */
import { hoursAt } from "../calendar.ts";
import type { PreparedBand, PreparedTariff } from "./tariff.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Equal steps in a row, one flat price, or an event. */
export interface Charge {
  readonly kind: "step" | "flat" | "event";
  readonly name: string;
  /** Length of a step; 0 for a flat price. */
  readonly minutes: number;
  readonly count: number;
  readonly unitPrice: number;
  readonly fromMs: number;
  /** Until when the charge covers. */
  readonly toMs: number;
  /** Which day of the cap it counts for: a local day, or how many times 24 hours since the entry. */
  readonly day: number;
}

export interface Walk {
  readonly charges: readonly Charge[];
  /** Until when all is paid for. */
  readonly coveredMs: number;
}

/** A stretch of one band or event. `window` names the hours it belongs to: a flat price is paid once for them. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly band: number;
  readonly event: number;
  readonly window: string;
}

/**
 * What a stay is charged, in order of time. Nothing for a stay without length.
 *
 * @param originMs where 24-hour days are counted from: the entry.
 */
export function walkTariff(prepared: PreparedTariff, fromMs: number, toMs: number, originMs = fromMs): Walk {
  const { tariff, bands, events, clock, basis } = prepared;
  const isDaily = tariff.stepsRestart === "daily";
  const isByDay = isDaily || tariff.dayCap !== undefined;
  const charges: Charge[] = [];
  const paidWindows = new Set<string>();
  /** Per band: which step comes next, and how often it was taken. */
  let ladders = bands.map(() => ({ step: 0, taken: 0 }));
  let ladderDay = Number.NaN;
  let stretches: readonly Stretch[] = [];
  let atMs = fromMs;
  while (atMs < toMs) {
    let stretch = stretches.find((one) => atMs >= one.fromMs && atMs < one.toMs);
    if (stretch === undefined) {
      stretches = stretchesOf(prepared, clock.wallTime(atMs).day);
      stretch = stretches.find((one) => atMs >= one.fromMs && atMs < one.toMs);
      if (stretch === undefined) throw new RangeError(`No band of tariff "${tariff.id}" holds ${atMs}.`);
    }
    const day = basis === "24h" ? Math.floor((atMs - originMs) / DAY_MS) : clock.wallTime(atMs).day;
    const dayEndMs = basis === "24h" ? originMs + (day + 1) * DAY_MS : clock.instant(day + 1, 0);
    const untilMs = Math.min(toMs, stretch.toMs, isByDay ? dayEndMs : Number.POSITIVE_INFINITY);
    if (isDaily && day !== ladderDay) {
      ladders = bands.map(() => ({ step: 0, taken: 0 }));
      ladderDay = day;
    }
    const event = events[stretch.event];
    const band = bands[stretch.band]!; // every stretch has a band, the last being always
    const price = event?.price ?? band.flat;
    if (price !== null) {
      if (!paidWindows.has(stretch.window)) {
        const [kind, name] = event === undefined ? (["flat", band.name] as const) : (["event", event.name] as const);
        paidWindows.add(stretch.window);
        charges.push({ kind, name, minutes: 0, count: 1, unitPrice: price, fromMs: atMs, toMs: stretch.toMs, day });
      }
      // To the end of the hours, not of the stay: what is paid for is covered.
      atMs = isByDay ? Math.min(stretch.toMs, dayEndMs) : stretch.toMs;
      continue;
    }
    const charge = nextSteps(band, ladders[stretch.band]!, atMs, untilMs, day); // a ladder per band
    charges.push(charge);
    atMs = charge.toMs;
  }
  return { charges, coveredMs: Math.max(atMs, fromMs) };
}

/** Takes the ladder's present step as often as it begins before `untilMs`. */
function nextSteps(
  band: PreparedBand,
  ladder: { step: number; taken: number },
  atMs: number,
  untilMs: number,
  day: number,
): Charge {
  const { minutes, price, times } = band.steps[ladder.step]!; // checked: a band has steps, and the last repeats
  const lengthMs = minutes * MINUTE_MS;
  const count = Math.min(times - ladder.taken, Math.ceil((untilMs - atMs) / lengthMs));
  ladder.taken += count;
  if (ladder.taken >= times) {
    ladder.step++;
    ladder.taken = 0;
  }
  const toMs = atMs + count * lengthMs;
  return { kind: "step", name: band.name, minutes, count, unitPrice: price, fromMs: atMs, toMs, day };
}

/** A local day cut where bands and events change, in order; stretches without length are left out. */
function stretchesOf(prepared: PreparedTariff, day: number): readonly Stretch[] {
  const { bands, boundaries, holidays, clock, events } = prepared;
  const stretches: Stretch[] = [];
  for (const [i, minute] of boundaries.slice(0, -1).entries()) {
    const fromMs = clock.instant(day, minute);
    const toMs = clock.instant(day, boundaries[i + 1]!); // i ends one before the last
    let begun: number | null = day;
    const band = bands.findIndex(({ hours }) => {
      if (hours === null) return true;
      begun = null;
      for (const one of hours) begun ??= hoursAt(one, day, minute, holidays);
      return begun !== null;
    });
    if (bands[band]!.hours === null) begun = day; // found: the last band is always
    let atMs = fromMs;
    for (const [event, { fromMs: eventFromMs, toMs: eventToMs }] of events.entries()) {
      if (eventToMs <= atMs || eventFromMs >= toMs) continue;
      add(atMs, eventFromMs, band, -1, `${band}:${begun}`);
      add(Math.max(atMs, eventFromMs), Math.min(toMs, eventToMs), band, event, `event:${event}`);
      atMs = Math.min(toMs, eventToMs);
    }
    add(atMs, toMs, band, -1, `${band}:${begun}`);
  }
  return stretches;

  function add(fromMs: number, toMs: number, band: number, event: number, window: string): void {
    if (toMs > fromMs) stretches.push({ fromMs, toMs, band, event, window });
  }
}
