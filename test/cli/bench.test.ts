import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { after, before, test } from "node:test";
import sharp from "sharp";
import { selectRuns, spreadEvenly } from "../../src/cli/bench.ts";
import { runProgram } from "../../src/cli/program.ts";
import { STAND_IN_TEXT, writeStandInModels } from "../node/stand-in-models.ts";
import { sample, truth } from "./bench-fixtures.ts";

let folder = "";
let models = "";

/** A grey picture with a magenta plate where the stand-in detector finds one, or without. */
async function drawPicture(path: string, plate: boolean): Promise<void> {
  const width = 320;
  const height = 192;
  const grey = sharp({ create: { width, height, channels: 3, background: "#808080" } });
  const magenta = { create: { width: 16, height: 16, channels: 3, background: "#ff00ff" } } as const;
  const drawn = plate ? grey.composite([{ input: await sharp(magenta).png().toBuffer(), left: 144, top: 96 }]) : grey;
  await drawn.png().toFile(path);
}

/** The box the stand-in detector answers with: 160×40 around the magenta cell. */
const BOX = [72, 84, 160, 40];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "platekit-bench-"));
  models = join(folder, "models");
  await writeStandInModels(models);
  const plate = (text: string | null) => ({
    box: BOX,
    corners: null,
    text,
    region: "fr",
    lines: 1,
    legible: text === null ? null : "full",
  });
  const sets = {
    "data/scenes/one": [
      { image: "right.png", kind: "scene", plates: [plate(STAND_IN_TEXT)] },
      { image: "wrong.png", kind: "scene", plates: [plate("AB123CE")] },
      { image: "untold.png", kind: "scene", plates: [plate(null)] },
    ],
    "data/negatives": [{ image: "empty.png", kind: "negative", plates: [] }],
    "data/crops/two": [{ image: "crop.png", kind: "crop", plates: [plate(STAND_IN_TEXT)] }],
  };
  for (const [set, labels] of Object.entries(sets)) {
    await mkdir(join(folder, set), { recursive: true });
    const lines = labels.map((label) => JSON.stringify({ ...label, width: 320, height: 192 }));
    await writeFile(join(folder, set, "labels.jsonl"), `${lines.join("\n")}\n`);
    for (const { image } of labels) await drawPicture(join(folder, set, image), image !== "empty.png");
  }
});
after(() => rm(folder, { recursive: true, force: true }));

async function bench(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const stream = (to: "out" | "err") =>
    new Writable({
      write(chunk, _encoding, done) {
        said[to] += String(chunk);
        done();
      },
    });
  const terminal = { stdin: Readable.from([]), stdout: stream("out"), stderr: stream("err") };
  const code = await runProgram(["bench", ...words], terminal);
  return { code, ...said };
}

test("a dataset of scenes, negatives and crops gives both runs as JSON", async () => {
  const { code, out, err } = await bench(join(folder, "data"), "--models", models, "--json");
  assert.equal(err, "");
  assert.equal(code, 0);
  const json = JSON.parse(out);
  assert.deepEqual([json.images, json.plates, json.texts, json.exact], [4, 3, 2, 0.5]);
  assert.deepEqual([json.detectionRecall, json.detectionPrecision, json.wrongTexts], [1, 1, 1]);
  assert.equal(json.characterErrorRate, 1 / 14);
  assert.ok(json.msPerImage.median > 0 && json.cpuMsPerImage > 0);
  assert.deepEqual(Object.keys(json.byDataset), ["negatives", "scenes/one"]);
  assert.deepEqual([json.crops.images, json.crops.exact, json.crops.detectionRecall], [1, 1, null]);
});

test("--crops measures the crops alone, and --limit fewer pictures", async () => {
  const crops = await bench(join(folder, "data"), "--models", models, "--json", "--crops");
  assert.deepEqual([JSON.parse(crops.out).run, JSON.parse(crops.out).images], ["crops", 1]);
  const limited = await bench(join(folder, "data"), "--models", models, "--json", "--limit", "2");
  assert.deepEqual([JSON.parse(limited.out).images, JSON.parse(limited.out).crops.images], [2, 1]);
});

test("the table is printed and the report written beside it", async () => {
  const report = join(folder, "report.html");
  const { code, out } = await bench(join(folder, "data"), "--models", models, "--report", report);
  assert.equal(code, 0);
  assert.match(out, /exact +50\.0 % +9\.5–90\.5 +1 of 2/);
  const page = await readFile(report, "utf8");
  assert.match(page, /AB123C<mark>E<\/mark>/);
  assert.match(page, /Crops, reader alone/);
});

