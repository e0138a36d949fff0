import assert from "node:assert/strict";
import { test } from "node:test";
import { createListMatcher, matchesWildcard } from "../../../src/server/intake/match-lists.ts";
import { certainPlate, type PlateEvidence } from "../../../src/sites/site-passage.ts";
import type { ListEntry, PlateList } from "../../../src/store/types.ts";

const row = { revision: 1, createdAtMs: 0, updatedAtMs: 0 };
const list: PlateList = {
  ...{ ...row, id: "list", name: "Stolen", kind: "hotlist", siteId: null, description: "", isEnabled: true },
};
const entry = (text: string, fields: Partial<ListEntry> = {}): ListEntry => ({
  ...{ ...row, id: `entry-${text}`, listId: "list", text, isWildcard: /[?*]/.test(text), isLookAlike: false },
  ...{ label: null, note: null, validFromMs: null, validToMs: null, createdBy: null, ...fields },
});
/** A read whose character at `place` is in doubt. */
function doubtful(text: string, place: number, other: string): PlateEvidence {
  const instead = text.slice(0, place) + other + text.slice(place + 1);
  return {
    ...{ text, confidence: 0.6 },
    characters: [...text].map((character, i) => ({ text: character, confidence: i === place ? 0.6 : 0.99 })),
    candidates: [
      { text, confidence: 0.6 },
      { text: instead, confidence: 0.35 },
    ],
  };
}
const sure = certainPlate;
const look = { isLookAlike: true };

const cases: readonly {
  name: string;
  entries: readonly ListEntry[];
  read: PlateEvidence;
  expected: readonly string[];
}[] = [
  { name: "no lists", entries: [], read: sure("ABC123"), expected: [] },
  { name: "no text", entries: [entry("ABC123"), entry("*")], read: sure(""), expected: [] },
  { name: "another text", entries: [entry("ABC124")], read: sure("ABC123"), expected: [] },
  { name: "the text itself", entries: [entry("ABC123")], read: sure("ABC123"), expected: ["exact ABC123"] },
  { name: "one character for ?", entries: [entry("ABC12?")], read: sure("ABC123"), expected: ["wildcard ABC12?"] },
  { name: "no character for ?", entries: [entry("ABC123?")], read: sure("ABC123"), expected: [] },
  { name: "any number for *", entries: [entry("A*3")], read: sure("ABC123"), expected: ["wildcard A*3"] },
  { name: "a piece without *", entries: [entry("BC12")], read: sure("ABC123"), expected: [] },
  { name: "signs of patterns are signs", entries: [entry("A.C(*")], read: sure("ABC123"), expected: [] },
  { name: "O for 0 where look-alikes are asked for", entries: [entry("ABO123", look)], read: sure("AB0123"), expected: ["look-alike ABO123"] },
  { name: "O for 0 where they are not", entries: [entry("ABO123")], read: sure("AB0123"), expected: [] },
  { name: "1 for I in a wildcard", entries: [entry("AB1*", look)], read: sure("ABI23"), expected: ["look-alike AB1*"] },
  { name: "8 for B when the read was in doubt", entries: [entry("A8C123", look)], read: doubtful("ABC123", 1, "8"), expected: ["look-alike A8C123"] },
  { name: "8 for B when the read was sure", entries: [entry("A8C123", look)], read: sure("ABC123"), expected: [] },
  { name: "two entries, the surer first", entries: [entry("A8C123", look), entry("ABC123")], read: doubtful("ABC123", 1, "8"), expected: ["exact ABC123", "look-alike A8C123"] },
]; // biome-ignore format: one case a line
for (const { name, entries, read, expected } of cases) {
  test(`match: ${name}`, () => {
    const hits = createListMatcher([list], entries).match(read, 1000, null);
    assert.deepEqual(
      hits.map(({ hit }) => `${hit.match} ${hit.entryText}`),
      expected,
    );
    for (const { hit } of hits) assert.ok(hit.probability > 0 && hit.probability <= 1, `${hit.probability}`);
  });
}

test("match: an entry counts from its first valid moment until its end", () => {
  const matcher = createListMatcher([list], [entry("ABC123", { validFromMs: 100, validToMs: 200, ...look })]);
  const hitsAt = (timeMs: number): number => matcher.match(sure("ABC123"), timeMs, null).length;
  assert.deepEqual([99, 100, 199, 200].map(hitsAt), [0, 1, 1, 0]);
});

test("match: a list that is off, or of another site, has no hits", () => {
  const entries = [entry("ABC123")];
  const hits = (lists: PlateList[], siteId: string | null) =>
    createListMatcher(lists, entries).match(sure("ABC123"), 0, siteId).length;
  assert.equal(hits([{ ...list, isEnabled: false }], null), 0);
  assert.equal(hits([], null), 0);
  assert.equal(hits([{ ...list, siteId: "north" }], "south"), 0);
  assert.equal(hits([{ ...list, siteId: "north" }], null), 0);
  assert.equal(hits([{ ...list, siteId: "north" }], "north"), 1);
});

test("match: 20,000 entries are looked through in no time, also those full of stars", () => {
  const entries = Array.from({ length: 20_000 }, (_, i) => entry(`P${i}`, { id: `e${i}`, isLookAlike: i % 2 === 0 }));
  const matcher = createListMatcher([list], [...entries, entry("*1*2*3*4*5*6*7*8*9*X")]);
  const startMs = performance.now();
  for (let i = 0; i < 100; i++) matcher.match(sure(`P1${i}9`), 0, null);
  assert.ok(performance.now() - startMs < 5000);
  assert.equal(matcher.match(sure("P77"), 0, null)[0]?.hit.entryText, "P77");
});

const wildcards = [
  ["", "", true],
  ["*", "", true],
  ["", "A", false],
  ["?", "", false],
  ["A*", "A", true],
  ["*A*", "BAB", true],
  ["*AB", "AAB", true],
  ["A?*B", "AB", false],
  ["A**B?", "AXXBC", true],
  ["[A-Z]", "A", false],
] as const;
for (const [pattern, text, expected] of wildcards) {
  test(`matchesWildcard: "${pattern}" ${expected ? "is" : "is not"} "${text}"`, () => {
    assert.equal(matchesWildcard(pattern, text), expected);
  });
}

test("matchesWildcard: a pattern full of stars takes no time", () => {
  const startMs = performance.now();
  assert.equal(matchesWildcard(`${"*A".repeat(200)}X`, "A".repeat(500)), false);
  assert.ok(performance.now() - startMs < 1000);
});
