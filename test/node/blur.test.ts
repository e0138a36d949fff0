import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import sharp from "sharp";
import { quadOfBox } from "../../src/core/geometry.ts";
import type { Image } from "../../src/core/image.ts";
import type { Detection } from "../../src/core/read.ts";
import { BLUR_MODES, blurImage, blurVideo, coveredAt, framePlates } from "../../src/node/blur.ts";
import { coverPlate } from "../../src/node/blur-pixels.ts";
import { createFrameReader, type FrameReader } from "../../src/node/frame-reader.ts";
import { openFrames } from "../../src/node/frames.ts";
import { createVideoWriter } from "../../src/node/video-output.ts";
import { seededRandom } from "../core/seeded-random.ts";
import { simulatedRead } from "../core/simulated-traffic.ts";
import { STAND_IN_TEXT, writeStandInModels } from "./stand-in-models.ts";
import { ffmpeg, makePlateClip, temporaryFolder } from "./video-fixtures.ts";

const folder = temporaryFolder();
const models = join(folder, "models");
let frameReader: FrameReader;
before(async () => {
  await writeStandInModels(models);
  frameReader = await createFrameReader({ modelsFolder: models, workers: 1 });
});
after(() => frameReader.close());

const square = (enable: string): string =>
  `color=magenta:size=34x34:rate=10[m];[in][m]overlay=x='80+60*t':y=100:enable='${enable}':shortest=1[out]`;

/** Whether some pixel is as magenta as the plates of the clips. */
const showsPlate = ({ data }: Image): boolean => {
  for (let i = 0; i < data.length; i += 3) if (data[i]! > 200 && data[i + 1]! < 60 && data[i + 2]! > 200) return true;
  return false;
};

function noise(width: number, height: number, seed: number): Image {
  const random = seededRandom(seed);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => 256 * random()) };
}

for (const mode of BLUR_MODES) {
  test(`coverPlate: ${mode} takes the detail out of the plate and leaves the rest`, () => {
    const before = noise(200, 100, 1);
    const image = { ...before, data: before.data.slice() };
    coverPlate(image, quadOfBox([60, 40, 94, 20]), mode);
    const at = (x: number, y: number): number => (y * 200 + x) * 3;
    let jumps = 0;
    for (let x = 62; x < 150; x++) jumps += Number(Math.abs(image.data[at(x, 50)]! - image.data[at(x + 1, 50)]!) > 60);
    assert.ok(jumps <= 2, `${jumps} jumps along the plate`);
    assert.deepEqual(image.data.slice(0, at(0, 30)), before.data.slice(0, at(0, 30)));
    assert.deepEqual(image.data.slice(at(0, 70)), before.data.slice(at(0, 70)));
  });
}

test("coverPlate: plates at, beyond and without the frame do no harm", () => {
  const image = noise(40, 30, 2);
  for (const box of [
    [-20, -5, 47, 10],
    [30, 25, 47, 10],
    [500, 500, 47, 10],
    [10, 10, 0, 0],
    [10, 10, 20, 0.5],
  ] as const) {
    for (const mode of BLUR_MODES) coverPlate(image, quadOfBox(box), mode);
  }
  assert.equal(image.data.length, 40 * 30 * 3);
});

test("coveredAt: nothing covers nothing, gaps are bridged on the straight way, ends reach a little further", () => {
  assert.deepEqual(coveredAt([], 0), []);
  const sights = [
    { timeMs: 1000, corners: quadOfBox([0, 0, 40, 10]) },
    { timeMs: 2000, corners: quadOfBox([100, 0, 40, 10]) },
  ];
  const left = (timeMs: number): number | undefined => coveredAt([{ sights }], timeMs)[0]?.[0][0];
  assert.equal(left(1500), 50);
  assert.equal(left(2000), 100);
  assert.equal(left(800), -20);
  assert.equal(left(2200), 120);
  assert.equal(left(600), undefined);
  assert.equal(left(2400), undefined);
});

test("createVideoWriter: frames keep their times, whatever they are", async () => {
  const path = join(folder, "uneven.mp4");
  const writer = createVideoWriter(path);
  const times = [40, 73.333, 140, 500, 533.333];
  for (const [i, timeMs] of times.entries()) await writer.write(noise(63, 47, i), timeMs);
  await writer.close();
  const seen: number[] = [];
  for await (const { timeMs, image } of await openFrames(path)) {
    seen.push(timeMs);
    assert.deepEqual([image.width, image.height], [64, 48], "sides made even");
  }
  for (const [i, timeMs] of times.entries())
    assert.ok(Math.abs(seen[i]! - seen[0]! - (timeMs - times[0]!)) < 1, `${seen}`);
});

