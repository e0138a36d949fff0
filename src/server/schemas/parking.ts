/** Car parks: what the operator sets up, stays, payments, permits, gates. Money in whole minor units of the currency. */
import { z } from "zod";
import {
  idSchema,
  nameSchema,
  noteSchema,
  pageQuery,
  plateTextSchema,
  reasonSchema,
  timeMsQuery,
  timeMsSchema,
  timeZoneSchema,
} from "./common.ts";
import { passageRowSchema } from "./passages.ts";

const moneySchema = z.int().min(0).max(1_000_000_000).describe("Minor units: cents");
const minutesSchema = z.int().min(0).max(1_000_000);
const wallClock = z.string().regex(/^\d{2}:\d{2}$/, "must be a time, such as 08:00");
const dateSchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "must be a date, such as 2026-12-25");

export const weeklyHoursSchema = z.object({
  days: z
    .array(z.union([z.int().min(1).max(7), z.literal("holiday")]))
    .max(8)
    .optional()
    .describe("1 Monday .. 7 Sunday; missing: every day"),
  from: wallClock,
  to: wallClock.describe("Up to 24:00; at or before from: the next day"),
});

export const tariffSchema = z.object({
  id: idSchema,
  name: nameSchema,
  currency: z.string().regex(/^[A-Z]{3}$/, "must be three letters, such as EUR"),
  freeMinutes: minutesSchema.optional(),
  freeMinutesDeducted: z.boolean().optional(),
  bands: z
    .array(
      z.object({
        name: nameSchema,
        hours: z.array(weeklyHoursSchema).max(50).optional(),
        steps: z
          .array(
            z.object({
              minutes: z.int().min(1).max(1_000_000),
              price: moneySchema,
              times: z.int().min(1).max(1000).optional(),
            }),
          )
          .max(50)
          .optional(),
        flat: moneySchema.optional(),
      }),
    )
    .min(1)
    .max(50)
    .describe("The first that is in force holds; the last has no hours"),
  holidays: z.array(dateSchema).max(1000).optional(),
  dayCap: z.object({ price: moneySchema, basis: z.enum(["calendar", "24h"]) }).optional(),
  stepsRestart: z.enum(["never", "daily"]).optional(),
  events: z
    .array(z.object({ name: nameSchema, from: z.string().max(20), to: z.string().max(20), price: moneySchema }))
    .max(500)
    .optional(),
  graceMinutes: minutesSchema.optional(),
  lostReadPrice: moneySchema.optional().describe("Of a stay whose entry or exit nobody saw; missing: a person decides"),
});
export type TariffOnWire = z.output<typeof tariffSchema>;

export const tariffPlanSchema = z.object({
  versions: z.array(z.object({ fromMs: timeMsSchema, tariff: tariffSchema })).max(200),
  onChange: z.enum(["entry", "split"]).default("entry"),
});
export type TariffPlanOnWire = z.output<typeof tariffPlanSchema>;

export const actionSchema = z.enum(["open", "deny", "ask"]);
export const policySchema = z.object({
  minConfidence: z.number().min(0).max(1),
  unreadable: actionSchema,
  visitor: actionSchema,
  full: actionSchema,
  permitsPassWhenFull: z.boolean(),
  refusedPermit: z.union([actionSchema, z.literal("as-visitor")]),
  unpaid: actionSchema,
  noEntry: actionSchema,
  alreadyInside: actionSchema,
  failSafe: z.object({ entry: actionSchema, exit: actionSchema }),
  maxFactsAgeMs: z.int().min(100).max(60_000),
});

/** What moves a barrier. It is told the decision as JSON; `open` only unless `all` is asked for. */
export const actuatorSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("http"),
    url: z.url({ protocol: /^https?$/ }).max(2000),
    tell: z.enum(["open", "all"]).default("open"),
  }),
  z.object({
    kind: z.literal("mqtt"),
    topic: z
      .string()
      .min(1)
      .max(500)
      .regex(/^[^#+\p{Cc}]+$/u, "must be a topic without # and +")
      .describe("Published with QoS 1, never retained, and void after 2 s"),
    brokerId: idSchema.optional().describe("A broker of Administration; missing: every one that is on"),
    tell: z.enum(["open", "all"]).default("open"),
  }),
]);
export type Actuator = z.output<typeof actuatorSchema>;

