/**
 * Known plates made searchable by reads that may be wrong: all within one edit of a text are found through the texts
 * with one character left out (a deletion neighbourhood, as in Mor and Fraenkel 1982). Built once, never changed.
 */

export interface PlateIndex<Entry> {
  /** Entries by their exact text. */
  readonly byText: ReadonlyMap<string, readonly Entry[]>;
  /** Texts by each text that leaves one of their characters out. */
  readonly byNeighbour: ReadonlyMap<string, readonly string[]>;
}

export function plateIndex<Entry>(
  entries: Iterable<Entry>,
  textsOf: (entry: Entry) => readonly string[],
): PlateIndex<Entry> {
  const byText = new Map<string, Entry[]>();
  const byNeighbour = new Map<string, string[]>();
  for (const entry of entries) {
    for (const text of new Set(textsOf(entry))) {
      const known = byText.get(text);
      if (known !== undefined) {
        known.push(entry);
        continue;
      }
      byText.set(text, [entry]);
      for (const neighbour of neighbours(text)) {
        const texts = byNeighbour.get(neighbour);
        if (texts === undefined) byNeighbour.set(neighbour, [text]);
        else texts.push(text);
      }
    }
  }
  return { byText, byNeighbour };
}

/** Known texts that differ from `text` by at most one character replaced, left out or added. */
export function textsNear<Entry>({ byText, byNeighbour }: PlateIndex<Entry>, text: string): ReadonlySet<string> {
  const near = new Set<string>();
  if (byText.has(text)) near.add(text);
  for (const known of byNeighbour.get(text) ?? []) near.add(known);
  for (const neighbour of neighbours(text)) {
    if (byText.has(neighbour)) near.add(neighbour);
    for (const known of byNeighbour.get(neighbour) ?? []) {
      // Both lost one character: the same place makes a replacement, different places may be two edits.
      if (known.length === text.length && differences(known, text) <= 1) near.add(known);
    }
  }
  return near;
}

/** The texts with one character left out; a text of one character has only the empty one, which says nothing. */
function neighbours(text: string): readonly string[] {
  if (text.length < 2) return [];
  const found = new Set<string>();
  for (let i = 0; i < text.length; i++) found.add(text.slice(0, i) + text.slice(i + 1));
  return [...found];
}

function differences(a: string, b: string): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) count++;
  return count;
}
