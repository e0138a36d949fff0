import assert from "node:assert/strict";
import { test } from "node:test";
import {
  occupancyNow,
  occupancySeries,
  overstays,
  parkingFigures,
  type Stay,
  unpaidStays,
} from "../../../src/sites/parking/occupancy.ts";

const HOUR = 3_600_000;
const stay = (from: number | null, to: number | null, more: Partial<Stay> = {}): Stay => ({
  sessionId: "s",
  text: "AB123CD",
  fromMs: from === null ? null : from * HOUR,
  toMs: to === null ? null : to * HOUR,
  isOpen: to === null,
  zoneIds: ["roof"],
  maxStayMinutes: null,
  fee: null,
  paid: 0,
  ...more,
});

test("an empty site is empty", () => {
  assert.equal(occupancyNow([]), 0);
  assert.deepEqual(occupancySeries([], 0, HOUR, HOUR), [{ fromMs: 0, vehicles: 0, most: 0, entries: 0, exits: 0 }]);
  const figures = parkingFigures([], 0, HOUR, 10);
  assert.deepEqual([figures.stays, figures.turnover, figures.averageStayMinutes, figures.charged], [0, 0, null, 0]);
});

test("vehicles inside are counted, by zone, without those that left unseen", () => {
  const stays = [stay(1, null), stay(1, 2), stay(1, null, { zoneIds: ["cellar"] }), stay(1, null, { isOpen: false })];
  assert.equal(occupancyNow(stays), 2);
  assert.equal(occupancyNow(stays, "cellar"), 1);
});

test("a count on the ground corrects what the cameras missed", () => {
  const stays = [stay(1, 4), stay(3, null), stay(3.5, null)];
  assert.equal(occupancyNow(stays, null, { vehicles: 7, timeMs: 2 * HOUR }), 8);
  assert.equal(occupancyNow([stay(1, 4)], null, { vehicles: 0, timeMs: 2 * HOUR }), 0);
});

test("occupancy over time counts what comes and goes in each bin", () => {
  const stays = [
    stay(-5, 1.5),
    stay(0.5, 0.7),
    stay(1.2, null),
    stay(1.9, 1.8),
    stay(1, null, { isOpen: false }),
    stay(null, 1),
  ];
  assert.deepEqual(occupancySeries(stays, 0, 3 * HOUR, HOUR), [
    { fromMs: 0, vehicles: 1, most: 2, entries: 1, exits: 1 },
    { fromMs: HOUR, vehicles: 1, most: 2, entries: 2, exits: 2 },
    { fromMs: 2 * HOUR, vehicles: 1, most: 1, entries: 0, exits: 0 },
  ]);
  assert.throws(() => occupancySeries([], 0, 1, 0), RangeError);
});

test("turnover, average stay and revenue are of the stays that ended", () => {
  const stays = [
    stay(0, 1, { fee: 100, paid: 100 }),
    stay(0, 3, { fee: 300, paid: 50 }),
    stay(2, null),
    stay(null, 5),
    stay(1, null, { isOpen: false }),
  ];
  const figures = parkingFigures(stays, 0, 24 * HOUR, 10);
  assert.deepEqual(figures, {
    stays: 4,
    turnover: 0.3,
    averageStayMinutes: 120,
    medianStayMinutes: 120,
    charged: 400,
    paid: 150,
    incomplete: 2,
  });
});

test("overstays and unpaid stays are listed, worst first", () => {
  const stays = [
    stay(0, 2, { maxStayMinutes: 60, sessionId: "a" }),
    stay(0, null, { maxStayMinutes: 60, sessionId: "b" }),
    stay(0, 1, { maxStayMinutes: 60 }),
    stay(0, 9),
  ];
  assert.deepEqual(
    overstays(stays, 10 * HOUR).map(({ sessionId, overMinutes }) => [sessionId, overMinutes]),
    [
      ["b", 540],
      ["a", 60],
    ],
  );
  const bills = [
    stay(0, 1, { fee: 100, paid: 40 }),
    stay(0, 1, { fee: 500 }),
    stay(0, 1, { fee: 100, paid: 100 }),
    stay(0, null, { fee: 900 }),
  ];
  assert.deepEqual(
    unpaidStays(bills).map(({ due }) => due),
    [500, 60],
  );
});
