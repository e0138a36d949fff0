import assert from "node:assert/strict";
import { test } from "node:test";
import { parquetReadObjects } from "hyparquet";
import { verifyEvidence } from "../../../src/server/sites/evidence-bundle.ts";
import { type Client, startServer } from "../running-server.ts";

async function made(admin: Client, path: string, body: object): Promise<string> {
  const { status, json, text } = await admin("POST", `/api/v1/${path}`, body);
  assert.equal(status, 201, text);
  return json.id;
}

async function pass(admin: Client, cameraId: string, text: string, firstTimeMs: number, confidence = 1): Promise<void> {
  const passages = [{ cameraId, text, firstTimeMs, confidence }];
  assert.equal((await admin("POST", "/api/v1/passages", { passages })).status, 201);
}

/** Until the rules have made so many. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into any shape
async function items(admin: Client, path: string, count: number): Promise<any[]> {
  for (let i = 0; i < 300; i++) {
    const found = (await admin("GET", path)).json.items;
    if (found.length >= count) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${path} never had ${count}`);
}

test("a toll is charged, disputed and corrected, and the books add up", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const camera = await made(admin, "cameras", { name: "Bridge", kind: "upload" });
  const path = `/api/v1/sites/${await made(admin, "sites", { name: "A1", kind: "toll" })}`;
  const setup = {
    ...{ currency: "EUR", classes: ["car"], threshold: 0.99 },
    gantries: [{ id: "B", name: "Bridge", kind: "point", cameras: [{ cameraId: camera }] }],
    tariffs: [{ id: "t", fromMs: 0, points: { B: { car: 250 } } }],
  };
  assert.equal((await admin("PUT", `${path}/toll`, setup)).status, 200);
  const free = { ...setup, tariffs: [{ id: "t", fromMs: 0 }] };
  assert.equal((await admin("PUT", `${path}/toll`, free)).json.code, "SITE_INVALID");
  const account = await made(admin, `${path.slice(8)}/accounts`, { holder: "Acme", plates: [{ plate: "ab 1234" }] });
  await pass(admin, camera, "AB1234", Date.now() - 5000);
  const [charge] = await items(admin, `${path}/charges`, 1);
  assert.deepEqual([charge.state, charge.account.id, charge.owed], ["charged", account, 250]);
  const at = `${path}/charges/${charge.id}`;
  assert.equal(
    (await admin("POST", `${at}/decide`, { decision: "cancel", reason: "wrong" })).json.code,
    "CHARGE_DECIDED",
  );
  const disputed = await admin("POST", `${at}/dispute`, { reason: "not me" });
  assert.deepEqual([disputed.json.state, disputed.json.needsPerson], ["disputed", true], disputed.text);
  assert.equal((await admin("POST", `${at}/dispute`, { reason: "again" })).json.code, "SITE_INVALID");
  const body = { decision: "correct", plate: "AB1234", amount: 100, reason: "half price" };
  const corrected = await admin("POST", `${at}/resolve`, body);
  assert.deepEqual([corrected.json.state, corrected.json.owed], ["charged", 100], corrected.text);
  assert.deepEqual(
    corrected.json.trail.map(({ kind, amount }: { kind: string; amount: number }) => [kind, amount]),
    [
      ["charge", 250],
      ["dispute", 0],
      ["correct", 100],
      ["correct", -250],
    ],
  );
  const statement = await admin("GET", `${path}/accounts/${account}/statement`);
  assert.equal(statement.json.closing, 100);
  assert.match((await admin("GET", `${path}/ledger`)).text, /half price/);
  assert.equal((await admin("GET", `${path}/toll/threshold`)).json.answers, 1);
});

test("a charge that is dropped says nothing of how plates are read, unless a person says so", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const camera = await made(admin, "cameras", { name: "Bridge", kind: "upload" });
  const path = `/api/v1/sites/${await made(admin, "sites", { name: "A2", kind: "toll" })}`;
  const setup = {
    ...{ currency: "EUR", classes: ["car"], threshold: 0.99 },
    gantries: [{ id: "B", name: "Bridge", kind: "point", cameras: [{ cameraId: camera }] }],
    tariffs: [{ id: "t", fromMs: 0, points: { B: { car: 250 } } }],
  };
  assert.equal((await admin("PUT", `${path}/toll`, setup)).status, 200);
  const now = Date.now();
  for (const [i, text] of ["AB1234", "CD5678", "EF9012"].entries()) await pass(admin, camera, text, now + i, 0.6);
  const charges = await items(admin, `${path}/charges`, 3);
  const answersOf = async (): Promise<number> => (await admin("GET", `${path}/toll/threshold`)).json.answers;
  const cases: readonly [isMisread: boolean | undefined, answers: number][] = [
    [undefined, 0],
    [false, 1],
    [true, 2],
  ];
  for (const [i, [isMisread, answers]] of cases.entries()) {
    const body = { decision: "cancel", reason: "a bus", ...(isMisread === undefined ? {} : { isMisread }) };
    const { json, text } = await admin("POST", `${path}/charges/${charges[i].id}/decide`, body);
    assert.deepEqual([json.state, json.owed], ["cancelled", 0], text);
    assert.equal(await answersOf(), answers);
  }
});

test("a hit is confirmed by a person, and its evidence verifies until a byte is changed", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const camera = await made(admin, "cameras", { name: "North", kind: "upload" });
  const list = await made(admin, "lists", { name: "Police", kind: "hotlist" });
  await made(admin, `lists/${list}/entries`, { text: "AB123CD", label: "Stolen" });
  const path = `/api/v1/sites/${await made(admin, "sites", { name: "Main", kind: "enforcement" })}`;
  assert.equal((await admin("PUT", `${path}/enforcement`, { cameras: [camera] })).status, 200);
  await pass(admin, camera, "AB123CD", Date.now());
  const [hit] = await items(admin, `${path}/cases`, 1);
  assert.deepEqual([hit.state, hit.summary, hit.source, hit.grade], ["unconfirmed", "Stolen", "Police", "certain"]);
  const at = `${path}/cases/${hit.id}`;
  assert.equal((await admin("POST", `${at}/decide`, { decision: "reject" })).status, 422);
  const confirmed = await admin("POST", `${at}/decide`, { decision: "confirm" });
  assert.deepEqual([confirmed.json.state, confirmed.json.trail[0].by], ["confirmed", "anna"]);
  const { publicKey } = (await admin("GET", `${path}/evidence-key`)).json;
  assert.match(publicKey, /BEGIN PUBLIC KEY/);
  const answer = await fetch(`${running.address}${at}/evidence`, { headers: { cookie: admin.cookie() } });
  const bundle = Buffer.from(await answer.arrayBuffer());
  const verdict = verifyEvidence(bundle);
  assert.deepEqual([verdict.isWhole, verdict.caseId, verdict.problems], [true, hit.id, []]);
  const bent = Buffer.from(bundle);
  bent[Math.floor(bent.length / 2)]! ^= 1;
  assert.throws(() => {
    if (!verifyEvidence(bent).isWhole) throw new Error("changed");
  });
  const viewer = await running.keyClient(["sites:read"]);
  assert.equal((await viewer("GET", `${at}/evidence`)).status, 403);
  assert.equal((await viewer("POST", `${at}/decide`, { decision: "confirm" })).status, 403);
});

test("traffic is counted, timed and told of without plates", async () => {
  await using running = await startServer();
  const admin = await running.setUp();
  const [a, b] = [
    await made(admin, "cameras", { name: "A", kind: "upload" }),
    await made(admin, "cameras", { name: "B", kind: "upload" }),
  ];
  const path = `/api/v1/sites/${await made(admin, "sites", { name: "Ring", kind: "traffic" })}`;
  const cameras = [
    { cameraId: a, point: "North" },
    { cameraId: b, point: "South" },
  ];
  const sections = [{ id: "ring", name: "Ring", fromCameraId: a, toCameraId: b, metres: 5000 }];
  assert.equal((await admin("PUT", `${path}/traffic`, { cameras, sections })).status, 200);
  const now = Date.now() - 1000;
  for (let i = 0; i < 6; i++) {
    await pass(admin, a, `TR${100 + 7 * i}`, now - 240_000 + i);
    await pass(admin, b, `TR${100 + 7 * i}`, now + i);
  }
  await running.server.sites.runner.idle();
  const overview = (await admin("GET", `${path}/traffic/overview`)).json;
  assert.deepEqual([overview.vehicles, overview.sections[0].medianSeconds, overview.sections[0].kmh], [12, 240, 75]);
  const od = await admin("GET", `${path}/traffic/od?format=csv`);
  assert.equal(od.text, "origin,destination,trips\r\nNorth,South,6\r\n");
  assert.match((await admin("GET", `${path}/traffic/counts?bin=5min&format=csv`)).text, /^camera,lane,from,vehicles/);
  const times = await admin("GET", `${path}/traffic/travel-times?section=ring&bin=1h&format=parquet`);
  assert.equal(times.headers.get("content-type"), "application/vnd.apache.parquet");
  const [hour] = await parquetReadObjects({ file: times.bytes.buffer });
  assert.deepEqual([hour?.vehicles, hour?.medianSeconds, hour?.kmh], [6, 240, 75]);
  assert.equal((await admin("GET", `${path}/traffic/travel-times?section=nope`)).status, 404);
  assert.equal((await admin("GET", `${path}/traffic/counts?bin=1min&from=${now - 300 * 86_400_000}`)).status, 400);
  assert.equal((await admin("GET", `${path}/traffic/compare?section=ring`)).json.unit, "seconds");
});
