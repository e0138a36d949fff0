/** Cameras, and what they counted hour by hour. */
import { sql } from "kysely";
import { type Cell, collection, flag } from "./collection.ts";
import type { Database } from "./database.ts";
import type { Camera, Cameras } from "./registry-types.ts";

const HOUR_MS = 3_600_000;

/** What a camera is before anybody has set it. */
export const CAMERA_DEFAULTS = {
  url: "",
  role: null,
  schedule: null,
  timeZone: null,
  roi: null,
  line: null,
  frameSize: null,
  regions: [],
  minPlateHeightPx: null,
  fps: null,
  settings: {},
  retentionDays: null,
  retentionBytes: null,
} as const satisfies Partial<Camera>;

export function createCameras(database: Database, nowMs: () => number): Cameras {
  const rows = collection<Camera, { readonly siteId?: string; readonly kind?: Camera["kind"] }>(database, nowMs, {
    table: "camera",
    columns: {
      name: ({ name }) => name,
      site_id: ({ siteId }) => siteId,
      kind: ({ kind }) => kind,
      is_enabled: ({ isEnabled }) => flag(isEnabled),
    },
    fields: {
      name: ({ name }) => name,
      siteId: ({ site_id }) => site_id,
      kind: ({ kind }) => kind,
      isEnabled: ({ is_enabled }) => is_enabled === 1,
    },
    defaults: CAMERA_DEFAULTS,
    filter: ({ siteId, kind }): Record<string, Cell> => ({
      ...(siteId === undefined ? {} : { site_id: siteId }),
      ...(kind === undefined ? {} : { kind }),
    }),
    isListed: "removed_at_ms is null",
  });
  return {
    ...rows,
    /** One whose passages are still kept only leaves the list: they show its name until retention took them. */
    async remove(id, ifRevision) {
      const hasPassages = await database.read((queries) =>
        queries.selectFrom("passage").select("seq").where("camera_id", "=", id).limit(1).executeTakeFirst(),
      );
      if (hasPassages === undefined) return rows.remove(id, ifRevision);
      if ((await rows.update(id, { isEnabled: false }, ifRevision)) === null) return false;
      return database.write(async (queries) => {
        const removed = await queries
          .updateTable("camera")
          .set({ removed_at_ms: nowMs() })
          .where("id", "=", id)
          .where("removed_at_ms", "is", null)
          .executeTakeFirst();
        return removed.numUpdatedRows > 0n;
      });
    },
    addCounts: (cameraId, timeMs, counts) =>
      database.write(async (queries) => {
        const hour_ms = Math.floor(timeMs / HOUR_MS) * HOUR_MS;
        const values = Object.entries(counts)
          .filter(([, count]) => count !== 0)
          .map(([name, count]) => ({ camera_id: cameraId, hour_ms, name, count }))
          .sort((a, b) => (a.name < b.name ? -1 : 1));
        if (values.length === 0) return;
        await queries
          .insertInto("camera_count")
          .values(values)
          .onConflict((conflict) =>
            conflict
              .columns(["camera_id", "hour_ms", "name"])
              .doUpdateSet({ count: sql`camera_count.count + excluded.count` }),
          )
          .execute();
      }),
    counts: ({ cameraIds, fromMs, toMs }) =>
      database.read(async (queries) => {
        let query = queries
          .selectFrom("camera_count")
          .selectAll()
          .where("hour_ms", ">=", Math.floor(fromMs / HOUR_MS) * HOUR_MS)
          .where("hour_ms", "<", toMs)
          .orderBy("camera_id")
          .orderBy("hour_ms")
          .orderBy("name");
        if (cameraIds !== undefined && cameraIds.length > 0) query = query.where("camera_id", "in", cameraIds);
        const found = await query.execute();
        return found.map(({ camera_id, hour_ms, name, count }) => ({
          cameraId: camera_id,
          hourMs: hour_ms,
          name,
          count,
        }));
      }),
  };
}
