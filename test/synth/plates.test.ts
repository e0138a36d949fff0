import assert from "node:assert/strict";
import { test } from "node:test";
import { formatsOf, layoutText, matchFormats } from "../../src/core/formats.ts";
import { boxOfQuad, isConvex } from "../../src/core/geometry.ts";
import { sampleText } from "../../src/core/sample-format.ts";
import { mixSeed } from "../../src/core/seed.ts";
import { composePlate, composeText } from "../../src/synth/compose-plate.ts";
import { labelLine } from "../../src/synth/label-line.ts";
import { createRandom } from "../../src/synth/random.ts";
import { formatPicker } from "../../src/synth/region-mix.ts";
import { DEFAULT_PLATE_OPTIONS, renderDrawing, renderPlate } from "../../src/synth/render-plate.ts";

const CLEAN = { ...DEFAULT_PLATE_OPTIONS, difficulty: 0, cutShare: 0 };
const anyFormat = formatPicker(formatsOf());

test("the same seed draws the same bytes, another seed others", () => {
  const first = renderPlate(anyFormat, 7, DEFAULT_PLATE_OPTIONS);
  const again = renderPlate(anyFormat, 7, DEFAULT_PLATE_OPTIONS);
  const other = renderPlate(anyFormat, 8, DEFAULT_PLATE_OPTIONS);
  assert.deepEqual(again, first);
  assert.notDeepEqual(other.image.data, first.image.data);
});

test("a picture does not depend on those drawn before it", () => {
  const fresh = renderPlate(anyFormat, mixSeed(3, 5), DEFAULT_PLATE_OPTIONS);
  for (let i = 0; i < 5; i++) renderPlate(anyFormat, mixSeed(3, i), DEFAULT_PLATE_OPTIONS);
  assert.deepEqual(renderPlate(anyFormat, mixSeed(3, 5), DEFAULT_PLATE_OPTIONS), fresh);
});

test("every format of the registry can be drawn, and the text that is drawn matches it", () => {
  for (const format of formatsOf()) {
    for (const lines of format.lines) {
      const random = createRandom(mixSeed(11, lines, format.id.length));
      const text = sampleText(format, random.next);
      const drawing = composeText(format, text, layoutText(text, format, lines), random);
      assert.equal(drawing.characters.map((character) => character.text).join(""), text, format.id);
      const matches = matchFormats(text).map((match) => match.format.id);
      assert.ok(matches.includes(format.id), `${text} is no text of ${format.id}`);
    }
  }
});

test("the year on a plate of Punjab is small, and part of the text only where the format has one", () => {
  const [years, plain] = ["pk/punjab-with-year", "pk/three-letters"].map(
    (id) => formatsOf(["pk"]).find((f) => f.id === id)!,
  );
  let small = 0;
  for (let seed = 0; seed < 60; seed++) {
    const { characters } = composeText(years!, "LEC078019", ["LEC 07", "8019"], createRandom(mixSeed(17, seed)));
    const heights = characters.map(({ box }) => box[3]);
    if (Math.max(heights[3]!, heights[4]!) < 0.85 * heights[0]!) small++;
    const drawing = composeText(plain!, "LXH9161", ["LXH", "9161"], createRandom(mixSeed(17, seed)));
    assert.equal(drawing.characters.map(({ text }) => text).join(""), "LXH9161");
  }
  assert.ok(small > 10 && small < 60, `${small} of 60 small: owners' own plates have them large`);
});

test("characters stand inside their plate and, on one line, in reading order without overlap", () => {
  for (const format of formatsOf()) {
    for (let seed = 0; seed < 3; seed++) {
      const drawing = composePlate(format, createRandom(mixSeed(13, seed, format.id.length)));
      for (const { text, box } of drawing.characters) {
        const inside =
          box[0] > -1 && box[1] > -1 && box[0] + box[2] < drawing.widthMm + 1 && box[1] + box[3] < drawing.heightMm + 1;
        assert.ok(
          inside,
          `${text} of ${format.id} at ${box.map(Math.round)} leaves ${drawing.widthMm}x${drawing.heightMm}`,
        );
      }
      if (drawing.lines === 2) continue;
      drawing.characters.slice(1).forEach(({ box }, i) => {
        const before = drawing.characters[i]!.box;
        assert.ok(box[0] > before[0] + before[2] * 0.6, `${format.id} ${drawing.text}: character ${i + 1} overlaps`);
      });
    }
  }
});

