import { levenshtein } from "../core/edit-distance.ts";

/** The known name closest to a mistyped one, if it is close enough to be meant; case is ignored. */
export function nearestName(typed: string, known: readonly string[]): string | undefined {
  const lowered = typed.toLowerCase();
  // Two letters swapped are two edits; a word of three is changed beyond recognition by them.
  let best = { name: undefined as string | undefined, edits: lowered.length <= 3 ? 2 : 3 };
  for (const name of known) {
    const edits = levenshtein(lowered, name.toLowerCase());
    if (edits < best.edits) best = { name, edits };
  }
  return best.name ?? known.find((name) => lowered.length >= 3 && name.startsWith(lowered));
}
