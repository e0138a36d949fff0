/**
 * The outbox: what is to be sent, and what became of it. A claim is a lease, so that who dies loses nothing; claims and
 * notes don't wait for the disk, as what a power cut takes back of them is sent once more.
 */
import { sql } from "kysely";
import type { Database } from "./database.ts";
import { delivery, deliveryRow } from "./delivery-rows.ts";
import type { Deliveries, DeliveryTargetKind } from "./delivery-types.ts";
import { pageLimit, readCursor, writeCursor } from "./page-cursor.ts";

const MAX_ERROR_LENGTH = 2000;

/** Notes per transaction. */
const MAX_NOTES = 64;

interface Note {
  readonly id: string;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Notes what became of deliveries; notes that come while some are written share the next transaction. */
function createNotes(database: Database): (id: string, changes: Note["changes"]) => Promise<void> {
  const queue: Note[] = [];
  let isRunning = false;

  async function write(notes: readonly Note[]): Promise<void> {
    try {
      await database.writeSoon(async (queries) => {
        for (const { id, changes } of notes) {
          await queries.updateTable("delivery").set(changes).where("id", "=", id).execute();
        }
      });
      for (const { resolve } of notes) resolve();
    } catch (error) {
      for (const { reject } of notes) reject(error);
    }
  }

  async function drain(): Promise<void> {
    isRunning = true;
    while (queue.length > 0) await write(queue.splice(0, MAX_NOTES));
    isRunning = false;
  }

  return (id, changes) =>
    new Promise((resolve, reject) => {
      queue.push({ id, changes, resolve, reject });
      if (!isRunning) void drain();
    });
}

export function createDeliveries(database: Database, nowMs: () => number): Deliveries {
  const end = createNotes(database);

  return {
    enqueue: (given) =>
      database.write(async (queries) => {
        const rows = given.map((one) => deliveryRow(one, null, nowMs()));
        if (rows.length > 0) await queries.insertInto("delivery").values(rows).execute();
        return rows.map(delivery);
      }),
    claimDue: ({ limit, nowMs: now, leaseUntilMs, targetId }) =>
      database.writeSoon(async (queries) => {
        let due = queries
          .selectFrom("delivery")
          .select("id")
          .where("state", "=", sql.lit("pending"))
          .where("next_at_ms", "<=", now)
          .orderBy("next_at_ms")
          .orderBy("id")
          .limit(limit);
        if (targetId !== undefined) due = due.where("target_id", "=", targetId);
        // Two servers on one PostgreSQL share the work instead of waiting for each other.
        if (database.kind === "postgres") due = due.forUpdate().skipLocked();
        const rows = await queries
          .updateTable("delivery")
          .set({ next_at_ms: leaseUntilMs, attempts: sql`attempts + 1` })
          .where("id", "in", due)
          .returningAll()
          .execute();
        return rows.map(delivery).sort((a, b) => (a.id < b.id ? -1 : 1));
      }),
    targetsWithDue: (now) =>
      database.read(async (queries) => {
        const rows = await queries
          .selectFrom("delivery")
          .select(["target_kind", "target_id", ({ fn }) => fn.countAll<number>().as("due")])
          .where("state", "=", sql.lit("pending"))
          .where("next_at_ms", "<=", now)
          .groupBy(["target_kind", "target_id"])
          .orderBy("target_id")
          .execute();
        return rows.map(({ target_kind, target_id, due }) => ({
          targetKind: target_kind as DeliveryTargetKind, // only deliveryRow writes it
          targetId: target_id,
          due,
        }));
      }),
    nextDueMs: () =>
      database.read(async (queries) => {
        const row = await queries
          .selectFrom("delivery")
          .select("next_at_ms")
          .where("state", "=", sql.lit("pending"))
          .orderBy("next_at_ms")
          .limit(1)
          .executeTakeFirst();
        return row?.next_at_ms ?? null;
      }),
    delivered: (id, now, status = null) =>
      end(id, { state: "done", done_at_ms: now, last_status: status, last_error: null }),
    failed: (id, { error, status = null, nextAtMs }) =>
      end(id, {
        state: "pending",
        next_at_ms: nextAtMs,
        last_error: error.slice(0, MAX_ERROR_LENGTH),
        last_status: status,
      }),
    dead: (id, { error, status = null }) =>
      end(id, { state: "dead", last_error: error.slice(0, MAX_ERROR_LENGTH), last_status: status }),
    replay: (choice, now) =>
      database.write(async (queries) => {
        let query = queries.updateTable("delivery").set({
          state: "pending",
          attempts: 0,
          next_at_ms: now,
          done_at_ms: null,
          last_error: null,
          last_status: null,
        });
        if ("ids" in choice) {
          if (choice.ids.length === 0) return 0;
          query = query.where("id", "in", choice.ids).where("state", "<>", "pending");
        } else {
          query = query.where("target_id", "=", choice.targetId).where("state", "=", "dead");
        }
        return Number((await query.executeTakeFirst()).numUpdatedRows);
      }),
    purgeDone: (beforeMs) =>
      database.write(async (queries) => {
        const done = await queries
          .deleteFrom("delivery")
          .where("state", "=", sql.lit("done"))
          .where("done_at_ms", "<", beforeMs)
          .executeTakeFirst();
        return Number(done.numDeletedRows);
      }),
    discard: (ids) =>
      database.write(async (queries) => {
        if (ids.length === 0) return 0;
        return Number((await queries.deleteFrom("delivery").where("id", "in", ids).executeTakeFirst()).numDeletedRows);
      }),
    get: (id) =>
      database.read(async (queries) => {
        const row = await queries.selectFrom("delivery").selectAll().where("id", "=", id).executeTakeFirst();
        return row === undefined ? null : delivery(row);
      }),
    page: ({ states, targetIds, passageId }, { limit, cursor } = {}) =>
      database.read(async (queries) => {
        const count = pageLimit(limit);
        const after = readCursor(cursor);
        let query = queries
          .selectFrom("delivery")
          .selectAll()
          .orderBy("created_at_ms", "desc")
          .orderBy("id", "desc")
          .limit(count + 1);
        if (after !== null) query = query.where(sql<boolean>`(created_at_ms, id) < (${after.timeMs}, ${after.key})`);
        if (states !== undefined && states.length > 0) query = query.where("state", "in", states);
        if (targetIds !== undefined && targetIds.length > 0) query = query.where("target_id", "in", targetIds);
        if (passageId !== undefined) query = query.where("passage_id", "=", passageId);
        const found = (await query.execute()).map(delivery);
        const rows = found.slice(0, count);
        const last = found.length > count ? rows.at(-1) : undefined;
        return { rows, nextCursor: last ? writeCursor({ timeMs: last.createdAtMs, key: last.id }) : null };
      }),
    counts: (now) =>
      database.read(async (queries) => {
        const count = (condition: string) => sql<number>`sum(case when ${sql.raw(condition)} then 1 else 0 end)`;
        const rows = await queries
          .selectFrom("delivery")
          .select([
            "target_kind",
            "target_id",
            count("state = 'pending'").as("pending"),
            sql<number>`sum(case when state = 'pending' and next_at_ms <= ${now} then 1 else 0 end)`.as("due"),
            count("state = 'done'").as("done"),
            count("state = 'dead'").as("dead"),
            sql<number | null>`min(case when state = 'pending' then created_at_ms end)`.as("oldest"),
          ])
          .groupBy(["target_kind", "target_id"])
          .orderBy("target_id")
          .execute();
        return rows.map(({ target_kind, target_id, oldest, ...counts }) => ({
          targetKind: target_kind as DeliveryTargetKind, // only deliveryRow writes it
          targetId: target_id,
          ...counts,
          oldestPendingMs: oldest,
        }));
      }),
  };
}
