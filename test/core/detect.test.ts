import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeDetections, detectPlates, letterbox, letterboxSize } from "../../src/core/detect.ts";
import { PlateKitError } from "../../src/core/errors.ts";
import { iou, type Quad, quadOfBox } from "../../src/core/geometry.ts";
import type { Image } from "../../src/core/image.ts";
import type { Tensor } from "../../src/core/model.ts";
import { detectorCard, detectorOutput, type FakePlate, fakeModel, seededRandom } from "./fake-model.ts";

function flat(width: number, height: number, value: number): Image {
  return { width, height, data: new Uint8Array(width * height * 3).fill(value) };
}

const sizes = [
  { name: "one pixel fills the square", width: 1, height: 1, expected: [416, 416, 416, 416] },
  { name: "1080p is padded below only", width: 1920, height: 1080, expected: [416, 234, 416, 256] },
  { name: "a portrait is padded right only", width: 1080, height: 1920, expected: [234, 416, 256, 416] },
  { name: "a small picture is scaled up", width: 208, height: 104, expected: [416, 208, 416, 224] },
  { name: "halves round up", width: 832, height: 33, expected: [416, 17, 416, 32] },
  { name: "a thread keeps one pixel", width: 20000, height: 2, expected: [416, 1, 416, 32] },
];
for (const { name, width, height, expected } of sizes) {
  test(`letterboxSize: ${name}`, () => {
    const size = letterboxSize(width, height, { longSide: 416, multiple: 32 });
    assert.deepEqual([size.contentWidth, size.contentHeight, size.inputWidth, size.inputHeight], expected);
  });
}

test("letterbox: the picture stands at the top left, the card's grey fills the rest", () => {
  const { input, scaleX, scaleY } = letterbox(flat(128, 80, 200), detectorCard);
  assert.deepEqual(input.shape, [1, 64, 64, 3]);
  assert.deepEqual([scaleX, scaleY], [0.5, 0.5]);
  assert.ok(input.data.subarray(0, 40 * 64 * 3).every((byte) => byte === 200));
  assert.ok(input.data.subarray(40 * 64 * 3).every((byte) => byte === 114));
});

/** What the decoder makes of plates on a 64x64 input. */
function decode(plates: readonly FakePlate[], threshold = 0.5) {
  return decodeDetections(detectorOutput(plates, 64, 64, detectorCard), 64, 64, detectorCard, threshold);
}

test("decodeDetections: silent cells are no plates", () => assert.deepEqual(decode([]), []));

test("decodeDetections: gives back box, corners, lines and confidence of a plate at every level", () => {
  for (const level of [0, 1, 2]) {
    const corners: Quad = [[10, 12], [42, 10], [44, 24], [11, 27]]; // biome-ignore format: one quad
    const [found, ...more] = decode([{ box: [10, 10, 34, 17], corners, lines: 2, logit: Math.log(4), level }]);
    assert.equal(more.length, 0);
    assert.ok(iou(found!.box, [10, 10, 34, 17]) > 0.999);
    found!.corners.forEach(([x, y], i) => {
      assert.ok(Math.hypot(x - corners[i]![0], y - corners[i]![1]) < 1e-4);
    });
    assert.equal(found!.lines, 2);
    assert.ok(Math.abs(found!.confidence - 0.8) < 1e-6);
  }
});

test("decodeDetections: the threshold keeps what reaches it", () => {
  const plates: FakePlate[] = [
    { box: [0, 0, 20, 8], logit: 0 },
    { box: [40, 40, 20, 8], logit: -1 },
  ];
  assert.equal(decode(plates, 0.5).length, 1);
  assert.equal(decode(plates, 0.51).length, 0);
  assert.equal(decode(plates, 0.2).length, 2);
  assert.equal(decode(plates, 0).length, 2); // silent cells pass too, but their boxes are empty
});

test("decodeDetections: overlapping cells are one plate, the most confident; apart they are two, best first", () => {
  const found = decode([
    { box: [0, 0, 24, 8], logit: 1 },
    { box: [1, 0, 24, 8], logit: 2, level: 1 },
    { box: [36, 50, 24, 8], logit: 3 },
  ]);
  assert.deepEqual(
    found.map((detection) => Math.round(detection.box[0])),
    [36, 1],
  );
});

const badCorners: readonly { name: string; corners: Quad }[] = [
  { name: "crossed", corners: [[8, 8], [40, 24], [40, 8], [8, 24]] },
  { name: "mirrored", corners: [[40, 8], [8, 8], [8, 24], [40, 24]] },
  { name: "far smaller than the box", corners: [[8, 8], [16, 8], [16, 16], [8, 16]] },
  { name: "not numbers", corners: [[NaN, 8], [40, 8], [40, 24], [8, 24]] },
]; // biome-ignore format: one case a line
for (const { name, corners } of badCorners) {
  test(`decodeDetections: corners that are ${name} give way to the box`, () => {
    const [found] = decode([{ box: [8, 8, 32, 16], corners }]);
    assert.deepEqual(found!.corners, quadOfBox(found!.box));
  });
}

