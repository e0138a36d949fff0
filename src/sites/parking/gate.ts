/** Whether a barrier opens: a decision with its reason, from facts gathered beforehand. Moves no barrier itself. */
import type { PermitUse } from "./permits.ts";

export type GateAction = "open" | "deny" | "ask";

/** Why; pages have a sentence for each. */
export type GateReason =
  | "permit"
  | "on-allow-list"
  | "on-deny-list"
  | "visitor"
  | "full"
  | "not-readable"
  | "not-sure"
  | "permit-unsure"
  | "permit-not-valid"
  | "permit-wrong-zone"
  | "permit-full"
  | "paid"
  | "nothing-due"
  | "payment-due"
  | "no-entry-known"
  | "already-inside"
  | "facts-missing"
  | "too-slow"
  | "manual";

export interface GateDecision {
  readonly action: GateAction;
  readonly reason: GateReason;
  /** For the person or the display: an amount due, how sure the read is. */
  readonly detail: string;
  /** Epoch milliseconds. */
  readonly timeMs: number;
}

/** What a site wants in each case. */
export interface GatePolicy {
  /** Reads less sure than this don't decide, 0..1. */
  readonly minConfidence: number;
  readonly unreadable: GateAction;
  /** A plate nobody knows, at the entry. */
  readonly visitor: GateAction;
  readonly full: GateAction;
  /** Permit holders find a place although the site is full. */
  readonly permitsPassWhenFull: boolean;
  /** A permit that is not valid, in another zone, or used up: what is done with any visitor, or refused. */
  readonly refusedPermit: "as-visitor" | GateAction;
  readonly unpaid: GateAction;
  /** At the exit: no session found for the plate. */
  readonly noEntry: GateAction;
  /** At the entry: the plate is inside already; an exit was missed, or the plate is a copy. */
  readonly alreadyInside: GateAction;
  /** When the facts can't be had, or not in time. Exits usually open, so that nobody is locked in. */
  readonly failSafe: { readonly entry: GateAction; readonly exit: GateAction };
  /** Facts older than this, or gathered later than this after the read, don't count. */
  readonly maxFactsAgeMs: number;
}

export const GATE_DEFAULTS: GatePolicy = {
  minConfidence: 0.9,
  unreadable: "ask",
  visitor: "open",
  full: "deny",
  permitsPassWhenFull: true,
  refusedPermit: "as-visitor",
  unpaid: "deny",
  noEntry: "ask",
  alreadyInside: "open",
  failSafe: { entry: "ask", exit: "open" },
  maxFactsAgeMs: 5000,
};

/** What is known when a vehicle stands at an entry. */
export interface EntryFacts {
  readonly gatheredMs: number;
  readonly listed: "allow" | "deny" | null;
  readonly permit: PermitUse;
  readonly isFull: boolean;
  readonly isInside: boolean;
}

/** What is known when a vehicle stands at an exit. */
export interface ExitFacts {
  readonly gatheredMs: number;
  readonly listed: "allow" | "deny" | null;
  /** Null: no session was found. */
  readonly due: { readonly amount: number; readonly paid: number; readonly text: string } | null;
}

/** The read that a decision is about: a preview while the vehicle is still in sight. */
export interface GateRead {
  readonly text: string;
  readonly confidence: number;
}

/** @param facts null when they could not be had: the store is away. */
export function decideEntry(
  read: GateRead,
  facts: EntryFacts | null,
  nowMs: number,
  policy: GatePolicy = GATE_DEFAULTS,
): GateDecision {
  const decided = decider(nowMs);
  const failure = factsFailure(facts, nowMs, policy);
  if (failure !== null) return decided(policy.failSafe.entry, failure, "");
  const { listed, permit, isFull, isInside } = facts!; // no failure: there are facts
  if (listed === "deny" && read.confidence >= policy.minConfidence) return decided("deny", "on-deny-list", read.text);
  // A permit is found with look-alikes in mind, so it may be sure where the read alone is not.
  if (permit.kind === "valid" && !isInside && (!isFull || policy.permitsPassWhenFull)) {
    return decided("open", "permit", permit.permit.id);
  }
  if (read.text === "") return decided(policy.unreadable, "not-readable", "");
  if (read.confidence < policy.minConfidence) {
    if (permit.kind === "unsure") return decided("ask", "permit-unsure", permit.permit.id);
    return decided(policy.unreadable, "not-sure", `${Math.round(read.confidence * 100)} %`);
  }
  if (isInside) return decided(policy.alreadyInside, "already-inside", read.text);
  if (isFull && (listed !== "allow" || !policy.permitsPassWhenFull)) return decided(policy.full, "full", "");
  if (listed === "allow") return decided("open", "on-allow-list", read.text);
  if (permit.kind !== "none" && permit.kind !== "unsure" && permit.kind !== "valid") {
    const reason = `permit-${permit.kind}` as const;
    if (policy.refusedPermit !== "as-visitor") return decided(policy.refusedPermit, reason, permit.permit.id);
    return decided(policy.visitor, reason, permit.permit.id);
  }
  return decided(policy.visitor, "visitor", read.text);
}

/** @param facts null when they could not be had. */
export function decideExit(
  read: GateRead,
  facts: ExitFacts | null,
  nowMs: number,
  policy: GatePolicy = GATE_DEFAULTS,
): GateDecision {
  const decided = decider(nowMs);
  const failure = factsFailure(facts, nowMs, policy);
  if (failure !== null) return decided(policy.failSafe.exit, failure, "");
  const { listed, due } = facts!; // no failure: there are facts
  if (listed === "allow" && read.confidence >= policy.minConfidence) return decided("open", "on-allow-list", read.text);
  if (due === null) {
    if (read.text === "") return decided(policy.unreadable, "not-readable", "");
    return decided(policy.noEntry, "no-entry-known", read.text);
  }
  if (due.amount > 0) return decided(policy.unpaid, "payment-due", due.text);
  return decided("open", due.paid > 0 ? "paid" : "nothing-due", "");
}

/** A person opened the barrier: logged like any decision. */
export function manualOpening(by: string, why: string, nowMs: number): GateDecision & { readonly by: string } {
  return { action: "open", reason: "manual", detail: why, timeMs: nowMs, by };
}

function factsFailure(
  facts: { readonly gatheredMs: number } | null,
  nowMs: number,
  { maxFactsAgeMs }: GatePolicy,
): "facts-missing" | "too-slow" | null {
  if (facts === null) return "facts-missing";
  return Math.abs(nowMs - facts.gatheredMs) > maxFactsAgeMs ? "too-slow" : null;
}

function decider(timeMs: number): (action: GateAction, reason: GateReason, detail: string) => GateDecision {
  return (action, reason, detail) => ({ action, reason, detail, timeMs });
}
