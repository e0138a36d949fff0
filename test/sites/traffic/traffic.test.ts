import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { BIN_MS, trafficBins, trafficCsv } from "../../../src/sites/traffic/bins.ts";
import { compareDay, incidentHint } from "../../../src/sites/traffic/comparison.ts";
import { anonymousPassage, OD_DEFAULTS, odCsv, odMatrix } from "../../../src/sites/traffic/origin-destination.ts";
import {
  NO_TRAVERSALS,
  type RoadSection,
  settleTraversals,
  type Traversal,
  travelTimes,
  travelTimesCsv,
  updateTraversals,
  withoutOutliers,
} from "../../../src/sites/traffic/travel-time.ts";
import { dayOf, zoneClock } from "../../../src/sites/zone-clock.ts";
import { seededRandom } from "../../core/seeded-random.ts";
import { passageOf, readOf } from "../reads.ts";

const MINUTE = 60_000;
const seen = (minute: number, seconds = 2, lane = "1") => ({
  cameraId: "c",
  lane,
  firstTimeMs: minute * MINUTE,
  lastTimeMs: minute * MINUTE + seconds * 1000,
});

test("no passages make no bins, and an empty bin is there beside a full one", () => {
  assert.deepEqual(trafficBins([], 0, 5 * MINUTE, MINUTE), []);
  assert.deepEqual(
    trafficBins([seen(0)], 0, 2 * MINUTE, MINUTE).map(({ vehicles }) => vehicles),
    [1, 0],
  );
});

test("bins tell flow, headway and occupancy, by lane", () => {
  const bins = trafficBins(
    [seen(0.5), seen(0.1, 6), seen(0.9), seen(0.95, 12), seen(0.2, 2, "2"), seen(99)],
    0,
    2 * MINUTE,
    BIN_MS["1min"],
  );
  const [first, second, other] = bins;
  assert.deepEqual([first!.vehicles, first!.flow, second!.vehicles, other!.lane, bins.length], [4, 240, 0, "2", 4]);
  assert.ok(Math.abs(first!.headwaySeconds! - (0.85 * 60) / 3) < 1e-9);
  // 6 s and 2 s, then 2 s and 3 s of the 12; the other 9 s are in the next bin.
  assert.ok(Math.abs(first!.occupancy - 13 / 60) < 1e-9, String(first!.occupancy));
  assert.ok(Math.abs(second!.occupancy - 9 / 60) < 1e-9);
  assert.deepEqual([other!.headwaySeconds, second!.headwaySeconds], [null, null]);
  assert.equal(trafficCsv(bins).split("\r\n").length, 6);
});

test("plates in sight at once occupy a lane once, and never more than all of it", () => {
  const [bin] = trafficBins([seen(0, 60), seen(0.1, 10), seen(0.5, 90)], 0, MINUTE, MINUTE);
  assert.equal(bin!.occupancy, 1);
});

test("bins without length, or without end, are refused", () => {
  for (const binMs of [0, -1, Number.NaN, 0.001])
    assert.throws(() => trafficBins([], 0, 5 * MINUTE, binMs), RangeError);
});

const section: RoadSection = { id: "s", fromCameraId: "a", toCameraId: "b", metres: 1000 };
function traverse(passages: readonly ReturnType<typeof passageOf>[]): { traversals: Traversal[]; implausible: number } {
  let state = NO_TRAVERSALS;
  const traversals: Traversal[] = [];
  for (const passage of passages) {
    const change = updateTraversals(state, passage, section);
    state = change.state;
    traversals.push(...change.traversals);
  }
  return { traversals, implausible: state.implausible };
}

