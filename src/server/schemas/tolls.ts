/** Toll roads: gantries, prices, accounts, charges and their books. Money in whole minor units of the currency. */
import { z } from "zod";
import {
  idSchema,
  nameSchema,
  pageQuery,
  plateTextSchema,
  probabilitySchema,
  reasonSchema,
  timeMsQuery,
  timeMsSchema,
} from "./common.ts";
import { passageRowSchema } from "./passages.ts";

const moneySchema = z.int().min(0).max(1_000_000_000).describe("Minor units: cents");
const classSchema = z.string().regex(/^[\w-]{1,40}$/, "may hold letters, digits, - and _, up to 40");
const pricesSchema = z.record(classSchema, moneySchema);

export const tollSetupSchema = z.object({
  currency: z.string().regex(/^[A-Z]{3}$/, "must be three letters, such as EUR"),
  classes: z.array(classSchema).min(1).max(50).describe("The first is that of vehicles on no account"),
  gantries: z
    .array(
      z.object({
        id: idSchema,
        name: nameSchema,
        kind: z.enum(["point", "entry", "exit"]),
        cameras: z.array(z.object({ cameraId: idSchema, lane: z.string().max(20).default("1") })).max(50),
        metre: z.number().min(-1e8).max(1e8).optional(),
        sectionMetres: z.number().min(0).max(1e8).optional(),
      }),
    )
    .max(500),
  tariffs: z
    .array(
      z.object({
        id: idSchema,
        fromMs: timeMsSchema,
        points: z.record(idSchema, pricesSchema).optional(),
        per100Km: pricesSchema.optional(),
        trips: z
          .array(z.object({ entry: idSchema, exit: idSchema, prices: pricesSchema }))
          .max(2000)
          .optional(),
        lostEnd: pricesSchema.optional(),
      }),
    )
    .min(1)
    .max(200),
  threshold: probabilitySchema
    .nullable()
    .default(null)
    .describe("Charges less probable are for a person; null: all are. See the route that proposes one"),
  knownShare: z.number().min(0.01).max(0.99).default(0.7).describe("Share of passages by account holders"),
});
export type TollSetup = z.output<typeof tollSetupSchema>;
/** Nothing is set up yet: an empty road. */
export const tollConfigSchema = tollSetupSchema.extend({
  classes: z.array(classSchema),
  tariffs: z.array(tollSetupSchema.shape.tariffs.element),
});

export const accountPlateSchema = z.object({
  plate: plateTextSchema,
  validFromMs: timeMsSchema.nullable().default(null),
  validToMs: timeMsSchema.nullable().default(null),
  vehicleClass: classSchema.nullable().default(null),
});
export const accountBody = z.object({ holder: nameSchema, plates: z.array(accountPlateSchema).max(5000) });
export const accountSchema = z.object({
  id: idSchema,
  holder: z.string(),
  plates: z.array(accountPlateSchema),
  owed: z.int().describe("Minor units, of all time"),
});
export type TollAccountOnWire = z.output<typeof accountSchema>;
export const accountParams = z.object({ id: idSchema, account: idSchema });

