import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { prepareFile, trainPaths, unwritable, writeWhole } from "../../src/cli/train-files.ts";
import { temporaryFolder } from "./train-fixtures.ts";

test("files lie beside the network", () => {
  assert.deepEqual(trainPaths(join("out", "net.onnx")), {
    onnx: join("out", "net.onnx"),
    card: join("out", "net.json"),
    checkpoint: join("out", "net.checkpoint"),
    history: join("out", "history.json"),
    curves: join("out", "curves.svg"),
    confusion: join("out", "confusion.svg"),
    mistakes: join("out", "mistakes.png"),
  });
});

test("a file is replaced whole and leaves nothing temporary", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "a.txt");
  await writeFile(path, "old and longer");
  await writeWhole(path, "new");
  assert.equal(await readFile(path, "utf8"), "new");
  await writeWhole(path, Uint8Array.of(1, 2));
  assert.deepEqual([...(await readFile(path))], [1, 2]);
  assert.deepEqual(await readdir(folder), ["a.txt"]);
});

test("a file that can't be written leaves the old one and nothing temporary", async (t) => {
  const folder = await temporaryFolder(t);
  const taken = join(folder, "taken");
  await mkdir(join(taken, "inside"), { recursive: true });
  // Renaming a file onto a folder fails after its bytes were written, as a full disk does before.
  await assert.rejects(writeWhole(taken, "text"), { code: "OUTPUT_UNWRITABLE" });
  await assert.rejects(writeWhole(join(folder, "missing", "a.txt"), "text"), { code: "OUTPUT_UNWRITABLE" });
  assert.deepEqual(await readdir(folder), ["taken"]);
});

const causes = [
  { code: "ENOSPC", message: /the disk is full; free some space/ },
  { code: "EROFS", message: /read-only/ },
  { code: "EACCES", message: /permission denied/ },
  { code: "EIO", message: /the system refuses \(EIO\)/ },
];
for (const { code, message } of causes) {
  test(`${code} is told in words`, () => {
    const error = unwritable("out/model.onnx", Object.assign(new Error("write"), { code }));
    assert.equal(error.code, "OUTPUT_UNWRITABLE");
    assert.match(error.message, /^out\/model\.onnx: can't be written: /);
    assert.match(error.message, message);
  });
}

test("outputs are checked before training: folders are made, what is in the way is named", async (t) => {
  const folder = await temporaryFolder(t);
  await prepareFile(join(folder, "new", "deep", "model.onnx"));
  assert.deepEqual(await readdir(join(folder, "new")), ["deep"]);
  await assert.rejects(prepareFile(join(folder, "new")), { code: "OUTPUT_UNWRITABLE", message: /is a folder/ });
  await writeFile(join(folder, "file"), "");
  await assert.rejects(prepareFile(join(folder, "file", "model.onnx")), { code: "OUTPUT_UNWRITABLE" });
});
