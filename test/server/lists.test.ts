import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type EntryDraft, entriesOfCsv, entryDetail, entryText } from "../../src/server/list-csv.ts";
import { type Client, startServer, type TestServer } from "./running-server.ts";

let running: TestServer;
let admin: Client;
before(async () => {
  running = await startServer();
  admin = await running.setUp();
});
after(() => running[Symbol.asyncDispose]());

const newList = async (name: string): Promise<string> =>
  (await admin("POST", "/api/v1/lists", { name, kind: "allow" })).json.id;

const texts: readonly { given: string; wildcard: boolean; expected: string | null }[] = [
  { given: "", wildcard: false, expected: null },
  { given: " - ", wildcard: false, expected: null },
  { given: "ab-12 cd", wildcard: false, expected: "AB12CD" },
  { given: "AB?1*", wildcard: true, expected: "AB?1*" },
  { given: "AB?1*", wildcard: false, expected: null },
  { given: "***", wildcard: true, expected: null },
];
for (const { given, wildcard, expected } of texts) {
  test(`an entry "${given}" ${wildcard ? "with" : "without"} wildcards is ${expected ?? "refused"}`, () => {
    assert.equal(entryText(given, wildcard), expected);
  });
}

test("lines of a file are entries, or problems with their number", () => {
  const csv = [
    "Plate;Name;valid from;valid to;wildcard",
    "ab 123;Anna;2026-01-01;2027-01-01;",
    ";nobody;;;",
    "ab-123;twice;;;",
    "CD 4;x;tomorrow;;",
    "EF 5;x;2027-01-01;2026-01-01;",
    "GH*;x;;;yes",
    "IJ 6;x;;;perhaps",
  ].join("\r\n");
  const { entries, problems } = entriesOfCsv(csv, "anna");
  assert.deepEqual(
    entries.map(({ line, entry }) => [line, entry.text]),
    [
      [2, "AB123"],
      [7, "GH*"],
    ],
  );
  assert.deepEqual(
    problems.map(({ line }) => line),
    [3, 4, 5, 6, 8],
  );
});

test("lines behind a quote left open are not lost without a word", () => {
  const { entries, problems } = entriesOfCsv(`plate,label\nAB1,"Anna\n${"CD2,Bert\n".repeat(20)}EF3,"Carl"\n`, "anna");
  assert.deepEqual([entries, problems.length, problems[0]?.line], [[], 1, 2]);
  assert.match(problems[0]!.message, /It goes on to line 23: is a quote left open\?/);
  const long = entriesOfCsv(`plate,label\nAB1,${"x".repeat(121)}\n`, "anna");
  assert.deepEqual(long.problems, [{ line: 2, message: "label must have at most 120 characters." }]);
});

const DRAFT: EntryDraft = {
  ...{ text: "AB12", label: null, note: null, validFromMs: null, validToMs: null, createdBy: "anna" },
  ...{ isWildcard: false, isLookAlike: false },
};
const DAY_MS = Date.UTC(2027, 0, 1);
for (const { name, before, after, expected } of [
  { name: "a new plate alone", before: undefined, after: {}, expected: "" },
  {
    name: "a new plate with everything",
    before: undefined,
    after: { label: "Flat 3", note: "van", validToMs: DAY_MS, isWildcard: true },
    expected: "Flat 3, note van, validTo 2027-01-01, wildcard",
  },
  { name: "nothing changed", before: { label: "Flat 3" }, after: { label: "Flat 3" }, expected: "" },
  {
    name: "what was and what will be",
    before: { label: "Flat 3", validToMs: DAY_MS, isLookAlike: true },
    after: { label: "Flat 9", validToMs: DAY_MS + 3_600_000 },
    expected: "label Flat 3 → Flat 9, validTo 2027-01-01 → 2027-01-01T01:00:00.000Z, lookAlike yes → no",
  },
  { name: "what is taken away", before: { note: "van" }, after: {}, expected: "note van → –" },
]) {
  test(`the preview of an import tells ${name}`, () => {
    const known = before === undefined ? undefined : { ...DRAFT, ...before };
    assert.equal(entryDetail(known, { ...DRAFT, ...after }), expected);
  });
}

