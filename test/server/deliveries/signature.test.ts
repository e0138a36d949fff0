import assert from "node:assert/strict";
import { test } from "node:test";
import { isSignedBy, signBody } from "../../../src/server/deliveries/signature.ts";

const nowMs = 1_700_000_000_999;

test("signBody: HMAC-SHA256 over seconds, a point and the body, as any language makes it", () => {
  // printf '1700000000.{}' | openssl dgst -sha256 -hmac secret
  assert.equal(
    signBody("{}", nowMs, ["secret"]),
    "t=1700000000,v1=b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163",
  );
});

test("signBody: without a key there is a time and no signature", () => {
  assert.equal(signBody("{}", nowMs, []), "t=1700000000");
  assert.equal(isSignedBy("t=1700000000", "{}", "", nowMs), false);
});

const header = signBody('{"a":"ü"}', nowMs, ["new", "old"]);
const cases = [
  { name: "the newer key", secret: "new", expected: true },
  { name: "the older key, while both live", secret: "old", expected: true },
  { name: "another key", secret: "other", expected: false },
  { name: "an empty header", header: "", secret: "new", expected: false },
  { name: "a body that was changed", body: '{"a":"u"}', secret: "new", expected: false },
  { name: "a time that was changed", header: header.replace("t=17", "t=16"), secret: "new", expected: false },
  { name: "a signature cut short", header: header.slice(0, 30), secret: "new", expected: false },
  { name: "a request of long ago", nowMs: nowMs + 301_000, secret: "new", expected: false },
  { name: "a request of the future", nowMs: nowMs - 301_000, secret: "new", expected: false },
  { name: "a clock four minutes apart", nowMs: nowMs - 240_000, secret: "new", expected: true },
];
for (const { name, secret, expected, ...given } of cases) {
  test(`isSignedBy: ${name} is ${expected ? "believed" : "not believed"}`, () => {
    assert.equal(isSignedBy(given.header ?? header, given.body ?? '{"a":"ü"}', secret, given.nowMs ?? nowMs), expected);
  });
}
