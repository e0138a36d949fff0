/** Lists of plates with a meaning, their entries, and their way in and out as CSV. */
import { z } from "zod";
import { idSchema, nameSchema, noteSchema, pageQuery, plateTextSchema, timeMsSchema } from "./common.ts";

export const LIST_KINDS = ["allow", "deny", "hotlist", "customer", "other"] as const;
export const listKindSchema = z.enum(LIST_KINDS);

const listFields = {
  name: nameSchema,
  kind: listKindSchema,
  description: noteSchema,
  enabled: z.boolean(),
  siteId: idSchema.nullable(),
};
export const createListBody = z.object({
  ...listFields,
  description: listFields.description.default(""),
  enabled: listFields.enabled.default(true),
  siteId: listFields.siteId.default(null),
});
export const updateListBody = z.object(listFields).partial();

export const listSchema = z.object({
  id: idSchema,
  ...listFields,
  entries: z.int(),
  createdMs: timeMsSchema,
  updatedMs: timeMsSchema,
});
export type List = z.infer<typeof listSchema>;

/** `?` is one character and `*` any number, where `wildcard` is on. */
const entryFields = {
  text: plateTextSchema,
  label: nameSchema.nullable().describe("Whose or what it is"),
  note: noteSchema,
  validFromMs: timeMsSchema.nullable(),
  validToMs: timeMsSchema.nullable(),
  wildcard: z.boolean(),
  lookAlike: z.boolean(),
};
export const createEntryBody = z.object({
  ...entryFields,
  label: entryFields.label.default(null),
  note: entryFields.note.default(""),
  validFromMs: entryFields.validFromMs.default(null),
  validToMs: entryFields.validToMs.default(null),
  wildcard: entryFields.wildcard.default(false),
  lookAlike: entryFields.lookAlike.default(false),
});
export const updateEntryBody = z.object(entryFields).partial();

export const entrySchema = z.object({
  id: idSchema,
  listId: idSchema,
  ...entryFields,
  text: z.string(),
  createdMs: timeMsSchema,
  createdBy: z.string().nullable(),
  updatedMs: timeMsSchema,
});
export type ListEntry = z.infer<typeof entrySchema>;

export const entryParams = z.object({ id: idSchema, entryId: idSchema });
export const entriesQuery = pageQuery.extend({ text: plateTextSchema.optional().describe("Begins so") });

export const importBody = z.object({
  csv: z
    .string()
    .max(8 * 1024 * 1024)
    .describe("Header: text, label, note, validFrom, validTo, wildcard, lookAlike"),
  mode: z.enum(["merge", "replace"]).default("merge").describe("replace: entries not in the file are removed"),
});

export const csvProblemSchema = z.object({ line: z.int(), message: z.string() });

const changeSchema = z.object({
  line: z.int().nullable(),
  text: z.string(),
  change: z.enum(["add", "change", "remove"]),
  detail: z.string(),
});

export const importPreviewSchema = z.object({
  rows: z.int(),
  add: z.int(),
  change: z.int(),
  remove: z.int(),
  same: z.int(),
  /** The first 500. */
  changes: z.array(changeSchema),
  problems: z.array(csvProblemSchema).describe("The first 500, by line"),
  problemCount: z.int(),
  /** Of the file and of the list as it stands: importing with it does exactly this, or fails. */
  fingerprint: z.string(),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;

export const applyImportBody = importBody.extend({
  fingerprint: z.string().max(100).optional().describe("Of the preview"),
  skipProblems: z.boolean().default(false).describe("False: nothing is imported while a line is wrong"),
});

export const importedSchema = z.object({ add: z.int(), change: z.int(), remove: z.int(), skipped: z.int() });