export const parkingCameraSchema = z.object({
  cameraId: idSchema,
  role: z.enum(["entry", "exit", "both"]),
  entersBy: z.enum(["in", "out"]).optional().describe("For both: the direction that enters"),
  zones: z.array(idSchema).max(50).default([]),
  hasGate: z.boolean().default(false).describe("Decide of every vehicle here, and log it"),
  actuator: actuatorSchema.nullable().default(null),
});

export const parkingSetupSchema = z.object({
  capacity: z.int().min(0).max(1_000_000),
  zones: z
    .array(
      z.object({
        id: idSchema,
        name: nameSchema,
        capacity: z.int().min(0).max(1_000_000),
        priority: z.int().min(0).max(1000).optional(),
        maxStayMinutes: z.int().min(1).max(1_000_000).optional(),
      }),
    )
    .max(50)
    .default([]),
  cameras: z.array(parkingCameraSchema).max(200).default([]),
  policy: policySchema.partial().default({}),
});
export type ParkingSetup = z.output<typeof parkingSetupSchema>;
export const parkingConfigSchema = parkingSetupSchema.extend({ timeZone: timeZoneSchema, policy: policySchema });

export const feeLineSchema = z.object({ kind: z.string(), text: z.string(), amount: z.int() });
export const feeSchema = z.object({
  amount: z.int(),
  currency: z.string(),
  digits: z.int().describe("Digits of the minor unit: 2 for euro"),
  minutes: z.number(),
  lines: z.array(feeLineSchema),
});

export const priceBody = z.object({
  fromMs: timeMsSchema,
  toMs: timeMsSchema,
  plan: tariffPlanSchema.optional().describe("Missing: the site's own"),
});

export const stayEndSchema = z.object({
  passageId: idSchema,
  cameraId: z.string(),
  timeMs: timeMsSchema,
  text: z.string().nullable().describe("As read; null once forgotten"),
});

export const paymentSchema = z.object({
  id: idSchema,
  amount: z.int(),
  timeMs: timeMsSchema,
  method: z.string(),
  note: z.string(),
  by: z.string(),
});

export const sessionSchema = z.object({
  id: z.string(),
  state: z.enum(["open", "closed"]),
  plate: z.string().nullable(),
  entry: stayEndSchema.nullable(),
  exit: stayEndSchema.nullable(),
  doubts: z.array(z.string()),
  needsPerson: z.boolean(),
  zoneIds: z.array(z.string()),
  permit: z.object({ id: z.string(), holder: z.string(), use: z.string() }).nullable(),
  minutes: z.number().nullable(),
  overMinutes: z.number().nullable().describe("Longer than its zone allows, minutes"),
  /** Until now for one inside; null: a person decides, or the site has no tariff. */
  fee: feeSchema.nullable(),
  paid: z.int(),
  due: z.int(),
  leaveByMs: timeMsSchema.nullable(),
  decided: z.object({ by: z.string(), reason: z.string(), timeMs: timeMsSchema }).nullable(),
  reviewed: z.object({ by: z.string(), note: z.string(), timeMs: timeMsSchema }).nullable(),
});
export type Session = z.output<typeof sessionSchema>;

export const partnerSchema = z.object({
  passageId: idSchema,
  cameraId: z.string(),
  timeMs: timeMsSchema,
  text: z.string(),
  fit: z.number(),
  passage: passageRowSchema.nullable(),
});

export const sessionDetailSchema = sessionSchema.extend({
  payments: z.array(paymentSchema),
  partners: z.array(partnerSchema).describe("Who it may belong to, best first"),
  entryPassage: passageRowSchema.nullable(),
  exitPassage: passageRowSchema.nullable(),
});
export type SessionDetail = z.output<typeof sessionDetailSchema>;

export const sessionParams = z.object({ id: idSchema, session: idSchema });
export const SESSION_VIEWS = ["all", "inside", "review", "unpaid", "overstay"] as const;
export const sessionsQuery = pageQuery.extend({
  view: z.enum(SESSION_VIEWS).default("all"),
  plate: plateTextSchema.optional(),
  from: timeMsQuery.optional(),
  to: timeMsQuery.optional(),
  reason: reasonSchema.optional(),
});

