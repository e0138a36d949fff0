import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { deflateSync } from "node:zlib";
import { type Client, startServer, type TestServer } from "./running-server.ts";

const STREET = readFileSync(new URL("../../examples/street.jpg", import.meta.url));
const DUSK = readFileSync(new URL("../../examples/parking-dusk.jpg", import.meta.url));

let running: TestServer;
let anyone: Client;
before(async () => {
  running = await startServer({ isWarm: true });
  anyone = running.anyone;
});
after(() => running[Symbol.asyncDispose]());

function form(
  fields: readonly (readonly [name: string, value: string | Uint8Array<ArrayBuffer>, fileName?: string])[],
): FormData {
  const made = new FormData();
  for (const [name, value, fileName] of fields) {
    if (typeof value === "string") made.append(name, value);
    else made.append(name, new Blob([value]), fileName ?? "photo.jpg");
  }
  return made;
}

const street = new Uint8Array(STREET);
const dusk = new Uint8Array(DUSK);

test("a form with several pictures is read, the broken one among them told by name", async () => {
  const sent = form([
    ["image", street, "street.jpg"],
    ["image", new TextEncoder().encode("no picture"), "../../note.txt"],
    ["image", dusk, "dusk.jpg"],
    ["regions", "nl,xx"],
    ["crops", "true"],
  ]);
  const { status, json } = await anyone("POST", "/api/v1/read", sent);
  assert.equal(status, 200);
  assert.deepEqual(
    json.images.map(({ name }: { name: string }) => name),
    ["street.jpg", "note.txt", "dusk.jpg"],
  );
  const [first, broken] = json.images;
  assert.ok(first.plates.length > 0);
  assert.equal(first.error, null);
  assert.ok(Buffer.from(first.plates[0].crop, "base64").subarray(0, 4).equals(Buffer.from("\x89PNG", "latin1")));
  assert.deepEqual([broken.error.code, broken.plates], ["IMAGE_UNREADABLE", []]);
});

test("JSON with base64 gives the same plates as the form", async () => {
  const byForm = await anyone("POST", "/api/v1/read", form([["image", street]]));
  const body = {
    image: STREET.toString("base64"),
    images: [{ name: "b", image: `data:image/jpeg;base64,${STREET.toString("base64")}` }],
  };
  const byJson = await anyone("POST", "/api/v1/read", body);
  assert.equal(byJson.status, 200, byJson.text);
  const texts = (image: { plates: { text: string }[] }): string[] => image.plates.map(({ text }) => text);
  assert.deepEqual(texts(byJson.json.images[0]), texts(byForm.json.images[0]));
  assert.deepEqual(texts(byJson.json.images[1]), texts(byForm.json.images[0]));
});

/** A PNG header that promises more pixels than any limit, in a few bytes. */
function pngBomb(): Uint8Array<ArrayBuffer> {
  const chunk = (name: string, data: Buffer): Buffer => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(data.length);
    return Buffer.concat([size, Buffer.from(name), data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(60_000, 0);
  header.writeUInt32BE(60_000, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
      chunk("IHDR", header),
      chunk("IDAT", deflateSync(Buffer.alloc(1_000_000))),
      chunk("IEND", Buffer.alloc(0)),
    ]),
  );
}