test("createVideoWriter: what can't be written is said in one line and leaves nothing", async () => {
  for (const path of [join(folder, "none", "a.mp4"), join(folder, "a.what")]) {
    const writer = createVideoWriter(path);
    await assert.rejects(
      async () => {
        for (let i = 0; i < 50; i++) await writer.write(noise(64, 48, i), i * 40);
        await writer.close();
      },
      { code: "OUTPUT_UNWRITABLE" },
    );
    assert.ok(!existsSync(path));
  }
});

test("createVideoWriter: a discarded video leaves no file", async () => {
  const writer = createVideoWriter(join(folder, "discarded.mp4"));
  await writer.write(noise(64, 48, 1), 0);
  await writer.discard();
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes("discarded")),
    [],
  );
});

test("framePlates: where one plate is to be kept, those found but not read are covered all the same", () => {
  const ms = { detect: 0, read: 0 };
  const read = simulatedRead("AB123CD", quadOfBox([10, 10, 94, 20]), { random: seededRandom(7) });
  const far: Detection = { box: [200, 20, 20, 6], corners: quadOfBox([200, 20, 20, 6]), lines: 1, confidence: 0.25 };
  const found = { reads: [read], detections: [structuredClone(read.read.detection), far], ms };
  const texts = (needsText: boolean) =>
    framePlates(found, needsText).map(({ read: { text, detection } }) => [text, detection.box[0]]);
  assert.deepEqual(framePlates({ reads: [], detections: [], ms }, true), []);
  assert.deepEqual(texts(true), [
    ["AB123CD", 10],
    ["", 200],
  ]);
  assert.deepEqual(texts(false), [
    ["", 10],
    ["", 200],
  ]);
});

test("blurVideo: covers the plate in every frame, also where it blinks, and keeps the sound", async () => {
  const silent = makePlateClip(join(folder, "silent.mkv"), square("not(between(t,0.65,1.15))"));
  const input = join(folder, "in.mkv");
  ffmpeg("-i", silent, "-f", "lavfi", "-i", "sine=duration=2", "-c:v", "copy", "-c:a", "pcm_s16le", input);
  const output = join(folder, "out.mkv");
  assert.deepEqual(await blurVideo(input, output, { frameReader, mode: "fill" }), { covered: 1, kept: 0, frames: 20 });
  const times: number[] = [];
  for await (const frame of await openFrames(output)) {
    times.push(Math.round(frame.timeMs));
    assert.equal(showsPlate(frame.image), false, `at ${frame.timeMs}`);
    frame.release();
  }
  assert.deepEqual(
    times,
    Array.from({ length: 20 }, (_, i) => i * 100),
  );
  const streams = execFileSync(
    "ffprobe",
    ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", output],
    { encoding: "utf8" },
  );
  assert.match(streams, /pcm_s16le/);
});

test("blurVideo: a plate on the list of those to keep stays", async () => {
  const input = makePlateClip(join(folder, "own.mkv"), square("1"));
  const output = join(folder, "own-out.mkv");
  const keep = new Set([STAND_IN_TEXT]);
  assert.deepEqual(await blurVideo(input, output, { frameReader, keep }), { covered: 0, kept: 1, frames: 20 });
  for await (const frame of await openFrames(output)) assert.equal(showsPlate(frame.image), true);
});

test("blurVideo: an input that breaks off leaves no output", async () => {
  const output = join(folder, "never.mp4");
  const input = join(folder, "text.mp4");
  writeFileSync(input, "no video");
  await assert.rejects(blurVideo(input, output, { frameReader }), { code: "VIDEO_UNREADABLE" });
  assert.ok(!existsSync(output));
});

test("blurImage: covers plates, leaves metadata out, and never writes over its input", async () => {
  const input = join(folder, "photo.jpg");
  const picture = { width: 320, height: 240, channels: 3, background: "#606060" } as const;
  const plate = await sharp({ create: { ...picture, width: 34, height: 34, background: "#ff00ff" } })
    .png()
    .toBuffer();
  await sharp({ create: picture })
    .composite([{ input: plate, left: 120, top: 100 }])
    .withExif({ IFD0: { Copyright: "Someone" } })
    .jpeg({ quality: 100 })
    .toFile(input);
  const output = join(folder, "covered.png");
  assert.deepEqual(await blurImage(input, output, { frameReader, mode: "fill" }), { covered: 1, kept: 0, frames: 1 });
  const { data, info } = await sharp(output).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  assert.equal(showsPlate({ width: info.width, height: info.height, data }), false);
  assert.equal((await sharp(output).metadata()).exif, undefined);
  const before = readFileSync(input);
  await assert.rejects(blurImage(input, input, { frameReader }), { code: "OPTION_INVALID" });
  assert.deepEqual(readFileSync(input), before);
});

test("blurVideo: a clip without plates comes out whole", async () => {
  const input = makePlateClip(join(folder, "plain.mkv"), "null", { seconds: 0.3 });
  assert.deepEqual(await blurVideo(input, join(folder, "plain-out.mkv"), { frameReader }), {
    covered: 0,
    kept: 0,
    frames: 3,
  });
});
