import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseWords } from "../../src/cli/command.ts";
import { timeText } from "../../src/cli/watch-output.ts";
import { STAND_IN_TEXT, writeStandInModels } from "../node/stand-in-models.ts";
import { ffmpegChildren, isRunning, makePlateClip, serveHttp, temporaryFolder, until } from "../node/video-fixtures.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const folder = temporaryFolder();
const models = join(folder, "models");
const clip = join(folder, "clip.mkv");
before(async () => {
  await writeStandInModels(models);
  makePlateClip(clip, "color=magenta:size=34x34:rate=10[m];[in][m]overlay=x='80+60*t':y=100:shortest=1[out]");
});

function platekit(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [MAIN, ...words, "--models", models, "--workers", "1"], {
    encoding: "utf8",
    timeout: 60_000,
  });
}

test("points: the words that follow an option of points are taken as long as they are points", () => {
  const specs = { roi: { type: "points", value: "x,y ...", help: "" }, json: { type: "flag", help: "" } } as const;
  const { words, options } = parseWords(["--roi", "1,2", "3,4", "5.5,-6", "clip.mp4", "7,8"], specs);
  assert.deepEqual(options.roi, [
    [1, 2],
    [3, 4],
    [5.5, -6],
  ]);
  assert.deepEqual(words, ["clip.mp4", "7,8"]);
  assert.deepEqual(parseWords(["--roi", "1,2 3,4", "--json"], specs).options, {
    roi: [
      [1, 2],
      [3, 4],
    ],
    json: true,
  });
  assert.throws(() => parseWords(["--roi", "clip.mp4"], specs), { code: "OPTION_INVALID" });
});

test("timeText: moments of clips and of the world", () => {
  assert.equal(timeText(0), "0:00:00.0");
  assert.equal(timeText(3_723_510), "1:02:03.5");
  assert.match(timeText(1_764_490_502_000), /^2025-11-30 \d\d:15:02$/);
});

test("platekit watch: prints a line a passage, keeps events, saves pictures and an annotated video", () => {
  const [events, save, annotated] = [join(folder, "events.jsonl"), join(folder, "saved"), join(folder, "seen.mp4")];
  const words = ["watch", clip, "--json", "--preview", "--events", events, "--save", save, "--annotate", annotated];
  const { status, stdout, stderr } = platekit(
    ...words,
    "--line",
    "150,240",
    "150,0",
    "--start",
    "2026-11-30T08:00:00Z",
  );
  assert.equal(stderr, "");
  assert.equal(status, 0);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    lines.map(({ text, preview, direction, source }) => [text, preview, direction, source]),
    [
      [STAND_IN_TEXT, true, null, clip],
      [STAND_IN_TEXT, false, "in", clip],
    ],
  );
  assert.equal(lines[1]!.firstTimeMs, Date.UTC(2026, 10, 30, 8));
  assert.equal(readFileSync(events, "utf8"), stdout);
  assert.deepEqual(
    readdirSync(save)
      .map((name) => name.replace(/^20261130-080000\.000-AB123CD-.*-(crop|frame)/, "$1"))
      .sort(),
    ["crop.jpg", "frame.jpg"],
  );
  assert.ok(existsSync(String(lines[1]!.cropFile)) && existsSync(annotated));
});

test("platekit watch: for people, a line of words", () => {
  const { status, stdout } = platekit("watch", clip);
  assert.equal(status, 0);
  assert.match(stdout, /^0:00:00\.0 .*(AB123CD|AB-123-CD) .*fr .* %.* 20 frames/);
});

test("platekit watch: a torn last line of an events file stays apart from the next event", () => {
  const events = join(folder, "torn.jsonl");
  writeFileSync(events, '{"text":"OLD"}\n{"text":"TO');
  platekit("watch", clip, "--events", events);
  const lines = readFileSync(events, "utf8").split("\n");
  assert.deepEqual(lines.slice(0, 2), ['{"text":"OLD"}', '{"text":"TO']);
  assert.equal((JSON.parse(lines[2]!) as { text: string }).text, STAND_IN_TEXT);
});

test("platekit watch: pictures that can't be saved cost the pictures, not the passage", () => {
  const blocked = join(folder, "blocked");
  writeFileSync(blocked, "a file where the folder should be");
  const { status, stdout, stderr } = platekit("watch", clip, "--save", blocked);
  assert.equal(status, 1);
  assert.match(stdout, /AB-?123-?CD/);
  assert.match(stderr, /blocked: cannot be written/);
});

