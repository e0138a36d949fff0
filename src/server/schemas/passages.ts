/** Passages on the wire: search, detail, correction, hold, forgetting, taking in. */
import { z } from "zod";
import {
  boxSchema,
  contentHashSchema,
  flagQuery,
  idSchema,
  listQuery,
  noteSchema,
  pageQuery,
  plateTextSchema,
  pointSchema,
  probabilitySchema,
  quadSchema,
  reasonSchema,
  regionSchema,
  timeMsQuery,
  timeMsSchema,
} from "./common.ts";
import { candidateSchema, characterReadSchema, DOUBTS, doubtSchema } from "./reading.ts";

export const directionSchema = z.enum(["in", "out"]);

export const listHitSchema = z.object({
  listId: idSchema,
  listName: z.string(),
  listKind: z.string(),
  entryId: idSchema,
  entryText: z.string(),
  match: z.enum(["exact", "wildcard", "look-alike"]),
  probability: probabilitySchema,
});

/** Core's Passage and what the server adds. */
export const passageSchema = z.object({
  schema: z.literal(1),
  id: idSchema,
  cameraId: idSchema,
  siteId: idSchema.nullable(),
  text: z.string(),
  /** What it is searched by: the corrected text, else the text, upper case without separators. */
  plate: z.string(),
  display: z.string().nullable(),
  confidence: probabilitySchema,
  region: z.string().nullable(),
  regionConfidence: probabilitySchema.nullable(),
  lines: z.union([z.literal(1), z.literal(2)]),
  characters: z.array(characterReadSchema),
  candidates: z.array(candidateSchema),
  doubt: doubtSchema.nullable(),
  firstTimeMs: timeMsSchema,
  lastTimeMs: timeMsSchema,
  frames: z.int(),
  direction: directionSchema.nullable(),
  path: z.array(z.tuple([z.number(), z.number(), z.number()])).describe("[timeMs, x, y] of the plate's middle"),
  best: z.object({
    timeMs: z.number(),
    box: boxSchema,
    corners: quadSchema,
    detectionConfidence: probabilitySchema,
  }),
  preview: z.boolean(),
  pictures: z.object({ crop: contentHashSchema.nullable(), frame: contentHashSchema.nullable() }),
  listHits: z.array(listHitSchema),
  correctedText: z.string().nullable(),
  hold: z.boolean(),
  receivedMs: timeMsSchema,
  isHashed: z.boolean().describe("Privacy mode: text and plate are a keyed hash"),
});
export type PassageOnWire = z.infer<typeof passageSchema>;

/** A row of the table: without what only the detail page shows. */
export const passageRowSchema = passageSchema.omit({ path: true, characters: true, candidates: true, best: true });
export type PassageRow = z.infer<typeof passageRowSchema>;

export const correctionSchema = z.object({
  fromText: z.string(),
  toText: z.string(),
  by: z.string(),
  timeMs: timeMsSchema,
  note: z.string().nullable(),
});

/** One read of the track. */
export const trackReadSchema = z.object({
  timeMs: z.number(),
  text: z.string(),
  confidence: probabilitySchema,
  region: z.string().nullable(),
  doubt: doubtSchema.nullable(),
  box: boxSchema,
});

export const passageDetailSchema = passageSchema.extend({
  cameraName: z.string().nullable(),
  reads: z.array(trackReadSchema),
  holdNote: z.string().nullable(),
  heldBy: z.string().nullable(),
  /** Latest first; the text that was read is never changed. */
  corrections: z.array(correctionSchema),
  /** Latest other passages of the plate. */
  others: z.array(passageRowSchema),
});
export type PassageDetail = z.infer<typeof passageDetailSchema>;

/** look-alike: O/0, I/1, B/8 … count as one; similar: that, and one edit. */
export const MATCHES = ["exact", "wildcard", "look-alike", "similar"] as const;

/** Every filter; the same for the table and for the export. */
export const passageFilterQuery = z.object({
  text: plateTextSchema.optional().describe("What is searched for; ? is one character and * any number in patterns"),
  match: z.enum(MATCHES).optional().describe("Default: wildcard when the text holds ? or *, else exact"),
  from: timeMsQuery.optional().describe("First moment, epoch milliseconds"),
  to: timeMsQuery.optional().describe("First moment no longer wanted"),
  camera: listQuery(idSchema).optional(),
  site: listQuery(idSchema).optional(),
  region: listQuery(regionSchema).optional(),
  list: listQuery(idSchema).optional().describe("Passages that hit one of these lists"),
  minConfidence: z.coerce.number().pipe(probabilitySchema).optional(),
  maxConfidence: z.coerce.number().pipe(probabilitySchema).optional(),
  doubt: listQuery(z.enum([...DOUBTS, "none"])).optional(),
  corrected: flagQuery.optional(),
  hold: flagQuery.optional(),
  reason: reasonSchema.optional().describe("Why this is searched; kept in the audit"),
});

export const passagesQuery = passageFilterQuery.extend(pageQuery.shape).extend({
  order: z.enum(["newest", "oldest"]).default("newest"),
});

export const exportQuery = passageFilterQuery.extend({ format: z.enum(["csv", "jsonl"]).default("csv") });

export const correctBody = z.object({
  text: plateTextSchema.describe("The text that was read takes a correction back"),
  note: noteSchema.default(""),
});

export const holdBody = z.object({ hold: z.boolean(), reason: reasonSchema.min(1) });

export const forgetBody = z.object({
  text: plateTextSchema.describe("Exact, corrected or as read"),
  reason: reasonSchema.min(1),
  apply: z.boolean().default(false).describe("False: only count what would go"),
  registered: z
    .enum(["keep", "remove"])
    .optional()
    .describe(
      "Where the plate stands on a list, in a permit or a toll account. Missing: nothing is forgotten while it does",
    ),
});

export const forgottenSchema = z.object({
  applied: z.boolean(),
  passages: z.int(),
  pictures: z.int(),
  deliveries: z.int(),
  alerts: z.int(),
  /** Under legal hold: kept. */
  held: z.int(),
  registered: z
    .array(
      z.object({
        kind: z.enum(["list", "permit", "account"]),
        id: z.string(),
        parent: z.string().nullable().describe("The list of an entry"),
        siteId: z.string().nullable(),
        name: z.string(),
      }),
    )
    .describe("Where somebody wrote it down"),
});

/** A passage of another program or camera. Only what it knows; the rest is filled in. */
export const newPassageSchema = z.object({
  id: idSchema.optional().describe("Its own id: sent twice, it is stored once"),
  cameraId: idSchema,
  text: plateTextSchema,
  confidence: probabilitySchema.default(1),
  region: regionSchema.nullable().default(null),
  firstTimeMs: timeMsSchema,
  lastTimeMs: timeMsSchema.optional(),
  frames: z.int().min(1).max(1_000_000).default(1),
  direction: directionSchema.nullable().default(null),
  candidates: z
    .array(candidateSchema.extend({ text: plateTextSchema }))
    .max(50)
    .optional(),
  box: z.tuple([z.number(), z.number(), z.number().min(0), z.number().min(0)]).optional(),
  path: z.array(pointSchema).max(64).optional(),
});

export const ingestBody = z.object({ passages: z.array(newPassageSchema).min(1).max(500) });

/** Given only once the passages are on disk; in the order of the request. */
export const ingestedSchema = z.object({
  passages: z.array(z.object({ id: idSchema, stored: z.boolean().describe("False: it was there already") })),
});

export const pictureParams = z.object({ hash: contentHashSchema });
