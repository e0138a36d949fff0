/** Cameras, their health, and what comes live. */
import { z } from "zod";
import {
  idSchema,
  listQuery,
  nameSchema,
  pointSchema,
  probabilitySchema,
  regionSchema,
  scheduleSchema,
  timeMsQuery,
  timeMsSchema,
  timeZoneSchema,
} from "./common.ts";

/** `rtsp(s)://`, `http(s)://`, `rtmp(s)://`, `srt://`; files and folders only where the settings allow them. */
export const cameraUrlSchema = z
  .string()
  .trim()
  .min(1)
  .max(2000)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u0020\u007f]+$/, "must not hold spaces or control characters");

export const lineSchema = z.object({ from: pointSchema, to: pointSchema });

/** upload: passages come through the API under its id. */
export const cameraKindSchema = z.enum(["stream", "upload"]);

const cameraFields = {
  name: nameSchema,
  url: cameraUrlSchema,
  enabled: z.boolean(),
  siteId: idSchema.nullable(),
  regions: z.array(regionSchema).max(20),
  regionStrict: z.boolean(),
  roi: z.array(pointSchema).min(3).max(64).nullable(),
  line: lineSchema.nullable(),
  /** Frames a second to read; null: as many as there are. */
  fps: z.number().gt(0).max(120).nullable(),
  motion: z.boolean(),
  /** Plates lower than this are left out, pixels. */
  minPlateHeightPx: z.int().min(1).max(2000).nullable(),
  minConfidence: probabilitySchema,
  schedule: scheduleSchema.nullable(),
  keepFrames: z.boolean(),
  /** What it sees at its site: entry, exit, gantry, point. */
  role: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/)
    .nullable(),
  /** IANA name for the schedule; null: that of the site. */
  timeZone: timeZoneSchema.nullable(),
  /** The frame that roi and line were drawn on. */
  frameSize: z.tuple([z.int().min(1).max(100_000), z.int().min(1).max(100_000)]).nullable(),
  retentionDays: z.number().gt(0).max(36_500).nullable().describe("Null: as the retention says"),
  retentionBytes: z.int().min(0).nullable().describe("Of pictures; null: as the retention says"),
};

export const createCameraBody = z.object({
  ...cameraFields,
  kind: cameraKindSchema.default("stream"),
  url: cameraFields.url.or(z.literal("")).default("").describe("Needed unless kind is upload"),
  enabled: cameraFields.enabled.default(true),
  siteId: cameraFields.siteId.default(null),
  regions: cameraFields.regions.default([]),
  regionStrict: cameraFields.regionStrict.default(false),
  roi: cameraFields.roi.default(null),
  line: cameraFields.line.default(null),
  fps: cameraFields.fps.default(null),
  motion: cameraFields.motion.default(true),
  minPlateHeightPx: cameraFields.minPlateHeightPx.default(null),
  minConfidence: cameraFields.minConfidence.default(0.5),
  schedule: cameraFields.schedule.default(null),
  keepFrames: cameraFields.keepFrames.default(true),
  role: cameraFields.role.default(null),
  timeZone: cameraFields.timeZone.default(null),
  frameSize: cameraFields.frameSize.default(null),
  retentionDays: cameraFields.retentionDays.default(null),
  retentionBytes: cameraFields.retentionBytes.default(null),
});

/** What is absent stays; a URL whose password reads `***` keeps the password it has. */
export const updateCameraBody = z.object(cameraFields).partial();

export const UNREAD_REASONS = [
  "too-small",
  "blurred",
  "cut",
  "glare",
  "low-contrast",
  "format-mismatch",
  "unsure",
  "no-text",
] as const;

export const unreadSchema = z.partialRecord(z.enum(UNREAD_REASONS), z.int());

export const cameraHealthSchema = z.object({
  state: z.enum(["off", "waiting", "connecting", "reading", "failed"]),
  message: z.string().nullable(),
  fps: z.number(),
  lagMs: z.number().nullable(),
  lastFrameMs: timeMsSchema.nullable(),
  lastPassageMs: timeMsSchema.nullable(),
  reconnects: z.int(),
  restarts: z.int(),
  frames: z.int(),
  dropped: z.int(),
  passages: z.int(),
  unread: unreadSchema,
  frameWidth: z.int().nullable(),
  frameHeight: z.int().nullable(),
});
export type CameraHealthOnWire = z.infer<typeof cameraHealthSchema>;

export const cameraSchema = z.object({
  id: idSchema,
  kind: cameraKindSchema,
  ...cameraFields,
  url: z.string().describe("The password in it reads ***"),
  createdMs: timeMsSchema,
  updatedMs: timeMsSchema,
  health: cameraHealthSchema.nullable(),
});
export type Camera = z.infer<typeof cameraSchema>;

export const testCameraBody = z.object({
  url: cameraUrlSchema,
  /** An existing camera whose password `***` in the URL stands for. */
  cameraId: idSchema.optional(),
});

export const cameraTestSchema = z.object({
  ok: z.boolean(),
  message: z.string().nullable().describe("Why not, and what to do"),
  snapshot: z.string().nullable().describe("JPEG in base64"),
  width: z.int().nullable(),
  height: z.int().nullable(),
  tookMs: z.number(),
});

export const healthQuery = z.object({ from: timeMsQuery.optional(), to: timeMsQuery.optional() });

export const cameraHealthHistorySchema = z.object({
  now: cameraHealthSchema.nullable(),
  /** One a step of time, oldest first. */
  history: z.array(
    z.object({
      timeMs: timeMsSchema,
      fps: z.number().nullable(),
      lagMs: z.number().nullable(),
      frames: z.int(),
      passages: z.int(),
      reconnects: z.int(),
      unread: unreadSchema,
    }),
  ),
});

/** Sent as `text/event-stream`; each event's `data` is the JSON of its payload, `id` its sequence. */
export const LIVE_EVENT_TYPES = ["passage", "preview", "frame", "health", "alert", "notification", "site"] as const;
export const eventsQuery = z.object({
  camera: listQuery(idSchema).optional(),
  types: listQuery(z.enum(LIVE_EVENT_TYPES)).optional(),
  after: z.coerce.number().pipe(z.int().min(0)).optional().describe("As the header Last-Event-ID"),
});
