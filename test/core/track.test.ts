import assert from "node:assert/strict";
import { test } from "node:test";
import type { Quad } from "../../src/core/geometry.ts";
import { quadOfBox } from "../../src/core/geometry.ts";
import {
  finishTracks,
  holdTracks,
  NO_TRACKS,
  type Track,
  type TrackerState,
  textDistance,
  updateTracks,
} from "../../src/core/track.ts";
import { seededRandom } from "./seeded-random.ts";
import { type Camera, randomText, readsAt, type SimulatedVehicle, simulatedRead } from "./simulated-traffic.ts";

/** Runs a whole scene; returns every track that ever was, in order of closing. */
function follow(
  vehicles: readonly SimulatedVehicle[],
  camera: Camera,
  { fps = 25, untilMs = 10_000 }: { fps?: number; untilMs?: number } = {},
): Track[] {
  let state: TrackerState = NO_TRACKS;
  const tracks: Track[] = [];
  for (let timeMs = 0; timeMs <= untilMs; timeMs += 1000 / fps) {
    const step = updateTracks(state, readsAt(vehicles, timeMs, camera), timeMs);
    state = step.state;
    tracks.push(...step.closed);
  }
  return [...tracks, ...finishTracks(state).closed];
}

/** What a track says most. */
const textOf = (track: Track): string => track.texts[0]?.text ?? "";

/** Straight across the picture. */
function passing(text: string, fromMs: number, speedPxPerS: number, y = 300, heightPx = 24): SimulatedVehicle {
  const width = 1280;
  const toMs = fromMs + (width / Math.abs(speedPxPerS)) * 1000;
  const start = speedPxPerS > 0 ? 0 : width;
  return {
    text,
    fromMs,
    toMs,
    place: (timeMs) => ({ x: start + (speedPxPerS * (timeMs - fromMs)) / 1000, y, heightPx }),
  };
}

test("updateTracks: frames without plates make no tracks", () => {
  const step = updateTracks(NO_TRACKS, [], 1000);
  assert.deepEqual(step.state.tracks, []);
  assert.deepEqual(step.closed, []);
});

test("updateTracks: a plate is tentative first, confirmed by the second frame, lost when unseen, closed in the end", () => {
  const camera = { random: seededRandom(1), jitter: 0 };
  const read = () => simulatedRead("AB123CD", quadOfBox([100, 100, 94, 20]), camera);
  const phases: string[] = [];
  let state = NO_TRACKS;
  for (const timeMs of [0, 40, 80]) {
    state = updateTracks(state, timeMs < 80 ? [read()] : [], timeMs).state;
    phases.push(state.tracks[0]!.phase);
  }
  assert.deepEqual(phases, ["tentative", "confirmed", "lost"]);
  assert.equal(updateTracks(state, [], 1500).closed.length, 0);
  assert.equal(updateTracks(state, [], 1600).closed.length, 1);
});

test("updateTracks: leaves the state it was given as it was", () => {
  const camera = { random: seededRandom(2) };
  const reads = [simulatedRead("AB123CD", quadOfBox([100, 100, 94, 20]), camera)];
  const { state } = updateTracks(NO_TRACKS, reads, 0);
  const before = JSON.stringify(state);
  updateTracks(state, reads, 40);
  assert.equal(JSON.stringify(state), before);
});

test("updateTracks: the same reads give the same tracks, however often replayed", () => {
  const run = () => follow([passing("AB123CD", 0, 300)], { random: seededRandom(3), misreadRate: 0.1, blinkRate: 0.2 });
  assert.deepEqual(run(), run());
});

for (const speed of [40, 200, 600, 1500]) {
  test(`updateTracks: a plate crossing at ${speed} px/s is one track`, () => {
    const tracks = follow(
      [passing("AB123CD", 100, speed)],
      { random: seededRandom(4), blinkRate: 0.1 },
      { untilMs: 40_000 },
    );
    assert.deepEqual(tracks.map(textOf), ["AB123CD"]);
  });
}

test("updateTracks: a plate crossing at 5 frames a second is one track", () => {
  const tracks = follow([passing("AB123CD", 100, 250)], { random: seededRandom(5) }, { fps: 5 });
  assert.deepEqual(tracks.map(textOf), ["AB123CD"]);
});

test("updateTracks: an approaching vehicle, growing five times, is one track", () => {
  const vehicle: SimulatedVehicle = {
    text: "AB123CD",
    fromMs: 0,
    toMs: 3000,
    place(timeMs) {
      const distanceM = 30 - (24 * timeMs) / 3000;
      return { x: 600 + 900 / distanceM, y: 200 + 1500 / distanceM, heightPx: 300 / distanceM };
    },
  };
  const tracks = follow([vehicle], { random: seededRandom(6), misreadRate: 0.1 });
  assert.deepEqual(tracks.map(textOf), ["AB123CD"]);
});

test("updateTracks: a plate hidden for a second stays the same track", () => {
  const vehicle = { ...passing("AB123CD", 0, 200), hidden: [[2000, 3000]] as const };
  assert.equal(follow([vehicle], { random: seededRandom(7) }).length, 1);
});

test("updateTracks: two vehicles that cross each other keep their texts, in 40 random scenes", () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = seededRandom(100 + seed);
    const [a, b] = [randomText(random), randomText(random)];
    const vehicles = [
      passing(a, 0, 150 + 300 * random(), 300),
      passing(b, 0, -150 - 300 * random(), 300 + 20 * random()),
    ];
    const tracks = follow(vehicles, { random, misreadRate: 0.05, blinkRate: 0.1 });
    assert.deepEqual(tracks.map(textOf).sort(), [a, b].sort(), `seed ${seed}`);
    for (const track of tracks) {
      const foreign = track.reads.filter(({ read }) => textDistance(read.text, textOf(track)) > 0.5);
      assert.ok(foreign.length <= 1, `seed ${seed}: ${foreign.length} reads of the other vehicle`);
    }
  }
});

