import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PlateKitError } from "../../src/core/errors.ts";
import { createFrameReader, type FrameReader } from "../../src/node/frame-reader.ts";
import { onWire, type WatchedPassage, type WatchOptions, type WatchStatus, watch } from "../../src/node/watch.ts";
import { STAND_IN_TEXT, writeStandInModels } from "./stand-in-models.ts";
import { ffmpeg, ffmpegChildren, makePlateClip, serveHttp, temporaryFolder, until } from "./video-fixtures.ts";

const folder = temporaryFolder();
const models = join(folder, "models");
let frameReader: FrameReader;
before(async () => {
  await writeStandInModels(models);
  frameReader = await createFrameReader({ modelsFolder: models, workers: 1 });
});
after(() => frameReader.close());

/** A magenta square over `[0:v]`; the stand-in detector takes it for the middle of a plate. */
const square = (x: string, y = "100", enable = "1"): string =>
  `color=magenta:size=34x34:rate=10[m];[in][m]overlay=x='${x}':y='${y}':enable='${enable}':shortest=1[out]`;
const driving = makePlateClip(join(folder, "driving.mkv"), square("80+60*t"));

async function watchAll(
  source: string,
  options: WatchOptions = {},
): Promise<{ passages: WatchedPassage[]; error?: PlateKitError; status?: WatchStatus }> {
  const passages: WatchedPassage[] = [];
  let status: WatchStatus | undefined;
  try {
    for await (const passage of watch(source, { frameReader, onStatus: (next) => (status = next), ...options }))
      passages.push(passage);
  } catch (error) {
    if (!(error instanceof PlateKitError)) throw error;
    return { passages, error, ...(status ? { status } : {}) };
  }
  return { passages, ...(status ? { status } : {}) };
}

test("watch: a road without vehicles gives no passage", async () => {
  const empty = makePlateClip(join(folder, "empty.mkv"), "null", { seconds: 1 });
  const { passages, error, status } = await watchAll(empty);
  assert.deepEqual([passages, error, status?.frames], [[], undefined, 10]);
});

test("watch: a vehicle that drives through is one passage, with its way and its picture", async () => {
  const { passages, status } = await watchAll(driving);
  assert.equal(passages.length, 1);
  const [passage] = passages;
  assert.equal(passage!.text, STAND_IN_TEXT);
  assert.equal(passage!.frames, 20);
  assert.deepEqual([passage!.firstTimeMs, passage!.lastTimeMs], [0, 1900]);
  assert.ok(passage!.path.at(-1)![1] - passage!.path[0]![1] > 80, "it drove to the right");
  assert.ok(passage!.crop!.width > 160 && passage!.crop!.height > 40);
  assert.equal(passage!.frame, null);
  assert.equal(status?.passages, 1);
  assert.deepEqual(JSON.parse(JSON.stringify(onWire(passage!))), onWire(passage!));
});

test("watch: plates are read in the whole frame, not in the small one", async () => {
  const large = join(folder, "large.mkv");
  ffmpeg("-i", driving, "-vf", "scale=960:720", "-frames:v", "5", "-c:v", "mpeg4", "-q:v", "1", large);
  const { passages } = await watchAll(large, { keepFrames: true });
  assert.equal(passages[0]!.frame!.width, 960);
  assert.ok(Math.abs(passages[0]!.best.box[2] - 480) < 20, `${passages[0]!.best.box}`);
});

test("watch: a plate that blinks for half a second is one passage", async () => {
  const blinking = makePlateClip(join(folder, "blinking.mkv"), square("80+60*t", "100", "not(between(t,0.7,1.2))"));
  const { passages } = await watchAll(blinking);
  assert.equal(passages.length, 1);
  assert.ok(passages[0]!.frames < 16 && passages[0]!.lastTimeMs === 1900);
});

test("watch: a preview comes first, under the same id", async () => {
  const { passages } = await watchAll(driving, { preview: 0.5 });
  assert.deepEqual(
    passages.map(({ preview }) => preview),
    [true, false],
  );
  assert.equal(passages[0]!.id, passages[1]!.id);
  assert.ok(passages[0]!.frames < passages[1]!.frames);
});

test("watch: what lies outside the region of interest does not count", async () => {
  const top = [
    [0, 0],
    [320, 0],
    [320, 60],
    [0, 60],
  ] as const;
  assert.equal((await watchAll(driving, { roi: top })).passages.length, 0);
  const middle = [
    [0, 60],
    [320, 60],
    [320, 180],
    [0, 180],
  ] as const;
  assert.equal((await watchAll(driving, { roi: middle })).passages.length, 1);
});

