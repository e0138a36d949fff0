import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { canonicalJson, type JsonValue } from "../../../src/sites/canonical-json.ts";
import { type EvidenceContent, evidenceManifest, evidenceProblems } from "../../../src/sites/enforcement/evidence.ts";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

const canonical: readonly { name: string; value: JsonValue; text: string }[] = [
  { name: "null", value: null, text: "null" },
  { name: "empty things", value: [{}, [], ""], text: '[{},[],""]' },
  { name: "keys in their order", value: { b: 1, a: { d: 2, c: 3 } }, text: '{"a":{"c":3,"d":2},"b":1}' },
  {
    name: "keys by UTF-16 units",
    value: { "\u{1F600}": 1, "\uFB33": 2, ö: 3, "\r": 4, "1": 5 },
    text: '{"\\r":4,"1":5,"ö":3,"\u{1F600}":1,"\uFB33":2}',
  },
  { name: "numbers as ECMAScript", value: [1e21, 1e-7, 0.1, -0, 100], text: "[1e+21,1e-7,0.1,0,100]" },
  { name: "nothing of what is undefined", value: { a: undefined, b: true }, text: '{"b":true}' },
];
for (const { name, value, text } of canonical) {
  test(`canonical JSON writes ${name}`, () => assert.equal(canonicalJson(value), text));
}

test("canonical JSON refuses what JSON can't carry", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, "\ud800"])
    assert.throws(() => canonicalJson([value]), RangeError);
});

const content: EvidenceContent = {
  case: {
    id: "c1",
    kind: "hotlist",
    passageIds: ["p"],
    text: "AB123CD",
    probability: 0.98,
    summary: "s",
    timeMs: 1,
    trail: [],
  },
  site: "s",
  passages: [{ id: "p", text: "AB123CD" }],
  clocks: [{ cameraId: "c", source: "ntp", offsetMs: 3, toleranceMs: 20, checkedMs: 0 }],
  models: [{ name: "reader", version: "1", sha256: hash("m") }],
  configurationSha256: hash("c"),
  software: "platekit 0",
  createdMs: 2,
  createdBy: "officer",
};
const items = ["a.jpg", "b.jpg"].map((name) => ({ name, mediaType: "image/jpeg", bytes: 3, sha256: hash(name) }));
const files = new Map(items.map(({ name, bytes, sha256 }) => [name, { bytes, sha256 }]));

test("a manifest that is whole has no problems", () => {
  assert.deepEqual(evidenceProblems(evidenceManifest(content, items, hash), files, hash), []);
  assert.deepEqual(evidenceProblems(evidenceManifest(content, [], hash), new Map(), hash), []);
});

test("every change of a manifest or a file is found", () => {
  const manifest = evidenceManifest(content, items, hash);
  const [first, second] = manifest.items;
  const changes = [
    { ...manifest, content: { ...content, createdMs: 3 } },
    { ...manifest, content: { ...content, case: { ...content.case, text: "AB128CD" } } },
    { ...manifest, items: [first!] },
    { ...manifest, items: [second!, first!] },
    { ...manifest, items: [{ ...first!, mediaType: "image/png" }, second!] },
    { ...manifest, chain: manifest.chain.slice(0, 2) },
    { ...manifest, chain: [] },
    { ...manifest, chain: manifest.chain.map((link) => ({ ...link, link: hash("x") })) },
    { ...manifest, schema: 2 as unknown as 1 },
  ];
  for (const changed of changes)
    assert.notDeepEqual(evidenceProblems(changed, files, hash), [], JSON.stringify(changed).slice(0, 200));
  for (const other of [
    new Map([...files].slice(1)),
    new Map([...files, ["c.jpg", files.get("a.jpg")!]]),
    new Map([...files, ["a.jpg", { bytes: 3, sha256: hash("x") }]]),
  ]) {
    assert.notDeepEqual(evidenceProblems(manifest, other, hash), []);
  }
});

test("two items of one name are refused", () => {
  assert.throws(() => evidenceManifest(content, [items[0]!, items[0]!], hash), RangeError);
});
