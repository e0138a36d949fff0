/** Opens either database, brings its tables up to date, and runs queries and transactions on it with PlateKit's errors. */
import { join } from "node:path";
import { Kysely, PostgresDialect, sql } from "kysely";
import { Migrator } from "kysely/migration";
import pg from "pg";
import { PlateKitError } from "../core/errors.ts";
import { type DatabaseKind, migrations } from "./migrations.ts";
import { SqliteThreadDialect } from "./sqlite-dialect.ts";
import { isWorthRepeating, storeError } from "./store-errors.ts";
import type { Tables } from "./tables.ts";

export type Queries = Kysely<Tables>;

export interface Database {
  readonly kind: DatabaseKind;
  /** Reads what is committed; never waits for writers. */
  read<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** All or nothing, on disk when it resolves. `work` may run again: a database may prefer another transaction. */
  write<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /**
   * The same without waiting for the disk: a process that dies loses nothing, a power cut may lose the last of these
   * writes, in order. For what is done again at no harm.
   */
  writeSoon<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Without a transaction, on the writing connection. */
  direct<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Everything read is as of one moment, however long it takes. PostgreSQL; SQLite is copied instead. */
  snapshot<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  readonly schemaVersion: string;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly directory: string;
  readonly url?: string | undefined;
  /** SQLite only: set on every connection when it opens. */
  readonly pragmas?: readonly string[] | undefined;
}

export const SQLITE_FILE = "platekit.sqlite";

/** Two, so that a long statistic keeps no search waiting. */
const READER_THREADS = 2;
const POSTGRES_CONNECTIONS = 8;
/** Counts waiting for a free connection too: under load that is no failure. A server that is gone refuses at once. */
const CONNECT_TIMEOUT_MS = 30_000;
const MAX_TRIES = 5;

/** @throws PlateKitError STORE_UNAVAILABLE, STORE_CORRUPT, STORE_INVALID (written by a newer version). */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const opened = options.url === undefined ? openSqlite(options) : openPostgres(options.url);
  try {
    const schemaVersion = await migrate(opened.writer, opened.kind);
    return database(opened, schemaVersion);
  } catch (error) {
    await opened.close().catch(() => {});
    throw storeError(error);
  }
}

interface Opened {
  readonly kind: DatabaseKind;
  readonly writer: Queries;
  readonly reader: Queries;
  close(): Promise<void>;
}

function openSqlite({ directory, pragmas = [] }: DatabaseOptions): Opened {
  const file = join(directory, SQLITE_FILE);
  const kysely = (isReader: boolean, threads: number) =>
    new Kysely<Tables>({ dialect: new SqliteThreadDialect({ file, isReader, threads, pragmas }) });
  const writer = kysely(false, 1);
  const reader = kysely(true, READER_THREADS);
  return {
    kind: "sqlite",
    writer,
    reader,
    async close() {
      // The writer last: closing it folds the write-ahead log into the file.
      await reader.destroy();
      await writer.destroy();
    },
  };
}

function openPostgres(url: string): Opened {
  const pool = new pg.Pool({
    connectionString: url,
    max: POSTGRES_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A connection that died without a word is noticed.
    keepAlive: true,
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
  });
  // The server may end idle connections; the next query opens a new one.
  pool.on("error", () => {});
  pool.on("connect", (client) => {
    // A connection that breaks in the middle of a transaction also says so outside of any query: unheard, that would end
    // the process. The query that met it has the error.
    client.on("error", () => {});
    // Acknowledged means on disk, whatever the server's default; JIT costs more than these queries take.
    client.query("set synchronous_commit = on; set jit = off; set timezone = 'UTC'").catch(() => {});
  });
  const both = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { kind: "postgres", writer: both, reader: both, close: () => both.destroy() };
}

const INT8 = 20;
const NUMERIC = 1700;

/** Counts and times are far below 2^53. */
function typeParser(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  if (oid === INT8 || oid === NUMERIC) return Number;
  return pg.types.getTypeParser(oid, format as "text");
}

async function migrate(queries: Queries, kind: DatabaseKind): Promise<string> {
  const known = migrations(kind);
  const migrator = new Migrator({ db: queries, provider: { getMigrations: async () => known } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const message = error instanceof Error ? error.message : String(error);
    if (/corrupted migrations/.test(message)) {
      throw new PlateKitError(
        "STORE_INVALID",
        `The database was written by a newer PlateKit (${message}). Update PlateKit, or restore a backup of this version.`,
        { cause: error },
      );
    }
    throw error;
  }
  if (kind === "postgres" && results !== undefined && results.length > 0) await sql`analyze`.execute(queries);
  return Object.keys(known).sort().at(-1)!; // there is at least one
}

function database({ kind, writer, reader, close }: Opened, schemaVersion: string): Database {
  let closing: Promise<void> | undefined;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closing !== undefined) throw new PlateKitError("STORE_CLOSED", "The store is closed. Open it again.");
    try {
      return await work();
    } catch (error) {
      throw storeError(error);
    }
  };
  const writing = <T>(transaction: () => Promise<T>): Promise<T> =>
    guarded(async () => {
      for (let tries = 1; ; tries++) {
        try {
          return await transaction();
        } catch (error) {
          if (tries >= MAX_TRIES || !isWorthRepeating(error)) throw error;
        }
      }
    });
  return {
    kind,
    schemaVersion,
    read: (work) =>
      guarded(async () => {
        try {
          return await work(reader);
        } catch (error) {
          // The first query after the server restarted meets a dead connection; reading again harms nobody.
          const mapped = storeError(error);
          if (kind === "sqlite" || !(mapped instanceof PlateKitError) || mapped.code !== "STORE_UNAVAILABLE")
            throw error;
          return work(reader);
        }
      }),
    write: (work) => writing(() => writer.transaction().execute(work)),
    writeSoon: (work) =>
      writing(() =>
        kind === "postgres"
          ? writer.transaction().execute(async (queries) => {
              await sql`set local synchronous_commit = off`.execute(queries);
              return work(queries);
            })
          : // The only writing connection: nobody else writes between these lines.
            writer.connection().execute(async (connection) => {
              await sql`pragma synchronous = normal`.execute(connection);
              try {
                return await connection.transaction().execute(work);
              } finally {
                await sql`pragma synchronous = full`.execute(connection);
              }
            }),
      ),
    snapshot: (work) =>
      guarded(() => reader.transaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute(work)),
    direct: (work) => guarded(() => work(writer)),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
