import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, chmodSync, copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PlateKitError } from "../../src/core/errors.ts";
import { backoff, type Frame, type FrameOptions, openFrames } from "../../src/node/frames.ts";
import { redactUrl } from "../../src/node/frames-source.ts";
import { ffmpeg, ffmpegChildren, isRunning, makeClip, serveHttp, temporaryFolder, until } from "./video-fixtures.ts";

const folder = temporaryFolder();
const clip = makeClip(join(folder, "plain.mkv"));
const FRAMES = new URL("../../src/node/frames.ts", import.meta.url);

interface Seen {
  readonly index: number;
  readonly timeMs: number;
  readonly size: string;
  readonly small: string | null;
}

async function collect(
  source: string,
  options: FrameOptions = {},
): Promise<{ seen: Seen[]; notices: string[]; error?: PlateKitError }> {
  const notices: string[] = [];
  const seen: Seen[] = [];
  try {
    for await (const frame of await openFrames(source, { ...options, onNotice: (notice) => notices.push(notice) })) {
      const size = ({ width, height }: Frame["image"]) => `${width}x${height}`;
      seen.push({
        index: frame.index,
        timeMs: Math.round(frame.timeMs),
        size: size(frame.image),
        small: frame.small && size(frame.small),
      });
      frame.release();
    }
  } catch (error) {
    if (!(error instanceof PlateKitError)) throw error;
    return { seen, notices, error };
  }
  return { seen, notices };
}

const times = ({ seen }: { seen: Seen[] }): number[] => seen.map(({ timeMs }) => timeMs);

