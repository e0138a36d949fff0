/** Statistics from counts that are kept as passages come in: as quick over a year as over a day. */
import { sql } from "kysely";
import { zoneClock } from "../sites/zone-clock.ts";
import type { Database, Queries } from "./database.ts";
import type { PassageCount, Statistics, StatisticsFilter } from "./operation-types.ts";
import { BIN_MS } from "./passage-append.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 3;
const DEFAULT_TOP = 20;
/** Plates looked at, most passages first, for those with most in a span. */
const TOP_PLATES_TRIED = [200, 2000] as const;

interface Sums {
  readonly passages: number;
  readonly doubted: number;
  readonly confidence_sum: number;
}

const SUMS = sql`sum(passages) as passages, sum(case when doubt <> '' then passages else 0 end) as doubted,
  sum(confidence_sum) as confidence_sum`;

export function createStatistics(database: Database): Statistics {
  return {
    series: (filter, { by, timeZone = "UTC" }) =>
      database.read(async (queries) => {
        const spanStart = spanStarts(timeZone, by);
        const spans = new Map<number, Sums & { unread: number }>();
        const add = (timeMs: number, sums: Sums, unread: number): void => {
          const startMs = spanStart(timeMs);
          const before = spans.get(startMs);
          spans.set(startMs, {
            passages: (before?.passages ?? 0) + sums.passages,
            doubted: (before?.doubted ?? 0) + sums.doubted,
            confidence_sum: (before?.confidence_sum ?? 0) + sums.confidence_sum,
            unread: (before?.unread ?? 0) + unread,
          });
        };
        for (const { bin_ms, ...sums } of await binSums(queries, filter)) add(bin_ms, sums, 0);
        for (const { hour_ms, unread } of await unreadByHour(queries, filter)) {
          add(hour_ms, { passages: 0, doubted: 0, confidence_sum: 0 }, unread);
        }
        return [...spans]
          .sort(([a], [b]) => a - b)
          .map(([startMs, sums]) => ({ startMs, ...passageCount(sums), unread: sums.unread }));
      }),
    breakdown: (filter, by) =>
      database.read(async (queries) => {
        const column = sql.ref({ camera: "camera_id", region: "region", doubt: "doubt" }[by]);
        const { rows } = await sql<Sums & { key: string }>`select ${column} as key, ${SUMS} from passage_count
          where ${binCondition(filter)} group by ${column} order by sum(passages) desc, ${column}`.execute(queries);
        return rows.map(({ key, ...sums }) => ({ key, ...passageCount(sums) }));
      }),
    heatMap: (filter, timeZone = "UTC") =>
      database.read(async (queries) => {
        const clock = zoneClock(timeZone);
        const map = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
        for (const { bin_ms, passages } of await binSums(queries, filter)) {
          const { day, minute } = clock.wallTime(bin_ms);
          map[weekday(day)]![Math.floor(minute / 60)]! += passages; // 0..6, 0..23
        }
        return map;
      }),
    topPlates: (filter, limit = DEFAULT_TOP) => database.read((queries) => topPlates(queries, filter, limit)),
  };
}

/** Half hours that begin within the span. */
function binCondition({ fromMs, toMs, cameraIds, regions }: StatisticsFilter) {
  const conditions = [sql`bin_ms >= ${Math.floor(fromMs / BIN_MS) * BIN_MS}`, sql`bin_ms < ${toMs}`];
  if (cameraIds !== undefined && cameraIds.length > 0) conditions.push(sql`camera_id in (${sql.join(cameraIds)})`);
  if (regions !== undefined && regions.length > 0) conditions.push(sql`region in (${sql.join(regions)})`);
  return sql.join(conditions, sql` and `);
}

async function binSums(queries: Queries, filter: StatisticsFilter): Promise<readonly (Sums & { bin_ms: number })[]> {
  const { rows } = await sql<Sums & { bin_ms: number }>`select bin_ms, ${SUMS} from passage_count
    where ${binCondition(filter)} group by bin_ms`.execute(queries);
  return rows;
}

