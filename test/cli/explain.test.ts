import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import sharp from "sharp";
import type { CharacterCard } from "../../src/core/character-card.ts";
import type { Image } from "../../src/core/image.ts";
import { createClassicReader } from "../../src/node/classic-reader.ts";
import { inferenceGraph } from "../../src/train/inference-graph.ts";
import { encodeOnnx } from "../../src/train/onnx-encode.ts";
import { smallNetwork } from "../../src/train/presets.ts";
import { DRAWN_CARD, DRAWN_CARD_WITH_NONE, drawPlate, toImage } from "../classic/drawn-plate.ts";
import { NEW_HAAR } from "../node/cascade-fixtures.ts";
import { temporaryFolder } from "../node/temporary-folder.ts";
import { runInProcess } from "./run-program.ts";

/** A bright plate with six characters on dark ground: what the one-stage cascade looks for. */
function street(): Image {
  const plate = toImage(drawPlate({ lines: ["AUC234"], unitPx: 4 }));
  const [width, height] = [400, 240];
  const data = new Uint8Array(width * height * 3).fill(35);
  for (let y = 0; y < plate.height; y++) {
    const row = plate.data.subarray(y * plate.width * 3, (y + 1) * plate.width * 3);
    data.set(row, ((y + 90) * width + 110) * 3);
  }
  return { width, height, data };
}

/** It has its shape, but no training: what it says of a character is chance, that it is asked is not. */
async function writeNet(path: string, card: CharacterCard): Promise<void> {
  const network = smallNetwork(card.alphabet.length);
  const weights = Float32Array.from({ length: network.parameterCount }, (_, i) => Math.sin(i * 12.9898) * 0.05);
  const onnx = encodeOnnx(inferenceGraph(network, weights));
  const sha256 = createHash("sha256").update(onnx).digest("hex");
  await writeFile(`${path}.onnx`, onnx);
  await writeFile(`${path}.json`, JSON.stringify({ ...card, sha256 }));
}

