import assert from "node:assert/strict";
import { test } from "node:test";
import { groupRatios, plateProbability } from "../../src/classic/text-prior.ts";

test("a text without gaps says nothing of groups", () => {
  assert.deepEqual(groupRatios([]), []);
  assert.deepEqual(groupRatios([Number.NaN]), [0]);
});

test("a gap wider than the others speaks for a new group, one like them against it", () => {
  const [first, , wide, last] = groupRatios([0.1, 0.1, 0.5, 0.1]);
  assert.ok(wide! > 1 && first! < 0 && first === last);
});

test("a text of a format is likelier than one of none", () => {
  assert.ok(plateProbability("ABC1234", []) > 100 * plateProbability("1A2B3C4", []));
});

test("where the characters stand tells which of two alike texts it is", () => {
  const at = (...wide: number[]) => groupRatios([0, 1, 2, 3, 4, 5].map((gap) => (wide.includes(gap) ? 0.5 : 0.1)));
  // Brazil prints ABO-9333, Georgia and others AB 093 33.
  const odds = (ratios: readonly number[]) =>
    plateProbability("ABO9333", [], ratios) / plateProbability("AB09333", [], ratios);
  assert.ok(odds(at(2)) > 3 * odds(at(1, 4)), `${odds(at(2))} ${odds(at(1, 4))}`);
});

test("regions that are expected are likelier", () => {
  assert.ok(plateProbability("ABC1234", ["br"]) > plateProbability("ABC1234", []));
});
