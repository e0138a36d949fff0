import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addToPairing,
  joinByHand,
  NO_PAIRS,
  type PairEnd,
  type PairingOptions,
  partByHand,
  partnersFor,
} from "../../src/sites/pairing.ts";
import { certainPlate } from "../../src/sites/site-passage.ts";
import { seededRandom } from "../core/seeded-random.ts";

/** Fits come from a table, so that the tests are about pairing alone. */
function fits(table: Readonly<Record<string, number>>): PairingOptions {
  const likeness = (a: { text: string }, b: { text: string }): number =>
    table[`${a.text}-${b.text}`] ?? table[`${b.text}-${a.text}`] ?? -50;
  return { minFit: 0, sameFit: 5, likeness, plausibility: () => 0 };
}
const end = (id: string): PairEnd => ({ id, timeMs: 0, place: "", plate: certainPlate(id) });
const names = (pairs: readonly { start: PairEnd; end: PairEnd }[]): string[] =>
  pairs.map((pair) => `${pair.start.id}-${pair.end.id}`).sort();

function paired(ids: readonly string[], options: PairingOptions): string[] {
  let state = NO_PAIRS;
  for (const id of ids) state = addToPairing(state, end(id), id.startsWith("s") ? "start" : "end", options).state;
  return names(state.pairs);
}

const cases = [
  { name: "nothing of nothing", ids: [], table: {}, expected: [] },
  { name: "nothing of a start alone", ids: ["s1"], table: {}, expected: [] },
  { name: "nothing that fits worse than being alone", ids: ["s1", "e1"], table: { "s1-e1": -1 }, expected: [] },
  { name: "the better of two", ids: ["s1", "s2", "e1"], table: { "s1-e1": 5, "s2-e1": 8 }, expected: ["s2-e1"] },
  {
    name: "a late start that takes its end back",
    ids: ["s1", "e1", "s2"],
    table: { "s1-e1": 5, "s2-e1": 8 },
    expected: ["s2-e1"],
  },
  {
    name: "two weaker pairs rather than one strong",
    ids: ["s1", "e1", "s2", "e2"],
    table: { "s1-e1": 10, "s1-e2": 7, "s2-e1": 7 },
    expected: ["s1-e2", "s2-e1"],
  },
  {
    name: "one strong pair rather than two much weaker",
    ids: ["s1", "e1", "s2", "e2"],
    table: { "s1-e1": 10, "s1-e2": 4, "s2-e1": 4 },
    expected: ["s1-e1"],
  },
];
for (const { name, ids, table, expected } of cases) {
  test(`pairing makes ${name}`, () => assert.deepEqual(paired(ids, fits(table)), expected));
}

test("the pairing has the largest sum of fits, whatever the order of delivery", () => {
  const random = seededRandom(12);
  for (let round = 0; round < 200; round++) {
    const table: Record<string, number> = {};
    for (let s = 0; s < 4; s++) for (let e = 0; e < 4; e++) if (random() < 0.6) table[`s${s}-e${e}`] = random() * 10;
    const options = fits(table);
    const ids = ["s0", "s1", "s2", "s3", "e0", "e1", "e2", "e3"];
    const best = bestSum(0, [], table);
    for (let i = 0; i < 4; i++) {
      const order = [...ids].sort(() => random() - 0.5);
      const sum = paired(order, options).reduce((total, pair) => total + table[pair]!, 0);
      assert.ok(Math.abs(sum - best) < 1e-9, `${sum} of ${best} in the order ${order}`);
    }
  }
});

/** All ways to pair starts from `s` on with the ends not taken. */
function bestSum(s: number, taken: readonly number[], table: Readonly<Record<string, number>>): number {
  if (s === 4) return 0;
  let best = bestSum(s + 1, taken, table);
  for (let e = 0; e < 4; e++) {
    const fit = table[`s${s}-e${e}`];
    if (fit !== undefined && !taken.includes(e)) best = Math.max(best, fit + bestSum(s + 1, [...taken, e], table));
  }
  return best;
}

test("a pair knows how far the next best is away", () => {
  const options = fits({ "s1-e1": 5, "s2-e1": 8 });
  let { state } = addToPairing(NO_PAIRS, end("s1"), "start", options);
  state = addToPairing(state, end("s2"), "start", options).state;
  assert.equal(addToPairing(state, end("e1"), "end", options).made[0]!.lead, 3);
});

test("what a person joined stays, and what a person parted can pair again", () => {
  const options = fits({ "s1-e1": 1, "s2-e1": 9, "s1-e2": 2 });
  let { state } = addToPairing(NO_PAIRS, end("s1"), "start", options);
  state = addToPairing(state, end("s2"), "start", options).state;
  state = addToPairing(state, end("e1"), "end", options).state;
  assert.deepEqual(partnersFor(state, end("e9"), "end", options), []);
  const joined = joinByHand(state, end("s1"), end("e1"), options);
  assert.deepEqual(names(joined.state.pairs), ["s1-e1"]);
  assert.deepEqual(
    joined.state.starts.map(({ id }) => id),
    ["s2"],
  );
  const later = addToPairing(joined.state, end("e2"), "end", options);
  assert.deepEqual(names(later.state.pairs), ["s1-e1"]);
  const parted = partByHand(later.state, () => true);
  assert.deepEqual([parted.state.pairs.length, parted.state.starts.length, parted.state.ends.length], [0, 2, 2]);
});
