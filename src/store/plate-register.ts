/** The register of plates: every plate once, with what makes it findable by a text that is not quite it. */
import { sql } from "kysely";
import type { Queries } from "./database.ts";
import { foldPlate, gramsOf, neighboursOf, reversed } from "./plate-text.ts";
import { isPlateHash } from "./store-keys.ts";

/** Passages of one plate that came or went. */
export interface PlateChange {
  readonly plate: string;
  readonly passages: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Plates per statement: each has up to 16 neighbours and databases take 32,766 values. */
const CHUNK = 200;

/** Adds passages to their plates, and makes new plates findable. The empty text is no plate. */
export async function addPlates(queries: Queries, changes: readonly PlateChange[]): Promise<void> {
  // In one order everywhere, so that two transactions wait for each other instead of deadlocking.
  const sorted = summed(changes).filter(({ plate }) => plate !== "");
  for (let i = 0; i < sorted.length; i += CHUNK) await addChunk(queries, sorted.slice(i, i + CHUNK));
}

async function addChunk(queries: Queries, changes: readonly PlateChange[]): Promise<void> {
  const plates = changes.map(({ plate }) => plate);
  const known = await queries.selectFrom("plate").select("plate").where("plate", "in", plates).execute();
  await queries
    .insertInto("plate")
    .values(
      changes.map(({ plate, passages, firstMs, lastMs }) => ({
        plate,
        folded: isPlateHash(plate) ? plate : foldPlate(plate),
        reversed: reversed(plate),
        passages,
        first_ms: firstMs,
        last_ms: lastMs,
      })),
    )
    .onConflict((conflict) =>
      conflict.column("plate").doUpdateSet({
        passages: sql`plate.passages + excluded.passages`,
        first_ms: sql`case when excluded.first_ms < plate.first_ms then excluded.first_ms else plate.first_ms end`,
        last_ms: sql`case when excluded.last_ms > plate.last_ms then excluded.last_ms else plate.last_ms end`,
      }),
    )
    .execute();
  const knownPlates = new Set(known.map(({ plate }) => plate));
  const added = plates.filter((plate) => !knownPlates.has(plate) && !isPlateHash(plate));
  if (added.length > 0) await makeFindable(queries, added);
}

async function makeFindable(queries: Queries, plates: readonly string[]): Promise<void> {
  const folds = [...new Set(plates.map(foldPlate))];
  const neighbours = folds.flatMap((folded) => neighboursOf(folded).map((neighbour) => ({ neighbour, folded })));
  const grams = plates.flatMap((plate) => gramsOf(plate).map((gram) => ({ gram, plate })));
  if (neighbours.length > 0) {
    await queries
      .insertInto("plate_neighbour")
      .values(neighbours)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  if (grams.length > 0) {
    await queries
      .insertInto("plate_gram")
      .values(grams)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Takes passages from their plates; a plate without any goes, with all that made it findable. */
export async function removePlates(
  queries: Queries,
  changes: readonly Pick<PlateChange, "plate" | "passages">[],
): Promise<void> {
  const sorted = summed(changes.map((change) => ({ ...change, firstMs: 0, lastMs: 0 })));
  const byCount = new Map<number, string[]>();
  for (const { plate, passages } of sorted) byCount.set(passages, [...(byCount.get(passages) ?? []), plate]);
  for (const [passages, plates] of byCount) {
    await queries
      .updateTable("plate")
      .set({ passages: sql`passages - ${passages}` })
      .where("plate", "in", plates)
      .execute();
  }
  const touched = sorted.map(({ plate }) => plate);
  if (touched.length === 0) return;
  const empty = await queries
    .deleteFrom("plate")
    .where("plate", "in", touched)
    .where("passages", "<=", 0)
    .returning(["plate", "folded"])
    .execute();
  const gone = empty.filter(({ plate }) => !isPlateHash(plate));
  if (gone.length === 0) return;
  for (const { plate } of gone) {
    const grams = gramsOf(plate);
    if (grams.length > 0) {
      await queries.deleteFrom("plate_gram").where("gram", "in", grams).where("plate", "=", plate).execute();
    }
  }
  const folds = [...new Set(gone.map(({ folded }) => folded))];
  const left = await queries.selectFrom("plate").select("folded").where("folded", "in", folds).execute();
  const kept = new Set(left.map(({ folded }) => folded));
  for (const folded of folds) {
    const neighbours = neighboursOf(folded);
    if (kept.has(folded) || neighbours.length === 0) continue;
    await queries
      .deleteFrom("plate_neighbour")
      .where("neighbour", "in", neighbours)
      .where("folded", "=", folded)
      .execute();
  }
}

/** One change per plate, sorted by plate. */
function summed(changes: readonly PlateChange[]): PlateChange[] {
  const byPlate = new Map<string, PlateChange>();
  for (const change of changes) {
    const other = byPlate.get(change.plate);
    byPlate.set(
      change.plate,
      other === undefined
        ? change
        : {
            plate: change.plate,
            passages: other.passages + change.passages,
            firstMs: Math.min(other.firstMs, change.firstMs),
            lastMs: Math.max(other.lastMs, change.lastMs),
          },
    );
  }
  return [...byPlate.values()].sort((a, b) => (a.plate < b.plate ? -1 : 1));
}
