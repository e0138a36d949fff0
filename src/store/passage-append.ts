/**
 * Takes passages in: the row with everything that hangs on it, in one transaction. Callers that come while one is under
 * way share the next, so that many passages cost one wait for the disk.
 */
import { sql } from "kysely";
import { PlateKitError } from "../core/errors.ts";
import type { Database, Queries } from "./database.ts";
import { deliveryRow } from "./delivery-rows.ts";
import { createId } from "./ids.ts";
import { draftPassage, fetchPassages, type PassageDraft, storedPassage } from "./passage-rows.ts";
import type { Appended, NewPassage } from "./passage-types.ts";
import { isPictureHash, type PictureFiles } from "./picture-files.ts";
import { addPlates } from "./plate-register.ts";
import { addToInbox } from "./site-records.ts";
import type { StoreKeys } from "./store-keys.ts";
import type { Tables } from "./tables.ts";

/** Passages per transaction: above it the wait for the disk no longer weighs. */
const MAX_BATCH = 64;

/** Statistics count in half hours: whole hours of nearly every time zone are made of them. */
export const BIN_MS = 1_800_000;

export interface AppendContext {
  readonly database: Database;
  readonly keys: StoreKeys;
  readonly files: PictureFiles;
  readonly nowMs: () => number;
}

interface Waiting {
  readonly draft: PassageDraft;
  readonly pictures: readonly { readonly hash: string; readonly bytes: number }[];
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** One function that appends; it is to be the only one of its store. */
export function createAppend({
  database,
  keys,
  files,
  nowMs,
}: AppendContext): (given: NewPassage) => Promise<Appended> {
  const queue: Waiting[] = [];
  let isRunning = false;

  const drain = async (): Promise<void> => {
    isRunning = true;
    while (queue.length > 0) await appendBatch(database, queue.splice(0, MAX_BATCH), nowMs);
    isRunning = false;
  };

  return async (given) => {
    const hashes = new Set([given.pictures?.crop, given.pictures?.frame].filter((hash) => typeof hash === "string"));
    const pictures = await Promise.all(
      [...hashes].map(async (hash) => {
        const bytes = isPictureHash(hash) ? await files.size(hash) : null;
        if (bytes === null) throw new PlateKitError("STORE_INVALID", `There is no picture ${hash}: put it first.`);
        return { hash, bytes };
      }),
    );
    const bytes = pictures.reduce((sum, picture) => sum + picture.bytes, 0);
    const draft = draftPassage(given, keys.hashPlate, nowMs(), bytes);
    return new Promise((resolve, reject) => {
      queue.push({ draft, pictures, resolve, reject });
      if (!isRunning) void drain();
    });
  };
}

async function appendBatch(database: Database, batch: readonly Waiting[], nowMs: () => number): Promise<void> {
  try {
    const appended = await database.write((queries) => writeBatch(queries, batch, nowMs()));
    for (const [i, { resolve }] of batch.entries()) resolve(appended[i]!); // one for each, in order
  } catch (error) {
    const isOnesFault = error instanceof PlateKitError && /^STORE_(INVALID|CONFLICT)$/.test(error.code);
    if (batch.length === 1 || !isOnesFault) {
      for (const { reject } of batch) reject(error);
      return;
    }
    // One of them is at fault; the others must not suffer for it.
    for (const waiting of batch) await appendBatch(database, [waiting], nowMs);
  }
}

async function writeBatch(queries: Queries, batch: readonly Waiting[], now: number): Promise<readonly Appended[]> {
  const ids = batch.map(({ draft }) => draft.row.id);
  const known = await queries.selectFrom("passage").select(["id", "seq"]).where("id", "in", ids).execute();
  const knownSeqs = new Map(known.map(({ id, seq }) => [id, seq]));
  const fresh = new Map<string, Waiting>();
  for (const waiting of batch) {
    const { id } = waiting.draft.row;
    if (!knownSeqs.has(id) && !fresh.has(id)) fresh.set(id, waiting);
  }
  if (fresh.size > 0) await writeFresh(queries, [...fresh.values()], now);

  const stored = await fetchPassages(queries, [...knownSeqs.values()]);
  const storedById = new Map(stored.map((passage) => [passage.id, passage]));
  return batch.map((waiting) => {
    const { row, restJson } = waiting.draft;
    const before = storedById.get(row.id);
    if (before !== undefined) return { isNew: false, passage: before };
    return { isNew: fresh.get(row.id) === waiting, passage: storedPassage({ ...EMPTY, ...row }, restJson) };
  });
}

/** Columns that may be left out of an insert. */
const EMPTY = {
  site_id: null,
  corrected_text: null,
  display: null,
  region_confidence: null,
  direction: null,
  crop: null,
  frame: null,
  hold_note: null,
  held_by: null,
};

async function writeFresh(queries: Queries, fresh: readonly Waiting[], now: number): Promise<void> {
  const drafts = fresh.map(({ draft }) => draft);
  await referPictures(
    queries,
    fresh.flatMap(({ pictures }) => pictures),
  );
  const inserted = await queries
    .insertInto("passage")
    .values(drafts.map(({ row }) => row))
    .returning(["id", "seq"])
    .execute();
  const seqs = new Map(inserted.map(({ id, seq }) => [id, seq]));
  const seqOf = ({ row }: PassageDraft): number => seqs.get(row.id)!; // every row given comes back
  await queries
    .insertInto("passage_detail")
    .values(drafts.map((draft) => ({ seq: seqOf(draft), rest_json: draft.restJson, reads_json: draft.readsJson })))
    .execute();
  await addPlates(
    queries,
    drafts.map(({ row }) => ({ plate: row.plate, passages: 1, firstMs: row.time_ms, lastMs: row.time_ms })),
  );
  await insertAll(
    queries,
    "passage_list",
    drafts.flatMap((draft) =>
      [...new Set((draft.given.listHits ?? []).map(({ listId }) => listId))].map((list_id) => ({
        list_id,
        time_ms: draft.row.time_ms,
        seq: seqOf(draft),
      })),
    ),
  );
  await addToInbox(queries, drafts.filter(({ row }) => row.site_id != null).map(seqOf));
  await countPassages(queries, drafts);
  await insertAll(
    queries,
    "alert",
    drafts.flatMap((draft) => alertRows(draft, now)),
  );
  await insertAll(
    queries,
    "delivery",
    drafts.flatMap(({ given, row }) => (given.deliveries ?? []).map((delivery) => deliveryRow(delivery, row.id, now))),
  );
}

function alertRows({ given, row }: PassageDraft, now: number): Tables["alert"][] {
  return (given.alerts ?? []).map((alert) => ({
    id: alert.id ?? createId(now),
    rule_id: alert.ruleId,
    rule_name: alert.ruleName,
    passage_id: row.id,
    camera_id: row.camera_id,
    text: row.text,
    plate: row.plate,
    reason: alert.reason,
    time_ms: row.time_ms,
    acknowledged_at_ms: null,
    acknowledged_by: null,
    note: null,
  }));
}

async function insertAll<Name extends "passage_list" | "alert" | "delivery">(
  queries: Queries,
  table: Name,
  rows: readonly Tables[Name][],
): Promise<void> {
  // Kysely's types can't see that the rows are the table's.
  if (rows.length > 0)
    await queries
      .insertInto(table)
      .values(rows as never)
      .execute();
}

/** Counts one more reference for every time a picture is named. */
export async function referPictures(
  queries: Queries,
  pictures: readonly { readonly hash: string; readonly bytes: number }[],
): Promise<void> {
  const byHash = new Map<string, { hash: string; bytes: number; refs: number }>();
  for (const { hash, bytes } of pictures) {
    const other = byHash.get(hash);
    if (other === undefined) byHash.set(hash, { hash, bytes, refs: 1 });
    else other.refs++;
  }
  if (byHash.size === 0) return;
  await queries
    .insertInto("picture")
    .values([...byHash.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1)))
    .onConflict((conflict) => conflict.column("hash").doUpdateSet({ refs: sql`picture.refs + excluded.refs` }))
    .execute();
}

