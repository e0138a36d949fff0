import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSAGE_DEFAULTS, type Passage, type PassageOptions } from "../../src/core/passage.ts";
import { finishPassages, NO_PASSAGES, updatePassages } from "../../src/core/passages.ts";
import { finishTracks, NO_TRACKS, updateTracks } from "../../src/core/track.ts";
import { seededRandom } from "./seeded-random.ts";
import { type Camera, randomText, readsAt, type SimulatedVehicle } from "./simulated-traffic.ts";

interface Watched {
  /** With the time at which it was reported; Infinity for the end of the clip. */
  readonly passages: readonly { readonly passage: Passage; readonly atMs: number }[];
  readonly previews: readonly { readonly passage: Passage; readonly atMs: number }[];
  /** Most vehicles ever remembered at once. */
  readonly peakState: number;
}

function watchScene(
  vehicles: readonly SimulatedVehicle[],
  camera: Camera,
  { fps = 10, untilMs = 20_000, ...change }: Partial<PassageOptions> & { fps?: number; untilMs?: number } = {},
): Watched {
  const options: PassageOptions = { ...PASSAGE_DEFAULTS, ...change };
  let tracker = NO_TRACKS;
  let state = NO_PASSAGES;
  let peakState = 0;
  const passages: { passage: Passage; atMs: number }[] = [];
  const previews: { passage: Passage; atMs: number }[] = [];
  for (let timeMs = 0; timeMs <= untilMs; timeMs += 1000 / fps) {
    const tracked = updateTracks(tracker, readsAt(vehicles, timeMs, camera), timeMs);
    tracker = tracked.state;
    const step = updatePassages(state, tracker, tracked.closed, options);
    state = step.state;
    peakState = Math.max(peakState, state.waiting.length + state.parked.length + state.previews.length);
    passages.push(...step.passages.map(({ passage }) => ({ passage, atMs: timeMs })));
    previews.push(...step.previews.map(({ passage }) => ({ passage, atMs: timeMs })));
  }
  const last = finishPassages(state, finishTracks(tracker).closed, options);
  passages.push(...last.passages.map(({ passage }) => ({ passage, atMs: Infinity })));
  return { passages, previews, peakState };
}

const texts = ({ passages }: Watched): string[] => passages.map(({ passage }) => passage.text);

function passing(text: string, fromMs: number, speed = 250, y = 300): SimulatedVehicle {
  const toMs = fromMs + (1280 / Math.abs(speed)) * 1000;
  const start = speed > 0 ? 0 : 1280;
  return {
    text,
    fromMs,
    toMs,
    place: (timeMs) => ({ x: start + (speed * (timeMs - fromMs)) / 1000, y, heightPx: 24 }),
  };
}

function standing(text: string, fromMs: number, toMs: number, x = 400): SimulatedVehicle {
  return { text, fromMs, toMs, place: () => ({ x, y: 300, heightPx: 40 }) };
}

/** Drives in from the left, stands, drives on to the right. */
function stopping(text: string, fromMs: number, standsMs: number): SimulatedVehicle {
  const speed = 200;
  return {
    ...{ text, fromMs, toMs: fromMs + standsMs + 6000 },
    place(timeMs) {
      const driven = timeMs - fromMs < 3000 ? timeMs - fromMs : Math.max(3000, timeMs - fromMs - standsMs);
      return { x: (speed * driven) / 1000, y: 300, heightPx: 30 };
    },
  };
}

test("updatePassages: an empty road gives no passage", () => {
  assert.deepEqual(texts(watchScene([], { random: seededRandom(1) })), []);
});

test("updatePassages: one vehicle gives one passage, after the time to join has gone by", () => {
  const { passages } = watchScene([passing("AB123CD", 1000)], { random: seededRandom(2), misreadRate: 0.05 });
  assert.equal(passages.length, 1);
  const { passage, atMs } = passages[0]!;
  assert.equal(passage.text, "AB123CD");
  assert.equal(passage.schema, 1);
  assert.equal(passage.preview, false);
  assert.equal(passage.candidates[0]!.text, "AB123CD");
  assert.ok(Math.abs(passage.firstTimeMs - 1000) <= 300 && Math.abs(passage.lastTimeMs - 6120) <= 300);
  assert.ok(atMs - passage.lastTimeMs > 5000 && atMs - passage.lastTimeMs < 5500, `${atMs}`);
  assert.ok(passage.frames > 40 && passage.frames <= 52);
  assert.ok(passage.best.timeMs >= passage.firstTimeMs && passage.best.timeMs <= passage.lastTimeMs);
  assert.ok(passage.path.length >= 2 && passage.path.every(([timeMs]) => timeMs >= passage.firstTimeMs));
});

