/** Draws texts from a format: for synthesis and for tests. */
import { drawText } from "./format-pattern.ts";
import { automatonOf, type PlateFormat } from "./formats.ts";

/**
 * A random text of the format, without separators; every count a pattern allows is equally likely.
 *
 * @param random numbers in [0, 1); the same numbers give the same text.
 */
export function sampleText(format: PlateFormat, random: () => number): string {
  return drawText(automatonOf(format), random);
}
