/** What runs: the program, Node, the models. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_MODELS_FOLDER } from "../node/models-folder.ts";

export interface ServerVersion {
  readonly name: "platekit";
  readonly version: string;
  readonly node: string;
  readonly models: { name: string; version: string }[];
}

/** `package.json` lies two levels up from src/server as from dist/server. */
const PACKAGE = new URL("../../package.json", import.meta.url);

export async function serverVersion(modelsFolder = DEFAULT_MODELS_FOLDER): Promise<ServerVersion> {
  const { version } = JSON.parse(await readFile(PACKAGE, "utf8")) as { version: string };
  const models = await Promise.all(
    ["detector", "recognizer"].map(async (name) => {
      const card = JSON.parse(await readFile(join(modelsFolder, `${name}.json`), "utf8")) as { version?: unknown };
      return { name, version: String(card.version ?? "unknown") };
    }),
  );
  return { name: "platekit", version, node: process.version, models };
}
