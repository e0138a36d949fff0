import assert from "node:assert/strict";
import { test } from "node:test";
import { boxOfQuad, type Quad, quadOfBox } from "../../src/core/geometry.ts";
import { type Image, resize } from "../../src/core/image.ts";
import { doubtOf, measurePlate, type PlateQuality, QUALITY_LIMITS } from "../../src/core/quality.ts";
import type { Detection } from "../../src/core/read.ts";
import { rectifyPlate } from "../../src/core/rectify.ts";
import { seededRandom } from "./fake-model.ts";

const size = { width: 160, height: 64, margin: 0.1 };

function detection(corners: Quad, lines: 1 | 2 = 1): Detection {
  return { box: boxOfQuad(corners), corners, lines, confidence: 1 };
}

interface Look {
  readonly paper?: number;
  readonly ink?: number;
  /** Width and height of the plate in the frame, in pixels. */
  readonly plate?: readonly [number, number];
  /** Draws over the finished plate; u and v run from 0 to 1 across it. */
  readonly spot?: (u: number, v: number) => number | null;
}

/** A grey frame with a drawn plate at (100, 60): seven characters, each two upright strokes and a bar. */
function drawPlate({ paper = 220, ink = 30, plate: [width, height] = [208, 44], spot }: Look = {}): Image {
  const frame: Image = {
    width: width + 200,
    height: height + 120,
    data: new Uint8Array((width + 200) * (height + 120) * 3),
  };
  frame.data.fill(110);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5) / width;
      const v = (y + 0.5) / height;
      const inCharacter = (u * 7.4 - 0.2) % 1; // 0..1 across one character and its gap
      const isStroke =
        inCharacter < 0.15 || (inCharacter > 0.5 && inCharacter < 0.65) || (v > 0.45 && v < 0.55 && inCharacter < 0.6);
      const isInk = u > 0.03 && u < 0.97 && v > 0.18 && v < 0.82 && isStroke;
      const value = spot?.(u, v) ?? (isInk ? ink : paper);
      frame.data.fill(value, ((y + 60) * frame.width + x + 100) * 3, ((y + 60) * frame.width + x + 101) * 3);
    }
  }
  return frame;
}

function measure(look: Look, change: (plate: Image) => Image = (plate) => plate): PlateQuality {
  const frame = drawPlate(look);
  const found = detection(quadOfBox([100, 60, ...(look.plate ?? [208, 44])] as [number, number, number, number]));
  return measurePlate(change(rectifyPlate(frame, found, size)), found, frame, size);
}

/** Loses detail as a far plate does: shrunk by `factor`, then enlarged again. */
function blurred(factor: number): (plate: Image) => Image {
  return (plate) =>
    resize(
      resize(plate, Math.round(plate.width / factor), Math.round(plate.height / factor)),
      plate.width,
      plate.height,
    );
}

test("measurePlate: a good plate raises no doubt, on bright paper, dark paper or blown-out paper", () => {
  for (const look of [{}, { paper: 30, ink: 220 }, { paper: 255, ink: 60 }, { paper: 255, ink: 0 }]) {
    assert.equal(doubtOf(measure(look), false), null);
  }
});

test("measurePlate: heights follow the corners, not the box, and two lines have lower characters", () => {
  const tilted: Quad = [[20, 20], [60, 60], [48, 76], [8, 36]]; // biome-ignore format: one quad
  const plate = rectifyPlate(drawPlate(), detection(tilted), size);
  const one = measurePlate(plate, detection(tilted), { width: 300, height: 300 }, size);
  assert.equal(one.plateHeightPx, 20);
  assert.equal(one.characterHeightPx, 12);
  const two = measurePlate(plate, detection(tilted, 2), { width: 300, height: 300 }, size);
  assert.equal(two.characterHeightPx, 7);
});

test("measurePlate: a plate of few pixels is too small", () => {
  assert.equal(doubtOf(measure({ plate: [70, 15] }), false), "too-small");
});

test("measurePlate: sharpness falls as detail is lost, until it is called blurred", () => {
  const sharpness = [1, 2, 4, 8, 12].map((factor) => measure({}, blurred(factor)).sharpness);
  for (let i = 1; i < sharpness.length; i++) assert.ok(sharpness[i]! < sharpness[i - 1]!, `${sharpness}`);
  assert.equal(doubtOf(measure({}, blurred(2)), false), null);
  assert.equal(doubtOf(measure({}, blurred(16)), false), "blurred");
});

test("measurePlate: sharpness does not depend on contrast, nor on the size of the recognizer's input", () => {
  const strong = measure({});
  const weak = measure({ paper: 150, ink: 90 });
  assert.ok(Math.abs(strong.sharpness - weak.sharpness) < 0.05 * strong.sharpness);
  const frame = drawPlate();
  const found = detection(quadOfBox([100, 60, 208, 44]));
  const large = { width: 320, height: 128, margin: 0.2 };
  const other = measurePlate(rectifyPlate(frame, found, large), found, frame, large);
  assert.ok(Math.abs(other.sharpness - strong.sharpness) < 0.25 * strong.sharpness);
  assert.ok(Math.abs(other.contrast - strong.contrast) < 0.05);
});

