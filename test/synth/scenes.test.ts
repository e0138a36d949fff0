import assert from "node:assert/strict";
import { test } from "node:test";
import { formatsOf } from "../../src/core/formats.ts";
import { boxOfQuad, iou, isConvex } from "../../src/core/geometry.ts";
import { mixSeed } from "../../src/core/seed.ts";
import { canvasOf, drawBackdrop } from "../../src/synth/backdrop.ts";
import { composePlate } from "../../src/synth/compose-plate.ts";
import { pastePlate, placeAt } from "../../src/synth/paste-plate.ts";
import { createRandom } from "../../src/synth/random.ts";
import { formatPicker } from "../../src/synth/region-mix.ts";
import { DEFAULT_SCENE_OPTIONS, renderScene } from "../../src/synth/render-scene.ts";
import { drawVehicle } from "../../src/synth/vehicle.ts";

const SMALL = { ...DEFAULT_SCENE_OPTIONS, longSide: [240, 320] as const };
const anyFormat = formatPicker(formatsOf());
const photo = { width: 60, height: 40, data: new Uint8Array(60 * 40 * 3).fill(90) };

test("the same seed draws the same scene", () => {
  assert.deepEqual(renderScene(anyFormat, 5, SMALL), renderScene(anyFormat, 5, SMALL));
  assert.deepEqual(renderScene(anyFormat, 5, SMALL, photo), renderScene(anyFormat, 5, SMALL, photo));
});

test("scenes hold convex plates that do not overlap, boxes inside the picture", () => {
  let plates = 0;
  for (let index = 0; index < 24; index++) {
    const scene = renderScene(anyFormat, mixSeed(3, index), SMALL, index % 2 === 0 ? photo : undefined);
    assert.equal(scene.image.data.length, scene.image.width * scene.image.height * 3);
    for (const [i, plate] of scene.plates.entries()) {
      plates++;
      assert.ok(isConvex(plate.corners));
      const [x, y, width, height] = plate.box;
      assert.ok(x >= 0 && y >= 0 && x + width <= scene.image.width && y + height <= scene.image.height);
      for (const other of scene.plates.slice(0, i)) assert.equal(iou(plate.box, other.box), 0);
    }
  }
  assert.ok(plates > 12, `only ${plates} plates in 24 scenes`);
});

test("the corners of a pasted plate are where its pixels are", () => {
  const random = createRandom(9);
  const plain = composePlate(formatsOf(["de"])[0]!, random);
  const drawing = { ...plain, background: [255, 0, 255] as const, marks: [], cornerRadiusMm: 0, lines: 1 as const };
  const frame = drawBackdrop(320, 240, 0.4, false, random);
  const vehicle = drawVehicle(drawing, false, random, "rear");
  const pose = { yaw: 0.5, pitch: 0.2, roll: 0.1, distance: 3 };
  const placement = placeAt(drawing, vehicle, 24, pose, [170, 150]);
  pastePlate(frame, drawing, vehicle, placement, 0, createRandom(2));
  // the plate is the only magenta thing: its pixels' box is the corners' box
  const { rgb, width, height } = canvasOf(frame);
  const seen = { left: width, top: height, right: 0, bottom: 0 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      if (rgb[at]! < 130 || rgb[at + 2]! < 130 || rgb[at + 1]! > 0.4 * rgb[at]!) continue;
      seen.left = Math.min(seen.left, x);
      seen.right = Math.max(seen.right, x + 1);
      seen.top = Math.min(seen.top, y);
      seen.bottom = Math.max(seen.bottom, y + 1);
    }
  }
  const drawn = [seen.left, seen.top, seen.right - seen.left, seen.bottom - seen.top] as const;
  const overlap = iou(drawn, boxOfQuad(placement.corners));
  assert.ok(overlap > 0.93, `overlap ${overlap}: ${drawn} against ${boxOfQuad(placement.corners).map(Math.round)}`);
});

test("a scene asked to be empty has no plate", () => {
  const scene = renderScene(anyFormat, 3, { ...SMALL, negativeShare: 1 });
  assert.deepEqual(scene.plates, []);
  assert.equal(scene.kind, "negative");
});
