import assert from "node:assert/strict";
import { test } from "node:test";
import { type ClipFrame, vehiclesOf } from "../../src/web/clip-vehicles.ts";
import { seededRandom } from "../core/seeded-random.ts";
import { readsAt, type SimulatedVehicle } from "../core/simulated-traffic.ts";

/** Frames taken every `stepMs` of the vehicles, with one character in 20 misread. */
function framesOf(vehicles: readonly SimulatedVehicle[], untilMs: number, stepMs: number): ClipFrame[] {
  const camera = { random: seededRandom(7), misreadRate: 0.05 };
  const count = Math.floor(untilMs / stepMs) + 1;
  return Array.from({ length: count }, (_, i) => ({
    timeMs: i * stepMs,
    plates: readsAt(vehicles, i * stepMs, camera).map(({ read }) => read),
  }));
}

const slow: SimulatedVehicle = {
  text: "B4711XY",
  fromMs: 0,
  toMs: 3500,
  place: (timeMs) => ({ x: 400 - timeMs / 25, y: 220 + timeMs / 100, heightPx: 30 }),
};

test("no frames hold no vehicles, and neither do frames without plates", () => {
  assert.deepEqual(vehiclesOf([]), []);
  assert.deepEqual(vehiclesOf([{ timeMs: 0, plates: [] }]), []);
});

test("a slow vehicle read differently from frame to frame is one vehicle, with the text that all frames make likely", () => {
  const frames = framesOf([slow], 3500, 250);
  assert.ok(new Set(frames.flatMap(({ plates }) => plates.map(({ text }) => text))).size > 2);
  const [vehicle, ...others] = vehiclesOf(frames);
  assert.deepEqual(others, []);
  assert.equal(vehicle?.text, "B4711XY");
  assert.equal(vehicle.frames, 15);
});

test("the best place and time are those of a read that was given", () => {
  const frames = framesOf([slow], 3500, 250);
  const [vehicle] = vehiclesOf(frames);
  const shown = frames.find(({ timeMs }) => timeMs === vehicle?.best.timeMs);
  assert.equal(shown?.plates[0]?.detection.box, vehicle?.best.box);
});

test("two vehicles, one after the other, are two, in order of appearance", () => {
  const next: SimulatedVehicle = { ...slow, text: "M815AB", fromMs: 9000, toMs: 12_000, place: () => slow.place(0) };
  const texts = vehiclesOf(framesOf([next, slow], 12_000, 1000)).map(({ text }) => text);
  assert.deepEqual(texts, ["B4711XY", "M815AB"]);
});

test("a vehicle in one frame alone is told, and so is a plate that nobody can read", () => {
  const [frame] = framesOf([slow], 0, 1000);
  const [plate] = frame!.plates; // the vehicle is there from the start
  assert.equal(vehiclesOf([frame!]).length, 1);
  const unread = { ...plate!, text: "", confidence: 0, characters: [], candidates: [] };
  const [vehicle] = vehiclesOf([{ timeMs: 0, plates: [unread] }]);
  assert.equal(vehicle?.text, "");
  assert.equal(vehicle?.confidence, 0);
});