test("openFrames: gives every frame of a file with its time, whole and small", async () => {
  const result = await collect(clip, { smallSide: 64 });
  assert.equal(result.error, undefined);
  assert.deepEqual(times(result), [0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
  assert.deepEqual(result.seen[9], { index: 9, timeMs: 900, size: "160x120", small: "64x48" });
});

test("openFrames: a live source that is connected to again takes no more memory", async () => {
  const pictures = new Set<ArrayBufferLike>();
  let connections = 1;
  const options = { live: true, smallSide: 64, backoffMs: 1, attempts: 12, onNotice: () => connections++ };
  await assert.rejects(
    async () => {
      for await (const frame of await openFrames(clip, options)) {
        pictures.add(frame.image.data.buffer);
        frame.release();
      }
    },
    { code: "STREAM_LOST" },
  );
  assert.equal(connections, 12);
  // How many are under way at once is up to the scheduler: in one connection at most its ten frames and one more begun.
  // With memory of their own, twelve connections took 25 to 30; with that of the last one, 3 to 5.
  assert.ok(pictures.size <= 11, `${pictures.size} pictures`);
});

test("openFrames: pixels are RGB, top left first", async () => {
  const path = join(folder, "red.avi");
  ffmpeg(
    "-f",
    "lavfi",
    "-i",
    "color=c=red:size=64x64:rate=5",
    "-frames:v",
    "1",
    "-c:v",
    "rawvideo",
    "-pix_fmt",
    "bgr24",
    path,
  );
  for await (const { image } of await openFrames(path)) {
    const [red, green, blue] = image.data;
    assert.ok(red! > 250 && green! < 5 && blue! < 5, `${red} ${green} ${blue}`);
  }
});

test("openFrames: frames that come at uneven times keep them", async () => {
  const path = join(folder, "uneven.mkv");
  makeClip(path, { frames: 6, fps: 50, extra: ["-vf", "setpts=N*N", "-fps_mode", "vfr"] });
  assert.deepEqual(times(await collect(path)), [0, 20, 80, 180, 320, 500]);
});

test("openFrames: a start given moves the times", async () => {
  assert.deepEqual(times(await collect(clip, { startTimeMs: 1.7e12 })).slice(0, 2), [1.7e12, 1.7e12 + 100]);
});

test("openFrames: fewer frames a second are chosen evenly, with their own times", async () => {
  assert.deepEqual(times(await collect(clip, { fps: 5 })), [0, 200, 400, 600, 800]);
});

test("openFrames: keyframes alone", async () => {
  const path = makeClip(join(folder, "keys.mkv"), { extra: ["-g", "5"] });
  assert.deepEqual(times(await collect(path, { keyframes: true })), [0, 500]);
});

test("openFrames: a clip that says it is turned comes upright", async () => {
  const plain = makeClip(join(folder, "flat.mp4"), { frames: 2 });
  const turned = join(folder, "turned.mp4");
  ffmpeg("-i", plain, "-c", "copy", "-metadata:s:v", "rotate=90", turned);
  const { seen } = await collect(turned, { smallSide: 64 });
  assert.deepEqual(
    seen.map(({ size, small }) => [size, small]),
    [
      ["120x160", "48x64"],
      ["120x160", "48x64"],
    ],
  );
});

test("openFrames: a file that changes its size keeps the first one, and says so once", async () => {
  const path = makeClip(join(folder, "large.ts"), { frames: 5 });
  appendFileSync(path, readFileSync(makeClip(join(folder, "little.ts"), { size: "80x80", frames: 5 })));
  const { seen, notices, error } = await collect(path, { smallSide: 64 });
  assert.equal(error, undefined);
  assert.ok(seen.length >= 9, `${seen.length}`);
  assert.deepEqual(new Set(seen.map(({ size }) => size)), new Set(["160x120"]));
  assert.equal(notices.length, 1);
  const order = seen.map(({ timeMs }) => timeMs);
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
    "times never run backwards",
  );
});

test("openFrames: none of a file's frames is dropped for a slow consumer", async () => {
  const source = await openFrames(clip);
  let count = 0;
  for await (const frame of source) {
    count++;
    await new Promise((resolve) => setTimeout(resolve, 10));
    frame.release();
  }
  assert.equal(count, 10);
  assert.equal(source.stats().dropped, 0);
});

test("openFrames: the pictures of a folder, in counting order, broken ones told of", async () => {
  const pictures = join(folder, "pictures");
  mkdirSync(pictures);
  ffmpeg("-i", clip, "-frames:v", "3", "-start_number", "9", join(pictures, "f-%d.jpg"));
  writeFileSync(join(pictures, "f-10.jpg"), "no picture");
  writeFileSync(join(pictures, "notes.txt"), "not looked at");
  const { seen, notices } = await collect(pictures, { fps: 4 });
  assert.deepEqual(
    seen.map(({ index, timeMs }) => [index, timeMs]),
    [
      [0, 0],
      [2, 500],
    ],
  );
  assert.match(notices.join(), /f-10\.jpg/);
});

test("openFrames: leaving the loop ends ffmpeg", async () => {
  const long = makeClip(join(folder, "long.mkv"), { size: "640x480", frames: 100 });
  for await (const frame of await openFrames(long)) {
    frame.release();
    assert.equal(ffmpegChildren().length, 1);
    break;
  }
  assert.ok(await until(() => ffmpegChildren().length === 0));
});

test("openFrames: an abort ends the frames without an error", async () => {
  const long = makeClip(join(folder, "long2.mkv"), { size: "640x480", frames: 100 });
  const abort = new AbortController();
  let count = 0;
  for await (const frame of await openFrames(long, { signal: abort.signal })) {
    frame.release();
    if (++count === 3) abort.abort();
  }
  assert.ok(count < 20, `${count}`);
  assert.ok(await until(() => ffmpegChildren().length === 0));
});

function made(name: string, make: (path: string) => void): string {
  const path = join(folder, name);
  make(path);
  return path;
}

const text = join(folder, "notes.txt");
writeFileSync(text, "No video at all.\n".repeat(100));
const bad: readonly { name: string; make: () => string; code: string; says: RegExp }[] = [
  {
    name: "no such file",
    make: () => join(folder, "none.mp4"),
    code: "FILE_NOT_FOUND",
    says: /none\.mp4: no such file/,
  },
  { name: "a text file", make: () => text, code: "VIDEO_UNREADABLE", says: /notes\.txt: .*text/ },
  {
    name: "a text file named .mp4",
    make: () => made("text.mp4", (path) => copyFileSync(text, path)),
    code: "VIDEO_UNREADABLE",
    says: /no video/,
  },
  {
    name: "a file of 0 bytes",
    make: () => made("zero.mp4", (path) => writeFileSync(path, "")),
    code: "VIDEO_UNREADABLE",
    says: /empty \(0 bytes\)/,
  },
  {
    name: "sound only",
    make: () => made("tone.wav", (path) => ffmpeg("-f", "lavfi", "-i", "sine=duration=1", path)),
    code: "VIDEO_UNREADABLE",
    says: /no video in it, perhaps only sound\.$/,
  },
  {
    name: "an mp4 cut in the middle",
    make() {
      const path = makeClip(join(folder, "cut.mp4"));
      truncateSync(path, 3000);
      return path;
    },
    code: "VIDEO_UNREADABLE",
    says: /cut\.mp4/,
  },
  {
    name: "a single picture",
    make: () => made("one.jpg", (path) => ffmpeg("-i", clip, "-frames:v", "1", path)),
    code: "VIDEO_UNREADABLE",
    says: /single picture/,
  },
  {
    name: "a folder without pictures",
    make: () => made("empty", (path) => mkdirSync(path)),
    code: "NO_IMAGES",
    says: /empty/,
  },
  { name: "a protocol that is none", make: () => "gopher://cam/1", code: "OPTION_INVALID", says: /no video source/ },
  { name: "a device that is no camera", make: () => "/dev/null", code: "VIDEO_UNREADABLE", says: /\/dev\/null/ },
];
for (const { name, make, code, says } of bad) {
  test(`openFrames: ${name} is told in one line`, async () => {
    const { error, seen } = await collect(make(), { attempts: 1 }).catch((thrown: unknown) => ({
      error: thrown as PlateKitError,
      seen: [],
    }));
    assert.equal(error?.code, code, error?.message);
    assert.match(error?.message ?? "", says);
    assert.ok(!error?.message.includes("\n"));
    assert.equal(seen.length, 0);
  });
}

for (const name of ["halved.avi", "halved.mkv", "halved.mp4", "halved.flv"]) {
  test(`openFrames: ${name} gives the frames up to where it breaks off, then the error`, async () => {
    const extra = name.endsWith("flv") ? ["-c:v", "flv"] : ["-movflags", "+faststart"];
    const path = makeClip(join(folder, name), { frames: 30, extra });
    truncateSync(path, Math.round(readFileSync(path).length * 0.6));
    const { seen, error } = await collect(path);
    assert.ok(seen.length >= 8 && seen.length < 30, `${seen.length}`);
    assert.equal(error?.code, "VIDEO_UNREADABLE");
    assert.match(
      error?.message ?? "",
      /halved\....: breaks off after \d+ frames \(.+\); the rest is damaged or missing/,
    );
  });
}

test("openFrames: a file damaged in the middle gives what can be had", async () => {
  const path = makeClip(join(folder, "holes.ts"), { frames: 30 });
  const bytes = readFileSync(path);
  bytes.fill(0x55, bytes.length / 2, bytes.length / 2 + 4000);
  writeFileSync(path, bytes);
  assert.ok((await collect(path)).seen.length >= 10);
});

test("openFrames: a file that may not be read says so", {
  skip: process.getuid?.() === 0 && "root may read anything",
}, async () => {
  const path = makeClip(join(folder, "locked.mkv"));
  chmodSync(path, 0);
  assert.equal((await collect(path)).error?.code, "FILE_UNREADABLE");
});

test("openFrames: without ffmpeg the error says how to install it", () => {
  const script = `import { openFrames } from ${JSON.stringify(FRAMES.href)};
    await openFrames(${JSON.stringify(clip)}).catch((error) => console.log(error.code, error.message));`;
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    env: { PATH: "/nowhere" },
    encoding: "utf8",
  });
  assert.match(said, /^FFMPEG_MISSING .*apt-get install ffmpeg/);
});

