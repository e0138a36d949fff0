/** Where the store is: options of every command that opens it without a server. */
import { stat } from "node:fs/promises";
import { PlateKitError } from "../core/errors.ts";

export const DEFAULT_DATA = "platekit-data";

export const STORE_OPTIONS = {
  data: { type: "text", value: "DIR", help: `data folder of the server (default ${DEFAULT_DATA})` },
  database: {
    type: "text",
    value: "URL",
    help: "postgres://… where the server uses one; else the data folder holds it",
  },
} as const;

/** A folder that is there: opening any other would make an empty store, which nobody meant. */
export async function dataFolder({ data = DEFAULT_DATA }: { readonly data?: string }): Promise<string> {
  const found = await stat(data).catch(() => null);
  if (found?.isDirectory()) return data;
  throw new PlateKitError("FILE_NOT_FOUND", `There is no data folder ${data}. Name it with --data.`);
}
