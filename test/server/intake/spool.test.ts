import assert from "node:assert/strict";
import { test } from "node:test";
import { PlateKitError } from "../../../src/core/errors.ts";
import type { PassageDraft } from "../../../src/server/intake/accept-passage.ts";
import { createSpool } from "../../../src/server/intake/spool.ts";
import { storedPassage } from "../deliveries/stored-passage.ts";

const draft = (id: string): PassageDraft => ({ passage: storedPassage({ id }), cameraId: "gate" });
const appended = { isNew: true, passage: storedPassage() };

test("a spool of nothing is drained at once", async () => {
  const spool = createSpool({ accept: async () => appended, onTrouble: () => {} });
  await spool.drain(1000);
  assert.deepEqual([spool.waiting, spool.lost], [0, 0]);
});

test("passages wait while the store is away, are all stored when it is back, and both are told once", async () => {
  const stored: string[] = [];
  const told: string[] = [];
  let isAway = true;
  const spool = createSpool({
    async accept({ passage }) {
      if (isAway) throw new PlateKitError("STORE_FULL", "No room.");
      stored.push(passage.id);
      return appended;
    },
    firstDelayMs: 5,
    onTrouble: ({ level, text }) => told.push(`${level} ${text}`),
  });
  for (const id of ["a", "b", "c", "d", "e", "f"]) spool.put(draft(id));
  await spool.drain(60);
  assert.deepEqual([stored.length, spool.waiting], [0, 6]);
  isAway = false;
  await spool.drain(5000);
  assert.deepEqual([stored.sort().join(""), spool.waiting, spool.lost], ["abcdef", 0, 0]);
  assert.deepEqual(told, [
    "error Passages wait, since they can't be stored: No room.",
    "message Passages are stored again.",
  ]);
});

test("beyond its limit the oldest are lost, which is counted and told", async () => {
  const told: string[] = [];
  const spool = createSpool({
    accept: () => new Promise(() => {}),
    limit: 2,
    onTrouble: ({ text }) => told.push(text),
  });
  for (let i = 0; i < 9; i++) spool.put(draft(String(i)));
  assert.deepEqual([spool.waiting, spool.lost, told.length], [6, 3, 1]);
});

test("a passage of a camera that is gone does not hold up the others", async () => {
  const stored: string[] = [];
  const spool = createSpool({
    async accept({ passage }) {
      if (passage.id === "bad") throw new PlateKitError("STORE_INVALID", "No such camera.");
      stored.push(passage.id);
      return appended;
    },
    onTrouble: () => {},
  });
  for (const id of ["bad", "good"]) spool.put(draft(id));
  await spool.drain(2000);
  assert.deepEqual([stored, spool.lost, spool.waiting], [["good"], 1, 0]);
});
