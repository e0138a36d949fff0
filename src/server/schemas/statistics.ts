/** Figures for the statistics page. */
import { z } from "zod";
import { idSchema, listQuery, regionSchema, timeMsQuery, timeMsSchema } from "./common.ts";

export const statisticsQuery = z.object({
  from: timeMsQuery,
  to: timeMsQuery,
  camera: listQuery(idSchema).optional(),
  region: listQuery(regionSchema).optional(),
});

export const GROUPS = ["hour", "day", "week", "month", "camera", "region"] as const;

export const countsQuery = statisticsQuery.extend({
  by: z.enum(GROUPS).default("hour"),
});
export const countsSchema = z.object({
  by: z.enum(GROUPS),
  total: z.int(),
  rows: z.array(
    z.object({
      /** Start of the step of time, or the camera's id, or the region (null: not known). */
      key: z.union([timeMsSchema, z.string()]).nullable(),
      passages: z.int(),
      doubted: z.int(),
      meanConfidence: z.number().nullable(),
    }),
  ),
});

export const qualitySchema = z.object({
  rows: z.array(
    z.object({
      timeMs: timeMsSchema,
      passages: z.int(),
      /** Plates seen without becoming a passage. */
      unread: z.int(),
      doubted: z.int(),
      meanConfidence: z.number().nullable(),
    }),
  ),
  /** Over the whole time; doubt null: none. */
  doubts: z.array(z.object({ doubt: z.string().nullable(), passages: z.int() })),
});

export const heatMapSchema = z.object({
  timeZone: z.string(),
  /** 7 rows from Monday, 24 hours each. */
  passages: z.array(z.array(z.int()).length(24)).length(7),
});

export const topPlatesQuery = statisticsQuery.extend({
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(20),
});
export const topPlatesSchema = z.object({
  rows: z.array(z.object({ plate: z.string(), passages: z.int(), lastTimeMs: timeMsSchema })),
  isExact: z.boolean().describe("False: a plate of few passages may be missing"),
});
