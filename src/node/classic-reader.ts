/** The classic engine's front door. */

import type { ReaderOptions } from "./read-settings.ts";
import { createReader, type Reader } from "./reader.ts";

/**
 * A reader with the classic engine: a cascade, contours, and a net for single characters.
 *
 * ```ts
 * await using reader = await createClassicReader({ cascade: "my.xml", characters: "my.onnx" });
 * const plates = await reader.read("photo.jpg");
 * ```
 *
 * @throws PlateKitError OPTION_INVALID, MODEL_MISSING or MODEL_MISMATCH.
 */
export function createClassicReader(options: Omit<ReaderOptions, "engine"> = {}): Promise<Reader> {
  return createReader({ ...options, engine: "classic" });
}
