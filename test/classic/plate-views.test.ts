import assert from "node:assert/strict";
import { test } from "node:test";
import { candidateShapes } from "../../src/classic/candidate-shapes.ts";
import { labelPlateShapes } from "../../src/classic/label-plate.ts";
import { plateViews } from "../../src/classic/plate-views.ts";
import { findBand } from "../../src/classic/text-band.ts";
import { DRAWN_CARD_WITH_NONE, type Drawing, drawnModel, drawPlate } from "./drawn-plate.ts";

function shapesOf(drawing: Drawing, change: (data: Uint8Array, width: number) => void = () => {}) {
  const plate = drawPlate(drawing);
  change(plate.data, plate.width);
  const [view] = plateViews(plate);
  return candidateShapes(view!.hypotheses, view!.best.lines);
}

test("a plain plate has no view", () => {
  assert.deepEqual([...plateViews(drawPlate({ lines: ["      "] }))], []);
});

test("the polarity of the text comes first", () => {
  for (const [ink, paper] of [
    [20, 230],
    [230, 20],
  ] as const) {
    const [view] = plateViews(drawPlate({ lines: ["AUC234"], ink, paper }));
    assert.equal(view!.best.isLightOnDark, ink > paper);
    assert.equal(view!.hypotheses.length, 6);
  }
});

test("a plate that falls is straightened", () => {
  const [view] = plateViews(drawPlate({ lines: ["PTF 274"], slope: 0.12, margin: 5 }));
  assert.ok(Math.abs(view!.slope - 0.12) < 0.02, `${view!.slope}`);
});

test("each character of a clear plate is a candidate, once", () => {
  const shapes = shapesOf({ lines: ["AUC234"] });
  const whole = shapes.filter(({ isPiece }) => !isPiece);
  assert.equal(whole.length, 6);
  for (const { height, offset, picture } of whole) {
    assert.ok(height > 0.9 && height < 1.1 && Math.abs(offset) < 0.05);
    assert.equal(picture.data.length, 28 * 28);
  }
});

test("two characters that touch are candidates together and apart", () => {
  const shapes = shapesOf({ lines: ["AUC234"] }, (data, width) => {
    for (let y = 36; y < 42; y++) data.fill(20, y * width + 80, y * width + 110);
  });
  assert.ok(shapes.some(({ isPiece, width }) => isPiece && width > 0.6 && width < 0.85));
  assert.ok(shapes.filter(({ width }) => width > 0.6 && width < 0.85).length >= 6);
});

test("a line that runs together is found by its rows", () => {
  const plate = drawPlate({ lines: ["AUC234"], margin: 4 });
  // One bar below joins all, one above lies apart.
  plate.data.fill(0, 66 * plate.width, 70 * plate.width);
  const band = findBand({ ...plate, data: plate.data.map((value) => (value > 128 ? 255 : 0)) });
  const [, top, , height] = band!.line.parts[0]!.box;
  assert.ok(top >= 20 && top <= 28 && top + height >= 60 && top + height <= 70, `${top} ${height}`);
  assert.ok(Math.abs(band!.slope) < 1e-9);
});

test("no turns of ink and paper are no band", () => {
  assert.equal(findBand({ width: 40, height: 20, data: new Uint8Array(800).fill(255) }), null);
});

test("of a plate whose text is known, characters are told from what is none", async () => {
  const model = drawnModel(DRAWN_CARD_WITH_NONE);
  assert.equal(await labelPlateShapes(drawPlate({ lines: ["      "] }), "AUC234", model), null);
  assert.equal(await labelPlateShapes(drawPlate({ lines: ["AUC234"] }), "77777777", model), null);
  const labelled = await labelPlateShapes(drawPlate({ lines: ["AUCE234"] }), "AUC234", model);
  const characters = labelled!.filter(({ character }) => character !== null).map(({ character }) => character);
  assert.deepEqual(new Set(characters), new Set("AUC234"));
  assert.ok(labelled!.some(({ character }) => character === null));
});
