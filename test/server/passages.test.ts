import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Client, startServer, type TestServer } from "./running-server.ts";

let running: TestServer;
let admin: Client;
let camera: string;
before(async () => {
  running = await startServer();
  admin = await running.setUp();
  camera = (await admin("POST", "/api/v1/cameras", { name: 'Gate "A", =1+1', kind: "upload" })).json.id;
});
after(() => running[Symbol.asyncDispose]());

const START_MS = 1_700_000_000_000;

async function ingest(texts: readonly string[], more: object = {}): Promise<string[]> {
  const passages = texts.map((text, i) => ({ cameraId: camera, text, firstTimeMs: START_MS + i * 1000, ...more }));
  const { status, json, text } = await admin("POST", "/api/v1/passages", { passages });
  assert.equal(status, 201, text);
  return json.passages.map(({ id }: { id: string }) => id);
}

const plates = (items: readonly { plate: string }[]): string[] => items.map(({ plate }) => plate);

test("a passage sent twice under its own id is stored once", async () => {
  const passage = { id: "gate-1.7", cameraId: camera, text: "TW 1 CE", firstTimeMs: START_MS };
  const answers = [];
  for (let i = 0; i < 2; i++) answers.push((await admin("POST", "/api/v1/passages", { passages: [passage] })).json);
  assert.deepEqual(
    answers.map(({ passages }) => passages[0].stored),
    [true, false],
  );
  assert.equal((await admin("GET", "/api/v1/passages?text=TW1CE")).json.items.length, 1);
});

test("a batch with one passage of an unknown camera stores none", async () => {
  const passages = [
    { cameraId: camera, text: "HALF1", firstTimeMs: START_MS },
    { cameraId: "nowhere", text: "HALF1", firstTimeMs: START_MS },
  ];
  assert.equal((await admin("POST", "/api/v1/passages", { passages })).status, 422);
  assert.deepEqual((await admin("GET", "/api/v1/passages?text=HALF1")).json.items, []);
});

test("pages follow each other by their cursors and hold every passage once", async () => {
  await ingest(["PAGE1", "PAGE2", "PAGE3", "PAGE4", "PAGE5"]);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const { status, json } = await admin("GET", `/api/v1/passages?text=PAGE%3F&limit=2${next}`);
    assert.equal(status, 200);
    seen.push(...plates(json.items));
    cursor = json.next;
  } while (cursor !== null);
  assert.deepEqual(seen, ["PAGE5", "PAGE4", "PAGE3", "PAGE2", "PAGE1"]);
  const wrong = await admin("GET", "/api/v1/passages?cursor=AAAA");
  assert.ok(wrong.status === 400 || wrong.status === 422, wrong.text);
});

const searches: readonly { name: string; query: string; expected: readonly string[] }[] = [
  { name: "nothing", query: "text=ZZ9", expected: [] },
  { name: "the exact text, however written", query: "text=ab-12%203", expected: ["AB123"] },
  { name: "a part", query: "text=AB*", expected: ["AB128", "AB123"] },
  { name: "a look-alike", query: "text=A8123&match=look-alike", expected: ["AB123"] },
  { name: "one edit more", query: "text=AB12&match=similar", expected: ["AB128", "AB123"] },
  { name: "SQL", query: "text=AB123'%20OR%20'1'%3D'1", expected: [] },
];
test("a filter that there is none of is refused, as without it everything would be found", async () => {
  for (const path of ["passages?plate=AB123", "passages/export?txt=AB123", "statistics/passages?cam=1"]) {
    const { status, json } = await admin("GET", `/api/v1/${path}`);
    assert.equal(status, 400, path);
    const messages: string[] = json.problems.map(({ message }: { message: string }) => message);
    assert.ok(
      messages.some((message) => /^has no "(plate|txt|cam)"$/.test(message)),
      String(messages),
    );
  }
});

test("passages are found by exact text, part and look-alike", async () => {
  await ingest(["AB123", "AB128"]);
  for (const { name, query, expected } of searches) {
    const { status, json, text } = await admin("GET", `/api/v1/passages?${query}&camera=${camera}`);
    assert.equal(status, 200, `${name}: ${text}`);
    assert.deepEqual(plates(json.items), expected, name);
  }
});

test("a correction is found by its text, keeps what was read, and is in the audit", async () => {
  const [id] = await ingest(["WR0NG1"]);
  const corrected = await admin("PUT", `/api/v1/passages/${id}/correction`, { text: "wrong 1", note: "seen by eye" });
  assert.equal(corrected.status, 200, corrected.text);
  assert.deepEqual([corrected.json.text, corrected.json.plate], ["WR0NG1", "WRONG1"]);
  assert.equal(corrected.json.corrections[0].by, "anna");
  assert.equal((await admin("GET", "/api/v1/passages?text=WRONG1")).json.items[0].id, id);
  const audit = (await admin("GET", "/api/v1/audit?action=passage.correct")).json.items;
  assert.equal(audit[0].target, `passage:${id}`);
});

