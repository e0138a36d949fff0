/** What is still owed for a stay, from its price and what was paid. Knows payments as amounts; never a card. */
import { PlateKitError } from "../../core/errors.ts";
import type { Fee } from "./fee.ts";
import { DEFAULT_GRACE_MINUTES } from "./tariff.ts";

export interface Payment {
  /** Unique: the same payment told twice counts once. */
  readonly id: string;
  readonly timeMs: number;
  /** Minor units; a refund is negative. */
  readonly amount: number;
}

export interface Balance {
  readonly fee: Fee;
  readonly paid: number;
  /** Owed now, 0 or more. */
  readonly due: number;
  /** Paid too much, 0 or more. */
  readonly overpaid: number;
  /** Until when the vehicle may leave without owing more; null when nothing was paid in full. */
  readonly leaveByMs: number | null;
}

/**
 * The balance of a stay at a moment. Who has paid all that was due may leave within the grace period; who stays longer
 * is charged from the entry on, less what was paid. A stay that costs nothing grants no grace.
 *
 * @param feeUntil the price of the stay up to a moment.
 * @throws PlateKitError SITE_INVALID for a payment that is no whole number of minor units.
 */
export function balanceAt(
  feeUntil: (timeMs: number) => Fee,
  payments: readonly Payment[],
  nowMs: number,
  graceMinutes = DEFAULT_GRACE_MINUTES,
): Balance {
  const known = new Map<string, Payment>();
  for (const payment of payments) {
    if (!Number.isSafeInteger(payment.amount) || !Number.isFinite(payment.timeMs)) {
      throw new PlateKitError("SITE_INVALID", `Payment "${payment.id}" of ${payment.amount} is no whole amount.`);
    }
    if (!known.has(payment.id) && payment.timeMs <= nowMs) known.set(payment.id, payment);
  }
  let paid = 0;
  let leaveByMs: number | null = null;
  let settled: Fee | null = null;
  for (const { amount, timeMs } of [...known.values()].sort((a, b) => a.timeMs - b.timeMs)) {
    paid += amount;
    // Paid again within the grace period: what was owed is still what was owed when it was settled.
    const fee: Fee = settled !== null && leaveByMs !== null && timeMs <= leaveByMs ? settled : feeUntil(timeMs);
    if (fee.amount === 0 || paid < fee.amount) {
      if (paid < fee.amount) [settled, leaveByMs] = [null, null];
      continue;
    }
    if (fee !== settled) [settled, leaveByMs] = [fee, timeMs + graceMinutes * 60_000];
  }
  const isInGrace = settled !== null && leaveByMs !== null && nowMs <= leaveByMs;
  const fee = isInGrace ? settled! : feeUntil(nowMs); // in grace there is what was settled
  return {
    fee,
    paid,
    due: Math.max(0, fee.amount - paid),
    overpaid: Math.max(0, paid - fee.amount),
    leaveByMs,
  };
}
