/** What a database says went wrong, as PlateKit's errors. */
import { type ErrorCode, PlateKitError } from "../core/errors.ts";

/** An error of SQLite, as it comes from its thread. */
export class SqliteFailure extends Error {
  /** SQLite's result code, extended. */
  readonly errcode: number;

  constructor(message: string, errcode: number) {
    super(message);
    this.name = "SqliteFailure";
    this.errcode = errcode;
  }
}

type StoreErrorCode = Extract<ErrorCode, `STORE_${string}`>;

/** Primary result codes, https://sqlite.org/rescode.html. */
const SQLITE_CODES: Readonly<Record<number, StoreErrorCode>> = {
  5: "STORE_UNAVAILABLE", // busy
  6: "STORE_UNAVAILABLE", // locked
  8: "STORE_UNAVAILABLE", // read-only
  10: "STORE_UNAVAILABLE", // I/O error
  11: "STORE_CORRUPT",
  13: "STORE_FULL",
  14: "STORE_UNAVAILABLE", // can't open
  21: "STORE_CLOSED", // misuse: closed
  26: "STORE_CORRUPT", // not a database
};

const SQLITE_FULL_IO = 778; // SQLITE_IOERR_WRITE: ENOSPC shows as this on some file systems

/** SQLSTATE classes and codes, https://www.postgresql.org/docs/15/errcodes-appendix.html. */
function postgresCode(state: string): StoreErrorCode | null {
  if (state === "53100") return "STORE_FULL";
  if (state === "23505") return "STORE_CONFLICT";
  if (state.startsWith("23")) return "STORE_INVALID";
  if (state === "40001" || state === "40P01" || state === "55P03") return "STORE_UNAVAILABLE";
  if (state === "XX001" || state === "XX002") return "STORE_CORRUPT";
  if (state.startsWith("22")) return "STORE_INVALID"; // a value that the column can not hold
  if (/^(08|53|57|58|28|3D)/.test(state)) return "STORE_UNAVAILABLE";
  return null;
}

const NETWORK_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "EAI_AGAIN",
]);

const ADVICE: Readonly<Record<StoreErrorCode, string>> = {
  STORE_UNAVAILABLE: "Nothing is lost that was acknowledged; it is tried again by itself.",
  STORE_FULL: "Nothing was written. Free disk space or shorten retention.",
  STORE_INVALID: "Nothing was written.",
  STORE_CONFLICT: "Nothing was written. Load it again and choose another name or repeat the change.",
  STORE_CORRUPT: "Stop, copy the data folder, and restore the latest backup.",
  STORE_CLOSED: "Open the store again.",
};

/** The error to throw for what a query threw. Bugs pass as they are. */
export function storeError(error: unknown): unknown {
  if (error instanceof PlateKitError || !(error instanceof Error)) return error;
  const code = codeOf(error);
  if (code === null) return error;
  return new PlateKitError(code, `The database refused: ${oneLine(error.message)}. ${ADVICE[code]}`, { cause: error });
}

function codeOf(error: Error): StoreErrorCode | null {
  if (error instanceof SqliteFailure) {
    const { errcode } = error;
    if (errcode === 2067 || errcode === 1555) return "STORE_CONFLICT"; // unique, primary key
    if ((errcode & 0xff) === 19) return "STORE_INVALID";
    if (errcode === SQLITE_FULL_IO) return "STORE_FULL";
    return SQLITE_CODES[errcode & 0xff] ?? null;
  }
  const { code } = error as Error & { code?: unknown };
  if (typeof code === "string") {
    if (NETWORK_CODES.has(code)) return "STORE_UNAVAILABLE";
    if (/^[0-9A-Z]{5}$/.test(code)) return postgresCode(code);
  }
  if (
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered|Cannot use a pool after)/.test(
      error.message,
    )
  ) {
    return "STORE_UNAVAILABLE";
  }
  if (/driver has already been destroyed/.test(error.message)) return "STORE_CLOSED";
  return null;
}

/** Rolled back by the database in favour of another: the same again may well succeed. */
export function isWorthRepeating(error: unknown): boolean {
  const cause = (error instanceof PlateKitError ? error.cause : error) as { code?: unknown } | undefined;
  const code = cause?.code;
  return code === "40001" || code === "40P01";
}

function oneLine(message: string): string {
  return message.replace(/\s+/g, " ").replace(/\.$/, "");
}
