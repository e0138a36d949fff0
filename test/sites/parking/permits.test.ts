import assert from "node:assert/strict";
import { test } from "node:test";
import { type Permit, permitIndex, permitUse } from "../../../src/sites/parking/permits.ts";
import { planOf } from "../../../src/sites/parking/schedule.ts";
import { sessionFee } from "../../../src/sites/parking/session-fee.ts";
import { certainPlate } from "../../../src/sites/site-passage.ts";
import { readOf } from "../reads.ts";
import { TARIFFS } from "./tariffs.ts";

const permit: Permit = {
  id: "P1",
  holder: "A. Holder",
  plates: ["AB123CD", "AB124CD"],
  zones: ["roof"],
  maxConcurrent: 1,
  validFromMs: 1000,
  validToMs: 9000,
};
const index = permitIndex([permit]);
const stay = (fromMs: number, toMs: number | null) => ({ sessionId: "s", permitId: "P1", fromMs, toMs });

const cases = [
  { name: "of a stranger", read: readOf("ZZ999ZZ"), at: 2000, zone: "roof", stays: [], kind: "none" },
  { name: "of a holder", read: readOf("AB123CD"), at: 2000, zone: "roof", stays: [], kind: "valid" },
  {
    name: "of a holder, misread a little",
    read: readOf("A8123CD", { 1: 0.6 }),
    at: 2000,
    zone: "roof",
    stays: [],
    kind: "valid",
  },
  {
    name: "of a holder perhaps",
    read: readOf("QB123CD", { 0: 0.8 }),
    at: 2000,
    zone: "roof",
    stays: [],
    kind: "unsure",
  },
  { name: "before it is valid", read: readOf("AB123CD"), at: 999, zone: "roof", stays: [], kind: "not-valid" },
  { name: "when it has just ended", read: readOf("AB123CD"), at: 9000, zone: "roof", stays: [], kind: "not-valid" },
  { name: "in another zone", read: readOf("AB123CD"), at: 2000, zone: "cellar", stays: [], kind: "wrong-zone" },
  {
    name: "while another vehicle of it is inside",
    read: readOf("AB123CD"),
    at: 2000,
    zone: "roof",
    stays: [stay(1500, null)],
    kind: "full",
  },
  {
    name: "when the other vehicle has left",
    read: readOf("AB123CD"),
    at: 2000,
    zone: "roof",
    stays: [stay(1500, 1900)],
    kind: "valid",
  },
  {
    name: "when the other vehicle comes later",
    read: readOf("AB123CD"),
    at: 2000,
    zone: "roof",
    stays: [stay(2500, null)],
    kind: "valid",
  },
];
for (const { name, read, at, zone, stays, kind } of cases) {
  test(`the permit use ${name} is ${kind}`, () => assert.equal(permitUse(read, at, zone, index, stays).kind, kind));
}

const end = (id: string, text: string) => ({
  id,
  timeMs: Date.parse(`${text}+01:00`),
  place: "",
  plate: certainPlate("AB123CD"),
});
const plan = planOf({ ...TARIFFS.hourly, lostReadPrice: 2500 });
const until = (text: string): Permit => ({ ...permit, validFromMs: null, validToMs: Date.parse(`${text}+01:00`) });

const fees = [
  { name: "without permit", permit: null, amount: 600 },
  { name: "with a permit", permit: { ...permit, validFromMs: null, validToMs: null }, amount: 0 },
  { name: "with a permit that ends during the stay: 2 h are left", permit: until("2026-03-02T12:00"), amount: 300 },
  {
    name: "with a permit that ends 10 minutes before: no free minutes",
    permit: until("2026-03-02T13:50"),
    amount: 150,
  },
  { name: "with a permit that ended before", permit: until("2026-03-01T12:00"), amount: 600 },
];
for (const { name, permit: used, amount } of fees) {
  test(`a session of four hours ${name} costs ${amount}`, () => {
    const session = {
      entry: end("a", "2026-03-02T10:00"),
      exit: end("b", "2026-03-02T14:00"),
      state: "closed" as const,
    };
    const fee = sessionFee(session, Number.MAX_SAFE_INTEGER, plan, used)!;
    assert.equal(fee.amount, amount);
    assert.equal(
      fee.lines.reduce((sum, line) => sum + line.amount, 0),
      amount,
    );
  });
}

test("a session whose entry was not seen has the price of a lost read, or is left to a person", () => {
  const session = { entry: null, exit: end("b", "2026-03-02T14:00"), state: "closed" as const };
  assert.equal(sessionFee(session, 0, plan)!.amount, 2500);
  assert.equal(sessionFee(session, 0, planOf(TARIFFS.hourly)), null);
  assert.equal(sessionFee({ ...session, entry: session.exit, exit: null }, 0, plan)!.amount, 2500);
});