const addresses: readonly [given: string, shown: string][] = [
  ["rtsp://cam/1", "rtsp://cam/1"],
  ["rtsp://admin:hunter2@cam:554/1", "rtsp://admin:***@cam:554/1"],
  ["rtsp://admin:p@ss/w@cam/1", "rtsp://admin:p@ss/w@cam/1".replace("admin:p@ss/w@", "admin:***@ss/w@")],
  ["rtsp://token@cam/1", "rtsp://***@cam/1"],
  ["http://cam/stream?user=a&pwd=b&channel=3", "http://cam/stream?user=***&pwd=***&channel=3"],
  ["rtsp://admin:a@b@cam/1", "rtsp://admin:***@cam/1"],
];
for (const [given, shown] of addresses) {
  test(`redactUrl: ${shown}`, () => assert.equal(redactUrl(given), shown));
}

test("backoff: doubles, stays under a minute and a half, and is spread by half", () => {
  assert.equal(
    backoff(1, 500, () => 0.5),
    500,
  );
  assert.equal(
    backoff(4, 500, () => 0.5),
    4000,
  );
  assert.equal(
    backoff(50, 500, () => 0.999),
    60_000 * 1.499,
  );
  assert.equal(
    backoff(1, 500, () => 0),
    250,
  );
});

