import assert from "node:assert/strict";
import { test } from "node:test";
import { planFee, planOf, preparePlan, type TariffPlan } from "../../../src/sites/parking/schedule.ts";
import { seededRandom } from "../../core/seeded-random.ts";
import { TARIFFS } from "./tariffs.ts";

const at = (text: string): number => Date.parse(`${text}+01:00`);
const dearer = {
  ...TARIFFS.hourly,
  id: "dearer",
  name: "Dearer",
  bands: [{ name: "New", steps: [{ minutes: 60, price: 200 }] }],
};
const changing = (onChange: "entry" | "split"): TariffPlan => ({
  onChange,
  versions: [
    { fromMs: at("2026-03-02T12:00"), tariff: dearer },
    { fromMs: at("2026-01-01T00:00"), tariff: TARIFFS.hourly },
  ],
});

const cases = [
  { name: "before the change", onChange: "split", from: "2026-03-02T09:00", to: "2026-03-02T11:00", amount: 300 },
  { name: "after the change", onChange: "split", from: "2026-03-02T13:00", to: "2026-03-02T15:00", amount: 400 },
  {
    name: "over the change by the entry's tariff",
    onChange: "entry",
    from: "2026-03-02T11:00",
    to: "2026-03-02T14:00",
    amount: 450,
  },
  {
    name: "over the change, split: 1 × 1.50 + 2 × 2.00",
    onChange: "split",
    from: "2026-03-02T11:00",
    to: "2026-03-02T14:00",
    amount: 550,
  },
  {
    name: "whose hour reaches over the change: 1 × 1.50 + 1 × 2.00",
    onChange: "split",
    from: "2026-03-02T11:30",
    to: "2026-03-02T13:00",
    amount: 350,
  },
  {
    name: "free as a whole, over the change",
    onChange: "split",
    from: "2026-03-02T11:50",
    to: "2026-03-02T12:05",
    amount: 0,
  },
  {
    name: "a minute too long to be free, over the change",
    onChange: "split",
    from: "2026-03-02T11:50",
    to: "2026-03-02T12:06",
    amount: 150,
  },
  { name: "before the first tariff", onChange: "split", from: "2025-03-02T09:00", to: "2025-03-02T11:00", amount: 300 },
] as const;
for (const { name, onChange, from, to, amount } of cases) {
  test(`a tariff changed mid-session prices a stay ${name}`, () => {
    const fee = planFee(preparePlan(changing(onChange)), at(from), at(to));
    assert.equal(fee.amount, amount, JSON.stringify(fee.lines));
  });
}

test("a split fee names the change", () => {
  const { lines } = planFee(preparePlan(changing("split")), at("2026-03-02T11:00"), at("2026-03-02T14:00"));
  assert.deepEqual(
    lines.map(({ text }) => text),
    ["Parking: 1 h at 1.50 = 1.50", 'Tariff "Dearer" from 2026-03-02 12:00', "New: 2 h at 2.00 = 4.00"],
  );
});

test("a fee over a change never falls with a longer stay", () => {
  const random = seededRandom(3);
  const kinds = Object.values(TARIFFS).filter(({ currency }) => currency === "EUR");
  for (let i = 0; i < 100; i++) {
    const pick = () => kinds[Math.floor(random() * kinds.length)]!;
    const plan = preparePlan({
      onChange: "split",
      versions: [0, 1, 2].map((day) => ({ fromMs: at("2026-06-30T12:00") + day * 7.3e7 * random(), tariff: pick() })),
    });
    const fromMs = at("2026-06-30T00:00") + random() * 8e7;
    let before = 0;
    for (let minutes = 0; minutes < 5000; minutes += 1 + Math.floor(random() * 200)) {
      const { amount } = planFee(plan, fromMs, fromMs + minutes * 60_000);
      assert.ok(
        amount >= before,
        `${plan.versions.map(({ prepared }) => prepared.tariff.id).join()} ${minutes}: ${amount} < ${before}`,
      );
      before = amount;
    }
  }
});

test("plans without a tariff, or with two currencies or time zones, are refused", () => {
  assert.throws(() => preparePlan({ versions: [] }), { code: "SITE_INVALID" });
  const two = (tariff: (typeof TARIFFS)["hourly"] | (typeof TARIFFS)["yen"]) => () =>
    preparePlan({
      versions: [
        { fromMs: 0, tariff: TARIFFS.hourly },
        { fromMs: 1, tariff },
      ],
    });
  assert.throws(two(TARIFFS.yen), { code: "SITE_INVALID", message: /differ in their currency/ });
  assert.equal(planOf(TARIFFS.yen).currency.digits, 0);
});
