/**
 * The books of a toll road: charges, disputes and corrections as entries that are only ever added. What stands is
 * computed from them, so every amount has its trail.
 */
import { PlateKitError } from "../../core/errors.ts";
import { type CsvColumn, csvTable } from "../csv.ts";
import { checkAmount } from "../money.ts";
import type { TollCharge } from "./charges.ts";

export type LedgerKind =
  | "charge"
  | "void" // the charge was superseded by another, or never was
  | "dispute" // the holder objects
  | "uphold" // a person looked, the charge stands
  | "correct" // to another plate, account or amount
  | "cancel"; // nothing is owed

export interface LedgerEntry {
  /** Unique: the same entry again changes nothing. */
  readonly id: string;
  readonly chargeId: string;
  readonly kind: LedgerKind;
  readonly timeMs: number;
  /** A user's name, or `system`. */
  readonly by: string;
  readonly reason: string;
  readonly accountId: string | null;
  readonly text: string;
  /** What the account owes more by this entry, minor units; negative when something is taken back. */
  readonly amount: number;
}

/** A charge as it stands after all entries. */
export interface ChargeStanding {
  readonly chargeId: string;
  readonly accountId: string | null;
  readonly text: string;
  readonly amount: number;
  readonly isDisputed: boolean;
  readonly trail: readonly LedgerEntry[];
}

/** Who did what, when and why. */
export interface LedgerAct {
  readonly id: string;
  readonly timeMs: number;
  readonly by: string;
  readonly reason: string;
}

/**
 * The entries that a charge makes, given what the books say of it: none for one that is booked already or waits for a
 * person, a void for one that broke.
 */
export function entriesForCharge(charge: TollCharge, trail: readonly LedgerEntry[], by = "system"): LedgerEntry[] {
  const standing = standingOf(trail);
  const act = { timeMs: charge.timeMs, by, reason: charge.reason };
  const key = `${charge.id}#${trail.length}`;
  const isBooked = standing !== null && standing.trail.at(-1)?.kind !== "void";
  if (charge.state === "void" || (charge.state === "review" && isBooked)) {
    return isBooked && !isHandled(trail) ? [reversal(standing, "void", { id: key, ...act })] : [];
  }
  if (charge.state !== "charged" || charge.price === null || isHandled(trail)) return [];
  const { accountId, text, price } = charge;
  const isSame =
    isBooked && standing.accountId === accountId && standing.text === text && standing.amount === price.amount;
  if (isSame) return [];
  const entry: LedgerEntry = {
    id: key,
    chargeId: charge.id,
    kind: "charge",
    ...act,
    accountId,
    text,
    amount: price.amount,
  };
  return isBooked ? [reversal(standing, "void", { id: `${key}v`, ...act }), entry] : [entry];
}

/** @throws PlateKitError SITE_INVALID when there is no such charge, nothing is owed of it, or it is disputed already. */
export function disputeCharge(trail: readonly LedgerEntry[], act: LedgerAct): LedgerEntry[] {
  if (trail.some(({ id }) => id === act.id)) return [];
  const standing = known(trail);
  if (standing.isDisputed) throw refusal(standing, "is disputed already");
  if (standing.amount === 0) throw refusal(standing, "is not owed");
  const { chargeId, accountId, text } = standing;
  return [{ ...act, chargeId, kind: "dispute", accountId, text, amount: 0 }];
}

/** What a person decides of a charge, disputed or not. */
export type Resolution =
  | { readonly kind: "uphold" }
  | { readonly kind: "cancel" }
  | { readonly kind: "correct"; readonly accountId: string | null; readonly text: string; readonly amount: number };

/**
 * The entries of a decision. A correction takes back what stands and charges anew, each with the reason.
 *
 * @throws PlateKitError SITE_INVALID without a reason, for an amount below 0, or when there is no such charge.
 */
export function resolveCharge(trail: readonly LedgerEntry[], resolution: Resolution, act: LedgerAct): LedgerEntry[] {
  if (trail.some(({ id }) => id === act.id)) return [];
  const standing = known(trail);
  if (act.reason.trim() === "") throw refusal(standing, "can't be decided without a reason");
  if (resolution.kind === "uphold") {
    const { chargeId, accountId, text } = standing;
    return [{ ...act, chargeId, kind: "uphold", accountId, text, amount: 0 }];
  }
  if (resolution.kind === "cancel") return [reversal(standing, "cancel", act)];
  const { accountId, text, amount } = resolution;
  if (!Number.isSafeInteger(amount) || amount < 0) throw refusal(standing, `can't be corrected to ${amount}`);
  return [
    reversal(standing, "correct", { ...act, id: `${act.id}-back` }),
    { ...act, chargeId: standing.chargeId, kind: "correct", accountId, text, amount },
  ];
}

