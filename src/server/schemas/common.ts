/** Shapes that many routes share: ids, times, pages, places in a picture, problems. Limits stand here once. */
import { z } from "zod";

/** Made by `createId`: sortable by time. Also accepts the ids of other programs' passages. */
export const idSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/)
  .describe("Identifier");

export const idParams = z.object({ id: idSchema });

/** Epoch milliseconds, UTC; the year 9999 is the last. */
export const timeMsSchema = z.int().min(0).max(253_402_300_799_999).describe("Epoch milliseconds, UTC");

/** The same in a query, where everything is text. */
export const timeMsQuery = z.coerce.number().pipe(timeMsSchema);

/** No control characters: what people type ends in logs, headers and spreadsheets. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(120)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u001f\u007f\u2028\u2029]*$/, "must not hold control characters");

export const noteSchema = z
  .string()
  .max(2000)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/, "must not hold control characters");

/** Any text of a plate as people write it; the server takes it to upper case and drops separators. */
export const plateTextSchema = z
  .string()
  .trim()
  .min(1)
  .max(32)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u001f\u007f\u2028\u2029]*$/, "must not hold control characters");

/** ISO 3166 in lower case. */
export const regionSchema = z
  .string()
  .regex(/^[a-z]{2}(-[a-z0-9]{1,3})?$/)
  .describe("Region, ISO 3166 in lower case: de, us-ca");

export const probabilitySchema = z.number().min(0).max(1);

/** SHA-256 of a stored picture. */
export const contentHashSchema = z.string().regex(/^[0-9a-f]{64}$/);

const coordinate = z.number().min(-100_000).max(100_000);
export const pointSchema = z.tuple([coordinate, coordinate]).describe("[x, y] in full-frame pixels");
export const boxSchema = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .describe("[x, y, width, height] in full-frame pixels");
export const quadSchema = z
  .tuple([pointSchema, pointSchema, pointSchema, pointSchema])
  .describe("Four corners, clockwise from the top left");

/** `true` and `false` as a query carries them. */
export const flagQuery = z.enum(["true", "false"]).transform((text) => text === "true");

/** `a,b` or `name=a&name=b`. */
export function listQuery<Item extends z.ZodType<string, string>>(item: Item, max = 50) {
  return z
    .union([z.string().max(4000), z.array(z.string().max(200)).max(max)])
    .transform((given) => (typeof given === "string" ? given.split(",") : given).filter((one) => one !== ""))
    .pipe(z.array(item).max(max));
}

export const PAGE_LIMIT = { standard: 50, max: 500 } as const;

/** Opaque: what a page's `next` said. */
export const pageQuery = z.object({
  cursor: z.string().min(1).max(512).optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(PAGE_LIMIT.max)).default(PAGE_LIMIT.standard),
});

/** One page and where the next begins; null on the last. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** RFC 9457. `code` is for programs, `detail` says what to do. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  /** What was wrong where, for input that did not fit. */
  problems: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  requestId: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** IANA name. */
export const timeZoneSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/)
  .max(64);

/** Why: kept in the audit; may be required by the settings. */
export const reasonSchema = noteSchema.max(500);

/** Hours of the week in which something is on; day 0 is Monday, minutes since midnight in the site's time zone. */
export const scheduleSchema = z
  .array(
    z.object({
      days: z.array(z.int().min(0).max(6)).min(1).max(7),
      fromMinute: z.int().min(0).max(1440),
      toMinute: z.int().min(0).max(1440).describe("At or below fromMinute: past midnight"),
    }),
  )
  .max(50);
export type Schedule = z.infer<typeof scheduleSchema>;

export const okSchema = z.object({ ok: z.literal(true) });
export const createdSchema = z.object({ id: idSchema });

/** Nothing to say: 204. */
export const nothingSchema = z.undefined().describe("Done");
