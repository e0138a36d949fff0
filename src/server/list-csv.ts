/** Entries of a list as CSV, both ways: with the number of every line that is wrong. */
import { type CsvColumn, type CsvProblem, csvTable, parseCsv, rowProblem } from "../sites/csv.ts";
import type { ListEntry, New } from "../store/types.ts";
import { plainIssue } from "./plain-issue.ts";
import { createEntryBody } from "./schemas/lists.ts";

export type EntryDraft = Omit<New<ListEntry>, "id" | "listId">;

export interface DraftLine {
  readonly line: number;
  readonly entry: EntryDraft;
}

/** Lines looked at; more are a problem of their own. */
export const MAX_IMPORT_LINES = 100_000;

const COLUMNS: readonly CsvColumn<EntryDraft>[] = [
  { name: "text", value: ({ text }) => text },
  { name: "label", value: ({ label }) => label },
  { name: "note", value: ({ note }) => note },
  { name: "validFrom", value: ({ validFromMs }) => isoOrNull(validFromMs) },
  { name: "validTo", value: ({ validToMs }) => isoOrNull(validToMs) },
  { name: "wildcard", value: ({ isWildcard }) => isWildcard },
  { name: "lookAlike", value: ({ isLookAlike }) => isLookAlike },
];

export function entriesCsv(entries: Iterable<ListEntry>): string {
  return csvTable(COLUMNS, entries);
}

/**
 * What a line of a file does, in the names of its columns: `Flat 3, validTo 2027-01-01, wildcard` for a new entry, and
 * `validTo – → 2027-01-01` for one that is there; empty when nothing changes.
 */
export function entryDetail(before: EntryDraft | undefined, after: EntryDraft): string {
  const parts = COLUMNS.slice(1).flatMap(({ name, value }) => {
    const is = value(after) ?? "";
    if (before === undefined) {
      if (is === "" || is === false) return [];
      return [is === true ? name : name === "label" ? String(is) : `${name} ${shortly(is)}`];
    }
    const was = value(before) ?? "";
    return was === is ? [] : [`${name} ${shortly(was)} → ${shortly(is)}`];
  });
  return parts.join(", ");
}

function shortly(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === "" ? "–" : String(value).replace(/T00:00:00\.000Z$/, "");
}

/** Other words for our columns, lower case without spaces. */
const NAMES: Readonly<Record<string, string>> = {
  text: "text",
  plate: "text",
  licenceplate: "text",
  licenseplate: "text",
  kennzeichen: "text",
  label: "label",
  name: "label",
  note: "note",
  notes: "note",
  comment: "note",
  validfrom: "validFrom",
  from: "validFrom",
  validto: "validTo",
  to: "validTo",
  validuntil: "validTo",
  expires: "validTo",
  wildcard: "wildcard",
  lookalike: "lookAlike",
};

/** Every line as an entry or as a problem; of a plate that comes twice, the second line is a problem. */
export function entriesOfCsv(
  csv: string,
  createdBy: string,
): { entries: readonly DraftLine[]; problems: readonly CsvProblem[] } {
  const { rows, problems: broken } = parseCsv(csv);
  const problems: CsvProblem[] = [...broken];
  const entries: DraftLine[] = [];
  const lines = new Map<string, number>();
  if (rows.length > MAX_IMPORT_LINES) {
    return { entries: [], problems: [{ line: MAX_IMPORT_LINES + 2, message: `More than ${MAX_IMPORT_LINES} lines.` }] };
  }
  if (rows.length > 0 && !Object.keys(rows[0]!.fields).some((name) => columnOf(name) === "text")) {
    return { entries: [], problems: [{ line: 1, message: 'The header needs a column "text" or "plate".' }] };
  }
  for (const row of rows) {
    const { line } = row;
    const parsed = entryOfFields(row.fields, createdBy);
    if (typeof parsed === "string") problems.push(rowProblem(row, parsed));
    else {
      const earlier = lines.get(parsed.text);
      if (earlier !== undefined) problems.push(rowProblem(row, `${parsed.text} stands in line ${earlier} already.`));
      else {
        lines.set(parsed.text, line);
        entries.push({ line, entry: parsed });
      }
    }
  }
  return { entries, problems: problems.sort((a, b) => a.line - b.line) };
}

