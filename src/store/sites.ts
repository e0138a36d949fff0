/** Sites, what happened at them, and the state their rules keep. */
import { type Selectable, sql } from "kysely";
import { collection } from "./collection.ts";
import type { Database } from "./database.ts";
import { createId } from "./ids.ts";
import { pageLimit, readCursor, writeCursor } from "./page-cursor.ts";
import type { Site, SiteEvent, Sites } from "./registry-types.ts";
import { plateNames, type StoreKeys } from "./store-keys.ts";
import type { Tables } from "./tables.ts";

export function createSites(database: Database, keys: StoreKeys, nowMs: () => number): Sites {
  return {
    ...collection<Site>(database, nowMs, {
      table: "site",
      columns: { name: ({ name }) => name, kind: ({ kind }) => kind },
      fields: { name: ({ name }) => name, kind: ({ kind }) => kind },
      defaults: { timeZone: "UTC", isPrivate: false, isReasonRequired: false, settings: {} },
    }),
    write: (siteId, { events = [], states = [] }) =>
      database.write(async (queries) => {
        if (events.length > 0) {
          const rows = events.map((event) => ({
            id: event.id ?? createId(nowMs()),
            site_id: siteId,
            kind: event.kind,
            plate: event.plate,
            passage_id: event.passageId,
            time_ms: event.timeMs,
            data_json: JSON.stringify(event.data ?? null),
          }));
          await queries
            .insertInto("site_event")
            .values(rows)
            .onConflict((conflict) => conflict.column("id").doNothing())
            .execute();
        }
        // In one order everywhere: two writers wait for each other instead of deadlocking.
        for (const { key, value } of states.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
          if (value === null || value === undefined) {
            await queries.deleteFrom("site_state").where("site_id", "=", siteId).where("key", "=", key).execute();
            continue;
          }
          const value_json = JSON.stringify(value);
          await queries
            .insertInto("site_state")
            .values({ site_id: siteId, key, value_json })
            .onConflict((conflict) => conflict.columns(["site_id", "key"]).doUpdateSet({ value_json }))
            .execute();
        }
      }),
    pageEvents: ({ siteId, kinds, plate, fromMs, toMs }, { limit, cursor } = {}) =>
      database.read(async (queries) => {
        const count = pageLimit(limit);
        const after = readCursor(cursor);
        let query = queries
          .selectFrom("site_event")
          .selectAll()
          .where("site_id", "=", siteId)
          .orderBy("time_ms", "desc")
          .orderBy("id", "desc")
          .limit(count + 1);
        if (after !== null) query = query.where(sql<boolean>`(time_ms, id) < (${after.timeMs}, ${after.key})`);
        if (kinds !== undefined && kinds.length > 0) query = query.where("kind", "in", kinds);
        if (plate !== undefined) query = query.where("plate", "in", plateNames(keys, plate));
        if (fromMs !== undefined) query = query.where("time_ms", ">=", fromMs);
        if (toMs !== undefined) query = query.where("time_ms", "<", toMs);
        const found = (await query.execute()).map(siteEvent);
        const rows = found.slice(0, count);
        const last = found.length > count ? rows.at(-1) : undefined;
        return { rows, nextCursor: last ? writeCursor({ timeMs: last.timeMs, key: last.id }) : null };
      }),
    states: (siteId, keyPrefix = "") =>
      database.read(async (queries) => {
        const rows = await queries
          .selectFrom("site_state")
          .select(["key", "value_json"])
          .where("site_id", "=", siteId)
          .where("key", ">=", keyPrefix)
          .where("key", "<", `${keyPrefix}\u{10FFFF}`)
          .orderBy("key")
          .execute();
        return new Map(rows.map(({ key, value_json }) => [key, JSON.parse(value_json) as unknown]));
      }),
  };
}

function siteEvent(row: Selectable<Tables["site_event"]>): SiteEvent {
  return {
    id: row.id,
    siteId: row.site_id,
    kind: row.kind,
    plate: row.plate,
    passageId: row.passage_id,
    timeMs: row.time_ms,
    data: JSON.parse(row.data_json),
  };
}
