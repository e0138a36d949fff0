/** What a stay costs, explained line by line; the lines always sum to the amount. */
import { type Currency, checkAmount, moneyText } from "../money.ts";
import { isoDay } from "../zone-clock.ts";
import { type Charge, walkTariff } from "./charges.ts";
import type { PreparedTariff } from "./tariff.ts";

const MINUTE_MS = 60_000;

/** Longer stays are explained by kinds of time, not day by day. */
const MAX_DAYS_LISTED = 31;

export interface FeeLine {
  readonly kind: "free" | "step" | "flat" | "event" | "cap" | "permit" | "lost-read" | "note";
  /** `Day: 2 h at 1.50 = 3.00` */
  readonly text: string;
  /** Minor units; negative for a cap. */
  readonly amount: number;
}

export interface Fee {
  /** Minor units, 0 or more. */
  readonly amount: number;
  readonly currency: Currency;
  /** Whole minutes that were charged for; begun minutes don't count. */
  readonly minutes: number;
  readonly lines: readonly FeeLine[];
}

export interface FeePart extends Fee {
  /** Until when it is paid for: the last step may reach past the end. */
  readonly coveredMs: number;
}

/**
 * The price of a stay. An exit at or before the entry costs nothing and says so.
 *
 * @param isFresh whether free minutes are granted: not for what follows a part already priced.
 */
export function stayFee(prepared: PreparedTariff, fromMs: number, toMs: number, isFresh = true): FeePart {
  const { tariff, currency } = prepared;
  const minutes = Math.floor((toMs - fromMs) / MINUTE_MS);
  if (minutes <= 0) {
    const text = toMs < fromMs ? "Exit before entry: nothing charged, to be reviewed" : "No full minute: free";
    const line: FeeLine = { kind: toMs < fromMs ? "note" : "free", text, amount: 0 };
    return { amount: 0, currency, minutes: 0, lines: [line], coveredMs: fromMs };
  }
  const endMs = fromMs + minutes * MINUTE_MS;
  const freeMinutes = isFresh ? (tariff.freeMinutes ?? 0) : 0;
  const lines: FeeLine[] = [];
  if (minutes <= freeMinutes) {
    lines.push({ kind: "free", text: `${durationText(minutes)} of ${durationText(freeMinutes)} free`, amount: 0 });
    return { amount: 0, currency, minutes, lines, coveredMs: endMs };
  }
  const isDeducted = freeMinutes > 0 && tariff.freeMinutesDeducted === true;
  if (isDeducted) lines.push({ kind: "free", text: `First ${durationText(freeMinutes)} free`, amount: 0 });
  const startMs = isDeducted ? fromMs + freeMinutes * MINUTE_MS : fromMs;
  const { charges, coveredMs } = walkTariff(prepared, startMs, endMs, fromMs);
  lines.push(...feeLines(prepared, charges));
  const amount = checkAmount(lines.reduce((sum, line) => sum + line.amount, 0));
  return { amount, currency, minutes, lines, coveredMs };
}

function feeLines(prepared: PreparedTariff, charges: readonly Charge[]): FeeLine[] {
  const days = new Map<number, Charge[]>();
  for (const charge of charges) {
    const list = days.get(charge.day);
    if (list === undefined) days.set(charge.day, [charge]);
    else list.push(charge);
  }
  const reductions = [...days].map(([day, list]) => ({ day, reduction: capReduction(prepared, list) }));
  if (days.size > MAX_DAYS_LISTED) return summedLines(prepared, charges, reductions);
  return [...days].flatMap(([day, list], i) => {
    const lines = mergedCharges(list).map((charge) => chargeLine(charge, prepared.currency));
    const { reduction } = reductions[i]!; // made from the same days
    return reduction === 0 ? lines : [...lines, capLine(prepared, dayText(prepared, day), reduction)];
  });
}

/** What the cap takes off the charges of one day; events are outside the cap. */
function capReduction({ tariff }: PreparedTariff, charges: readonly Charge[]): number {
  if (tariff.dayCap === undefined) return 0;
  let sum = 0;
  for (const { kind, count, unitPrice } of charges) if (kind !== "event") sum += count * unitPrice;
  return Math.max(0, sum - tariff.dayCap.price);
}

/** Equal charges in a row as one; a band whose hours were cut by midnight or an event goes on. */
function mergedCharges(charges: readonly Charge[]): Charge[] {
  const merged: Charge[] = [];
  for (const charge of charges) {
    const last = merged.at(-1);
    const isSame = last?.kind === "step" && charge.kind === "step" && chargeKey(last) === chargeKey(charge);
    if (isSame) merged[merged.length - 1] = { ...last, count: last.count + charge.count, toMs: charge.toMs };
    else merged.push(charge);
  }
  return merged;
}

/** One line per kind of charge, one for all days that reached the cap. */
function summedLines(
  prepared: PreparedTariff,
  charges: readonly Charge[],
  reductions: readonly { readonly reduction: number }[],
): FeeLine[] {
  const sums = new Map<string, Charge>();
  for (const charge of charges) {
    const key = chargeKey(charge);
    const sum = sums.get(key);
    sums.set(key, sum === undefined ? charge : { ...sum, count: sum.count + charge.count });
  }
  const lines = [...sums.values()].map((charge) => chargeLine(charge, prepared.currency));
  const capped = reductions.filter(({ reduction }) => reduction > 0);
  if (capped.length === 0) return lines;
  const total = capped.reduce((sum, { reduction }) => sum + reduction, 0);
  return [...lines, capLine(prepared, `${capped.length} days`, total)];
}

function chargeKey({ kind, name, minutes, unitPrice }: Charge): string {
  return `${kind} ${minutes} ${unitPrice} ${name}`;
}

function chargeLine({ kind, name, minutes, count, unitPrice }: Charge, currency: Currency): FeeLine {
  const amount = checkAmount(count * unitPrice);
  const price = moneyText(unitPrice, currency);
  if (kind === "step") {
    const many =
      minutes === 1 || minutes === 60 ? durationText(count * minutes) : `${count} × ${durationText(minutes)}`;
    const time = count === 1 ? durationText(minutes) : many;
    const text =
      unitPrice === 0 ? `${name}: ${time} free` : `${name}: ${time} at ${price} = ${moneyText(amount, currency)}`;
    return { kind, text, amount };
  }
  const times = count === 1 ? `flat ${price}` : `${count} × flat ${price} = ${moneyText(amount, currency)}`;
  return { kind, text: unitPrice === 0 ? `${name}: free` : `${name}: ${times}`, amount };
}

function capLine({ tariff, currency }: PreparedTariff, days: string, reduction: number): FeeLine {
  const cap = moneyText(tariff.dayCap!.price, currency); // there is a cap, or nothing was reduced
  return { kind: "cap", text: `Day cap ${cap} on ${days}: ${moneyText(-reduction, currency)}`, amount: -reduction };
}

function dayText({ basis }: PreparedTariff, day: number): string {
  return basis === "24h" ? `the ${ordinal(day + 1)} 24 h` : isoDay(day);
}

function ordinal(number: number): string {
  const tens = number % 100;
  const suffix = tens > 10 && tens < 14 ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${suffix}`;
}

/** `2 h`, `45 min`, `1 h 30 min`: hours are not summed to days, as days of 23 hours exist. */
export function durationText(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
