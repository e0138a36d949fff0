/** The tutorial's steps are OpenCV's: what our TypeScript makes of them is held against OpenCV itself. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { before, describe, test } from "node:test";
import { contourArea, contourBox, findContours } from "../../src/classic/contours.ts";
import { type GreyPicture, resizeArea, resizeLinear } from "../../src/classic/grey-picture.ts";
import { dilate, erode } from "../../src/classic/morphology.ts";
import { binarise, otsuLevel } from "../../src/classic/threshold.ts";
import { drawPlate } from "../classic/drawn-plate.ts";

interface Mat {
  readonly data: Uint8Array;
  readonly data32S: Int32Array;
  delete(): void;
}

/** Only what these tests call. */
interface OpenCv {
  readonly CV_8UC1: number;
  readonly INTER_LINEAR: number;
  readonly INTER_AREA: number;
  readonly THRESH_BINARY: number;
  readonly THRESH_OTSU: number;
  readonly RETR_TREE: number;
  readonly CHAIN_APPROX_SIMPLE: number;
  readonly Mat: {
    new (): Mat;
    new (rows: number, columns: number, type: number): Mat;
    ones(rows: number, columns: number, type: number): Mat;
  };
  readonly MatVector: new () => { size(): number; get(index: number): Mat; delete(): void };
  readonly Size: new (width: number, height: number) => object;
  onRuntimeInitialized?: () => void;
  resize(source: Mat, target: Mat, size: object, x: number, y: number, rule: number): void;
  threshold(source: Mat, target: Mat, level: number, value: number, kind: number): number;
  erode(source: Mat, target: Mat, kernel: Mat): void;
  dilate(source: Mat, target: Mat, kernel: Mat): void;
  findContours(source: Mat, contours: object, tree: Mat, mode: number, method: number): void;
  contourArea(contour: Mat): number;
  boundingRect(contour: Mat): { x: number; y: number; width: number; height: number };
}

function pictures(): GreyPicture[] {
  let state = 11;
  const random = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  const smooth = Array.from({ length: 6 }, () => {
    const [width, height] = [20 + Math.floor(random() * 150), 15 + Math.floor(random() * 60)];
    const waves = Array.from({ length: 5 }, () => [random() * 0.4, random() * 0.4, random() * 6] as const);
    const data = Uint8Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return 128 + waves.reduce((sum, [a, b, c]) => sum + 22 * Math.sin(a * x + b * y + c), 0) + 10 * random();
    });
    return { width, height, data };
  });
  return [...smooth, drawPlate({ lines: ["AUC 234"] }), drawPlate({ lines: ["HL", "4"], unitPx: 3 })];
}

describe("as OpenCV does it", () => {
  const box: { cv?: OpenCv } = {}; // wrapped: the module has a `then` of its own
  before(
    () =>
      new Promise<void>((resolve) => {
        box.cv = createRequire(import.meta.url)("@techstark/opencv-js") as OpenCv;
        if (box.cv.Mat) resolve();
        else box.cv.onRuntimeInitialized = () => resolve();
      }),
  );
  const cv = () => box.cv!; // `before` has run
  const toMat = ({ width, height, data }: GreyPicture): Mat => {
    const mat = new (cv().Mat)(height, width, cv().CV_8UC1);
    mat.data.set(data);
    return mat;
  };
  const worst = (ours: Uint8Array, theirs: Uint8Array) =>
    ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i]!)), 0);

  for (const [width, height] of [
    [333, 75],
    [20, 40],
    [7, 5],
  ] as const) {
    test(`resizing to ${width}×${height} is INTER_LINEAR to within a level`, () => {
      for (const picture of pictures()) {
        const target = new (cv().Mat)();
        cv().resize(toMat(picture), target, new (cv().Size)(width, height), 0, 0, cv().INTER_LINEAR);
        const ours = resizeLinear(picture, width, height);
        assert.equal(ours.data.length, target.data.length);
        assert.ok(worst(ours.data, target.data) <= 1);
      }
    });
  }

  for (const [width, height] of [
    [28, 28],
    [10, 8],
    [200, 100],
  ] as const) {
    test(`area resizing to ${width}×${height} is INTER_AREA to within a level, also where a side grows`, () => {
      for (const picture of [...pictures(), { width: 24, height: 44, data: pictures()[0]!.data.slice(0, 1056) }]) {
        if (picture.data.length !== picture.width * picture.height) continue;
        const target = new (cv().Mat)();
        cv().resize(toMat(picture), target, new (cv().Size)(width, height), 0, 0, cv().INTER_AREA);
        assert.ok(worst(resizeArea(picture, width, height).data, target.data) <= 1);
      }
    });
  }

  test("Otsu's threshold finds the same level and the same pixels", () => {
    for (const picture of pictures()) {
      const target = new (cv().Mat)();
      const level = cv().threshold(toMat(picture), target, 200, 255, cv().THRESH_BINARY + cv().THRESH_OTSU);
      assert.equal(otsuLevel(picture), level);
      assert.deepEqual([...binarise(picture, level).data], [...target.data]);
    }
  });

  test("eroding and dilating by 3×3 give the same pixels", () => {
    const kernel = cv().Mat.ones(3, 3, cv().CV_8UC1);
    for (const picture of pictures()) {
      const target = new (cv().Mat)();
      cv().erode(toMat(picture), target, kernel);
      assert.deepEqual([...erode(picture).data], [...target.data]);
      cv().dilate(toMat(picture), target, kernel);
      assert.deepEqual([...dilate(picture).data], [...target.data]);
    }
  });

  test("contours have the same boxes, areas and tree", () => {
    for (const picture of pictures()) {
      const binary = binarise(picture, otsuLevel(picture));
      const contours = new (cv().MatVector)();
      const tree = new (cv().Mat)();
      cv().findContours(toMat(binary), contours, tree, cv().RETR_TREE, cv().CHAIN_APPROX_SIMPLE);
      const theirs = Array.from({ length: contours.size() }, (_, i) => {
        const contour = contours.get(i);
        const { x, y, width, height } = cv().boundingRect(contour);
        return { box: [x, y, width, height].join(), area: cv().contourArea(contour), parent: tree.data32S[4 * i + 3]! };
      });
      const ours = findContours(binary);
      const found = ours.map((contour) => ({
        box: contourBox(contour).join(),
        area: contourArea(contour),
        parent: contour.parent === null ? "" : contourBox(ours[contour.parent]!).join(),
      }));
      const expected = theirs.map(({ parent, ...rest }) => ({ ...rest, parent: theirs[parent]?.box ?? "" }));
      const order = (list: readonly { box: string; area: number; parent: string }[]) =>
        list.map(({ box, area, parent }) => `${box} ${area} in ${parent}`).toSorted();
      assert.ok(found.length > 0);
      assert.deepEqual(order(found), order(expected));
    }
  });
});
