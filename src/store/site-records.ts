/** Records of sites, the passages that wait for their rules, and the version that keeps two processes from both ruling. */
import { type Selectable, sql } from "kysely";
import { PlateKitError } from "../core/errors.ts";
import { flag } from "./collection.ts";
import type { Database, Queries } from "./database.ts";
import { pageLimit, readCursor, writeCursor } from "./page-cursor.ts";
import { fetchPassages } from "./passage-rows.ts";
import type { SiteChange, SiteRecord, SiteRecordFilter, SiteRecordKind, SiteRecords } from "./site-record-types.ts";
import { plateNames, type StoreKeys } from "./store-keys.ts";
import type { Tables } from "./tables.ts";

const VERSION = "rules.version";
const MAX_LIST = 500_000;
/** Rows of one statement: SQLite takes some 32,000 values. */
const CHUNK = 200;

export function createSiteRecords(database: Database, keys: StoreKeys): SiteRecords {
  const select = (queries: Queries, filter: SiteRecordFilter) => narrowed(queries, keys, filter);
  return {
    waiting: (siteId, limit) =>
      database.read(async (queries) => {
        const rows = await queries
          .selectFrom("site_inbox")
          .select("seq")
          .where("site_id", "=", siteId)
          .orderBy("seq")
          .limit(limit)
          .execute();
        return fetchPassages(
          queries,
          rows.map(({ seq }) => seq),
        );
      }),
    sitesWaiting: () =>
      database.read(async (queries) => {
        const rows = await queries.selectFrom("site_inbox").select("site_id").distinct().execute();
        return rows.map(({ site_id }) => site_id);
      }),
    version: (siteId) => database.read((queries) => readVersion(queries, siteId)),
    commit: (siteId, version, change) =>
      database.write(async (queries) => {
        if (!(await countUp(queries, siteId, version))) return false;
        await write(queries, siteId, change);
        return true;
      }),
    write: (siteId, change) => database.write((queries) => write(queries, siteId, change)),
    get: (siteId, kind, id) =>
      database.read(async (queries) => {
        const row = await select(queries, { siteId, kind }).selectAll().where("id", "=", id).executeTakeFirst();
        return row === undefined ? null : recordOf(row);
      }),
    page: (filter, { limit, cursor } = {}) =>
      database.read(async (queries) => {
        const count = pageLimit(limit);
        const after = readCursor(cursor);
        let query = select(queries, filter)
          .selectAll()
          .orderBy("time_ms", "desc")
          .orderBy("id", "desc")
          .limit(count + 1);
        if (after !== null) query = query.where(sql<boolean>`(time_ms, id) < (${after.timeMs}, ${after.key})`);
        const found = (await query.execute()).map(recordOf);
        const rows = found.slice(0, count);
        const last = found.length > count ? rows.at(-1) : undefined;
        return { rows, nextCursor: last ? writeCursor({ timeMs: last.timeMs, key: last.id }) : null };
      }),
    list: (filter, limit = MAX_LIST) =>
      database.read(async (queries) => {
        const rows = await select(queries, filter)
          .selectAll()
          .orderBy("time_ms")
          .orderBy("id")
          .limit(limit + 1)
          .execute();
        if (rows.length > limit) {
          throw new PlateKitError(
            "STORE_INVALID",
            `There are more than ${limit} of them. Ask for a shorter span of time.`,
          );
        }
        return rows.map(recordOf);
      }),
    totals: (filter) =>
      database.read(async (queries) => {
        const [row] = await select(queries, filter).select(SUMS).execute();
        return totalsOf(row!); // a sum has a row
      }),
    totalsByEnd: (filter, binMs) =>
      database.read(async (queries) => {
        // Whole numbers divide to whole numbers in both databases; times are above 0.
        const bin = sql<number>`end_ms / ${sql.lit(binMs)}`;
        const rows = await select(queries, filter)
          .where("end_ms", "is not", null)
          .select([...SUMS, bin.as("bin")])
          .groupBy(bin)
          .orderBy("bin")
          .execute();
        return rows.map((row) => ({ ...totalsOf(row), fromMs: Number(row.bin) * binMs }));
      }),
  };
}