test("the export streams every passage of the filter and keeps spreadsheets from running it", async () => {
  await ingest(["EXPORT1", "EXPORT2"]);
  const csv = await admin("GET", "/api/v1/passages/export?text=EXPORT*&format=csv");
  assert.match(csv.headers.get("content-type") ?? "", /^text\/csv/);
  assert.match(csv.headers.get("content-disposition") ?? "", /attachment/);
  const lines = csv.text.trim().split("\r\n");
  assert.equal(lines.length, 3);
  assert.ok(lines[1]!.includes('"Gate ""A"", =1+1"'), lines[1]);
  const jsonl = await admin("GET", "/api/v1/passages/export?text=EXPORT*&format=jsonl");
  assert.deepEqual(
    jsonl.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).plate),
    ["EXPORT2", "EXPORT1"],
  );
});

test("a plate is forgotten but for what is held, after showing what would go", async () => {
  const [first, second] = await ingest(["FORGET1", "FORGET1"]);
  const held = await admin("PUT", `/api/v1/passages/${first}/hold`, { hold: true, reason: "court" });
  assert.equal(held.status, 200, held.text);
  const preview = await admin("POST", "/api/v1/passages/forget", { text: "forget 1", reason: "asked to" });
  assert.deepEqual([preview.json.applied, preview.json.passages, preview.json.held], [false, 1, 1]);
  assert.equal((await admin("GET", `/api/v1/passages/${second}`)).status, 200);
  await admin("POST", "/api/v1/passages/forget", { text: "forget 1", reason: "asked to", apply: true });
  assert.equal((await admin("GET", `/api/v1/passages/${second}`)).status, 404);
  assert.equal((await admin("GET", `/api/v1/passages/${first}`)).status, 200);
  assert.equal((await admin("POST", "/api/v1/audit/verify")).json.ok, true);
});

test("where a reason is required, searching and exporting need one, and the audit keeps it", async () => {
  assert.equal((await admin("PATCH", "/api/v1/settings", { reasonRequired: true })).status, 200);
  const without = await admin("GET", "/api/v1/passages?text=AB123");
  assert.deepEqual([without.status, without.json.code], [400, "REASON_REQUIRED"]);
  assert.equal((await admin("GET", "/api/v1/passages/export")).status, 400);
  assert.equal((await admin("GET", "/api/v1/passages")).status, 200, "the table without a text needs none");
  assert.equal((await admin("GET", "/api/v1/passages?text=AB123&reason=case%207")).status, 200);
  const audit = (await admin("GET", "/api/v1/audit?action=passage.search")).json.items;
  assert.equal(audit[0].reason, "case 7");
  await admin("PATCH", "/api/v1/settings", { reasonRequired: false });
});

test("a picture is shown while a passage shows it, and by its hash alone", async () => {
  const { store } = running.server;
  const hash = await store.pictures.put(new Uint8Array([0xff, 0xd8, 1, 2, 3]));
  assert.equal((await admin("GET", `/api/v1/pictures/${hash}`)).status, 404, "no passage shows it yet");
  const [id] = await ingest(["PICT1"]);
  const {
    holdNote: _note,
    heldBy: _by,
    corrections: _corrections,
    reads: _reads,
    ...stored
  } = (await store.passages.get(id!))!;
  await store.passages.append({
    passage: { ...stored, id: "with-picture" },
    cameraId: camera,
    pictures: { crop: hash },
  });
  const shown = await admin("GET", `/api/v1/pictures/${hash}`);
  assert.deepEqual([shown.status, shown.headers.get("content-type")], [200, "image/jpeg"]);
  const again = await admin("GET", `/api/v1/pictures/${hash}`, undefined, {
    "if-none-match": shown.headers.get("etag")!,
  });
  assert.equal(again.status, 304);
  for (const path of ["..%2F..%2Fkeys.json", "%00", "a".repeat(64)]) {
    const { status } = await admin("GET", `/api/v1/pictures/${path}`);
    assert.ok(status === 400 || status === 404, `${path}: ${status}`);
  }
});

test("live events come as they happen, and again from where a reader left off", async () => {
  const leaving = new AbortController();
  const open = (headers: Record<string, string> = {}) =>
    fetch(`${running.address}/api/v1/events?types=passage`, {
      headers: { cookie: admin.cookie(), ...headers },
      signal: leaving.signal,
    });
  const first = await open();
  assert.match(first.headers.get("content-type") ?? "", /^text\/event-stream/);
  await ingest(["LIVE1"]);
  const event = await nextEvent(first);
  assert.equal(event.type, "passage");
  assert.equal(event.data.plate, "LIVE1");
  await ingest(["LIVE2"]);
  const second = await nextEvent(await open({ "last-event-id": event.id }));
  assert.equal(second.data.plate, "LIVE2");
  leaving.abort();
});

async function nextEvent(response: Response): Promise<{ id: string; type: string; data: { plate: string } }> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    assert.ok(!done, "the stream ended");
    text += value;
    const match = /id: (\d+)\nevent: (\w+)\ndata: (.*)\n\n/.exec(text);
    if (match) return { id: match[1]!, type: match[2]!, data: JSON.parse(match[3]!) };
  }
}
