import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cascade, type CascadeCall, findPlates } from "../../src/classic/cascade.ts";
import { agree, type CascadePlan } from "../../src/classic/cascade-plan.ts";
import { checkPlace, checkPlaces, judgePlaces } from "../../src/classic/check-place.ts";
import type { GreyPicture } from "../../src/classic/grey-picture.ts";
import { type Box, iou } from "../../src/core/geometry.ts";
import type { Image } from "../../src/core/image.ts";
import { drawPlate, toImage } from "./drawn-plate.ts";

test("no windows agree on no place", () => assert.deepEqual(agree([]), []));

test("windows of one plate become one place, their mean; a window alone is a place of its own", () => {
  const places = agree([
    { box: [100, 50, 60, 20], margin: 1 },
    { box: [104, 52, 60, 20], margin: 2 },
    { box: [102, 48, 60, 20], margin: 3 },
    { box: [300, 200, 60, 20], margin: 0 },
  ]);
  assert.deepEqual(places, [
    { box: [102, 50, 60, 20], windows: 3, margin: 2 },
    { box: [300, 200, 60, 20], windows: 1, margin: 0 },
  ]);
});

test("of two places that overlap the one with fewer windows goes", () => {
  const many: Box[] = Array.from({ length: 5 }, (_, i) => [100 + i, 50, 60, 20]);
  const windows = [...many, [130, 50, 60, 20] as const].map((box) => ({ box, margin: 0 }));
  assert.equal(agree(windows).length, 1);
});

const plan: CascadePlan = {
  window: { width: 36, height: 12 },
  margin: { x: 1.2, y: 1.2 },
  skip: { minContrast: 0, minCentring: 0 },
  passes: [
    [1, 0.5],
    [1, 1],
    [0.6, 1],
  ],
  growth: { width: [0, 0], height: [0, 0] },
  evidence: { bias: 5, windows: 0, margin: 0, text: 0, aspect: 0, oddAspect: 0, rival: 0 },
  minConfidence: 0.2,
};

/** Stands for OpenCV: finds windows as bright as a plate in its middle half, dark at their ends. */
function brightCascade(calls: CascadeCall[]): Cascade {
  const at = ({ width, data }: GreyPicture, x: number, y: number): number => data[y * width + x]!;
  return {
    plan,
    find(picture, call) {
      calls.push(call);
      const hits = [];
      const min = call.sizes?.min ?? { width: 36, height: 12 };
      for (let scale = 1; scale < 2; scale *= call.scaleFactor) {
        const [width, height] = [Math.round(min.width * scale), Math.round(min.height * scale)];
        for (let y = 0; y + height <= picture.height; y += 2)
          for (let x = 0; x + width <= picture.width; x += 2) {
            const middle = y + (height >> 1);
            const inside = [0.15, 0.5, 0.85].every((along) =>
              [0.2, 0.8].every(
                (down) => at(picture, x + Math.floor(along * width), y + Math.floor(down * height)) > 120,
              ),
            );
            const outside =
              at(picture, x, middle) < 100 &&
              at(picture, x + width - 1, middle) < 100 &&
              at(picture, x + (width >> 1), y) < 100 &&
              at(picture, x + (width >> 1), y + height - 1) < 100;
            if (inside && outside) hits.push({ box: [x, y, width, height] as const, windows: 1 });
          }
      }
      return hits;
    },
  };
}

function darkWith([left, top, width, height]: Box, frameWidth = 640, frameHeight = 400): Image {
  const data = new Uint8Array(frameWidth * frameHeight * 3).fill(30);
  for (let y = top; y < top + height; y++)
    data.fill(220, 3 * (y * frameWidth + left), 3 * (y * frameWidth + left + width));
  return { width: frameWidth, height: frameHeight, data };
}

