import assert from "node:assert/strict";
import { test } from "node:test";
import type { GreyPicture } from "../../src/classic/grey-picture.ts";
import { readPlate } from "../../src/classic/read-plate.ts";
import { segmentRobust } from "../../src/classic/segment-robust.ts";
import { segmentTutorial } from "../../src/classic/segment-tutorial.ts";
import type { StepsName } from "../../src/classic/segmentation.ts";
import type { CharacterCard } from "../../src/core/character-card.ts";
import { quadOfBox } from "../../src/core/geometry.ts";
import { DRAWN_CARD, DRAWN_CARD_WITH_NONE, type Drawing, drawnModel, drawPlate, toImage } from "./drawn-plate.ts";

async function textOf(drawing: Drawing, steps: StepsName, card = DRAWN_CARD): Promise<string> {
  return (await readDrawn(drawPlate(drawing), steps, card)).text;
}

async function readDrawn(plate: GreyPicture, steps: StepsName, card = DRAWN_CARD) {
  const box = [0, 0, plate.width, plate.height] as const;
  const detection = { box, corners: quadOfBox(box), lines: 1, confidence: 1 } as const;
  const options = { steps, regions: [], regionStrict: false, candidates: 3 };
  return (await readPlate(toImage(plate), detection, drawnModel(card), options)).read;
}

/** `tutorial`: what the tutorial's steps make of it, where that is told. */
const cases: readonly { name: string; drawing: Drawing; robust: string; tutorial?: string }[] = [
  { name: "an empty plate", drawing: { lines: ["       "] }, robust: "", tutorial: "" },
  { name: "a plain plate", drawing: { lines: ["AUC 234"] }, robust: "AUC234", tutorial: "AUC234" },
  { name: "a plate of nine", drawing: { lines: ["AUCEH2347"] }, robust: "AUCEH2347" },
  { name: "light on dark", drawing: { lines: ["HLT 742"], ink: 230, paper: 30 }, robust: "HLT742" },
  { name: "little contrast", drawing: { lines: ["FEP 373"], ink: 110, paper: 135 }, robust: "FEP373" },
  {
    name: "light from one side",
    drawing: { lines: ["AUC 234"], ink: 0, paper: 90, shade: (along) => 150 * along },
    robust: "AUC234",
  },
  { name: "a plate that falls", drawing: { lines: ["PTF 274"], slope: 0.12, margin: 5 }, robust: "PTF274" },
  { name: "a plate that rises", drawing: { lines: ["PTF 274"], slope: -0.15, margin: 5 }, robust: "PTF274" },
  { name: "two lines", drawing: { lines: ["AUC", "2347"] }, robust: "AUC2347" },
  { name: "two lines, light on dark", drawing: { lines: ["HL 2", "3747"], ink: 220, paper: 40 }, robust: "HL23747" },
];
for (const { name, drawing, robust, tutorial } of cases) {
  test(`the robust steps read ${name}`, async () => assert.equal(await textOf(drawing, "robust"), robust));
  test(`and so they do by a net that knows what is no character: ${name}`, async () =>
    assert.equal(await textOf(drawing, "robust", DRAWN_CARD_WITH_NONE), robust));
  if (tutorial !== undefined)
    for (const card of [DRAWN_CARD, DRAWN_CARD_WITH_NONE])
      test(`the tutorial's steps read ${name}, net of ${card.alphabet.length} classes`, async () =>
        assert.equal(await textOf(drawing, "tutorial", card), tutorial));
}

test("the tutorial's steps fail on light characters, as the tutorial does", async () => {
  assert.notEqual(await textOf({ lines: ["HLT 742"], ink: 230, paper: 30 }, "tutorial"), "HLT742");
});

test("two characters that touch are cut apart", () => {
  const plate = drawPlate({ lines: ["AUC234"] });
  const data = Uint8Array.from(plate.data);
  // A bridge at half height from the second character to the third.
  for (let y = 36; y < 42; y++) data.fill(20, y * plate.width + 80, y * plate.width + 110);
  const { characters } = segmentRobust({ ...plate, data });
  assert.equal(characters.length, 6);
});

test("a character in two pieces is joined", () => {
  const plate = drawPlate({ lines: ["AUC234"] });
  const data = Uint8Array.from(plate.data);
  for (let y = 45; y < 48; y++) data.fill(230, y * plate.width + 100, y * plate.width + 140); // a scratch through the C
  const { characters } = segmentRobust({ ...plate, data });
  assert.equal(characters.length, 6);
});

