import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { greyPicture } from "../../src/classic/grey-picture.ts";
import { findWindows, parseLbpCascade } from "../../src/classic/lbp-cascade.ts";
import { loadOpenCvCascade } from "../../src/node/classic-opencv.ts";
import { decodeImage, readImageFile } from "../../src/node/decode-image.ts";
import { NEW_HAAR, NEW_LBP, OLD_HAAR } from "../node/cascade-fixtures.ts";

const SEARCH = { scaleFactor: 1.2, maxGrowth: 2, skip: { minContrast: 0, minCentring: 0 } };
const cascade = parseLbpCascade(NEW_LBP)!; // its own test says that it is one

/** Dark, with a bright bar of 20×6 pixels, a third of the fixture's window. */
function bar(width: number, height: number) {
  const data = new Uint8Array(width * height).fill(40);
  for (let y = 27; y < 33 && y < height; y++) data.fill(220, y * width + 50, y * width + 70);
  return { width, height, data };
}

describe("a cascade of local binary patterns", () => {
  test("is read from OpenCV's present format", () => {
    const { width, height, stageStarts, leaves, cells } = parseLbpCascade(NEW_LBP)!;
    assert.deepEqual(
      { width, height, stageStarts: [...stageStarts], leaves: [...leaves], cells: [...cells] },
      { width: 60, height: 20, stageStarts: [0, 1], leaves: [1, -1], cells: [0, 1, 20, 6] },
    );
  });

  for (const [name, xml] of [
    ["nothing", ""],
    ["Haar, new format", NEW_HAAR],
    ["Haar, old format", OLD_HAAR],
    ["cells beyond the window", NEW_LBP.replace("0 1 20 6", "0 1 20 7")],
    ["a feature that is not there", NEW_LBP.replace("0 -1 0 1", "0 -1 7 1")],
    ["a tree of two splits", NEW_LBP.replace("0 -1 0 1", "1 0 0 1 0 -1 0 1")],
    ["a leaf that is no number", NEW_LBP.replace("1. -1.", "1. x")],
  ] as const) {
    test(`is not read from ${name}`, () => assert.equal(parseLbpCascade(xml), null));
  }

  test("finds nothing in a picture smaller than its window", () => {
    assert.deepEqual(findWindows(bar(10, 10), cascade, SEARCH), []);
  });

  test("finds its pattern where it is", () => {
    const hits = findWindows(bar(120, 60), cascade, SEARCH);
    const best = hits.find(({ box }) => box[2] === 60)!;
    assert.ok(Math.abs(best.box[0] + 30 - 60) <= 20 && Math.abs(best.box[1] + 10 - 30) <= 6, `at ${best.box}`);
    assert.equal(best.margin, 0.5);
  });

  test("skips windows with less contrast than asked for", () => {
    const skip = { minContrast: 200, minCentring: 0 };
    assert.deepEqual(findWindows(bar(120, 60), cascade, { ...SEARCH, skip }), []);
  });

  test("skips windows that have their steps above or below the middle", () => {
    const skip = { minContrast: 0, minCentring: 1.05 };
    const hits = findWindows(bar(120, 60), cascade, { ...SEARCH, skip });
    assert.ok(hits.length > 0);
    for (const { box } of hits) assert.ok(Math.abs(box[1] + box[3] / 2 - 30) < box[3] / 3, `at ${box}`);
    const above = { minContrast: 0, minCentring: 3 };
    assert.deepEqual(findWindows(bar(120, 60), cascade, { ...SEARCH, skip: above }), []);
  });

  test("lets through what OpenCV lets through", async () => {
    const bytes = readFileSync("models/cascade.xml");
    const openCv = await loadOpenCvCascade("models/cascade.xml", bytes);
    const frame = await decodeImage(await readImageFile("examples/street.jpg"), "examples/street.jpg");
    const half = greyPicture(frame);
    const sizes = { min: { width: 36, height: 12 }, max: { width: 71, height: 23 } };
    const theirs = openCv.find(half, { scaleFactor: 1.2, minNeighbors: 0, sizes }).map(({ box }) => box.join());
    openCv.close();
    const ours = findWindows(half, parseLbpCascade(bytes.toString())!, { ...SEARCH, maxGrowth: 71.5 / 36 });
    const both = ours.filter(({ box }) => theirs.includes(box.join())).length;
    // OpenCV rounds otherwise where it shrinks a picture.
    assert.ok(theirs.length > 50 && both >= 0.9 * Math.max(theirs.length, ours.length), `${both} of ${theirs.length}`);
  });
});
