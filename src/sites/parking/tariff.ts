/**
 * What parking costs: the tariff as an operator writes it, and its check. Times are the site's wall clock, prices are
 * whole minor units. How a stay is priced by it stands in fee.ts.
 */
import { PlateKitError } from "../../core/errors.ts";
import { type Hours, holidaySet, hoursOf, type WeeklyHours } from "../calendar.ts";
import { type Currency, checkPrice, currencyOf } from "../money.ts";
import { dayOf, minuteOf, type ZoneClock, zoneClock } from "../zone-clock.ts";

/** A piece of time that is paid for once it has begun. */
export interface TariffStep {
  /** Length, whole minutes of 1 or more. */
  readonly minutes: number;
  readonly price: number;
  /** How often before the next step is reached; missing: once, and the last step for ever. */
  readonly times?: number;
}

/** What applies in some hours; of several, the first in the list. */
export interface TariffBand {
  readonly name: string;
  /** Missing: always. The last band must be always. */
  readonly hours?: readonly WeeklyHours[];
  /** Steps in their order; the last repeats. Either these or `flat`. */
  readonly steps?: readonly TariffStep[];
  /** One price for the whole of the hours, however long; without hours, for each calendar day. */
  readonly flat?: number;
}

/** One price for the whole of an event, instead of all bands, outside the day cap. */
export interface TariffEvent {
  readonly name: string;
  /** Wall clock: `2026-07-01T18:00`. */
  readonly from: string;
  readonly to: string;
  readonly price: number;
}

export interface Tariff {
  readonly id: string;
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  /** IANA. */
  readonly timeZone: string;
  /** Stays up to this long cost nothing. Default 0. */
  readonly freeMinutes?: number;
  /** Longer stays have these minutes free too; else they are charged from the beginning. Default false. */
  readonly freeMinutesDeducted?: boolean;
  readonly bands: readonly TariffBand[];
  /** Dates `2026-12-25` on which only hours with "holiday" apply. */
  readonly holidays?: readonly string[];
  /** The most that a day costs: by calendar day, or by 24 hours from the entry. */
  readonly dayCap?: { readonly price: number; readonly basis: "calendar" | "24h" };
  /** `daily`: every day of the cap's basis (calendar days without cap) begins at the first step again. Default `never`. */
  readonly stepsRestart?: "never" | "daily";
  readonly events?: readonly TariffEvent[];
  /** Time to leave after all was paid. Default 15. */
  readonly graceMinutes?: number;
  /** Price of a stay whose entry or exit nobody saw; missing: a person decides. */
  readonly lostReadPrice?: number;
}

export const DEFAULT_GRACE_MINUTES = 15;

/** A band made ready: `hours` null is always. */
export interface PreparedBand {
  readonly name: string;
  readonly hours: readonly Hours[] | null;
  readonly steps: readonly { readonly minutes: number; readonly price: number; readonly times: number }[];
  readonly flat: number | null;
}

/** A tariff checked and made ready for pricing. */
export interface PreparedTariff {
  readonly tariff: Tariff;
  readonly currency: Currency;
  readonly clock: ZoneClock;
  readonly bands: readonly PreparedBand[];
  readonly holidays: ReadonlySet<number>;
  /** Minutes of a day at which some band begins or ends, ascending, with 0 and 1440. */
  readonly boundaries: readonly number[];
  readonly events: readonly {
    readonly name: string;
    readonly fromMs: number;
    readonly toMs: number;
    readonly price: number;
  }[];
  readonly basis: "calendar" | "24h";
}

/**
 * Checks a tariff and makes it ready.
 *
 * @throws PlateKitError SITE_INVALID naming the part: a negative price, a step without length, no band for some hour.
 */
