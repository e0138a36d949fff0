import assert from "node:assert/strict";
import { test } from "node:test";
import { parquetMetadata, parquetReadObjects, parquetSchema } from "hyparquet";
import { parquetTable } from "../../src/server/parquet.ts";
import type { TypedColumn } from "../../src/sites/csv.ts";

type Row = readonly [string, string, number | null];

const columns: readonly TypedColumn<Row>[] = [
  { name: "from", type: "TIMESTAMP", value: ([from]) => from },
  { name: "lane", type: "STRING", value: ([, lane]) => lane },
  { name: "vehicles", type: "INT32", value: ([, , vehicles]) => vehicles },
];

const tables: readonly { readonly name: string; readonly rows: readonly Row[] }[] = [
  { name: "no rows", rows: [] },
  { name: "nothing but nulls in a column", rows: [["2026-03-29T01:00:00.000Z", "1", null]] },
  {
    name: "nulls among values, and text that a spreadsheet would run",
    rows: [
      ["1970-01-01T00:00:00.000Z", "=1+1", 3],
      ["2026-11-28T12:34:56.789Z", 'Zürich, "A1"', null],
    ],
  },
  {
    name: "many rows",
    rows: Array.from({ length: 30_000 }, (_, i) => [new Date(i * 60_000).toISOString(), `${i % 3}`, i]),
  },
];
for (const { name, rows } of tables) {
  test(`Parquet holds ${name}`, async () => {
    const { buffer } = await parquetTable(columns, rows);
    const read = await parquetReadObjects({ file: buffer });
    assert.deepEqual(
      read.map(({ from, lane, vehicles }) => [from.toISOString(), lane, vehicles]),
      rows,
    );
  });
}

test("Parquet knows its columns' types, with rows or without", async () => {
  for (const rows of [[], [["2026-03-29T01:00:00.000Z", "1", 2]] as const]) {
    const schema = parquetSchema(parquetMetadata((await parquetTable(columns, rows)).buffer));
    assert.deepEqual(
      schema.children.map(({ element }) => [element.name, element.type, element.converted_type]),
      [
        ["from", "INT64", "TIMESTAMP_MILLIS"],
        ["lane", "BYTE_ARRAY", "UTF8"],
        ["vehicles", "INT32", undefined],
      ],
    );
  }
});
