/**
 * A thread that owns one connection to an SQLite file and runs the statements it is sent, one after the other.
 * It knows no tables; sqlite-dialect.ts is its other side.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

export interface ThreadOptions {
  readonly file: string;
  readonly isReader: boolean;
  /** Set on opening, for tests of a full disk. */
  readonly pragmas: readonly string[];
}

export interface ThreadRequest {
  readonly id: number;
  /** Null: close, then answer. */
  readonly sql: string | null;
  readonly parameters: readonly unknown[];
}

export interface ThreadReply {
  readonly id: number;
  readonly rows?: unknown[];
  readonly changes?: number;
  readonly error?: { readonly message: string; readonly errcode: number };
}

/** Statements kept compiled: most are asked for again and again. */
const MAX_STATEMENTS = 300;

const { file, isReader, pragmas } = workerData as ThreadOptions;
const port = parentPort!; // this file is the entry of a worker thread
let database: DatabaseSync | undefined;
const statements = new Map<string, StatementSync>();

function open(): DatabaseSync {
  const opened = new DatabaseSync(file, { readOnly: isReader, timeout: 10_000, enableForeignKeyConstraints: true });
  if (!isReader) {
    opened.exec("pragma journal_mode = wal; pragma synchronous = full; pragma journal_size_limit = 67108864");
    // A larger page cache for the connection that keeps all the indexes up to date.
    opened.exec("pragma cache_size = -65536");
  } else {
    opened.exec("pragma cache_size = -32768");
  }
  opened.exec("pragma temp_store = memory; pragma mmap_size = 1073741824");
  for (const pragma of pragmas) opened.exec(pragma);
  return opened;
}

function run({ id, sql, parameters }: ThreadRequest): ThreadReply {
  if (sql === null) {
    statements.clear();
    database?.close();
    return { id };
  }
  database ??= open();
  // SQLite rolls back by itself after some failures: a full disk, an I/O error.
  if (sql === "rollback" && !database.isTransaction) return { id, rows: [] };
  const statement = prepared(database, sql);
  // Kysely hands over what this store binds: null, numbers and text.
  const values = parameters as SQLInputValue[];
  if (statement.columns().length > 0) return { id, rows: statement.all(...values) };
  return { id, rows: [], changes: Number(statement.run(...values).changes) };
}

function prepared(open: DatabaseSync, sql: string): StatementSync {
  let statement = statements.get(sql);
  if (statement === undefined) {
    statement = open.prepare(sql);
    if (statements.size >= MAX_STATEMENTS) statements.delete(statements.keys().next().value!);
  } else {
    statements.delete(sql);
  }
  statements.set(sql, statement);
  return statement;
}

port.on("message", (request: ThreadRequest) => {
  let reply: ThreadReply;
  try {
    reply = run(request);
  } catch (error) {
    const { message, errcode = 0 } = error as Error & { errcode?: number };
    reply = { id: request.id, error: { message, errcode } };
  }
  port.postMessage(reply);
  if (request.sql === null) port.close();
});
