/**
 * Rows that are set up by hand, as a table each: what is searched or must be unique is a column, the rest one JSON
 * text, so that a new field needs no migration. Changes count the revision up, in the statement that makes them.
 */
import { sql } from "kysely";
import { PlateKitError } from "../core/errors.ts";
import type { Database, Queries } from "./database.ts";
import { createId } from "./ids.ts";
import type { Collection, New, Row } from "./registry-types.ts";

/** A value as both databases hold it. */
export type Cell = string | number | null;

export interface CollectionSpec<T extends Row, Filter> {
  readonly table: string;
  /** Columns of their own, from a row and back; the fields named are kept out of the JSON. */
  readonly columns: Readonly<Record<string, (row: Omit<T, keyof Row>) => Cell>>;
  readonly fields: Readonly<Partial<Record<keyof T & string, (cells: Readonly<Record<string, Cell>>) => unknown>>>;
  /** For fields that older rows lack. */
  readonly defaults?: Partial<Omit<T, keyof Row>>;
  /** Column values that a filter asks for. */
  readonly filter?: (filter: Filter) => Readonly<Record<string, Cell>>;
  /** Further condition of every listing. */
  readonly isListed?: string;
  /** Runs in the transaction of every change. */
  readonly onChange?: (queries: Queries) => Promise<void>;
}

const ROW_FIELDS = new Set(["id", "revision", "createdAtMs", "updatedAtMs"]);

export function collection<T extends Row, Filter = Record<never, never>>(
  database: Database,
  nowMs: () => number,
  spec: CollectionSpec<T, Filter>,
): Collection<T, Filter> {
  const table = sql.table(spec.table);
  const columnNames = Object.keys(spec.columns);

  const cellsOf = (row: Omit<T, keyof Row>): Record<string, Cell> => {
    const rest = Object.fromEntries(
      Object.entries(row).filter(([key]) => !ROW_FIELDS.has(key) && !(key in spec.fields)),
    );
    return {
      ...Object.fromEntries(columnNames.map((column) => [column, spec.columns[column]!(row)])),
      rest_json: JSON.stringify(rest),
    };
  };
  const find = async (queries: Queries, id: string): Promise<T | null> => {
    const { rows } = await sql<Record<string, Cell>>`select * from ${table} where id = ${id}`.execute(queries);
    return rows[0] === undefined ? null : rowOf(rows[0], spec);
  };

  return {
    create: (given) =>
      database.write(async (queries) => {
        const now = nowMs();
        const { id = createId(now), ...row } = given as New<T> & { id?: string };
        const cells = {
          id,
          revision: 1,
          created_at_ms: now,
          updated_at_ms: now,
          ...cellsOf(row as Omit<T, keyof Row>),
        };
        await insertRow(queries, spec.table, cells);
        await spec.onChange?.(queries);
        return rowOf<T, Filter>(cells, spec);
      }),
    get: (id) => database.read((queries) => find(queries, id)),
    list: (filter) =>
      database.read(async (queries) => {
        const wanted = filter === undefined ? {} : (spec.filter?.(filter) ?? {});
        const conditions = [
          sql.raw(spec.isListed ?? "1 = 1"),
          ...Object.entries(wanted).map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
        ];
        const { rows } = await sql<
          Record<string, Cell>
        >`select * from ${table} where ${sql.join(conditions, sql` and `)}
          order by created_at_ms, id`.execute(queries);
        return rows.map((cells) => rowOf(cells, spec));
      }),
    update: (id, patch, ifRevision) =>
      database.write(async (queries) => {
        const before = await find(queries, id);
        if (before === null) return null;
        checkRevision(before, ifRevision);
        const cells = {
          ...cellsOf({ ...before, ...defined(patch) }),
          revision: before.revision + 1,
          updated_at_ms: nowMs(),
        };
        const changes = Object.entries(cells).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
        const { rows } = await sql<Record<string, Cell>>`update ${table} set ${sql.join(changes)}
          where id = ${id} and revision = ${before.revision} returning *`.execute(queries);
        // PostgreSQL lets another transaction in between the two statements.
        if (rows[0] === undefined) throw changed(id);
        await spec.onChange?.(queries);
        return rowOf<T, Filter>(rows[0], spec);
      }),
    remove: (id, ifRevision) =>
      database.write(async (queries) => {
        const before = await find(queries, id);
        if (before === null) return false;
        checkRevision(before, ifRevision);
        await sql`delete from ${table} where id = ${id}`.execute(queries);
        await spec.onChange?.(queries);
        return true;
      }),
  };
}

/** A row from its columns. */
export function rowOf<T extends Row, Filter>(
  cells: Readonly<Record<string, Cell>>,
  spec: CollectionSpec<T, Filter>,
): T {
  const fields = Object.fromEntries(
    Object.entries(spec.fields).map(([field, read]) => [
      field,
      (read as (cells: Readonly<Record<string, Cell>>) => unknown)(cells),
    ]),
  );
  return {
    ...spec.defaults,
    ...(JSON.parse(String(cells.rest_json)) as object),
    ...fields,
    id: cells.id,
    revision: cells.revision,
    createdAtMs: cells.created_at_ms,
    updatedAtMs: cells.updated_at_ms,
  } as T; // what the JSON holds was a T when it was written
}

export async function insertRow(queries: Queries, table: string, cells: Readonly<Record<string, Cell>>): Promise<void> {
  const names = Object.keys(cells).map((name) => sql.ref(name));
  await sql`insert into ${sql.table(table)} (${sql.join(names)}) values (${sql.join(Object.values(cells))})`.execute(
    queries,
  );
}

/** Without the fields that are undefined, which would hide what was there. */
function defined<T extends object>(patch: T): T {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as T;
}

function checkRevision(row: Row, ifRevision: number | undefined): void {
  if (ifRevision !== undefined && ifRevision !== row.revision) throw changed(row.id);
}

function changed(id: string): PlateKitError {
  return new PlateKitError("STORE_CONFLICT", `${id} was changed meanwhile. Load it again and repeat the change.`);
}

/** 1 or 0, as both databases keep a boolean. */
export function flag(value: boolean): number {
  return value ? 1 : 0;
}