async function countPassages(queries: Queries, drafts: readonly PassageDraft[]): Promise<void> {
  const counts = new Map<string, Tables["passage_count"]>();
  const usage = new Map<string, Tables["camera_usage"]>();
  for (const { row } of drafts) {
    const bin_ms = Math.floor(row.time_ms / BIN_MS) * BIN_MS;
    const { camera_id, region, doubt, confidence, picture_bytes } = row;
    const key = [bin_ms, camera_id, region, doubt].join(" ");
    const count = counts.get(key) ?? { bin_ms, camera_id, region, doubt, passages: 0, confidence_sum: 0 };
    counts.set(key, { ...count, passages: count.passages + 1, confidence_sum: count.confidence_sum + confidence });
    const used = usage.get(camera_id) ?? { camera_id, passages: 0, bytes: 0 };
    usage.set(camera_id, { camera_id, passages: used.passages + 1, bytes: used.bytes + picture_bytes });
  }
  await queries
    .insertInto("passage_count")
    .values(sortedValues(counts))
    .onConflict((conflict) =>
      conflict.columns(["bin_ms", "camera_id", "region", "doubt"]).doUpdateSet({
        passages: sql`passage_count.passages + excluded.passages`,
        confidence_sum: sql`passage_count.confidence_sum + excluded.confidence_sum`,
      }),
    )
    .execute();
  await queries
    .insertInto("camera_usage")
    .values(sortedValues(usage))
    .onConflict((conflict) =>
      conflict.column("camera_id").doUpdateSet({
        passages: sql`camera_usage.passages + excluded.passages`,
        bytes: sql`camera_usage.bytes + excluded.bytes`,
      }),
    )
    .execute();
}

/** In one order everywhere: see addPlates. */
function sortedValues<Value>(byKey: ReadonlyMap<string, Value>): Value[] {
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
