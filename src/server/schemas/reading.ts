/** Reading pictures: our own request and reply, and those of Plate Recognizer's Snapshot API. */
import { z } from "zod";
import { boxSchema, probabilitySchema, quadSchema, regionSchema } from "./common.ts";

/** Most pictures in one request, and most bytes of one. */
export const READ_LIMITS = {
  pictures: 16,
  pictureBytes: 32 * 1024 * 1024,
  jsonBytes: 48 * 1024 * 1024,
  requestBytes: 64 * 1024 * 1024,
} as const;

export const characterReadSchema = z.object({ text: z.string(), confidence: probabilitySchema });
export const candidateSchema = z.object({ text: z.string(), confidence: probabilitySchema });
export const DOUBTS = ["too-small", "blurred", "cut", "glare", "format-mismatch", "low-contrast"] as const;
export const doubtSchema = z.enum(DOUBTS);

/** As PlateRead of core, field by field. */
export const plateReadSchema = z.object({
  text: z.string().describe("Upper case, no separators"),
  display: z.string().nullable().describe("With the separators its region prints"),
  confidence: probabilitySchema.describe("Calibrated probability that the text is wholly right"),
  region: z.string().nullable(),
  regionConfidence: probabilitySchema.nullable(),
  detection: z.object({
    box: boxSchema,
    corners: quadSchema,
    lines: z.union([z.literal(1), z.literal(2)]),
    confidence: probabilitySchema,
  }),
  characters: z.array(characterReadSchema),
  candidates: z.array(candidateSchema).describe("Best first; the first is the text"),
  doubt: doubtSchema.nullable(),
});
export type PlateReadOnWire = z.infer<typeof plateReadSchema>;

/** How to read; each may stand in the JSON body, or as a field of the form. */
export const readOptionsSchema = z.object({
  regions: z.array(regionSchema).max(20).optional().describe("Regions to expect"),
  minConfidence: probabilitySchema.optional(),
  crops: z.boolean().optional().describe("Also give each plate cut out, as a PNG in base64"),
});
export type ReadOptions = z.infer<typeof readOptionsSchema>;

/** Looked at where it is decoded: a pattern over tens of megabytes would hold the HTTP thread up. */
const base64Schema = z
  .string()
  .min(1)
  .max(Math.ceil(READ_LIMITS.pictureBytes / 3) * 4)
  .meta({ contentEncoding: "base64" });

/** `image` for one, `images` for several. */
export const readBody = readOptionsSchema.extend({
  image: base64Schema.optional(),
  images: z
    .array(
      z.object({
        name: z.string().max(200).optional(),
        image: base64Schema,
      }),
    )
    .max(READ_LIMITS.pictures)
    .optional(),
});

export const readTimesSchema = z
  .object({ decode: z.number(), detect: z.number(), read: z.number(), total: z.number() })
  .describe("Milliseconds");

/** A picture that could not be read says why in `error`; the others are read all the same. */
export const imageReadSchema = z.object({
  name: z.string(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  plates: z.array(plateReadSchema.extend({ crop: z.string().optional().describe("PNG in base64") })),
  ms: readTimesSchema.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type ImageReadOnWire = z.infer<typeof imageReadSchema>;

export const readReplySchema = z.object({ schema: z.literal(1), images: z.array(imageReadSchema) });

/** The reply of Plate Recognizer's Snapshot API, as its documentation shows it. */
const snapshotBoxSchema = z.object({ xmin: z.int(), ymin: z.int(), xmax: z.int(), ymax: z.int() });
export const snapshotReplySchema = z.object({
  processing_time: z.number().describe("Milliseconds"),
  results: z.array(
    z.object({
      box: snapshotBoxSchema,
      plate: z.string().describe("Lower case"),
      region: z.object({ code: z.string(), score: z.number() }),
      score: z.number(),
      candidates: z.array(z.object({ score: z.number(), plate: z.string() })),
      dscore: z.number(),
      vehicle: z.object({ score: z.number(), type: z.string(), box: snapshotBoxSchema }).nullable(),
    }),
  ),
  filename: z.string(),
  version: z.literal(1),
  camera_id: z.string().nullable(),
  timestamp: z.string().describe("ISO 8601"),
});
export type SnapshotReply = z.infer<typeof snapshotReplySchema>;

export const snapshotProblemSchema = z.object({ detail: z.string(), status_code: z.int() });
