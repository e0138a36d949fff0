import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import pino from "pino";
import { createPasswords } from "../../src/server/passwords.ts";
import { createRateLimiter } from "../../src/server/rate-limit.ts";
import { PASSWORD, startServer } from "./running-server.ts";

test("the log names no plate above debug, no password, no key and no token", async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  await using running = await startServer({ log: pino({ level: "info" }, stream) });
  const admin = await running.setUp();
  const camera = (await admin("POST", "/api/v1/cameras", { name: "Gate", kind: "upload" })).json.id;
  await admin("POST", "/api/v1/passages", { passages: [{ cameraId: camera, text: "SECRET42", firstTimeMs: 1 }] });
  await admin("GET", "/api/v1/passages?text=SECRET42");
  await admin("GET", "/api/v1/passages?cursor=SECRET42");
  await admin("POST", "/api/v1/passages", "{SECRET42", { "content-type": "application/json" });
  const key = (await admin("POST", "/api/v1/api-keys", { name: "k", scopes: ["lists:read"] })).json.key;
  await running.anyone("GET", "/api/v1/lists", undefined, { authorization: `Bearer ${key}` });
  await running.anyone("POST", "/api/v1/login", { username: "anna", password: "not the password" });
  const log = lines.join("");
  assert.ok(lines.length >= 8, "nothing was logged");
  assert.match(log, /"route":"searchPassages"/);
  const token = new URL(running.server.setupUrl!).searchParams.get("token")!;
  for (const secret of ["SECRET42", PASSWORD, "not the password", key, token, admin.cookie().split("=")[1]!]) {
    assert.ok(!log.includes(secret), `the log holds ${secret}`);
  }
});

test("figures are for those who may see them, and count by route", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  assert.equal((await running.anyone("GET", "/metrics")).status, 401);
  const prometheus = await running.keyClient(["system:read"]);
  await admin("GET", "/api/v1/lists");
  const { status, text, headers } = await prometheus("GET", "/metrics");
  assert.equal(status, 200);
  assert.match(headers.get("content-type") ?? "", /^text\/plain/);
  assert.match(text, /platekit_http_requests_total\{route="listLists",method="GET",status="200"\} 1/);
  assert.match(text, /platekit_nodejs_eventloop_lag_p99_seconds/);
  assert.match(text, /platekit_deliveries\{state="dead"\} 0/);
});

test("live streams whose caller is gone before they begin are not counted as open", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const { host, hostname, port } = new URL(running.address);
  for (let i = 0; i < 300; i++) {
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${host}\r\nCookie: ${admin.cookie()}\r\n\r\n`);
    if (i % 4 > 0) await pause((i % 4) - 1);
    socket.destroy();
  }
  const leaving = new AbortController();
  const { status } = await fetch(`${running.address}/api/v1/events`, {
    headers: { cookie: admin.cookie() },
    signal: leaving.signal,
  });
  assert.equal(status, 200);
  leaving.abort();
});

test("a stop ends open streams, answers what is under way, and takes no ten seconds", async () => {
  const running = await startServer();
  const admin = await running.setUp();
  const stream = await fetch(`${running.address}/api/v1/events`, { headers: { cookie: admin.cookie() } });
  const reader = stream.body!.getReader();
  await reader.read();
  const underWay = await halfSent(running.address, admin.cookie());
  const startMs = performance.now();
  const closing = running.server.close();
  let isOver = false;
  while (!isOver) isOver = (await reader.read()).done;
  assert.equal(await underWay.finish(), 201);
  await closing;
  assert.ok(performance.now() - startMs < 10_000);
  await assert.rejects(fetch(`${running.address}/healthz`));
  await running.server.close();
  await rm(running.dataFolder, { recursive: true, force: true });
});

/** A request that has begun, of which the server waits for the rest. */
async function halfSent(address: string, cookie: string): Promise<{ finish(): Promise<number> }> {
  const body = JSON.stringify({ name: "Under way", kind: "allow" });
  const headers = { cookie, "x-platekit": "1", "content-type": "application/json", "content-length": body.length };
  const sent = request(`${address}/api/v1/lists`, { method: "POST", headers: { ...headers, expect: "100-continue" } });
  const reply = new Promise<number>((resolve, reject) => {
    sent.on("error", reject);
    sent.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
  });
  const isWaiting = once(sent, "continue");
  sent.flushHeaders();
  await isWaiting;
  sent.write(body.slice(0, 5));
  return {
    finish() {
      sent.end(body.slice(5));
      return reply;
    },
  };
}

test("a second start finds everything again and asks for no set-up", async () => {
  const running = await startServer();
  await running.setUp();
  await running.server.close();
  const { createServer } = await import("../../src/server/create-server.ts");
  const again = await createServer({ dataFolder: running.dataFolder, port: 0, isWarm: false });
  assert.equal(again.setupUrl, null);
  await again.close();
  await rm(running.dataFolder, { recursive: true, force: true });
});

for (const { name, sent, status, code } of [
  {
    name: "an address with a broken escape",
    sent: "GET /lists/%ff HTTP/1.1\r\nHost: HOST\r\n\r\n",
    status: 400,
    code: "BAD_URL",
  },
  {
    name: "headers of 20 kB",
    sent: `GET /healthz HTTP/1.1\r\nHost: HOST\r\nX-A: ${"a".repeat(20_000)}\r\n\r\n`,
    ...{ status: 431, code: "HEADERS_TOO_LARGE" },
  },
  { name: "what is no HTTP", sent: "SSH-2.0-x\r\n\r\n", status: 400, code: "NOT_HTTP" },
]) {
  test(`a problem is told as one, also of ${name}`, async () => {
    await using running = await startServer();
    const { host, hostname, port } = new URL(running.address);
    const socket = connect(Number(port), hostname);
    socket.write(sent.replace("HOST", host));
    let answer = "";
    for await (const chunk of socket) {
      answer += String(chunk);
      if (answer.includes("}")) break;
    }
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} .*application/problem\\+json.*"code":"${code}"`, "is"));
  });
}

