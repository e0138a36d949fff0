/** Where a training's files go, and how they get there: whole or not at all. */
import { constants } from "node:fs";
import { access, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { PlateKitError } from "../core/errors.ts";
import { printableName } from "../node/printable-name.ts";

/** The files beside `--out`. */
export interface TrainPaths {
  readonly onnx: string;
  readonly card: string;
  readonly checkpoint: string;
  readonly history: string;
  readonly curves: string;
  readonly confusion: string;
  readonly mistakes: string;
}

/** @param out ends in `.onnx`. */
export function trainPaths(out: string): TrainPaths {
  const stem = out.slice(0, -".onnx".length);
  const folder = dirname(out);
  return {
    onnx: out,
    card: `${stem}.json`,
    checkpoint: `${stem}.checkpoint`,
    history: join(folder, "history.json"),
    curves: join(folder, "curves.svg"),
    confusion: join(folder, "confusion.svg"),
    mistakes: join(folder, "mistakes.png"),
  };
}

/**
 * Makes the folder of a file to come, and says before hours of training that it can't be written.
 *
 * @throws PlateKitError OUTPUT_UNWRITABLE.
 */
export async function prepareFile(path: string): Promise<void> {
  const folder = dirname(resolve(path));
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw unwritable(path, cause);
  }
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new PlateKitError("OUTPUT_UNWRITABLE", `${printableName(path)}: is a folder; name a file.`);
  }
}

/**
 * Writes a file so that its name holds the old content or all of the new, whatever happens: to a temporary name in
 * the same folder, onto the disk, then renamed.
 *
 * @throws PlateKitError OUTPUT_UNWRITABLE; the temporary file is gone then.
 */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    await using file = await open(temporary, "w");
    await file.writeFile(content);
    await file.sync();
  } catch (cause) {
    await rm(temporary, { force: true });
    throw unwritable(path, cause);
  }
  await rename(temporary, path).catch(async (cause: unknown) => {
    await rm(temporary, { force: true });
    throw unwritable(path, cause);
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space",
  EDQUOT: "the quota of this user is used up; free some space",
  EROFS: "the file system is read-only; write elsewhere",
  EACCES: "permission denied; write elsewhere or allow this user to",
  EPERM: "permission denied; write elsewhere or allow this user to",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "is a folder; name a file",
  EEXIST: "a part of its path is a file, not a folder",
};

/** One line about a file that could not be written. */
export function unwritable(path: string, cause: unknown): PlateKitError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const reason = REASONS[code] ?? `the system refuses (${code || String(cause)}); check the path and the disk`;
  return new PlateKitError("OUTPUT_UNWRITABLE", `${printableName(path)}: can't be written: ${reason}.`, { cause });
}
