import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const MAIN = new URL("../../src/cli/main.ts", import.meta.url).pathname;

test("serve prints its address and a set-up link, fills a demo, and stops when told", async () => {
  const data = await mkdtemp(join(tmpdir(), "platekit-serve-"));
  const child = spawn(process.execPath, [
    MAIN,
    "serve",
    "--data",
    data,
    "--port",
    "0",
    "--demo",
    "--log-level",
    "warn",
  ]);
  let [text, log] = ["", ""];
  child.stderr.on("data", (chunk) => {
    log += chunk;
  });
  const ended = once(child, "exit");
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.includes("token=")) break;
  }
  const address = /runs on (http:\/\/127\.0\.0\.1:\d+)\n/.exec(text)?.[1];
  assert.ok(address, text + log);
  const token = /\/set-up\?token=([\w-]+)/.exec(text)?.[1];
  const headers = { "content-type": "application/json", "x-platekit": "1" };
  const body = JSON.stringify({ token, username: "anna", password: "correct horse battery" });
  const made = await fetch(`${address}/api/v1/setup`, { method: "POST", headers, body });
  assert.equal(made.status, 201, "the link does not work");
  const cookie = made.headers.get("set-cookie")!.split(";")[0]!;
  const passages = await (await fetch(`${address}/api/v1/passages?limit=3`, { headers: { cookie } })).json();
  assert.equal((passages as { items: unknown[] }).items.length, 3);
  const startMs = performance.now();
  child.kill("SIGTERM");
  const [code] = await ended;
  assert.equal(code, 0, log);
  assert.ok(performance.now() - startMs < 10_000);
  await rm(data, { recursive: true, force: true });
});
