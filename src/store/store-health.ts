/** How the store does, for readiness checks and the administration page. */
import { statfs } from "node:fs/promises";
import { sql } from "kysely";
import type { Database } from "./database.ts";
import type { StoreHealth } from "./operation-types.ts";

/** Below it writing is about to fail. */
const LOW_SPACE_BYTES = 256 * 1024 ** 2;

/** Never throws. */
export async function storeHealth(database: Database, directory: string): Promise<StoreHealth> {
  const freeBytes = await statfs(directory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
  const base = { database: database.kind, freeBytes, directory, schemaVersion: database.schemaVersion };
  try {
    const isSqlite = database.kind === "sqlite";
    const { version, bytes } = await database.read(async (queries) => {
      const { rows } = await (isSqlite
        ? sql<{ version: string; bytes: number }>`select sqlite_version() as version,
            (select page_count * page_size from pragma_page_count, pragma_page_size) as bytes`
        : sql<{ version: string; bytes: number }>`select current_setting('server_version') as version,
            pg_database_size(current_database()) as bytes`
      ).execute(queries);
      return rows[0]!; // a select without a table has one row
    });
    // A real write, so that a full disk or a read-only file shows before a passage meets it.
    await database.write(async (queries) => {
      await queries
        .insertInto("setting")
        .values({ key: "health.probe", value_json: "1" })
        .onConflict((conflict) => conflict.column("key").doUpdateSet({ value_json: "1" }))
        .execute();
    });
    const isLow = freeBytes !== null && freeBytes < LOW_SPACE_BYTES;
    const problem = isLow ? `Only ${Math.round(freeBytes / 1024 ** 2)} MiB are free in ${directory}.` : null;
    return { ...base, databaseVersion: version, databaseBytes: bytes, isWritable: true, problem };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { ...base, databaseVersion: "unknown", databaseBytes: null, isWritable: false, problem };
  }
}