test("platekit watch: pictures that find no room leave no half of them, and the passage is told", {
  skip: process.platform === "win32" && "no ulimit",
}, () => {
  const save = join(folder, "no-room");
  // A limit on the length of files stands in for a full disk: both fail in the middle of a write.
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["-c", 'ulimit -f 1; exec "$0" "$@"', process.execPath, MAIN, "watch", clip, "--save", save, "--models", models],
    { encoding: "utf8", timeout: 60_000 },
  );
  assert.match(stderr, /no-room: cannot be written \(EFBIG\)/);
  assert.equal(status, 1);
  assert.match(stdout, /AB-?123-?CD/);
  assert.deepEqual(
    readdirSync(save).filter((name) => name.endsWith(".part")),
    [],
  );
  for (const name of readdirSync(save)) {
    const jpeg = readFileSync(join(save, name));
    assert.deepEqual([...jpeg.subarray(-2)], [0xff, 0xd9], `${name} is whole`);
  }
});

test("platekit watch: a full disk is said, and ends what can't be acknowledged", {
  skip: !existsSync("/dev/full") && "no /dev/full",
}, () => {
  const { status, stdout, stderr } = platekit("watch", clip, "--events", "/dev/full");
  assert.equal(status, 1);
  assert.equal(stdout, "", "nothing is printed that is not kept");
  assert.match(stderr, /\/dev\/full: cannot be written \(ENOSPC\)/);
});

test("platekit watch: an annotated video that finds no room is given up, the passages are told", {
  skip: process.platform === "win32" && "no ulimit",
}, () => {
  // Its pictures fill what the encoder keeps in memory well before the clip ends.
  const busy = makePlateClip(
    join(folder, "busy.mkv"),
    "nullsrc=size=160x120:rate=10:duration=6,geq=random(1)*255:128:128[n];[in][n]overlay=x=160:y=120:shortest=1[road];" +
      "color=magenta:size=34x34:rate=10:duration=6[m];[road][m]overlay=x='20+30*t':y=40:shortest=1[out]",
    { seconds: 6 },
  );
  const annotated = join(folder, "no-room.avi");
  const { status, stdout, stderr } = spawnSync(
    "bash",
    [
      ...["-c", 'ulimit -f 1; exec "$0" "$@"', process.execPath],
      ...[MAIN, "watch", busy, "--annotate", annotated, "--models", models],
    ],
    { encoding: "utf8", timeout: 60_000 },
  );
  assert.match(stderr, /^platekit watch: .*no-room\.avi: the video cannot be written/);
  assert.equal(stderr.trim().split("\n").length, 1, "said once");
  assert.equal(status, 1);
  assert.match(stdout, /AB-?123-?CD/);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes("no-room.")),
    [],
  );
});

