import assert from "node:assert/strict";
import { test } from "node:test";
import type { Image } from "../../src/core/image.ts";
import { gateMotion, greatestChange, OPEN_GATE, thumbnailOf } from "../../src/core/motion.ts";
import { seededRandom } from "./seeded-random.ts";
import { gaussian } from "./simulated-traffic.ts";

const WIDTH = 416;
const HEIGHT = 234;

/** A grey road, sensor noise and perhaps a plate of 60 x 13 pixels on a dark car. */
function road(random: () => number, car?: { x: number; y: number }, noise = 6): Image {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, i += 3) {
      let level = 110;
      if (car !== undefined && Math.abs(x - car.x) < 70 && Math.abs(y - car.y) < 45) level = 60;
      if (car !== undefined && Math.abs(x - car.x) < 30 && Math.abs(y - car.y) < 7) level = 220;
      data.fill(Math.max(0, Math.min(255, level + noise * gaussian(random))), i, i + 3);
    }
  }
  return { width: WIDTH, height: HEIGHT, data };
}

test("gateMotion: the first frame is always looked at", () => {
  const gated = gateMotion(OPEN_GATE, { width: 1, height: 1, data: new Uint8Array(3) }, 0);
  assert.equal(gated.isMoving, true);
});

test("gateMotion: a still, noisy scene is looked at once a second only", () => {
  const random = seededRandom(1);
  let gate = OPEN_GATE;
  let looked = 0;
  for (let timeMs = 0; timeMs < 3000; timeMs += 100) {
    const gated = gateMotion(gate, road(random), timeMs);
    gate = gated.gate;
    looked += Number(gated.isMoving);
  }
  assert.equal(looked, 3);
});

test("gateMotion: a car that appears opens the gate", () => {
  const random = seededRandom(2);
  const { gate } = gateMotion(OPEN_GATE, road(random), 0);
  assert.equal(gateMotion(gate, road(random, { x: 200, y: 120 }), 40).isMoving, true);
});

test("gateMotion: a car creeping a fifth of a pixel a frame opens the gate within a few pixels", () => {
  const random = seededRandom(3);
  let gate = gateMotion(OPEN_GATE, road(random, { x: 100, y: 120 }), 0).gate;
  let movedPx = 0;
  for (let frame = 1; frame <= 24; frame++) {
    movedPx = frame * 0.2;
    const gated = gateMotion(gate, road(random, { x: 100 + movedPx, y: 120 }), frame * 40);
    gate = gated.gate;
    if (gated.isMoving) break;
  }
  assert.ok(movedPx <= 4, `${movedPx}`);
});

test("gateMotion: another picture size opens the gate", () => {
  const { gate } = gateMotion(OPEN_GATE, { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3) }, 0);
  assert.equal(gateMotion(gate, { width: 64, height: 32, data: new Uint8Array(64 * 32 * 3) }, 10).isMoving, true);
});

test("greatestChange: is symmetric, and nothing for equal pictures", () => {
  const random = seededRandom(4);
  const [a, b] = [thumbnailOf(road(random)), thumbnailOf(road(random, { x: 90, y: 90 }))];
  assert.equal(greatestChange(a, a), 0);
  assert.equal(greatestChange(a, b), greatestChange(b, a));
});