export const payBody = z.object({
  id: idSchema.optional().describe("Of the till: the same again counts once"),
  amount: z.int().min(-1_000_000_000).max(1_000_000_000).describe("Minor units; a refund is negative"),
  timeMs: timeMsSchema.optional(),
  method: z
    .string()
    .max(40)
    .regex(/^[\w .-]*$/)
    .default("")
    .describe("Such as cash, app, invoice; never a card number"),
  note: noteSchema.max(200).default(""),
});
export const decideFeeBody = z.object({ amount: moneySchema, reason: reasonSchema.min(3) });
export const reviewBody = z.object({ note: noteSchema.max(500).default("") });
export const joinBody = z.object({ passageId: idSchema.describe("The other end") });
export const plateBody = z.object({ plate: plateTextSchema, note: noteSchema.max(500).default("") });

export const permitSchema = z.object({
  id: idSchema,
  holder: nameSchema,
  plates: z.array(plateTextSchema).min(1).max(200),
  zones: z.array(idSchema).max(50).nullable(),
  maxConcurrent: z.int().min(1).max(10_000).nullable(),
  validFromMs: timeMsSchema.nullable(),
  validToMs: timeMsSchema.nullable(),
});
export type Permit = z.output<typeof permitSchema>;
export const permitBody = permitSchema.omit({ id: true }).extend({
  zones: permitSchema.shape.zones.default(null),
  maxConcurrent: permitSchema.shape.maxConcurrent.default(null),
  validFromMs: permitSchema.shape.validFromMs.default(null),
  validToMs: permitSchema.shape.validToMs.default(null),
});
export const permitParams = z.object({ id: idSchema, permit: idSchema });

export const spanQuery = z.object({ from: timeMsQuery.optional(), to: timeMsQuery.optional() });

export const parkingOverviewSchema = z.object({
  fromMs: timeMsSchema,
  toMs: timeMsSchema,
  currency: z.string().nullable(),
  digits: z.int(),
  vehicles: z.int(),
  capacity: z.int(),
  counted: z.object({ vehicles: z.int(), timeMs: timeMsSchema, by: z.string() }).nullable(),
  zones: z.array(z.object({ id: z.string(), name: z.string(), vehicles: z.int(), capacity: z.int() })),
  stays: z.int(),
  turnover: z.number().describe("Stays ended per place and day"),
  averageStayMinutes: z.number().nullable(),
  medianStayMinutes: z.number().nullable(),
  charged: z.int(),
  paid: z.int(),
  incomplete: z.int(),
  review: z.int(),
  unpaid: z.object({ count: z.int(), due: z.int() }),
  overstays: z.int(),
  /** Local days. */
  revenue: z.array(z.object({ day: z.string(), stays: z.int(), charged: z.int(), paid: z.int() })),
  occupancy: z.array(
    z.object({ fromMs: timeMsSchema, vehicles: z.int(), most: z.int(), entries: z.int(), exits: z.int() }),
  ),
});
export type ParkingOverview = z.output<typeof parkingOverviewSchema>;

export const countBody = z.object({ vehicles: z.int().min(0).max(1_000_000) });

export const gateDecisionSchema = z.object({
  id: z.string(),
  cameraId: z.string(),
  passageId: z.string().nullable(),
  plate: z.string().nullable(),
  action: actionSchema,
  reason: z.string(),
  detail: z.string(),
  timeMs: timeMsSchema,
  /** From the read to the decision, milliseconds. */
  tookMs: z.number().nullable(),
  by: z.string().nullable().describe("Who opened by hand"),
  actuator: z.string().describe("none, told, or what went wrong"),
});
export type GateDecisionOnWire = z.output<typeof gateDecisionSchema>;
export const gateParams = z.object({ id: idSchema, camera: idSchema });
export const openGateBody = z.object({ reason: reasonSchema.min(3) });

export const straySchema = z.object({
  id: idSchema,
  reason: z.string(),
  timeMs: timeMsSchema,
  passage: passageRowSchema.nullable(),
});
export const strayParams = z.object({ id: idSchema, stray: idSchema });
