/**
 * A backup is one tar file: what it is, the key, the database as of one moment, every picture that names, and last the
 * checksums. It gets its name when it is whole and on disk.
 */
import { randomBytes } from "node:crypto";
import { readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Kysely, sql } from "kysely";
import { PlateKitError } from "../core/errors.ts";
import type { Database, Queries } from "./database.ts";
import type { BackupReport } from "./operation-types.ts";
import { fileError, syncFolder } from "./picture-files.ts";
import { runPostgresProgram } from "./postgres-programs.ts";
import { SqliteThreadDialect } from "./sqlite-dialect.ts";
import { KEY_FILE } from "./store-keys.ts";
import type { Tables } from "./tables.ts";
import { createTar, type TarWriter } from "./tar-file.ts";

export interface BackupContext {
  readonly database: Database;
  readonly directory: string;
  readonly picturesFolder: string;
  readonly url: string | undefined;
  readonly nowMs: () => number;
}

/** The first entry of a backup. */
export interface BackupManifest {
  readonly format: "platekit-backup";
  readonly version: 1;
  readonly createdAtMs: number;
  readonly database: "sqlite" | "postgres";
  readonly schemaVersion: string;
  readonly passages: number;
}

export const MANIFEST = "manifest.json";
export const CHECKSUMS = "checksums.json";
export const DATABASE_ENTRY = { sqlite: "database.sqlite", postgres: "database.dump" } as const;

/** Hashes read at a time. */
const PICTURE_ROWS = 2000;

/** @throws PlateKitError OUTPUT_UNWRITABLE when the file exists, STORE_FULL, STORE_UNAVAILABLE. */
export async function writeBackup(context: BackupContext, file: string): Promise<BackupReport> {
  const target = resolve(file);
  if (await stat(target).catch(() => null)) {
    throw new PlateKitError("OUTPUT_UNWRITABLE", `${file} exists. Choose another name: backups are not written over.`);
  }
  const unfinished = `${target}.${randomBytes(4).toString("hex")}.unfinished`;
  // Beside the target, where the user has seen to it that there is room.
  const copy = `${unfinished}.database`;
  try {
    const tar = await createTar(unfinished);
    try {
      const counts = await (context.database.kind === "sqlite"
        ? packSqlite(context, tar, copy)
        : packPostgres(context, tar, copy));
      const bytes = await tar.finish();
      await rename(unfinished, target);
      await syncFolder(dirname(target));
      return { file, bytes, ...counts };
    } finally {
      await tar.close();
    }
  } catch (cause) {
    throw fileError(`The backup ${file} can't be written`, cause);
  } finally {
    await rm(unfinished, { force: true });
    await rm(copy, { force: true });
  }
}

type Counts = Pick<BackupReport, "passages" | "pictures" | "missingPictures">;

/** VACUUM INTO reads one moment on a thread that only reads: writers go on. */
async function packSqlite(context: BackupContext, tar: TarWriter, copy: string): Promise<Counts> {
  await context.database.read((queries) => sql`vacuum into ${copy}`.execute(queries));
  const dialect = new SqliteThreadDialect({ file: copy, isReader: true, threads: 1, pragmas: [] });
  const copied = new Kysely<Tables>({ dialect });
  try {
    return await pack(context, tar, copied, copy);
  } finally {
    await copied.destroy();
  }
}

async function packPostgres(context: BackupContext, tar: TarWriter, copy: string): Promise<Counts> {
  return context.database.snapshot(async (queries) => {
    const { rows } = await sql<{ id: string }>`select pg_export_snapshot() as id`.execute(queries);
    const words = ["--format=custom", "--no-owner", "--no-privileges", `--snapshot=${rows[0]!.id}`, `--file=${copy}`];
    await runPostgresProgram("pg_dump", words, context.url!); // a PostgreSQL store has one
    return pack(context, tar, queries, copy);
  });
}

async function pack(context: BackupContext, tar: TarWriter, queries: Queries, copy: string): Promise<Counts> {
  const { kind, schemaVersion } = context.database;
  const { passages } = await queries
    .selectFrom("passage")
    .select(({ fn }) => fn.countAll<number>().as("passages"))
    .executeTakeFirstOrThrow();
  const manifest: BackupManifest = {
    format: "platekit-backup",
    version: 1,
    createdAtMs: context.nowMs(),
    database: kind,
    schemaVersion,
    passages,
  };
  const checksums: Record<string, string> = {};
  checksums[MANIFEST] = await tar.add(MANIFEST, Buffer.from(JSON.stringify(manifest, null, 2)));
  checksums[KEY_FILE] = await tar.add(KEY_FILE, await readFile(join(context.directory, KEY_FILE)));
  checksums[DATABASE_ENTRY[kind]] = await tar.addFile(DATABASE_ENTRY[kind], copy);

  let pictures = 0;
  let missingPictures = 0;
  for (let last = ""; ; ) {
    const rows = await queries
      .selectFrom("picture")
      .select("hash")
      .where("hash", ">", last)
      .orderBy("hash")
      .limit(PICTURE_ROWS)
      .execute();
    for (const { hash } of rows) {
      const path = join(context.picturesFolder, hash.slice(0, 2), hash.slice(2, 4), hash);
      if (!(await stat(path).catch(() => null))) {
        missingPictures++;
        continue;
      }
      const found = await tar.addFile(`pictures/${hash}`, path);
      if (found !== hash) throw new PlateKitError("STORE_CORRUPT", `Picture ${hash} is not what was written.`);
      pictures++;
    }
    if (rows.length < PICTURE_ROWS) break;
    last = rows.at(-1)!.hash;
  }
  await tar.add(CHECKSUMS, Buffer.from(JSON.stringify({ files: checksums, pictures })));
  return { passages, pictures, missingPictures };
}