test("updatePassages: is plain data that survives JSON", () => {
  const { passages } = watchScene([passing("AB123CD", 0)], { random: seededRandom(3) });
  assert.deepEqual(JSON.parse(JSON.stringify(passages[0]!.passage)), passages[0]!.passage);
});

test("updatePassages: the same plate again within the time to join is the same passage, later it is another", () => {
  const again = (afterMs: number) => [passing("AB123CD", 0), passing("AB123CD", 5120 + afterMs)];
  const camera = () => ({ random: seededRandom(4), misreadRate: 0.05 });
  assert.deepEqual(texts(watchScene(again(4000), camera())), ["AB123CD"]);
  assert.deepEqual(texts(watchScene(again(9000), camera(), { untilMs: 40_000 })), ["AB123CD", "AB123CD"]);
});

test("updatePassages: two vehicles one character apart, both sure, are two passages", () => {
  const scene = [passing("AB123CD", 0), passing("AB128CD", 3000)];
  assert.deepEqual(texts(watchScene(scene, { random: seededRandom(5) })).sort(), ["AB123CD", "AB128CD"]);
});

test("updatePassages: a vehicle hidden for three seconds is one passage though its track broke", () => {
  const vehicle = { ...passing("AB123CD", 0, 120), hidden: [[4000, 7000]] as const };
  const { passages } = watchScene([vehicle], { random: seededRandom(6), misreadRate: 0.1 });
  assert.deepEqual(
    passages.map(({ passage }) => passage.text),
    ["AB123CD"],
  );
  assert.ok(passages[0]!.passage.firstTimeMs < 1000 && passages[0]!.passage.lastTimeMs > 10_000);
});

test("updatePassages: reads once where two are asked for give nothing", () => {
  const vehicle = { ...passing("AB123CD", 0), toMs: 50 };
  assert.deepEqual(texts(watchScene([vehicle], { random: seededRandom(7) })), []);
  assert.deepEqual(texts(watchScene([vehicle], { random: seededRandom(7) }, { minReads: 1 })), ["AB123CD"]);
});

test("updatePassages: a plate that can't be read is told where that is asked for, and without a guess", () => {
  const camera = () => ({ random: seededRandom(16), misreadRate: 0.95 });
  const scene = [passing("AB123CD", 0), passing("", 1000, 250, 500)];
  assert.deepEqual(texts(watchScene(scene, camera())), []);
  const { passages } = watchScene(scene, camera(), { unread: true });
  assert.equal(passages.length, 2);
  for (const { passage } of passages) {
    const { text, display, confidence, region, characters, candidates, frames } = passage;
    const expected = { text: "", display: null, confidence: 0, region: null, characters: [], candidates: [] };
    assert.deepEqual({ text, display, confidence, region, characters, candidates }, expected);
    assert.ok(frames > 40);
  }
  const read = watchScene([passing("AB123CD", 0)], { random: seededRandom(17) }, { unread: true });
  assert.deepEqual(texts(read), ["AB123CD"]);
});

test("updatePassages: a parked plate that can't be read is told once, however often it is lost", () => {
  const hidden = [
    [60_000, 80_000],
    [120_000, 130_000],
  ] as const;
  const parked = { ...standing("AB123CD", 0, 190_000), hidden };
  const camera = { random: seededRandom(18), misreadRate: 0.95, blinkRate: 0.2 };
  assert.deepEqual(texts(watchScene([parked], camera, { unread: true, fps: 2, untilMs: 200_000 })), [""]);
});

test("updatePassages: direction is told by the line", () => {
  const line = { from: [640, 600], to: [640, 0] } as const;
  const directionOf = (speed: number) =>
    watchScene([passing("AB123CD", 0, speed)], { random: seededRandom(8) }, { line }).passages[0]!.passage.direction;
  assert.equal(directionOf(250), "in");
  assert.equal(directionOf(-250), "out");
  assert.equal(watchScene([passing("AB123CD", 0)], { random: seededRandom(8) }).passages[0]!.passage.direction, null);
});