const SUMS = [
  sql<number>`count(*)`.as("count"),
  sql<number | null>`sum(amount)`.as("amount_sum"),
  sql<number | null>`sum(paid)`.as("paid_sum"),
] as const;

function totalsOf(row: { count: number; amount_sum: number | null; paid_sum: number | null }) {
  return { count: Number(row.count), amount: Number(row.amount_sum ?? 0), paid: Number(row.paid_sum ?? 0) };
}

function narrowed(queries: Queries, keys: StoreKeys, filter: SiteRecordFilter) {
  const { siteId, kind, states, isLive, needsPerson, parents, owner, plate, isUnpaid } = filter;
  const { fromMs, toMs, endFromMs, endToMs, notEndedBeforeMs } = filter;
  let query = queries.selectFrom("site_record").where("site_id", "=", siteId).where("kind", "=", kind);
  if (states !== undefined) query = query.where("state", "in", [...states, ""]);
  // As literals: the partial indexes are only found by these.
  if (isLive !== undefined) query = query.where("is_live", "=", sql.lit(flag(isLive)));
  if (needsPerson !== undefined) query = query.where("needs_person", "=", sql.lit(flag(needsPerson)));
  if (parents !== undefined) query = query.where("parent", "in", [...parents, ""]);
  if (owner !== undefined) query = query.where("owner", "=", owner);
  if (plate !== undefined) query = query.where("plate", "in", plateNames(keys, plate));
  if (fromMs !== undefined) query = query.where("time_ms", ">=", fromMs);
  if (toMs !== undefined) query = query.where("time_ms", "<", toMs);
  if (endFromMs !== undefined) query = query.where("end_ms", ">=", endFromMs);
  if (endToMs !== undefined) query = query.where("end_ms", "<", endToMs);
  if (notEndedBeforeMs !== undefined) {
    query = query.where(({ or, eb }) => or([eb("end_ms", "is", null), eb("end_ms", ">=", notEndedBeforeMs)]));
  }
  if (isUnpaid === true) query = query.where(sql<boolean>`amount > paid`);
  return query;
}

async function readVersion(queries: Queries, siteId: string): Promise<number> {
  const row = await queries
    .selectFrom("site_state")
    .select("value_json")
    .where("site_id", "=", siteId)
    .where("key", "=", VERSION)
    .executeTakeFirst();
  return row === undefined ? 0 : Number(row.value_json);
}

/** Counts the version up where it is still the one expected; the row is then locked until the commit. */
async function countUp(queries: Queries, siteId: string, expected: number): Promise<boolean> {
  const { rows } = await sql`insert into site_state (site_id, key, value_json)
    values (${siteId}, ${VERSION}, ${String(expected + 1)})
    on conflict (site_id, key) do update set value_json = excluded.value_json
    where site_state.value_json = ${String(expected)} returning key`.execute(queries);
  return rows.length > 0;
}

async function write(
  queries: Queries,
  siteId: string,
  { put = [], removed = [], taken = [] }: SiteChange,
): Promise<void> {
  const kinds = new Set(removed.map(({ kind }) => kind));
  for (const kind of kinds) {
    const ids = removed.filter((one) => one.kind === kind).map(({ id }) => id);
    for (const some of chunks(ids)) {
      await queries
        .deleteFrom("site_record")
        .where("site_id", "=", siteId)
        .where("kind", "=", kind)
        .where("id", "in", some)
        .execute();
    }
  }
  // Put twice in one change, the last counts: a statement may not touch a row twice.
  const latest = [...new Map(put.map((record) => [`${record.kind} ${record.id}`, record])).values()];
  for (const some of chunks(latest)) {
    const rows = some.map((record) => rowOf(siteId, record));
    await queries
      .insertInto("site_record")
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(["site_id", "kind", "id"]).doUpdateSet(({ ref }) => ({
          state: ref("excluded.state"),
          is_live: ref("excluded.is_live"),
          needs_person: ref("excluded.needs_person"),
          parent: ref("excluded.parent"),
          owner: ref("excluded.owner"),
          plate: ref("excluded.plate"),
          time_ms: ref("excluded.time_ms"),
          end_ms: ref("excluded.end_ms"),
          amount: ref("excluded.amount"),
          paid: ref("excluded.paid"),
          data_json: ref("excluded.data_json"),
          evidence_json: ref("excluded.evidence_json"),
        })),
      )
      .execute();
  }
  for (const some of chunks(taken)) {
    await queries
      .deleteFrom("site_inbox")
      .where("site_id", "=", siteId)
      .where("seq", "in", queries.selectFrom("passage").select("seq").where("id", "in", some))
      .execute();
  }
}

