import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { hugePng } from "../node/huge-png.ts";
import { writeStandInModels } from "../node/stand-in-models.ts";
import { standInPhoto } from "../node/stand-in-photo.ts";
import { temporaryFolder } from "../node/temporary-folder.ts";
import { type ProgramRun, runPlatekit } from "./run-program.ts";

/** Every bad input as a real file, read in one batch by the real program. */
describe("platekit read, given bad input", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let run: ProgramRun;
  let seconds: number;
  let records: Map<string, { plates?: unknown[]; width?: number; error?: { code: string; message: string } }>;

  before(async () => {
    folder = await temporaryFolder();
    await writeStandInModels(folder.path("models"));
    await mkdir(folder.path("empty-folder"));
    const jpeg = await standInPhoto(1).jpeg({ quality: 95 }).toBuffer();
    const png = await standInPhoto(1).png().toBuffer();
    const tiff = await standInPhoto(1).tiff().toBuffer();
    const files: Readonly<Record<string, string | Uint8Array>> = {
      "good-first.jpg": jpeg,
      "truncated.jpg": jpeg.subarray(0, jpeg.length * 0.6),
      "truncated.png": png.subarray(0, png.length * 0.6),
      "truncated.tif": tiff.subarray(0, tiff.length * 0.6),
      "only-a-header.jpg": jpeg.subarray(0, 20),
      "zero-bytes.jpg": "",
      "text.jpg": "This is not a picture.\n",
      "page.jpg": "<!doctype html><title>404</title>",
      "zeros.jpg": new Uint8Array(4096),
      "renamed-png.jpg": png,
      "one-pixel.png": hugePng(1, 1),
      "line.png": hugePng(5000, 1),
      "20000x20000.png": hugePng(20000, 20000),
      "bomb.png": hugePng(60000, 60000),
      "line\nbreak.jpg": "x",
      "good-last.jpg": jpeg,
    };
    for (const [name, content] of Object.entries(files)) await writeFile(folder.path(name), content);
    execFileSync("mkfifo", [folder.path("pipe.jpg")]);
    const words = [
      ...Object.keys(files).slice(0, -1),
      "pipe.jpg",
      "empty-folder",
      "missing.jpg",
      "*.bmp",
      "good-last.jpg",
    ];
    const startMs = performance.now();
    run = await runPlatekit(["read", "--jsonl", "--models", folder.path("models"), ...words], { cwd: folder.path() });
    seconds = (performance.now() - startMs) / 1000;
    const lines = run.stdout.trimEnd().split("\n");
    records = new Map(lines.map((line) => JSON.parse(line)).map((record) => [record.image, record]));
    assert.deepEqual([...records.keys()], words, "one line for each, in order");
  });
  after(() => folder[Symbol.asyncDispose]());

  test("ends with 1, quickly, with nothing on standard error", () => {
    assert.deepEqual([run.code, run.stderr], [1, ""]);
    assert.ok(seconds < 10, `${seconds} s`);
  });

  test("reads the good ones before and after the bad, and what is only odd", () => {
    for (const name of ["good-first.jpg", "good-last.jpg", "renamed-png.jpg"])
      assert.equal(records.get(name)?.plates?.length, 1, name);
    assert.deepEqual([records.get("one-pixel.png")?.width, records.get("one-pixel.png")?.plates], [1, []]);
    assert.deepEqual([records.get("line.png")?.width, records.get("line.png")?.plates], [5000, []]);
  });

  const bad: readonly { name: string; code: string; message: RegExp }[] = [
    { name: "truncated.jpg", code: "IMAGE_UNREADABLE", message: /damaged or cut off, .*; copy or export it again\.$/ },
    { name: "truncated.png", code: "IMAGE_UNREADABLE", message: /damaged or cut off/ },
    { name: "truncated.tif", code: "IMAGE_UNREADABLE", message: /damaged or cut off/ },
    { name: "only-a-header.jpg", code: "IMAGE_UNREADABLE", message: /damaged or cut off/ },
    { name: "zero-bytes.jpg", code: "IMAGE_UNREADABLE", message: /the file is empty \(0 bytes\)/ },
    { name: "text.jpg", code: "IMAGE_UNREADABLE", message: /not a picture but a text; convert it/ },
    { name: "page.jpg", code: "IMAGE_UNREADABLE", message: /not a picture but a text/ },
    { name: "zeros.jpg", code: "IMAGE_UNREADABLE", message: /no picture format we know/ },
    {
      name: "20000x20000.png",
      code: "IMAGE_TOO_LARGE",
      message: /20000×20000 pixels are more than the limit of 64000000; .*--max-pixels/,
    },
    { name: "bomb.png", code: "IMAGE_TOO_LARGE", message: /60000×60000/ },
    { name: "line\nbreak.jpg", code: "IMAGE_UNREADABLE", message: /^line\\nbreak\.jpg: not a picture/ },
    {
      name: "pipe.jpg",
      code: "FILE_UNREADABLE",
      message: /not a file but a folder, pipe or device; .*"platekit read -"/,
    },
    { name: "empty-folder", code: "NO_IMAGES", message: /a folder without pictures; name a folder/ },
    { name: "missing.jpg", code: "FILE_NOT_FOUND", message: /no such file or folder; check the path/ },
    { name: "*.bmp", code: "NO_IMAGES", message: /the pattern matches no picture/ },
  ];
  for (const { name, code, message } of bad) {
    test(`${JSON.stringify(name)} is ${code}, in one line that names it and says what to do`, () => {
      const { error } = records.get(name) ?? {};
      assert.equal(error?.code, code);
      assert.match(error.message, message);
      assert.ok(error.message.startsWith(name.replace("\n", "\\n")) && !error.message.includes("\n"));
    });
  }

  test("the limits can be raised and lowered", async () => {
    const words = ["read", "--jsonl", "--models", folder.path("models"), "20000x20000.png", "--max-pixels", "1M"];
    const lowered = await runPlatekit([...words.slice(0, 4), "good-first.jpg", "--max-pixels", "76799"], {
      cwd: folder.path(),
    });
    assert.match(lowered.stdout, /320×240 pixels are more than the limit of 76799/);
    const bytes = await runPlatekit([...words.slice(0, 4), "good-first.jpg", "--max-bytes", "100"], {
      cwd: folder.path(),
    });
    assert.match(bytes.stdout, /IMAGE_TOO_LARGE.*--max-bytes/);
    const raised = await runPlatekit([...words.slice(0, 4), "line.png", "--max-pixels", "5000"], {
      cwd: folder.path(),
    });
    assert.equal(raised.code, 0);
  });
});
