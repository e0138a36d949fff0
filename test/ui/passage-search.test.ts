import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf } from "../../src/ui/api/client.ts";
import { countFilters, parsePassageSearch } from "../../src/ui/app/passage-search.ts";
import { formatBytes, percent } from "../../src/ui/parts/format.ts";
import { fromLocalInput, toLocalInput } from "../../src/ui/parts/local-time.ts";

/** Only what is set: the rest is undefined. */
const set = (search: object): object =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

const searches = [
  { name: "nothing", given: {}, expected: {} },
  { name: "a plate of digits, which an address makes a number", given: { text: 123 }, expected: { text: "123" } },
  { name: "the standard match", given: { match: "exact" }, expected: {} },
  { name: "a match", given: { match: "similar" }, expected: { match: "similar" } },
  { name: "a match that does not exist", given: { match: "psychic" }, expected: {} },
  { name: "one camera and several", given: { camera: "c1", region: ["de", "fr"] }, expected: { camera: ["c1"], region: ["de", "fr"] } },
  { name: "a list of what is no text", given: { list: [1, null, "", "l1"] }, expected: { list: ["l1"] } },
  { name: "times and shares out of range", given: { from: -1, to: Number.NaN, minConfidence: 2 }, expected: {} },
  { name: "flags", given: { hold: true, corrected: "yes" }, expected: { hold: true } },
  { name: "a plate longer than any", given: { text: "A".repeat(99) }, expected: { text: "A".repeat(32) } },
]; // biome-ignore format: one case a line
for (const { name, given, expected } of searches) {
  test(`the address of a search may hold ${name}`, () => {
    assert.deepEqual(set(parsePassageSearch(given)), expected);
  });
}

test("filters are counted without text, order and reason", () => {
  assert.equal(countFilters(parsePassageSearch({})), 0);
  assert.equal(countFilters(parsePassageSearch({ text: "A", order: "oldest", reason: "r", from: 1, hold: false })), 2);
});

test("addresses are filled and escaped, and what is empty left out", () => {
  assert.equal(addressOf("/api/v1/lists/:id", { params: { id: "a/b" } }), "/api/v1/lists/a%2Fb");
  assert.equal(addressOf("/x", { query: { a: "", b: null, c: undefined, d: [] } }), "/x");
  assert.equal(
    addressOf("/x", { query: { text: "A&B", camera: ["1", "2"], hold: false } }),
    "/x?text=A%26B&camera=1%2C2&hold=false",
  );
});

test("a share is never rounded up to certainty", () => {
  assert.deepEqual([0, 0.5, 0.9994, 0.99999, 1].map(percent), ["0.0 %", "50.0 %", "99.9 %", "99.9 %", "100 %"]);
});

test("bytes are told in powers of a thousand", () => {
  assert.deepEqual([0, 999, 1500, 123_456_789, 2e12].map(formatBytes), ["0 B", "999 B", "1.5 kB", "123 MB", "2.0 TB"]);
});

test("times survive the way into a form and back, to the minute", () => {
  const timeMs = Date.UTC(2026, 10, 22, 17, 45);
  assert.equal(fromLocalInput(toLocalInput(timeMs)), timeMs);
  assert.deepEqual([toLocalInput(null), fromLocalInput(""), fromLocalInput("yesterday")], ["", null, null]);
});
