/** What grows too old or too big goes, per camera, oldest first; what is on hold stays. */
import { type RawBuilder, sql } from "kysely";
import type { Database, Queries } from "./database.ts";
import type { Retention, RetentionReport, RetentionRules } from "./operation-types.ts";
import { removePassages } from "./passage-removal.ts";
import type { PictureKeeper } from "./pictures.ts";
import type { Camera } from "./registry-types.ts";
import { agedRecords, blackenAgedRecords } from "./site-records.ts";

const DAY_MS = 86_400_000;
/** Passages per transaction: writers wait no longer than that. */
const BATCH = 200;

interface CameraPlan {
  readonly cameraId: string;
  /** Passages before this time go by age; null: none. */
  readonly beforeMs: number | null;
  /** Bytes of pictures that may stay; null: no limit. */
  readonly keepBytes: number | null;
}

type CameraReport = RetentionReport["cameras"][number];

export function createRetention(database: Database, pictures: PictureKeeper): Retention {
  return {
    preview: (rules, nowMs) =>
      database.read(async (queries) => {
        const reports: CameraReport[] = [];
        for (const plan of await cameraPlans(queries, rules, nowMs)) reports.push(await previewCamera(queries, plan));
        const beforeMs = beforeOf(rules.days, nowMs);
        return reportOf(reports, beforeMs === null ? 0 : await agedRecords(queries, beforeMs));
      }),
    async run(rules, nowMs, signal) {
      const reports: CameraReport[] = [];
      for (const plan of await database.read((queries) => cameraPlans(queries, rules, nowMs))) {
        const before = await database.read((queries) => previewCamera(queries, plan));
        const byAge = await removeOldest(database, pictures, plan, before.byAge, plan.beforeMs, signal);
        const bySize = await removeOldest(database, pictures, plan, before.bySize, null, signal);
        const after = await database.read((queries) => previewCamera(queries, plan));
        reports.push({ ...after, byAge: byAge.passages, bySize: bySize.passages, bytes: byAge.bytes + bySize.bytes });
        if (signal?.aborted) break;
      }
      const beforeMs = beforeOf(rules.days, nowMs);
      let records = 0;
      for (let isMore = beforeMs !== null; isMore && !signal?.aborted; ) {
        const done = await database.write((queries) => blackenAgedRecords(queries, beforeMs ?? 0, BATCH));
        records += done;
        isMore = done === BATCH;
      }
      return reportOf(reports, records);
    },
  };
}

function beforeOf(days: number | null, nowMs: number): number | null {
  return days === null ? null : nowMs - days * DAY_MS;
}

function reportOf(cameras: readonly CameraReport[], siteRecords: number): RetentionReport {
  return {
    ...{ cameras, siteRecords },
    passages: cameras.reduce((sum, { byAge, bySize }) => sum + byAge + bySize, 0),
    bytes: cameras.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

async function cameraPlans(queries: Queries, rules: RetentionRules, nowMs: number): Promise<readonly CameraPlan[]> {
  // Removed cameras too: their passages age like all others.
  const cameras = await queries.selectFrom("camera").select(["id", "rest_json"]).orderBy("id").execute();
  return cameras.map(({ id, rest_json }) => {
    const { retentionDays, retentionBytes } = JSON.parse(rest_json) as Partial<Camera>;
    const days = retentionDays ?? rules.days;
    return {
      cameraId: id,
      beforeMs: beforeOf(days, nowMs),
      keepBytes: retentionBytes ?? rules.bytesPerCamera,
    };
  });
}

interface Totals {
  readonly passages: number;
  readonly bytes: number | null;
}

async function previewCamera(queries: Queries, { cameraId, beforeMs, keepBytes }: CameraPlan): Promise<CameraReport> {
  const totals = async (condition: RawBuilder<unknown>): Promise<Totals> => {
    const { rows } = await sql<Totals>`select count(*) as passages, sum(picture_bytes) as bytes from passage
      where camera_id = ${cameraId} and ${condition}`.execute(queries);
    return rows[0]!; // a count has a row
  };
  const old = beforeMs === null ? { passages: 0, bytes: 0 } : await totals(sql`time_ms < ${beforeMs} and hold = 0`);
  const held = await totals(sql`hold = 1`);
  const usage = await queries
    .selectFrom("camera_usage")
    .select("bytes")
    .where("camera_id", "=", cameraId)
    .executeTakeFirst();
  const excess = keepBytes === null ? 0 : (usage?.bytes ?? 0) - (old.bytes ?? 0) - keepBytes;
  const big = excess > 0 ? await oldestOf(queries, cameraId, beforeMs, excess) : { passages: 0, bytes: 0 };
  const { rows } = await sql<{ time_ms: number }>`select time_ms from passage where camera_id = ${cameraId} and hold = 0
    order by time_ms, seq limit 1 offset ${old.passages + big.passages}`.execute(queries);
  return {
    cameraId,
    byAge: old.passages,
    bySize: big.passages,
    bytes: (old.bytes ?? 0) + (big.bytes ?? 0),
    held: held.passages,
    oldestKeptMs: rows[0]?.time_ms ?? null,
  };
}

/** The oldest passages that together have so many bytes of pictures. */
async function oldestOf(queries: Queries, cameraId: string, fromMs: number | null, excess: number): Promise<Totals> {
  const { rows } = await sql<Totals>`select count(*) as passages, sum(bytes) as bytes from (
      select picture_bytes as bytes, sum(picture_bytes) over (order by time_ms, seq) - picture_bytes as before
      from passage where camera_id = ${cameraId} and hold = 0 and time_ms >= ${fromMs ?? Number.MIN_SAFE_INTEGER}
    ) as line where before < ${excess}`.execute(queries);
  return rows[0]!; // a count has a row
}

/** Removes so many of a camera's oldest; with `beforeMs`, none from then on. */
async function removeOldest(
  database: Database,
  pictures: PictureKeeper,
  { cameraId }: CameraPlan,
  count: number,
  beforeMs: number | null,
  signal: AbortSignal | undefined,
): Promise<{ passages: number; bytes: number }> {
  let passages = 0;
  let bytes = 0;
  while (passages < count && !signal?.aborted) {
    const removed = await database.write(async (queries) => {
      const rows = await queries
        .selectFrom("passage")
        .select(["seq", "id"])
        .where("camera_id", "=", cameraId)
        .where("hold", "=", 0)
        .where("time_ms", "<", beforeMs ?? Number.MAX_SAFE_INTEGER)
        .orderBy("time_ms")
        .orderBy("seq")
        .limit(Math.min(BATCH, count - passages))
        .execute();
      if (rows.length === 0) return null;
      const ids = rows.map(({ id }) => id);
      // What is still to be sent is sent; it and alerts no longer lead to the passage.
      await queries.updateTable("alert").set({ passage_id: null }).where("passage_id", "in", ids).execute();
      await queries.updateTable("delivery").set({ passage_id: null }).where("passage_id", "in", ids).execute();
      return removePassages(
        queries,
        rows.map(({ seq }) => seq),
      );
    });
    if (removed === null) break;
    await pictures.removeUnused(removed.unusedPictures);
    passages += removed.passages;
    bytes += removed.bytes;
  }
  return { passages, bytes };
}