test("an import shows what it will change, changes nothing while a line is wrong, and then does exactly that", async () => {
  const list = await newList("Import");
  await admin("POST", `/api/v1/lists/${list}/entries`, { text: "OLD 1" });
  await admin("POST", `/api/v1/lists/${list}/entries`, { text: "KEPT 1", label: "Kept" });
  const lines = Array.from({ length: 10_000 }, (_, i) => `NEW${i},Person ${i}`);
  const good = ["text,label", "KEPT1,Kept", ...lines].join("\n");
  const bad = `${good}\n,nobody\nNEW5,again`;
  const path = `/api/v1/lists/${list}/import`;

  const wrong = await admin("POST", `${path}/preview`, { csv: bad, mode: "replace" });
  assert.deepEqual(
    wrong.json.problems.map(({ line }: { line: number }) => line),
    [10_003, 10_004],
  );
  const refused = await admin("POST", path, { csv: bad, mode: "replace" });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /line 10003/);
  assert.equal((await admin("GET", `/api/v1/lists/${list}`)).json.entries, 2, "something was imported");

  const preview = (await admin("POST", `${path}/preview`, { csv: good, mode: "replace" })).json;
  assert.deepEqual([preview.add, preview.change, preview.remove, preview.same], [10_000, 0, 1, 1]);
  await admin("POST", `/api/v1/lists/${list}/entries`, { text: "LATE 1" });
  const late = await admin("POST", path, { csv: good, mode: "replace", fingerprint: preview.fingerprint });
  assert.equal(late.status, 409, "the list changed since the preview");
  const again = (await admin("POST", `${path}/preview`, { csv: good, mode: "replace" })).json;
  const done = await admin("POST", path, { csv: good, mode: "replace", fingerprint: again.fingerprint });
  assert.deepEqual(done.json, { add: 10_000, change: 0, remove: 2, skipped: 0 });
});

