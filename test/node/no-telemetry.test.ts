import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { writeStandInModels } from "./stand-in-models.ts";

let models = "";
before(async () => {
  models = await mkdtemp(join(tmpdir(), "platekit-telemetry-"));
  await writeStandInModels(models);
});
after(() => rm(models, { recursive: true, force: true }));

/** Runs code that ends in a line about the environment, under a command line as long as a thousand file names. */
function runWithLongCommandLine(code: string) {
  const { CI, ORT_DISABLE_TELEMETRY, ...env } = process.env; // both would hide the report
  const words = Array.from({ length: 1000 }, (_, i) => `photos/2026-11-22/camera-one/picture-${i}.jpg`);
  return spawnSync(process.execPath, ["--input-type=module", "-e", code, ...words], { env, encoding: "utf8" });
}

const here = (path: string) => JSON.stringify(fileURLToPath(new URL(`../../src/node/${path}`, import.meta.url)));
const ways = [
  {
    name: "a reader's worker threads",
    code: () => `const { createReader } = await import(${here("reader.ts")});
      const reader = await createReader({ modelsFolder: ${JSON.stringify(models)} });
      await reader.close();`,
  },
  {
    name: "the worker threads that read video",
    code: () => `const { createFrameReader } = await import(${here("frame-reader.ts")});
      const reader = await createFrameReader({ modelsFolder: ${JSON.stringify(models)} });
      await reader.close();`,
  },
  {
    name: "models loaded by the caller",
    code: () => `const { loadModels } = await import(${here("load-model.ts")});
      await loadModels(${JSON.stringify(models)});`,
  },
];
for (const { name, code } of ways) {
  test(`${name} report nothing, and a long command line does not end the process`, () => {
    const { status, signal, stdout, stderr } = runWithLongCommandLine(
      `${code()} console.log(process.env.ORT_DISABLE_TELEMETRY);`,
    );
    assert.deepEqual({ status, signal, stdout }, { status: 0, signal: null, stdout: "1\n" }, stderr);
  });
}
