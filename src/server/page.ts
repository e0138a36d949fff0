/** Pages of collections that the store hands out whole: users, cameras, lists. The cursor is the last id of the page before. */
import { RequestProblem } from "./problem.ts";

/** @param rows in the order of their ids. */
export function pageOfRows<Row extends { readonly id: string }>(
  rows: readonly Row[],
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): { readonly rows: readonly Row[]; readonly next: string | null } {
  const start = cursor === undefined ? 0 : rows.findIndex(({ id }) => id > cursorId(cursor));
  const page = start < 0 ? [] : rows.slice(start, start + limit);
  const isLast = start < 0 || start + limit >= rows.length;
  return { rows: page, next: isLast ? null : Buffer.from(page.at(-1)!.id).toString("base64url") }; // not empty
}

/** @throws RequestProblem 400. */
function cursorId(cursor: string): string {
  const id = Buffer.from(cursor, "base64url").toString();
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(id)) {
    throw new RequestProblem(400, "CURSOR_INVALID", "This cursor is of no page; begin without one.");
  }
  return id;
}