test("a free text keeps the layout and is what the characters say", () => {
  for (let seed = 0; seed < 40; seed++) {
    const drawing = composePlate(formatsOf(["de"])[0]!, createRandom(seed), 1);
    assert.equal(drawing.characters.map((character) => character.text).join(""), drawing.text);
  }
});

test("labels of uncut plates lie inside the picture", () => {
  for (let index = 0; index < 60; index++) {
    const { image, plates } = renderPlate(anyFormat, mixSeed(17, index), {
      ...DEFAULT_PLATE_OPTIONS,
      difficulty: 1,
      cutShare: 0,
    });
    const plate = plates[0]!;
    assert.equal(plate.cut, false);
    assert.ok(isConvex(plate.corners));
    for (const [x, y] of [...plate.corners, ...plate.characters.flatMap((character) => character.quad)]) {
      assert.ok(x >= -0.5 && y >= -0.5 && x <= image.width + 0.5 && y <= image.height + 0.5, `(${x}, ${y})`);
    }
  }
});

test("cut plates are labelled as cut and say ? for what is not seen", () => {
  let partial = 0;
  for (let index = 0; index < 40; index++) {
    const { image, plates } = renderPlate(anyFormat, mixSeed(19, index), { ...CLEAN, cutShare: 1 });
    const plate = plates[0]!;
    assert.equal(plate.cut, true);
    const [x, y, width, height] = boxOfQuad(plate.corners);
    assert.ok(x < 0 || y < 0 || x + width > image.width || y + height > image.height);
    assert.equal(plate.text.includes("?"), plate.legible !== "full");
    if (plate.legible === "partial") partial++;
  }
  assert.ok(partial > 10, `${partial} of 40`);
});

test("corners mark the plate to a pixel: black inside a white picture", () => {
  const format = formatsOf(["de"])[0]!;
  const random = createRandom(5);
  const plain = composePlate(format, random);
  const drawing = { ...plain, background: [0, 0, 0] as const, marks: [], cornerRadiusMm: 0 };
  const { image, plates } = renderDrawing(drawing, CLEAN, createRandom(23));
  const [x, y, width, height] = plates[0]!.box;
  const brightness = (px: number, py: number): number =>
    image.data[(Math.round(py) * image.width + Math.round(px)) * 3]!;
  const inside = brightness(x + width / 2, y + 3);
  assert.ok(inside < 40, `inside is ${inside}`);
  assert.ok(brightness(x + width / 2, y + height - 4) < 40);
});

test("negatives carry no plate", () => {
  for (let index = 0; index < 20; index++) {
    const picture = renderPlate(anyFormat, mixSeed(29, index), { ...CLEAN, negativeShare: 1 });
    assert.deepEqual(picture.plates, []);
    assert.equal(JSON.parse(labelLine("a.png", picture)).kind, "negative");
  }
});

test("a fixed canvas holds the stretched picture and its labels", () => {
  const options = { ...CLEAN, canvas: { width: 192, height: 80 } };
  const { image, plates } = renderPlate(anyFormat, 31, options);
  assert.equal(image.data.length, 192 * 80 * 3);
  const free = renderPlate(anyFormat, 31, CLEAN);
  assert.equal(plates[0]!.text, free.plates[0]!.text);
  assert.ok(plates[0]!.box[0] + plates[0]!.box[2] <= 192.5);
});

test("a label line has the fields of the data sets", () => {
  const line = JSON.parse(labelLine("0000001.png", renderPlate(anyFormat, 37, CLEAN)));
  assert.deepEqual(Object.keys(line), ["image", "width", "height", "kind", "plates"]);
  const [plate] = line.plates;
  for (const field of ["box", "corners", "text", "region", "lines", "legible", "cut", "characters"]) {
    assert.ok(field in plate, field);
  }
});
