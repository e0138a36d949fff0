/** The known name closest to a mistyped one, if it is close enough to be meant; case is ignored. */
export function nearestName(typed: string, known: readonly string[]): string | undefined {
  const lowered = typed.toLowerCase();
  // A short word is changed beyond recognition by two edits; a long one is not.
  let best = { name: undefined as string | undefined, edits: lowered.length <= 4 ? 2 : 3 };
  for (const name of known) {
    const edits = editDistance(lowered, name.toLowerCase());
    if (edits < best.edits) best = { name, edits };
  }
  return best.name ?? known.find((name) => lowered.length >= 3 && name.startsWith(lowered));
}

/** Insertions, deletions and substitutions that turn one word into the other (Levenshtein 1966). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
