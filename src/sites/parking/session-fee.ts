/** The price of a parking session: tariff, permit, and what holds when an end of it was not seen. */
import { checkAmount } from "../money.ts";
import { validPart } from "../validity.ts";
import { wallText } from "../zone-clock.ts";
import type { Fee, FeeLine } from "./fee.ts";
import type { Permit } from "./permits.ts";
import { type PreparedPlan, planFee, tariffAt } from "./schedule.ts";
import type { ParkingSession } from "./sessions.ts";

/**
 * What a session costs until a moment (its exit, once it has one). Null when a person must decide: an end was not seen
 * and the tariff has no price for that.
 *
 * @param permit that the session uses, if any; see permitUse.
 */
export function sessionFee(
  session: Pick<ParkingSession, "entry" | "exit" | "state">,
  nowMs: number,
  plan: PreparedPlan,
  permit: Permit | null = null,
): Fee | null {
  const { entry, exit } = session;
  if (entry === null || (exit === null && session.state === "closed")) {
    return lostFee(plan, (entry ?? exit)?.timeMs ?? nowMs);
  }
  const toMs = exit === null ? nowMs : Math.min(nowMs, exit.timeMs);
  return permit === null ? planFee(plan, entry.timeMs, toMs) : permitFee(plan, permit, entry.timeMs, toMs);
}

/** The price when an end of the stay was not seen; null when the tariff leaves it to a person. */
export function lostFee(plan: PreparedPlan, timeMs: number): Fee | null {
  const { tariff, currency } = tariffAt(plan, timeMs);
  if (tariff.lostReadPrice === undefined) return null;
  const line: FeeLine = { kind: "lost-read", text: "Entry or exit not seen: flat", amount: tariff.lostReadPrice };
  return { amount: tariff.lostReadPrice, currency, minutes: 0, lines: [line] };
}

/** A stay under a permit: free while it is valid, and at the tariff, without free minutes, where it is not. */
export function permitFee(plan: PreparedPlan, permit: Permit, fromMs: number, toMs: number): Fee {
  const valid = validPart(permit, fromMs, toMs);
  if (valid === null) return planFee(plan, fromMs, toMs);
  const { clock } = tariffAt(plan, fromMs);
  const lines: FeeLine[] = [];
  let minutes = 0;
  const add = (startMs: number, endMs: number): void => {
    if (endMs <= startMs) return;
    const fee = planFee(plan, startMs, endMs, false);
    lines.push(...fee.lines);
    minutes += fee.minutes;
  };
  add(fromMs, valid.fromMs);
  const until = valid.toMs < toMs ? ` until ${wallText(valid.toMs, clock)}` : "";
  lines.push({ kind: "permit", text: `Permit ${permit.id}${until}: free`, amount: 0 });
  add(valid.toMs, toMs);
  const amount = checkAmount(lines.reduce((sum, line) => sum + line.amount, 0));
  return { amount, currency: plan.currency, minutes, lines };
}
