/** Retention, audit, storage, settings, version, health. */
import { z } from "zod";
import { idSchema, nameSchema, pageQuery, timeMsQuery, timeMsSchema, timeZoneSchema } from "./common.ts";

/** Cameras may have rules of their own, which win. */
export const retentionSchema = z.object({
  days: z.number().gt(0).max(36_500).nullable().describe("Null: for ever"),
  bytesPerCamera: z.int().min(0).nullable().describe("Of pictures; null: no limit"),
});
export type Retention = z.infer<typeof retentionSchema>;

export const retentionReportSchema = z.object({
  applied: z.boolean(),
  passages: z.int(),
  bytes: z.int(),
  cameras: z.array(
    z.object({
      cameraId: idSchema,
      cameraName: z.string().nullable(),
      byAge: z.int(),
      bySize: z.int(),
      bytes: z.int(),
      held: z.int().describe("Under legal hold: kept whatever their age"),
      oldestKeptMs: timeMsSchema.nullable(),
    }),
  ),
});
export type RetentionReport = z.infer<typeof retentionReportSchema>;

export const auditEntrySchema = z.object({
  sequence: z.int(),
  timeMs: timeMsSchema,
  actor: z.string(),
  action: z.string().describe("Such as passage.search, camera.update, login.failed"),
  target: z.string().nullable().describe("Such as camera:<id>"),
  reason: z.string().nullable(),
  details: z.unknown(),
  isRedacted: z.boolean().describe("It named a plate that was forgotten"),
  address: z.string().nullable(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const auditQuery = pageQuery.extend({
  actor: z.string().max(64).optional(),
  action: z.string().max(64).optional().describe("Begins so"),
  from: timeMsQuery.optional(),
  to: timeMsQuery.optional(),
});

export const auditVerifySchema = z.object({
  ok: z.boolean(),
  entries: z.int(),
  redacted: z.int(),
  problems: z.array(z.string()),
  lastHash: z.string().nullable(),
});

export const storageSchema = z.object({
  database: z.enum(["sqlite", "postgres"]),
  databaseBytes: z.int().nullable(),
  pictures: z.int(),
  pictureBytes: z.int(),
  freeBytes: z.int().nullable(),
  passages: z.int(),
  passagesExact: z.boolean().describe("False: there are more"),
  directory: z.string(),
  deliveriesPending: z.int(),
  deliveriesDead: z.int(),
  /** Set while nothing can be stored: what went wrong. */
  failing: z.string().nullable(),
});

export const versionSchema = z.object({
  name: z.literal("platekit"),
  version: z.string(),
  node: z.string(),
  models: z.array(z.object({ name: z.string(), version: z.string() })),
  startedMs: timeMsSchema,
});

const settingsFields = {
  name: nameSchema.describe("What the pages call this installation"),
  /** IANA name; hours and weekdays are of this zone. */
  timeZone: timeZoneSchema,
  /** Whether searches must say why. */
  reasonRequired: z.boolean(),
  /** Whether cameras may be files and folders of this machine. */
  allowFileCameras: z.boolean(),
  /** Names under which the server may be addressed, beside its own. */
  hosts: z.array(z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i)).max(50),
};
export const settingsSchema = z.object(settingsFields);
export type Settings = z.infer<typeof settingsSchema>;
export const updateSettingsBody = z.object(settingsFields).partial();

export const healthzSchema = z.object({ status: z.literal("ok") });
export const readyzSchema = z.object({
  status: z.enum(["ready", "unready"]),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string().nullable() })),
});

export const regionsSchema = z.object({ regions: z.array(z.string()) });

const siteFields = {
  name: nameSchema,
  kind: z.enum(["generic", "parking", "toll", "enforcement", "traffic"]),
  timeZone: timeZoneSchema,
  /** Keep a keyed hash instead of the text unless a list matches; blur plates in pictures. */
  privacy: z.boolean(),
  /** Whether a search of its passages must say why. */
  reasonRequired: z.boolean(),
};
export const createSiteBody = z.object({
  ...siteFields,
  kind: siteFields.kind.default("generic"),
  timeZone: siteFields.timeZone.default("UTC"),
  privacy: siteFields.privacy.default(false),
  reasonRequired: siteFields.reasonRequired.default(false),
});
export const updateSiteBody = z.object(siteFields).partial();
export const siteSchema = z.object({ id: idSchema, ...siteFields, createdMs: timeMsSchema, updatedMs: timeMsSchema });
export type Site = z.infer<typeof siteSchema>;

export const docsFileParams = z.object({ file: z.string().max(100) });
export const pageFileParams = z.object({ "*": z.string().max(2000) });
