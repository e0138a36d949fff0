/** Pictures of passages: files first, rows that name them after, and what nothing names swept away. */
import { rm } from "node:fs/promises";
import type { Database } from "./database.ts";
import type { Pictures } from "./operation-types.ts";
import type { PictureFiles } from "./picture-files.ts";

const HOUR_MS = 3_600_000;

export interface PictureKeeper extends Pictures {
  /** Removes files whose rows are gone. */
  removeUnused(hashes: readonly string[]): Promise<number>;
  /** While it runs, no picture goes: a backup reads them. */
  keepAll<T>(work: () => Promise<T>): Promise<T>;
}

export function createPictures(database: Database, files: PictureFiles, nowMs: () => number): PictureKeeper {
  let keepers = 0;

  const isNamed = (hash: string): Promise<boolean> =>
    database.read(async (queries) => {
      const row = await queries.selectFrom("picture").select("refs").where("hash", "=", hash).executeTakeFirst();
      return row !== undefined && row.refs > 0;
    });

  return {
    put: (bytes) => files.put(bytes),
    get: (hash) => files.get(hash),
    isShown: isNamed,
    async removeUnused(hashes) {
      // What stays now is swept away later.
      if (keepers > 0) return 0;
      let removed = 0;
      for (const hash of hashes) {
        await files.alone(hash, async () => {
          if (!(await isNamed(hash)) && (await files.remove(hash))) removed++;
        });
      }
      return removed;
    },
    async sweep({ minAgeMs = HOUR_MS, nowMs: now = nowMs() } = {}) {
      let removed = 0;
      let bytes = 0;
      for await (const file of files.list()) {
        if (keepers > 0) break;
        // A file from the future is left alone until the clock has passed it.
        if (now - file.changedMs < minAgeMs) continue;
        const { hash } = file;
        if (hash === null) {
          await rm(file.path, { force: true });
        } else {
          const isRemoved = await files.alone(hash, async () => {
            if (await isNamed(hash)) return false;
            // It may have been put again while we looked.
            const age = now - ((await files.changedMs(hash)) ?? 0);
            return age >= minAgeMs && files.remove(hash);
          });
          if (!isRemoved) continue;
        }
        removed++;
        bytes += file.bytes;
      }
      return { removed, bytes };
    },
    usage: () =>
      database.read(async (queries) => {
        const row = await queries
          .selectFrom("picture")
          .select(({ fn }) => [fn.countAll<number>().as("pictures"), fn.sum<number | null>("bytes").as("bytes")])
          .executeTakeFirstOrThrow();
        return { pictures: row.pictures, bytes: row.bytes ?? 0 };
      }),
    async keepAll(work) {
      keepers++;
      try {
        return await work();
      } finally {
        keepers--;
      }
    },
  };
}
