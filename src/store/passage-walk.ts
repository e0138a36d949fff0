/**
 * Walks through passages in order of time, in a bounded amount of work: what is rare is looked for in windows that grow,
 * until there is a page or time is up. It does not know what is asked; passage-search.ts plans that.
 */
import { type RawBuilder, sql } from "kysely";
import type { Queries } from "./database.ts";

/** A passage's place in the order of time. */
export interface Place {
  readonly timeMs: number;
  readonly seq: number;
}

export interface SearchOptions {
  readonly limit: number;
  readonly order: "newest" | "oldest";
  /** Go on behind this one. */
  readonly after: Place | null;
  /** Time after which a walk stops, with what it has. */
  readonly budgetMs: number;
}

/** Where to look. */
export interface SearchRange extends SearchOptions {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

export interface SearchPage {
  readonly places: readonly Place[];
  /** Null: there are no more. */
  readonly next: Place | null;
}

export type Condition = RawBuilder<unknown>;

/** A condition with an index sorted by time behind it. */
export interface Lead {
  /** `passage as p`, or a table joined before it. */
  readonly from: RawBuilder<unknown>;
  readonly conditions: readonly Condition[];
  /** Columns of the order. */
  readonly timeMs: RawBuilder<unknown>;
  readonly seq: RawBuilder<unknown>;
}

/** Rows that the first window of a walk spans, and the most. */
const FIRST_WINDOW = 4000;
const LAST_WINDOW = 64_000;

/** Leads in one statement: SQLite takes 500. */
const MERGED_LEADS = 100;

/** One lead, whose rows are tested window by window. */
export async function walk(
  queries: Queries,
  lead: Lead,
  rest: readonly Condition[],
  range: SearchRange,
): Promise<SearchPage> {
  const { limit, budgetMs } = range;
  if (rest.length === 0) return firstOf(await rowsOf(queries, lead, [], range, limit + 1), limit);
  const endMs = performance.now() + budgetMs;
  const found: Place[] = [];
  let after = range.after;
  for (let window = FIRST_WINDOW; ; window = Math.min(LAST_WINDOW, window * 2)) {
    const here = { ...range, after };
    const until = await placeBehind(queries, lead, here, window);
    found.push(...(await rowsOf(queries, lead, rest, here, limit + 1 - found.length, until)));
    if (found.length > limit || until === null) return firstOf(found, limit);
    after = until;
    if (performance.now() >= endMs) return { places: found, next: until };
  }
}

/** Several leads, each in order, merged. */
export async function mergedRows(
  queries: Queries,
  leads: readonly Lead[],
  rest: readonly Condition[],
  range: SearchRange,
): Promise<SearchPage> {
  const found = new Map<number, Place>();
  for (let i = 0; i < leads.length; i += MERGED_LEADS) {
    const parts = leads
      .slice(i, i + MERGED_LEADS)
      .map((lead) => sql`select * from (${selectRows(lead, rest, range, range.limit + 1)}) as part`);
    const { rows } = await sql<PlaceRow>`${sql.join(parts, sql` union all `)}`.execute(queries);
    // A passage may be on two lists.
    for (const place of rows.map(placeOf)) found.set(place.seq, place);
  }
  const sign = range.order === "newest" ? -1 : 1;
  return firstOf(
    [...found.values()].sort((a, b) => sign * (a.timeMs - b.timeMs || a.seq - b.seq)),
    range.limit,
  );
}

/** All rows of a lead that is not in order, sorted. The signs keep both planners from walking through all passages. */
export async function sortedRows(
  queries: Queries,
  lead: Lead,
  rest: readonly Condition[],
  range: SearchRange,
): Promise<SearchPage> {
  const direction = sql.raw(range.order === "newest" ? "desc" : "asc");
  const conditions = [...lead.conditions, ...rest, ...rangeConditions(lead, range, null)];
  const { rows } =
    await sql<PlaceRow>`select p.time_ms, p.seq from ${lead.from} where ${sql.join(conditions, sql` and `)}
    order by +p.time_ms ${direction}, +p.seq ${direction} limit ${range.limit + 1}`.execute(queries);
  return firstOf(rows.map(placeOf), range.limit);
}

interface PlaceRow {
  readonly time_ms: number;
  readonly seq: number;
}

function placeOf({ time_ms, seq }: PlaceRow): Place {
  return { timeMs: time_ms, seq };
}

/** A page of what was found, one more than fits telling that there is a next. */
function firstOf(found: readonly Place[], limit: number): SearchPage {
  const places = found.slice(0, limit);
  return { places, next: found.length > limit ? places.at(-1)! : null };
}

async function rowsOf(
  queries: Queries,
  lead: Lead,
  rest: readonly Condition[],
  range: SearchRange,
  count: number,
  until: Place | null = null,
): Promise<Place[]> {
  const { rows } = await sql<PlaceRow>`${selectRows(lead, rest, range, count, until)}`.execute(queries);
  return rows.map(placeOf);
}

/** The place of the last row of a window; null when the rows end within it. */
async function placeBehind(queries: Queries, lead: Lead, range: SearchRange, window: number): Promise<Place | null> {
  const { rows } = await sql<PlaceRow>`${selectRows(lead, [], range, 1)} offset ${window - 1}`.execute(queries);
  return rows[0] === undefined ? null : placeOf(rows[0]);
}

function selectRows(
  lead: Lead,
  rest: readonly Condition[],
  range: SearchRange,
  count: number,
  until: Place | null = null,
): RawBuilder<unknown> {
  const direction = sql.raw(range.order === "newest" ? "desc" : "asc");
  const conditions = [...lead.conditions, ...rest, ...rangeConditions(lead, range, until)];
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
  return sql`select ${lead.timeMs} as time_ms, ${lead.seq} as seq from ${lead.from} ${where}
    order by ${lead.timeMs} ${direction}, ${lead.seq} ${direction} limit ${count}`;
}

/** @param until the last place that counts. */
function rangeConditions(
  { timeMs, seq }: Lead,
  { fromMs, toMs, after, order }: SearchRange,
  until: Place | null,
): readonly Condition[] {
  const conditions: Condition[] = [];
  if (fromMs !== undefined) conditions.push(sql`${timeMs} >= ${fromMs}`);
  if (toMs !== undefined) conditions.push(sql`${timeMs} < ${toMs}`);
  const [behind, upTo] = order === "newest" ? [sql.raw("<"), sql.raw(">=")] : [sql.raw(">"), sql.raw("<=")];
  if (after !== null) conditions.push(sql`(${timeMs}, ${seq}) ${behind} (${after.timeMs}, ${after.seq})`);
  if (until !== null) conditions.push(sql`(${timeMs}, ${seq}) ${upTo} (${until.timeMs}, ${until.seq})`);
  return conditions;
}
