import assert from "node:assert/strict";
import { test } from "node:test";
import { stayFee } from "../../../src/sites/parking/fee.ts";
import { prepareTariff, type Tariff, type TariffBand } from "../../../src/sites/parking/tariff.ts";
import { seededRandom } from "../../core/seeded-random.ts";
import { TARIFFS } from "./tariffs.ts";

const MINUTE = 60_000;
const at = (text: string): number => Date.parse(text);

/** A tariff such as nobody would write, but might. */
function randomTariff(random: () => number): Tariff {
  const int = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const clock = (): string => `${String(int(0, 23)).padStart(2, "0")}:${random() < 0.5 ? "00" : "30"}`;
  const steps = (): TariffBand => ({
    name: "Steps",
    steps: Array.from({ length: int(1, 3) }, () => ({ minutes: int(1, 180), price: int(0, 500) })),
  });
  const bands: TariffBand[] = Array.from({ length: int(0, 3) }, () => ({
    ...(random() < 0.3 ? { name: "Flat", flat: int(0, 900) } : steps()),
    hours: [{ from: clock(), to: clock(), ...(random() < 0.5 ? { days: [1, 2, 6, "holiday"] as const } : {}) }],
  }));
  return {
    id: "random",
    name: "Random",
    currency: "EUR",
    timeZone: random() < 0.5 ? "Europe/Berlin" : "America/New_York",
    freeMinutes: int(0, 40),
    freeMinutesDeducted: random() < 0.5,
    stepsRestart: random() < 0.5 ? "daily" : "never",
    holidays: ["2026-03-28", "2026-10-26"],
    bands: [...bands, random() < 0.2 ? { name: "Day", flat: int(0, 900) } : steps()],
    ...(random() < 0.6 ? { dayCap: { price: int(0, 3000), basis: random() < 0.5 ? "calendar" : "24h" } } : {}),
    ...(random() < 0.3
      ? { events: [{ name: "Fair", from: "2026-03-28T20:00", to: "2026-03-29T04:00", price: int(0, 2000) }] }
      : {}),
  };
}

test("a fee is never negative, never falls with a longer stay, and its lines sum to it, for 300 random tariffs", () => {
  const random = seededRandom(7);
  for (let i = 0; i < 300; i++) {
    const tariff = randomTariff(random);
    const prepared = prepareTariff(tariff);
    // Around both changes of the clocks.
    const fromMs =
      at(random() < 0.5 ? "2026-03-28T00:00Z" : "2026-10-24T00:00Z") + Math.floor(random() * 2880) * MINUTE;
    let before = 0;
    for (let minutes = 0; minutes < 4000; minutes += 1 + Math.floor(random() * 240)) {
      const { amount, lines } = stayFee(prepared, fromMs, fromMs + minutes * MINUTE);
      const label = `${JSON.stringify(tariff)} for ${minutes} min`;
      assert.ok(amount >= before, `${amount} < ${before}: ${label}`);
      assert.equal(
        lines.reduce((sum, line) => sum + line.amount, 0),
        amount,
        label,
      );
      before = amount;
    }
  }
});

test("the day cap holds for every stay: no more than the cap for each day it touches", () => {
  const random = seededRandom(8);
  for (let i = 0; i < 300; i++) {
    const { events: _, ...rest } = randomTariff(random);
    const basis = random() < 0.5 ? "calendar" : "24h";
    const price = Math.floor(random() * 2000);
    const prepared = prepareTariff({ ...rest, dayCap: { price, basis } });
    const fromMs = at("2026-03-27T00:00Z") + Math.floor(random() * 2880) * MINUTE;
    const minutes = 1 + Math.floor(random() * 6000);
    const toMs = fromMs + minutes * MINUTE;
    const days =
      basis === "24h"
        ? Math.ceil(minutes / 1440)
        : prepared.clock.wallTime(toMs - 1).day - prepared.clock.wallTime(fromMs).day + 1;
    assert.ok(stayFee(prepared, fromMs, toMs).amount <= days * price);
  }
});

test("a stay of 40 years is priced at once, and explained in few lines", () => {
  const fromMs = at("1986-03-02T10:00+01:00");
  const toMs = at("2026-03-02T10:00+01:00");
  const startMs = performance.now();
  const fee = stayFee(prepareTariff(TARIFFS.stepped), fromMs, toMs);
  assert.ok(performance.now() - startMs < 5000);
  // From 2 March 1986 to 2 March 2026 there are 14,610 days. The first day reaches its cap (2.00 + 26 × 0.80), so do
  // the 14,609 between; the last has 20 half hours, 16.00, which is above the cap too.
  assert.equal(fee.amount, 14_611 * 1500);
  assert.ok(fee.lines.length <= 3);
  assert.match(fee.lines.at(-1)!.text, /^Day cap 15\.00 on 14611 days: -/);
});

