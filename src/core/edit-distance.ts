/** How two texts differ, by the fewest insertions, deletions and substitutions. Knows no plates. */

/** One step of an alignment: a character of each text, or null where one text has none. */
export interface Edit {
  readonly expected: string | null;
  readonly actual: string | null;
}

/** Fewest single-character insertions, deletions and substitutions between two texts (Levenshtein 1966). */
export function levenshtein(a: string, b: string): number {
  const table = editTable([...a], [...b]);
  return table[table.length - 1]!;
}

/**
 * Two texts side by side with the fewest edits, character by character. Of equally short alignments it takes the one
 * with most substitutions towards the end.
 */
export function alignTexts(expected: string, actual: string): Edit[] {
  const rows = [...expected];
  const columns = [...actual];
  const width = columns.length + 1;
  const table = editTable(rows, columns);
  const edits: Edit[] = [];
  let i = rows.length;
  let j = columns.length;
  while (i > 0 || j > 0) {
    const cost = table[i * width + j]!;
    const isPair = i > 0 && j > 0 && table[(i - 1) * width + j - 1]! + Number(rows[i - 1] !== columns[j - 1]) === cost;
    const isLost = i > 0 && table[(i - 1) * width + j]! + 1 === cost;
    if (isPair) edits.push({ expected: rows[--i]!, actual: columns[--j]! });
    else if (isLost) edits.push({ expected: rows[--i]!, actual: null });
    else edits.push({ expected: null, actual: columns[--j]! });
  }
  return edits.reverse();
}

/** Edit distances of all prefixes: entry `i * (b.length + 1) + j` for the first i of `a` and the first j of `b`. */
function editTable(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let j = 0; j <= b.length; j++) table[j] = j;
  for (let i = 1; i <= a.length; i++) {
    table[i * width] = i;
    for (let j = 1; j <= b.length; j++) {
      table[i * width + j] = Math.min(
        table[(i - 1) * width + j]! + 1,
        table[i * width + j - 1]! + 1,
        table[(i - 1) * width + j - 1]! + Number(a[i - 1] !== b[j - 1]),
      );
    }
  }
  return table;
}
