/** Alert rules and the alerts they make. */
import { z } from "zod";
import {
  flagQuery,
  idSchema,
  listQuery,
  nameSchema,
  noteSchema,
  pageQuery,
  probabilitySchema,
  regionSchema,
  scheduleSchema,
  timeMsQuery,
  timeMsSchema,
  timeZoneSchema,
} from "./common.ts";
import { listKindSchema } from "./lists.ts";
import { passageRowSchema } from "./passages.ts";

/** What must hold for a rule to fire: every field given. */
export const conditionSchema = z.object({
  listIds: z.array(idSchema).max(100).optional(),
  listKinds: z.array(listKindSchema).max(10).optional(),
  regions: z.array(regionSchema).max(200).optional(),
  isUnknown: z.boolean().optional().describe("On no list at all"),
  visit: z.int().min(1).max(100_000).optional().describe("1: the first visit ever"),
  cameraIds: z.array(idSchema).max(500).optional(),
  siteIds: z.array(idSchema).max(500).optional(),
  schedule: scheduleSchema.optional(),
  minConfidence: probabilitySchema.optional(),
});

const ruleFields = {
  name: nameSchema,
  enabled: z.boolean(),
  condition: conditionSchema,
  /** IANA name for the schedule; null: that of the site. */
  timeZone: timeZoneSchema.nullable(),
  /** Pages are told of every alert. */
  webhookIds: z.array(idSchema).max(50),
  notifyMqtt: z.boolean(),
  /** The same plate fires the rule again only after this time. */
  quietMs: z.int().min(0).max(31_536_000_000),
};

export const createRuleBody = z.object({
  ...ruleFields,
  enabled: ruleFields.enabled.default(true),
  timeZone: ruleFields.timeZone.default(null),
  webhookIds: ruleFields.webhookIds.default([]),
  notifyMqtt: ruleFields.notifyMqtt.default(false),
  quietMs: ruleFields.quietMs.default(60_000),
});
export const updateRuleBody = z.object(ruleFields).partial();

export const ruleSchema = z.object({
  id: idSchema,
  ...ruleFields,
  createdMs: timeMsSchema,
  updatedMs: timeMsSchema,
});
export type AlertRule = z.infer<typeof ruleSchema>;

export const alertSchema = z.object({
  id: idSchema,
  ruleId: idSchema,
  ruleName: z.string(),
  passageId: idSchema.nullable(),
  cameraId: idSchema,
  text: z.string(),
  reason: z.string(),
  timeMs: timeMsSchema,
  acknowledged: z.object({ by: z.string(), timeMs: timeMsSchema, note: z.string().nullable() }).nullable(),
  passage: passageRowSchema.nullable().describe("Null once it is forgotten or too old"),
});
export type Alert = z.infer<typeof alertSchema>;

export const alertsQuery = pageQuery.extend({
  open: flagQuery.optional().describe("Only those not acknowledged, or only those that are"),
  rule: listQuery(idSchema).optional(),
  camera: listQuery(idSchema).optional(),
  from: timeMsQuery.optional(),
  to: timeMsQuery.optional(),
});

export const acknowledgeBody = z.object({ note: noteSchema.default("") });
