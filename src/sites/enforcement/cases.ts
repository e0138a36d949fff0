/** What may be an offence or a hit, and what people decided of it. Nothing counts before a person has confirmed it. */
import { PlateKitError } from "../../core/errors.ts";

export type CaseKind = "hotlist" | "speed" | "restricted-zone" | "bus-lane" | "permitted-hours";

export interface CaseDecision {
  readonly decision: "confirm" | "reject" | "reopen";
  /** A user's name; never the system. */
  readonly by: string;
  readonly reason: string;
  readonly timeMs: number;
}

/** Plain data: what was seen, and every decision on it, in order. */
export interface EnforcementCase {
  readonly id: string;
  readonly kind: CaseKind;
  readonly passageIds: readonly string[];
  readonly text: string;
  /** Probability that the plate is as stated, 0..1. */
  readonly probability: number;
  /** One sentence for the person: what was seen and why it is here. */
  readonly summary: string;
  readonly timeMs: number;
  readonly trail: readonly CaseDecision[];
}

export type CaseState = "unconfirmed" | "confirmed" | "rejected";

export function caseState({ trail }: EnforcementCase): CaseState {
  const last = trail.at(-1)?.decision;
  return last === "confirm" ? "confirmed" : last === "reject" ? "rejected" : "unconfirmed";
}

/** Whether a case may be counted, delivered or acted upon. */
export function countsAsHit(one: EnforcementCase): boolean {
  return caseState(one) === "confirmed";
}

/**
 * Adds a person's decision. The same decision told again changes nothing; one that was decided must be reopened first.
 *
 * @throws PlateKitError SITE_INVALID without a person, without a reason for rejecting or reopening, or when decided.
 */
export function decideCase(one: EnforcementCase, decision: CaseDecision): EnforcementCase {
  const refuse = (what: string): never => {
    throw new PlateKitError("SITE_INVALID", `Case "${one.id}" ${what}.`);
  };
  if (one.trail.some((earlier) => JSON.stringify(earlier) === JSON.stringify(decision))) return one;
  if (decision.by.trim() === "" || decision.by === "system") refuse("must be decided by a person");
  if (decision.decision !== "confirm" && decision.reason.trim() === "") refuse("needs a reason");
  const state = caseState(one);
  if (decision.decision === "reopen" ? state === "unconfirmed" : state !== "unconfirmed") refuse(`is ${state} already`);
  return { ...one, trail: [...one.trail, decision] };
}

/** What a site asks of whoever searches its passages. */
export interface PurposePolicy {
  readonly requiresReason: boolean;
  /** Allowed purposes, where the law lists them; empty: any. */
  readonly purposes: readonly string[];
}

/**
 * Checks why somebody searches. The reason belongs into the audit, whoever asks.
 *
 * @throws PlateKitError SITE_INVALID when the site asks for a reason, or for another purpose.
 */
export function checkPurpose(policy: PurposePolicy, purpose: string, reason: string): void {
  if (policy.purposes.length > 0 && !policy.purposes.includes(purpose)) {
    throw new PlateKitError(
      "SITE_INVALID",
      `This site is searched for ${policy.purposes.join(", ")} only, found "${purpose}".`,
    );
  }
  if (policy.requiresReason && reason.trim().length < 3) {
    throw new PlateKitError("SITE_INVALID", "This site asks for a reason with every search, such as a file number.");
  }
}
