/** `platekit evidence verify`: whether an evidence bundle is as it was written, checked offline. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { PlateKitError } from "../core/errors.ts";
import { type EvidenceVerdict, verifyEvidence } from "../server/sites/evidence-bundle.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";

const options = {
  key: { type: "text", value: "FILE", help: "public key that it must be signed with, PEM" },
  json: { type: "flag", help: "one JSON object" },
} as const;

/** A bundle is read whole. */
const MAX_BYTES = 1024 ** 3;

export const evidenceCommand = defineCommand({
  name: "evidence",
  summary: "Check that an evidence bundle is as it was written.",
  usage: "[options] verify <bundle.zip>",
  options,
  examples: [
    { line: "platekit evidence verify case-17.zip", does: "any changed byte is found; tells whose key signed" },
    { line: "platekit evidence verify case-17.zip --key site.pem", does: "and it must be the key of the site" },
  ],
  run,
});

async function run(
  words: readonly string[],
  given: OptionValues<typeof options>,
  { stdout }: Terminal,
): Promise<ExitCode> {
  const [action, file, ...rest] = words;
  if (action !== "verify" || file === undefined || rest.length > 0) {
    throw new PlateKitError("OPTION_INVALID", "Say what to do with which bundle: platekit evidence verify bundle.zip.");
  }
  const trusted = given.key === undefined ? null : await readKey(given.key);
  const verdict = verifyEvidence(await readBundle(file), trusted);
  stdout.write(given.json ? `${JSON.stringify({ file, ...verdict })}\n` : verdictText(file, verdict));
  return verdict.isWhole ? 0 : 1;
}

function verdictText(
  file: string,
  { isWhole, problems, keyFingerprint, isKeyTrusted, caseId }: EvidenceVerdict,
): string {
  if (!isWhole) return [`${file}: NOT as it was written.`, ...problems.map((problem) => `  ${problem}`), ""].join("\n");
  const signer = `signed with key ${keyFingerprint}`;
  const trust = isKeyTrusted === true ? `${signer}, the one given.` : `${signer}. Compare it with the key of the site.`;
  return `${file}: case ${caseId} is as it was written, ${trust}\n`;
}

async function readBundle(file: string): Promise<Buffer> {
  const size = await stat(file).then(
    (found) => found.size,
    (cause: unknown) => {
      throw new PlateKitError("FILE_NOT_FOUND", `There is no file ${file}.`, { cause });
    },
  );
  if (size > MAX_BYTES) {
    throw new PlateKitError("FILE_UNREADABLE", `${file} has ${size} bytes; a bundle has at most ${MAX_BYTES}.`);
  }
  return readFile(file).catch((cause: unknown) => {
    throw new PlateKitError("FILE_UNREADABLE", `${file} can't be read.`, { cause });
  });
}

async function readKey(file: string): Promise<KeyObject> {
  const pem = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new PlateKitError("FILE_NOT_FOUND", `--key ${file} can't be read.`, { cause });
  });
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new PlateKitError("OPTION_INVALID", `--key ${file} is no public key in PEM form.`, { cause });
  }
}
