import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { type Client, startServer, type TestServer } from "../running-server.ts";

const MINUTE_MS = 60_000;
const TARIFF = {
  ...{ id: "day", name: "Day tariff", currency: "EUR", freeMinutes: 15, graceMinutes: 15 },
  bands: [{ name: "Day", steps: [{ minutes: 60, price: 150 }] }],
};

/** A car park of two places with an entry and an exit, through the API alone. */
async function openPark(admin: Client, more: object = {}) {
  const camera = async (name: string): Promise<string> =>
    (await admin("POST", "/api/v1/cameras", { name, kind: "upload" })).json.id;
  const [entry, exit] = [await camera("Entry"), await camera("Exit")];
  const site = (await admin("POST", "/api/v1/sites", { name: "North", kind: "parking" })).json.id;
  const cameras = [
    { cameraId: entry, role: "entry", ...more },
    { cameraId: exit, role: "exit", ...more },
  ];
  const path = `/api/v1/sites/${site}`;
  const put = await admin("PUT", `${path}/parking`, { capacity: 2, cameras });
  assert.equal(put.status, 200, put.text);
  const plan = { versions: [{ fromMs: 0, tariff: TARIFF }] };
  assert.equal((await admin("PUT", `${path}/tariff`, plan)).status, 200);
  return { site, path, entry, exit };
}

async function pass(admin: Client, cameraId: string, text: string, firstTimeMs: number, id?: string): Promise<void> {
  const passage = { cameraId, text, firstTimeMs, confidence: 0.99, ...(id === undefined ? {} : { id }) };
  const { status, text: answer } = await admin("POST", "/api/v1/passages", { passages: [passage] });
  assert.equal(status, 201, answer);
}

/** Until the rules have seen all. */
async function settled(admin: Client, path: string, isReady: (sessions: { state: string }[]) => boolean) {
  for (let i = 0; i < 200; i++) {
    const sessions = (await admin("GET", `${path}/sessions`)).json.items;
    if (isReady(sessions)) return sessions;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the rules did not get there");
}

test("from an empty store to a paid stay: cameras, site, tariff, passages, payment", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const { path, entry, exit } = await openPark(admin);
  const now = Date.now();
  await pass(admin, entry, "BAB 123", now - 130 * MINUTE_MS, "p1");
  await pass(admin, entry, "BAB 123", now - 130 * MINUTE_MS, "p1");
  const [inside] = await settled(admin, path, ({ length }) => length === 1);
  assert.deepEqual([inside.state, inside.plate, inside.fee.amount, inside.due], ["open", "BAB123", 450, 450]);
  const stay = `${path}/sessions/${inside.id}`;
  const paid = await admin("POST", `${stay}/payments`, { id: "till-1", amount: 450, method: "cash" });
  assert.equal(paid.status, 200, paid.text);
  assert.deepEqual([paid.json.paid, paid.json.due, paid.json.payments.length], [450, 0, 1]);
  assert.ok(paid.json.leaveByMs > now + 14 * MINUTE_MS);
  const again = await admin("POST", `${stay}/payments`, { id: "till-1", amount: 450, method: "cash" });
  assert.deepEqual([again.json.paid, again.json.payments.length], [450, 1]);
  await pass(admin, exit, "BAB 123", now + 5 * MINUTE_MS);
  const [closed] = await settled(admin, path, ([one]) => one?.state === "closed");
  assert.deepEqual([closed.fee.amount, closed.due, closed.exit.cameraId], [450, 0, exit]);
  const csv = await admin("GET", `${path}/sessions.csv?to=${now + 60 * MINUTE_MS}`);
  assert.match(csv.text, /^id,plate,entry,exit,permit,fee,paid,currency,doubts\r\np1,BAB123,.*,4\.50,4\.50,EUR,\r\n$/);
  const overview = (await admin("GET", `${path}/parking/overview?to=${now + 60 * MINUTE_MS}`)).json;
  assert.deepEqual(
    [overview.vehicles, overview.capacity, overview.stays, overview.charged, overview.paid, overview.unpaid.count],
    [0, 2, 1, 450, 450, 0],
  );
  assert.equal(overview.revenue.length, 1);
});

