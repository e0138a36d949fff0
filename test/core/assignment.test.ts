import assert from "node:assert/strict";
import { test } from "node:test";
import { assign } from "../../src/core/assignment.ts";
import { seededRandom } from "./seeded-random.ts";

const cases: readonly { name: string; costs: number[][]; unmatchedCost: number; expected: number[] }[] = [
  { name: "no rows pair with nothing", costs: [], unmatchedCost: 1, expected: [] },
  { name: "a row without columns stays alone", costs: [[]], unmatchedCost: 1, expected: [-1] },
  { name: "a pair dearer than staying alone is not made", costs: [[1.5]], unmatchedCost: 1, expected: [-1] },
  {
    name: "a pair as dear as the total of its rivals gives way",
    costs: [
      [1, 2],
      [1.1, 9],
    ],
    unmatchedCost: 10,
    expected: [1, 0],
  },
  { name: "forbidden pairs are not made", costs: [[Infinity, 0.5]], unmatchedCost: 1, expected: [1] },
  {
    name: "two rows that want one column share it out by cost",
    costs: [[0.2], [0.1]],
    unmatchedCost: 1,
    expected: [-1, 0],
  },
  {
    name: "everything forbidden leaves all alone",
    costs: [[Infinity], [Infinity]],
    unmatchedCost: 1,
    expected: [-1, -1],
  },
];
for (const { name, costs, unmatchedCost, expected } of cases) {
  test(`assign: ${name}`, () => assert.deepEqual(assign(costs, unmatchedCost), expected));
}

test("assign: costs as little as the best of all pairings, on 500 random matrices", () => {
  const random = seededRandom(5);
  for (let i = 0; i < 500; i++) {
    const rows = Math.floor(random() * 5);
    const columns = Math.floor(random() * 5);
    const costs = Array.from({ length: rows }, () =>
      Array.from({ length: columns }, () => (random() < 0.2 ? Infinity : random() * 2)),
    );
    const pairs = assign(costs, 1);
    const taken = pairs.filter((column) => column >= 0);
    assert.equal(new Set(taken).size, taken.length, "no column twice");
    const total = pairs.reduce((sum, column, row) => sum + (column < 0 ? 1 : costs[row]![column]!), 0);
    assert.ok(Math.abs(total - cheapest(costs, 0, new Set())) < 1e-9, JSON.stringify(costs));
  }
});

test("assign: rows of unequal length and costs that are no numbers are refused", () => {
  assert.throws(() => assign([[1, 2], [1]], 1), RangeError);
  assert.throws(() => assign([[Number.NaN]], 1), RangeError);
});

/** Least total by trying everything. */
function cheapest(costs: readonly (readonly number[])[], row: number, taken: Set<number>): number {
  if (row === costs.length) return 0;
  let best = 1 + cheapest(costs, row + 1, taken);
  for (const [column, cost] of costs[row]!.entries()) {
    if (taken.has(column)) continue;
    taken.add(column);
    best = Math.min(best, cost + cheapest(costs, row + 1, taken));
    taken.delete(column);
  }
  return best;
}
