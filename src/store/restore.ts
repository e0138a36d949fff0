/**
 * Brings a backup back. Everything is unpacked and checked beside the data folder first; the folder takes its place at
 * once, so that a restore that fails changes nothing.
 */
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Kysely, sql } from "kysely";
import { PlateKitError } from "../core/errors.ts";
import { type BackupManifest, CHECKSUMS, DATABASE_ENTRY, MANIFEST } from "./backup.ts";
import { SQLITE_FILE } from "./database.ts";
import { fileError, syncFolder } from "./picture-files.ts";
import { runPostgresProgram } from "./postgres-programs.ts";
import { SqliteThreadDialect } from "./sqlite-dialect.ts";
import { KEY_FILE } from "./store-keys.ts";
import type { Tables } from "./tables.ts";
import { readTar, type TarEntry } from "./tar-file.ts";

export interface RestoreOptions {
  readonly directory: string;
  readonly url?: string | undefined;
  /** Move a data folder that is there aside, and replace the tables of a PostgreSQL database. */
  readonly isReplacing?: boolean | undefined;
}

export interface RestoreReport {
  readonly createdAtMs: number;
  readonly passages: number;
  readonly pictures: number;
  /** Where the data that was there is now; null when there was none. */
  readonly previousData: string | null;
}

/** No server may run on the folder. @throws PlateKitError FILE_UNREADABLE, STORE_CONFLICT, STORE_CORRUPT, STORE_FULL. */
export async function restoreBackup(
  file: string,
  { directory, url, isReplacing = false }: RestoreOptions,
): Promise<RestoreReport> {
  const target = resolve(directory);
  const there = await readdir(target).catch(() => []);
  if (there.length > 0 && !isReplacing) {
    throw new PlateKitError("STORE_CONFLICT", `${directory} is not empty. Restore to another folder, or replace it.`);
  }
  const mark = randomBytes(4).toString("hex");
  const staging = `${target}.restoring-${mark}`;
  try {
    await mkdir(join(staging, "pictures"), { recursive: true, mode: 0o700 });
    const { manifest, pictures } = await unpack(file, staging);
    await restoreDatabase(manifest, staging, url, isReplacing);
    const previousData = there.length > 0 ? `${target}.before-${mark}` : null;
    if (previousData !== null) await rename(target, previousData);
    else await rmdir(target).catch(() => {});
    await rename(staging, target);
    await syncFolder(dirname(target));
    return { createdAtMs: manifest.createdAtMs, passages: manifest.passages, pictures, previousData };
  } catch (cause) {
    throw fileError(`The backup ${file} can't be restored to ${directory}`, cause);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function unpack(file: string, staging: string): Promise<{ manifest: BackupManifest; pictures: number }> {
  const found: Record<string, string> = {};
  let pictures = 0;
  let checksums: { readonly files: Readonly<Record<string, string>>; readonly pictures: number } | undefined;
  for await (const entry of readTar(file)) {
    const picture = /^pictures\/([0-9a-f]{64})$/.exec(entry.name)?.[1];
    if (entry.name === CHECKSUMS) {
      checksums = JSON.parse(await textOf(entry));
    } else if (picture !== undefined) {
      const folder = join(staging, "pictures", picture.slice(0, 2), picture.slice(2, 4));
      await mkdir(folder, { recursive: true });
      if ((await writeEntry(entry, join(folder, picture))) !== picture) throw damaged(file, entry.name);
      pictures++;
    } else if (entry.name === MANIFEST || entry.name === KEY_FILE || isDatabase(entry.name)) {
      found[entry.name] = await writeEntry(entry, join(staging, entry.name));
    } else {
      throw new PlateKitError("FILE_UNREADABLE", `${file} holds "${entry.name}", which no backup has.`);
    }
  }
  if (checksums === undefined)
    throw new PlateKitError("FILE_UNREADABLE", `${file} ends before its checksums. Take another.`);
  for (const [name, hash] of Object.entries(checksums.files)) if (found[name] !== hash) throw damaged(file, name);
  if (pictures !== checksums.pictures) throw damaged(file, `${checksums.pictures - pictures} of its pictures`);
  const manifest = JSON.parse(await readFile(join(staging, MANIFEST), "utf8")) as BackupManifest; // its checksum is right
  await rm(join(staging, MANIFEST));
  return { manifest, pictures };
}

function isDatabase(name: string): boolean {
  return Object.values<string>(DATABASE_ENTRY).includes(name);
}

function damaged(file: string, name: string): PlateKitError {
  return new PlateKitError(
    "STORE_CORRUPT",
    `${file} is damaged: ${name} is not as it was written. Take another backup.`,
  );
}

async function textOf(entry: TarEntry): Promise<string> {
  const parts: Buffer[] = [];
  await entry.read(async (bytes) => {
    parts.push(Buffer.from(bytes));
  });
  return Buffer.concat(parts).toString();
}

async function writeEntry(entry: TarEntry, path: string): Promise<string> {
  const handle = await open(path, "wx", 0o600);
  try {
    const hash = await entry.read((bytes) => handle.writeFile(bytes));
    await handle.sync();
    return hash;
  } finally {
    await handle.close();
  }
}

async function restoreDatabase(
  { database }: BackupManifest,
  staging: string,
  url: string | undefined,
  isReplacing: boolean,
): Promise<void> {
  if ((database === "postgres") !== (url !== undefined)) {
    const needs = database === "postgres" ? "needs --database postgres://…" : "can't go into PostgreSQL";
    throw new PlateKitError("STORE_CONFLICT", `This is a backup of ${database}: it ${needs}.`);
  }
  const packed = join(staging, DATABASE_ENTRY[database]);
  if (url !== undefined) {
    const replacing = isReplacing ? ["--clean", "--if-exists"] : [];
    const words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", ...replacing, packed];
    await runPostgresProgram("pg_restore", words, url);
    await rm(packed);
    return;
  }
  await checkSqlite(packed);
  await rename(packed, join(staging, SQLITE_FILE));
}

async function checkSqlite(file: string): Promise<void> {
  const dialect = new SqliteThreadDialect({ file, isReader: true, threads: 1, pragmas: [] });
  const database = new Kysely<Tables>({ dialect });
  try {
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(database);
    if (rows[0]?.integrity_check !== "ok") throw damaged(file, String(rows[0]?.integrity_check));
  } finally {
    await database.destroy();
  }
}