test("a payment that carries a card's number is refused, as is one known from another stay", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const { path, entry } = await openPark(admin);
  await pass(admin, entry, "AA1", Date.now() - MINUTE_MS, "a");
  await pass(admin, entry, "BB2", Date.now() - MINUTE_MS, "b");
  await settled(admin, path, ({ length }) => length === 2);
  const pay = (id: string, body: object) => admin("POST", `${path}/sessions/${id}/payments`, body);
  assert.equal((await pay("a", { amount: 1, note: "4111 1111 1111 1111" })).json.code, "CARD_REFUSED");
  assert.equal((await pay("a", { id: "t", amount: 100 })).status, 200);
  assert.equal((await pay("b", { id: "t", amount: 100 })).json.code, "PAYMENT_KNOWN");
  assert.equal((await pay("none", { amount: 100 })).status, 404);
  assert.equal((await pay("a", { amount: 1.5 })).status, 400);
});

test("a lone exit is joined with its entry by hand, and a person's price stands", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const { path, entry, exit } = await openPark(admin);
  const now = Date.now();
  await pass(admin, entry, "GH333", now - 60 * MINUTE_MS, "in");
  await pass(admin, exit, "XY987Z", now, "out");
  await settled(admin, path, ({ length }) => length === 2);
  const review = (await admin("GET", `${path}/sessions?view=review`)).json.items;
  assert.deepEqual(
    review.map(({ id, doubts }: never) => [id, doubts]),
    [["out", ["entry-missing"]]],
  );
  const joined = await admin("POST", `${path}/sessions/out/join`, { passageId: "in" });
  assert.deepEqual([joined.status, joined.json.id], [200, "in"], joined.text);
  const whole = (await admin("GET", `${path}/sessions/in`)).json;
  assert.deepEqual(
    [whole.state, whole.exit.passageId, whole.fee.amount, whole.needsPerson],
    ["closed", "out", 150, false],
  );
  const decided = await admin("POST", `${path}/sessions/in/fee`, { amount: 0, reason: "goodwill" });
  assert.deepEqual([decided.json.fee.amount, decided.json.decided.reason], [0, "goodwill"]);
  assert.equal((await admin("POST", `${path}/sessions/in/part`, {})).status, 200);
  const plate = await admin("POST", `${path}/sessions/in/plate`, { plate: "GH-334" });
  assert.deepEqual([plate.json.plate, plate.json.state], ["GH334", "open"], plate.text);
  const left = await admin("POST", `${path}/sessions/in/leave`, { note: "seen leaving" });
  assert.deepEqual([left.json.state, left.json.doubts, left.json.needsPerson], ["closed", ["exit-missing"], false]);
  assert.equal((await admin("POST", `${path}/sessions/in/leave`, {})).status, 422);
});

test("a tariff is tried before it is saved, and a wrong one is refused naming the part", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const { path } = await openPark(admin);
  const day = Date.parse("2026-03-02T10:00:00Z");
  const tried = await admin("POST", `${path}/tariff/price`, { fromMs: day, toMs: day + 130 * MINUTE_MS });
  assert.deepEqual([tried.json.amount, tried.json.lines[0].text], [450, "Day: 3 h at 1.50 = 4.50"]);
  const plan = { versions: [{ fromMs: 0, tariff: { ...TARIFF, bands: [{ name: "Flat", flat: 700 }] } }] };
  const other = await admin("POST", `${path}/tariff/price`, { fromMs: day, toMs: day + 130 * MINUTE_MS, plan });
  assert.equal(other.json.amount, 700);
  const broken = { versions: [{ fromMs: 0, tariff: { ...TARIFF, bands: [{ name: "Nothing" }] } }] };
  const refused = await admin("PUT", `${path}/tariff`, broken);
  assert.deepEqual([refused.status, refused.json.code], [422, "SITE_INVALID"]);
  assert.match(refused.json.detail, /Nothing/);
  assert.equal((await admin("GET", `${path}/tariff`)).json.versions[0].tariff.bands[0].name, "Day");
});

