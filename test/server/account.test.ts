import assert from "node:assert/strict";
import { test } from "node:test";
import { lockedUntilMs } from "../../src/server/handlers/account.ts";
import { clientOf, PASSWORD, startServer } from "./running-server.ts";

test("the one-time link makes one administrator and no second", async () => {
  await using running = await startServer();
  const { anyone, server } = running;
  assert.deepEqual((await anyone("GET", "/api/v1/setup")).json, { needsSetup: true, openReading: true });
  const body = { token: "guessed", username: "anna", password: PASSWORD };
  assert.equal((await anyone("POST", "/api/v1/setup", body)).status, 403);
  const token = new URL(server.setupUrl!).searchParams.get("token");
  const weak = ["annaannaannaanna", "aaaaaaaaaaaaaaa", "password12345", "abcdefghijklmnop"];
  for (const password of weak) {
    const { status } = await anyone("POST", "/api/v1/setup", { token, username: "anna", password });
    assert.equal(status, 422, `${password} was taken`);
  }
  const both = await Promise.all([
    clientOf(running.address)("POST", "/api/v1/setup", { token, username: "anna", password: PASSWORD }),
    clientOf(running.address)("POST", "/api/v1/setup", { token, username: "eve", password: PASSWORD }),
  ]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [201, 410]);
  assert.deepEqual((await anyone("GET", "/api/v1/setup")).json, { needsSetup: false, openReading: false });
});

test("a session's cookie is of no use to scripts and to other sites, and ends with logging out", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const login = await clientOf(running.address)("POST", "/api/v1/login", { username: "ANNA", password: PASSWORD });
  assert.equal(login.status, 200, login.text);
  const set = login.headers.get("set-cookie") ?? "";
  assert.match(set, /^platekit=[\w-]{40,};/);
  assert.match(set, /HttpOnly/);
  assert.match(set, /SameSite=Strict/);
  const old = admin.cookie();
  assert.equal((await admin("POST", "/api/v1/logout")).status, 204);
  const again = await running.anyone("GET", "/api/v1/me", undefined, { cookie: old });
  assert.equal(again.status, 401, "the cookie still works after logging out");
});

test("beyond loopback nobody logs in without TLS, and behind a proxy with it the cookie is Secure", async () => {
  await using running = await startServer({ hosts: ["plates.example"] });
  await running.setUp();
  const { hostname, port } = new URL(running.address);
  const { request } = await import("node:http");
  const login = (headers: Record<string, string>) =>
    new Promise<{ status: number; cookie: string }>((resolve, reject) => {
      const sent = request({ hostname, port, method: "POST", path: "/api/v1/login", headers }, (reply) => {
        reply.resume();
        resolve({ status: reply.statusCode ?? 0, cookie: String(reply.headers["set-cookie"] ?? "") });
      });
      sent.on("error", reject);
      sent.end(JSON.stringify({ username: "anna", password: PASSWORD }));
    });
  const headers = { host: "plates.example", "content-type": "application/json", "x-platekit": "1" };
  assert.equal((await login(headers)).status, 403);
  const secure = await login({ ...headers, "x-forwarded-proto": "https" });
  assert.equal(secure.status, 200);
  assert.match(secure.cookie, /^__Host-platekit=.*; Secure/);
});

test("a server that others can reach answers nothing but health and the way in, before set-up too", async () => {
  await using running = await startServer({ host: "0.0.0.0" });
  const local = running.address.replace("0.0.0.0", "127.0.0.1");
  const anyone = clientOf(local);
  assert.equal((await anyone("GET", "/healthz")).status, 200);
  assert.deepEqual((await anyone("GET", "/api/v1/setup")).json, { needsSetup: true, openReading: false });
  assert.equal((await anyone("GET", "/api/v1/me")).status, 401);
  for (const path of ["/api/v1/read", "/v1/plate-reader/"]) {
    assert.equal((await anyone("POST", path, { image: "AAAA" })).status, 401, path);
  }
  assert.equal((await anyone("GET", "/api/v1/openapi.json")).status, 401);
});

test("a proxy on this machine is not this machine: it gets no reading without a key", async () => {
  await using running = await startServer();
  const forwarded = { "x-forwarded-for": "203.0.113.9" };
  const { status } = await running.anyone("POST", "/api/v1/read", { image: "AAAA" }, forwarded);
  assert.equal(status, 401);
});

