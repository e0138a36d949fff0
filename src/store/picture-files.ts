/** Pictures as files named by their content: `pictures/ab/cd/abcd….`; a file that has its name is whole and on disk. */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PlateKitError } from "../core/errors.ts";
import type { PictureStorage } from "./operation-types.ts";

export interface PictureFile {
  readonly hash: string | null;
  readonly path: string;
  readonly bytes: number;
  readonly changedMs: number;
}

export interface PictureFiles extends PictureStorage {
  /** Bytes of a picture; null when there is none. */
  size(hash: string): Promise<number | null>;
  changedMs(hash: string): Promise<number | null>;
  /** Every file with its age, folder by folder; also half-written ones, whose hash is null. */
  list(): AsyncIterable<PictureFile>;
  /** Runs alone among what touches this picture. */
  alone<T>(hash: string, work: () => Promise<T>): Promise<T>;
}

const HASH = /^[0-9a-f]{64}$/;
const INCOMING = ".incoming";

export function isPictureHash(text: string): boolean {
  return HASH.test(text);
}

export function openPictureFiles(directory: string): PictureFiles {
  const incoming = join(directory, INCOMING);
  const running = new Map<string, Promise<unknown>>();
  const madeFolders = new Set<string>();

  const pathOf = (hash: string): string => {
    // A hash from outside becomes part of a path here.
    if (!HASH.test(hash))
      throw new PlateKitError("STORE_INVALID", `"${hash.slice(0, 80)}" is no SHA-256 of a picture.`);
    return join(directory, hash.slice(0, 2), hash.slice(2, 4), hash);
  };

  const alone = async <T>(hash: string, work: () => Promise<T>): Promise<T> => {
    const before = running.get(hash) ?? Promise.resolve();
    const mine = before.then(work, work);
    running.set(hash, mine);
    try {
      return await mine;
    } finally {
      if (running.get(hash) === mine) running.delete(hash);
    }
  };

  const makeFolder = async (folder: string): Promise<void> => {
    if (madeFolders.has(folder)) return;
    const first = await mkdir(folder, { recursive: true });
    // The names of new folders must be on disk too.
    if (first !== undefined)
      for (let made = folder; made.length >= dirname(first).length; made = dirname(made)) await syncFolder(made);
    madeFolders.add(folder);
  };

  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    await makeFolder(incoming);
    await makeFolder(dirname(path));
    const temporary = join(incoming, randomBytes(12).toString("hex"));
    try {
      const handle = await open(temporary, "wx", 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    await syncFolder(dirname(path));
  };

  return {
    alone,
    async put(bytes) {
      const hash = createHash("sha256").update(bytes).digest("hex");
      const path = pathOf(hash);
      return alone(hash, async () => {
        try {
          const known = await stat(path).catch(() => null);
          if (known?.size === bytes.length) {
            // Young again, so that no sweep takes it before a passage names it.
            const now = new Date();
            await utimes(path, now, now);
          } else {
            await write(path, bytes);
          }
        } catch (cause) {
          throw fileError(`Picture ${hash.slice(0, 12)}… can't be written`, cause);
        }
        return hash;
      });
    },
    async get(hash) {
      const bytes = await readFile(pathOf(hash)).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === "ENOENT") return null;
        throw fileError(`Picture ${hash} can't be read`, cause);
      });
      if (bytes !== null && createHash("sha256").update(bytes).digest("hex") !== hash) {
        throw new PlateKitError("STORE_CORRUPT", `Picture ${hash} is not what was written. Restore it from a backup.`);
      }
      return bytes;
    },
    async remove(hash) {
      try {
        await rm(pathOf(hash));
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
        throw fileError(`Picture ${hash} can't be removed`, error);
      }
    },
    async size(hash) {
      const found = await stat(pathOf(hash)).catch(() => null);
      return found?.size ?? null;
    },
    async changedMs(hash) {
      const found = await stat(pathOf(hash)).catch(() => null);
      return found?.mtimeMs ?? null;
    },
    async *list() {
      for (const folder of await namesIn(directory)) {
        if (folder === INCOMING) yield* filesOf(join(directory, folder), () => null);
        else if (/^[0-9a-f]{2}$/.test(folder)) {
          for (const inner of await namesIn(join(directory, folder))) {
            yield* filesOf(join(directory, folder, inner), (name) => (HASH.test(name) ? name : null));
          }
        }
      }
    },
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

async function* filesOf(folder: string, hashOf: (name: string) => string | null): AsyncIterable<PictureFile> {
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found?.isFile()) yield { hash: hashOf(name), path, bytes: found.size, changedMs: found.mtimeMs };
  }
}

/** Puts the names in a folder on disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What the file system refused, as PlateKit's error. */
export function fileError(what: string, cause: unknown): PlateKitError {
  if (cause instanceof PlateKitError) return cause;
  const { code = "unknown" } = cause as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new PlateKitError("STORE_FULL", `${what}: no space left. Free disk space or shorten retention.`, { cause });
  }
  return new PlateKitError("STORE_UNAVAILABLE", `${what} (${code}). Check the data folder and its permissions.`, {
    cause,
  });
}
