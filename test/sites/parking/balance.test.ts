import assert from "node:assert/strict";
import { test } from "node:test";
import { balanceAt, type Payment } from "../../../src/sites/parking/balance.ts";
import { planFee, planOf } from "../../../src/sites/parking/schedule.ts";
import { TARIFFS } from "./tariffs.ts";

const MINUTE = 60_000;
const entryMs = Date.parse("2026-03-02T10:00+01:00");
const plan = planOf(TARIFFS.hourly);
const feeUntil = (timeMs: number) => planFee(plan, entryMs, timeMs);
const paid = (minute: number, amount: number, id = `p${minute}`): Payment => ({
  id,
  timeMs: entryMs + minute * MINUTE,
  amount,
});

const cases: readonly {
  name: string;
  payments: Payment[];
  minute: number;
  due: number;
  leaveBy: number | null;
  over?: number;
}[] = [
  { name: "nothing paid and nothing due", payments: [], minute: 10, due: 0, leaveBy: null },
  { name: "nothing paid", payments: [], minute: 90, due: 300, leaveBy: null },
  { name: "all paid, leaving at once", payments: [paid(55, 150)], minute: 56, due: 0, leaveBy: 70 },
  {
    name: "all paid, the next hour begun within the grace period",
    payments: [paid(55, 150)],
    minute: 70,
    due: 0,
    leaveBy: 70,
  },
  { name: "all paid, a minute after the grace period", payments: [paid(55, 150)], minute: 71, due: 150, leaveBy: 70 },
  { name: "half of it paid", payments: [paid(90, 100)], minute: 91, due: 200, leaveBy: null },
  { name: "paid in two parts", payments: [paid(90, 100), paid(95, 200)], minute: 100, due: 0, leaveBy: 110 },
  {
    name: "paid again after the grace period",
    payments: [paid(55, 150), paid(100, 150)],
    minute: 110,
    due: 0,
    leaveBy: 115,
  },
  { name: "the same payment told twice", payments: [paid(90, 300), paid(90, 300)], minute: 91, due: 0, leaveBy: 105 },
  { name: "too much paid", payments: [paid(90, 500)], minute: 91, due: 0, leaveBy: 105, over: 200 },
  { name: "a refund", payments: [paid(55, 150), paid(56, -150)], minute: 57, due: 150, leaveBy: null },
  { name: "a payment in the free time grants no grace", payments: [paid(5, 0)], minute: 20, due: 150, leaveBy: null },
  { name: "a payment yet to come", payments: [paid(99, 300)], minute: 90, due: 300, leaveBy: null },
];
for (const { name, payments, minute, due, leaveBy, over = 0 } of cases) {
  test(`a balance: ${name}`, () => {
    const balance = balanceAt(feeUntil, payments, entryMs + minute * MINUTE, 15);
    assert.equal(balance.due, due);
    assert.equal(balance.overpaid, over);
    assert.equal(balance.leaveByMs, leaveBy === null ? null : entryMs + leaveBy * MINUTE);
  });
}

test("a payment that is no whole amount is refused", () => {
  assert.throws(() => balanceAt(feeUntil, [paid(1, 0.5)], entryMs), { code: "SITE_INVALID" });
});
