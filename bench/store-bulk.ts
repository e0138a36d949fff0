/** Writes millions of rows past the store: SQLite by one prepared statement a table, PostgreSQL by COPY through psql. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { SQLITE_FILE } from "../src/store/database.ts";

export type BulkValue = string | number | null | undefined;

export interface BulkTable {
  /** Values in the order of the columns. */
  add(row: readonly BulkValue[]): void;
}

export interface BulkLoad {
  /** Indexes that the tables' keys don't need; `createIndexes` makes the same again. */
  dropIndexes(tables: readonly string[]): Promise<void>;
  createIndexes(): Promise<void>;
  /** Rows must come in the order of its key, or be few. */
  table(name: string, columns: readonly string[]): BulkTable;
  /** Rows in any order, also more than once: they are sorted by all columns before they go in. */
  unsortedTable(name: string, columns: readonly string[]): BulkTable;
  /** To be awaited every some thousand rows, so that they don't pile up in memory. */
  settle(): Promise<void>;
  /** All rows are in; tables given out are done with. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

export async function openBulkLoad(directory: string, url: string | undefined): Promise<BulkLoad> {
  return url === undefined ? sqliteLoad(join(directory, SQLITE_FILE)) : postgresLoad(url);
}

/** A filling that breaks off leaves nothing of use, so nothing waits for the disk. */
function sqliteLoad(file: string): BulkLoad {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  database.exec("pragma journal_mode = memory; pragma synchronous = off; pragma cache_size = -1048576; begin");
  const dropped: string[] = [];
  const unsorted: [name: string, columns: readonly string[]][] = [];
  const table = (name: string, columns: readonly string[]): BulkTable => {
    const statement: StatementSync = database.prepare(
      `insert into ${name} (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`,
    );
    return { add: (row) => statement.run(...row.map((value) => value ?? null)) };
  };
  return {
    async dropIndexes(tables) {
      const rows = database
        .prepare("select name, tbl_name, sql from sqlite_master where type = 'index' and sql is not null")
        .all() as { name: string; tbl_name: string; sql: string }[];
      for (const { name, tbl_name, sql } of rows) {
        if (!tables.includes(tbl_name)) continue;
        dropped.push(sql);
        database.exec(`drop index ${name}`);
      }
    },
    async createIndexes() {
      for (const sql of dropped) database.exec(sql);
    },
    table,
    unsortedTable(name, columns) {
      database.exec(`create table fill_${name} (${columns.join(", ")})`);
      unsorted.push([name, columns]);
      return table(`fill_${name}`, columns);
    },
    async settle() {},
    async finish() {
      for (const [name, columns] of unsorted.splice(0)) {
        database.exec(`${sortedInsert(name, columns)}; drop table fill_${name}`);
      }
    },
    async close() {
      database.exec("commit; pragma journal_mode = wal");
      database.close();
    },
  };
}

function sortedInsert(name: string, columns: readonly string[]): string {
  const named = columns.join(", ");
  return `insert into ${name} (${named}) select distinct ${named} from fill_${name} order by ${named}`;
}

/** Foreign keys are not asked for each row, which the role of a replica allows a superuser. */
const SESSION = "set session_replication_role = replica; set maintenance_work_mem = '1GB'; set work_mem = '512MB';";

function postgresLoad(url: string): BulkLoad {
  const dropped: string[] = [];
  const unsorted: [name: string, columns: readonly string[]][] = [];
  const open: Psql[] = [];
  const table = (name: string, columns: readonly string[], before = ""): BulkTable => {
    const copy = startPsql(url, [before, `copy ${name} (${columns.join(", ")}) from stdin`]);
    open.push(copy);
    return { add: (row) => copy.write(`${row.map(copyText).join("\t")}\n`) };
  };
  const run = (sql: string): Promise<string> => startPsql(url, [sql]).end();
  return {
    async dropIndexes(tables) {
      const named = tables.map((name) => `'${name}'`).join(", ");
      const lines = await run(`select indexname || ' ' || indexdef from pg_indexes where tablename in (${named})
        and indexname not in (select conname from pg_constraint)`);
      for (const line of lines.split("\n").filter((text) => text !== "")) {
        dropped.push(line.slice(line.indexOf(" ") + 1));
        await run(`drop index ${line.slice(0, line.indexOf(" "))}`);
      }
    },
    async createIndexes() {
      for (const sql of dropped) await run(sql);
      await run("select setval(pg_get_serial_sequence('passage', 'seq'), (select max(seq) from passage))");
      await run("vacuum analyze");
    },
    table,
    unsortedTable(name, columns) {
      unsorted.push([name, columns]);
      const typed = columns.map((column) => `${column} text collate "C"`).join(", ");
      return table(`fill_${name}`, columns, `create unlogged table fill_${name} (${typed})`);
    },
    async settle() {
      for (const copy of open) await copy.settle();
    },
    async finish() {
      for (const copy of open.splice(0)) await copy.end();
      for (const [name, columns] of unsorted.splice(0)) {
        await run(sortedInsert(name, columns));
        await run(`drop table fill_${name}`);
      }
    },
    async close() {},
  };
}

/** As COPY takes it. */
function copyText(value: BulkValue): string {
  if (value === null || value === undefined) return "\\N";
  return typeof value === "number" ? String(value) : value.replace(/[\\\t\n\r]/g, (sign) => COPY_ESCAPES[sign]!);
}

const COPY_ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

interface Psql {
  write(text: string): void;
  settle(): Promise<void>;
  /** What it printed. @throws Error when it failed. */
  end(): Promise<string>;
}

function startPsql(url: string, statements: readonly string[]): Psql {
  const commands = [SESSION, ...statements].filter((sql) => sql !== "").flatMap((sql) => ["-c", sql]);
  const child = spawn("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", ...commands, url], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const exited = once(child, "exit") as Promise<[code: number | null]>;
  child.stdin.on("error", () => {}); // it ended early: `end` says so
  let waiting = "";
  const flush = (): boolean => {
    const text = waiting;
    waiting = "";
    return text === "" || child.stdin.write(text);
  };
  return {
    write(text) {
      waiting += text;
    },
    async settle() {
      if (!flush() && child.exitCode === null) await Promise.race([once(child.stdin, "drain"), exited]);
    },
    async end() {
      flush();
      child.stdin.end();
      const [code] = await exited;
      if (code !== 0) throw new Error(`psql failed with ${code}: ${statements.join("; ")}`);
      return printed;
    },
  };
}
