/** `platekit restore`: brings a backup back, whole or not at all. */
import { PlateKitError } from "../core/errors.ts";
import { restoreBackup } from "../store/restore.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";
import { DEFAULT_DATA, STORE_OPTIONS } from "./store-options.ts";

const options = {
  ...STORE_OPTIONS,
  replace: { type: "flag", help: "move the data folder that is there aside; replace PostgreSQL's tables" },
  json: { type: "flag", help: "one JSON object" },
} as const;

export const restoreCommand = defineCommand({
  name: "restore",
  summary: "Bring a backup back. Stop the server first.",
  usage: "[options] <file>",
  options,
  examples: [
    { line: "platekit restore --data new-folder monday.tar", does: "into a folder that is empty or not there" },
    { line: "platekit restore --replace monday.tar", does: "what was there is kept beside it" },
  ],
  run,
});

async function run(
  words: readonly string[],
  given: OptionValues<typeof options>,
  { stdout }: Terminal,
): Promise<ExitCode> {
  const [file, ...rest] = words;
  if (file === undefined || rest.length > 0) {
    throw new PlateKitError("OPTION_INVALID", "Name the one backup to bring back: platekit restore monday.tar.");
  }
  const directory = given.data ?? DEFAULT_DATA;
  const report = await restoreBackup(file, { directory, url: given.database, isReplacing: given.replace });
  const { createdAtMs, passages, pictures, previousData } = report;
  const previous = previousData === null ? "" : ` What was there is now ${previousData}.`;
  const made = new Date(createdAtMs).toISOString();
  stdout.write(
    given.json
      ? `${JSON.stringify({ file, directory, ...report })}\n`
      : `${directory}: ${passages} passages and ${pictures} pictures as of ${made}.${previous}\n`,
  );
  return 0;
}