// Live sources: a clip streamed over HTTP as transport stream, which has no known length. It lasts 8 s, since ffmpeg
// looks at 5 s before it begins.
const stream = readFileSync(makeClip(join(folder, "stream.ts"), { frames: 40, fps: 5, extra: ["-g", "5"] }));

test("openFrames: a stream that dies is connected again, and goes on", async () => {
  let connections = 0;
  const { address } = await serveHttp((_, response) => {
    connections++;
    response.writeHead(200, { "content-type": "video/mp2t" });
    response.write(stream, () => setTimeout(() => response.destroy(), 100));
  });
  const abort = new AbortController();
  const notices: string[] = [];
  const source = await openFrames(`${address}/live.ts`, {
    backoffMs: 20,
    signal: abort.signal,
    onNotice: (notice) => notices.push(notice),
  });
  let last = -Infinity;
  for await (const frame of source) {
    assert.ok(frame.timeMs >= last && Math.abs(frame.timeMs - Date.now()) < 10_000, "live times are of our clock");
    last = frame.timeMs;
    frame.release();
    if (source.stats().reconnects >= 2) abort.abort();
  }
  assert.ok(connections >= 3);
  assert.equal(source.stats().isLive, true);
  assert.match(notices[0]!, /broke off; next try in/);
});

test("openFrames: a stream that freezes is connected again", async () => {
  let connections = 0;
  const { address } = await serveHttp((_, response) => {
    connections++;
    response.write(stream);
  });
  const abort = new AbortController();
  const notices: string[] = [];
  const onNotice = (notice: string): void => {
    notices.push(notice);
    if (notices.length === 2) abort.abort();
  };
  for await (const frame of await openFrames(`${address}/live`, {
    live: true,
    stallMs: 1500,
    backoffMs: 20,
    signal: abort.signal,
    onNotice,
  })) {
    frame.release();
  }
  assert.ok(connections >= 2);
  assert.match(notices[0]!, /is silent/);
});

test("openFrames: a host that is not there is given up after the tries allowed", async () => {
  const { address, close } = await serveHttp(() => {});
  close();
  const { error, notices } = await collect(`${address}/live`, { live: true, attempts: 3, backoffMs: 10 });
  assert.equal(error?.code, "STREAM_LOST");
  assert.match(error?.message ?? "", /Connection refused.*gave up after 3 tries/);
  assert.equal(notices.length, 2);
});