const explained: readonly { name: string; tariff: Tariff; to: string; lines: readonly string[] }[] = [
  { name: "free time", tariff: TARIFFS.hourly, to: "2026-03-02T10:10+01:00", lines: ["10 min of 15 min free"] },
  { name: "hours", tariff: TARIFFS.hourly, to: "2026-03-02T12:00+01:00", lines: ["Parking: 2 h at 1.50 = 3.00"] },
  {
    name: "steps and a cap",
    tariff: TARIFFS.stepped,
    to: "2026-03-02T19:30+01:00",
    lines: [
      "Parking: 1 h at 2.00 = 2.00",
      "Parking: 17 × 30 min at 0.80 = 13.60",
      "Day cap 15.00 on 2026-03-02: -0.60",
    ],
  },
  {
    name: "a night",
    tariff: TARIFFS.dayNight,
    to: "2026-03-03T09:00+01:00",
    lines: ["Day: 10 h at 1.50 = 15.00", "Night: flat 5.00", "Day: 1 h at 1.50 = 1.50"],
  },
  {
    name: "days of 24 hours",
    tariff: TARIFFS.cap24,
    to: "2026-03-03T11:00+01:00",
    lines: [
      "Parking: 1 h at 4.00 = 4.00",
      "Parking: 23 h at 2.00 = 46.00",
      "Day cap 12.00 on the 1st 24 h: -38.00",
      "Parking: 1 h at 4.00 = 4.00",
    ],
  },
  {
    name: "deducted free time",
    tariff: TARIFFS.deducted,
    to: "2026-03-02T11:00+01:00",
    lines: ["First 30 min free", "Parking: 30 min at 1.00 = 1.00"],
  },
  {
    name: "an exit before the entry",
    tariff: TARIFFS.hourly,
    to: "2026-03-02T09:00+01:00",
    lines: ["Exit before entry: nothing charged, to be reviewed"],
  },
];
for (const { name, tariff, to, lines } of explained) {
  test(`a fee explains ${name}`, () => {
    const fee = stayFee(prepareTariff(tariff), at("2026-03-02T10:00+01:00"), at(to));
    assert.deepEqual(
      fee.lines.map(({ text }) => text),
      lines,
    );
  });
}

const parking = { name: "Parking", steps: [{ minutes: 60, price: 100 }] };
const refused: readonly { name: string; change: Partial<Tariff>; message: RegExp }[] = [
  {
    name: "a negative price",
    change: { bands: [{ name: "P", steps: [{ minutes: 60, price: -1 }] }] },
    message: /step 1 must be a whole number .* found -1/,
  },
  {
    name: "a price of half a cent",
    change: { bands: [{ name: "P", steps: [{ minutes: 60, price: 0.5 }] }] },
    message: /found 0\.5/,
  },
  { name: "a price that is no number", change: { bands: [{ name: "P", flat: Number.NaN }] }, message: /found NaN/ },
  { name: "a negative cap", change: { dayCap: { price: -5, basis: "24h" } }, message: /day cap/ },
  {
    name: "a step of no length",
    change: { bands: [{ name: "P", steps: [{ minutes: 0, price: 1 }] }] },
    message: /minutes must be 1 or more/,
  },
  { name: "no band", change: { bands: [] }, message: /last band without hours/ },
  {
    name: "hours that are not covered",
    change: { bands: [{ ...parking, hours: [{ from: "08:00", to: "20:00" }] }] },
    message: /last band without hours/,
  },
  { name: "a band that is never reached", change: { bands: [parking, parking] }, message: /hides all after it/ },
  {
    name: "steps and a flat price at once",
    change: { bands: [{ ...parking, flat: 1 }] },
    message: /either steps or a flat price/,
  },
  {
    name: "a last step that ends",
    change: { bands: [{ name: "P", steps: [{ minutes: 60, price: 1, times: 2 }] }] },
    message: /the last step has none/,
  },
  {
    name: "a time of day that is none",
    change: { bands: [{ ...parking, hours: [{ from: "8", to: "20:00" }] }, parking] },
    message: /"8" is no time of day/,
  },
  { name: "a day that is none", change: { holidays: ["2026-02-30"] }, message: /"2026-02-30" is no date/ },
  {
    name: "a time zone that is none",
    change: { timeZone: "Europe/Nowhere" },
    message: /no time zone "Europe\/Nowhere"/,
  },
  { name: "a currency that is none", change: { currency: "euro" }, message: /no currency/ },
  {
    name: "an event that ends before it begins",
    change: { events: [{ name: "E", from: "2026-07-02T00:00", to: "2026-07-01T00:00", price: 1 }] },
    message: /ends before it begins/,
  },
  {
    name: "events that overlap",
    change: {
      events: [
        { name: "A", from: "2026-07-01T10:00", to: "2026-07-01T20:00", price: 1 },
        { name: "B", from: "2026-07-01T19:00", to: "2026-07-01T21:00", price: 1 },
      ],
    },
    message: /"B" begins before/,
  },
  { name: "free minutes below zero", change: { freeMinutes: -1 }, message: /freeMinutes must be/ },
];
for (const { name, change, message } of refused) {
  test(`a tariff with ${name} is refused`, () => {
    assert.throws(() => prepareTariff({ ...TARIFFS.hourly, ...change }), { code: "SITE_INVALID", message });
  });
}
