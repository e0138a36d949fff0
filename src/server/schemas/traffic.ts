/** Traffic: counting points, sections of road, and figures that name no plate. */
import { z } from "zod";
import { idSchema, nameSchema, timeMsQuery, timeMsSchema } from "./common.ts";

export const trafficSetupSchema = z.object({
  cameras: z
    .array(
      z.object({
        cameraId: idSchema,
        lane: z
          .string()
          .regex(/^[\w -]{1,20}$/, "may hold letters, digits, spaces, - and _, up to 20")
          .default("1"),
        point: nameSchema.max(60).nullable().default(null).describe("Where it is, for origins and destinations"),
      }),
    )
    .max(500)
    .default([]),
  sections: z
    .array(
      z.object({
        id: idSchema,
        name: nameSchema,
        fromCameraId: idSchema,
        toCameraId: idSchema,
        metres: z.number().gt(0).max(1e6),
      }),
    )
    .max(200)
    .default([]),
  k: z.int().min(2).max(1000).default(5).describe("Fewer vehicles in a cell are not told"),
  tripGapMinutes: z.int().min(1).max(1440).default(60).describe("Seen again later than this is another trip"),
});
export type TrafficSetup = z.output<typeof trafficSetupSchema>;

export const BINS = ["1min", "5min", "15min", "1h"] as const;
const formatQuery = z.enum(["json", "csv", "parquet"]).default("json");
export type TrafficFormat = z.output<typeof formatQuery>;
const span = { from: timeMsQuery.optional(), to: timeMsQuery.optional() };

export const countsQuery = z.object({
  ...span,
  bin: z.enum(BINS).default("1h"),
  camera: idSchema.optional(),
  format: formatQuery,
});
export const travelQuery = z.object({
  ...span,
  bin: z.enum(BINS).default("15min"),
  section: idSchema,
  format: formatQuery,
});
export const odQuery = z.object({ ...span, format: formatQuery });
export const compareQuery = z.object({
  section: idSchema.optional().describe("Travel times of it; missing: vehicles counted"),
  camera: idSchema.optional(),
  day: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional()
    .describe("Local; default today"),
});

export const comparedSchema = z.object({
  day: z.string(),
  unit: z.enum(["vehicles", "seconds"]),
  binMinutes: z.int(),
  bins: z.array(
    z.object({
      minute: z.int(),
      value: z.number().nullable(),
      usual: z.number().nullable(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      days: z.int(),
    }),
  ),
});
export type Compared = z.output<typeof comparedSchema>;

export const trafficOverviewSchema = z.object({
  fromMs: timeMsSchema,
  toMs: timeMsSchema,
  vehicles: z.int(),
  points: z.array(
    z.object({ cameraId: z.string(), lane: z.string(), point: z.string().nullable(), vehicles: z.int() }),
  ),
  sections: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      metres: z.number(),
      vehicles: z.int(),
      medianSeconds: z.number().nullable(),
      p10Seconds: z.number().nullable(),
      p90Seconds: z.number().nullable(),
      kmh: z.number().nullable(),
      implausible: z.int().describe("Passages that only clocks that differ explain, since the start"),
      incident: z
        .object({ fromMs: timeMsSchema, medianSeconds: z.number(), usualSeconds: z.number(), ratio: z.number() })
        .nullable(),
    }),
  ),
});
export type TrafficOverview = z.output<typeof trafficOverviewSchema>;

export const binSchema = z.object({
  cameraId: z.string(),
  lane: z.string(),
  fromMs: timeMsSchema,
  vehicles: z.int(),
  flow: z.number(),
  headwaySeconds: z.number().nullable(),
  occupancy: z.number(),
});
export const countsSchema = z.object({ bins: z.array(binSchema) });
export const travelTimesSchema = z.object({
  times: z.array(
    z.object({
      fromMs: timeMsSchema,
      vehicles: z.int(),
      outliers: z.int(),
      medianMs: z.number().nullable(),
      p10Ms: z.number().nullable(),
      p90Ms: z.number().nullable(),
      kmh: z.number().nullable(),
    }),
  ),
});
export const odSchema = z.object({
  cells: z.array(z.object({ origin: z.string(), destination: z.string(), trips: z.int().nullable() })),
  suppressed: z.int(),
  k: z.int(),
});