test("openFrames: a wrong password is told at once and never shown", async () => {
  let connections = 0;
  const { address } = await serveHttp((_, response) => {
    connections++;
    response.writeHead(401, { "www-authenticate": 'Basic realm="cam"' }).end();
  });
  const { error, notices } = await collect(address.replace("//", "//admin:hunter2@"), { backoffMs: 10 });
  assert.equal(error?.code, "STREAM_LOST");
  assert.match(error?.message ?? "", /user name or password/);
  assert.ok(![error?.message, ...notices].join().includes("hunter2"));
  assert.ok(connections <= 3, `${connections}`);
});

test("openFrames: an address that ends before a picture, naming no length, is said to have been reached", async () => {
  const { address } = await serveHttp((_, response) => {
    response.useChunkedEncodingByDefault = false;
    response.end("<html>no camera</html>");
  });
  const { error, notices } = await collect(`${address}/live`, { live: true, attempts: 2, backoffMs: 10 });
  assert.match(notices[0]!, /sent no picture; next try/);
  assert.equal(error?.code, "STREAM_LOST");
  assert.match(error!.message, /sent no picture \(the stream ended after 22 bytes\); gave up after 2 tries/);
});

test("openFrames: a stream of garbage is told at once", async () => {
  const { address } = await serveHttp((_, response) => response.end(Buffer.alloc(200_000, "garbage ")));
  const { error } = await collect(`${address}/live`, { backoffMs: 10 });
  assert.equal(error?.code, "VIDEO_UNREADABLE");
});

test("openFrames: an address that holds 401 or 404 is not taken for an answer", async () => {
  const { address } = await serveHttp((_, response) => response.end(Buffer.alloc(200_000, "garbage ")));
  const { error } = await collect(`${address}/camera-401/404`, { backoffMs: 10 });
  assert.equal(error?.code, "VIDEO_UNREADABLE");
});

test("openFrames: on live sources the newest frame wins, and dropped ones are counted", async () => {
  const { address } = await serveHttp((_, response) => response.end(stream));
  const source = await openFrames(`${address}/live`, { live: true, attempts: 1 });
  const indices: number[] = [];
  await assert.rejects(
    async () => {
      for await (const frame of source) {
        indices.push(frame.index);
        await new Promise((resolve) => setTimeout(resolve, indices.length === 1 ? 1500 : 0));
        frame.release();
      }
    },
    { code: "STREAM_LOST" },
  );
  const { frames, dropped } = source.stats();
  assert.ok(dropped > 10, `${dropped}`);
  assert.equal(indices.length + dropped, frames);
  assert.equal(indices.at(-1), frames - 1, "the newest is never the one dropped");
});

test("openFrames: kill -9 of this process leaves no ffmpeg behind, not even one whose stream is silent", async () => {
  const { address } = await serveHttp((_, response) => {
    response.write(stream);
  });
  const script = `import { openFrames } from ${JSON.stringify(FRAMES.href)};
    for await (const frame of await openFrames(${JSON.stringify(`${address}/live`)}, { live: true, stallMs: 60000 })) {
      console.log(frame.index); frame.release();
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const [pid] = ffmpegChildren(child.pid!);
  assert.ok(pid !== undefined);
  child.kill("SIGKILL");
  assert.ok(await until(() => !isRunning(pid)), "ffmpeg outlived its parent");
});

test("openFrames: standard input", () => {
  const script = `import { openFrames } from ${JSON.stringify(FRAMES.href)};
    let count = 0;
    for await (const frame of await openFrames("-")) { count++; frame.release(); }
    console.log(count);`;
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    input: readFileSync(clip),
    encoding: "utf8",
  });
  assert.equal(said.trim(), "10");
});

test("openFrames: a file name with a colon is a file", async () => {
  const path = join(folder, "cam:1.mkv");
  copyFileSync(clip, path);
  assert.equal((await collect(path)).seen.length, 10);
});