test("measurePlate: a plate of one colour has no contrast and no sharpness", () => {
  const flat = measure({ paper: 110, ink: 110 });
  assert.equal(flat.contrast, 0);
  assert.equal(flat.sharpness, 0);
  assert.equal(doubtOf(flat, false), "low-contrast");
  assert.equal(doubtOf(measure({ paper: 110, ink: 86 }), false), "low-contrast");
});

test("measurePlate: a lamp's reflection over characters is glare, a spot or white paper is not", () => {
  const disc = (radius: number) => (u: number, v: number) =>
    Math.hypot((u - 0.5) * 4.7, v - 0.5) < radius ? 255 : null;
  assert.equal(measure({ paper: 255 }).glareShare, 0);
  assert.equal(doubtOf(measure({ spot: disc(0.1) }), false), null);
  const band = measure({ spot: (u) => (u > 0.3 && u < 0.65 ? 255 : null) });
  assert.ok(Math.abs(band.glareShare - 0.35) < 0.05, `${band.glareShare}`);
  assert.equal(doubtOf(band, false), "glare");
});

const frame = { width: 640, height: 480 };
const borders: readonly { name: string; corners: Quad; isCut: boolean }[] = [
  { name: "well inside is whole", corners: quadOfBox([100, 100, 200, 50]), isCut: false },
  { name: "at the left side is cut", corners: quadOfBox([0, 100, 200, 50]), isCut: true },
  { name: "a pixel from the right side is cut", corners: quadOfBox([438, 100, 201, 50]), isCut: true },
  { name: "over the bottom is cut", corners: quadOfBox([100, 450, 200, 50]), isCut: true },
  { name: "ten pixels from the top is whole", corners: quadOfBox([100, 10, 200, 50]), isCut: false },
  { name: "filling the frame is a picture of a plate", corners: quadOfBox([0, 0, 640, 480]), isCut: false },
  { name: "as wide as the frame is a picture of a plate", corners: quadOfBox([0, 100, 640, 200]), isCut: false },
  { name: "with one corner outside is cut", corners: [[60, 100], [300, 60], [300, 160], [-1, 200]], isCut: true },
]; // biome-ignore format: one case a line
for (const { name, corners, isCut } of borders) {
  test(`measurePlate: a plate ${name}`, () => {
    const plate = rectifyPlate(drawPlate(), detection(quadOfBox([100, 60, 208, 44])), size);
    assert.equal(doubtOf(measurePlate(plate, detection(corners), frame, size), false), isCut ? "cut" : null);
  });
}

test("doubtOf: names the first cause, and a format mismatch only when the picture is good", () => {
  const good: PlateQuality = {
    plateHeightPx: 40,
    characterHeightPx: 24,
    sharpness: 0.3,
    contrast: 0.7,
    glareShare: 0,
    outsideShare: 0,
    isAtBorder: false,
  };
  assert.equal(doubtOf(good, false), null);
  assert.equal(doubtOf(good, true), "format-mismatch");
  // Each spoils one more measure, from the last reason to the first.
  const steps = [
    [{ sharpness: QUALITY_LIMITS.minSharpness - 0.01 }, "blurred"],
    [{ contrast: QUALITY_LIMITS.minContrast - 0.01 }, "low-contrast"],
    [{ glareShare: QUALITY_LIMITS.maxGlareShare + 0.01 }, "glare"],
    [{ characterHeightPx: QUALITY_LIMITS.minCharacterHeightPx - 1 }, "too-small"],
    [{ outsideShare: QUALITY_LIMITS.maxOutsideShare + 0.01 }, "cut"],
  ] as const;
  let quality = good;
  for (const [worse, doubt] of steps) {
    quality = { ...quality, ...worse };
    assert.equal(doubtOf(quality, true), doubt);
  }
  assert.equal(doubtOf({ ...good, isAtBorder: true }, false), "cut");
});

test("measurePlate: every measure of any noise stays in its range", () => {
  const random = seededRandom(9);
  for (let round = 0; round < 20; round++) {
    const plate: Image = {
      width: 160,
      height: 64,
      data: Uint8Array.from({ length: 160 * 64 * 3 }, () => random() * 256),
    };
    const quality = measurePlate(plate, detection(quadOfBox([-20, 10, 100, 30])), frame, size);
    for (const share of [quality.contrast, quality.glareShare, quality.outsideShare])
      assert.ok(share >= 0 && share <= 1);
    assert.ok(quality.sharpness > 0.2 && quality.sharpness < 2);
  }
});