const refused: readonly { name: string; body: unknown; headers?: Record<string, string>; status: number; code?: string }[] = [
  { name: "nothing", body: undefined, status: 400 },
  { name: "an empty object", body: {}, status: 422, code: "PICTURE_MISSING" },
  { name: "an empty form", body: form([["regions", "de"]]), status: 422, code: "PICTURE_MISSING" },
  { name: "no base64", body: { image: "!!!!" }, status: 422, code: "BASE64_INVALID" },
  { name: "a number for a picture", body: { image: 5 }, status: 400, code: "INPUT_INVALID" },
  { name: "too many pictures", body: { images: Array.from({ length: 17 }, () => ({ image: "AAAA" })) }, status: 400 },
  { name: "a confidence that is none", body: form([["image", street], ["minConfidence", "2"]]), status: 400 },
  { name: "a compressed body", body: "x", headers: { "content-encoding": "gzip", "content-type": "application/json" }, status: 415 },
  { name: "text", body: "hello", headers: { "content-type": "text/plain" }, status: 415 },
  { name: "JSON that breaks off", body: '{"image":"', headers: { "content-type": "application/json" }, status: 400 },
  { name: "a form without a boundary", body: "x", headers: { "content-type": "multipart/form-data" }, status: 400 },
]; // biome-ignore format: one case a line
for (const { name, body, headers, status, code } of refused) {
  test(`reading refuses ${name}`, async () => {
    const answer = await anyone("POST", "/api/v1/read", body, headers);
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${answer.text}`);
    assert.equal(answer.status, status, answer.text);
    if (code !== undefined) assert.equal(answer.json.code, code);
  });
}

test("a picture that unpacks to gigapixels is refused before it does", async () => {
  const { json } = await anyone("POST", "/api/v1/read", form([["image", pngBomb(), "bomb.png"]]));
  assert.equal(json.images[0].error.code, "IMAGE_TOO_LARGE");
});

test("Plate Recognizer's form is answered in its own format", async () => {
  const sent = form([
    ["upload", street, "1617_7M83K_car.jpg"],
    ["regions", "nl"],
    ["regions", "us-ca"],
    ["camera_id", "gate\r\nX-Evil: 1"],
    ["timestamp", "2020-10-12T16:17:27.574008Z"],
    ["config", '{"region":"strict","mode":"fast","threshold_d":0.1}'],
    ["mmc", "true"],
  ]);
  const { status, json, headers } = await anyone("POST", "/v1/plate-reader/", sent);
  assert.equal(status, 201);
  assert.equal(headers.get("x-evil"), null);
  assert.deepEqual(Object.keys(json).sort(), [
    "camera_id",
    "filename",
    "processing_time",
    "results",
    "timestamp",
    "version",
  ]);
  assert.equal(json.filename, "1617_7M83K_car.jpg");
  assert.equal(json.timestamp, "2020-10-12T16:17:27.574Z");
  assert.equal(json.version, 1);
  const [plate] = json.results;
  assert.deepEqual(Object.keys(plate).sort(), ["box", "candidates", "dscore", "plate", "region", "score", "vehicle"]);
  assert.equal(plate.plate, "gt482k");
  assert.deepEqual(plate.candidates[0], { score: plate.score, plate: plate.plate });
  assert.ok(Number.isInteger(plate.box.xmin) && plate.box.xmax > plate.box.xmin);
});

/** As its clients send them: curl with a file, Python with base64 in a form or in JSON. */
const shapes: readonly { name: string; body: unknown; headers?: Record<string, string>; path?: string }[] = [
  { name: "base64 in a form", body: form([["upload", STREET.toString("base64")]]) },
  {
    name: "base64 in JSON",
    body: { upload: STREET.toString("base64"), regions: ["nl"], config: { region: "strict" } },
  },
  {
    name: "base64 in a plain form",
    body: new URLSearchParams({ upload: STREET.toString("base64") }).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  },
  { name: "an address without its last slash", body: form([["upload", street]]), path: "/v1/plate-reader" },
];
for (const { name, body, headers, path = "/v1/plate-reader/" } of shapes) {
  test(`the snapshot is read from ${name}`, async () => {
    const { status, json, text } = await anyone("POST", path, body, headers);
    assert.equal(status, 201, text.slice(0, 300));
    assert.equal(json.results[0].plate, "gt482k");
  });
}

test("the snapshot fetches nothing, and says so in the words its clients look for", async () => {
  const { status, json } = await anyone("POST", "/v1/plate-reader/", form([["upload_url", "http://169.254.169.254/"]]));
  assert.equal(status, 400);
  assert.equal(json.status_code, 400);
  assert.match(json.detail, /upload_url is not supported/);
  for (const [field, value] of [
    ["timestamp", "yesterday"],
    ["config", "{"],
    ["config", '{"threshold_d":"x"}'],
  ] as const) {
    const answer = await anyone(
      "POST",
      "/v1/plate-reader/",
      form([
        ["upload", street],
        [field, value],
      ]),
    );
    assert.equal(answer.status, 400, `${field} ${value}`);
  }
});

test("before set-up a client that brings the key of another service along is read for, and only that", async () => {
  await using fresh = await startServer();
  const token = { authorization: "Token 0123456789abcdef0123456789abcdef01234567" };
  assert.equal((await fresh.anyone("POST", "/v1/plate-reader/", form([["upload", street]]), token)).status, 201);
  assert.equal((await fresh.anyone("GET", "/api/v1/passages", undefined, token)).status, 401);
  await fresh.setUp();
  const after = await fresh.anyone("POST", "/v1/plate-reader/", form([["upload", street]]), token);
  assert.deepEqual([after.status, after.json.code], [401, "KEY_UNKNOWN"]);
});

test("after set-up pictures are read with a key alone, as Plate Recognizer's clients send it", async () => {
  const key = await running.keyClient(["read:run"]);
  assert.equal((await anyone("POST", "/v1/plate-reader/", form([["upload", street]]))).status, 401);
  assert.equal((await key("POST", "/v1/plate-reader/", form([["upload", street]]))).status, 201);
  const other = await running.keyClient(["lists:read"]);
  const refusal = await other("POST", "/v1/plate-reader/", form([["upload", street]]));
  assert.deepEqual([refusal.status, refusal.json.status_code], [403, 403]);
});