test("updatePassages: a vehicle parked for an hour, blinking and hidden for minutes, is one passage", () => {
  const parked = {
    ...standing("AB123CD", 0, 3.5e6),
    hidden: [
      [200_000, 320_000],
      [900_000, 903_000],
      [2_000_000, 2_600_000],
    ] as const,
  };
  const camera = { random: seededRandom(9), blinkRate: 0.3, misreadRate: 0.15 };
  const { passages, peakState } = watchScene([parked], camera, { fps: 2, untilMs: 3.6e6 });
  assert.deepEqual(
    passages.map(({ passage }) => passage.text),
    ["AB123CD"],
  );
  assert.ok(passages[0]!.atMs < 60_000, "it is reported while it stands");
  assert.ok(peakState < 20, `${peakState}`);
});

test("updatePassages: a vehicle that parks and leaves again passes twice", () => {
  const { passages } = watchScene([stopping("AB123CD", 0, 60_000)], { random: seededRandom(10) }, { untilMs: 90_000 });
  assert.deepEqual(
    passages.map(({ passage }) => passage.text),
    ["AB123CD", "AB123CD"],
  );
  assert.ok(passages[1]!.passage.firstTimeMs > 55_000, `${passages[1]!.passage.firstTimeMs}`);
});

test("updatePassages: a short stop at a barrier is one passage", () => {
  const { passages } = watchScene([stopping("AB123CD", 0, 12_000)], { random: seededRandom(11) }, { untilMs: 40_000 });
  assert.deepEqual(
    passages.map(({ passage }) => passage.text),
    ["AB123CD"],
  );
});

test("updatePassages: traffic passing in front of a parked vehicle is reported", () => {
  const scene = [standing("PK111PK", 0, 80_000), passing("AB123CD", 50_000), passing("XY987ZK", 60_000)];
  const { passages } = watchScene(scene, { random: seededRandom(12), misreadRate: 0.05 }, { untilMs: 80_000 });
  assert.deepEqual(passages.map(({ passage }) => passage.text).sort(), ["AB123CD", "PK111PK", "XY987ZK"]);
});

test("updatePassages: another vehicle that parks in the same place is reported", () => {
  const scene = [standing("AB123CD", 0, 60_000), standing("XY987ZK", 61_000, 130_000)];
  assert.deepEqual(texts(watchScene(scene, { random: seededRandom(13) }, { untilMs: 130_000 })), [
    "AB123CD",
    "XY987ZK",
  ]);
});

test("updatePassages: a preview comes while the vehicle is in sight, once, under the passage's id", () => {
  const camera = { random: seededRandom(14), misreadRate: 0.05 };
  const { passages, previews } = watchScene([passing("AB123CD", 0)], camera, { previewConfidence: 0.8 });
  assert.equal(previews.length, 1);
  assert.ok(previews[0]!.atMs < 2000, `${previews[0]!.atMs}`);
  assert.equal(previews[0]!.passage.preview, true);
  assert.equal(previews[0]!.passage.text, "AB123CD");
  assert.equal(previews[0]!.passage.id, passages[0]!.passage.id);
});

test("updatePassages: a parked vehicle seen anew is not previewed again", () => {
  const parked = {
    ...standing("AB123CD", 0, 190_000),
    hidden: [
      [60_000, 80_000],
      [120_000, 130_000],
    ] as const,
  };
  const { previews } = watchScene([parked], { random: seededRandom(15) }, { previewConfidence: 0.8, untilMs: 200_000 });
  assert.equal(previews.length, 1);
});

test("updatePassages: in random traffic each vehicle is one passage with its text", () => {
  let vehicles = 0;
  let right = 0;
  let extra = 0;
  for (let seed = 0; seed < 12; seed++) {
    const random = seededRandom(900 + seed);
    const scene = [150, 350, 550].flatMap((y) =>
      [0, 4000, 8000].map((fromMs) =>
        passing(randomText(random), fromMs + 1000 * random(), (random() < 0.5 ? -1 : 1) * (200 + 300 * random()), y),
      ),
    );
    const found = texts(
      watchScene(scene, { random, misreadRate: 0.08, blinkRate: 0.15, skipRate: 0.05 }, { untilMs: 22_000 }),
    );
    vehicles += scene.length;
    right += scene.filter(({ text }) => found.filter((other) => other === text).length === 1).length;
    extra += found.filter((text) => !scene.some((vehicle) => vehicle.text === text)).length;
  }
  assert.ok(right / vehicles >= 0.98, `${right} of ${vehicles}`);
  assert.ok(extra <= 1, `${extra} passages of nobody`);
});
