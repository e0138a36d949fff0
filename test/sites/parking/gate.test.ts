import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decideEntry,
  decideExit,
  type EntryFacts,
  type ExitFacts,
  GATE_DEFAULTS,
  manualOpening,
} from "../../../src/sites/parking/gate.ts";
import type { Permit } from "../../../src/sites/parking/permits.ts";

const permit: Permit = { id: "P1", holder: "H", plates: [], validFromMs: null, validToMs: null };
const entry: EntryFacts = { gatheredMs: 1000, listed: null, permit: { kind: "none" }, isFull: false, isInside: false };
const exit: ExitFacts = { gatheredMs: 1000, listed: null, due: { amount: 0, paid: 0, text: "" } };
const sure = { text: "AB123CD", confidence: 0.99 };

const entries = [
  { name: "a visitor", read: sure, facts: {}, decision: "open visitor" },
  { name: "a plate nobody could read", read: { text: "", confidence: 0 }, facts: {}, decision: "ask not-readable" },
  { name: "a read that is not sure", read: { text: "AB123CD", confidence: 0.7 }, facts: {}, decision: "ask not-sure" },
  {
    name: "a permit",
    read: sure,
    facts: { permit: { kind: "valid", permit, probability: 1 } },
    decision: "open permit",
  },
  {
    name: "a permit that is surer than the read",
    read: { text: "AB123C0", confidence: 0.6 },
    facts: { permit: { kind: "valid", permit, probability: 0.99 } },
    decision: "open permit",
  },
  {
    name: "a permit perhaps",
    read: { text: "AB123C0", confidence: 0.6 },
    facts: { permit: { kind: "unsure", permit, probability: 0.8 } },
    decision: "ask permit-unsure",
  },
  {
    name: "a permit whose places are taken",
    read: sure,
    facts: { permit: { kind: "full", permit } },
    decision: "open permit-full",
  },
  {
    name: "a permit that has ended",
    read: sure,
    facts: { permit: { kind: "not-valid", permit } },
    decision: "open permit-not-valid",
  },
  {
    name: "a permit of another zone",
    read: sure,
    facts: { permit: { kind: "wrong-zone", permit } },
    decision: "open permit-wrong-zone",
  },
  { name: "a visitor when full", read: sure, facts: { isFull: true }, decision: "deny full" },
  {
    name: "a permit when full",
    read: sure,
    facts: { isFull: true, permit: { kind: "valid", permit, probability: 1 } },
    decision: "open permit",
  },
  { name: "the deny list", read: sure, facts: { listed: "deny" }, decision: "deny on-deny-list" },
  { name: "the allow list", read: sure, facts: { listed: "allow" }, decision: "open on-allow-list" },
  { name: "a plate that is inside already", read: sure, facts: { isInside: true }, decision: "open already-inside" },
] as const;
for (const { name, read, facts, decision } of entries) {
  test(`the entry gate decides "${decision}" for ${name}`, () => {
    const { action, reason, timeMs } = decideEntry(read, { ...entry, ...facts }, 1200);
    assert.equal(`${action} ${reason}`, decision);
    assert.equal(timeMs, 1200);
  });
}

const exits = [
  { name: "nothing due", read: sure, facts: {}, decision: "open nothing-due" },
  { name: "all paid", read: sure, facts: { due: { amount: 0, paid: 300, text: "" } }, decision: "open paid" },
  {
    name: "a payment due",
    read: sure,
    facts: { due: { amount: 300, paid: 0, text: "3.00" } },
    decision: "deny payment-due",
  },
  { name: "no entry known", read: sure, facts: { due: null }, decision: "ask no-entry-known" },
  {
    name: "an unreadable plate",
    read: { text: "", confidence: 0 },
    facts: { due: null },
    decision: "ask not-readable",
  },
  { name: "the allow list", read: sure, facts: { listed: "allow", due: null }, decision: "open on-allow-list" },
] as const;
for (const { name, read, facts, decision } of exits) {
  test(`the exit gate decides "${decision}" for ${name}`, () => {
    const { action, reason } = decideExit(read, { ...exit, ...facts }, 1200);
    assert.equal(`${action} ${reason}`, decision);
  });
}

test("gates fail safe when the facts are missing or too old: by default an entry asks and an exit opens", () => {
  assert.deepEqual([decideEntry(sure, null, 0).action, decideEntry(sure, null, 0).reason], ["ask", "facts-missing"]);
  assert.deepEqual(
    [decideExit(sure, exit, 60_000).action, decideExit(sure, exit, 60_000).reason],
    ["open", "too-slow"],
  );
  const closed = { ...GATE_DEFAULTS, failSafe: { entry: "deny", exit: "deny" } as const };
  assert.equal(decideExit(sure, null, 0, closed).action, "deny");
});

test("an opening by hand is a decision that says who and why", () => {
  assert.deepEqual(manualOpening("porter", "ambulance", 7), {
    action: "open",
    reason: "manual",
    detail: "ambulance",
    timeMs: 7,
    by: "porter",
  });
});
