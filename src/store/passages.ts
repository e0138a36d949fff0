/** Passages: in, out, corrected, held, counted, forgotten. Composes; each step has its file. */
import { sql } from "kysely";
import { PlateKitError } from "../core/errors.ts";
import { addAudit, blackenAudit } from "./audit.ts";
import type { Database, Queries } from "./database.ts";
import { createId } from "./ids.ts";
import { pageLimit, readCursor, writeCursor } from "./page-cursor.ts";
import { createAppend } from "./passage-append.ts";
import { removePassages } from "./passage-removal.ts";
import { fetchDetail, fetchPassages } from "./passage-rows.ts";
import { searchPassages } from "./passage-search.ts";
import type { ForgetOptions, ForgetReport, Passages } from "./passage-types.ts";
import type { Place, SearchOptions, SearchPage } from "./passage-walk.ts";
import type { PictureFiles } from "./picture-files.ts";
import type { PictureKeeper } from "./pictures.ts";
import { addPlates, removePlates } from "./plate-register.ts";
import { normalisePlate } from "./plate-text.ts";
import { registeredPlates, removeRegistered } from "./registered-plates.ts";
import { forgetInRecords } from "./site-records.ts";
import { plateNames, type StoreKeys } from "./store-keys.ts";

/** A page that is shown stops looking after this; an export goes on longer between two pages. */
const PAGE_BUDGET_MS = 70;
const EXPORT_BUDGET_MS = 1000;
const EXPORT_ROWS = 200;
const COUNT_ROWS = 2000;
const COUNT_BUDGET_MS = 400;
const DEFAULT_COUNT_LIMIT = 10_000;

/** Passages forgotten per transaction: writers wait no longer than that. */
const FORGET_ROWS = 200;

export interface PassageContext {
  readonly database: Database;
  readonly keys: StoreKeys;
  readonly files: PictureFiles;
  readonly pictures: PictureKeeper;
  readonly nowMs: () => number;
}

export function createPassages(context: PassageContext): Passages {
  const { database, keys, nowMs } = context;
  return {
    append: createAppend(context),
    hashPlate: (text) => keys.hashPlate(normalisePlate(text)),
    get: (id) => database.read((queries) => fetchDetail(queries, id)),
    async page(filter, { limit, cursor, order = "newest" } = {}) {
      const options = { limit: pageLimit(limit), order, after: placeOf(cursor), budgetMs: PAGE_BUDGET_MS };
      return database.read(async (queries) => {
        const { places, next } = await searchPassages(database, queries, keys, filter, options);
        const rows = await fetchPassages(
          queries,
          places.map(({ seq }) => seq),
        );
        return { rows, nextCursor: next === null ? null : cursorOf(next) };
      });
    },
    async *iterate(filter, { order = "newest", signal } = {}) {
      let after: Place | null = null;
      do {
        signal?.throwIfAborted();
        const options = { limit: EXPORT_ROWS, order, after, budgetMs: EXPORT_BUDGET_MS };
        const { rows, next }: { rows: Awaited<ReturnType<typeof fetchPassages>>; next: Place | null } =
          await database.read(async (queries) => {
            const found = await searchPassages(database, queries, keys, filter, options);
            return {
              rows: await fetchPassages(
                queries,
                found.places.map(({ seq }) => seq),
              ),
              next: found.next,
            };
          });
        yield* rows;
        after = next;
      } while (after !== null);
    },
    async count(filter, limit = DEFAULT_COUNT_LIMIT) {
      const endMs = performance.now() + COUNT_BUDGET_MS;
      let count = 0;
      let after: Place | null = null;
      do {
        const options: SearchOptions = { limit: COUNT_ROWS, order: "newest", after, budgetMs: PAGE_BUDGET_MS };
        const page: SearchPage = await database.read((queries) =>
          searchPassages(database, queries, keys, filter, options),
        );
        count += page.places.length;
        after = page.next;
      } while (after !== null && count < limit && performance.now() < endMs);
      return { count: Math.min(count, limit), isExact: after === null && count <= limit };
    },
    correct: (id, change) =>
      database.write(async (queries) => {
        await correct(queries, keys, id, change, nowMs());
        return fetchDetail(queries, id);
      }),
    setHold: (id, { hold, by, note = null }) =>
      database.write(async (queries) => {
        const changes = hold ? { hold: 1, held_by: by, hold_note: note } : { hold: 0, held_by: null, hold_note: null };
        await queries.updateTable("passage").set(changes).where("id", "=", id).execute();
        return fetchDetail(queries, id);
      }),
    visits: (plate, { beforeMs, sinceMs, cameraIds } = {}) =>
      database.read(async (queries) => {
        let query = queries
          .selectFrom("passage")
          .select(({ fn }) => fn.countAll<number>().as("count"))
          .where("plate", "in", plateNames(keys, plate));
        if (beforeMs !== undefined) query = query.where("time_ms", "<", beforeMs);
        if (sinceMs !== undefined) query = query.where("time_ms", ">=", sinceMs);
        if (cameraIds !== undefined && cameraIds.length > 0) query = query.where("camera_id", "in", cameraIds);
        return (await query.executeTakeFirstOrThrow()).count;
      }),
    forget: (plate, options) => forget(context, plate, options),
  };
}

