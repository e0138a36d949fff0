import assert from "node:assert/strict";
import { describe, test } from "node:test";
import sharp from "sharp";
import type { Quad } from "../../src/core/geometry.ts";
import { boxOfQuad } from "../../src/core/geometry.ts";
import type { Image } from "../../src/core/image.ts";
import type { PlateRead } from "../../src/core/read.ts";
import { annotateImage, cropPlate } from "../../src/node/annotate.ts";
import { textSvg, textWidth } from "../../src/node/label-strokes.ts";
import { labelText, placeLabels } from "../../src/node/place-labels.ts";

function grey(width: number, height: number, level = 128): Image {
  return { width, height, data: new Uint8Array(width * height * 3).fill(level) };
}

function plateAt(corners: Quad, text = "AB123CD", confidence = 0.95): PlateRead {
  return {
    text,
    display: null,
    confidence,
    region: "fr",
    regionConfidence: 0.9,
    detection: { box: boxOfQuad(corners), corners, lines: 1, confidence: 1 },
    characters: [],
    candidates: [],
    doubt: null,
  };
}

function quad(x: number, y: number, width: number, height: number): Quad {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

describe("placeLabels", () => {
  test("places none for no plates", () => {
    assert.deepEqual(placeLabels([], 100, 100), []);
  });

  test("puts a label above its plate, or below where there is no room", () => {
    const [above] = placeLabels([plateAt(quad(200, 200, 200, 50))], 640, 480);
    assert.ok(above!.box[1] + above!.box[3] <= 200);
    const [below] = placeLabels([plateAt(quad(200, 5, 200, 50))], 640, 480);
    assert.ok(below!.box[1] >= 55);
  });

  test("keeps labels of neighbours apart", () => {
    const plates = [0, 1, 2].map((i) => plateAt(quad(300 + i * 30, 200, 60, 20)));
    const boxes = placeLabels(plates, 640, 480).map(({ box }) => box);
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) {
        assert.ok(a[0] >= b[0] + b[2] || b[0] >= a[0] + a[2] || a[1] >= b[1] + b[3] || b[1] >= a[1] + a[3]);
      }
    }
  });

  test("never leaves the picture, whatever the sizes and places", () => {
    let state = 7;
    const random = (below: number) => {
      state = (state * 48271) % 2147483647;
      return (state / 2147483647) * below;
    };
    for (let round = 0; round < 1000; round++) {
      const width = 1 + Math.floor(random(3000));
      const height = 1 + Math.floor(random(3000));
      const plates = Array.from({ length: 1 + Math.floor(random(5)) }, () =>
        plateAt(
          quad(random(width * 1.4) - width * 0.2, random(height * 1.4) - height * 0.2, random(width), random(height)),
        ),
      );
      for (const { box, unitPx, paddingPx, text } of placeLabels(plates, width, height)) {
        assert.ok(box[0] >= 0 && box[1] >= 0, `${box}`);
        assert.ok(box[0] + box[2] <= width + 1e-6 && box[1] + box[3] <= height + 1e-6, `${box} in ${width}×${height}`);
        assert.ok(textWidth(text) * unitPx + 2 * paddingPx <= box[2] + 1e-6, "the text fits its label");
      }
    }
  });

  test("says the text as printed, the confidence rounded down, and the region", () => {
    const plate = plateAt(quad(0, 0, 1, 1), "AB123CD", 0.9999);
    assert.equal(labelText({ ...plate, display: "AB-123-CD" }), "AB-123-CD 99% FR");
    assert.equal(labelText({ ...plate, text: "", region: null, confidence: 0 }), "? 0%");
  });
});