test("a port that is taken is said so, and nothing stays open", async () => {
  await using running = await startServer();
  const port = Number(new URL(running.address).port);
  await assert.rejects(startServer({ port }), { code: "OPTION_INVALID", message: /is taken/ });
});

test("the built pages are served with their policy, every address of theirs by the start page, nothing outside", async () => {
  const parent = await mkdtemp(join(tmpdir(), "platekit-pages-"));
  const pagesFolder = join(parent, "ui");
  await mkdir(join(pagesFolder, "assets"), { recursive: true });
  await writeFile(join(pagesFolder, "index.html"), "<!doctype html><title>start</title>");
  await writeFile(join(pagesFolder, "assets", "main-abc.js"), "export {};");
  await writeFile(join(parent, "secret.txt"), "secret");
  await using running = await startServer({ pagesFolder });
  const html = { accept: "text/html" };
  for (const path of ["/", "/passages?text=AB", "/cameras/123", "/set-up?token=x"]) {
    const page = await running.anyone("GET", path, undefined, html);
    assert.equal(page.status, 200, path);
    assert.match(page.text, /start/, path);
    assert.equal(page.headers.get("cache-control"), "no-cache");
    const policy = page.headers.get("content-security-policy") ?? "";
    assert.match(policy, /script-src 'self'(;|$)/);
    assert.match(policy, /frame-ancestors 'none'/);
  }
  const script = await running.anyone("GET", "/assets/main-abc.js");
  assert.match(script.headers.get("content-type") ?? "", /javascript/);
  assert.match(script.headers.get("cache-control") ?? "", /immutable/);
  const tag = script.headers.get("etag")!;
  assert.equal((await running.anyone("GET", "/assets/main-abc.js", undefined, { "if-none-match": tag })).status, 304);
  const absent = [
    "/assets/none.js",
    "/api/v1/nothing",
    "/api/nothing",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/..%5csecret.txt",
    "/%00",
  ];
  for (const path of absent) {
    const answer = await running.anyone("GET", path, undefined, html);
    assert.ok(answer.status === 404 || answer.status === 400, `${path}: ${answer.status}`);
    assert.ok(!answer.text.includes("secret\n") && answer.text !== "secret", path);
  }
  await rm(parent, { recursive: true, force: true });
});