function columnOf(name: string): string | undefined {
  return NAMES[name.toLowerCase().replace(/[\s_-]/g, "")];
}

/** @returns what is wrong, in words, when something is. */
function entryOfFields(fields: Readonly<Record<string, string>>, createdBy: string): EntryDraft | string {
  const named = new Map(
    Object.entries(fields).flatMap(([name, value]) => {
      const column = columnOf(name);
      return column === undefined ? [] : [[column, value.trim()] as const];
    }),
  );
  const text = unquoted(named.get("text") ?? "");
  const [validFromMs, validToMs] = [timeOf(named.get("validFrom")), timeOf(named.get("validTo"))];
  if (validFromMs === undefined)
    return `"${named.get("validFrom")}" is no time; write 2026-11-22 or 2026-11-22T08:00Z.`;
  if (validToMs === undefined) return `"${named.get("validTo")}" is no time; write 2026-11-22 or 2026-11-22T08:00Z.`;
  if (validFromMs !== null && validToMs !== null && validFromMs >= validToMs)
    return "validTo does not lie after validFrom.";
  const wildcard = flagOf(named.get("wildcard"));
  const lookAlike = flagOf(named.get("lookAlike"));
  if (wildcard === undefined) return `wildcard must be true or false, found "${named.get("wildcard")}".`;
  if (lookAlike === undefined) return `lookAlike must be true or false, found "${named.get("lookAlike")}".`;
  if (text.trim() === "") return "The plate is missing.";
  const parsed = createEntryBody.safeParse({
    ...{ text, validFromMs, validToMs, wildcard, lookAlike },
    label: unquoted(named.get("label") ?? "") || null,
    note: unquoted(named.get("note") ?? ""),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue === undefined) return "The line does not fit.";
    const { path, code: keyword, message, ...params } = issue;
    return `${path.join(".")} ${plainIssue({ keyword, message, params })}.`;
  }
  const plate = entryText(text, wildcard);
  if (plate === null)
    return `"${text}" is no plate: letters and digits are needed${wildcard ? "" : "; ? and * only with wildcard"}.`;
  return {
    ...{ text: plate, validFromMs, validToMs, createdBy },
    isWildcard: wildcard,
    isLookAlike: lookAlike,
    label: parsed.data.label,
    note: parsed.data.note || null,
  };
}

/** A plate as lists hold it; null when nothing is left, or of a pattern nothing but stars. */
export function entryText(text: string, isWildcard: boolean): string | null {
  const upper = text.normalize("NFKC").toUpperCase();
  if (!isWildcard && /[?*]/.test(upper)) return null;
  const plain = upper.replace(isWildcard ? /[^\p{L}\p{N}?*]/gu : /[^\p{L}\p{N}]/gu, "");
  return /[\p{L}\p{N}?]/u.test(plain) ? plain : null;
}

/** Our own export puts a quote before what a spreadsheet would take for a formula. */
function unquoted(text: string): string {
  return /^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text;
}

/** Null: none; undefined: not understood. A day alone is its first moment, UTC. */
function timeOf(text: string | undefined): number | null | undefined {
  if (text === undefined || text === "") return null;
  const timeMs = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(text)
    ? Date.parse(/[T ]/.test(text) && !/(Z|[+-]\d\d:?\d\d)$/.test(text) ? `${text}Z` : text)
    : Number.NaN;
  return Number.isNaN(timeMs) || timeMs < 0 ? undefined : timeMs;
}

function flagOf(text: string | undefined): boolean | undefined {
  const plain = (text ?? "").toLowerCase();
  if (["", "false", "no", "0", "off"].includes(plain)) return false;
  return ["true", "yes", "1", "on"].includes(plain) ? true : undefined;
}

function isoOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString();
}
