import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { isSignedBy, signBody } from "../../src/server/deliveries/signature.ts";
import { startServer } from "../server/running-server.ts";

const PAGE = new URL("../../docs/serve.md", import.meta.url);
const STREET = new URL("../../examples/street.jpg", import.meta.url);

async function blockOf(language: string): Promise<string> {
  const block = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(await readFile(PAGE, "utf8"))?.[1];
  assert.ok(block !== undefined, `docs/serve.md has a ${language} example`);
  return block;
}

test("every curl line of docs/serve.md works as it stands, but for address and key", async (t) => {
  await using server = await startServer({ isWarm: true });
  const admin = await server.setUp();
  const scopes = (await admin("GET", "/api/v1/me")).json.permissions;
  const { key } = (await admin("POST", "/api/v1/api-keys", { name: "docs", scopes })).json;
  const folder = await mkdtemp(join(tmpdir(), "platekit-docs-"));
  t.after(() => rm(folder, { recursive: true }));
  await copyFile(STREET, join(folder, "street.jpg"));
  const given = /^export PLATEKIT=.*$/m;
  const lines = await blockOf("sh");
  assert.match(lines, given);
  await writeFile(join(folder, "api.sh"), lines.replace(given, ""));
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "api.sh"], {
    cwd: folder,
    env: { ...process.env, PLATEKIT: server.address, KEY: key },
  });
  assert.match(stdout, /"text":"GT482K"/, "the picture was read");
  assert.match(stdout, /"plate":"mkp4271"/, "so was Plate Recognizer's request");
  const found = [...stdout.matchAll(/"items":\[\{"schema":1,"id":"till-1-0001"/g)];
  assert.equal(found.length, 4, "each of the four searches finds the passage");
  assert.match(await readFile(join(folder, "passages.jsonl"), "utf8"), /"id":"till-1-0001"/);
  assert.match(stdout, /"add":1,"change":0,"remove":0/);
  assert.match(stdout, /"ok":true,"entries":\d+/);
});

test("the receiver of docs/serve.md believes what is signed, and nothing else", async () => {
  const { stripTypeScriptTypes } = await import("node:module");
  const code = stripTypeScriptTypes(await blockOf("ts")).replace(
    "function isFromPlateKit",
    "export function isFromPlateKit",
  );
  const { isFromPlateKit } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    isFromPlateKit(header: string, body: string, key: string): boolean;
  };
  const nowMs = Date.now();
  const cases = [
    { name: "signed by its key", header: signBody("{}", nowMs, ["new"]), body: "{}", key: "new", expected: true },
    {
      name: "by the older of two",
      header: signBody("{}", nowMs, ["new", "old"]),
      body: "{}",
      key: "old",
      expected: true,
    },
    { name: "by another", header: signBody("{}", nowMs, ["other"]), body: "{}", key: "new", expected: false },
    { name: "changed", header: signBody("{}", nowMs, ["new"]), body: "{ }", key: "new", expected: false },
    { name: "too old", header: signBody("{}", nowMs - 600_000, ["new"]), body: "{}", key: "new", expected: false },
    { name: "no header", header: "", body: "{}", key: "new", expected: false },
  ];
  for (const { name, header, body, key, expected } of cases) {
    assert.equal(isFromPlateKit(header, body, key), expected, name);
    assert.equal(isSignedBy(header, body, key, nowMs), expected, `${name}: as our own does`);
  }
});
