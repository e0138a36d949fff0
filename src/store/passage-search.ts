/**
 * Plans a search for passages: one condition leads, through an index that is sorted by time, the others are tested on the
 * way (passage-walk.ts). Both databases are kept to the plan, so that one is not quick where the other is slow.
 */
import { sql } from "kysely";
import type { Database, Queries } from "./database.ts";
import type { PassageFilter } from "./passage-types.ts";
import {
  type Condition,
  type Lead,
  mergedRows,
  type SearchOptions,
  type SearchPage,
  sortedRows,
  walk,
} from "./passage-walk.ts";
import { choosePlates, fitsCondition, type PlateChoice } from "./plate-search.ts";
import type { StoreKeys } from "./store-keys.ts";

/** Values of one field that are merged; more are tested on the way. */
const MAX_LEADS = 100;

/** Of a search for plates: above it, all their passages are sorted at once. */
const MAX_PLATE_LEADS = 200;

export async function searchPassages(
  database: Database,
  queries: Queries,
  keys: StoreKeys,
  asked: PassageFilter,
  options: SearchOptions,
): Promise<SearchPage> {
  const filter = inWholeMs(asked);
  const { after, order } = options;
  const span = {
    fromMs:
      order === "oldest" && after !== null ? Math.max(filter.fromMs ?? after.timeMs, after.timeMs) : filter.fromMs,
    toMs: order === "newest" && after !== null ? Math.min(filter.toMs ?? Infinity, after.timeMs + 1) : filter.toMs,
  };
  const choice = await choosePlates(database, queries, keys, filter, span);
  if (choice.kind === "plates" && choice.plates.length === 0) return { places: [], next: null };
  const { leads, rest, isSorted } = planSearch(database, filter, choice);
  const range = { ...options, fromMs: filter.fromMs, toMs: filter.toMs };
  const only = leads[0]!; // a plan has one or more
  if (!isSorted) return sortedRows(queries, only, rest, range);
  if (leads.length === 1) return walk(queries, only, rest, range);
  return mergedRows(queries, leads, rest, range);
}

/** Times are kept in whole milliseconds, and PostgreSQL takes no others. */
function inWholeMs(filter: PassageFilter): PassageFilter {
  const { fromMs, toMs } = filter;
  return {
    ...filter,
    ...(fromMs === undefined ? {} : { fromMs: Math.ceil(fromMs) }),
    ...(toMs === undefined ? {} : { toMs: Math.ceil(toMs) }),
  };
}

interface Plan {
  readonly leads: readonly Lead[];
  /** Conditions that remain, shielded from the planner: they must not lead it to another index. */
  readonly rest: readonly Condition[];
  /** Whether the leads give rows in order of time. */
  readonly isSorted: boolean;
}

function planSearch(database: Database, filter: PassageFilter, choice: PlateChoice): Plan {
  const tests = testsOf(filter);
  if (choice.kind === "plates") {
    const { plates } = choice;
    const rest = tests.map(({ test }) => test);
    if (plates.length > MAX_PLATE_LEADS)
      return { leads: [lead([sql`p.plate in (${sql.join(plates)})`])], rest, isSorted: false };
    return { leads: plates.map((plate) => lead([sql`p.plate = ${plate}`])), rest, isSorted: true };
  }
  if (choice.kind === "pattern") {
    tests.push({ leads: null, test: fitsCondition(database.kind, sql`p.plate`, choice.pattern) });
  }
  // One value of one index leads best; several need a merge, and that can't be walked in windows.
  const leading =
    tests.find(({ leads }) => leads?.length === 1) ??
    (tests.length === 1 ? tests.find(({ leads }) => leads !== null) : undefined);
  const rest = tests.filter((other) => other !== leading).map(({ test }) => test);
  return { leads: leading?.leads ?? [lead([])], rest, isSorted: true };
}

interface Test {
  /** One for each value; null when no index helps. */
  readonly leads: readonly Lead[] | null;
  readonly test: Condition;
}

/** What the filter asks, what is rarest as a rule first. */
function testsOf(filter: PassageFilter): Test[] {
  const { listIds, doubts, regions, cameraIds, siteIds, minConfidence, maxConfidence, hasHold, isCorrected } = filter;
  const tests: Test[] = [];
  if (isAny(listIds)) {
    tests.push({
      leads: [...new Set(listIds)].map(listLead),
      test: sql`exists (select 1 from passage_list as x where x.list_id in (${sql.join(listIds)})
        and x.time_ms = p.time_ms and x.seq = p.seq)`,
    });
  }
  if (hasHold !== undefined) {
    const test = hasHold ? sql`p.hold = 1` : sql`p.hold = 0`;
    tests.push({ leads: hasHold ? [lead([test])] : null, test });
  }
  if (isCorrected !== undefined) {
    const test = isCorrected ? sql`p.corrected_text is not null` : sql`p.corrected_text is null`;
    tests.push({ leads: isCorrected ? [lead([test])] : null, test });
  }
  if (isAny(doubts)) {
    const leads = doubts.includes("")
      ? null
      : doubts.map((doubt) => lead([sql`p.doubt = ${doubt}`, sql`p.doubt <> ''`]));
    tests.push({ leads, test: isOneOf("doubt", doubts) });
  }
  for (const [column, values] of [
    ["site_id", siteIds],
    ["camera_id", cameraIds],
    ["region", regions],
  ] as const) {
    if (!isAny(values)) continue;
    const leads = [...new Set(values)].map((value) => lead([sql`${sql.ref(`p.${column}`)} = ${value}`]));
    tests.push({ leads: leads.length <= MAX_LEADS ? leads : null, test: isOneOf(column, values) });
  }
  if (minConfidence !== undefined) tests.push({ leads: null, test: sql`p.confidence >= ${minConfidence}` });
  if (maxConfidence !== undefined) tests.push({ leads: null, test: sql`p.confidence < ${maxConfidence}` });
  return tests;
}

function isAny<Value>(values: readonly Value[] | undefined): values is readonly Value[] {
  return values !== undefined && values.length > 0;
}

/** The empty text appended keeps both planners from this column's index. */
function isOneOf(column: string, values: readonly string[]): Condition {
  return sql`(${sql.ref(`p.${column}`)} || '') in (${sql.join(values)})`;
}

function lead(conditions: readonly Condition[]): Lead {
  return { from: sql`passage as p`, conditions, timeMs: sql`p.time_ms`, seq: sql`p.seq` };
}

function listLead(listId: string): Lead {
  return {
    from: sql`passage_list as l inner join passage as p on p.seq = l.seq`,
    conditions: [sql`l.list_id = ${listId}`],
    timeMs: sql`l.time_ms`,
    seq: sql`l.seq`,
  };
}