/** Lets the rules of each site see new passages; sites without rules have none. In the caller's transaction. */
export async function addToInbox(queries: Queries, seqs: readonly number[]): Promise<void> {
  if (seqs.length === 0) return;
  await sql`insert into site_inbox (site_id, seq) select passage.site_id, passage.seq from passage
    join site on site.id = passage.site_id
    where passage.seq in (${sql.join(seqs)}) and site.kind <> 'generic'`.execute(queries);
}

/**
 * Takes a plate out of all records, in the caller's transaction: what it owed and paid stays, whose it was does not. Rules
 * that have it in memory load again.
 *
 * @param names as `plateNames` gives them.
 * @param changed sites whose permits or accounts were changed with it.
 */
export async function forgetInRecords(
  queries: Queries,
  names: readonly string[],
  changed: Iterable<string> = [],
): Promise<number> {
  const sites = await queries
    .selectFrom("site_record")
    .select("site_id")
    .distinct()
    .where("plate", "in", names)
    .execute();
  const blackened = await queries
    .updateTable("site_record")
    .set({ plate: null, evidence_json: null, is_live: 0 })
    .where("plate", "in", names)
    .executeTakeFirst();
  for (const siteId of new Set([...changed, ...sites.map(({ site_id }) => site_id)])) {
    await countUp(queries, siteId, await readVersion(queries, siteId));
  }
  return Number(blackened.numUpdatedRows);
}

/** What was seen and is over: no rule, no person and no debt needs its plate. Not what is agreed, charged or to be proved. */
const SEEN = sql`kind in ('session', 'stray', 'duplicate', 'gate') and plate is not null and is_live = 0
  and needs_person = 0 and coalesce(amount, 0) <= paid`;

/** How many old records still name a plate. */
export async function agedRecords(queries: Queries, beforeMs: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from site_record
    where ${SEEN} and coalesce(end_ms, time_ms) < ${beforeMs}`.execute(queries);
  return Number(rows[0]!.count); // a count has a row
}

/** Takes the plates out of so many old records, in the caller's transaction; what they say of time and money stays. */
export async function blackenAgedRecords(queries: Queries, beforeMs: number, limit: number): Promise<number> {
  const { rows } = await sql`update site_record set plate = null, evidence_json = null
    where (site_id, kind, id) in (select site_id, kind, id from site_record
      where ${SEEN} and coalesce(end_ms, time_ms) < ${beforeMs} limit ${limit}) returning id`.execute(queries);
  return rows.length;
}

function rowOf(siteId: string, record: SiteRecord): Tables["site_record"] {
  const { kind, id, state, isLive, needsPerson, parent, owner, plate, timeMs, endMs, amount, paid } = record;
  return {
    ...{ site_id: siteId, kind, id, state, parent, owner, plate, amount, paid },
    is_live: flag(isLive),
    needs_person: flag(needsPerson),
    time_ms: Math.round(timeMs),
    end_ms: endMs === null ? null : Math.round(endMs),
    data_json: JSON.stringify(record.data ?? null),
    evidence_json: record.evidence === null ? null : JSON.stringify(record.evidence),
  };
}

function recordOf(row: Selectable<Tables["site_record"]>): SiteRecord {
  const { id, state, parent, owner, plate, time_ms, end_ms, amount, paid, data_json, evidence_json } = row;
  return {
    ...{ id, state, parent, owner, plate, amount, paid },
    kind: row.kind as SiteRecordKind, // only rowOf writes it
    isLive: row.is_live === 1,
    needsPerson: row.needs_person === 1,
    timeMs: time_ms,
    endMs: end_ms,
    data: JSON.parse(data_json),
    evidence: evidence_json === null ? null : JSON.parse(evidence_json),
  };
}

function chunks<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, i) => items.slice(i * CHUNK, (i + 1) * CHUNK));
}