/** A barrier: keeps what it is told. */
async function startBarrier() {
  const orders: { action: string; cameraId: string; plate: string | null; id: string }[] = [];
  const server = createServer((request, reply) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      orders.push(JSON.parse(body));
      reply.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/open`;
  return {
    orders,
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function decisions(admin: Client, path: string, count: number) {
  for (let i = 0; i < 200; i++) {
    const { items } = (await admin("GET", `${path}/gates`)).json;
    if (items.length >= count) return items;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`there are not ${count} decisions`);
}

test("a barrier opens for visitors, stays down while they owe, opens once they have paid, and by hand with a reason", async () => {
  await using barrier = await startBarrier();
  await using running = await startServer();
  const admin = await running.setUp();
  const { path, entry, exit } = await openPark(admin, {
    hasGate: true,
    actuator: { kind: "http", url: barrier.url, tell: "all" },
  });
  const now = Date.now();
  await pass(admin, entry, "VI100", now);
  const [first] = await decisions(admin, path, 1);
  assert.deepEqual([first.action, first.reason, first.actuator, first.plate], ["open", "visitor", "told", "VI100"]);
  assert.ok(first.tookMs > 0);
  // Two hours ago, as the clock can't be turned here: a vehicle that came then, and leaves now.
  await pass(admin, entry, "VI200", now - 120 * MINUTE_MS, "old");
  await settled(admin, path, ({ length }) => length === 2);
  await pass(admin, exit, "VI200", Date.now());
  const [second] = await decisions(admin, path, 2);
  assert.deepEqual([second.action, second.reason, second.detail], ["deny", "payment-due", "3.00 EUR"]);
  assert.equal((await admin("POST", `${path}/sessions/old/payments`, { amount: 300 })).status, 200);
  // It drives back and comes again: another passage of the same vehicle.
  await pass(admin, exit, "VI200", Date.now());
  const [third] = await decisions(admin, path, 3);
  assert.deepEqual([third.action, third.reason], ["open", "paid"]);
  const byHand = await admin("POST", `${path}/gates/${exit}/open`, { reason: "ambulance" });
  assert.deepEqual([byHand.json.action, byHand.json.reason, byHand.json.by], ["open", "manual", "anna"]);
  assert.equal((await admin("POST", `${path}/gates/${exit}/open`, { reason: "" })).status, 400);
  assert.equal((await admin("POST", `${path}/gates/nowhere/open`, { reason: "ambulance" })).status, 404);
  assert.deepEqual(
    barrier.orders.map(({ action }) => action),
    ["open", "deny", "open", "open"],
  );
  const audit = (await admin("GET", "/api/v1/audit?action=gate.open")).json.items;
  assert.deepEqual(
    audit.map(({ reason }: never) => reason),
    ["ambulance", "ambulance"],
  );
});

test("a barrier that does not answer is told of as an error, and a late passage opens nothing", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const actuator = { kind: "http", url: "http://127.0.0.1:9/open" };
  const { path, entry } = await openPark(admin, { hasGate: true, actuator });
  await pass(admin, entry, "LA100", Date.now() - 60_000);
  await pass(admin, entry, "LA200", Date.now());
  const [only, ...others] = await decisions(admin, path, 1);
  assert.deepEqual([only.plate, only.action, others.length], ["LA200", "open", 0]);
  assert.match(only.actuator, /ECONNREFUSED|refused/i);
});

test("who may only look changes nothing, and nobody sees a site that is not theirs", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const { path, site, entry } = await openPark(admin);
  await pass(admin, entry, "AA1", Date.now(), "a");
  await settled(admin, path, ({ length }) => length === 1);
  const viewer = await running.keyClient(["sites:read"]);
  assert.equal((await viewer("GET", `${path}/sessions/a`)).status, 200);
  for (const [method, place] of [
    ["PUT", "parking"],
    ["PUT", "tariff"],
    ["POST", "sessions/a/payments"],
    ["POST", "sessions/a/fee"],
    ["POST", "permits"],
    ["POST", `gates/${entry}/open`],
    ["POST", "parking/count"],
  ] as const) {
    assert.equal((await viewer(method, `${path}/${place}`, {})).status, 403, place);
  }
  const foreign = await running.keyClient(["sites:read"], ["another"]);
  for (const place of [
    "parking",
    "tariff",
    "sessions",
    "sessions/a",
    "permits",
    "gates",
    "parking/overview",
    "strays",
  ]) {
    assert.equal((await foreign("GET", `${path}/${place}`)).status, 404, place);
  }
  const own = await running.keyClient(["sites:read"], [site]);
  assert.equal((await own("GET", `${path}/sessions`)).json.items.length, 1);
  const toll = (await admin("POST", "/api/v1/sites", { name: "Road", kind: "toll" })).json.id;
  assert.equal((await admin("GET", `/api/v1/sites/${toll}/parking`)).json.code, "SITE_KIND");
});

test("set-up names what is wrong: unknown cameras, foreign ones, zones that overlap", async (t) => {
  await using running: TestServer = await startServer();
  const admin = await running.setUp();
  const { path, entry } = await openPark(admin);
  const zones = [
    { id: "a", name: "A", capacity: 1 },
    { id: "b", name: "B", capacity: 1 },
  ];
  const cases = [
    {
      name: "a camera that is not there",
      body: { capacity: 1, cameras: [{ cameraId: "nope", role: "entry" }] },
      code: "REFERENCE_UNKNOWN",
    },
    {
      name: "zones of equal priority",
      body: { capacity: 1, zones, cameras: [{ cameraId: entry, role: "entry", zones: ["a", "b"] }] },
      code: "SITE_INVALID",
    },
    {
      name: "a zone that is not there",
      body: { capacity: 1, cameras: [{ cameraId: entry, role: "entry", zones: ["z"] }] },
      code: "SITE_INVALID",
    },
    { name: "a capacity below nothing", body: { capacity: -1 }, code: "INPUT_INVALID" },
  ];
  for (const { name, body, code } of cases) {
    await t.test(name, async () => assert.equal((await admin("PUT", `${path}/parking`, body)).json.code, code));
  }
  const second = (await admin("POST", "/api/v1/sites", { name: "South", kind: "parking" })).json.id;
  const body = { capacity: 1, cameras: [{ cameraId: entry, role: "entry" }] };
  assert.equal((await admin("PUT", `/api/v1/sites/${second}/parking`, body)).json.code, "CAMERA_TAKEN");
  const etag = (await admin("GET", `${path}/parking`)).headers.get("etag")!;
  assert.equal((await admin("PUT", `${path}/parking`, { capacity: 3 }, { "if-match": etag })).status, 200);
  assert.equal((await admin("PUT", `${path}/parking`, { capacity: 4 }, { "if-match": etag })).status, 412);
});

test("permits come, change and go, and what is counted on the ground corrects the occupancy", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const { path, entry } = await openPark(admin);
  const made = await admin("POST", `${path}/permits`, { holder: "Acme", plates: ["ac-1"], maxConcurrent: 1 });
  assert.equal(made.status, 201, made.text);
  const id = made.json.id;
  assert.deepEqual((await admin("GET", `${path}/permits`)).json.items[0].plates, ["AC1"]);
  const changed = await admin("PUT", `${path}/permits/${id}`, { holder: "Acme Ltd", plates: ["AC1", "AC2"] });
  assert.deepEqual([changed.json.holder, changed.json.maxConcurrent], ["Acme Ltd", null]);
  await pass(admin, entry, "AC2", Date.now(), "x");
  const [stay] = await settled(admin, path, ({ length }) => length === 1);
  assert.deepEqual(stay.permit, { id, holder: "Acme Ltd", use: "valid" });
  assert.equal((await admin("DELETE", `${path}/permits/${id}`)).status, 204);
  assert.equal((await admin("DELETE", `${path}/permits/${id}`)).status, 404);
  assert.equal((await admin("POST", `${path}/parking/count`, { vehicles: 2 })).status, 200);
  assert.equal((await admin("GET", `${path}/parking/overview`)).json.vehicles, 2);
});

test("a plate with a permit is not forgotten in passing: it is refused, or the permit goes with it", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const { path, entry } = await openPark(admin);
  await pass(admin, entry, "PE100", Date.now());
  const permit = await admin("POST", `${path}/permits`, { holder: "Acme", plates: ["PE 100"] });
  assert.equal(permit.status, 201, permit.text);
  const forget = (more: object) =>
    admin("POST", "/api/v1/passages/forget", { text: "PE100", reason: "asked", ...more });
  const preview = await forget({});
  assert.deepEqual(
    [preview.status, preview.json.passages, preview.json.registered.map(({ name }: { name: string }) => name)],
    [200, 1, ["Acme"]],
  );
  const refused = await forget({ apply: true });
  assert.deepEqual([refused.status, refused.json.code], [409, "PLATE_REGISTERED"]);
  assert.match(refused.json.detail, /in the permit of "Acme"/);
  assert.equal((await admin("GET", "/api/v1/passages?text=PE100")).json.items.length, 1);
  assert.equal((await forget({ apply: true, registered: "keep" })).json.passages, 1);
  assert.equal((await admin("GET", `${path}/permits`)).json.items.length, 1);
  assert.equal((await forget({ apply: true, registered: "remove" })).json.registered.length, 1);
  assert.deepEqual((await admin("GET", `${path}/permits`)).json.items, []);
  assert.equal((await forget({ apply: true })).status, 200);
});
