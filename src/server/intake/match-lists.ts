/**
 * Which entries of the lists a passage may be of. Built once per version of the lists, then asked for every passage.
 * Exact and wildcard entries compare texts; look-alike entries are judged by what the read leaves possible, the rule of
 * permits and hotlists (sites/identify.ts). Knows no store.
 */
import { foldLookAlikes } from "../../core/metrics.ts";
import { identifyPlate } from "../../sites/identify.ts";
import { type PlateIndex, plateIndex } from "../../sites/plate-index.ts";
import type { PlateEvidence } from "../../sites/site-passage.ts";
import { isValidAt } from "../../sites/validity.ts";
import type { ListEntry, ListHit, PlateList } from "../../store/types.ts";

/** A hit with the entry it is of: for what is told about a known vehicle. */
export interface EntryHit {
  readonly hit: ListHit;
  readonly entry: ListEntry;
}

export interface ListMatcher {
  /** Exact ones first, then wildcards, each most probable first; of an entry at most one hit. Sites that are not the list's don't see it. */
  match(read: PlateEvidence, timeMs: number, siteId: string | null): readonly EntryHit[];
  /** Entries looked at. */
  readonly entries: number;
}

/** A look-alike less probable is no hit: of five such hits four would be wrong. */
const MIN_PROBABILITY = 0.2;
/** Share of passages by any one listed vehicle before reading, and of all of them together at most: see hotlist.ts. */
const ENTRY_SHARE = 1e-4;
const MAX_KNOWN_SHARE = 0.3;

const RANK: Readonly<Record<ListHit["match"], number>> = { exact: 0, wildcard: 1, "look-alike": 2 };

interface Listed {
  readonly entry: ListEntry;
  readonly list: PlateList;
}

export function createListMatcher(lists: readonly PlateList[], entries: readonly ListEntry[]): ListMatcher {
  const enabled = new Map(lists.filter(({ isEnabled }) => isEnabled).map((list) => [list.id, list]));
  const listed = entries.flatMap((entry) => {
    const list = enabled.get(entry.listId);
    return list === undefined || entry.text === "" ? [] : [{ entry, list }];
  });
  const plain = listed.filter(({ entry }) => !entry.isWildcard);
  const patterns = listed
    .filter(({ entry }) => entry.isWildcard)
    .map((at) => ({ ...at, folded: at.entry.isLookAlike ? foldLookAlikes(at.entry.text) : null }));
  const byText = groupBy(plain, ({ entry }) => entry.text);
  const lookAlikes = plain.filter(({ entry }) => entry.isLookAlike);
  // Entries matched by their exact text alone are known plates too: a read of theirs is less likely of another.
  const index: PlateIndex<Listed> = plateIndex(plain, ({ entry }) => [entry.text]);
  const byFolded = groupBy(lookAlikes, ({ entry }) => foldLookAlikes(entry.text));
  const knownShare = Math.min(MAX_KNOWN_SHARE, ENTRY_SHARE * index.byText.size);

  return {
    entries: listed.length,
    match(read, timeMs, siteId) {
      if (read.text === "") return [];
      const found = new Map<string, EntryHit>();
      const add = ({ entry, list }: Listed, match: ListHit["match"], probability: number): void => {
        const isHere = list.siteId === null || list.siteId === siteId;
        if (!isHere || !isValidAt(entry, timeMs) || found.has(entry.id)) return;
        const { id: listId, name: listName, kind: listKind } = list;
        const { id: entryId, text: entryText } = entry;
        found.set(entry.id, { entry, hit: { listId, listName, listKind, entryId, entryText, match, probability } });
      };
      for (const at of byText.get(read.text) ?? []) add(at, "exact", read.confidence);
      const folded = foldLookAlikes(read.text);
      for (const at of patterns) {
        if (matchesWildcard(at.entry.text, read.text)) add(at, "wildcard", read.confidence);
        else if (at.folded !== null && matchesWildcard(at.folded, folded)) add(at, "look-alike", read.confidence);
      }
      if (lookAlikes.length > 0) {
        const probabilities = new Map(
          identifyPlate(read, index, { knownShare }).map(({ text, probability }) => [text, probability]),
        );
        // I and 1, O and 0 are one sign on many plates: whoever asked for look-alikes means them, however sure the read.
        for (const at of byFolded.get(folded) ?? []) {
          add(at, "look-alike", Math.max(read.confidence, probabilities.get(at.entry.text) ?? 0));
        }
        for (const [text, probability] of probabilities) {
          if (probability < MIN_PROBABILITY) continue;
          for (const at of index.byText.get(text)!) if (at.entry.isLookAlike) add(at, "look-alike", probability); // identities are of the index
        }
      }
      return [...found.values()].sort(
        (a, b) =>
          RANK[a.hit.match] - RANK[b.hit.match] ||
          b.hit.probability - a.hit.probability ||
          (a.hit.entryId < b.hit.entryId ? -1 : 1),
      );
    },
  };
}

/**
 * Whether a text is what a pattern says: `?` is one character, `*` any number, everything else stands for itself. Going
 * back only to the last star is enough, so that the time is bounded by the product of the lengths.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let starText = 0;
  for (let i = 0; i < text.length; ) {
    if (at < pattern.length && (pattern[at] === "?" || (pattern[at] === text[i] && pattern[at] !== "*"))) {
      at++;
      i++;
    } else if (pattern[at] === "*") {
      star = at++;
      starText = i;
    } else if (star >= 0) {
      at = star + 1;
      i = ++starText;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

function groupBy<Value>(
  values: readonly Value[],
  keyOf: (value: Value) => string,
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