function placeOf(cursor: string | null | undefined): Place | null {
  const place = readCursor(cursor);
  if (place === null) return null;
  const seq = Number(place.key);
  if (!Number.isSafeInteger(seq)) {
    throw new PlateKitError("STORE_INVALID", "The cursor is of no page of passages. Begin at the first.");
  }
  return { timeMs: place.timeMs, seq };
}

function cursorOf({ timeMs, seq }: Place): string {
  return writeCursor({ timeMs, key: String(seq) });
}

async function correct(
  queries: Queries,
  keys: StoreKeys,
  id: string,
  { text, by, note = null }: { readonly text: string; readonly by: string; readonly note?: string | null },
  now: number,
): Promise<void> {
  const row = await queries.selectFrom("passage").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) return;
  const searched = normalisePlate(text);
  if (searched === "") throw new PlateKitError("STORE_INVALID", `"${text}" holds no letter or digit of a plate.`);
  const isHashed = row.is_hashed === 1;
  const plate = isHashed ? keys.hashPlate(searched) : searched;
  const original = isHashed ? row.text : normalisePlate(row.text);
  const corrected = plate === original ? null : plate;
  await queries
    .insertInto("correction")
    .values({
      id: createId(now),
      seq: row.seq,
      from_text: row.corrected_text ?? row.text,
      to_text: plate,
      from_plate: row.plate,
      to_plate: plate,
      note,
      by_name: by,
      at_ms: now,
    })
    .execute();
  if (plate === row.plate) return;
  await queries.updateTable("passage").set({ corrected_text: corrected, plate }).where("seq", "=", row.seq).execute();
  if (row.plate !== "") await removePlates(queries, [{ plate: row.plate, passages: 1 }]);
  await addPlates(queries, [{ plate, passages: 1, firstMs: row.time_ms, lastMs: row.time_ms }]);
}