export function prepareTariff(tariff: Tariff): PreparedTariff {
  const where = `Tariff "${tariff.id}"`;
  const clock = zoneClock(tariff.timeZone);
  checkCount(tariff.freeMinutes ?? 0, `${where}: freeMinutes`);
  checkCount(tariff.graceMinutes ?? 0, `${where}: graceMinutes`);
  if (tariff.dayCap !== undefined) checkPrice(tariff.dayCap.price, `${where}: the day cap`);
  if (tariff.lostReadPrice !== undefined) checkPrice(tariff.lostReadPrice, `${where}: lostReadPrice`);
  const bands = tariff.bands.map((band) => preparedBand(band, where));
  const last = bands.at(-1);
  if (last === undefined || last.hours !== null) {
    throw new PlateKitError("SITE_INVALID", `${where} needs a last band without hours, for when no other is in force.`);
  }
  if (bands.findIndex(({ hours }) => hours === null) < bands.length - 1) {
    throw new PlateKitError("SITE_INVALID", `${where}: a band without hours hides all after it; put it last.`);
  }
  const boundaries = new Set([0, 1440]);
  for (const { fromMinute, toMinute } of bands.flatMap(({ hours }) => hours ?? [])) {
    boundaries.add(fromMinute).add(toMinute > 1440 ? toMinute - 1440 : toMinute);
  }
  return {
    tariff,
    currency: currencyOf(tariff.currency),
    clock,
    bands,
    holidays: holidaySet(tariff.holidays ?? []),
    boundaries: [...boundaries].sort((a, b) => a - b),
    events: preparedEvents(tariff.events ?? [], where, clock),
    basis: tariff.dayCap?.basis ?? "calendar",
  };
}

function preparedBand({ name, hours, steps, flat }: TariffBand, tariff: string): PreparedBand {
  const where = `${tariff}, band "${name}"`;
  if ((steps === undefined || steps.length === 0) === (flat === undefined)) {
    throw new PlateKitError("SITE_INVALID", `${where} needs either steps or a flat price (0 for free hours).`);
  }
  if (hours !== undefined && hours.length === 0) {
    throw new PlateKitError("SITE_INVALID", `${where} has no hours; leave them out for a band that is always.`);
  }
  if (flat !== undefined) checkPrice(flat, `${where}: flat`);
  return {
    name,
    hours: hours === undefined ? null : hours.map(hoursOf),
    flat: flat ?? null,
    steps: (steps ?? []).map(({ minutes, price, times }, index, all) => {
      checkPrice(price, `${where}, step ${index + 1}`);
      if (!Number.isSafeInteger(minutes) || minutes < 1) {
        throw new PlateKitError(
          "SITE_INVALID",
          `${where}, step ${index + 1}: minutes must be 1 or more, found ${minutes}.`,
        );
      }
      const isLast = index === all.length - 1;
      if (times !== undefined && (isLast || !Number.isSafeInteger(times) || times < 1)) {
        throw new PlateKitError(
          "SITE_INVALID",
          `${where}, step ${index + 1}: times must be 1 or more and the last step has none, as it repeats.`,
        );
      }
      return { minutes, price, times: isLast ? Number.POSITIVE_INFINITY : (times ?? 1) };
    }),
  };
}

function preparedEvents(events: readonly TariffEvent[], where: string, clock: ZoneClock): PreparedTariff["events"] {
  const prepared = events.map(({ name, from, to, price }) => {
    checkPrice(price, `${where}, event "${name}"`);
    const [fromMs, toMs] = [wallInstant(from, clock), wallInstant(to, clock)];
    if (toMs <= fromMs) throw new PlateKitError("SITE_INVALID", `${where}, event "${name}" ends before it begins.`);
    return { name, fromMs, toMs, price };
  });
  prepared.sort((a, b) => a.fromMs - b.fromMs);
  const overlap = prepared.find((event, i) => event.fromMs < (prepared[i - 1]?.toMs ?? Number.NEGATIVE_INFINITY));
  if (overlap !== undefined) {
    throw new PlateKitError(
      "SITE_INVALID",
      `${where}: event "${overlap.name}" begins before the one ahead of it ends.`,
    );
  }
  return prepared;
}

function wallInstant(wall: string, clock: ZoneClock): number {
  const [date = "", time = ""] = wall.split("T");
  return clock.instant(dayOf(date), minuteOf(time));
}

function checkCount(value: number, where: string): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new PlateKitError("SITE_INVALID", `${where} must be a whole number of 0 or more, found ${value}.`);
  }
}