/** Tracks that gave no passage know no region: a filter by region leaves them out. */
async function unreadByHour(
  queries: Queries,
  { fromMs, toMs, cameraIds, regions }: StatisticsFilter,
): Promise<readonly { hour_ms: number; unread: number }[]> {
  if (regions !== undefined && regions.length > 0) return [];
  const conditions = [
    sql`name >= 'unread:' and name < 'unread;'`,
    sql`hour_ms >= ${Math.floor(fromMs / HOUR_MS) * HOUR_MS}`,
    sql`hour_ms < ${toMs}`,
  ];
  if (cameraIds !== undefined && cameraIds.length > 0) conditions.push(sql`camera_id in (${sql.join(cameraIds)})`);
  const { rows } = await sql<{ hour_ms: number; unread: number }>`select hour_ms, sum(count) as unread from camera_count
    where ${sql.join(conditions, sql` and `)} group by hour_ms`.execute(queries);
  return rows;
}

/** When the local hour, day, week or month that holds a moment began; a day is worked out once. */
function spanStarts(timeZone: string, by: "hour" | "day" | "week" | "month"): (timeMs: number) => number {
  const clock = zoneClock(timeZone);
  const starts = new Map<number, number>();
  return (timeMs) => {
    const { day, minute } = clock.wallTime(timeMs);
    // Counted from the moment, not from the clock's face: an hour that comes twice a night stays two hours.
    if (by === "hour") return timeMs - (minute % 60) * 60_000 - (timeMs % 60_000);
    let start = starts.get(day);
    if (start === undefined) {
      const dayOfMonth = new Date(day * DAY_MS).getUTCDate();
      start = clock.instant(by === "day" ? day : by === "week" ? day - weekday(day) : day - dayOfMonth + 1, 0);
      starts.set(day, start);
    }
    return start;
  };
}

/** 0 Monday .. 6 Sunday, of days since 1970-01-01. */
function weekday(day: number): number {
  return (((day + FIRST_WEEKDAY) % 7) + 7) % 7;
}

function passageCount({ passages, doubted, confidence_sum }: Sums): PassageCount {
  return { passages, doubted, meanConfidence: passages === 0 ? null : confidence_sum / passages };
}

/**
 * Plates with most passages in a span. A plate can't have more in it than in all, so the plates are looked at by all
 * their passages until none that is left can come among the first.
 */
async function topPlates(
  queries: Queries,
  { fromMs, toMs, cameraIds, regions }: StatisticsFilter,
  limit: number,
): ReturnType<Statistics["topPlates"]> {
  const conditions = [sql`x.plate = k.plate`, sql`x.time_ms >= ${fromMs}`, sql`x.time_ms < ${toMs}`];
  if (cameraIds !== undefined && cameraIds.length > 0) conditions.push(sql`x.camera_id in (${sql.join(cameraIds)})`);
  if (regions !== undefined && regions.length > 0) conditions.push(sql`x.region in (${sql.join(regions)})`);
  const where = sql.join(conditions, sql` and `);
  for (const tried of TOP_PLATES_TRIED) {
    const { rows } = await sql<{ plate: string; total: number; count: number; last: number | null }>`
      select k.plate, k.passages as total, (select count(*) from passage as x where ${where}) as count,
        (select max(x.time_ms) from passage as x where ${where}) as last
      from (select plate, passages from plate order by passages desc limit ${tried}) as k`.execute(queries);
    const found = rows
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count || (a.plate < b.plate ? -1 : 1))
      .slice(0, limit);
    const leastTotal = Math.min(...rows.map(({ total }) => total));
    const isExact = rows.length < tried || (found.length === limit && found.at(-1)!.count >= leastTotal);
    if (isExact || tried === TOP_PLATES_TRIED.at(-1)) {
      return { rows: found.map(({ plate, count, last }) => ({ plate, passages: count, lastTimeMs: last! })), isExact };
    }
  }
  return { rows: [], isExact: true };
}
