/** Checks the region codes of `--region`, in the words of the command line. */
import { PlateKitError } from "../core/errors.ts";
import { formatsOf, isKnownRegion } from "../core/formats.ts";
import { nearestName } from "./nearest-name.ts";

/**
 * The codes in lower case.
 *
 * @throws PlateKitError OPTION_INVALID for one that the format registry doesn't know, with the nearest that it does.
 */
export function regionCodes(names: readonly string[] = []): string[] {
  const codes = names.map((name) => name.toLowerCase());
  const unknown = codes.find((code) => !isKnownRegion(code));
  if (unknown === undefined) return codes;
  const near = nearestName(unknown, [...new Set(formatsOf().map(({ region }) => region))]);
  throw new PlateKitError(
    "OPTION_INVALID",
    `--region: "${unknown}" is not a known region.${near ? ` Did you mean ${near}?` : " Codes are such as de, gb or us-ca."}`,
  );
}
