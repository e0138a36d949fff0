/** Placeholder body follows. */
import { PlateKitError } from "../core/errors.ts";
import type { Database } from "./database.ts";
import type { BackupReport } from "./operation-types.ts";

export interface BackupContext {
  readonly database: Database;
  readonly directory: string;
  readonly url: string | undefined;
  readonly nowMs: () => number;
}

export async function writeBackup(_context: BackupContext, file: string): Promise<BackupReport> {
  throw new PlateKitError("OUTPUT_UNWRITABLE", `Not yet: ${file}`);
}
