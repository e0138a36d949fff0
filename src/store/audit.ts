/**
 * The audit: one line after the other, each hashed with a secret key over itself and the one before. Reason and details
 * are covered by a hash of their own, so that they can be blackened when a plate is forgotten and the chain still holds.
 */
import { createHash, randomBytes } from "node:crypto";
import { type Selectable, sql } from "kysely";
import { canonicalJson } from "../sites/canonical-json.ts";
import type { Audit, AuditEntry, AuditVerdict, NewAuditEntry } from "./account-types.ts";
import type { Database, Queries } from "./database.ts";
import { createId } from "./ids.ts";
import type { DatabaseKind } from "./migrations.ts";
import { pageLimit, readCursor, writeCursor } from "./page-cursor.ts";
import { normalisePlate } from "./plate-text.ts";
import type { StoreKeys } from "./store-keys.ts";
import type { Tables } from "./tables.ts";

type AuditRow = Selectable<Tables["audit"]>;

interface AuditContent {
  /** Keeps the hash of short contents from being guessed. */
  readonly salt: string;
  readonly reason: string | null;
  readonly details: unknown;
}

/** What stands before the first line. */
const NO_HASH = "0".repeat(64);
const VERIFY_ROWS = 1000;
const MAX_PROBLEMS = 20;
/** Any number, the same in every process. */
const LOCK_KEY = 7_201;

export function createAudit(database: Database, keys: StoreKeys, nowMs: () => number): Audit {
  return {
    append: (entry) => database.write((queries) => addAudit(database.kind, queries, keys, entry, nowMs())),
    page: ({ actor, action, target, fromMs, toMs }, { limit, cursor } = {}) =>
      database.read(async (queries) => {
        const rows = pageLimit(limit);
        const after = readCursor(cursor);
        let query = queries
          .selectFrom("audit")
          .selectAll()
          .orderBy("sequence", "desc")
          .limit(rows + 1);
        if (after !== null) query = query.where("sequence", "<", after.timeMs);
        if (actor !== undefined) query = query.where("actor", "=", actor);
        if (action !== undefined) {
          query = query.where(sql<string>`substr(action, 1, ${sql.lit(action.length)})`, "=", action);
        }
        if (target !== undefined) query = query.where("target", "=", target);
        if (fromMs !== undefined) query = query.where("time_ms", ">=", fromMs);
        if (toMs !== undefined) query = query.where("time_ms", "<", toMs);
        const found = (await query.execute()).map(auditEntry);
        const shown = found.slice(0, rows);
        const last = found.length > rows ? shown.at(-1) : undefined;
        return { rows: shown, nextCursor: last ? writeCursor({ timeMs: last.sequence, key: "0" }) : null };
      }),
    verify: (expectedHash) => verifyAudit(database, keys, expectedHash),
  };
}

/** In the caller's transaction. */
export async function addAudit(
  kind: DatabaseKind,
  queries: Queries,
  keys: StoreKeys,
  given: NewAuditEntry,
  now: number,
): Promise<AuditEntry> {
  // A chain grows at one end; SQLite has one writer anyway.
  if (kind === "postgres") await sql`select pg_advisory_xact_lock(${LOCK_KEY})`.execute(queries);
  const last = await queries
    .selectFrom("audit")
    .select(["sequence", "hash"])
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
  const content: AuditContent = {
    salt: randomBytes(16).toString("hex"),
    reason: given.reason ?? null,
    details: given.details ?? null,
  };
  const content_json = JSON.stringify(content);
  const plate = normalisePlate(given.plate ?? "");
  const row: Omit<AuditRow, "hash"> = {
    sequence: (last?.sequence ?? 0) + 1,
    id: createId(now),
    time_ms: now,
    actor: given.actor,
    action: given.action,
    target: given.target ?? null,
    address: given.address ?? null,
    content_json,
    content_hash: contentHash(content_json),
    plate_key: plate === "" ? null : keys.auditPlateKey(plate),
    previous_hash: last?.hash ?? NO_HASH,
  };
  const whole = { ...row, hash: lineHash(row, keys) };
  await queries.insertInto("audit").values(whole).execute();
  return auditEntry(whole);
}

/** Takes reason and details from lines that name a plate; returns how many. */
export async function blackenAudit(queries: Queries, plateKey: string): Promise<number> {
  const { numUpdatedRows } = await queries
    .updateTable("audit")
    .set({ content_json: null })
    .where("plate_key", "=", plateKey)
    .where("content_json", "is not", null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

function contentHash(contentJson: string): string {
  return createHash("sha256").update(contentJson).digest("hex");
}

function lineHash({ content_json: _, ...row }: Omit<AuditRow, "hash">, keys: StoreKeys): string {
  return keys.auditHash(canonicalJson(row));
}

function auditEntry(row: AuditRow): AuditEntry {
  const content = row.content_json === null ? null : (JSON.parse(row.content_json) as AuditContent);
  return {
    sequence: row.sequence,
    id: row.id,
    timeMs: row.time_ms,
    actor: row.actor,
    action: row.action,
    target: row.target,
    reason: content?.reason ?? null,
    address: row.address,
    details: content?.details ?? null,
    isRedacted: content === null,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}

async function verifyAudit(
  database: Database,
  keys: StoreKeys,
  expectedHash: string | undefined,
): Promise<AuditVerdict> {
  let isExpectedFound = expectedHash === undefined;
  const problems: string[] = [];
  let entries = 0;
  let redacted = 0;
  let sequence = 0;
  let previousHash = NO_HASH;
  for (;;) {
    const rows = await database.read((queries) =>
      queries
        .selectFrom("audit")
        .selectAll()
        .where("sequence", ">", sequence)
        .orderBy("sequence")
        .limit(VERIFY_ROWS)
        .execute(),
    );
    for (const row of rows) {
      const { hash, ...line } = row;
      const missing = row.sequence - sequence - 1;
      if (missing > 0) problems.push(`Before entry ${row.sequence}, ${missing} are missing.`);
      else if (row.previous_hash !== previousHash)
        problems.push(`Entry ${row.sequence} does not follow the one before it.`);
      if (lineHash(line, keys) !== hash) problems.push(`Entry ${row.sequence} was changed.`);
      if (row.content_json === null) redacted++;
      else if (contentHash(row.content_json) !== row.content_hash) {
        problems.push(`Reason or details of entry ${row.sequence} were changed.`);
      }
      if (hash === expectedHash) isExpectedFound = true;
      entries++;
      sequence = row.sequence;
      previousHash = hash;
    }
    if (rows.length < VERIFY_ROWS) break;
  }
  if (!isExpectedFound)
    problems.push(`No entry has the hash ${expectedHash}: the end was cut off, or it is of another store.`);
  return {
    isWhole: problems.length === 0,
    entries,
    redacted,
    lastHash: entries === 0 ? null : previousHash,
    problems: problems.slice(0, MAX_PROBLEMS),
  };
}
