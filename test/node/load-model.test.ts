import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { loadModels } from "../../src/node/load-model.ts";
import { sha256, writeStandInModels } from "./stand-in-models.ts";

type Json = Record<string, unknown>;

describe("loadModels", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "platekit-models-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function editCard(path: string, edit: (card: Json) => void): Promise<void> {
    const card = JSON.parse(await readFile(path, "utf8")) as Json;
    edit(card);
    await writeFile(path, JSON.stringify(card));
  }

  test("runs both nets of a folder and names their outputs", async () => {
    await writeStandInModels(folder);
    const { detector, recognizer } = await loadModels(folder);
    const found = await detector.run({ data: new Uint8Array(32 * 64 * 3), shape: [1, 32, 64, 3] });
    assert.deepEqual(found.output?.shape, [1, 14, 8]);
    const said = await recognizer.run({ data: new Uint8Array(2 * 64 * 128 * 3), shape: [2, 64, 128, 3] });
    assert.deepEqual(said.characters?.shape, [2, 12, 37]);
    assert.deepEqual(Object.keys(said).sort(), ["characters", "legibility", "lines", "region"]);
    await assert.rejects(recognizer.run({ data: new Uint8Array(3), shape: [1, 1, 1, 3] }), {
      code: "MODEL_FAILED",
      message: /"stand-in-recognizer" failed on an input of 1×1×1×3/,
    });
    await detector.close();
    await recognizer.close();
  });

  const refused: readonly {
    name: string;
    damage: (path: (file: string) => string) => Promise<unknown>;
    code: string;
    message: RegExp;
  }[] = [
    {
      name: "an empty folder",
      damage: (path) => rm(path("detector.json")),
      code: "MODEL_MISSING",
      message: /detector\.json: cannot be read, the card of the detector/,
    },
    {
      name: "a card without its net",
      damage: (path) => rm(path("recognizer.onnx")),
      code: "MODEL_MISSING",
      message: /recognizer\.onnx.*card recognizer\.json expects \(stand-in-recognizer 0\.0\.1, sha256 [0-9a-f]{12}…\)/,
    },
    {
      name: "a net of another export",
      damage: (path) => writeFile(path("detector.onnx"), "other"),
      code: "MODEL_MISMATCH",
      message:
        /card detector\.json expects \(stand-in-detector 0\.0\.1, sha256 [0-9a-f]{12}….*found sha256 [0-9a-f]{12}/,
    },
    {
      name: "a card that is not JSON",
      damage: (path) => writeFile(path("detector.json"), "{"),
      code: "MODEL_MISMATCH",
      message: /detector\.json: not JSON/,
    },
    {
      name: "a card of the other task",
      damage: (path) => editCard(path("detector.json"), (card) => Object.assign(card, { task: "recognizer" })),
      code: "MODEL_MISMATCH",
      message: /"task" of a detector card must be "detector", found "recognizer"/,
    },
    {
      name: "a card with a field missing",
      damage: (path) => editCard(path("recognizer.json"), (card) => delete card.calibration),
      code: "MODEL_MISMATCH",
      message: /"calibration\.temperature" of a recognizer card must be a number above 0, found nothing/,
    },
    {
      name: "an alphabet with a character twice",
      damage: (path) => editCard(path("recognizer.json"), (card) => Object.assign(card, { alphabet: ["A", "A"] })),
      code: "MODEL_MISMATCH",
      message: /"alphabet" .* without a character twice/,
    },
    {
      name: "an alphabet that the net does not have",
      damage: (path) => editCard(path("recognizer.json"), (card) => Object.assign(card, { alphabet: ["A", "B"] })),
      code: "MODEL_MISMATCH",
      message: /recognizer\.json .* expects "characters" of shape \[batch, 12, 3\], found \[batch, 12, 37\]/,
    },
    {
      name: "a net with other slots than its card",
      damage: () => writeStandInModels(folder, { slots: 7 }),
      code: "MODEL_MISMATCH",
      message: /expects "characters" of shape \[batch, 12, 37\], found \[batch, 7, 37\]/,
    },
    {
      name: "a file that is no net though its card says so",
      damage: async (path) => {
        await writeFile(path("detector.onnx"), "no net");
        await editCard(path("detector.json"), (card) => Object.assign(card, { sha256: sha256(Buffer.from("no net")) }));
      },
      code: "MODEL_MISMATCH",
      message: /detector\.onnx: ONNX Runtime cannot load it/,
    },
    {
      name: "the recognizer's net in the detector's place",
      damage: async (path) => {
        const net = await readFile(path("recognizer.onnx"));
        await writeFile(path("detector.onnx"), net);
        await editCard(path("detector.json"), (card) => Object.assign(card, { sha256: sha256(net) }));
      },
      code: "MODEL_MISMATCH",
      message: /expects an output "output", found characters, region, lines, legibility/,
    },
  ];
  for (const { name, damage, code, message } of refused) {
    test(`refuses ${name}`, async () => {
      await writeStandInModels(folder);
      await damage((file) => join(folder, file));
      await assert.rejects(loadModels(folder), (error: Error & { code?: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.ok(!error.message.includes("\n"), "one line");
        return true;
      });
    });
  }
});
