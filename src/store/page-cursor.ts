/** Where a page ends and the next begins: a time and what tells rows of one time apart, opaque to callers. */
import { PlateKitError } from "../core/errors.ts";

export interface CursorPlace {
  readonly timeMs: number;
  /** A row's number or id. */
  readonly key: string;
}

export const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

export function writeCursor({ timeMs, key }: CursorPlace): string {
  return Buffer.from(`${timeMs} ${key}`).toString("base64url");
}

/** @throws PlateKitError STORE_INVALID for what writeCursor has not written. */
export function readCursor(cursor: string | null | undefined): CursorPlace | null {
  if (cursor === null || cursor === undefined || cursor === "") return null;
  const match = /^(-?\d{1,16}) ([!-~]{1,400})$/.exec(Buffer.from(cursor, "base64url").toString());
  if (match === null) {
    throw new PlateKitError("STORE_INVALID", `The cursor "${cursor.slice(0, 40)}" is of no page. Begin at the first.`);
  }
  return { timeMs: Number(match[1]), key: match[2]! };
}

export function pageLimit(limit: number | undefined): number {
  if (limit === undefined) return DEFAULT_LIMIT;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new PlateKitError("STORE_INVALID", `A page has 1 to ${MAX_LIMIT} rows, found ${limit}.`);
  }
  return limit;
}