test("a monitor that asks for the head of a page is told as much as with the page", async () => {
  await using running = await startServer();
  const ask = async (method: string) => {
    const { status, headers, text } = await running.anyone(method, "/", undefined, { accept: "text/html" });
    return { status, type: headers.get("content-type"), length: headers.get("content-length"), bytes: text.length };
  };
  const [head, page] = [await ask("HEAD"), await ask("GET")];
  assert.deepEqual({ ...head, bytes: page.bytes }, page);
  assert.equal(head.bytes, 0);
});

test("pages go compressed to those who take it, and each form has its own tag", async () => {
  const pagesFolder = await mkdtemp(join(tmpdir(), "platekit-pages-"));
  await mkdir(join(pagesFolder, "assets"));
  const script = `export const words = ${JSON.stringify("plate ".repeat(1000))};`;
  await writeFile(join(pagesFolder, "assets", "main-abc.js"), script);
  await writeFile(join(pagesFolder, "assets", "small-abc.js"), "export {};");
  await using running = await startServer({ pagesFolder });
  const ask = (path: string, encoding: string) =>
    running.anyone("GET", `/assets/${path}`, undefined, { "accept-encoding": encoding });
  const cases = [
    { path: "main-abc.js", encoding: "gzip, deflate", isCompressed: true },
    { path: "main-abc.js", encoding: "identity", isCompressed: false },
    { path: "main-abc.js", encoding: "gzip;q=0, br", isCompressed: false },
    { path: "small-abc.js", encoding: "gzip", isCompressed: false },
  ];
  const tags = new Set<string>();
  for (const { path, encoding, isCompressed } of cases) {
    const answer = await ask(path, encoding);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-encoding"), isCompressed ? "gzip" : null, `${path} ${encoding}`);
    if (path === "main-abc.js") assert.equal(answer.text, script);
    tags.add(answer.headers.get("etag")!);
  }
  assert.equal(tags.size, 3);
  const again = await running.anyone("GET", "/assets/main-abc.js", undefined, {
    "accept-encoding": "gzip",
    "if-none-match": (await ask("main-abc.js", "gzip")).headers.get("etag")!,
  });
  assert.equal(again.status, 304);
  await rm(pagesFolder, { recursive: true, force: true });
});

test("without built pages the start page says how to build them, and the API answers", async () => {
  await using running = await startServer({ pagesFolder: "/nowhere" });
  const page = await running.anyone("GET", "/", undefined, { accept: "text/html" });
  assert.equal(page.status, 503);
  assert.match(page.text, /not built/);
  assert.equal((await running.anyone("GET", "/api/docs")).status, 200);
  assert.match((await running.anyone("GET", "/api/docs/swagger-ui.css")).headers.get("content-type") ?? "", /css/);
});

test("a password's hash is salted, verifies, names its cost, and an older one asks to be made anew", async () => {
  const [cheap, dearer] = [createPasswords({ logN: 10 }), createPasswords({ logN: 11 })];
  const hash = await cheap.hash("four words in a row");
  assert.notEqual(hash, await cheap.hash("four words in a row"));
  assert.match(hash, /^\$scrypt\$ln=10,r=8,p=1\$/);
  assert.deepEqual(await cheap.verify("four words in a row", hash), { isRight: true, needsRehash: false });
  assert.deepEqual(await dearer.verify("four words in a row", hash), { isRight: true, needsRehash: true });
  assert.deepEqual(await cheap.verify("four words in a rov", hash), { isRight: false, needsRehash: false });
  for (const broken of ["", "$scrypt$", "$scrypt$ln=31,r=8,p=1$AAAA$AAAA"]) {
    assert.equal((await cheap.verify("x", broken)).isRight, false, broken);
  }
});

test("a caller who asks too often waits, others don't, and waiting helps", () => {
  let nowMs = 0;
  const limiter = createRateLimiter(() => nowMs);
  const taken = Array.from({ length: 11 }, () => limiter.take("a", "login"));
  assert.deepEqual(taken.slice(0, 10), new Array(10).fill(0));
  assert.equal(taken[10], 10);
  assert.equal(limiter.take("b", "login"), 0);
  assert.equal(limiter.take("a", "query"), 0);
  nowMs = 10_000;
  assert.equal(limiter.take("a", "login"), 0);
  nowMs = 0; // the clock is set back
  assert.ok(limiter.take("a", "login") > 0);
});