test("wrong passwords lock the account for longer and longer", async () => {
  let nowMs = Date.now();
  await using running = await startServer({ nowMs: () => nowMs });
  await running.setUp();
  const { anyone } = running;
  const tryIt = (password: string) => anyone("POST", "/api/v1/login", { username: "anna", password });
  for (let i = 0; i < 5; i++) assert.equal((await tryIt("wrong password")).status, 401);
  const locked = await tryIt(PASSWORD);
  assert.equal(locked.status, 429, "the right password got in while locked");
  assert.equal(locked.headers.get("retry-after"), "30");
  assert.equal((await anyone("POST", "/api/v1/login", { username: "nobody", password: PASSWORD })).status, 401);
  nowMs += 31_000;
  assert.equal((await tryIt(PASSWORD)).status, 200);
});

const locks: readonly { failed: number; waitMs: number | null }[] = [
  { failed: 0, waitMs: null },
  { failed: 4, waitMs: null },
  { failed: 5, waitMs: 30_000 },
  { failed: 6, waitMs: 60_000 },
  { failed: 8, waitMs: 240_000 },
  { failed: 1000, waitMs: 3_600_000 },
];
for (const { failed, waitMs } of locks) {
  test(`${failed} wrong passwords in a row lock for ${waitMs ?? "no"} ms`, () => {
    assert.equal(lockedUntilMs(failed, 1000), waitMs === null ? null : 1000 + waitMs);
  });
}

test("logins are slowed down by address whatever the name", async () => {
  await using running = await startServer({ rateScale: 1 });
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) {
    const answer = await running.anyone("POST", "/api/v1/login", { username: `user${i}`, password: "x" });
    statuses.push(answer.status);
  }
  assert.equal(statuses[0], 401);
  assert.equal(statuses.at(-1), 429, String(statuses));
});

test("a page of another origin changes nothing, with or without the cookie", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const body = { name: "Planted", kind: "deny" };
  const cookie = admin.cookie();
  const cases: readonly { name: string; headers: Record<string, string>; status: number }[] = [
    { name: "our page", headers: { "x-platekit": "1", "sec-fetch-site": "same-origin" }, status: 201 },
    { name: "no own header", headers: {}, status: 403 },
    { name: "another site", headers: { "x-platekit": "1", "sec-fetch-site": "cross-site" }, status: 403 },
    {
      name: "another port of this machine",
      headers: { "x-platekit": "1", "sec-fetch-site": "same-site" },
      status: 403,
    },
    {
      name: "a foreign origin of an old browser",
      headers: { "x-platekit": "1", origin: "http://evil.example" },
      status: 403,
    },
    { name: "an opaque origin", headers: { "x-platekit": "1", origin: "null" }, status: 403 },
    { name: "our own origin", headers: { "x-platekit": "1", origin: running.address }, status: 201 },
  ];
  for (const { name, headers, status } of cases) {
    const answer = await fetch(`${running.address}/api/v1/lists`, {
      method: "POST",
      headers: { cookie, "content-type": "application/json", ...headers },
      body: JSON.stringify({ ...body, name }),
    });
    assert.equal(answer.status, status, name);
  }
});

test("before set-up a foreign page can't have pictures read either", async () => {
  await using running = await startServer();
  const form = new FormData();
  form.append("upload", "AAAA");
  const answer = await fetch(`${running.address}/v1/plate-reader/`, {
    method: "POST",
    headers: { origin: "http://evil.example" },
    body: form,
  });
  assert.equal(answer.status, 403);
});

test("a name that somebody pointed at this machine is refused", async () => {
  await using running = await startServer();
  const { request } = await import("node:http");
  const { hostname, port } = new URL(running.address);
  const asked = (host: string) =>
    new Promise<number>((resolve, reject) => {
      request({ hostname, port, path: "/api/v1/setup", headers: { host } }, (reply) => {
        reply.resume();
        resolve(reply.statusCode ?? 0);
      })
        .on("error", reject)
        .end();
    });
  assert.equal(await asked(`evil.example:${port}`), 421);
  assert.equal(await asked("192.168.1.5"), 421, "only this machine is listened on");
  assert.equal(await asked(`localhost:${port}`), 200);
  assert.equal(await asked(`[::1]:${port}`), 200);
});