test("platekit watch: the annotated video of a camera that changes its size keeps the first one", async () => {
  const moving = "color=magenta:size=34x34:rate=10[m];[in][m]overlay=x='80+60*t':y=100:shortest=1";
  const sizes = ["[out]", ",scale=640:480[out]"].map((scaling, i) =>
    readFileSync(makePlateClip(join(folder, `size-${i}.ts`), `${moving}${scaling}`, { extra: ["-g", "5"] })),
  );
  let connections = 0;
  const { address } = await serveHttp((_, response) => {
    response.end(sizes[Math.min(connections++, 1)]);
  });
  const annotated = join(folder, "sizes.mkv");
  const words = ["watch", `${address}/live`, "--live", "--attempts", "2", "--annotate", annotated];
  const child = spawn(process.execPath, [MAIN, ...words, "--models", models, "--workers", "1"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => {
    stderr += text.toString();
  });
  await new Promise((resolve) => child.once("close", resolve));
  assert.match(stderr, /platekit watch: .*broke off.*gave up after 2 tries/);
  assert.ok(!stderr.includes("    at "), stderr);
  const probe = [
    "-v",
    "error",
    "-count_frames",
    "-show_entries",
    "stream=width,height,nb_read_frames",
    "-of",
    "csv=p=0",
  ];
  const [width, height, frames] = spawnSync("ffprobe", [...probe, annotated], { encoding: "utf8" })
    .stdout.split(",")
    .map(Number);
  assert.deepEqual([width, height], [320, 240]);
  assert.ok(frames! > 5, `${frames} frames`);
});

const wrong: readonly { name: string; words: string[]; status: number; says: RegExp }[] = [
  { name: "no source", words: ["watch"], status: 2, says: /Name one file/ },
  {
    name: "two sources",
    words: ["watch", "a.mp4", "rtsp://u:hunter2@b/"],
    status: 2,
    says: /Found 2: a\.mp4 rtsp:\/\/u:\*\*\*@b/,
  },
  { name: "no such file", words: ["watch", "/none.mp4"], status: 1, says: /\/none\.mp4: no such file/ },
  {
    name: "a region of two corners",
    words: ["watch", clip, "--roi", "1,2", "3,4"],
    status: 2,
    says: /--roi needs three/,
  },
  { name: "a time that is none", words: ["watch", clip, "--start", "soon"], status: 2, says: /--start must be a time/ },
  {
    name: "a folder for the annotated video that is not there",
    words: ["watch", clip, "--annotate", "/none/seen.mp4"],
    status: 1,
    says: /^platekit watch: \/none\/seen\.mp4: .*cannot be written/,
  },
  { name: "blur without an output", words: ["blur", clip], status: 2, says: /Name an input and an output/ },
  {
    name: "blur of nothing",
    words: ["blur", "/none.mp4", "/tmp/x.mp4"],
    status: 1,
    says: /\/none\.mp4: cannot be opened/,
  },
  {
    name: "a list that is not there",
    words: ["blur", clip, "/tmp/x.mp4", "--keep", "/none.txt"],
    status: 1,
    says: /none\.txt/,
  },
];
for (const { name, words, status, says } of wrong) {
  test(`platekit: ${name} is said in one line`, () => {
    const said = platekit(...words);
    assert.match(said.stderr, says);
    assert.ok(!said.stderr.includes("hunter2") && !said.stderr.includes("    at "));
    assert.equal(said.status, status);
  });
}

test("platekit watch: events acknowledged before kill -9 are on the disk, and ffmpeg goes with it", async () => {
  const live = makePlateClip(
    join(folder, "live.ts"),
    "color=magenta:size=34x34:rate=5[m];[in][m]overlay=x='80+10*t':y=100:enable='lt(t,3)':shortest=1[out]",
    { fps: 5, seconds: 8, extra: ["-g", "5"] },
  );
  const bytes = readFileSync(live);
  const { address } = await serveHttp((_, response) => {
    response.write(bytes);
  });
  const events = join(folder, "killed.jsonl");
  const words = [
    MAIN,
    "watch",
    `${address}/live`,
    "--live",
    "--json",
    "--events",
    events,
    "--merge-seconds",
    "0",
    "--models",
    models,
    "--workers",
    "1",
  ];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "ignore"] });
  const printed = await new Promise<Buffer>((resolve) => child.stdout.once("data", resolve));
  const [decoder] = ffmpegChildren(child.pid!);
  child.kill("SIGKILL");
  assert.equal(readFileSync(events, "utf8"), printed.toString());
  assert.ok(decoder !== undefined && (await until(() => !isRunning(decoder))));
});

test("platekit watch: an interrupt tells the vehicles in sight, and ends well", async () => {
  const long = makePlateClip(
    join(folder, "long.ts"),
    "color=magenta:size=34x34:rate=5[m];[in][m]overlay=x='80+10*t':y=100:shortest=1[out]",
    { fps: 5, seconds: 8, extra: ["-g", "5"] },
  );
  const bytes = readFileSync(long);
  const { address } = await serveHttp((_, response) => {
    response.write(bytes);
  });
  const words = [
    MAIN,
    "watch",
    `${address}/live`,
    "--live",
    "--json",
    "--preview",
    "--models",
    models,
    "--workers",
    "1",
  ];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "ignore"] });
  let stdout = "";
  child.stdout.on("data", (text: Buffer) => {
    if (stdout === "") child.kill("SIGINT"); // at the preview
    stdout += text.toString();
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.equal(code, 0);
  const previews = stdout
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { preview: boolean }).preview);
  assert.deepEqual(previews, [true, false]);
});

test("platekit blur: a folder of pictures, the broken one told of", () => {
  const [input, output] = [join(folder, "pictures"), join(folder, "covered")];
  mkdirSync(input);
  spawnSync("ffmpeg", ["-loglevel", "error", "-i", clip, "-frames:v", "2", join(input, "%d.png")]);
  appendFileSync(join(input, "broken.jpg"), "no picture");
  const { status, stdout, stderr } = platekit("blur", input, output, "--mode", "fill");
  assert.equal(status, 1);
  assert.match(stdout, /1\.png: 1 plate covered\n.*2\.png: 1 plate covered\n$/);
  assert.match(stderr, /broken\.jpg/);
  assert.deepEqual(readdirSync(output).sort(), ["1.png", "2.png"]);
});