test("the tutorial's picture is 333×75 with a white border, its characters 28×28, from left to right", () => {
  const { plate, binary, characters, shapes } = segmentTutorial(drawPlate({ lines: ["AUC 234"] }));
  assert.deepEqual([plate.width, plate.height, binary.width, binary.height], [333, 75, 333, 75]);
  for (const y of [0, 1, 2, 72, 73, 74])
    assert.ok(binary.data.subarray(y * 333, (y + 1) * 333).every((v) => v === 255));
  for (let y = 0; y < 75; y++) for (const x of [0, 1, 2, 330, 331, 332]) assert.equal(binary.data[y * 333 + x], 255);
  assert.deepEqual(
    characters.map(({ picture }) => [picture.width, picture.height]),
    characters.map(() => [28, 28]),
  );
  const lefts = characters.map(({ box }) => box[0]);
  assert.deepEqual(
    lefts,
    lefts.toSorted((a, b) => a - b),
  );
  assert.equal(shapes.filter(({ dropped }) => dropped === null).length, characters.length);
  for (const { box } of characters) assert.ok(box[2] > 12.5 && box[2] < 37.5 && box[3] > 33.3 && box[3] < 222);
});

test("a character's picture is white on black within a black border", () => {
  const [character] = segmentTutorial(drawPlate({ lines: ["AUC 234"] })).characters;
  const { data } = character!.picture;
  assert.ok(data.subarray(0, 28).every((value) => value === 0));
  assert.ok(Math.max(...data) > 240);
});

for (const [width, height] of [
  [1, 1],
  [3, 200],
  [400, 2],
] as const) {
  test(`a picture of ${width}×${height} pixels gives no text and no error`, async () => {
    const plate = { width, height, data: new Uint8Array(width * height).fill(77) };
    assert.equal((await readDrawn(plate, "robust")).text, "");
    assert.equal((await readDrawn(plate, "robust", DRAWN_CARD_WITH_NONE)).text, "");
    assert.equal((await readDrawn(plate, "tutorial")).text, "");
  });
}

test("a plate outside the frame is a read without text", async () => {
  const frame = toImage(drawPlate({ lines: ["AUC234"] }));
  const box = [5000, 5000, 100, 30] as const;
  const detection = { box, corners: quadOfBox(box), lines: 1, confidence: 1 } as const;
  for (const steps of ["robust", "tutorial"] as const) {
    const options = { steps, regions: [], regionStrict: false, candidates: 1 };
    const { read } = await readPlate(frame, detection, drawnModel(), options);
    assert.equal(read.text, "");
    assert.equal(read.confidence, 0);
  }
});

test("noise yields few characters and never throws", () => {
  let state = 7;
  const random = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  for (let run = 0; run < 10; run++) {
    const [width, height] = [50 + Math.floor(random() * 300), 20 + Math.floor(random() * 80)];
    const data = Uint8Array.from({ length: width * height }, () => 255 * random());
    const { characters } = segmentRobust({ width, height, data });
    for (const { box } of characters) {
      assert.ok(box[0] >= 0 && box[1] >= 0 && box[0] + box[2] <= width && box[1] + box[3] <= height);
    }
  }
});

test("the card's calibration moves the confidence, and keeps the candidates below it", async () => {
  const plate = drawPlate({ lines: ["AUC234"] });
  const box = [0, 0, plate.width, plate.height] as const;
  const detection = { box, corners: quadOfBox(box), lines: 1, confidence: 1 } as const;
  const read = async (calibration?: CharacterCard["calibration"]) => {
    const model = drawnModel();
    const card = calibration === undefined ? model.card : { ...model.card, calibration };
    const options = { steps: "robust", regions: [], regionStrict: false, candidates: 3 } as const;
    return (await readPlate(toImage(plate), detection, { ...model, card }, options)).read;
  };
  const [plain, same, doubtful] = [
    await read(),
    await read({ bias: 0, weights: [1, 0, 0] }),
    await read({ bias: -3, weights: [0, 0, 0] }),
  ];
  assert.ok(Math.abs(plain.confidence - same.confidence) < 1e-5);
  assert.ok(Math.abs(doubtful.confidence - 1 / (1 + Math.exp(3))) < 1e-9);
  assert.equal(doubtful.text, plain.text);
  assert.equal(doubtful.candidates[0]?.confidence, doubtful.confidence);
  assert.ok(doubtful.candidates.every(({ confidence }) => confidence <= doubtful.confidence));
});