/** A charge as its entries leave it; null without any. Entries told twice count once. */
export function standingOf(trail: readonly LedgerEntry[]): ChargeStanding | null {
  const entries = [...new Map(trail.map((entry) => [entry.id, entry])).values()];
  const first = entries[0];
  if (first === undefined) return null;
  let isDisputed = false;
  let last = first;
  for (const entry of entries) {
    if (entry.kind === "dispute") isDisputed = true;
    else if (entry.kind !== "charge") isDisputed = false;
    if (entry.kind === "charge" || (entry.kind === "correct" && entry.amount >= 0)) last = entry;
  }
  const amount = checkAmount(entries.reduce((sum, entry) => sum + entry.amount, 0));
  const { chargeId } = first;
  return { chargeId, accountId: last.accountId, text: last.text, amount, isDisputed, trail: entries };
}

export interface Statement {
  readonly accountId: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Minor units owed before the span, in it, and after it. */
  readonly opening: number;
  readonly total: number;
  readonly closing: number;
  /** In order of time, disputes included. */
  readonly entries: readonly LedgerEntry[];
}

/** What an account owes for a span of time. */
export function statementOf(
  entries: readonly LedgerEntry[],
  accountId: string,
  fromMs: number,
  toMs: number,
): Statement {
  const own = [...new Map(entries.map((entry) => [entry.id, entry])).values()]
    .filter((entry) => entry.accountId === accountId && entry.timeMs < toMs)
    .sort((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1));
  const sum = (some: readonly LedgerEntry[]): number => checkAmount(some.reduce((all, { amount }) => all + amount, 0));
  const within = own.filter(({ timeMs }) => timeMs >= fromMs);
  const opening = sum(own.filter(({ timeMs }) => timeMs < fromMs));
  const total = sum(within);
  return { accountId, fromMs, toMs, opening, total, closing: opening + total, entries: within };
}

const LEDGER_COLUMNS: readonly CsvColumn<LedgerEntry>[] = [
  { name: "id", value: ({ id }) => id },
  { name: "chargeId", value: ({ chargeId }) => chargeId },
  { name: "kind", value: ({ kind }) => kind },
  { name: "time", value: ({ timeMs }) => new Date(timeMs).toISOString() },
  { name: "accountId", value: ({ accountId }) => accountId },
  { name: "plate", value: ({ text }) => text },
  { name: "amount", value: ({ amount }) => amount },
  { name: "by", value: ({ by }) => by },
  { name: "reason", value: ({ reason }) => reason },
];

/** Entries as CSV: amounts in minor units, times in UTC. */
export function ledgerCsv(entries: Iterable<LedgerEntry>): string {
  return csvTable(LEDGER_COLUMNS, entries);
}

/** Entries as one JSON document that names its format. */
export function ledgerJson(entries: readonly LedgerEntry[], currency: string): string {
  return JSON.stringify({ format: "platekit-toll-ledger", schema: 1, currency, entries });
}

/** Whether a person has decided: what the system finds out later does not undo that. */
function isHandled(trail: readonly LedgerEntry[]): boolean {
  return trail.some(({ kind }) => kind === "correct" || kind === "cancel" || kind === "uphold");
}

function reversal(
  { chargeId, accountId, text, amount }: ChargeStanding,
  kind: LedgerKind,
  act: LedgerAct,
): LedgerEntry {
  return { ...act, chargeId, kind, accountId, text, amount: amount === 0 ? 0 : -amount };
}

function known(trail: readonly LedgerEntry[]): ChargeStanding {
  const standing = standingOf(trail);
  if (standing === null) throw new PlateKitError("SITE_INVALID", "There is no such charge in the books.");
  return standing;
}

function refusal({ chargeId }: ChargeStanding, what: string): PlateKitError {
  return new PlateKitError("SITE_INVALID", `Charge "${chargeId}" ${what}.`);
}
