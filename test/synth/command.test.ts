import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, test } from "node:test";
import sharp from "sharp";
import { runProgram } from "../../src/cli/program.ts";

const folder = await mkdtemp(join(tmpdir(), "platekit-synth-"));
after(() => rm(folder, { recursive: true, force: true }));

async function run(...words: string[]): Promise<{ code: number; errors: string }> {
  const stderr = new PassThrough();
  const code = await runProgram(["synth", ...words], { stdin: new PassThrough(), stdout: new PassThrough(), stderr });
  return { code, errors: String(stderr.read() ?? "") };
}

test("packed crops are the same bytes with one worker and with two", async () => {
  const [one, two] = [join(folder, "one"), join(folder, "two")];
  const options = ["--count", "70", "--raw", "96x40", "--region", "de", "--seed", "5"];
  assert.deepEqual(await run("plates", ...options, "--workers", "1", one), { code: 0, errors: "" });
  assert.deepEqual(await run("plates", ...options, "--workers", "2", two), { code: 0, errors: "" });
  const packed = await readFile(join(one, "crops.bin"));
  assert.equal(packed.length, 70 * 96 * 40 * 3);
  assert.deepEqual(await readFile(join(two, "crops.bin")), packed);
  assert.deepEqual(await readFile(join(two, "labels.jsonl")), await readFile(join(one, "labels.jsonl")));
  assert.equal((await readFile(join(one, "labels.jsonl"), "utf8")).trim().split("\n").length, 70);
  const shape = JSON.parse(await readFile(join(one, "crops.json"), "utf8"));
  assert.deepEqual([shape.count, shape.height, shape.width, shape.channels], [70, 40, 96, 3]);
});

test("pictures are named by the labels and of the size they say; the sheet is a picture", async () => {
  const out = join(folder, "pictures");
  const sheet = join(folder, "sheet.png");
  assert.deepEqual(await run("plates", "--count", "3", "--region", "fr", "--type", "webp", "--sheet", sheet, out), {
    code: 0,
    errors: "",
  });
  for (const line of (await readFile(join(out, "labels.jsonl"), "utf8")).trim().split("\n")) {
    const label = JSON.parse(line);
    const { width, height } = await sharp(join(out, label.image)).metadata();
    assert.deepEqual([width, height], [label.width, label.height]);
    assert.equal(label.plates[0].region, "fr");
  }
  assert.equal((await readdir(out)).length, 4);
  assert.ok(((await sharp(sheet).metadata()).width ?? 0) > 200);
});

test("merged pictures are packed as they are, each with its label", async () => {
  const out = join(folder, "merged");
  const options = ["--count", "3", "--raw", "160x64", "--region", "nl", "--workers", "1"];
  assert.deepEqual(await run("merged", ...options, out), { code: 0, errors: "" });
  assert.equal((await readFile(join(out, "crops.bin"))).length, 3 * 160 * 64 * 3);
  const lines = (await readFile(join(out, "labels.jsonl"), "utf8")).trim().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).plates[0].region),
    ["nl", "nl", "nl"],
  );
});

test("scenes are put before the given backgrounds", async () => {
  const photos = join(folder, "photos");
  const out = join(folder, "scenes");
  await run("plates", "--count", "2", "--negatives", "1", photos);
  assert.deepEqual(await run("scenes", "--count", "2", "--backgrounds", photos, "--region", "de", out), {
    code: 0,
    errors: "",
  });
  const lines = (await readFile(join(out, "labels.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map((line) => line.image),
    ["0000000.jpg", "0000001.jpg"],
  );
});

const WRONG: readonly (readonly [what: string, words: readonly string[], says: RegExp, code: number])[] = [
  ["nothing", [], /plates.*scenes.*merged/, 2],
  ["an unknown kind", ["cars", "out"], /"cars out"/, 2],
  ["a region without formats", ["plates", "--region", "atlantis", "out"], /atlantis/, 2],
  ["a canvas that is none", ["plates", "--raw", "wide", "out"], /WIDTHxHEIGHT/, 2],
  ["scenes to be packed", ["scenes", "--raw", "96x40", "out"], /plates only/, 2],
  ["merged pictures of another size", ["merged", "--raw", "96x40", "out"], /--raw 160x64/, 2],
  ["a difficulty for merged pictures", ["merged", "--difficulty", "0.4", "out"], /--difficulty.*leave it out/, 2],
  ["backgrounds for plates", ["plates", "--backgrounds", "x", "out"], /scenes/, 2],
  ["a difficulty above 1", ["plates", "--difficulty", "2", "out"], /difficulty/, 2],
  ["a folder of backgrounds that is not there", ["scenes", "--backgrounds", "nowhere", "out"], /nowhere/, 1],
];

for (const [what, words, says, code] of WRONG) {
  test(`${what} is refused in one line`, async () => {
    const outcome = await run(...words);
    assert.equal(outcome.code, code);
    assert.match(outcome.errors, says);
  });
}

test("an output folder that is a file, and a background that is no picture, are named", async () => {
  const file = join(folder, "file");
  await writeFile(file, "text");
  const unwritable = await run("plates", "--count", "1", file);
  assert.equal(unwritable.code, 1);
  assert.match(unwritable.errors, /file/);
  const broken = join(folder, "broken");
  await run("plates", "--count", "1", broken);
  await writeFile(join(broken, "0000000.png"), "no picture");
  const unreadable = await run("scenes", "--count", "6", "--backgrounds", broken, join(folder, "never"));
  assert.equal(unreadable.code, 1);
  assert.match(unreadable.errors, /0000000\.png/);
});
