import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_MISREADS } from "../../../src/sites/simulation/misreads.ts";
import { DEFAULT_DELIVERY } from "../../../src/sites/simulation/stream.ts";
import { simulateTolls } from "../../../src/sites/simulation/tolls.ts";

test("a small simulation of tolls charges next to nothing wrongly, and asks people little", () => {
  const figures = simulateTolls({
    vehicles: 2000,
    days: 1,
    seed: 1,
    misreads: DEFAULT_MISREADS,
    delivery: DEFAULT_DELIVERY,
  });
  const byKey = new Map(figures.map((figure) => [figure.key, figure]));
  assert.ok(byKey.get("tollsWrong")!.value <= 1e-3 && byKey.get("tollsWrong")!.naive! > 0.02);
  assert.ok(byKey.get("tollsReviewed")!.value <= 0.07);
  assert.ok(byKey.get("tollsLost")!.value <= 0.005);
});