const drives = [
  { name: "nothing", passages: [], durations: [], implausible: 0 },
  {
    name: "a vehicle at both points",
    passages: [passageOf("1", "a", 0, "AB123CD"), passageOf("2", "b", MINUTE, "AB123CD")],
    durations: [MINUTE],
    implausible: 0,
  },
  {
    name: "a vehicle told twice",
    passages: [
      passageOf("1", "a", 0, "AB123CD"),
      passageOf("1", "a", 0, "AB123CD"),
      passageOf("2", "b", MINUTE, "AB123CD"),
      passageOf("2", "b", MINUTE, "AB123CD"),
    ],
    durations: [MINUTE],
    implausible: 0,
  },
  {
    name: "a misread vehicle",
    passages: [passageOf("1", "a", 0, "AB123CD"), passageOf("2", "b", MINUTE, readOf("A8123CD", { 1: 0.5 }))],
    durations: [MINUTE],
    implausible: 0,
  },
  {
    name: "the latest of two drives",
    passages: [
      passageOf("1", "a", 0, "AB123CD"),
      passageOf("2", "a", 10 * MINUTE, "AB123CD"),
      passageOf("3", "b", 11 * MINUTE, "AB123CD"),
    ],
    durations: [MINUTE],
    implausible: 0,
  },
  {
    name: "delivery in reverse",
    passages: [passageOf("2", "b", MINUTE, "AB123CD"), passageOf("1", "a", 0, "AB123CD")],
    durations: [MINUTE],
    implausible: 0,
  },
  {
    name: "clocks that differ by more than the drive",
    passages: [passageOf("1", "a", 10_000, "AB123CD"), passageOf("2", "b", 5000, "AB123CD")],
    durations: [],
    implausible: 1,
  },
  {
    name: "plates of one character",
    passages: [passageOf("1", "a", 0, "A"), passageOf("2", "b", MINUTE, "A")],
    durations: [],
    implausible: 0,
  },
  {
    name: "a passage elsewhere",
    passages: [passageOf("1", "a", 0, "AB123CD"), passageOf("2", "z", MINUTE, "AB123CD")],
    durations: [],
    implausible: 0,
  },
];
for (const { name, passages, durations, implausible } of drives) {
  test(`travel times of ${name}`, () => {
    const found = traverse(passages);
    assert.deepEqual(
      found.traversals.map(({ durationMs }) => durationMs),
      durations,
    );
    assert.equal(found.implausible, implausible);
  });
}

test("vehicles that can't arrive any more are forgotten", () => {
  const { state } = updateTraversals(NO_TRAVERSALS, passageOf("1", "a", 0, "AB123CD"), section);
  assert.equal(settleTraversals(state, 10 * MINUTE, section).pairing.starts.length, 1);
  assert.equal(settleTraversals(state, 60 * MINUTE, section).pairing.starts.length, 0);
});

test("stops are outliers, slow traffic is not", () => {
  assert.deepEqual(withoutOutliers([]), { kept: [], outliers: 0 });
  assert.equal(withoutOutliers([60, 600]).outliers, 0);
  const random = seededRandom(2);
  const drives = Array.from({ length: 100 }, () => 60_000 * (0.9 + 0.2 * random()));
  const stops = Array.from({ length: 25 }, () => 300_000 + 600_000 * random());
  assert.equal(withoutOutliers([...drives, ...stops]).outliers, 25);
  assert.equal(withoutOutliers(drives.map((value) => 5 * value)).outliers, 0);
});

test("travel times are told by bin: median, percentiles and the speed of the space", () => {
  const traversals = [30_000, 60_000, 60_000, 0, -5].map((durationMs, i) => ({ startMs: i * 1000, durationMs }));
  const [bin] = travelTimes([...traversals, { startMs: 3_600_000, durationMs: 36_000 }], 1000, 3_600_000);
  assert.deepEqual([bin!.vehicles, bin!.medianMs, bin!.outliers], [3, 60_000, 0]);
  assert.ok(Math.abs(bin!.kmh! - 72) < 1e-9); // 3 km in 150 s
  assert.match(travelTimesCsv([bin!]), /,3,0,60,/);
});

const hashPlate = (text: string): string => createHmac("sha256", "key of the day").update(text).digest("hex");

