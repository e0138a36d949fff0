import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, shuffledOrder } from "../../src/train/random.ts";

test("equal seeds give equal streams, different ones different streams", () => {
  const draw = (...seed: number[]) => Array.from({ length: 5 }, createRandom(...seed));
  assert.deepEqual(draw(1, 2), draw(1, 2));
  assert.notDeepEqual(draw(1, 2), draw(2, 1));
  assert.notDeepEqual(draw(1), draw(1, 0));
});

test("numbers fill 0 to 1 evenly", () => {
  const random = createRandom(3);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 20_000; i++) {
    const value = random();
    assert.ok(value >= 0 && value < 1);
    counts[Math.floor(value * 10)]!++;
  }
  // Five standard deviations of a binomial with p = 0.1.
  for (const count of counts) assert.ok(Math.abs(count - 2000) < 5 * Math.sqrt(20_000 * 0.1 * 0.9), String(count));
});

for (const count of [0, 1, 2, 100]) {
  test(`a shuffled order of ${count} holds every number once`, () => {
    const order = shuffledOrder(count, createRandom(5));
    assert.deepEqual(
      [...order].sort((a, b) => a - b),
      Array.from({ length: count }, (_, i) => i),
    );
  });
}

test("every place of a shuffle is as likely for the first number", () => {
  const random = createRandom(9);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 8000; i++) counts[shuffledOrder(4, random).indexOf(0)]!++;
  for (const count of counts) assert.ok(Math.abs(count - 2000) < 5 * Math.sqrt(8000 * 0.25 * 0.75), String(count));
});