export const CHARGE_STATES = ["charged", "review", "disputed", "cancelled", "void"] as const;
export const chargeIdSchema = z.string().regex(/^[\w.-]{1,64}:[\w.-]{1,64}$/);
export const chargeParams = z.object({ id: idSchema, charge: chargeIdSchema });
export const ledgerEntrySchema = z.object({
  id: z.string(),
  chargeId: z.string(),
  kind: z.string(),
  timeMs: timeMsSchema,
  by: z.string(),
  reason: z.string(),
  accountId: z.string().nullable(),
  text: z.string(),
  amount: z.int(),
});
export const chargeSchema = z.object({
  id: z.string(),
  state: z.enum(CHARGE_STATES),
  plate: z.string().nullable(),
  probability: probabilitySchema,
  account: z.object({ id: z.string(), holder: z.string() }).nullable(),
  gantryIds: z.array(z.string()),
  passageIds: z.array(z.string()),
  vehicleClass: z.string(),
  timeMs: timeMsSchema,
  price: z.object({ tariffId: z.string(), amount: z.int(), text: z.string() }).nullable(),
  owed: z.int().describe("What stands after all entries of the books"),
  reason: z.string(),
  needsPerson: z.boolean(),
});
export type Charge = z.output<typeof chargeSchema>;
export const chargeDetailSchema = chargeSchema.extend({
  trail: z.array(ledgerEntrySchema),
  passages: z.array(passageRowSchema),
  likely: z.array(z.object({ text: z.string(), probability: probabilitySchema, holder: z.string().nullable() })),
});
export type ChargeDetail = z.output<typeof chargeDetailSchema>;
export const chargesQuery = pageQuery.extend({
  state: z.enum(CHARGE_STATES).optional(),
  person: z.enum(["true"]).optional().describe("Only those that wait for a person"),
  plate: plateTextSchema.optional(),
  account: idSchema.optional(),
  from: timeMsQuery.optional(),
  to: timeMsQuery.optional(),
  reason: reasonSchema.optional(),
});
export const decideChargeBody = z.discriminatedUnion("decision", [
  z.object({
    decision: z.literal("charge"),
    plate: plateTextSchema,
    amount: moneySchema.optional().describe("Missing: the price of the tariff"),
    reason: reasonSchema.default(""),
  }),
  z.object({
    decision: z.literal("cancel"),
    reason: reasonSchema.min(3),
    isMisread: z
      .boolean()
      .optional()
      .describe("Whether the plate was read wrong, for the choice of a threshold; missing: it learns nothing"),
  }),
]);
export const disputeBody = z.object({ reason: reasonSchema.min(3) });
export const resolveBody = z.discriminatedUnion("decision", [
  z.object({ decision: z.literal("uphold"), reason: reasonSchema.min(3) }),
  z.object({
    decision: z.literal("cancel"),
    reason: reasonSchema.min(3),
    isMisread: z
      .boolean()
      .optional()
      .describe("Whether the plate was read wrong, for the choice of a threshold; missing: it was"),
  }),
  z.object({
    decision: z.literal("correct"),
    plate: plateTextSchema,
    amount: moneySchema,
    reason: reasonSchema.min(3),
  }),
]);

export const statementSchema = z.object({
  accountId: z.string(),
  holder: z.string(),
  currency: z.string(),
  digits: z.int(),
  fromMs: timeMsSchema,
  toMs: timeMsSchema,
  opening: z.int(),
  total: z.int(),
  closing: z.int(),
  entries: z.array(ledgerEntrySchema),
});

export const tollOverviewSchema = z.object({
  fromMs: timeMsSchema,
  toMs: timeMsSchema,
  currency: z.string().nullable(),
  digits: z.int(),
  charged: z.object({ count: z.int(), amount: z.int() }),
  review: z.int().describe("Wait for a person, of all time"),
  disputed: z.int(),
  accounts: z.int(),
  reviewShare: probabilitySchema.nullable().describe("Of the charges of the span, how many a person decides"),
  gantries: z.array(z.object({ id: z.string(), name: z.string(), charges: z.int(), amount: z.int() })),
});
export type TollOverview = z.output<typeof tollOverviewSchema>;

export const thresholdQuery = z.object({ rate: z.coerce.number().pipe(z.number().gt(0).max(0.1)).default(1e-4) });
export const thresholdSchema = z.object({
  threshold: probabilitySchema.nullable().describe("Null: too few answers to show the rate"),
  reviewShare: probabilitySchema,
  wrongShare: probabilitySchema,
  wrongShareBound: probabilitySchema,
  answers: z.int(),
  answersNeeded: z.int(),
  rate: z.number(),
  inUse: probabilitySchema.nullable(),
});

export const ledgerExportQuery = z.object({
  from: timeMsQuery.optional(),
  to: timeMsQuery.optional(),
  format: z.enum(["csv", "json"]).default("csv"),
});
