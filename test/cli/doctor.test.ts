import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import type { Check } from "../../src/cli/doctor.ts";
import { runProgram } from "../../src/cli/program.ts";
import { openStore } from "../../src/store/open-store.ts";

async function doctor(words: readonly string[]): Promise<{ code: number; checks: readonly Check[] }> {
  let text = "";
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const code = await runProgram(["doctor", "--json", ...words], { stdin: Readable.from([]), stdout, stderr: stdout });
  return { code, checks: JSON.parse(text).checks };
}

test("before the first start only what is not there yet is a warning", async () => {
  const parent = await mkdtemp(join(tmpdir(), "platekit-doctor-"));
  const { code, checks } = await doctor(["--data", join(parent, "data")]);
  assert.equal(code, 0, JSON.stringify(checks));
  assert.deepEqual(
    checks.map(({ name }) => name),
    ["models", "ffmpeg", "database", "disk", "clock"],
  );
  assert.equal(checks.find(({ name }) => name === "database")?.state, "warning");
  await rm(parent, { recursive: true, force: true });
});

test("missing models and a camera that does not answer are failures that say what to do", async () => {
  const data = await mkdtemp(join(tmpdir(), "platekit-doctor-"));
  const store = await openStore({ directory: data });
  await store.cameras.create({
    ...{ name: "Gate", siteId: null, kind: "stream", url: "rtsp://user:s3cret@127.0.0.1:1/x", isEnabled: true },
    ...{ role: null, schedule: null, timeZone: null, roi: null, line: null, frameSize: null, regions: [] },
    ...{ minPlateHeightPx: null, fps: null, settings: {}, retentionDays: null, retentionBytes: null },
  });
  await store.close();
  const { code, checks } = await doctor(["--data", data, "--models", join(data, "none")]);
  assert.equal(code, 1);
  const failed = checks.filter(({ state }) => state === "failed");
  assert.deepEqual(
    failed.map(({ name }) => name),
    ["models", "camera Gate"],
  );
  assert.ok(!JSON.stringify(checks).includes("s3cret"));
  assert.equal(checks.find(({ name }) => name === "database")?.state, "ok");
  await rm(data, { recursive: true, force: true });
});
