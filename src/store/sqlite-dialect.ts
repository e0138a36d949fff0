/**
 * SQLite for Kysely, on threads: the main thread never waits for the disk. A dialect has one writer, or a few readers,
 * which WAL lets read while the writer writes.
 */
import { Worker } from "node:worker_threads";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { ThreadOptions, ThreadReply, ThreadRequest } from "./sqlite-thread.ts";
import { SqliteFailure } from "./store-errors.ts";

export interface SqliteDialectOptions extends ThreadOptions {
  /** Threads, each with a connection; a writer is one. */
  readonly threads: number;
}

export class SqliteThreadDialect implements Dialect {
  readonly #options: SqliteDialectOptions;

  constructor(options: SqliteDialectOptions) {
    this.#options = options;
  }

  createDriver(): Driver {
    return new ThreadDriver(this.#options);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new TransactionalAdapter();
  }

  // biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature
  createIntrospector(db: Kysely<any>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }
}

/** SQLite does roll tables back; with this a migration that fails half way leaves nothing. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ThreadDriver implements Driver {
  readonly #options: SqliteDialectOptions;
  readonly #idle: ThreadConnection[] = [];
  readonly #all: ThreadConnection[] = [];
  readonly #waiting: ((connection: ThreadConnection) => void)[] = [];

  constructor(options: SqliteDialectOptions) {
    this.#options = options;
  }

  async init(): Promise<void> {}

  acquireConnection(): Promise<ThreadConnection> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.#all.length < this.#options.threads) {
      const { threads: _, ...options } = this.#options;
      const connection = new ThreadConnection(options);
      this.#all.push(connection);
      return Promise.resolve(connection);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async releaseConnection(connection: ThreadConnection): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else next(connection);
  }

  /** Takes the lock for writing at once: a transaction that read first could not get it later. */
  async beginTransaction(connection: ThreadConnection): Promise<void> {
    await connection.run(this.#options.isReader ? "begin" : "begin immediate");
  }

  async commitTransaction(connection: ThreadConnection): Promise<void> {
    await connection.run("commit");
  }

  async rollbackTransaction(connection: ThreadConnection): Promise<void> {
    await connection.run("rollback");
  }

  async destroy(): Promise<void> {
    await Promise.all(this.#all.map((connection) => connection.close()));
  }
}

class ThreadConnection implements DatabaseConnection {
  readonly #worker: Worker;
  readonly #pending = new Map<number, { resolve: (reply: ThreadReply) => void; reject: (error: Error) => void }>();
  #nextId = 1;
  #failure: Error | undefined;

  constructor(options: ThreadOptions) {
    const entry = new URL(
      import.meta.url.endsWith(".ts") ? "./sqlite-thread.ts" : "./sqlite-thread.js",
      import.meta.url,
    );
    this.#worker = new Worker(entry, { workerData: options, execArgv: [] });
    this.#worker.unref();
    this.#worker.on("message", (reply: ThreadReply) => {
      const pending = this.#pending.get(reply.id);
      this.#pending.delete(reply.id);
      if (this.#pending.size === 0) this.#worker.unref();
      pending?.resolve(reply);
    });
    const fail = (error: Error): void => {
      this.#failure = error;
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
    };
    this.#worker.on("error", (cause) => fail(new SqliteFailure(`The database thread died: ${String(cause)}`, 0)));
    this.#worker.on("exit", () => fail(new SqliteFailure("The database is closed.", 21)));
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows = [], changes } = await this.run(sql, parameters);
    // node:sqlite makes one plain object per row, with the columns the query names.
    return { rows: rows as R[], ...(changes === undefined ? {} : { numAffectedRows: BigInt(changes) }) };
  }

  // biome-ignore lint/correctness/useYield: pages are read by key, so that no statement stays open
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("The store reads page by page and streams no query.");
  }

  async run(sql: string | null, parameters: readonly unknown[] = []): Promise<ThreadReply> {
    if (this.#failure !== undefined) throw this.#failure;
    const request: ThreadRequest = { id: this.#nextId++, sql, parameters };
    const reply = await new Promise<ThreadReply>((resolve, reject) => {
      this.#pending.set(request.id, { resolve, reject });
      // A statement under way keeps the process alive, an idle connection does not.
      this.#worker.ref();
      this.#worker.postMessage(request);
    });
    if (reply.error !== undefined) throw new SqliteFailure(reply.error.message, reply.error.errcode);
    return reply;
  }

  async close(): Promise<void> {
    if (this.#failure !== undefined) return;
    const exited = new Promise((resolve) => this.#worker.once("exit", resolve));
    await this.run(null);
    this.#worker.ref();
    await exited;
  }
}
