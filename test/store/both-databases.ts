/** Runs a suite against SQLite and against PostgreSQL, each test with the same store. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe } from "node:test";
import pg from "pg";
import { SQLITE_FILE } from "../../src/store/database.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { Store } from "../../src/store/types.ts";
import { type PostgresServer, postgresFolder, startPostgres } from "./postgres-server.ts";

export interface Opened {
  readonly store: Store;
  readonly directory: string;
  /** The store's clock; tests may set it. */
  nowMs: number;
  /** The address of a new PostgreSQL database; undefined for SQLite, which makes its own. */
  emptyDatabase(): Promise<string | undefined>;
  /** Runs SQL behind the store's back. */
  meddle(sql: string): Promise<void>;
  /** Closes it and opens it again, as a restart would. */
  reopen(): Promise<void>;
}

export const START_MS = Date.UTC(2026, 2, 1, 12);

export function onBothDatabases(title: string, suite: (opened: Opened) => void): void {
  // To look at one of them alone.
  const only = process.env.PLATEKIT_TEST_DATABASE;
  for (const kind of ["sqlite", "postgres"] as const) {
    if (only !== undefined && only !== kind) continue;
    // Loudly: a suite that is skipped shows with its reason.
    const skip = kind === "postgres" && postgresFolder() === null ? "PostgreSQL is not installed" : false;
    describe(`${title} (${kind})`, { skip }, () => {
      const directory = mkdtempSync(join(tmpdir(), "platekit-store-"));
      let server: PostgresServer | undefined;
      let url: string | undefined;
      let store: Store | undefined;
      const opened = {
        directory,
        nowMs: START_MS,
        get store(): Store {
          return store!; // `before` opens it
        },
        emptyDatabase: async () => server?.createDatabase(),
        async meddle(sql: string) {
          if (url === undefined) {
            const database = new DatabaseSync(join(directory, SQLITE_FILE));
            database.exec(sql);
            database.close();
            return;
          }
          const client = new pg.Client({ connectionString: url });
          await client.connect();
          await client.query(sql);
          await client.end();
        },
        async reopen() {
          await store?.close();
          store = await openStore({ directory, url, nowMs: () => opened.nowMs });
        },
      };
      before(async () => {
        if (kind === "postgres") {
          server = await startPostgres();
          url = await server.createDatabase();
        }
        await opened.reopen();
      });
      after(async () => {
        await store?.close();
        await server?.close();
        rmSync(directory, { recursive: true, force: true });
      });
      suite(opened);
    });
  }
}
