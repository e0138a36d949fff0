/** Tables as Apache Parquet, which data frames and query engines open with their types. */
import type { TypedColumn } from "../sites/csv.ts";

/** @returns a whole file, compressed by Snappy. The writer is loaded at the first call. */
export async function parquetTable<Row>(
  columns: readonly TypedColumn<Row>[],
  rows: Iterable<Row>,
): Promise<Uint8Array<ArrayBuffer>> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const all = [...rows];
  const columnData = columns.map(({ name, type, value }) => {
    const data = all.map((row) => {
      const cell = value(row);
      return type === "TIMESTAMP" && cell !== null ? new Date(String(cell)) : cell;
    });
    return { name, type, data };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
