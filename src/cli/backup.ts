/** `platekit backup`: everything that is kept in one file, while the server goes on. */
import { PlateKitError } from "../core/errors.ts";
import { openStore } from "../store/open-store.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";
import { dataFolder, STORE_OPTIONS } from "./store-options.ts";

const options = {
  ...STORE_OPTIONS,
  json: { type: "flag", help: "one JSON object" },
} as const;

export const backupCommand = defineCommand({
  name: "backup",
  summary: "Write everything that is kept to one file, while the server goes on.",
  usage: "[options] <file>",
  options,
  examples: [
    { line: "platekit backup monday.tar", does: "database, pictures and key of ./platekit-data" },
    {
      line: "platekit backup --database postgres://platekit@db/platekit monday.tar",
      does: "of a server on PostgreSQL",
    },
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
    throw new PlateKitError("OPTION_INVALID", "Name the one file to write: platekit backup monday.tar.");
  }
  const store = await openStore({ directory: await dataFolder(given), url: given.database });
  try {
    const report = await store.backup(file);
    const { bytes, passages, pictures, missingPictures } = report;
    const missing = missingPictures > 0 ? ` ${missingPictures} pictures were removed meanwhile.` : "";
    stdout.write(
      given.json
        ? `${JSON.stringify(report)}\n`
        : `${file}: ${passages} passages, ${pictures} pictures, ${bytes} bytes. It holds the key of the store: keep it safe.${missing}\n`,
    );
    return 0;
  } finally {
    await store.close();
  }
}