const shapes: readonly { name: string; box: Box }[] = [
  { name: "short", box: [200, 150, 100, 62] },
  { name: "usual", box: [300, 100, 96, 32] },
  { name: "long", box: [120, 220, 240, 48] },
  { name: "large", box: [100, 80, 390, 130] },
];
for (const { name, box } of shapes) {
  test(`the search by plan finds a ${name} plate and its place`, () => {
    const calls: CascadeCall[] = [];
    const [best] = findPlates(darkWith(box), brightCascade(calls), { scaleFactor: 1.2, minNeighbors: 1 });
    assert.ok(best, "nothing found");
    assert.ok(iou(best.box, box) > 0.6, `${best.box.map(Math.round)} for ${box}`);
    for (const { sizes, minNeighbors } of calls) {
      assert.equal(minNeighbors, 0);
      assert.ok(sizes !== undefined && sizes.max.width < 2 * sizes.min.width, "the next octave takes over");
    }
  });
}

test("the search by plan counts windows, and finds nothing where there is nothing or no room", () => {
  const cascade = brightCascade([]);
  const frame = darkWith([300, 100, 96, 32]);
  assert.deepEqual(findPlates(frame, cascade, { scaleFactor: 1.2, minNeighbors: 100_000 }), []);
  assert.deepEqual(findPlates(darkWith([0, 0, 0, 0]), cascade, { scaleFactor: 1.2, minNeighbors: 0 }), []);
  assert.deepEqual(findPlates(darkWith([0, 0, 0, 0], 8, 8), cascade, { scaleFactor: 1.2, minNeighbors: 0 }), []);
});

test("a place is judged by its text, and its box drawn after it", () => {
  const plate = toImage(drawPlate({ lines: ["AUC234"], unitPx: 4 }));
  const frame = darkWith([0, 0, 0, 0], 400, 240);
  for (let y = 0; y < plate.height; y++)
    frame.data.set(plate.data.subarray(y * plate.width * 3, (y + 1) * plate.width * 3), ((y + 90) * 400 + 110) * 3);
  const truth: Box = [110, 90, plate.width, plate.height];
  const rough: Box = [95, 80, plate.width + 40, plate.height + 26];
  const checked = checkPlace(frame, rough);
  assert.ok(checked.textScore > 4, `${checked.textScore}`);
  assert.ok(iou(checked.box, truth) > iou(rough, truth), `${checked.box.map(Math.round)}`);
  assert.ok(checkPlace(frame, [10, 180, 80, 30]).textScore < 2, "no text on flat ground");
  assert.equal(checkPlace(frame, [900, 900, 80, 30]).textScore, 0);
});

test("no places are judged as none, and one that another outshines is less sure, however far that one is ahead", () => {
  const evidence = { bias: 0, windows: 1, margin: 0, text: 0, aspect: 0, oddAspect: 0, rival: 0.5 };
  const judge = (...windows: number[]) =>
    judgePlaces(
      windows.map((count, i) => ({ box: [200 * i, 10, 90, 30] as Box, windows: count, margin: 0, textScore: 0 })),
      { evidence, minConfidence: 0 },
    ).map(({ confidence }) => confidence);
  const sure = (logit: number): number => 1 / (1 + Math.exp(-logit));
  assert.deepEqual(judge(), []);
  assert.deepEqual(judge(8), [sure(Math.log(8))]);
  assert.deepEqual(judge(8, 8), [sure(Math.log(8)), sure(Math.log(8))]);
  assert.ok(Math.abs(judge(16, 8)[1]! - sure(Math.log(8) - 0.5 * Math.log(2))) < 1e-9);
  assert.ok(Math.abs(judge(8000, 8)[1]! - sure(Math.log(8) - 1)) < 1e-9);
});

test("places that no text could make sure enough are left out unseen, by plan only", () => {
  const evidence = { bias: -6, windows: 1, margin: 0, text: 0.2, aspect: 0, oddAspect: 0, rival: 0 };
  const frame = darkWith([300, 100, 96, 32]);
  const places = [100, 3].map((windows, i) => ({ box: [300 - 200 * i, 100, 96, 32] as Box, windows, margin: 1 }));
  assert.equal(checkPlaces(frame, places).length, 2);
  assert.deepEqual(
    checkPlaces(frame, places, { evidence, minConfidence: 0.3 }).map(({ windows }) => windows),
    [100],
  );
  assert.deepEqual(checkPlaces(frame, [], { evidence, minConfidence: 0.3 }), []);
});
