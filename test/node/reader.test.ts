import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import sharp from "sharp";
import type { Detection } from "../../src/core/read.ts";
import { createReader, type ReaderOptions } from "../../src/node/index.ts";
import { STAND_IN_TEXT, writeStandInModels } from "./stand-in-models.ts";
import { PHOTO_BOXES, PHOTO_HEIGHT, PHOTO_WIDTH, standInPhoto } from "./stand-in-photo.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("a reader", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let modelsFolder: string;
  before(async () => {
    folder = await temporaryFolder();
    modelsFolder = folder.path("models");
    await writeStandInModels(modelsFolder);
    for (const plates of [0, 1, 2])
      await standInPhoto(plates)
        .png()
        .toFile(folder.path(`${plates}.png`));
  });
  after(() => folder[Symbol.asyncDispose]());
  const open = (options: ReaderOptions = {}) => createReader({ modelsFolder, ...options });

  test("finds no plate on a picture without any", async () => {
    await using reader = await open();
    assert.deepEqual(await reader.read(folder.path("0.png")), []);
  });

  test("reads a path, the bytes of a file, and pixels alike", async () => {
    await using reader = await open();
    const [plate, ...others] = await reader.read(folder.path("1.png"));
    assert.equal(others.length, 0);
    assert.equal(plate?.text, STAND_IN_TEXT);
    assert.equal(plate.region, "fr");
    assert.deepEqual(plate.detection.box, PHOTO_BOXES[1]);
    const data = new Uint8Array(await standInPhoto(1).raw().toBuffer());
    const image = { width: PHOTO_WIDTH, height: PHOTO_HEIGHT, data };
    assert.deepEqual(await reader.read(image), [plate]);
    assert.ok(data.length > 0, "pixels stay the caller's");
    const shared = new Uint8Array(new SharedArrayBuffer(data.length));
    shared.set(data);
    assert.deepEqual(await reader.read({ ...image, data: shared }), [plate]);
    const png = await standInPhoto(1).png().toBuffer();
    const inLargerMemory = new Uint8Array(png.length + 20);
    inLargerMemory.set(png, 10);
    assert.deepEqual(await reader.read(inLargerMemory.subarray(10, 10 + png.length)), [plate]);
  });

  test("takes memory over when told to", async () => {
    await using reader = await open();
    const data = new Uint8Array(await standInPhoto(1).raw().toBuffer());
    const image = { width: PHOTO_WIDTH, height: PHOTO_HEIGHT, data };
    assert.equal((await reader.readDetailed(image, { transfer: true })).plates.length, 1);
    assert.equal(data.length, 0);
  });

  test("answers many calls at once, each with its own plates", async () => {
    await using reader = await open({ workers: 2 });
    const counts = Array.from({ length: 30 }, (_, i) => (i * 7) % 3);
    const reads = await Promise.all(counts.map((count) => reader.read(folder.path(`${count}.png`))));
    assert.deepEqual(
      reads.map((plates) => plates.length),
      counts,
    );
  });

  test("rejects what it cannot read and goes on", async () => {
    await using reader = await open();
    await writeFile(folder.path("text.jpg"), "text");
    const [missing, text, bytes, good] = await Promise.allSettled([
      reader.read(folder.path("missing.jpg")),
      reader.read(folder.path("text.jpg")),
      reader.readDetailed(new Uint8Array(), { name: "upload 7" }),
      reader.read(folder.path("1.png")),
    ]);
    assert.equal(missing.status === "rejected" && missing.reason.code, "FILE_NOT_FOUND");
    assert.equal(text.status === "rejected" && text.reason.code, "IMAGE_UNREADABLE");
    assert.match(bytes.status === "rejected" ? bytes.reason.message : "", /^upload 7: the file is empty/);
    assert.equal(good.status === "fulfilled" && good.value.length, 1);
    for (const data of [new Uint8Array(11), "text", undefined]) {
      await assert.rejects(reader.read({ width: 2, height: 2, data } as never), {
        code: "IMAGE_UNREADABLE",
        message: /2×2 with/,
      });
    }
    await assert.rejects(reader.read({ width: 0, height: 2, data: new Uint8Array() }), { code: "IMAGE_UNREADABLE" });
    await assert.rejects(reader.read(undefined as never), { code: "IMAGE_UNREADABLE" });
  });

  test("returns size, times and, on request, the pictures", async () => {
    await using reader = await open();
    const plain = await reader.readDetailed(folder.path("2.png"));
    assert.deepEqual([plain.width, plain.height, plain.plates.length], [PHOTO_WIDTH, PHOTO_HEIGHT, 2]);
    assert.deepEqual([plain.frame, plain.annotated, plain.crops], [undefined, undefined, undefined]);
    const { decode, detect, read, total } = plain.ms;
    assert.ok(decode > 0 && detect > 0 && read > 0 && Math.abs(decode + detect + read - total) < 0.01);
    const rich = await reader.readDetailed(folder.path("2.png"), { frame: true, annotated: true, crops: true });
    assert.deepEqual(Buffer.from(rich.frame!.data), await standInPhoto(2).raw().toBuffer());
    assert.equal(rich.annotated?.extension, ".png");
    assert.equal((await sharp(rich.annotated.bytes).metadata()).width, PHOTO_WIDTH);
    assert.equal(rich.crops?.length, 2);
    assert.equal((await sharp(rich.crops[0]!.bytes).metadata()).width, 230);
  });

  test("reads at given places instead of searching", async () => {
    await using reader = await open();
    const [first] = await reader.read(folder.path("1.png"));
    const detection: Detection = { ...first!.detection, box: [10, 10, 80, 20], confidence: 1 };
    const { plates } = await reader.readDetailed(folder.path("0.png"), { detections: [detection] });
    assert.deepEqual(
      plates.map(({ text, detection: { box } }) => [text, box]),
      [[STAND_IN_TEXT, [10, 10, 80, 20]]],
    );
  });

  test("leaves out plates below the least confidence", async () => {
    await using reader = await open({ minConfidence: 1 });
    assert.deepEqual(await reader.read(folder.path("1.png")), []);
  });

  test("limits bytes and pixels", async () => {
    await using reader = await open({ maxPixels: PHOTO_WIDTH * PHOTO_HEIGHT - 1 });
    await assert.rejects(reader.read(folder.path("1.png")), { code: "IMAGE_TOO_LARGE", message: /320×240 pixels/ });
    await using small = await open({ maxBytes: 10 });
    await assert.rejects(small.read(folder.path("1.png")), { code: "IMAGE_TOO_LARGE", message: /more bytes/ });
  });

  test("is closed by its scope, and says so afterwards", async () => {
    let kept: Awaited<ReturnType<typeof open>>;
    let underway: Promise<unknown>;
    {
      await using reader = await open();
      kept = reader;
      underway = reader.read(folder.path("1.png"));
    }
    assert.equal(((await underway) as unknown[]).length, 1, "what was under way is finished");
    await assert.rejects(kept.read(folder.path("1.png")), { code: "READER_CLOSED", message: /closed/ });
    await kept.close();
  });

  test("left open, does not keep the process alive", async () => {
    const script = `
      const { createReader } = await import(${JSON.stringify(new URL("../../src/node/index.ts", import.meta.url).href)});
      const reader = await createReader({ modelsFolder: ${JSON.stringify(modelsFolder)} });
      console.log((await reader.read(${JSON.stringify(folder.path("1.png"))})).length);
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      timeout: 20_000,
    });
    assert.equal(stdout.trim(), "1");
  });

  const wrongOptions: readonly { name: string; options: unknown; message: RegExp }[] = [
    {
      name: "NaN",
      options: { minConfidence: Number.NaN },
      message: /^minConfidence must be a number from 0 to 1, found NaN\.$/,
    },
    { name: "a negative share", options: { minConfidence: -0.1 }, message: /minConfidence .* found -0\.1/ },
    { name: "no workers", options: { workers: 0 }, message: /workers must be a whole number from 1 to 64, found 0/ },
    { name: "half a candidate", options: { candidates: 0.5 }, message: /candidates/ },
    { name: "a text for a number", options: { maxBytes: "64" }, message: /maxBytes .* found "64"/ },
    {
      name: "infinite pixels",
      options: { maxPixels: Number.POSITIVE_INFINITY },
      message: /maxPixels .* found Infinity/,
    },
    { name: "an unknown region", options: { regions: ["xx"] }, message: /regions must be codes .* found "xx"/ },
    { name: "a text for a list", options: { regions: "de" }, message: /regions must be a list/ },
    { name: "strictness without regions", options: { regionStrict: true }, message: /regionStrict/ },
    {
      name: "an unknown engine",
      options: { engine: "steam" },
      message: /engine must be neural or classic, found "steam"/,
    },
  ];
  for (const { name, options, message } of wrongOptions) {
    test(`refuses ${name}`, async () => {
      await assert.rejects(open(options as ReaderOptions), { code: "OPTION_INVALID", message });
    });
  }

  test("does not open without its models", async () => {
    await assert.rejects(open({ modelsFolder: folder.path("nowhere") }), {
      code: "MODEL_MISSING",
      message: /nowhere.detector\.json: cannot be read/,
    });
  });

  test("options given as undefined are defaults", async () => {
    await using reader = await open({ minConfidence: undefined, workers: undefined } as unknown as ReaderOptions);
    assert.equal((await reader.read(folder.path("1.png"))).length, 1);
  });
});
