/** Enforcement: rules with evidence, and cases that count for nothing before a person has confirmed them. */
import { z } from "zod";
import {
  idSchema,
  nameSchema,
  pageQuery,
  probabilitySchema,
  reasonSchema,
  timeMsQuery,
  timeMsSchema,
} from "./common.ts";
import { weeklyHoursSchema } from "./parking.ts";
import { passageRowSchema } from "./passages.ts";

export const enforcementSetupSchema = z.object({
  cameras: z.array(idSchema).max(200).default([]).describe("Watched for wanted plates; those of rules are added"),
  minProbability: z.number().min(0.001).max(1).default(0.05).describe("Less probable look-alikes raise no case"),
  restrictions: z
    .array(
      z.object({
        id: idSchema,
        name: nameSchema,
        kind: z.enum(["restricted-zone", "bus-lane", "permitted-hours"]),
        cameraIds: z.array(idSchema).min(1).max(50),
        direction: z.enum(["in", "out"]).optional(),
        hours: z
          .array(weeklyHoursSchema)
          .max(50)
          .optional()
          .describe("Forbidden in them; for permitted-hours, allowed"),
        holidays: z
          .array(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "must be a date, such as 2026-12-25"))
          .max(1000)
          .optional(),
        exemptLists: z.array(idSchema).max(20).default([]).describe("Lists of plates that may all the same"),
        priority: z.int().min(0).max(1000).optional(),
      }),
    )
    .max(100)
    .default([]),
  sections: z
    .array(
      z.object({
        id: idSchema,
        fromCameraId: idSchema,
        toCameraId: idSchema,
        metres: z.number().gt(0).max(1e6).describe("The shortest way"),
        metresTolerance: z.number().min(0).max(1e5).default(0),
        clockToleranceMs: z.int().min(0).max(60_000).default(100),
        limitKmh: z.number().gt(0).max(400),
        marginKmh: z.number().min(0).max(100).default(3),
      }),
    )
    .max(100)
    .default([]),
  clocks: z
    .array(
      z.object({
        cameraId: idSchema,
        source: z.string().max(40),
        offsetMs: z.number().nullable().default(null),
        toleranceMs: z.number().nullable().default(null),
        checkedMs: timeMsSchema.nullable().default(null),
      }),
    )
    .max(200)
    .default([])
    .describe("What is known of the cameras' clocks; goes into the evidence"),
});
export type EnforcementSetup = z.output<typeof enforcementSetupSchema>;

export const CASE_KINDS = ["hotlist", "speed", "restricted-zone", "bus-lane", "permitted-hours"] as const;
export const CASE_STATES = ["unconfirmed", "confirmed", "rejected"] as const;
export const caseIdSchema = z.string().regex(/^[\w.:-]{1,250}$/);
export const caseParams = z.object({ id: idSchema, case: caseIdSchema });

export const caseSchema = z.object({
  id: z.string(),
  kind: z.enum(CASE_KINDS),
  state: z.enum(CASE_STATES),
  plate: z.string().nullable().describe("As wanted, or as read"),
  read: z.string().nullable(),
  probability: probabilitySchema,
  grade: z.enum(["certain", "likely", "possible"]).nullable(),
  isExact: z.boolean().nullable(),
  summary: z.string(),
  source: z.string().nullable().describe("The list that wants it"),
  timeMs: timeMsSchema,
  passageIds: z.array(z.string()),
  trail: z.array(
    z.object({
      decision: z.enum(["confirm", "reject", "reopen"]),
      by: z.string(),
      reason: z.string(),
      timeMs: timeMsSchema,
    }),
  ),
  passages: z.array(passageRowSchema),
});
export type Case = z.output<typeof caseSchema>;

export const casesQuery = pageQuery.extend({
  state: z.enum(CASE_STATES).optional(),
  from: timeMsQuery.optional(),
  to: timeMsQuery.optional(),
});
export const decideCaseBody = z.object({
  decision: z.enum(["confirm", "reject", "reopen"]),
  reason: reasonSchema.default(""),
});
export const evidenceKeySchema = z.object({
  publicKey: z.string().describe("PEM, for platekit evidence verify --key"),
  fingerprint: z.string().describe("SHA-256 of the key"),
});
