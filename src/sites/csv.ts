/** Tables as CSV (RFC 4180) that spreadsheets open without running anything in them. */

export type CsvValue = string | number | boolean | null;

export interface CsvColumn<Row> {
  readonly name: string;
  value(row: Row): CsvValue;
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

/**
 * Records of a CSV file with a header: comma or semicolon, quoted fields, any line ends, a byte order mark or none.
 * Broken lines are problems with their number; the others are read.
 */
export function parseCsv(text: string): {
  readonly rows: readonly { readonly line: number; readonly fields: Readonly<Record<string, string>> }[];
  readonly problems: readonly CsvProblem[];
} {
  const records = csvRecords(text.replace(/^\uFEFF/, ""));
  const [head, ...rest] = records;
  if (head === undefined) return { rows: [], problems: [{ line: 1, message: "The file is empty." }] };
  const names = head.fields.map((name) => name.trim());
  const problems: CsvProblem[] = [];
  const rows: { line: number; fields: Record<string, string> }[] = [];
  for (const { line, fields, isOpen } of rest) {
    if (fields.length === 1 && fields[0]!.trim() === "") continue; // a blank line
    if (isOpen) problems.push({ line, message: "A quote is never closed." });
    else if (fields.length !== names.length) {
      problems.push({ line, message: `${fields.length} fields, where the header has ${names.length}.` });
    } else rows.push({ line, fields: Object.fromEntries(names.map((name, i) => [name, fields[i]!.trim()])) });
  }
  return { rows, problems };
}

function csvRecords(text: string): { line: number; fields: string[]; isOpen: boolean }[] {
  const firstLine = /^[^\r\n]*/.exec(text)![0]; // matches the empty text too
  const separator = firstLine.split(";").length > firstLine.split(",").length ? ";" : ",";
  const records: { line: number; fields: string[]; isOpen: boolean }[] = [];
  let fields: string[] = [];
  let field = "";
  let isQuoted = false;
  let line = 1;
  let startLine = 1;
  const endRecord = (): void => {
    records.push({ line: startLine, fields: [...fields, field], isOpen: isQuoted });
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
      endRecord();
      startLine = line;
    } else if (character !== "\r") field += character;
  }
  if (field !== "" || fields.length > 0 || isQuoted) endRecord();
  return records;
}
