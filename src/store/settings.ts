/** Settings by name, as JSON. */
import { sql } from "kysely";
import type { Database, Queries } from "./database.ts";
import type { Settings } from "./operation-types.ts";

export function createSettings(database: Database): Settings {
  return {
    get: (key) => database.read((queries) => readSetting(queries, key)),
    set: (key, value) => database.write((queries) => writeSetting(queries, key, value)),
    all: () =>
      database.read(async (queries) => {
        const rows = await queries.selectFrom("setting").selectAll().orderBy("key").execute();
        return new Map(rows.map(({ key, value_json }) => [key, JSON.parse(value_json) as unknown]));
      }),
  };
}

export async function readSetting(queries: Queries, key: string): Promise<unknown> {
  const row = await queries.selectFrom("setting").select("value_json").where("key", "=", key).executeTakeFirst();
  return row === undefined ? undefined : JSON.parse(row.value_json);
}

async function writeSetting(queries: Queries, key: string, value: unknown): Promise<void> {
  if (value === undefined) {
    await queries.deleteFrom("setting").where("key", "=", key).execute();
    return;
  }
  const value_json = JSON.stringify(value);
  await queries
    .insertInto("setting")
    .values({ key, value_json })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value_json }))
    .execute();
}

/** Counts a setting up, in the caller's transaction. */
export async function bumpSetting(queries: Queries, key: string): Promise<void> {
  await queries
    .insertInto("setting")
    .values({ key, value_json: "1" })
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet({ value_json: sql`cast(cast(setting.value_json as integer) + 1 as text)` }),
    )
    .execute();
}
