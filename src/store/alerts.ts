/** Alert rules, and the alerts that they raised. */
import { type Selectable, sql } from "kysely";
import { collection } from "./collection.ts";
import type { Database } from "./database.ts";
import { pageLimit, readCursor, writeCursor } from "./page-cursor.ts";
import type { Alert, AlertRule, Alerts } from "./registry-types.ts";
import { plateNames, type StoreKeys } from "./store-keys.ts";
import type { Tables } from "./tables.ts";

export function createAlerts(database: Database, keys: StoreKeys, nowMs: () => number): Alerts {
  return {
    rules: collection<AlertRule>(database, nowMs, {
      table: "alert_rule",
      columns: { name: ({ name }) => name },
      fields: { name: ({ name }) => name },
      defaults: { isEnabled: true, condition: {}, timeZone: null, webhookIds: [], mqttTargetIds: [], quietMs: 0 },
    }),
    get: (id) =>
      database.read(async (queries) => {
        const row = await queries.selectFrom("alert").selectAll().where("id", "=", id).executeTakeFirst();
        return row === undefined ? null : alertOf(row);
      }),
    page: ({ ruleIds, cameraIds, isAcknowledged, fromMs, toMs }, { limit, cursor } = {}) =>
      database.read(async (queries) => {
        const count = pageLimit(limit);
        const after = readCursor(cursor);
        let query = queries
          .selectFrom("alert")
          .selectAll()
          .orderBy("time_ms", "desc")
          .orderBy("id", "desc")
          .limit(count + 1);
        if (after !== null) query = query.where(sql<boolean>`(time_ms, id) < (${after.timeMs}, ${after.key})`);
        if (ruleIds !== undefined && ruleIds.length > 0) query = query.where("rule_id", "in", ruleIds);
        if (cameraIds !== undefined && cameraIds.length > 0) query = query.where("camera_id", "in", cameraIds);
        if (isAcknowledged !== undefined) {
          query = query.where("acknowledged_at_ms", isAcknowledged ? "is not" : "is", null);
        }
        if (fromMs !== undefined) query = query.where("time_ms", ">=", fromMs);
        if (toMs !== undefined) query = query.where("time_ms", "<", toMs);
        const found = (await query.execute()).map(alertOf);
        const rows = found.slice(0, count);
        const last = found.length > count ? rows.at(-1) : undefined;
        return { rows, nextCursor: last ? writeCursor({ timeMs: last.timeMs, key: last.id }) : null };
      }),
    countOpen: () =>
      database.read(async (queries) => {
        const { count } = await queries
          .selectFrom("alert")
          .select(({ fn }) => fn.countAll<number>().as("count"))
          .where("acknowledged_at_ms", "is", null)
          .executeTakeFirstOrThrow();
        return count;
      }),
    acknowledge: (id, by, note) =>
      database.write(async (queries) => {
        await queries
          .updateTable("alert")
          .set({ acknowledged_at_ms: nowMs(), acknowledged_by: by, note })
          .where("id", "=", id)
          .where("acknowledged_at_ms", "is", null)
          .execute();
        const row = await queries.selectFrom("alert").selectAll().where("id", "=", id).executeTakeFirst();
        return row === undefined ? null : alertOf(row);
      }),
    lastFiredMs: (ruleId, plate) =>
      database.read(async (queries) => {
        const row = await queries
          .selectFrom("alert")
          .select(({ fn }) => fn.max("time_ms").as("last"))
          .where("rule_id", "=", ruleId)
          .where("plate", "in", plateNames(keys, plate))
          .executeTakeFirst();
        return row?.last ?? null;
      }),
  };
}

function alertOf(row: Selectable<Tables["alert"]>): Alert {
  return {
    id: row.id,
    ruleId: row.rule_id,
    ruleName: row.rule_name,
    passageId: row.passage_id,
    cameraId: row.camera_id,
    text: row.text,
    reason: row.reason,
    timeMs: row.time_ms,
    acknowledgedAtMs: row.acknowledged_at_ms,
    acknowledgedBy: row.acknowledged_by,
    note: row.note,
  };
}