test("watch: the direction over a line", async () => {
  const line = { from: [150, 240], to: [150, 0] } as const;
  assert.equal((await watchAll(driving, { line })).passages[0]!.direction, "in");
});

test("watch: least reads and confidence leave passages out", async () => {
  assert.equal((await watchAll(driving, { minReads: 21 })).passages.length, 0);
  assert.equal((await watchAll(driving, { minConfidence: 1 })).passages.length, 0);
});

test("watch: the motion gate skips frames that show nothing new, and misses no plate", async () => {
  const standing = makePlateClip(join(folder, "standing.mkv"), square("80", "100", "gte(t,0.5)"), { seconds: 3 });
  const { passages, status } = await watchAll(standing, { motion: true });
  assert.equal(passages.length, 1);
  assert.ok(status!.still > 15, `${status!.still} of ${status!.frames}`);
  assert.ok(passages[0]!.lastTimeMs >= 2800, "a plate in a still picture is still there");
});

test("watch: a folder of frames", async () => {
  const pictures = join(folder, "pictures");
  mkdirSync(pictures);
  ffmpeg("-i", driving, join(pictures, "%d.png"));
  const { passages } = await watchAll(pictures);
  assert.deepEqual(
    passages.map(({ text, frames, lastTimeMs }) => [text, frames, lastTimeMs]),
    [[STAND_IN_TEXT, 20, 1900]],
  );
});

test("watch: an abort yields the passages under way and stops ffmpeg", async () => {
  const abort = new AbortController();
  const { passages, error } = await watchAll(driving, {
    signal: abort.signal,
    onFrame: ({ frame }) => {
      if (frame.index === 8) abort.abort();
    },
  });
  assert.equal(error, undefined);
  assert.equal(passages.length, 1);
  assert.ok(passages[0]!.frames < 15);
  assert.ok(await until(() => ffmpegChildren().length === 0));
});

test("watch: leaving the loop stops ffmpeg", async () => {
  for await (const _ of watch(driving, { frameReader, preview: 0.1 })) break;
  assert.ok(await until(() => ffmpegChildren().length === 0));
});

test("watch: a file that breaks off gives its passages, then says so", async () => {
  const long = makePlateClip(join(folder, "long.mkv"), square("80+10*t"), { seconds: 6 });
  // As when the decoder crashes.
  const onFrame: WatchOptions["onFrame"] = ({ frame }) => {
    if (frame.index === 12) for (const pid of ffmpegChildren()) process.kill(pid, "SIGKILL");
  };
  const { passages, error } = await watchAll(long, { onFrame });
  assert.equal(passages.length, 1);
  assert.equal(error?.code, "VIDEO_UNREADABLE");
  assert.match(error!.message, /long\.mkv: breaks off after \d+ frames/);
});

test("watch: passages close while a live source is silent", async () => {
  const live = makePlateClip(join(folder, "live.ts"), square("80+10*t"), { fps: 5, seconds: 8, extra: ["-g", "5"] });
  const bytes = readFileSync(live);
  const { address } = await serveHttp((_, response) => {
    response.write(bytes);
  });
  const startMs = Date.now();
  for await (const passage of watch(`${address}/live`, {
    frameReader,
    live: true,
    stallMs: 60_000,
    mergeSeconds: 0.5,
  })) {
    assert.equal(passage.text, STAND_IN_TEXT);
    assert.ok(Math.abs(passage.lastTimeMs - Date.now()) < 20_000, "in epoch milliseconds");
    break;
  }
  assert.ok(Date.now() - startMs < 30_000);
});

const wrong: readonly [name: string, options: WatchOptions][] = [
  ["minReads", { minReads: 0 }],
  ["minConfidence", { minConfidence: Number.NaN }],
  ["mergeSeconds", { mergeSeconds: -1 }],
  ["fps", { fps: 0 }],
  ["roi", { roi: [[0, 0]] }],
  ["preview", { preview: 2 }],
];
for (const [name, options] of wrong) {
  test(`watch: a wrong ${name} is named`, async () => {
    const { error } = await watchAll(driving, options);
    assert.equal(error?.code, "OPTION_INVALID");
    assert.match(error!.message, new RegExp(`^${name} `));
  });
}

test("watch: models that are missing are named", async () => {
  await assert.rejects(watch(driving, { modelsFolder: join(folder, "none") }).next(), { code: "MODEL_MISSING" });
});
