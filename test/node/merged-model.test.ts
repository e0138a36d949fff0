import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Image } from "../../src/core/image.ts";
import { createEngine } from "../../src/node/engine.ts";
import { createFrameReader } from "../../src/node/frame-reader.ts";
import { loadMergedModel, loadModel } from "../../src/node/load-model.ts";
import { checkReaderOptions } from "../../src/node/read-settings.ts";
import { STAND_IN_TEXT, writeStandInModels, writeStandInRecognizer } from "./stand-in-models.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const MERGED_TEXT = "XY987ZW";

const root = await temporaryFolder();
after(() => root[Symbol.asyncDispose]());
let count = 0;

/** A new folder of stand-in models, with a net for merged pictures or without. */
async function modelsFolder(hasMerged: boolean): Promise<string> {
  const folder = root.path(String(count++));
  await writeStandInModels(folder);
  if (hasMerged) await writeStandInRecognizer(folder, "merged", MERGED_TEXT);
  return folder;
}

/** What an engine for video says of a plate in one frame, and in three frames merged. */
async function readingsOf(folder: string, isMerging: boolean): Promise<{ frame: string[]; merged: string[] }> {
  const engine = await createEngine(checkReaderOptions({ modelsFolder: folder }).settings, isMerging);
  try {
    const frame: Image = { width: 320, height: 160, data: new Uint8Array(320 * 160 * 3).fill(90) };
    const box = [80, 60, 160, 40] as const;
    const corners = [
      [80, 60],
      [240, 60],
      [240, 100],
      [80, 100],
    ] as const;
    const [best] = await engine.readWithEvidence!(frame, [{ box, corners, confidence: 0.9, lines: 1 }]);
    const crops = Array.from({ length: 3 }, () => ({ image: best!.evidence.crop!, weight: 1 }));
    const merged = await engine.readMerged!(crops, best!);
    return { frame: [best!.read.text], merged: [...new Set(merged.map(({ read }) => read.text))] };
  } finally {
    await engine.close();
  }
}

test("merged pictures are read by the net for them, single frames never", async () => {
  const expected = { frame: [STAND_IN_TEXT], merged: [MERGED_TEXT] };
  assert.deepEqual(await readingsOf(await modelsFolder(true), true), expected);
});

test("without such a net, or for photos, the recognizer reads them", async () => {
  const expected = { frame: [STAND_IN_TEXT], merged: [STAND_IN_TEXT] };
  assert.deepEqual(await readingsOf(await modelsFolder(false), true), expected);
  assert.deepEqual(await readingsOf(await modelsFolder(true), false), expected);
});

test("a folder without merged.json has no net for merged pictures", async () => {
  const folder = await modelsFolder(false);
  const recognizer = await loadModel(folder, "recognizer");
  assert.equal(await loadMergedModel(recognizer.card, folder), null);
  await recognizer.close();
});

const refused = [
  {
    name: "a card without its net",
    damage: (folder: string) => rm(join(folder, "merged.onnx")),
    code: "MODEL_MISSING",
    message: /merged\.onnx: cannot be read, which its card merged\.json expects/,
  },
  {
    name: "a net of other regions than the recognizer's",
    damage: async (folder: string) => {
      const path = join(folder, "merged.json");
      const card = JSON.parse(await readFile(path, "utf8"));
      await writeFile(path, JSON.stringify({ ...card, regions: ["de", "fr"] }));
    },
    code: "MODEL_MISMATCH",
    message: /merged\.json: "regions" is not that of recognizer\.json/,
  },
];
for (const { name, damage, code, message } of refused) {
  test(`refuses ${name} when video begins, not when the first plate is unsure`, async () => {
    const folder = await modelsFolder(true);
    await damage(folder);
    const { settings } = checkReaderOptions({ modelsFolder: folder });
    await assert.rejects(createEngine(settings, true), { code, message });
    await (await createEngine(settings)).close(); // photos don't need it
  });
}

test("a reader of frames that does not merge loads no net for it", async () => {
  const folder = await modelsFolder(true);
  await rm(join(folder, "merged.onnx"));
  await (await createFrameReader({ modelsFolder: folder, isMerging: false })).close();
  await assert.rejects(createFrameReader({ modelsFolder: folder }), { code: "MODEL_MISSING" });
});
