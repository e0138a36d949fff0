import assert from "node:assert/strict";
import { test } from "node:test";
import { quadOfBox } from "../../src/core/geometry.ts";
import type { Image } from "../../src/core/image.ts";
import { readDetections, readPlates } from "../../src/core/pipeline.ts";
import type { Detection } from "../../src/core/read.ts";
import {
  detectorCard,
  detectorOutput,
  type FakePlate,
  type FakeText,
  fakeModel,
  recognizerCard,
  recognizerOutputs,
} from "./fake-model.ts";

/** A frame of fine stripes, so that no plate in it is blurred or flat; its red channel tells the column. */
function stripedFrame(width: number, height: number): Image {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.fill(Math.floor((i % width) / 6) % 2 ? 220 : 30, i * 3, i * 3 + 3);
  return { width, height, data };
}

const frame = stripedFrame(640, 320); // the detector sees it at a tenth: 64x32

function detectorOf(plates: readonly FakePlate[]) {
  return fakeModel(detectorCard, () => ({ output: detectorOutput(plates, 64, 32, detectorCard) }));
}

/** Answers the crops with `texts` in order, whatever the batches, and from the first again when all were given. */
function recognizerOf(texts: readonly FakeText[]) {
  let next = 0;
  return fakeModel(recognizerCard, ({ shape: [count] }) => {
    const answers = Array.from({ length: count }, () => texts[next++ % texts.length]!);
    return recognizerOutputs(answers, recognizerCard);
  });
}

function detectionAt(x: number, y: number): Detection {
  const box = [x, y, 150, 40] as const;
  return { box, corners: quadOfBox(box), lines: 1, confidence: 0.9 };
}

test("readPlates: a frame without plates gives none and asks no recognizer", async () => {
  const recognizer = recognizerOf([]);
  assert.deepEqual(await readPlates(frame, { detector: detectorOf([]), recognizer }), []);
  assert.equal(recognizer.inputs.length, 0);
});

test("readPlates: reads each plate where it was found, most confident detection first", async () => {
  const detector = detectorOf([
    { box: [4, 4, 16, 6], logit: 1 },
    { box: [34, 20, 16, 6], logit: 4 },
  ]);
  const recognizer = recognizerOf([
    { text: "AB123CD", region: "fr" },
    { text: "AB12CDE", region: "gb", lines: 2 },
  ]);
  const plates = await readPlates(frame, { detector, recognizer });
  assert.deepEqual(
    plates.map((plate) => [plate.text, plate.region, plate.detection.lines, Math.round(plate.detection.box[0])]),
    [
      ["AB123CD", "fr", 1, 340],
      ["AB12CDE", "gb", 2, 40],
    ],
  );
  for (const plate of plates) {
    assert.equal(plate.characters.map(({ text }) => text).join(""), plate.text);
    assert.equal(plate.candidates[0]?.text, plate.text);
    assert.equal(plate.candidates[0]?.confidence, plate.confidence);
    assert.ok(plate.confidence > 0.9 && plate.confidence <= 1);
    assert.equal(plate.doubt, null);
  }
  assert.deepEqual(recognizer.inputs[0]!.shape, [2, 32, 64, 3]);
});

test("readDetections: twenty plates of a frame go in batches of eight and keep their order", async () => {
  const texts = Array.from({ length: 20 }, (_, i) => ({ text: `AB${100 + i}CD`, region: "fr" }));
  const recognizer = recognizerOf(texts);
  const detections = texts.map((_, i) => detectionAt(20 + i * 20, 100));
  const plates = await readDetections(frame, detections, recognizer);
  assert.deepEqual(
    plates.map(({ text }) => text),
    texts.map(({ text }) => text),
  );
  assert.deepEqual(
    recognizer.inputs.map((input) => input.shape[0]),
    [8, 8, 4],
  );
});

test("readDetections: a plate on which nothing is read stays, without text or confidence, unless a confidence is asked", async () => {
  const texts = [{ text: "" }, { text: "AB123CD", region: "fr" }];
  const detections = [detectionAt(100, 100), detectionAt(300, 200)];
  const all = await readDetections(frame, detections, recognizerOf(texts));
  assert.deepEqual([all[0]!.text, all[0]!.confidence, all[0]!.candidates], ["", 0, []]);
  const sure = await readDetections(frame, detections, recognizerOf(texts), { minConfidence: 0.5 });
  assert.deepEqual(
    sure.map(({ text }) => text),
    ["AB123CD"],
  );
});

