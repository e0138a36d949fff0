/** What goes out: webhooks, MQTT, and every delivery of them. */
import { z } from "zod";
import { idSchema, listQuery, nameSchema, pageQuery, timeMsSchema } from "./common.ts";

export const webhookUrlSchema = z.url({ protocol: /^https?$/ }).max(2000);
export const HOOK_EVENTS = ["passage", "preview", "alert", "health"] as const;
export const hookEventSchema = z.enum(HOOK_EVENTS);

/** Sent along; none of those that HTTP itself needs, no line breaks. */
export const headersSchema = z
  .record(
    z.string().regex(/^(?!(host|content-.*|transfer-encoding|connection|te|trailer|upgrade)$)[A-Za-z0-9-]{1,64}$/i),
    z.string().regex(/^[\x20-\x7e]{0,1000}$/),
  )
  .refine((headers) => Object.keys(headers).length <= 20, "at most 20 headers");

const webhookFields = {
  name: nameSchema,
  url: webhookUrlSchema,
  enabled: z.boolean(),
  events: z.array(hookEventSchema).max(HOOK_EVENTS.length),
  /** Empty: every camera. */
  cameraIds: z.array(idSchema).max(500),
  /** Whether addresses of the own network may be called. */
  allowPrivate: z.boolean(),
  headers: headersSchema,
};
export const createWebhookBody = z.object({
  ...webhookFields,
  enabled: webhookFields.enabled.default(true),
  events: webhookFields.events.default(["passage"]),
  cameraIds: webhookFields.cameraIds.default([]),
  allowPrivate: webhookFields.allowPrivate.default(false),
  headers: webhookFields.headers.default({}),
});
export const updateWebhookBody = z.object(webhookFields).partial();

export const webhookSchema = z.object({
  id: idSchema,
  ...webhookFields,
  url: z.string(),
  createdMs: timeMsSchema,
  updatedMs: timeMsSchema,
  /** The live keys: at most two, the newer first. */
  keys: z.array(z.object({ createdMs: timeMsSchema })),
  pending: z.int(),
  dead: z.int(),
});
export type Webhook = z.infer<typeof webhookSchema>;

/** The only time that a key is shown. */
export const webhookKeySchema = z.object({ id: idSchema, key: z.string() });

export const deliveryTestSchema = z.object({
  ok: z.boolean(),
  status: z.int().nullable(),
  message: z.string().nullable(),
  tookMs: z.number(),
});

export const mqttUrlSchema = z.url({ protocol: /^(mqtts?|wss?)$/ }).max(2000);
const mqttFields = {
  enabled: z.boolean(),
  url: mqttUrlSchema.nullable(),
  username: z.string().max(200).nullable(),
  clientId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  topicPrefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+){0,7}$/)
    .max(100),
  discoveryPrefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .max(100)
    .nullable()
    .describe("Null: no Home Assistant discovery"),
  /** PEM of an authority of one's own. */
  certificateAuthority: z.string().max(20_000).nullable(),
  allowPrivate: z.boolean(),
  events: z.array(hookEventSchema).max(HOOK_EVENTS.length),
};
export const mqttSchema = z.object({
  ...mqttFields,
  id: idSchema.nullable().describe("Null until an address is set"),
  url: z.string().nullable(),
  hasPassword: z.boolean(),
  connected: z.boolean(),
  lastError: z.string().nullable(),
});
export const updateMqttBody = z
  .object({ ...mqttFields, password: z.string().max(500).nullable().describe("Absent: as it was") })
  .partial();

export const DELIVERY_STATES = ["pending", "done", "dead"] as const;
export const deliverySchema = z.object({
  id: idSchema,
  target: z.enum(["webhook", "mqtt"]),
  targetId: idSchema,
  targetName: z.string(),
  event: z.string(),
  passageId: idSchema.nullable(),
  state: z.enum(DELIVERY_STATES),
  attempts: z.int(),
  createdMs: timeMsSchema,
  nextAttemptMs: timeMsSchema.nullable(),
  doneMs: timeMsSchema.nullable(),
  lastStatus: z.int().nullable(),
  lastError: z.string().nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

export const deliveriesQuery = pageQuery.extend({
  state: z.enum(DELIVERY_STATES).optional(),
  target: listQuery(idSchema).optional().describe("Ids of webhooks or of the broker"),
});

export const replayBody = z.object({
  ids: z.array(idSchema).min(1).max(1000).optional().describe("Absent: every dead one"),
  targetId: idSchema.optional(),
});
export const replayedSchema = z.object({ replayed: z.int() });
