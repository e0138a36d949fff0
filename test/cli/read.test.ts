import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { STAND_IN_TEXT, writeStandInModels } from "../node/stand-in-models.ts";
import { PHOTO_BOXES, PHOTO_HEIGHT, PHOTO_WIDTH, standInPhoto } from "../node/stand-in-photo.ts";
import { temporaryFolder } from "../node/temporary-folder.ts";
import { runInProcess, runPlatekit } from "./run-program.ts";

type Json = Record<string, unknown> & { plates: Record<string, unknown>[]; error: { code: string; message: string } };

describe("platekit read", { concurrency: 2 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
    await writeStandInModels(folder.path("models"));
    await mkdir(folder.path("photos/yard"), { recursive: true });
    await standInPhoto(1).jpeg({ quality: 95 }).toFile(folder.path("photos/one.jpg"));
    await standInPhoto(2).png().toFile(folder.path("photos/yard/two.png"));
    await standInPhoto(0).webp({ quality: 95 }).toFile(folder.path("photos/yard/none.webp"));
    await writeFile(folder.path("photos/broken.jpg"), "no picture");
  });
  after(() => folder[Symbol.asyncDispose]());
  const read = (words: readonly string[], options: Parameters<typeof runPlatekit>[1] = {}) =>
    runPlatekit(["read", "--models", folder.path("models"), ...words], { cwd: folder.path(), ...options });
  const lines = (text: string) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Json);

  test("prints a table, and one image needs no summary", async () => {
    const { code, stdout, stderr } = await read(["photos/one.jpg"]);
    assert.deepEqual([code, stderr], [0, ""]);
    const [head, row, end] = stdout.split("\n");
    assert.match(head!, /^IMAGE +PLATE +SURE +REGION/);
    assert.match(row!, new RegExp(`^photos/one\\.jpg +(${STAND_IN_TEXT}|AB-123-CD) +\\d+ % +fr +72,100 160x40`));
    assert.equal(end, "");
    assert.ok(!stdout.includes("\x1b["), "no colours but on a terminal");
  });

  test("goes on after a broken image, says so on standard error, and ends with 1", async () => {
    const { code, stdout, stderr } = await read(["photos"]);
    assert.equal(code, 1);
    assert.deepEqual(
      stdout
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => line.split(/ {2,}/)[0]),
      ["photos/one.jpg", "photos/yard/none.webp", "photos/yard/two.png", "photos/yard/two.png"],
    );
    assert.match(
      stderr,
      /^platekit read: photos\/broken\.jpg: not a picture but a text; convert it to JPEG or PNG\.\n4 images, 3 plates, 1 could not be read, [\d.]+ s\n$/,
    );
  });

  test("--jsonl prints one line an image in the order given, errors among them, paths as given", async () => {
    const words = [
      "photos/yard/two.png",
      "photos/broken.jpg",
      "nope.jpg",
      "./photos/one.jpg",
      "--jsonl",
      "--workers",
      "2",
    ];
    const { code, stdout, stderr } = await read(words);
    assert.deepEqual([code, stderr], [1, ""]);
    const [two, broken, missing, one, ...rest] = lines(stdout);
    assert.equal(rest.length, 0);
    assert.deepEqual([two?.image, two?.width, two?.height], ["photos/yard/two.png", PHOTO_WIDTH, PHOTO_HEIGHT]);
    assert.deepEqual(
      two?.plates.map(({ box }) => box),
      PHOTO_BOXES,
    );
    assert.deepEqual(Object.keys(two ?? {}), ["image", "width", "height", "plates", "ms"]);
    assert.deepEqual(Object.keys(two?.plates[0] ?? {}), [
      ...["text", "display", "confidence", "region", "regionConfidence", "lines", "box", "corners"],
      ...["detectionConfidence", "characters", "candidates", "doubt"],
    ]);
    assert.deepEqual(Object.keys(two?.ms ?? {}), ["decode", "detect", "read", "total"]);
    assert.deepEqual(broken, {
      image: "photos/broken.jpg",
      error: { code: "IMAGE_UNREADABLE", message: broken?.error.message },
    });
    assert.deepEqual([missing?.image, missing?.error.code], ["nope.jpg", "FILE_NOT_FOUND"]);
    assert.deepEqual([one?.image, one?.plates[0]?.text], ["./photos/one.jpg", STAND_IN_TEXT]);
  });

  test("--json prints one array, --csv one table", async () => {
    const { code, stdout } = await read(["photos/yard", "--json"]);
    assert.equal(code, 0);
    assert.deepEqual(
      (JSON.parse(stdout) as Json[]).map(({ plates }) => plates.length),
      [0, 2],
    );
    const csv = await read(["photos/yard", "--csv"]);
    assert.equal(csv.stdout.trimEnd().split("\n").length, 4);
  });

  test("reads standard input", async () => {
    const { code, stdout } = await read(["-", "--jsonl"], { input: await standInPhoto(1).png().toBuffer() });
    assert.equal(code, 0);
    assert.deepEqual(
      lines(stdout).map(({ image, plates }) => [image, plates.length]),
      [["-", 1]],
    );
    const broken = await read(["-", "--jsonl"], { input: "" });
    assert.equal(broken.code, 1);
    assert.match(lines(broken.stdout)[0]!.error.message, /^standard input: the file is empty/);
    const large = await read(["-", "--jsonl", "--max-bytes", "1k"], { input: new Uint8Array(5000) });
    assert.equal(lines(large.stdout)[0]?.error.code, "IMAGE_TOO_LARGE");
  });

  test("--save and --crops write pictures with names that neither collide nor leave the folder", async () => {
    await mkdir(folder.path("other"));
    await standInPhoto(1).png().toFile(folder.path("other/one.png"));
    const words = ["photos", "other/one.png", `../${folder.path().split("/").at(-1)}/photos/one.jpg`];
    const { code } = await read([...words, "--save", "out/drawn", "--crops", "out/crops"]);
    assert.equal(code, 1);
    const written = (await readdir(folder.path("out"), { recursive: true })).filter((path) => path.includes("."));
    assert.deepEqual(written.map((path) => path.replaceAll("\\", "/")).sort(), [
      ...[
        "crops/one-2.plate-1.png",
        "crops/one.plate-1.png",
        "crops/yard/two.plate-1.png",
        "crops/yard/two.plate-2.png",
      ],
      ...["drawn/one-2.plates.png", "drawn/one.plates.jpg", "drawn/yard/none.plates.webp", "drawn/yard/two.plates.png"],
    ]);
    const drawn = await sharp(folder.path("out/drawn/one.plates.jpg")).metadata();
    assert.deepEqual([drawn.format, drawn.width, drawn.height], ["jpeg", PHOTO_WIDTH, PHOTO_HEIGHT]);
    const crop = await sharp(folder.path("out/crops/one.plate-1.png")).metadata();
    assert.ok(crop.width > 2 * crop.height);
  });

  test("what it wrote into a folder it reads is not read again", async () => {
    await mkdir(folder.path("self"));
    await standInPhoto(1).png().toFile(folder.path("self/a.png"));
    for (let round = 0; round < 2; round++) {
      const { stdout } = await read(["self", "--jsonl", "--save", "self/out"]);
      assert.deepEqual(
        lines(stdout).map(({ image }) => image),
        ["self/a.png"],
      );
    }
  });

  test("a folder that cannot be written is one line and 1", async () => {
    await writeFile(folder.path("file"), "");
    const { code, stdout, stderr } = await read(["photos/one.jpg", "--save", "file/out"]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^platekit read: file\/out: cannot be written \(ENOTDIR\); choose another folder or make room\.\n$/,
    );
  });

  test("guides by region, limits candidates, and leaves out unsure plates", async () => {
    const { stdout } = await read([
      "photos/one.jpg",
      "--jsonl",
      "--region",
      "FR,de",
      "--region-strict",
      "--candidates",
      "1",
    ]);
    assert.equal((lines(stdout)[0]?.plates[0]?.candidates as unknown[]).length, 1);
    const sure = await read(["photos/one.jpg", "--min-confidence", "1"]);
    assert.match(sure.stdout, /photos\/one\.jpg +no plate\n/);
  });

  test("without its models says which file is missing", async () => {
    const { code, stdout, stderr } = await runPlatekit([
      "read",
      folder.path("photos/one.jpg"),
      "--models",
      folder.path("nowhere"),
    ]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^platekit read: .*nowhere.detector\.json: cannot be read, the card of the detector; .*\n$/);
  });

  test("ends quietly when its output is cut off, as by head", async () => {
    const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
    const words = [
      "read",
      "--models",
      folder.path("models"),
      "--jsonl",
      ...new Array(9).fill(folder.path("photos/yard")),
      "nope",
      "nope2",
    ];
    const child = spawn(process.execPath, [main, ...words]);
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.on("close", resolve));
    assert.deepEqual([code, stderr], [0, ""]);
  });

  const wrong: readonly { words: readonly string[]; message: RegExp }[] = [
    { words: [], message: /Name at least one file/ },
    { words: ["a.jpg", "--json", "--csv"], message: /--json and --csv exclude each other/ },
    { words: ["a.jpg", "--jsno"], message: /Unknown option --jsno\. Did you mean --json\?/ },
    {
      words: ["a.jpg", "--min-confidence", "NaN"],
      message: /--min-confidence must be a number from 0 to 1, found "NaN"/,
    },
    { words: ["a.jpg", "--min-confidence", "-0.5"], message: /--min-confidence must be .*found "-0\.5"/ },
    { words: ["a.jpg", "--workers", "0"], message: /--workers must be a whole number from 1 to 64/ },
    { words: ["a.jpg", "--candidates", "1.5"], message: /--candidates must be a whole number/ },
    { words: ["a.jpg", "--max-pixels", "-1"], message: /--max-pixels must be a size/ },
    { words: ["a.jpg", "--region", "gr8"], message: /--region: "gr8" is not a known region\. Did you mean gr\?/ },
    { words: ["a.jpg", "--region-strict"], message: /--region-strict needs --region/ },
    { words: ["a.jpg", "--save"], message: /--save needs a value/ },
    { words: ["a.jpg", "--engine", "steam"], message: /--engine must be one of neural/ },
  ];
  for (const { words, message } of wrong) {
    test(`${words.join(" ") || "no word"} is wrong usage: 2, one line and where to look`, async () => {
      const { code, stdout, stderr } = await runInProcess(["read", ...words]);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, message);
      assert.match(stderr, /^platekit read: .*\nRun "platekit read --help" to see what it takes\.\n$/);
    });
  }

  test("every example of the help page is made of options that exist", async () => {
    const { readCommand } = await import("../../src/cli/read.ts");
    const { parseWords } = await import("../../src/cli/command.ts");
    for (const { line } of readCommand.examples) {
      const words = line.replace(/^.*platekit read /, "").split(" ");
      assert.ok(parseWords(words, readCommand.options).words.length > 0, line);
    }
  });
});
