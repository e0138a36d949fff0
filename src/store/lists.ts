/** Lists of plates and their entries. */

import { sql } from "kysely";
import { PlateKitError } from "../core/errors.ts";
import { type Cell, type CollectionSpec, collection, rowOf } from "./collection.ts";
import type { Database, Queries } from "./database.ts";
import { createId } from "./ids.ts";
import { pageLimit, readCursor, writeCursor } from "./page-cursor.ts";
import { normalisePattern, normalisePlate } from "./plate-text.ts";
import type { ImportPreview, ListEntry, New, PlateList, PlateLists } from "./registry-types.ts";
import { bumpSetting, readSetting } from "./settings.ts";
import type { Tables } from "./tables.ts";

/** The setting that counts changes of lists and their entries. */
export const LISTS_VERSION = "lists.version";
type EntryFields = Omit<New<ListEntry>, "id" | "listId">;

const ENTRIES: CollectionSpec<ListEntry, { readonly listId?: string }> = {
  table: "list_entry",
  columns: { list_id: ({ listId }) => listId, text: ({ text }) => text },
  fields: { listId: ({ list_id }) => list_id, text: ({ text }) => text },
  defaults: {
    isWildcard: false,
    isLookAlike: false,
    label: null,
    note: null,
    validFromMs: null,
    validToMs: null,
    createdBy: null,
  },
  filter: ({ listId }): Record<string, Cell> => (listId === undefined ? {} : { list_id: listId }),
  onChange: (queries) => bumpSetting(queries, LISTS_VERSION),
};

export function createLists(database: Database, nowMs: () => number): PlateLists {
  const lists = collection<PlateList, { readonly siteId?: string }>(database, nowMs, {
    table: "plate_list",
    columns: { name: ({ name }) => name, kind: ({ kind }) => kind, site_id: ({ siteId }) => siteId },
    fields: { name: ({ name }) => name, kind: ({ kind }) => kind, siteId: ({ site_id }) => site_id },
    defaults: { description: "", isEnabled: true },
    filter: ({ siteId }): Record<string, Cell> => (siteId === undefined ? {} : { site_id: siteId }),
    onChange: (queries) => bumpSetting(queries, LISTS_VERSION),
  });
  const entries = collection(database, nowMs, ENTRIES);
  return {
    ...lists,
    entries: {
      ...entries,
      create: async (entry) => entries.create({ ...entry, text: entryText(entry) }),
      async update(id, patch, ifRevision) {
        if (patch.text === undefined && patch.isWildcard === undefined) return entries.update(id, patch, ifRevision);
        const before = await entries.get(id);
        if (before === null) return null;
        return entries.update(id, { ...patch, text: entryText({ ...before, ...patch }) }, ifRevision);
      },
    },
    pageEntries: ({ listId, search = "" }, { limit, cursor } = {}) =>
      database.read(async (queries) => {
        const count = pageLimit(limit);
        const after = readCursor(cursor);
        const conditions = [sql`list_id = ${listId}`];
        if (search !== "") {
          // Labels and notes are in the JSON; a list has thousands of entries, not millions.
          const text = `%${search.replace(/[\\%_]/g, "\\$&").toLowerCase()}%`;
          conditions.push(sql`(lower(text) like ${text} escape '\\' or lower(rest_json) like ${text} escape '\\')`);
        }
        if (after !== null) conditions.push(sql`(created_at_ms, id) > (${after.timeMs}, ${after.key})`);
        const { rows } = await sql<
          Record<string, Cell>
        >`select * from list_entry where ${sql.join(conditions, sql` and `)}
          order by created_at_ms, id limit ${count + 1}`.execute(queries);
        const found = rows.map((cells) => rowOf(cells, ENTRIES));
        const shown = found.slice(0, count);
        const last = found.length > count ? shown.at(-1) : undefined;
        return { rows: shown, nextCursor: last ? writeCursor({ timeMs: last.createdAtMs, key: last.id }) : null };
      }),
    countEntries: (listId) =>
      database.read(async (queries) => {
        const { count } = await queries
          .selectFrom("list_entry")
          .select(({ fn }) => fn.countAll<number>().as("count"))
          .where("list_id", "=", listId)
          .executeTakeFirstOrThrow();
        return count;
      }),
    version: () => database.read(async (queries) => Number((await readSetting(queries, LISTS_VERSION)) ?? 0)),
    importEntries: (listId, given, { mode, isPreview = false }) =>
      database.write((queries) => importEntries(queries, listId, given, mode === "replace", isPreview, nowMs())),
  };
}

/** @throws PlateKitError STORE_INVALID for a text without a letter or digit. */
function entryText({ text, isWildcard }: Pick<ListEntry, "text" | "isWildcard">): string {
  const normal = isWildcard ? normalisePattern(text) : normalisePlate(text);
  if (/[^?*]/.test(normal)) return normal;
  throw new PlateKitError("STORE_INVALID", `"${text.slice(0, 80)}" holds no letter or digit of a plate.`);
}

/** Rows per statement of an import. */
const CHUNK = 500;

type EntryRow = Tables["list_entry"];

async function importEntries(
  queries: Queries,
  listId: string,
  given: readonly EntryFields[],
  isReplacing: boolean,
  isPreview: boolean,
  now: number,
): Promise<ImportPreview> {
  const { rows } = await sql<Record<string, Cell>>`select * from list_entry where list_id = ${listId}`.execute(queries);
  const before = new Map(rows.map((cells) => rowOf(cells, ENTRIES)).map((entry) => [entry.text, entry]));
  // The last line of a text wins, as in a file that was added to.
  const wanted = new Map(given.map((entry) => [entryText(entry), entry]));
  let added = 0;
  let changed = 0;
  let unchanged = 0;
  const fresh: EntryRow[] = [];
  for (const [text, entry] of wanted) {
    const old = before.get(text);
    const { text: _, ...fields } = entry;
    const rest = { ...ENTRIES.defaults, ...fields };
    const rest_json = JSON.stringify(rest);
    if (old === undefined) {
      added++;
      const stamps = { id: createId(now), revision: 1, created_at_ms: now, updated_at_ms: now };
      fresh.push({ ...stamps, list_id: listId, text, rest_json });
    } else if (
      Object.entries(rest).some(([key, value]) => key !== "createdBy" && old[key as keyof ListEntry] !== value)
    ) {
      changed++;
      if (isPreview) continue;
      const kept = JSON.stringify({ ...rest, createdBy: old.createdBy });
      await queries
        .updateTable("list_entry")
        .set({ rest_json: kept, updated_at_ms: now, revision: sql`revision + 1` })
        .where("id", "=", old.id)
        .execute();
    } else {
      unchanged++;
    }
  }
  const gone = isReplacing ? [...before.values()].filter(({ text }) => !wanted.has(text)) : [];
  if (!isPreview) {
    // Thousands one by one would keep every other writer waiting.
    for (let i = 0; i < fresh.length; i += CHUNK) {
      await queries
        .insertInto("list_entry")
        .values(fresh.slice(i, i + CHUNK))
        .execute();
    }
    for (let i = 0; i < gone.length; i += CHUNK) {
      const ids = gone.slice(i, i + CHUNK).map(({ id }) => id);
      await queries.deleteFrom("list_entry").where("id", "in", ids).execute();
    }
    if (added + changed + gone.length > 0) await bumpSetting(queries, LISTS_VERSION);
  }
  return { added, changed, unchanged, removed: gone.length };
}