test("updateTracks: in dense random traffic every vehicle is one track, at any speed, with blinks and misreads", () => {
  let vehicles = 0;
  let right = 0;
  for (let seed = 0; seed < 25; seed++) {
    const random = seededRandom(500 + seed);
    const lanes = [150, 350, 550];
    const scene = lanes.flatMap((y) =>
      [0, 2500, 5000].map((fromMs) => passing(randomText(random), fromMs + 800 * random(), 300 + 500 * random(), y)),
    );
    const tracks = follow(scene, { random, misreadRate: 0.05, blinkRate: 0.15 }, { untilMs: 15_000 });
    vehicles += scene.length;
    right += scene.filter(({ text }) => tracks.filter((track) => textOf(track) === text).length === 1).length;
    assert.ok(tracks.length <= scene.length + 1, `seed ${seed}: ${tracks.length} tracks of ${scene.length} vehicles`);
  }
  assert.ok(right / vehicles >= 0.99, `${right} of ${vehicles}`);
});

test("updateTracks: a vehicle that takes another's place at a barrier is a track of its own", () => {
  const still = (text: string, fromMs: number, toMs: number): SimulatedVehicle => ({
    ...{ text, fromMs, toMs },
    place: () => ({ x: 400, y: 300, heightPx: 40 }),
  });
  const vehicles = [still("AB123CD", 0, 3000), still("XY987ZK", 3200, 6000)];
  const tracks = follow(vehicles, { random: seededRandom(8) }, { fps: 5 });
  const counts = tracks.map((track) => [textOf(track), track.reads.every(({ read }) => read.text === textOf(track))]);
  assert.deepEqual(counts, [
    ["AB123CD", true],
    ["XY987ZK", true],
  ]);
});

test("updateTracks: a vehicle parked for an hour is one track of bounded size", () => {
  const parked: SimulatedVehicle = {
    text: "AB123CD",
    fromMs: 0,
    toMs: 3.6e6,
    place: () => ({ x: 400, y: 300, heightPx: 40 }),
  };
  const tracks = follow(
    [parked],
    { random: seededRandom(9), blinkRate: 0.1, misreadRate: 0.1 },
    { fps: 1, untilMs: 3.6e6 },
  );
  assert.equal(tracks.length, 1);
  const [track] = tracks;
  assert.ok(track!.reads.length <= 24 && track!.path.length <= 64 && track!.texts.length <= 5);
  assert.equal(track!.rest.sinceMs, 0);
});

test("updateTracks: keeps the reads that tell most, in order of time", () => {
  const camera = { random: seededRandom(10), jitter: 0 };
  let state = NO_TRACKS;
  for (let i = 0; i < 100; i++) {
    const read = { ...simulatedRead("AB123CD", quadOfBox([100, 100, 94, 20]), camera), weight: ((i * 37) % 100) / 100 };
    state = updateTracks(state, [read], i * 40).state;
  }
  const { reads } = state.tracks[0]!;
  assert.deepEqual(
    reads.map(({ weight }) => weight).sort(),
    Array.from({ length: 24 }, (_, i) => (76 + i) / 100),
  );
  assert.deepEqual(
    reads.map(({ timeMs }) => timeMs),
    reads.map(({ timeMs }) => timeMs).sort((a, b) => a - b),
  );
});

test("updateTracks: a time before the latest frame's counts as that", () => {
  const camera = { random: seededRandom(11), jitter: 0 };
  const read = () => simulatedRead("AB123CD", quadOfBox([100, 100, 94, 20]), camera);
  let state = updateTracks(NO_TRACKS, [read()], 5000).state;
  state = updateTracks(state, [read()], 4000).state;
  assert.equal(state.timeMs, 5000);
  assert.equal(state.tracks.length, 1);
});

test("holdTracks: plates of a still picture stay in sight however long it is still", () => {
  const camera = { random: seededRandom(12), jitter: 0 };
  const read = () => simulatedRead("AB123CD", quadOfBox([100, 100, 94, 20]), camera);
  let state = updateTracks(updateTracks(NO_TRACKS, [read()], 0).state, [read()], 40).state;
  for (let timeMs = 80; timeMs < 60_000; timeMs += 40) state = holdTracks(state, timeMs);
  const { state: after, closed } = updateTracks(state, [read()], 60_000);
  assert.equal(closed.length, 0);
  assert.deepEqual(
    after.tracks.map(({ id, frames }) => [id, frames]),
    [[1, 3]],
  );
});

test("updateTracks: absurd corners neither throw nor spread", () => {
  const camera = { random: seededRandom(13) };
  const absurd: readonly Quad[] = [
    quadOfBox([0, 0, 0, 0]),
    quadOfBox([-1e7, 5, 1e7, 1e-3]),
    [
      [5, 5],
      [5, 5],
      [5, 5],
      [5, 5],
    ],
    [
      [0, 0],
      [10, 10],
      [10, 0],
      [0, 10],
    ],
  ];
  let state = NO_TRACKS;
  for (let i = 0; i < 20; i++) {
    state = updateTracks(state, [simulatedRead("AB12", absurd[i % 4]!, camera)], i * 40).state;
    for (const track of state.tracks) assert.ok(track.estimate.corners.flat().every(Number.isFinite));
  }
});
