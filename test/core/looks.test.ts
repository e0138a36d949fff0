import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePlate } from "../../src/core/decode.ts";
import { quadOfBox } from "../../src/core/geometry.ts";
import { lookAgain } from "../../src/core/looks.ts";
import type { Detection } from "../../src/core/read.ts";
import { posteriorsOf } from "../../src/core/recognize.ts";
import { rectifyPlate } from "../../src/core/rectify.ts";
import { type FakeText, fakeModel, recognizerCard, recognizerOutputs } from "./fake-model.ts";

const frame = {
  width: 320,
  height: 200,
  data: Uint8Array.from({ length: 320 * 200 * 3 }, (_, i) => (i * 7919) % 251),
};

function detectionAt(x: number, y: number): Detection {
  const box = [x, y, 150, 40] as const;
  return { box, corners: quadOfBox(box), lines: 1, confidence: 0.9 };
}

function looksOf(texts: readonly FakeText[]) {
  return posteriorsOf(recognizerOutputs(texts, recognizerCard), texts.length, recognizerCard).map((posteriors) => ({
    posteriors,
    decoded: decodePlate(posteriors),
  }));
}

/** Answers each batch with the next of `answers`. */
function recognizerOf(...answers: readonly (readonly FakeText[])[]) {
  let next = 0;
  return fakeModel(recognizerCard, () => recognizerOutputs(answers[next++] ?? [], recognizerCard));
}

const UNSURE = 4; // each character is right with 0.6
const HOPELESS = 1; // with 0.07
const unsure = (text: string): FakeText => ({ text, certainty: UNSURE });

const CASES = [
  { name: "no plates", first: [], others: [], texts: [], batches: [] },
  { name: "a sure plate", first: [{ text: "AB123CD" }], others: [], texts: ["AB123CD"], batches: [] },
  { name: "a hopeless one", first: [{ text: "AB123CD", firstCertainty: HOPELESS }], others: [], texts: ["AB123CD"], batches: [] },
  { name: "nothing on the plate", first: [{ text: "", certainty: UNSURE }], others: [], texts: [""], batches: [] },
  { name: "the same again", first: [unsure("AB123CD")], others: [[unsure("AB123CD")]], texts: ["AB123CD"], batches: [1] },
  { name: "two against one", first: [unsure("AB123CD")], others: [[unsure("AB128CD")], [unsure("AB128CD")]], texts: ["AB128CD"], batches: [1, 1] },
  { name: "the first upheld", first: [unsure("AB123CD")], others: [[unsure("AB128CD")], [unsure("AB123CD")]], texts: ["AB123CD"], batches: [1, 1] },
  { name: "a character missed", first: [unsure("AB123CD")], others: [[unsure("AB12CD")], [unsure("AB123CD")]], texts: ["AB123CD"], batches: [1, 1] },
  {
    name: "only the unsure ones of many, each as long as needed",
    first: [{ text: "AB123CD" }, unsure("EF456GH"), { text: "AB999CD" }, unsure("JK777LM")],
    others: [[unsure("EF456GH"), unsure("JK717LM")], [unsure("JK717LM")]],
    texts: ["AB123CD", "EF456GH", "AB999CD", "JK717LM"],
    batches: [2, 1],
  },
] as const; // biome-ignore format: one case a line

for (const { name, first, others, texts, batches } of CASES) {
  test(`look again: ${name}`, async () => {
    const recognizer = recognizerOf(...others);
    const looks = looksOf(first);
    const detections = first.map((_, i) => detectionAt(10 + i * 20, 50));
    const settled = await lookAgain(frame, detections, looks, recognizer, {});
    assert.deepEqual(
      settled.map(({ decoded }) => decoded.text),
      texts,
    );
    assert.deepEqual(
      recognizer.inputs.map(({ shape }) => shape[0]),
      batches,
    );
  });
}

test("look again: a plate that was sure stays as it was, one that agrees with itself grows surer", async () => {
  const looks = looksOf([{ text: "AB123CD" }, unsure("EF456GH")]);
  const detections = [detectionAt(10, 50), detectionAt(90, 120)];
  const [sure, other] = await lookAgain(frame, detections, looks, recognizerOf([unsure("EF456GH")]), {});
  assert.equal(sure, looks[0]);
  assert.ok(other!.decoded.evidence.textProbability > looks[1]!.decoded.evidence.textProbability);
});

test("look again: the looks are at the plate moved right and down, then left and up, along its own sides", async () => {
  const corners = [[100, 60], [200, 80], [190, 120], [90, 100]] as const; // biome-ignore format: corners in a row
  const detection: Detection = { box: [90, 60, 110, 60], corners, lines: 1, confidence: 0.9 };
  const recognizer = recognizerOf([unsure("AB128CD")], [unsure("AB128CD")]);
  await lookAgain(frame, [detection], looksOf([unsure("AB123CD")]), recognizer, {});
  const by = (dx: number, dy: number) =>
    rectifyPlate(
      frame,
      { ...detection, corners: corners.map(([x, y]) => [x + dx, y + dy]) as never },
      recognizerCard.resize,
    ).data;
  // a side is (100, 20), the other (-10, 40)
  assert.deepEqual(recognizer.inputs[0]!.data, by(2 - 0.3, 0.4 + 1.2));
  assert.deepEqual(recognizer.inputs[1]!.data, by(-2 + 0.3, -0.4 - 1.2));
});
