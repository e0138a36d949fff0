/** Takes passages out with all that hangs on them; what retention and forgetting share. */
import { sql } from "kysely";
import type { Queries } from "./database.ts";
import { removePlates } from "./plate-register.ts";

export interface Removed {
  readonly passages: number;
  readonly bytes: number;
  /** No passage names them any more: their files can go. */
  readonly unusedPictures: readonly string[];
}

/**
 * In the caller's transaction. Details, list rows and corrections go by their foreign keys; counts for statistics stay.
 *
 * @param seqs at most a few hundred.
 */
export async function removePassages(queries: Queries, seqs: readonly number[]): Promise<Removed> {
  if (seqs.length === 0) return { passages: 0, bytes: 0, unusedPictures: [] };
  const gone = await queries
    .deleteFrom("passage")
    .where("seq", "in", seqs)
    .returning(["plate", "camera_id", "crop", "frame", "picture_bytes"])
    .execute();
  await removePlates(
    queries,
    gone.filter(({ plate }) => plate !== "").map(({ plate }) => ({ plate, passages: 1 })),
  );
  const usage = new Map<string, { passages: number; bytes: number }>();
  const refs = new Map<string, number>();
  for (const { camera_id, crop, frame, picture_bytes } of gone) {
    const used = usage.get(camera_id) ?? { passages: 0, bytes: 0 };
    usage.set(camera_id, { passages: used.passages + 1, bytes: used.bytes + picture_bytes });
    for (const hash of new Set([crop, frame])) if (hash !== null) refs.set(hash, (refs.get(hash) ?? 0) + 1);
  }
  for (const [cameraId, { passages, bytes }] of [...usage].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await queries
      .updateTable("camera_usage")
      .set({ passages: sql`passages - ${passages}`, bytes: sql`bytes - ${bytes}` })
      .where("camera_id", "=", cameraId)
      .execute();
  }
  return {
    passages: gone.length,
    bytes: gone.reduce((sum, { picture_bytes }) => sum + picture_bytes, 0),
    unusedPictures: await releasePictures(queries, refs),
  };
}

/** Rows of pictures that nothing names go here, their files after the commit: a file without a row harms nobody. */
async function releasePictures(queries: Queries, refs: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const byCount = new Map<number, string[]>();
  for (const [hash, count] of refs) byCount.set(count, [...(byCount.get(count) ?? []), hash]);
  for (const [count, hashes] of byCount) {
    await queries
      .updateTable("picture")
      .set({ refs: sql`refs - ${count}` })
      .where("hash", "in", hashes.sort())
      .execute();
  }
  const hashes = [...refs.keys()];
  if (hashes.length === 0) return [];
  const unused = await queries
    .deleteFrom("picture")
    .where("hash", "in", hashes)
    .where("refs", "<=", 0)
    .returning("hash")
    .execute();
  return unused.map(({ hash }) => hash);
}