describe("textSvg", () => {
  test("draws nothing for nothing", () => {
    assert.match(textSvg("", 0, 0, 1, "#fff"), /d=""/);
    assert.equal(textWidth(""), 0);
  });

  test("draws every letter and digit differently, without fonts", () => {
    const drawn = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ÄÖÜ-%.?"].map((character) =>
      textSvg(character, 0, 0, 1, "#fff"),
    );
    assert.equal(new Set(drawn).size, drawn.length);
    assert.ok(drawn.every((svg) => !svg.includes("<text") && !svg.includes('d=""')));
  });

  test("leaves other scripts to the system's fonts and escapes what SVG could misread", () => {
    assert.match(textSvg("京<&", 0, 0, 1, "#fff"), /&#20140;.*&#60;.*&#38;/);
  });
});

describe("annotateImage", () => {
  const plates = [
    plateAt(quad(100, 100, 80, 20)),
    plateAt(quad(-10, -10, 60, 30), "X", 0.3),
    plateAt(quad(500, 900, 9, 9)),
  ];
  const cases = [
    { format: "jpeg", extension: ".jpg", encoded: "jpeg" },
    { format: "tiff", extension: ".jpg", encoded: "jpeg" },
    { format: "avif", extension: ".jpg", encoded: "jpeg" },
    { format: "png", extension: ".png", encoded: "png" },
    { format: "bmp", extension: ".png", encoded: "png" },
    { format: "gif", extension: ".png", encoded: "png" },
    { format: "webp", extension: ".webp", encoded: "webp" },
  ] as const;
  for (const { format, extension, encoded } of cases) {
    test(`draws on ${format} and writes ${encoded} of the same size`, async () => {
      const annotated = await annotateImage(grey(320, 240), plates, format);
      const metadata = await sharp(annotated.bytes).metadata();
      assert.deepEqual([metadata.format, metadata.width, metadata.height], [encoded, 320, 240]);
      assert.equal(annotated.extension, extension);
    });
  }

  test("marks the plate's outline and leaves the rest of the picture as it was", async () => {
    const { bytes } = await annotateImage(grey(320, 240), [plateAt(quad(100, 100, 80, 20))], "png");
    const data = await sharp(bytes).removeAlpha().raw().toBuffer();
    const at = (x: number, y: number) => [...data.subarray((y * 320 + x) * 3, (y * 320 + x) * 3 + 3)];
    const [red, green] = at(140, 100);
    assert.ok(green! > 120 && red! < 60, "the sure plate's green outline");
    assert.deepEqual(at(140, 110), [128, 128, 128], "inside the plate nothing is drawn");
    assert.deepEqual(at(10, 230), [128, 128, 128]);
  });

  test("draws on pictures of any shape: a pixel, a line, none to draw", async () => {
    for (const [width, height] of [
      [1, 1],
      [2000, 1],
      [1, 2000],
    ] as const) {
      const { bytes } = await annotateImage(grey(width, height), [plateAt(quad(0, 0, width, height))], "png");
      assert.deepEqual((await sharp(bytes).metadata()).width, width);
    }
    const { bytes } = await annotateImage(grey(8, 8), [], "png");
    assert.deepEqual(await sharp(bytes).raw().toBuffer(), Buffer.alloc(192, 128));
  });
});

describe("cropPlate", () => {
  const cases = [
    {
      name: "a plate of readable size keeps it, with its margin",
      corners: quad(50, 50, 200, 60),
      width: 240,
      height: 72,
    },
    { name: "a small plate is enlarged", corners: quad(50, 50, 60, 12), width: 288, height: 58 },
    {
      name: "corners far outside cost no more than a large crop",
      corners: quad(-1e5, 0, 3e5, 1e5),
      width: 2048,
      height: 1024,
    },
    { name: "corners in one point give a small crop", corners: quad(50, 50, 0, 0), width: 16, height: 16 },
  ];
  for (const { name, corners, width, height } of cases) {
    test(name, async () => {
      const { bytes, extension } = await cropPlate(grey(320, 240), plateAt(corners));
      const metadata = await sharp(bytes).metadata();
      assert.deepEqual([metadata.format, metadata.width, metadata.height, extension], ["png", width, height, ".png"]);
    });
  }
});