test("decodeDetections: boxes that are empty or not numbers are no plates", () => {
  assert.deepEqual(decode([{ box: [8, 8, -20, 16] }, { box: [40, 40, 8, 0] }, { box: [20, 20, Infinity, 8] }]), []);
  const output = detectorOutput([{ box: [8, 8, 32, 16] }], 64, 64, detectorCard);
  output.data.fill(NaN);
  assert.deepEqual(decodeDetections(output, 64, 64, detectorCard, 0.5), []);
});

test("decodeDetections: a shape that the card does not promise is refused", () => {
  const good = detectorOutput([], 64, 64, detectorCard);
  for (const shape of [[], [14, 84], [1, 13, 84], [1, 14, 83], [2, 14, 84]]) {
    const output: Tensor = { data: good.data, shape };
    assert.throws(() => decodeDetections(output, 64, 64, detectorCard, 0.5), { code: "MODEL_MISMATCH" });
  }
  assert.throws(() => decodeDetections(good, 96, 64, detectorCard, 0.5), { code: "MODEL_MISMATCH" });
});

test("detectPlates: maps to frame pixels, clips boxes and leaves corners outside", async () => {
  const frame = flat(640, 320, 0); // input 64x32, so ten frame pixels to one
  const corners: Quad = [[-4, 6], [20, 8], [20, 16], [-4, 14]]; // biome-ignore format: one quad
  const detector = fakeModel(detectorCard, () => ({
    output: detectorOutput([{ box: [-4, 6, 24, 10], corners }], 64, 32, detectorCard),
  }));
  const [found] = await detectPlates(frame, detector);
  assert.deepEqual(found!.box.map(Math.round), [0, 60, 200, 100]);
  assert.deepEqual(found!.corners.flat().map(Math.round), [-40, 60, 200, 80, 200, 160, -40, 140]);
  assert.deepEqual(detector.inputs[0]!.shape, [1, 32, 64, 3]);
});

test("detectPlates: whatever plate is drawn in any frame comes back where it was", async () => {
  const random = seededRandom(6);
  for (let round = 0; round < 100; round++) {
    const frame = flat(20 + Math.floor(random() * 300), 20 + Math.floor(random() * 300), 0);
    const width = frame.width * (0.2 + random() * 0.3);
    const height = frame.height * (0.2 + random() * 0.3);
    const box = [random() * (frame.width - width), random() * (frame.height - height), width, height] as const;
    const { scaleX, scaleY, inputWidth, inputHeight } = letterbox(frame, detectorCard);
    const scaled = [box[0] * scaleX, box[1] * scaleY, width * scaleX, height * scaleY] as const;
    const detector = fakeModel(detectorCard, () => ({
      output: detectorOutput([{ box: scaled }], inputWidth, inputHeight, detectorCard),
    }));
    const found = await detectPlates(frame, detector);
    assert.equal(found.length, 1);
    assert.ok(iou(found[0]!.box, box) > 0.999, `${found[0]!.box} for ${box}`);
  }
});

test("detectPlates: a box wholly in the padding is dropped", async () => {
  const detector = fakeModel(detectorCard, () => ({
    output: detectorOutput([{ box: [20, 50, 20, 10] }], 64, 64, detectorCard),
  }));
  assert.deepEqual(await detectPlates(flat(64, 40, 0), detector), []);
});

test("detectPlates: the next frame takes the memory of the last, a frame beside it its own, and both see what they show", async () => {
  const seen: number[] = [];
  const detector = fakeModel(detectorCard, ({ data }) => {
    seen.push(data[0]!, data.at(-1)!); // content, and grey below it
    return { output: detectorOutput([], 64, 64, detectorCard) };
  });
  await detectPlates(flat(64, 40, 1), detector);
  await detectPlates(flat(64, 40, 2), detector);
  await Promise.all([detectPlates(flat(64, 40, 3), detector), detectPlates(flat(64, 40, 4), detector)]);
  const [first, second, third, beside] = detector.inputs.map(({ data }) => data);
  assert.equal(second, first);
  assert.equal(third, first);
  assert.notEqual(beside, third);
  assert.deepEqual(seen, [1, 114, 2, 114, 3, 114, 4, 114]);
});

test("detectPlates: a network that fails, answers nothing or is asked nonsense says so", async () => {
  const broken = fakeModel(detectorCard, () => {
    throw new Error("out of memory");
  });
  await assert.rejects(
    detectPlates(flat(8, 8, 0), broken),
    (error: PlateKitError) =>
      error instanceof PlateKitError &&
      error.code === "MODEL_FAILED" &&
      (error.cause as Error).message === "out of memory",
  );
  const silent = fakeModel(detectorCard, () => ({}));
  await assert.rejects(detectPlates(flat(8, 8, 0), silent), { code: "MODEL_MISMATCH" });
  for (const threshold of [NaN, -0.1, 1.5]) {
    await assert.rejects(detectPlates(flat(8, 8, 0), silent, { threshold }), { code: "OPTION_INVALID" });
  }
});
