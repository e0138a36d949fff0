import assert from "node:assert/strict";
import { test } from "node:test";
import { contourArea, contourBox, findContours } from "../../src/classic/contours.ts";
import { dilate, erode } from "../../src/classic/morphology.ts";

const drawn = (...rows: string[]) => ({
  width: rows[0]!.length,
  height: rows.length,
  data: Uint8Array.from(rows.join(""), (pixel) => (pixel === "#" ? 255 : 0)),
});

const cases = [
  { name: "a black picture has no contour", picture: drawn("...", "..."), expected: [] },
  {
    name: "a single pixel is a contour of no area",
    picture: drawn("...", ".#.", "..."),
    expected: [{ isHole: false, parent: null, box: [1, 1, 1, 1], area: 0 }],
  },
  {
    name: "a white picture has one contour along its edge",
    picture: drawn("####", "####", "####"),
    expected: [{ isHole: false, parent: null, box: [0, 0, 4, 3], area: 6 }],
  },
  {
    name: "a hole's contour are the white pixels around it",
    picture: drawn("#####", "#####", "##.##", "#####", "#####"),
    expected: [
      { isHole: false, parent: null, box: [0, 0, 5, 5], area: 16 },
      { isHole: true, parent: 0, box: [1, 1, 3, 3], area: 2 },
    ],
  },
  {
    name: "an island in a hole is the hole's child",
    picture: drawn("#######", "#.....#", "#.....#", "#..#..#", "#.....#", "#.....#", "#######"),
    expected: [
      { isHole: false, parent: null, box: [0, 0, 7, 7], area: 36 },
      { isHole: true, parent: 0, box: [0, 0, 7, 7], area: 34 },
      { isHole: false, parent: 1, box: [3, 3, 1, 1], area: 0 },
    ],
  },
  {
    name: "pixels that touch at a corner are one contour, two apart are two",
    picture: drawn("#..#", ".#.."),
    expected: [
      { isHole: false, parent: null, box: [0, 0, 2, 2], area: 0 },
      { isHole: false, parent: null, box: [3, 0, 1, 1], area: 0 },
    ],
  },
];
for (const { name, picture, expected } of cases) {
  test(name, () => {
    const found = findContours(picture).map((contour) => ({
      isHole: contour.isHole,
      parent: contour.parent,
      box: contourBox(contour),
      area: contourArea(contour),
    }));
    assert.deepEqual(found, expected);
  });
}

test("eroding white takes a pixel all round, dilating gives it back; specks stay gone", () => {
  const given = drawn(".......", ".###...", ".###.#.", ".###...", ".......");
  assert.deepEqual(erode(given), drawn(".......", ".......", "..#....", ".......", "......."));
  assert.deepEqual(dilate(erode(given)), drawn(".......", ".###...", ".###...", ".###...", "......."));
});

test("what lies outside the picture neither erodes nor dilates", () => {
  const white = drawn("###", "###");
  assert.deepEqual(erode(white), white);
  const black = drawn("...", "...");
  assert.deepEqual(dilate(black), black);
});