test("readDetections: what the card's check finds to be no plate is left out, without a check everything is kept", async () => {
  const plateCheck = { weights: [1, 0, 4], bias: -2, threshold: 0.3 };
  const faint = { ...detectionAt(100, 100), confidence: 0.3 };
  const sure = { ...detectionAt(100, 100), confidence: 0.99 };
  const cases = [
    { detections: [], text: "", plateCheck, kept: 0 },
    { detections: [faint], text: "", plateCheck, kept: 0 },
    { detections: [faint], text: "", plateCheck: undefined, kept: 1 },
    { detections: [faint], text: "AB123CD", plateCheck, kept: 1 },
    { detections: [sure], text: "", plateCheck, kept: 1 },
  ];
  for (const { detections, text, plateCheck, kept } of cases) {
    const recognizer = recognizerOf([{ text, region: "fr" }]);
    const checked = { ...recognizer, card: { ...recognizer.card, ...(plateCheck && { plateCheck }) } };
    assert.equal((await readDetections(frame, detections, checked)).length, kept);
  }
});

test("readDetections: says why a read is doubtful", async () => {
  const cases = [
    { detection: detectionAt(-20, 100), text: "AB123CD", doubt: "cut" },
    { detection: { ...detectionAt(100, 100), box: [100, 100, 40, 10], corners: quadOfBox([100, 100, 40, 10]) }, text: "AB123CD", doubt: "too-small" },
    { detection: detectionAt(100, 100), text: "A1A1A1A1A1A1", doubt: "format-mismatch" },
    { detection: detectionAt(100, 100), text: "AB123CD", doubt: null },
  ] as const; // biome-ignore format: one case a line
  for (const { detection, text, doubt } of cases) {
    const [plate] = await readDetections(frame, [detection], recognizerOf([{ text, region: "fr" }]));
    assert.equal(plate!.doubt, doubt);
  }
});

test("readDetections: gives as many candidates as asked, none surer than the one before", async () => {
  const recognizer = recognizerOf([{ text: "AB123CD", region: "fr", certainty: 4 }]);
  const [plate] = await readDetections(frame, [detectionAt(100, 100)], recognizer, { candidates: 3 });
  assert.equal(plate!.candidates.length, 3);
  for (let i = 1; i < 3; i++) assert.ok(plate!.candidates[i]!.confidence <= plate!.candidates[i - 1]!.confidence);
});

test("readPlates: options out of range are refused before any network runs", async () => {
  const models = { detector: detectorOf([]), recognizer: recognizerOf([]) };
  for (const options of [
    { minConfidence: NaN },
    { minConfidence: -0.1 },
    { minConfidence: 2 },
    { candidates: 0 },
    { candidates: 1.5 },
    { detectionThreshold: NaN },
  ]) {
    await assert.rejects(readPlates(frame, models, options), { code: "OPTION_INVALID" });
  }
  assert.equal(models.detector.inputs.length, 0);
});

test("readPlates: a recognizer that fails or answers otherwise than its card says so", async () => {
  const detector = detectorOf([{ box: [4, 4, 16, 6] }]);
  const broken = fakeModel(recognizerCard, () => {
    throw new Error("out of memory");
  });
  await assert.rejects(readPlates(frame, { detector, recognizer: broken }), { code: "MODEL_FAILED" });
  const silent = fakeModel(recognizerCard, () => ({}));
  await assert.rejects(readPlates(frame, { detector, recognizer: silent }), { code: "MODEL_MISMATCH" });
});

test("readPlates: the same frame and models give the same reads", async () => {
  const read = () =>
    readPlates(frame, {
      detector: detectorOf([{ box: [4, 4, 16, 6] }]),
      recognizer: recognizerOf([{ text: "AB123CD", region: "fr", certainty: 5 }]),
    });
  assert.deepEqual(await read(), await read());
});