describe("read --engine classic", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let classic: string[];
  before(async () => {
    folder = await temporaryFolder();
    await writeNet(folder.path("net"), DRAWN_CARD);
    await writeNet(folder.path("none"), DRAWN_CARD_WITH_NONE);
    await writeFile(folder.path("cascade.xml"), NEW_HAAR);
    const { width, height, data } = street();
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(folder.path("street <b>.png"));
    const flat = sharp({ create: { width: 80, height: 60, channels: 3, background: "#808080" } });
    await flat.png().toFile(folder.path("flat.png"));
    await writeFile(folder.path("broken.jpg"), "no picture");
    const [cascade, net] = [folder.path("cascade.xml"), folder.path("net.onnx")];
    classic = ["read", "--engine", "classic", "--cascade", cascade, "--characters", net];
  });
  after(() => folder[Symbol.asyncDispose]());

  test("finds the plate, cuts its characters and asks the net about each", async () => {
    const { code, stdout } = await runInProcess([...classic, "--json", folder.path("street <b>.png")]);
    assert.equal(code, 0);
    const [record] = JSON.parse(stdout);
    const plate = record.plates.find((found: { text: string }) => found.text.length === 6);
    assert.ok(plate, JSON.stringify(record.plates));
    assert.equal(plate.characters.length, 6);
    const [x, y, width, height] = plate.box;
    assert.ok(x < 120 && y < 100 && x + width > 270 && y + height > 130, `box ${plate.box}`);
  });

  test("--explain writes every step as a picture, and a page that shows them all", async () => {
    const out = folder.path("explained");
    const names = ["street <b>.png", "flat.png", "broken.jpg"].map((name) => folder.path(name));
    const { code, stderr } = await runInProcess([...classic, "--explain", out, "--jsonl", ...names]);
    assert.equal(code, 1, stderr);
    const page = await readFile(folder.path("explained", "explain.html"), "utf8");
    assert.ok(!page.includes("<b>.png"), "names are escaped");
    assert.ok(page.includes("nowhere did enough windows agree"), "the picture without a plate is there too");
    assert.ok(!page.includes("broken.jpg"));
    const sources = [...page.matchAll(/<img[^>]* src="([^"]+)"/g)].map((match) => match[1]!);
    assert.ok(sources.length >= 4 + 4 + 6 + 2, `${sources.length} pictures`);
    for (const source of sources) {
      const { width } = await sharp(folder.path("explained", ...source.split("/").map(decodeURIComponent))).metadata();
      assert.ok(width! > 0, source);
    }
    const characters = sources.filter((source) => source.includes("-character-"));
    assert.ok(characters.length >= 6);
    const first = folder.path("explained", ...characters[0]!.split("/").map(decodeURIComponent));
    const { width, height, channels } = await sharp(first).metadata();
    assert.deepEqual([width, height, channels], [28, 28, 1]);
  });

  test("with a net that knows none, the page tells of candidates, of the best path and of the next texts", async () => {
    const words = [...classic.map((word) => word.replace("net.onnx", "none.onnx")), "--explain", folder.path("paths")];
    const { code, stderr } = await runInProcess([...words, folder.path("street <b>.png")]);
    assert.equal(code, 0, stderr);
    const page = await readFile(folder.path("paths", "explain.html"), "utf8");
    const told = [...page.matchAll(/make (\d+) candidates; (\d+) of them lie on the best path/g)];
    assert.ok(told.length > 0 && told.every(([, candidates, chosen]) => Number(chosen) <= Number(candidates)));
    const chosen = told.reduce((sum, [, , count]) => sum + Number(count), 0);
    assert.equal(page.match(/alt="a character read as/g)?.length, chosen);
    assert.match(page, /with a probability of [\d.]+ %; next come \w+ [\d.]+ %/);
    assert.match(page, /<br>read as \w/);
  });

  test("blur --engine classic covers what the cascade finds, and refuses its options without it", async () => {
    const [from, to] = [folder.path("street <b>.png"), folder.path("covered.png")];
    const { code, stdout, stderr } = await runInProcess(["blur", ...classic.slice(1), from, to, "--mode", "fill"]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /covered\.png: [1-9]\d* plates? covered/);
    const { data, info } = await sharp(to).raw().toBuffer({ resolveWithObject: true });
    const brightest = Math.max(...data.subarray(info.channels * 116 * 400, info.channels * 117 * 400));
    assert.ok(brightest < 120, `the row through the characters still has ${brightest}`);
    const refused = await runInProcess(["blur", "--steps", "tutorial", from, to]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /--steps belongs to --engine classic/);
  });

  test("--steps tutorial reads by the tutorial's own steps", async () => {
    const out = folder.path("by-tutorial");
    const { code } = await runInProcess([
      ...classic,
      "--steps",
      "tutorial",
      "--explain",
      out,
      folder.path("street <b>.png"),
    ]);
    assert.equal(code, 0);
    assert.match(await readFile(folder.path("by-tutorial", "explain.html"), "utf8"), /333×75/);
  });

  const wrong = [
    { name: "--explain without the engine", words: ["read", "x.jpg", "--explain", "out"], code: 2, message: /--engine classic/ },
    { name: "--cascade without the engine", words: ["read", "x.jpg", "--cascade", "c.xml"], code: 2, message: /--engine classic/ },
    {
      name: "--steps of the neural engine",
      words: ["read", "x.jpg", "--engine", "neural", "--steps", "tutorial"],
      code: 2,
      message: /--steps belongs to --engine classic/,
    },
    { name: "unknown steps", words: ["read", "x.jpg", "--engine", "classic", "--steps", "own"], code: 2, message: /robust/ },
    {
      name: "a growth that never ends",
      words: ["read", "x.jpg", "--engine", "classic", "--scale-factor", "1"],
      code: 2,
      message: /scale-factor/,
    },
  ]; // biome-ignore format: one case a line
  for (const { name, words, code, message } of wrong) {
    test(`refuses ${name}`, async () => {
      const run = await runInProcess(words);
      assert.equal(run.code, code);
      assert.match(run.stderr, message);
    });
  }

  const missing = [
    { name: "no cascade", replace: ["cascade.xml", "gone.xml"], message: /gone\.xml: no cascade .* --cascade FILE\.xml/ },
    { name: "no net", replace: ["net.onnx", "gone.onnx"], message: /gone\.onnx: .*platekit train characters/ },
    { name: "a net that is no .onnx", replace: ["net.onnx", "net.json"], message: /net\.json: not an \.onnx file/ },
  ]; // biome-ignore format: one case a line
  for (const { name, replace, message } of missing) {
    test(`says what to do with ${name}`, async () => {
      const words = classic.map((word) => word.replace(replace[0]!, replace[1]!));
      const run = await runInProcess([...words, folder.path("flat.png")]);
      assert.equal(run.code, 1);
      assert.match(run.stderr, message);
      assert.equal(run.stderr.trim().split("\n").length, 1);
    });
  }

  test("refuses a card of another net", async () => {
    await writeFile(folder.path("other.onnx"), await readFile(folder.path("net.onnx")));
    await writeFile(folder.path("other.json"), JSON.stringify(DRAWN_CARD));
    const words = classic.map((word) => word.replace("net.onnx", "other.onnx"));
    const run = await runInProcess([...words, folder.path("flat.png")]);
    assert.equal(run.code, 1);
    assert.match(run.stderr, /not the file that its card/);
  });

  for (const calibration of [
    null,
    3,
    {},
    { bias: 0, weight: 1 },
    { bias: 0, weights: [1] },
    { bias: 0, weights: [1, 2, null] },
  ]) {
    test(`refuses a card with the calibration ${JSON.stringify(calibration)}`, async () => {
      const card = JSON.parse(await readFile(folder.path("net.json"), "utf8"));
      await writeFile(folder.path("unfit.onnx"), await readFile(folder.path("net.onnx")));
      await writeFile(folder.path("unfit.json"), JSON.stringify({ ...card, calibration }));
      const words = classic.map((word) => word.replace("net.onnx", "unfit.onnx"));
      const run = await runInProcess([...words, folder.path("flat.png")]);
      assert.equal(run.code, 1);
      assert.match(run.stderr, /unfit\.json: has a "calibration" that is no bias with 3 weights/);
    });
  }

  test("createClassicReader gives the same reads, and reads plates at places it is told", async () => {
    await using reader = await createClassicReader({
      cascade: folder.path("cascade.xml"),
      characters: folder.path("net.onnx"),
    });
    const found = await reader.read(street());
    assert.ok(found.some(({ text }) => text.length === 6));
    const box = [110, 90, 184, 52] as const;
    const corners = [[110, 90], [294, 90], [294, 142], [110, 142]] as const; // biome-ignore format: a quad
    const { plates } = await reader.readDetailed(street(), {
      detections: [{ box, corners, lines: 1, confidence: 1 }],
    });
    assert.equal(plates[0]?.text.length, 6);
  });
});
