/** A real RTSP server, killed and started again. Debian: gstreamer1.0-rtsp gir1.2-gst-rtsp-server-1.0 python3-gi. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createFrameReader, type FrameReader } from "../../src/node/frame-reader.ts";
import { openFrames } from "../../src/node/frames.ts";
import { watch } from "../../src/node/watch.ts";
import { STAND_IN_TEXT, writeStandInModels } from "./stand-in-models.ts";
import { ffmpegChildren, temporaryFolder, until } from "./video-fixtures.ts";

const SCRIPT = fileURLToPath(new URL("./rtsp-server.py", import.meta.url));
const PROBE =
  "import gi; gi.require_version('Gst','1.0'); gi.require_version('GstRtspServer','1.0'); from gi.repository import Gst, GstRtspServer; Gst.init(None); " +
  "raise SystemExit(0 if Gst.ElementFactory.find('compositor') and Gst.ElementFactory.find('rtpjpegpay') else 1)";
// The system's own Python has the system's packages; the first on PATH may be another.
const python = ["/usr/bin/python3", "python3"].find((name) => spawnSync(name, ["-c", PROBE]).status === 0);
const skip = python
  ? false
  : "NOT TESTED: no RTSP server here; apt-get install gstreamer1.0-rtsp gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good";
if (skip) console.warn(skip);

const folder = temporaryFolder();
let frameReader: FrameReader;
before(async () => {
  await writeStandInModels(join(folder, "models"));
  frameReader = await createFrameReader({ modelsFolder: join(folder, "models"), workers: 1 });
});
after(() => frameReader.close());

const servers = new Set<ChildProcess>();
after(() => {
  for (const server of servers) server.kill("SIGKILL");
});

async function startServer(port: number, ...credentials: string[]): Promise<ChildProcess> {
  const server = spawn(python ?? "python3", [SCRIPT, String(port), ...credentials], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  servers.add(server);
  await new Promise((resolve) => server.stdout.once("data", resolve));
  return server;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("openFrames: an RTSP server that is killed and started again is connected again", {
  skip,
  timeout: 60_000,
}, async () => {
  const port = await freePort();
  let server = await startServer(port);
  const notices: string[] = [];
  const source = await openFrames(`rtsp://127.0.0.1:${port}/1`, {
    ...{ stallMs: 4000, backoffMs: 200, attempts: 20 },
    onNotice: (notice) => notices.push(notice),
  });
  let count = 0;
  let countAtKill = 0;
  let last = -Infinity;
  for await (const frame of source) {
    frame.release();
    assert.ok(frame.timeMs > last - 1, "times go on");
    last = frame.timeMs;
    count++;
    if (count === 5) {
      server.kill("SIGKILL");
      countAtKill = count;
      void until(() => notices.length > 0, 20_000).then(async () => {
        server = await startServer(port);
      });
    }
    if (source.stats().reconnects > 0 && count > countAtKill + 5) break;
  }
  assert.ok(notices.length >= 1, notices.join());
  assert.ok(Math.abs(last - Date.now()) < 5000);
  assert.ok(await until(() => ffmpegChildren().length === 0));
  server.kill("SIGKILL");
});

test("watch: a vehicle before an RTSP camera is one passage, though the camera restarts", {
  skip,
  timeout: 90_000,
}, async () => {
  const port = await freePort();
  let server = await startServer(port);
  const abort = new AbortController();
  const notices: string[] = [];
  const seen: string[] = [];
  let frames = 0;
  const passages = watch(`rtsp://127.0.0.1:${port}/1`, {
    ...{ frameReader, signal: abort.signal, stallMs: 4000, backoffMs: 200, attempts: 20, mergeSeconds: 30 },
    onNotice: (notice) => {
      notices.push(notice);
      if (notices.length === 1) void startServer(port).then((started) => (server = started));
    },
    onStatus: (status) => {
      if (++frames === 8) server.kill("SIGKILL");
      if (status.reconnects > 0 && status.lagMs !== null && status.lagMs < 1500 && status.tracks > 0) abort.abort();
    },
  });
  for await (const passage of passages) seen.push(passage.text);
  assert.deepEqual(seen, [STAND_IN_TEXT]);
  assert.ok(notices.length >= 1);
  server.kill("SIGKILL");
});

test("openFrames: an RTSP password that is wrong is told at once, one that is right opens, neither is shown", {
  skip,
  timeout: 60_000,
}, async () => {
  const port = await freePort();
  await startServer(port, "admin", "hunter2");
  const address = (password: string): string => `rtsp://admin:${password}@127.0.0.1:${port}/1`;
  const startMs = Date.now();
  const source = await openFrames(address("letmein"));
  assert.ok(!source.name.includes("letmein"));
  await assert.rejects(
    async () => {
      for await (const frame of source) frame.release();
    },
    (error: Error & { code?: string }) =>
      error.code === "STREAM_LOST" && /password/.test(error.message) && !error.message.includes("letmein"),
  );
  assert.ok(Date.now() - startMs < 15_000);
  for await (const frame of await openFrames(address("hunter2"))) {
    assert.deepEqual([frame.image.width, frame.image.height], [320, 240]);
    break;
  }
});

test("openFrames: an RTSP path that is not there is told at once", { skip, timeout: 30_000 }, async () => {
  const port = await freePort();
  await startServer(port);
  await assert.rejects(
    async () => {
      for await (const frame of await openFrames(`rtsp://127.0.0.1:${port}/none`)) frame.release();
    },
    { code: "STREAM_LOST", message: /404/ },
  );
});