async function forget(
  { database, keys, pictures, nowMs }: PassageContext,
  plate: string,
  { by, reason, isPreview = false, registered = "keep" }: ForgetOptions,
): Promise<ForgetReport> {
  const names = plateNames(keys, plate);
  const text = names[0]!; // there is always one
  if (text === "") throw new PlateKitError("STORE_INVALID", `"${plate}" holds no letter or digit of a plate.`);
  if (isPreview) return database.read((queries) => previewForget(queries, keys, names));
  let report: ForgetReport = {
    plate: text,
    passages: 0,
    held: 0,
    pictures: 0,
    deliveries: 0,
    alerts: 0,
    siteEvents: 0,
    auditEntries: 0,
    registered: [],
  };
  for (let isMore = true; isMore; ) {
    const removed = await database.write(async (queries) => {
      const rows = await passagesOf(queries, names)
        .where("hold", "=", 0)
        .select(["seq", "id"])
        .limit(FORGET_ROWS)
        .execute();
      if (rows.length === 0) return null;
      const ids = rows.map(({ id }) => id);
      const deliveries = await queries.deleteFrom("delivery").where("passage_id", "in", ids).executeTakeFirst();
      const alerts = await queries.deleteFrom("alert").where("passage_id", "in", ids).executeTakeFirst();
      const { passages, unusedPictures } = await removePassages(
        queries,
        rows.map(({ seq }) => seq),
      );
      return {
        passages,
        unusedPictures,
        deliveries: Number(deliveries.numDeletedRows),
        alerts: Number(alerts.numDeletedRows),
      };
    });
    isMore = removed !== null;
    if (removed === null) break;
    await pictures.removeUnused(removed.unusedPictures);
    report = {
      ...report,
      passages: report.passages + removed.passages,
      pictures: report.pictures + removed.unusedPictures.length,
      deliveries: report.deliveries + removed.deliveries,
      alerts: report.alerts + removed.alerts,
    };
  }
  return database.write(async (queries) => {
    const held = await heldCount(queries, names);
    // Alerts that outlived their passage, but none of a passage on hold.
    const alerts = await queries
      .deleteFrom("alert")
      .where("plate", "in", names)
      .where("passage_id", "is", null)
      .executeTakeFirst();
    const events = await queries.deleteFrom("site_event").where("plate", "in", names).executeTakeFirst();
    const auditEntries = await blackenAudit(queries, keys.auditPlateKey(text));
    const written =
      registered === "remove"
        ? await removeRegistered(queries, text)
        : { removed: await registeredPlates(queries, text), siteIds: [] };
    const whole: ForgetReport = {
      ...report,
      held,
      registered: written.removed,
      alerts: report.alerts + Number(alerts.numDeletedRows),
      siteEvents: Number(events.numDeletedRows) + (await forgetInRecords(queries, names, written.siteIds)),
      auditEntries,
    };
    const { plate: _, registered: places, ...counts } = whole;
    const details = {
      ...counts,
      registered: places.map(({ kind, id }) => `${kind} ${id}`),
      isRegisteredKept: registered === "keep",
    };
    // Who asked what to be forgotten must stay known, but not by its text.
    await addAudit(
      database.kind,
      queries,
      keys,
      { actor: by, action: "plate.forget", target: `plate:${keys.auditPlateKey(text)}`, reason, details },
      nowMs(),
    );
    return whole;
  });
}

/** Passages that show one of the names, were read as one, or were once corrected from or to one. */
function passagesOf(queries: Queries, names: readonly string[]) {
  return queries
    .selectFrom("passage")
    .where(({ or, eb, selectFrom }) =>
      or([
        eb("plate", "in", names),
        eb("seq", "in", selectFrom("correction").select("seq").where("from_plate", "in", names)),
        eb("seq", "in", selectFrom("correction").select("seq").where("to_plate", "in", names)),
      ]),
    );
}

async function heldCount(queries: Queries, names: readonly string[]): Promise<number> {
  const { count } = await passagesOf(queries, names)
    .where("hold", "=", 1)
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

async function previewForget(queries: Queries, keys: StoreKeys, names: readonly string[]): Promise<ForgetReport> {
  const { passages, pictures } = await passagesOf(queries, names)
    .where("hold", "=", 0)
    .select([
      sql<number>`count(*)`.as("passages"),
      sql<number | null>`sum(case when crop is null then 0 else 1 end + case when frame is null then 0 else 1 end)`.as(
        "pictures",
      ),
    ])
    .executeTakeFirstOrThrow();
  const count = async (
    table: "delivery" | "alert" | "site_event" | "site_record" | "audit",
    condition: ReturnType<typeof sql<boolean>>,
  ) => {
    const { rows } = await sql<{
      count: number;
    }>`select count(*) as count from ${sql.table(table)} where ${condition}`.execute(queries);
    return rows[0]!.count; // a count has a row
  };
  const own = passagesOf(queries, names).where("hold", "=", 0).select("id");
  return {
    plate: names[0]!,
    passages,
    held: await heldCount(queries, names),
    pictures: pictures ?? 0,
    deliveries: await count("delivery", sql`passage_id in (${own})`),
    alerts: await count("alert", sql`passage_id in (${own}) or (passage_id is null and plate in (${sql.join(names)}))`),
    siteEvents:
      (await count("site_event", sql`plate in (${sql.join(names)})`)) +
      (await count("site_record", sql`plate in (${sql.join(names)})`)),
    registered: await registeredPlates(queries, names[0]!),
    auditEntries: await count("audit", sql`plate_key = ${keys.auditPlateKey(names[0]!)} and content_json is not null`),
  };
}
