/**
 * Where a plate stands because somebody wrote it there: lists, permits, toll accounts. What cameras saw of it is forgotten
 * without asking; this is part of an agreement or an order, so whoever forgets says whether it goes too.
 */
import { sql } from "kysely";
import type { Queries } from "./database.ts";
import { LISTS_VERSION } from "./lists.ts";
import type { RegisteredPlate } from "./passage-types.ts";
import { normalisePlate } from "./plate-text.ts";
import { bumpSetting } from "./settings.ts";

/** Kinds of records whose data holds plates: as texts, or as `{ plate }` with more. */
const KINDS = ["permit", "account"] as const;

interface Holder {
  readonly siteId: string;
  readonly kind: (typeof KINDS)[number];
  readonly id: string;
  readonly data: { readonly holder?: string; readonly plates: readonly (string | { readonly plate: string })[] };
}

/** @param plate normalised. Patterns of lists that would match it are not named: they are of no one vehicle. */
export async function registeredPlates(queries: Queries, plate: string): Promise<readonly RegisteredPlate[]> {
  const holders = await holdersOf(queries, plate);
  const entries = await entriesOf(queries, plate);
  return [
    ...entries.map(({ id, list_id, name }) => ({ kind: "list" as const, siteId: null, id, parent: list_id, name })),
    ...holders.map(({ kind, siteId, id, data }) => ({ kind, siteId, id, parent: null, name: data.holder ?? "" })),
  ];
}

/**
 * Takes a plate off lists, permits and accounts, in the caller's transaction. A permit without another plate goes; an
 * account stays, as what it owes does.
 *
 * @returns what it stood in, and the sites whose rules must load again.
 */
export async function removeRegistered(
  queries: Queries,
  plate: string,
): Promise<{ readonly removed: readonly RegisteredPlate[]; readonly siteIds: ReadonlySet<string> }> {
  const removed = await registeredPlates(queries, plate);
  const siteIds = new Set<string>();
  for (const { siteId, kind, id, data } of await holdersOf(queries, plate)) {
    siteIds.add(siteId);
    const plates = data.plates.filter((one) => textOf(one) !== plate);
    const where = sql`where site_id = ${siteId} and kind = ${kind} and id = ${id}`;
    if (plates.length === 0 && kind === "permit") await sql`delete from site_record ${where}`.execute(queries);
    else {
      const changed = JSON.stringify({ ...data, plates });
      await sql`update site_record set data_json = ${changed} ${where}`.execute(queries);
    }
  }
  const entries = await entriesOf(queries, plate);
  if (entries.length > 0) {
    await bumpSetting(queries, LISTS_VERSION);
    await queries
      .deleteFrom("list_entry")
      .where(
        "id",
        "in",
        entries.map(({ id }) => id),
      )
      .execute();
  }
  return { removed, siteIds };
}

async function holdersOf(queries: Queries, plate: string): Promise<readonly Holder[]> {
  const rows = await queries
    .selectFrom("site_record")
    .select(["site_id", "kind", "id", "data_json"])
    .where("kind", "in", [...KINDS])
    .orderBy("site_id")
    .orderBy("id")
    .execute();
  return rows.flatMap(({ site_id, kind, id, data_json }) => {
    const data = JSON.parse(data_json) as Holder["data"]; // only the permit and account routes write them
    const isNamed = data.plates?.some((one) => textOf(one) === plate) === true;
    return isNamed ? [{ siteId: site_id, kind: kind as Holder["kind"], id, data }] : [];
  });
}

async function entriesOf(queries: Queries, plate: string) {
  const rows = await queries
    .selectFrom("list_entry")
    .innerJoin("plate_list", "plate_list.id", "list_entry.list_id")
    .select(["list_entry.id", "list_entry.list_id", "plate_list.name", "list_entry.rest_json"])
    .where("list_entry.text", "=", plate)
    .orderBy("list_entry.id")
    .execute();
  return rows.filter(({ rest_json }) => (JSON.parse(rest_json) as { isWildcard?: boolean }).isWildcard !== true);
}

function textOf(one: string | { readonly plate: string }): string {
  return normalisePlate(typeof one === "string" ? one : one.plate);
}
