/** Alerts and their rules between the store and the wire. */
import type { Alert as StoredAlert, StoredPassage, AlertRule as StoredRule } from "../store/types.ts";
import { rowOnWire } from "./passage-wire.ts";
import type { Alert, AlertRule } from "./schemas/alerts.ts";

export function alertOnWire(alert: StoredAlert, passage: StoredPassage | null): Alert {
  const { id, ruleId, ruleName, passageId, cameraId, text, reason, timeMs, acknowledgedAtMs, acknowledgedBy } = alert;
  return {
    ...{ id, ruleId, ruleName, passageId, cameraId, text, reason, timeMs },
    acknowledged:
      acknowledgedAtMs === null ? null : { by: acknowledgedBy ?? "", timeMs: acknowledgedAtMs, note: alert.note },
    passage: passage === null ? null : rowOnWire(passage),
  };
}

export function ruleOnWire(rule: StoredRule): AlertRule {
  const { listIds, listKinds, regions, isUnknown, visit, cameraIds, siteIds, schedule, minConfidence } = rule.condition;
  const copied = {
    ...{ isUnknown, visit, minConfidence },
    listIds: listIds && [...listIds],
    listKinds: listKinds && ([...listKinds] as AlertRule["condition"]["listKinds"]), // written by our schema
    regions: regions && [...regions],
    cameraIds: cameraIds && [...cameraIds],
    siteIds: siteIds && [...siteIds],
    schedule: schedule?.map(({ days, fromMinute, toMinute }) => ({ days: [...days], fromMinute, toMinute })),
  };
  return {
    id: rule.id,
    name: rule.name,
    enabled: rule.isEnabled,
    condition: Object.fromEntries(Object.entries(copied).filter(([, value]) => value !== undefined)),
    timeZone: rule.timeZone,
    webhookIds: [...rule.webhookIds],
    notifyMqtt: rule.mqttTargetIds.length > 0,
    quietMs: rule.quietMs,
    createdMs: rule.createdAtMs,
    updatedMs: rule.updatedAtMs,
  };
}
