import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { test } from "node:test";
import sharp from "sharp";
import { drawPlate } from "../classic/drawn-plate.ts";
import { temporaryFolder } from "../node/temporary-folder.ts";
import { runInProcess } from "./run-program.ts";

async function writeDataset(folder: { path(...parts: string[]): string }, texts: readonly string[]): Promise<void> {
  const lines: string[] = [];
  for (const [i, text] of texts.entries()) {
    const { width, height, data } = drawPlate({ lines: [text === "A?C234" ? "AUC234" : text] });
    await sharp(data, { raw: { width, height, channels: 1 } })
      .png()
      .toFile(folder.path(`${i}.png`));
    const plate = { box: [0, 0, width, height], corners: null, text, region: null, lines: 1, legible: "full" };
    lines.push(JSON.stringify({ image: `${i}.png`, width, height, kind: "crop", plates: [plate] }));
  }
  await writeFile(folder.path("labels.jsonl"), lines.join("\n"));
}

async function classesOf(...halves: string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const half of halves)
    for (const name of await readdir(half).catch(() => [])) counts[name] = (await readdir(`${half}/${name}`)).length;
  return counts;
}

test("plates become class folders of 28×28 pictures; partly legible ones are left out", async () => {
  await using folder = await temporaryFolder();
  // In the second plate nobody can read one character.
  await writeDataset(folder, ["AUC234", "A?C234"]);
  const { code, stdout } = await runInProcess(["cut", folder.path(), folder.path("out")]);
  assert.equal(code, 0);
  assert.match(stdout, /^1 of 1 plates cut .*; 6 pictures of 6 classes written to/);
  const counts = await classesOf(folder.path("out", "train"), folder.path("out", "val"));
  assert.deepEqual(counts, { A: 1, U: 1, C: 1, 2: 1, 3: 1, 4: 1 });
  const half = (await readdir(folder.path("out")))[0]!;
  const [name] = await readdir(folder.path("out", half, "A"));
  const { width, height, channels } = await sharp(folder.path("out", half, "A", name!)).metadata();
  assert.deepEqual([width, height, channels], [28, 28, 1]);
});

test("no class gets more than --per-class pictures, and no text is on both sides", async () => {
  await using folder = await temporaryFolder();
  await writeDataset(folder, ["AUC234", "AUC234", "AHL774", "UUE222"]);
  const { code, stdout } = await runInProcess(["cut", "--per-class", "2", folder.path(), folder.path("out")]);
  assert.equal(code, 0, stdout);
  const train = await classesOf(folder.path("out", "train"));
  const val = await classesOf(folder.path("out", "val"));
  for (const character of "AUC234HLE7") assert.ok((train[character] ?? 0) + (val[character] ?? 0) <= 2);
  assert.equal((train["2"] ?? 0) + (val["2"] ?? 0), 2);
});

test("no more than --plates plates are cut", async () => {
  await using folder = await temporaryFolder();
  await writeDataset(folder, ["AUC234", "AUC234", "AHL774", "UUE222"]);
  const { stdout } = await runInProcess(["cut", "--plates", "2", folder.path(), folder.path("out")]);
  assert.match(stdout, /^2 of 2 plates cut .*; 12 pictures of/);
});

for (const [name, words, message] of [
  ["no dataset", [], /takes a dataset and a folder/],
  ["no folder to write to", ["somewhere"], /takes a dataset and a folder/],
] as const) {
  test(`cut refuses ${name}`, async () => {
    const { code, stderr } = await runInProcess(["cut", ...words]);
    assert.equal(code, 2);
    assert.match(stderr, message);
  });
}

test("--align with the tutorial's steps is refused, and a net that is not there is named", async () => {
  await using folder = await temporaryFolder();
  await writeDataset(folder, ["AUC234"]);
  const both = await runInProcess(["cut", "--align", "a.onnx", "--steps", "tutorial", folder.path(), folder.path("o")]);
  assert.notEqual(both.code, 0);
  assert.match(both.stderr, /--align cuts by the robust steps/);
  const missing = await runInProcess(["cut", "--align", folder.path("a.onnx"), folder.path(), folder.path("o")]);
  assert.notEqual(missing.code, 0);
  assert.match(missing.stderr, /a\.onnx/);
});

test("more texts go to val when --held says so", async () => {
  await using folder = await temporaryFolder();
  await writeDataset(folder, ["AUC234", "AHL774"]);
  await runInProcess(["cut", "--held", "1", folder.path(), folder.path("out")]);
  assert.deepEqual(await readdir(folder.path("out")), ["val"]);
});
