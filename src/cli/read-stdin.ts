/** Reads a picture from standard input. */
import { PlateKitError } from "../core/errors.ts";
import { READER_DEFAULTS } from "../node/read-settings.ts";
import type { Terminal } from "./command.ts";

/** @throws PlateKitError IMAGE_TOO_LARGE as soon as more than `maxBytes` have come; OPTION_INVALID at a keyboard. */
export async function readStdin(
  stdin: Terminal["stdin"] & { readonly isTTY?: boolean },
  maxBytes: number = READER_DEFAULTS.maxBytes,
): Promise<Uint8Array> {
  if (stdin.isTTY) {
    throw new PlateKitError(
      "OPTION_INVALID",
      "- reads a picture from standard input, but that is a keyboard; pipe a file into it.",
    );
  }
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  for await (const chunk of stdin as AsyncIterable<Uint8Array>) {
    byteCount += chunk.length;
    if (byteCount > maxBytes) {
      const message = `standard input: more bytes than the limit of ${maxBytes}; send a smaller picture or raise --max-bytes.`;
      throw new PlateKitError("IMAGE_TOO_LARGE", message);
    }
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}
