import assert from "node:assert/strict";
import { test } from "node:test";
import { cutOut, type GreyPicture, invert, resizeArea, resizeLinear, shear } from "../../src/classic/grey-picture.ts";

const picture = (width: number, values: readonly number[]): GreyPicture => ({
  width,
  height: values.length / width,
  data: Uint8Array.from(values),
});

test("inverting twice gives the picture back", () => {
  const given = picture(3, [0, 1, 255, 128, 127, 60]);
  assert.deepEqual([...invert(given).data], [255, 254, 0, 127, 128, 195]);
  assert.deepEqual(invert(invert(given)), given);
});

test("cutting out takes the pixels under the box", () => {
  const cut = cutOut(picture(3, [1, 2, 3, 4, 5, 6, 7, 8, 9]), [1, 0, 2, 2]);
  assert.deepEqual(cut, picture(2, [2, 3, 5, 6]));
});

const outside = [
  { name: "an empty one", box: [0, 0, 0, 1] },
  { name: "one beyond the left edge", box: [-1, 0, 2, 1] },
  { name: "one beyond the right edge", box: [2, 0, 2, 1] },
  { name: "one beyond the lower edge", box: [0, 2, 1, 2] },
] as const;
for (const { name, box } of outside) {
  test(`cutting out refuses ${name}`, () => {
    assert.throws(() => cutOut(picture(3, [1, 2, 3, 4, 5, 6, 7, 8, 9]), box), RangeError);
  });
}

test("resizing to the same size changes nothing", () => {
  const given = picture(3, [0, 80, 255, 128, 127, 60]);
  assert.deepEqual(resizeLinear(given, 3, 2), given);
  assert.deepEqual(resizeArea(given, 3, 2), given);
});

test("linear resizing looks at two pixels only, area resizing at all", () => {
  const given = picture(8, [0, 0, 0, 200, 200, 0, 0, 0]);
  assert.deepEqual([...resizeLinear(given, 2, 1).data], [0, 0]);
  assert.deepEqual([...resizeArea(given, 2, 1).data], [50, 50]);
});

test("linear growing goes from level to level without a jump", () => {
  assert.deepEqual([...resizeLinear(picture(2, [0, 100]), 4, 1).data], [0, 25, 75, 100]);
});

test("shearing levels a line that falls", () => {
  const width = 40;
  const values = Array.from({ length: width * 20 }, (_, i) => {
    const line = 9.5 + 0.2 * ((i % width) - 19.5);
    return Math.abs(Math.floor(i / width) - line) < 1.5 ? 255 : 0;
  });
  const level = shear(picture(width, values), 0.2);
  for (let x = 2; x < width - 2; x++) assert.ok(level.data[9 * width + x]! > 200, `column ${x}`);
});
