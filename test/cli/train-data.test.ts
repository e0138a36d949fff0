import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readCharacterFolders } from "../../src/cli/train-data.ts";
import { drawBar, drawBars, put, temporaryFolder } from "./train-fixtures.ts";

const GREY = { size: 28, channels: 1 } as const;

test("class folders become pictures with labels, classes sorted by name without class_", async (t) => {
  const folder = await temporaryFolder(t);
  await drawBars(folder, { train: 3, val: 2 });
  await put(join(folder, "train", ".DS_Store"), "ignored");
  await put(join(folder, "train", "-", ".hidden"), "ignored");
  const { train, validation, classes, problems } = await readCharacterFolders(folder, GREY);
  assert.deepEqual(classes, ["-", "I"]);
  assert.deepEqual([...train.labels], [0, 0, 0, 1, 1, 1]);
  assert.deepEqual([...validation.labels], [0, 0, 1, 1]);
  assert.deepEqual(problems, []);
  assert.equal(train.pixels.length, 6 * 28 * 28);
  assert.ok(train.paths[3]!.endsWith(join("train", "class_I", "0.png")));
  // The upright bar of variant 0 covers columns 8..11 and rows 3..24.
  const upright = train.pixels.subarray(3 * 784, 4 * 784);
  assert.deepEqual([upright[5 * 28 + 9], upright[5 * 28 + 20], upright[0]], [255, 0, 0]);
});

test("colour pictures of any size are stretched to RGB of one size", async (t) => {
  const folder = await temporaryFolder(t);
  await drawBars(folder, { train: 1, val: 1 });
  const { train } = await readCharacterFolders(folder, { size: 14, channels: 3 });
  assert.deepEqual([train.height, train.width, train.channels, train.pixels.length], [14, 14, 3, 2 * 14 * 14 * 3]);
});

const broken: readonly { name: string; spoil(folder: string): Promise<unknown>; code: string; message: RegExp }[] = [
  {
    name: "a folder that does not exist",
    spoil: (folder) => rm(folder, { recursive: true }),
    code: "FILE_NOT_FOUND",
    message: /no such folder; the folder that holds train and val/,
  },
  {
    name: "a missing val",
    spoil: (folder) => rm(join(folder, "val"), { recursive: true }),
    code: "FILE_NOT_FOUND",
    message: /val: no such folder; DIR needs train and val/,
  },
  {
    name: "a val that is a file",
    spoil: async (folder) => {
      await rm(join(folder, "val"), { recursive: true });
      await put(join(folder, "val"), "");
    },
    code: "DATASET_INVALID",
    message: /val: is a file, not a folder/,
  },
  {
    name: "a train without class folders",
    spoil: async (folder) => {
      await rm(join(folder, "train"), { recursive: true });
      await mkdir(join(folder, "train"));
    },
    code: "DATASET_INVALID",
    message: /train: no class folders; make one per class/,
  },
  {
    name: "an empty class folder",
    spoil: (folder) => mkdir(join(folder, "train", "class_Q")),
    code: "DATASET_INVALID",
    message: /class_Q: an empty class folder/,
  },
  {
    name: "one class only",
    spoil: (folder) => rm(join(folder, "train", "-"), { recursive: true }),
    code: "DATASET_INVALID",
    message: /train: only one class, "I"; a network needs at least two/,
  },
  {
    name: "a class of val that train lacks",
    spoil: async (folder) => put(join(folder, "val", "Z", "0.png"), await drawBar("I", 0)),
    code: "DATASET_INVALID",
    message: /val: class "Z" is missing from train/,
  },
  {
    name: "one class in two folders",
    spoil: async (folder) => put(join(folder, "train", "I", "0.png"), await drawBar("I", 0)),
    code: "DATASET_INVALID",
    message: /the same class as .*; move the pictures into one/,
  },
  {
    name: "a class without a readable picture",
    spoil: async (folder) => {
      await put(join(folder, "train", "Q", "0.png"), "not a picture");
      await put(join(folder, "train", "Q", "1.png"), (await drawBar("I", 0)).subarray(0, 40));
    },
    code: "DATASET_INVALID",
    message: /Q: none of its 2 files can be read as a picture; the first: .*0\.png: not a picture/,
  },
];
for (const { name, spoil, code, message } of broken) {
  test(`bad input: ${name}`, async (t) => {
    const folder = await temporaryFolder(t);
    await drawBars(folder, { train: 1, val: 1 });
    await spoil(folder);
    await assert.rejects(readCharacterFolders(folder, GREY), { code, message });
  });
}

test("corrupt pictures among sound ones are named and left out", async (t) => {
  const folder = await temporaryFolder(t);
  await drawBars(folder, { train: 2, val: 1 });
  await put(join(folder, "train", "-", "cut.png"), (await drawBar("-", 0)).subarray(0, 60));
  await put(join(folder, "train", "-", "empty.png"), "");
  const { train, problems } = await readCharacterFolders(folder, GREY);
  assert.deepEqual([...train.labels], [0, 0, 1, 1]);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["IMAGE_UNREADABLE", "IMAGE_UNREADABLE"],
  );
  assert.match(problems[0]!.message, /cut\.png/);
});