test("what is exported can be imported again and changes nothing", async () => {
  const list = await newList("Round trip");
  const entry = {
    text: "AB?1*",
    wildcard: true,
    lookAlike: true,
    label: "=cmd()",
    note: 'say "hi", twice',
    validToMs: 1_900_000_000_000,
  };
  assert.equal((await admin("POST", `/api/v1/lists/${list}/entries`, entry)).status, 201);
  const { text: csv, headers } = await admin("GET", `/api/v1/lists/${list}/export`);
  assert.match(headers.get("content-disposition") ?? "", /^attachment; filename="list-[\w-]+\.csv"$/);
  assert.match(csv, /'=cmd\(\)/, "a formula is not defused");
  const preview = (await admin("POST", `/api/v1/lists/${list}/import/preview`, { csv })).json;
  assert.deepEqual([preview.same, preview.add, preview.change, preview.problemCount], [1, 0, 0, 0]);
});

test("two people who change a list at once: the second is told", async () => {
  const list = await newList("Both");
  const path = `/api/v1/lists/${list}`;
  const tag = (await admin("GET", path)).headers.get("etag") ?? "";
  assert.match(tag, /^"r\d+"$/);
  const first = await admin("PATCH", path, { name: "First" }, { "if-match": tag });
  assert.equal(first.status, 200);
  const second = await admin("PATCH", path, { name: "Second" }, { "if-match": tag });
  assert.equal(second.status, 412, second.text);
  assert.equal((await admin("GET", path)).json.name, "First");
  const next = await admin("PATCH", path, { name: "Third" }, { "if-match": first.headers.get("etag")! });
  assert.equal(next.status, 200);
});

test("settings are guarded by a tag of their content, and an unchanged page costs nothing", async () => {
  const before = await admin("GET", "/api/v1/settings");
  const tag = before.headers.get("etag")!;
  assert.equal((await admin("GET", "/api/v1/settings", undefined, { "if-none-match": tag })).status, 304);
  assert.equal((await admin("PATCH", "/api/v1/settings", { name: "Depot" }, { "if-match": tag })).status, 200);
  assert.equal((await admin("PATCH", "/api/v1/settings", { name: "Yard" }, { "if-match": tag })).status, 412);
  assert.equal((await admin("PATCH", "/api/v1/settings", { timeZone: "Mars/Olympus" })).status, 422);
});

test("a webhook's key is shown once, two are live after a rotation, and headers keep their secrets", async () => {
  const hook = {
    name: "Hook",
    url: "http://192.168.77.77/x",
    headers: { authorization: "Bearer secret" },
    allowPrivate: true,
  };
  const made = await admin("POST", "/api/v1/webhooks", hook);
  assert.equal(made.status, 201, made.text);
  assert.match(made.json.key, /^whsec_/);
  const path = `/api/v1/webhooks/${made.json.id}`;
  const rotated = await admin("POST", `${path}/rotate`);
  assert.notEqual(rotated.json.key, made.json.key);
  const shown = await admin("GET", path);
  assert.equal(shown.json.keys.length, 2);
  for (const secret of [made.json.key, rotated.json.key, "Bearer secret"]) assert.ok(!shown.text.includes(secret));
  assert.equal((await admin("PATCH", path, { headers: shown.json.headers, name: "Hook 2" })).status, 200);
  const kept = await running.server.store.webhooks.get(made.json.id);
  assert.equal(kept?.headers.authorization, "Bearer secret");
  const split = { ...hook, name: "Split", headers: { "x-a": "b\r\nX-Evil: 1" } };
  assert.equal((await admin("POST", "/api/v1/webhooks", split)).status, 400);
});

const refusedUrls = [
  "file:///etc/passwd",
  "gopher://example.com/",
  "http://169.254.169.254/latest/",
  "http://127.0.0.1:1/",
  "http://[::1]/",
];
test("neither webhooks nor cameras may be pointed at files, metadata or this machine", async () => {
  for (const url of refusedUrls) {
    const hook = await admin("POST", "/api/v1/webhooks", { name: url, url });
    assert.ok(hook.status === 400 || hook.status === 422, `webhook ${url}: ${hook.status} ${hook.text}`);
    const camera = await admin("POST", "/api/v1/cameras", { name: url.replaceAll("/", " "), url });
    assert.ok(camera.status === 400 || camera.status === 422, `camera ${url}: ${camera.status} ${camera.text}`);
  }
});

test("a camera's password is kept when its address comes back as it was shown, and never goes to another host", async () => {
  const url = "rtsp://user:s3cret@192.168.1.20:554/stream";
  const made = await admin("POST", "/api/v1/cameras", { name: "Yard", url, enabled: false });
  assert.equal(made.status, 201, made.text);
  const path = `/api/v1/cameras/${made.json.id}`;
  const shown = await admin("GET", path);
  assert.equal(shown.json.url, "rtsp://user:***@192.168.1.20:554/stream");
  assert.ok(!shown.text.includes("s3cret"));
  await admin("PATCH", path, {
    url: shown.json.url,
    name: "Yard 2",
    roi: [
      [0, 0],
      [10, 0],
      [10, 10],
    ],
  });
  const stored = await running.server.store.cameras.get(made.json.id);
  assert.equal(stored?.url, url);
  await admin("PATCH", path, { url: "rtsp://user:***@192.168.1.66:554/stream" });
  const moved = await running.server.store.cameras.get(made.json.id);
  assert.ok(!moved?.url.includes("s3cret"), moved?.url);
  const audit = await admin("GET", "/api/v1/audit?action=camera");
  assert.ok(!audit.text.includes("s3cret"), "the audit holds a password");
});
