import assert from "node:assert/strict";
import { test } from "node:test";
import type { TollCharge } from "../../../src/sites/tolls/charges.ts";
import {
  disputeCharge,
  entriesForCharge,
  type LedgerEntry,
  ledgerCsv,
  ledgerJson,
  resolveCharge,
  standingOf,
  statementOf,
} from "../../../src/sites/tolls/ledger.ts";

const charge = (more: Partial<TollCharge> = {}): TollCharge => ({
  id: "P:a",
  passageIds: ["a"],
  gantryIds: ["P"],
  timeMs: 1000,
  text: "AB123CD",
  probability: 1,
  accountId: "A1",
  vehicleClass: "car",
  price: { tariffId: "t", amount: 150, text: "P 1.50" },
  state: "charged",
  reason: "sure",
  ...more,
});
const act = (id: string, reason = "wrong plate", timeMs = 5000) => ({ id, timeMs, by: "clerk", reason });
const book = (trail: readonly LedgerEntry[], ...made: LedgerEntry[][]): LedgerEntry[] => [...trail, ...made.flat()];

test("an empty book owes nothing", () => {
  assert.equal(standingOf([]), null);
  assert.deepEqual(statementOf([], "A1", 0, 9), {
    accountId: "A1",
    fromMs: 0,
    toMs: 9,
    opening: 0,
    total: 0,
    closing: 0,
    entries: [],
  });
});

test("a charge is booked once, however often it is told", () => {
  const trail = book([], entriesForCharge(charge(), []));
  assert.deepEqual(
    trail.map(({ kind, amount }) => [kind, amount]),
    [["charge", 150]],
  );
  assert.deepEqual(entriesForCharge(charge(), trail), []);
  assert.equal(standingOf([...trail, ...trail])!.amount, 150);
  assert.deepEqual(entriesForCharge(charge({ state: "review" }), []), []);
});

test("a charge that broke is taken back, one that was made anew replaced, with trail", () => {
  let trail = book([], entriesForCharge(charge(), []));
  const dearer = charge({ price: { tariffId: "t", amount: 200, text: "" } });
  trail = book(trail, entriesForCharge(dearer, trail));
  assert.deepEqual(
    trail.map(({ kind, amount }) => [kind, amount]),
    [
      ["charge", 150],
      ["void", -150],
      ["charge", 200],
    ],
  );
  trail = book(trail, entriesForCharge(charge({ state: "void" }), trail));
  assert.equal(standingOf(trail)!.amount, 0);
  assert.deepEqual(entriesForCharge(charge({ state: "void" }), trail), []);
  trail = book(trail, entriesForCharge(charge(), trail));
  assert.equal(standingOf(trail)!.amount, 150);
  assert.equal(new Set(trail.map(({ id }) => id)).size, trail.length);
});

test("a dispute is recorded and upheld, cancelled or corrected, each with who and why", () => {
  const trail = book([], entriesForCharge(charge(), []));
  const disputed = book(trail, disputeCharge(trail, act("d1", "not my car")));
  assert.ok(standingOf(disputed)!.isDisputed);
  const upheld = standingOf(
    book(disputed, resolveCharge(disputed, { kind: "uphold" }, act("r1", "picture shows it"))),
  )!;
  assert.deepEqual([upheld.isDisputed, upheld.amount], [false, 150]);
  const cancelled = standingOf(book(disputed, resolveCharge(disputed, { kind: "cancel" }, act("r1"))))!;
  assert.deepEqual([cancelled.isDisputed, cancelled.amount], [false, 0]);
  const all = book(
    disputed,
    resolveCharge(disputed, { kind: "correct", accountId: "A2", text: "AB128CD", amount: 150 }, act("r1")),
  );
  const corrected = standingOf(all)!;
  assert.deepEqual(
    [corrected.accountId, corrected.text, corrected.amount, corrected.isDisputed],
    ["A2", "AB128CD", 150, false],
  );
  assert.equal(statementOf(all, "A1", 0, 9999).total, 0);
  assert.equal(statementOf(all, "A2", 0, 9999).total, 150);
  assert.ok(all.every(({ by, reason }) => by !== "" && reason !== ""));
});

test("what a person decided is not undone by a late passage", () => {
  const trail = book([], entriesForCharge(charge(), []));
  const cancelled = book(trail, resolveCharge(trail, { kind: "cancel" }, act("r1")));
  assert.deepEqual(entriesForCharge(charge({ price: { tariffId: "t", amount: 999, text: "" } }), cancelled), []);
  assert.deepEqual(entriesForCharge(charge({ state: "void" }), cancelled), []);
});

test("decisions told twice count once; impossible ones are refused", () => {
  const trail = book([], entriesForCharge(charge(), []));
  const disputed = book(trail, disputeCharge(trail, act("d1")));
  assert.deepEqual(disputeCharge(disputed, act("d1")), []);
  const bad = { code: "SITE_INVALID" };
  assert.throws(() => disputeCharge(disputed, act("d2")), { ...bad, message: /disputed already/ });
  assert.throws(() => disputeCharge([], act("d2")), bad);
  assert.throws(() => resolveCharge(trail, { kind: "cancel" }, act("r1", " ")), {
    ...bad,
    message: /without a reason/,
  });
  assert.throws(
    () => resolveCharge(trail, { kind: "correct", accountId: null, text: "X", amount: -1 }, act("r1")),
    bad,
  );
  const cancelled = book(trail, resolveCharge(trail, { kind: "cancel" }, act("r1")));
  assert.throws(() => disputeCharge(cancelled, act("d3")), { ...bad, message: /not owed/ });
});

test("a statement opens with what was owed before", () => {
  const first = entriesForCharge(charge(), []);
  const second = entriesForCharge(charge({ id: "P:b", timeMs: 3000 }), []);
  const { opening, total, closing, entries } = statementOf([...second, ...first], "A1", 2000, 4000);
  assert.deepEqual([opening, total, closing, entries.length], [150, 150, 300, 1]);
});

test("the books are exported as CSV and JSON", () => {
  const entries = entriesForCharge(charge(), []);
  assert.equal(
    ledgerCsv(entries).split("\r\n")[1],
    "P:a#0,P:a,charge,1970-01-01T00:00:01.000Z,A1,AB123CD,150,system,sure",
  );
  assert.deepEqual(JSON.parse(ledgerJson(entries, "EUR")), {
    format: "platekit-toll-ledger",
    schema: 1,
    currency: "EUR",
    entries,
  });
});