test("plates are hashed with a key, and unsure ones not at all", () => {
  const one = anonymousPassage(readOf("AB123CD"), "north", 0, hashPlate)!;
  assert.ok(!JSON.stringify(one).includes("AB123CD") && one.hash.length === 64);
  assert.equal(anonymousPassage(readOf("AB123CD", { 0: 0.5 }), "north", 0, hashPlate), null);
  assert.equal(anonymousPassage(readOf(""), "north", 0, hashPlate), null);
});

test("origins and destinations of fewer than k vehicles are not told, nor any total", () => {
  assert.deepEqual(odMatrix([]), { cells: [], suppressed: 0, k: 5 });
  const drive = (vehicle: number, points: string[], from = 0) =>
    points.map((point, i) => ({ hash: `v${vehicle}`, point, timeMs: from + i * MINUTE }));
  const many = [0, 1, 2, 3, 4].flatMap((vehicle) => drive(vehicle, ["north", "middle", "south"]));
  const often = [0, 1, 2, 3, 4, 5].flatMap((time) => drive(9, ["east", "south"], time * 7_200_000));
  const matrix = odMatrix([...many.reverse(), ...often, ...drive(7, ["north"]), ...drive(8, ["north", "north"])]);
  assert.deepEqual(matrix.cells, [
    { origin: "east", destination: "south", trips: null },
    { origin: "north", destination: "south", trips: 5 },
  ]);
  assert.equal(matrix.suppressed, 1);
  assert.ok(!JSON.stringify(matrix).includes("6"));
  assert.match(odCsv(matrix), /east,south,\r\n/);
  for (const k of [1, 0, 2.5]) assert.throws(() => odMatrix([], { ...OD_DEFAULTS, k }), RangeError);
});

test("a day is compared with earlier days of its weekday, by the clock on the wall", () => {
  const clock = zoneClock("Europe/Berlin");
  const at = (date: string, minute: number) => clock.instant(dayOf(date), minute);
  // Mondays before and after the clocks go forward.
  const values = ["2026-03-16", "2026-03-23", "2026-03-30"].map((date, i) => ({
    fromMs: at(date, 480),
    value: 100 + 10 * i,
  }));
  const bins = compareDay([...values, { fromMs: at("2026-03-24", 480), value: 999 }], dayOf("2026-03-30"), clock, 60);
  assert.equal(bins.length, 24);
  const eight = bins[8]!;
  assert.deepEqual([eight.minute, eight.value, eight.usual, eight.days], [480, 120, 105, 2]);
  assert.deepEqual([bins[9]!.value, bins[9]!.usual], [null, null]);
});

const bin = (minute: number, medianMs: number | null, more = {}) => ({
  fromMs: minute * MINUTE,
  vehicles: 20,
  medianMs,
  usualMs: 60_000,
  highMs: 70_000,
  days: 8,
  ...more,
});
const incidents = [
  { name: "nothing", bins: [], from: null },
  { name: "usual traffic", bins: [bin(0, 60_000), bin(5, 69_000)], from: null },
  { name: "one slow bin", bins: [bin(0, 60_000), bin(5, 120_000)], from: null },
  { name: "two slow bins", bins: [bin(0, 60_000), bin(5, 120_000), bin(10, 130_000)], from: 5 },
  { name: "two slow bins that are over", bins: [bin(0, 120_000), bin(5, 120_000), bin(10, 60_000)], from: null },
  {
    name: "slow bins around one with too few vehicles",
    bins: [bin(0, 120_000), bin(5, 60_000, { vehicles: 2 }), bin(10, 120_000)],
    from: 0,
  },
  { name: "bins above a narrow band", bins: [bin(0, 71_000), bin(5, 71_000)], from: null },
  { name: "slow bins without history", bins: [bin(0, 120_000, { days: 2 }), bin(5, 120_000, { days: 2 })], from: null },
];
for (const { name, bins, from } of incidents) {
  test(`${from === null ? "no incident is hinted at by" : "an incident is hinted at by"} ${name}`, () => {
    assert.equal(incidentHint(bins)?.fromMs ?? null, from === null ? null : from * MINUTE);
  });
}
