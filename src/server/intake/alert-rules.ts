/** Which alert rules a passage sets off. Pure: what it takes from the past is handed in. */
import { type ZoneClock, zoneClock } from "../../sites/zone-clock.ts";
import type { AlertRule, ListHit } from "../../store/types.ts";
import { isScheduled } from "./week-schedule.ts";

/** What rules look at. */
export interface AlertSubject {
  readonly text: string;
  readonly confidence: number;
  readonly region: string | null;
  readonly cameraId: string;
  readonly siteId: string | null;
  readonly timeMs: number;
  readonly listHits: readonly ListHit[];
}

/** A rule that is set off, with the reason in words. */
export interface RaisedAlert {
  readonly rule: AlertRule;
  readonly reason: string;
}

/** Rules that hold as far as the passage itself tells; visits and quiet time are still to be asked for. */
export function matchingRules(
  rules: readonly AlertRule[],
  subject: AlertSubject,
  clockOf: (timeZone: string) => ZoneClock = zoneClock,
): readonly AlertRule[] {
  return rules.filter((rule) => rule.isEnabled && reasonsOf(rule, subject, clockOf) !== null);
}

/** What the past must tell before a rule is set off: earlier visits, and when it last was. */
export interface RuleHistory {
  /** Passages of the plate before this one, at the rule's cameras; asked for only where the rule counts visits. */
  visitsBefore(rule: AlertRule): Promise<number>;
  /** Null: never. Asked for only where the rule has a quiet time. */
  lastFiredMs(rule: AlertRule): Promise<number | null>;
}

/** The rules that a passage sets off. */
export async function raisedAlerts(
  rules: readonly AlertRule[],
  subject: AlertSubject,
  history: RuleHistory,
  clockOf: (timeZone: string) => ZoneClock = zoneClock,
): Promise<readonly RaisedAlert[]> {
  const raised: RaisedAlert[] = [];
  for (const rule of matchingRules(rules, subject, clockOf)) {
    const reasons = [...reasonsOf(rule, subject, clockOf)!]; // it matched
    const { visit } = rule.condition;
    if (visit !== undefined) {
      if ((await history.visitsBefore(rule)) + 1 !== visit) continue;
      reasons.push(visit === 1 ? "first visit" : `visit ${visit}`);
    }
    if (rule.quietMs > 0) {
      const last = await history.lastFiredMs(rule);
      // A passage that comes late must not be silenced by one that happened after it.
      if (last !== null && Math.abs(subject.timeMs - last) < rule.quietMs) continue;
    }
    raised.push({ rule, reason: reasons.length === 0 ? "every passage" : reasons.join(", ") });
  }
  return raised;
}

/** Why a rule holds, without what only the past tells; null when it does not. */
function reasonsOf(
  { condition, timeZone }: AlertRule,
  { confidence, region, cameraId, siteId, timeMs, listHits }: AlertSubject,
  clockOf: (timeZone: string) => ZoneClock,
): readonly string[] | null {
  const { listIds = [], listKinds = [], regions = [], isUnknown = false, cameraIds = [], siteIds = [] } = condition;
  const reasons: string[] = [];
  if (confidence < (condition.minConfidence ?? 0)) return null;
  if (cameraIds.length > 0 && !cameraIds.includes(cameraId)) return null;
  if (siteIds.length > 0 && (siteId === null || !siteIds.includes(siteId))) return null;
  if (listIds.length > 0 || listKinds.length > 0) {
    const hits = listHits.filter(
      ({ listId, listKind }) =>
        (listIds.length === 0 || listIds.includes(listId)) && (listKinds.length === 0 || listKinds.includes(listKind)),
    );
    const [hit] = hits;
    if (hit === undefined) return null;
    const manner = hit.match === "exact" ? "" : `, ${hit.match} of ${hit.entryText}`;
    reasons.push(`on list "${hit.listName}"${manner}`);
  }
  if (regions.length > 0) {
    // `us` covers `us-ca`.
    if (region === null || !regions.some((wanted) => region === wanted || region.startsWith(`${wanted}-`))) return null;
    reasons.push(`region ${region}`);
  }
  if (isUnknown) {
    if (listHits.length > 0) return null;
    reasons.push("on no list");
  }
  const { schedule } = condition;
  if (schedule !== undefined && !isScheduled(schedule, timeMs, clockOf(timeZone ?? "UTC"))) return null;
  return reasons;
}