test("a key may do what its scopes say until it is revoked, and no more than its maker", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const made = await admin("POST", "/api/v1/api-keys", { name: "Gate", scopes: ["cameras:read"] });
  assert.equal(made.status, 201);
  const key = clientOf(running.address, made.json.key);
  assert.equal((await key("GET", "/api/v1/cameras")).status, 200);
  assert.equal((await key("POST", "/api/v1/cameras", { name: "x", kind: "upload" })).status, 403);
  assert.equal((await key("GET", "/api/v1/users")).status, 403);
  assert.ok(!(await admin("GET", "/api/v1/api-keys")).text.includes(made.json.key), "a key is shown twice");
  const asToken = await running.anyone("GET", "/api/v1/cameras", undefined, {
    authorization: `Token ${made.json.key}`,
  });
  assert.equal(asToken.status, 200);
  assert.equal((await admin("DELETE", `/api/v1/api-keys/${made.json.id}`)).status, 204);
  assert.equal((await key("GET", "/api/v1/cameras")).status, 401);

  const expired = await admin("POST", "/api/v1/api-keys", { name: "Old", scopes: ["cameras:read"], expiresMs: 1000 });
  const old = await clientOf(running.address, expired.json.key)("GET", "/api/v1/cameras");
  assert.equal(old.json.code, "KEY_EXPIRED");

  const maker = await running.keyClient(["keys:write", "lists:read"]);
  assert.equal((await maker("POST", "/api/v1/api-keys", { name: "Up", scopes: ["users:write"] })).status, 403);
  assert.equal((await maker("POST", "/api/v1/api-keys", { name: "Same", scopes: ["lists:read"] })).status, 201);
});

test("who is limited to a site sees and changes nothing of others", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const site = async (name: string): Promise<string> => (await admin("POST", "/api/v1/sites", { name })).json.id;
  const [north, south] = [await site("North"), await site("South")];
  const camera = async (name: string, siteId: string | null): Promise<string> =>
    (await admin("POST", "/api/v1/cameras", { name, kind: "upload", siteId })).json.id;
  const [own, other, loose] = [await camera("A", north), await camera("B", south), await camera("C", null)];
  const passages = [own, other, loose].map((cameraId) => ({ cameraId, text: "AB123", firstTimeMs: 1_700_000_000_000 }));
  const ingested = await admin("POST", "/api/v1/passages", { passages });
  const foreign = ingested.json.passages[1].id;
  const user = { username: "otto", password: "four words in a row", role: "administrator", siteIds: [north] };
  assert.equal((await admin("POST", "/api/v1/users", user)).status, 201);
  const otto = clientOf(running.address);
  assert.equal((await otto("POST", "/api/v1/login", { username: "otto", password: user.password })).status, 200);

  assert.deepEqual(
    (await otto("GET", "/api/v1/cameras")).json.items.map(({ name }: { name: string }) => name),
    ["A"],
  );
  const found = (await otto("GET", "/api/v1/passages?text=AB123")).json.items;
  assert.deepEqual(
    found.map(({ cameraId }: { cameraId: string }) => cameraId),
    [own],
  );
  assert.equal((await otto("GET", `/api/v1/passages?site=${south}`)).status, 403);
  assert.equal((await otto("GET", `/api/v1/passages/${foreign}`)).status, 404);
  assert.equal((await otto("PUT", `/api/v1/passages/${foreign}/correction`, { text: "X1" })).status, 404);
  assert.equal((await otto("GET", `/api/v1/cameras/${other}`)).status, 404);
  assert.equal((await otto("PATCH", `/api/v1/cameras/${own}`, { siteId: south })).status, 403);
  assert.equal((await otto("PATCH", `/api/v1/cameras/${own}`, { name: "A2" })).status, 200);
  const span = "from=1690000000000&to=1710000000000";
  const counted = (await otto("GET", `/api/v1/statistics/passages?by=camera&from=1699999000000&to=1700000900000`)).json;
  assert.ok(counted.total <= 1, JSON.stringify(counted));
  const exported = (await otto("GET", `/api/v1/passages/export?${span}`)).text;
  assert.equal(exported.trim().split("\n").length, 2, exported);
  for (const path of ["/api/v1/users", "/api/v1/audit", "/api/v1/webhooks", "/api/v1/storage"]) {
    assert.equal((await otto("GET", path)).status, 403, path);
  }
});

test("the last administrator can't be removed, demoted or switched off", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const { id } = (await admin("GET", "/api/v1/me")).json;
  assert.equal((await admin("DELETE", `/api/v1/users/${id}`)).status, 409);
  for (const change of [{ role: "viewer" }, { enabled: false }, { siteIds: ["x"] }]) {
    assert.equal((await admin("PATCH", `/api/v1/users/${id}`, change)).status, 409, JSON.stringify(change));
  }
});

test("a changed password ends the other sessions and keeps this one", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const second = clientOf(running.address);
  await second("POST", "/api/v1/login", { username: "anna", password: PASSWORD });
  const wrong = await admin("PUT", "/api/v1/me/password", { current: "wrong", password: "another four words" });
  assert.equal(wrong.status, 403);
  const changed = await admin("PUT", "/api/v1/me/password", { current: PASSWORD, password: "another four words" });
  assert.equal(changed.status, 204);
  assert.equal((await admin("GET", "/api/v1/me")).status, 200);
  assert.equal((await second("GET", "/api/v1/me")).status, 401);
});
