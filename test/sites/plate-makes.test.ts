import assert from "node:assert/strict";
import { test } from "node:test";
import { makeShare, nearbyMakeShare, plateMakes } from "../../src/sites/plate-makes.ts";

test("where no plate is known every make is as likely as can be", () => {
  const none = plateMakes([]);
  assert.equal(makeShare("AB123", none), 1);
  assert.equal(nearbyMakeShare("", none), 1);
});

test("a make has the share of the known plates that have it, a rare one never less than one in a hundred", () => {
  const makes = plateMakes([
    ...Array.from({ length: 9000 }, (_, i) => `AB${String(i).padStart(4, "0")}`),
    ...Array.from({ length: 1000 }, (_, i) => `A${String(i).padStart(3, "0")}`),
  ]);
  assert.ok(Math.abs(makeShare("XY9876", makes) - 0.9) < 0.001);
  assert.ok(Math.abs(makeShare("Z111", makes) - 0.1) < 0.003);
  assert.equal(makeShare("1234567", makes), 0.01);
  // Letters of any script are letters.
  assert.equal(makeShare("ÄÖ1234", makes), makeShare("XY1234", makes));
});

const makes = plateMakes(Array.from({ length: 10_000 }, (_, i) => `AB${String(i).padStart(4, "0")}`));
const slips: readonly { name: string; text: string; isNear: boolean }[] = [
  { name: "the make itself", text: "XY1234", isNear: true },
  { name: "a letter read for a digit", text: "XYI234", isNear: true },
  { name: "a digit read for a letter", text: "8Y1234", isNear: true },
  { name: "a character lost", text: "Y1234", isNear: true },
  { name: "a character invented", text: "XY12345", isNear: true },
  { name: "two slips", text: "XYI23A", isNear: false },
];
for (const { name, text, isNear } of slips) {
  test(`the commonest make near a text: ${name}`, () => assert.equal(nearbyMakeShare(text, makes) > 0.9, isNear));
}
