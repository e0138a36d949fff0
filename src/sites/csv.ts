/** Tables as CSV (RFC 4180) that spreadsheets open without running anything in them. */

export type CsvValue = string | number | boolean | null;

export interface CsvColumn<Row> {
  readonly name: string;
  value(row: Row): CsvValue;
}

/** A column of a table that may also be written in a format that keeps types, such as Apache Parquet. */
export interface TypedColumn<Row> extends CsvColumn<Row> {
  /** In Parquet's words; the text of a `TIMESTAMP` is ISO 8601. */
  readonly type: "STRING" | "INT32" | "DOUBLE" | "TIMESTAMP";
}

/** @returns a header and one line a row, each ended by CRLF. */
export function csvTable<Row>(columns: readonly CsvColumn<Row>[], rows: Iterable<Row>): string {
  const lines = [columns.map(({ name }) => csvField(name)).join(",")];
  for (const row of rows) lines.push(columns.map(({ value }) => csvField(value(row))).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function csvField(value: CsvValue): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  // A cell that begins so is a formula to a spreadsheet; the quote in front makes it text (OWASP, CSV injection).
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A problem in a line of a file that a person wrote. */
export interface CsvProblem {
  /** 1 is the first line of the file. */
  readonly line: number;
  readonly message: string;
}

/** A line of a file, or several where a quoted field holds line ends. */
export interface CsvRow {
  readonly line: number;
  readonly lastLine: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** What is wrong with a row; of one that goes over lines, which may be good ones behind an open quote, also how far. */
export function rowProblem({ line, lastLine }: Pick<CsvRow, "line" | "lastLine">, message: string): CsvProblem {
  const span = lastLine === line ? "" : ` It goes on to line ${lastLine}: is a quote left open?`;
  return { line, message: `${message}${span}` };
}

/**
 * Records of a CSV file with a header: comma or semicolon, quoted fields, any line ends, a byte order mark or none.
 * Broken lines are problems with their number; the others are read.
 */
export function parseCsv(text: string): {
  readonly rows: readonly CsvRow[];
  readonly problems: readonly CsvProblem[];
} {
  const records = csvRecords(text.replace(/^\uFEFF/, ""));
  const [head, ...rest] = records;
  if (head === undefined) return { rows: [], problems: [{ line: 1, message: "The file is empty." }] };
  const names = head.fields.map((name) => name.trim());
  const problems: CsvProblem[] = [];
  const rows: CsvRow[] = [];
  for (const { line, lastLine, fields, isOpen } of rest) {
    if (fields.length === 1 && fields[0]!.trim() === "") continue; // a blank line
    if (isOpen) problems.push({ line, message: `A quote is never closed; all lines to ${lastLine} are within it.` });
    else if (fields.length !== names.length) {
      problems.push(rowProblem({ line, lastLine }, `${fields.length} fields, where the header has ${names.length}.`));
    } else rows.push({ line, lastLine, fields: Object.fromEntries(names.map((name, i) => [name, fields[i]!.trim()])) });
  }
  return { rows, problems };
}

interface CsvRecord {
  readonly line: number;
  readonly lastLine: number;
  readonly fields: readonly string[];
  readonly isOpen: boolean;
}

function csvRecords(text: string): readonly CsvRecord[] {
  const firstLine = /^[^\r\n]*/.exec(text)![0]; // matches the empty text too
  const separator = firstLine.split(";").length > firstLine.split(",").length ? ";" : ",";
  const records: CsvRecord[] = [];
  let fields: string[] = [];
  let field = "";
  let isQuoted = false;
  let line = 1;
  let startLine = 1;
  const endRecord = (lastLine: number): void => {
    records.push({ line: startLine, lastLine, fields: [...fields, field], isOpen: isQuoted });
    fields = [];
    field = "";
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!; // below the length
    if (character === "\n") line++;
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') field += text[++i];
      else isQuoted = false;
    } else if (character === '"' && field.trim() === "") {
      isQuoted = true;
      field = "";
    } else if (character === separator) {
      fields.push(field);
      field = "";
    } else if (character === "\n") {
      endRecord(line - 1);
      startLine = line;
    } else if (character !== "\r") field += character;
  }
  if (field !== "" || fields.length > 0 || isQuoted) endRecord(line);
  return records;
}
