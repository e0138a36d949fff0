/** `platekit audit verify`: whether the audit is as it was written. */
import { PlateKitError } from "../core/errors.ts";
import { openStore } from "../store/open-store.ts";
import type { AuditVerdict } from "../store/types.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";
import { dataFolder, STORE_OPTIONS } from "./store-options.ts";

const options = {
  ...STORE_OPTIONS,
  expect: { type: "text", value: "HASH", help: "hash printed by an earlier check: it must still be in the chain" },
  json: { type: "flag", help: "one JSON object" },
} as const;

export const auditCommand = defineCommand({
  name: "audit",
  summary: "Check that the audit is as it was written.",
  usage: "[options] verify",
  options,
  examples: [
    { line: "platekit audit verify", does: "a changed, removed or added line is found" },
    { line: "platekit audit verify --expect 5b96d8e3…", does: "also that its end was not cut off since" },
  ],
  run,
});

async function run(
  words: readonly string[],
  given: OptionValues<typeof options>,
  { stdout }: Terminal,
): Promise<ExitCode> {
  if (words.length !== 1 || words[0] !== "verify") {
    throw new PlateKitError("OPTION_INVALID", "Say what to do with the audit: platekit audit verify.");
  }
  const store = await openStore({ directory: await dataFolder(given), url: given.database });
  try {
    const verdict = await store.audit.verify(given.expect);
    stdout.write(given.json ? `${JSON.stringify(verdict)}\n` : verdictText(verdict));
    return verdict.isWhole ? 0 : 1;
  } finally {
    await store.close();
  }
}

function verdictText({ isWhole, entries, redacted, lastHash, problems }: AuditVerdict): string {
  const blackened = redacted > 0 ? `, ${redacted} of them blackened` : "";
  if (!isWhole)
    return [`The audit is NOT as it was written.`, ...problems.map((problem) => `  ${problem}`), ""].join("\n");
  if (lastHash === null) return "The audit has no entries.\n";
  return `The audit is whole: ${entries} entries${blackened}. Last hash, to be kept elsewhere: ${lastHash}\n`;
}
