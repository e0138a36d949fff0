import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { CASCADE_DEFAULTS, findPlates } from "../../src/classic/cascade.ts";
import { iou } from "../../src/core/geometry.ts";
import { loadCascade } from "../../src/node/classic-cascade-file.ts";
import { NEW_HAAR, NEW_LBP, OLD_HAAR } from "./cascade-fixtures.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Where Debian's opencv-data puts real ones. */
const DEBIAN = "/usr/share/opencv4/haarcascades";

/** Dark, with a bright bar of 80×20 pixels at (280, 170). */
function streetAt(scale: number) {
  const [width, height] = [640 * scale, 400 * scale];
  const data = new Uint8Array(width * height * 3).fill(40);
  for (let y = 170 * scale; y < 190 * scale; y++)
    data.fill(220, 3 * (y * width + 280 * scale), 3 * (y * width + 360 * scale));
  return { width, height, data };
}

describe("a cascade", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder[Symbol.asyncDispose]());
  const save = async (name: string, content: string): Promise<string> => {
    const path = folder.path(name);
    await writeFile(path, content);
    return path;
  };

  for (const [name, xml] of [
    ["Haar, new format", NEW_HAAR],
    ["LBP, new format", NEW_LBP],
    ["Haar, old format", OLD_HAAR],
  ] as const) {
    test(`finds its pattern: ${name}`, async () => {
      const cascade = await loadCascade(await save("cascade.xml", xml));
      const found = findPlates(streetAt(1), cascade, CASCADE_DEFAULTS);
      cascade.close();
      const best = found[0];
      assert.ok(best, "nothing found");
      const [x, y, width, height] = best.box;
      assert.ok(Math.abs(x + width / 2 - 320) < 15 && Math.abs(y + height / 2 - 180) < 15, `at ${best.box}`);
      assert.ok(best.confidence > 0.3 && best.confidence < 1);
      assert.deepEqual(
        found.map(({ confidence }) => confidence),
        found.map(({ confidence }) => confidence).toSorted((a, b) => b - a),
      );
    });
  }

  test("finds nothing in a flat picture, and more neighbours find less", async () => {
    const cascade = await loadCascade(await save("cascade.xml", NEW_HAAR));
    const flat = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(128) };
    assert.deepEqual(findPlates(flat, cascade, CASCADE_DEFAULTS), []);
    assert.deepEqual(findPlates({ width: 1, height: 1, data: new Uint8Array(3) }, cascade, CASCADE_DEFAULTS), []);
    const few = findPlates(streetAt(1), cascade, { scaleFactor: 1.2, minNeighbors: 1000 });
    const many = findPlates(streetAt(1), cascade, { scaleFactor: 1.2, minNeighbors: 1 });
    cascade.close();
    assert.ok(few.length < many.length);
  });

  test("searches a large picture shrunk, and answers in its own pixels", async () => {
    const cascade = await loadCascade(await save("cascade.xml", NEW_HAAR));
    const small = findPlates(streetAt(1), cascade, CASCADE_DEFAULTS);
    const large = findPlates(streetAt(3), cascade, CASCADE_DEFAULTS);
    cascade.close();
    assert.deepEqual(
      large.map(({ box }) => box.map(Math.round)),
      small.map(({ box }) => box.map((side) => Math.round(side * 3))),
    );
  });

  const broken = [
    { name: "no file", content: undefined, code: "MODEL_MISSING", message: /--cascade FILE\.xml/ },
    { name: "an empty file", content: "", code: "MODEL_MISMATCH", message: /is empty/ },
    { name: "a text", content: "not a cascade", code: "MODEL_MISMATCH", message: /is not XML/ },
    {
      name: "other XML",
      content: "<?xml version='1.0'?><svg></svg>",
      code: "MODEL_MISMATCH",
      message: /not OpenCV's/,
    },
    { name: "a truncated file", content: NEW_HAAR.slice(0, 600), code: "MODEL_MISMATCH", message: /truncated/ },
    {
      name: "another file of OpenCV's",
      content: "<?xml version='1.0'?><opencv_storage><camera><a>1</a></camera></opencv_storage>",
      code: "MODEL_MISMATCH",
      message: /no cascade/,
    },
    {
      name: "a cascade without stages",
      content: NEW_HAAR.replace(/<stages>.*<\/stages>/s, ""),
      code: "MODEL_MISMATCH",
      message: /no stages/,
    },
    {
      name: "a cascade with a tag left open",
      content: NEW_HAAR.replace("</weakClassifiers>", ""),
      code: "MODEL_MISMATCH",
      message: /OpenCV cannot load this cascade/,
    },
    {
      name: "a cascade whose features are gone",
      content: NEW_HAAR.replace(/<features>.*<\/features>/s, ""),
      code: "MODEL_MISMATCH",
      message: /OpenCV cannot load this cascade/,
    },
  ];
  for (const { name, content, code, message } of broken) {
    test(`refuses ${name} and says what to do`, async () => {
      const path = content === undefined ? folder.path("none.xml") : await save("broken.xml", content);
      await assert.rejects(loadCascade(path), { code, message });
      await assert.rejects(loadCascade(path), { message: /none\.xml|broken\.xml/ });
    });
  }

  describe("with a card beside it", () => {
    const search = {
      window: { width: 60, height: 20 },
      margin: { x: 1, y: 1 },
      skip: { minContrast: 0, minCentring: 0 },
      passes: [[1, 1]],
      growth: { width: [0, 0], height: [0, 0] },
      evidence: { bias: 5, windows: 0, margin: 0, text: 0, aspect: 0, oddAspect: 0, rival: 0 },
      minConfidence: 0.1,
    };
    const sha256 = createHash("sha256").update(NEW_HAAR).digest("hex");
    const card = { schema: 1, task: "cascade", name: "bars", sha256, search };
    const saveBoth = async (json: string): Promise<string> => {
      await save("carded.json", json);
      return save("carded.xml", NEW_HAAR);
    };

    test("is searched as the card says", async () => {
      const cascade = await loadCascade(await saveBoth(JSON.stringify(card)));
      assert.deepEqual(cascade.plan, search);
      const [best] = findPlates(streetAt(1), cascade, CASCADE_DEFAULTS);
      cascade.close();
      assert.ok(best, "nothing found");
      assert.ok(iou(best.box, [280, 170, 80, 20]) > 0.3, `at ${best.box}`);
    });

    for (const [name, json, message] of [
      ["no JSON", "{", /carded\.json: is not JSON/],
      ["a card of something else", JSON.stringify({ task: "detector" }), /not the card of a cascade/],
      ["a card of another file", JSON.stringify({ ...card, sha256: "0" }), /not the card of .*carded\.xml/],
      ["no search", JSON.stringify({ ...card, search: undefined }), /lacks a usable "window"/],
      ["no passes", JSON.stringify({ ...card, search: { ...search, passes: [] } }), /lacks a usable "passes"/],
    ] as const) {
      test(`refuses ${name}`, async () => {
        const path = await saveBoth(json);
        await assert.rejects(loadCascade(path), { code: "MODEL_MISMATCH", message });
      });
    }
  });

  const installed = existsSync(DEBIAN) ? readdirSync(DEBIAN).filter((name) => name.includes("plate")) : [];
  const skip = installed.length > 0 ? false : `SKIPPED: no cascades under ${DEBIAN}; install Debian's opencv-data`;
  test("loads the plate cascades of Debian's opencv-data", { skip }, async () => {
    for (const name of installed) {
      const cascade = await loadCascade(join(DEBIAN, name));
      const flat = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(128) };
      assert.deepEqual(findPlates(flat, cascade, CASCADE_DEFAULTS), []);
      cascade.close();
    }
  });
});