test("a broken line and an unreadable picture are named, the rest is measured, and the exit code is 1", async () => {
  const set = join(folder, "damaged");
  await mkdir(set);
  const label = (image: string) => JSON.stringify({ image, width: 320, height: 192, kind: "negative", plates: [] });
  await writeFile(join(set, "labels.jsonl"), [label("good.png"), label("zero.png"), "{"].join("\n"));
  await drawPicture(join(set, "good.png"), false);
  await writeFile(join(set, "zero.png"), "");
  const { code, out, err } = await bench(set, "--models", models, "--json");
  assert.equal(code, 1);
  assert.equal(JSON.parse(out).images, 1);
  assert.match(err, /labels\.jsonl:3: not JSON/);
  assert.match(err, /zero\.png: the file is empty/);
  assert.equal(err.split("\n").length, 3);
});

const refused = [
  { name: "no dataset", words: () => [], code: 2, message: /one dataset folder, found 0/ },
  { name: "two datasets", words: () => ["a", "b"], code: 2, message: /one dataset folder, found 2/ },
  {
    name: "a folder that does not exist",
    words: () => [join(folder, "nowhere")],
    code: 1,
    message: /no such dataset folder/,
  },
  {
    name: "--crops without crops",
    words: () => [join(folder, "data/scenes"), "--crops"],
    code: 1,
    message: /no crops, which --crops needs/,
  },
  { name: "a limit of 0", words: () => [join(folder, "data"), "--limit", "0"], code: 2, message: /--limit must be/ },
  {
    name: "an unknown engine",
    words: () => [join(folder, "data"), "--engine", "magic"],
    code: 2,
    message: /--engine must be one of/,
  },
  {
    name: "a report in a folder that does not exist",
    words: () => [join(folder, "data"), "--report", join(folder, "no/r.html")],
    code: 1,
    message: /r\.html: its folder can't be written to/,
  },
  {
    name: "a report over a folder",
    words: () => [join(folder, "data"), "--report", folder],
    code: 1,
    message: /is a folder/,
  },
  {
    name: "--fit-calibration with --json",
    words: () => [join(folder, "data"), "--json", "--fit-calibration", join(folder, "c.json")],
    code: 2,
    message: /--fit-calibration measures nothing/,
  },
  {
    name: "--fit-calibration on a handful of pictures",
    words: () => [join(folder, "data"), "--models", models, "--fit-calibration", join(folder, "c.json")],
    code: 1,
    message: /needs right and wrong reads, ten at least; found 2 right of 3/,
  },
  {
    name: "models that are missing",
    words: () => [join(folder, "data"), "--models", join(folder, "data")],
    code: 1,
    message: /detector\.json/,
  },
];
for (const { name, words, code, message } of refused) {
  test(`${name}: one line says what is wrong, before anything is measured`, async () => {
    const { code: found, out, err } = await bench(...words());
    assert.equal(found, code);
    assert.equal(out, "");
    assert.match(err, message);
  });
}

test("--fit-calibration writes a calibration for the card, with the reads it came from", async () => {
  const set = join(folder, "calibrate");
  await mkdir(set);
  const labels = Array.from({ length: 12 }, (_, i) => ({
    image: `${i}.png`,
    width: 320,
    height: 192,
    kind: i % 4 === 3 ? "crop" : "scene",
    plates: [{ box: BOX, text: i % 3 === 0 ? "XX1" : STAND_IN_TEXT }],
  }));
  await writeFile(join(set, "labels.jsonl"), labels.map((label) => JSON.stringify(label)).join("\n"));
  for (const { image } of labels) await drawPicture(join(set, image), true);
  const file = join(folder, "calibration.json");
  const { code, out, err } = await bench(set, "--models", models, "--fit-calibration", file);
  assert.equal(err, "");
  assert.equal(code, 0);
  assert.match(out, /^12 reads: calibration error /);
  const fit = JSON.parse(await readFile(file, "utf8"));
  assert.equal(fit.reads.length, 12);
  assert.equal(fit.reads.filter((read: { isRight: boolean }) => read.isRight).length, 8);
  assert.equal(fit.calibration.weights.length, fit.features.length);
});

test("a refused report leaves no file behind", async () => {
  assert.ok(!(await readdir(folder)).includes("no"));
});

test("runs are chosen by the kinds there are", () => {
  const scene = sample([truth("A1")]);
  const crop = sample([truth("A1")], { kind: "crop" });
  const names = (samples: Parameters<typeof selectRuns>[0], cropsOnly: boolean) =>
    selectRuns(samples, cropsOnly, "d").map(({ name }) => name);
  assert.throws(() => names([], false), { code: "DATASET_INVALID", message: /no pictures/ });
  assert.deepEqual(names([scene, crop], false), ["end-to-end", "crops"]);
  assert.deepEqual(names([scene, crop], true), ["crops"]);
  assert.deepEqual(names([crop], false), ["crops"]);
});

test("a limit takes pictures at equal steps and never more than there are", () => {
  assert.deepEqual(spreadEvenly([], 3), []);
  assert.deepEqual(spreadEvenly([1, 2, 3], 3), [1, 2, 3]);
  assert.deepEqual(spreadEvenly([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3), [0, 3, 6]);
});
