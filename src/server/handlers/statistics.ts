/** Figures over what the caller may see. */

import type { z } from "zod";
import type { StatisticsFilter } from "../../store/types.ts";
import { type Caller, visibleCameras } from "../caller.ts";
import type { ServerContext } from "../context.ts";
import type { HandlersOf } from "../handler.ts";
import { RequestProblem } from "../problem.ts";
import type { systemRoutes } from "../routes/system.ts";
import type { statisticsQuery } from "../schemas/statistics.ts";

/** Longer spans than these have too many rows for a chart, and take too long to count. */
const LONGEST_DAYS = { hour: 100, day: 3700, week: 37_000, month: 37_000, camera: 37_000, region: 37_000 } as const;
const DAY_MS = 86_400_000;

type StatisticsRoutes = Pick<typeof systemRoutes, "countPassages" | "readQuality" | "heatMap" | "topPlates">;

export const statisticsHandlers: HandlersOf<StatisticsRoutes> = {
  async countPassages(context, { query, caller }) {
    const { by } = query;
    const filter = await filterOf(context, caller, query, LONGEST_DAYS[by]);
    if (filter === null) return { by, total: 0, rows: [] };
    const { statistics } = context.store;
    const rows =
      by === "camera" || by === "region"
        ? (await statistics.breakdown(filter, by)).map(({ key, ...count }) => ({
            key: key === "" ? null : key,
            ...count,
          }))
        : (await statistics.series(filter, { by, timeZone: zone(context) })).map(({ startMs, ...count }) => ({
            key: startMs,
            ...count,
          }));
    return { by, total: rows.reduce((sum, { passages }) => sum + passages, 0), rows };
  },

  async readQuality(context, { query, caller }) {
    const filter = await filterOf(context, caller, query, LONGEST_DAYS.day);
    if (filter === null) return { rows: [], doubts: [] };
    const { statistics } = context.store;
    const [series, doubts] = await Promise.all([
      statistics.series(filter, { by: "day", timeZone: zone(context) }),
      statistics.breakdown(filter, "doubt"),
    ]);
    return {
      rows: series.map(({ startMs, ...count }) => ({ timeMs: startMs, ...count })),
      doubts: doubts.map(({ key, passages }) => ({ doubt: key === "" ? null : key, passages })),
    };
  },

  async heatMap(context, { query, caller }) {
    const timeZone = zone(context);
    const filter = await filterOf(context, caller, query, LONGEST_DAYS.day);
    const passages =
      filter === null
        ? Array.from({ length: 7 }, () => new Array<number>(24).fill(0))
        : (await context.store.statistics.heatMap(filter, timeZone)).map((row) => [...row]);
    return { timeZone, passages };
  },

  async topPlates(context, { query, caller }) {
    const filter = await filterOf(context, caller, query, LONGEST_DAYS.day);
    if (filter === null) return { rows: [], isExact: true };
    const { rows, isExact } = await context.store.statistics.topPlates(filter, query.limit);
    return { rows: rows.map((row) => ({ ...row })), isExact };
  },
};

function zone({ settings }: ServerContext): string {
  return settings.current().timeZone;
}

/** Null: nothing that the caller may see. @throws RequestProblem 400. */
async function filterOf(
  { store }: ServerContext,
  caller: Caller,
  { from, to, camera, region }: z.output<typeof statisticsQuery>,
  longestDays: number,
): Promise<StatisticsFilter | null> {
  if (from >= to) throw new RequestProblem(400, "INPUT_INVALID", "from must lie before to.");
  if (to - from > longestDays * DAY_MS) {
    throw new RequestProblem(
      400,
      "SPAN_TOO_LONG",
      `At most ${longestDays} days at once; ask for less, or by longer steps.`,
    );
  }
  const asked = camera === undefined || camera.length === 0 ? null : camera;
  const visible =
    caller.siteIds === null ? null : visibleCameras(caller, await store.cameras.list()).map(({ id }) => id);
  const cameraIds = visible === null ? asked : (asked ?? visible).filter((id) => visible.includes(id));
  if (cameraIds !== null && cameraIds.length === 0) return null;
  return {
    fromMs: from,
    toMs: to,
    ...(cameraIds === null ? {} : { cameraIds }),
    ...(region === undefined || region.length === 0 ? {} : { regions: region }),
  };
}
