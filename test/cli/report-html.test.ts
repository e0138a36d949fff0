import assert from "node:assert/strict";
import { test } from "node:test";
import { escapeHtml, html, trusted } from "../../src/cli/report-html.ts";

const escapes = [
  { name: "nothing", text: "", expected: "" },
  { name: "a script", text: "<script>alert(1)</script>", expected: "&lt;script&gt;alert(1)&lt;/script&gt;" },
  { name: "quotes of both kinds", text: `" onerror='x'`, expected: "&quot; onerror=&#39;x&#39;" },
  { name: "an entity, once", text: "&lt;", expected: "&amp;lt;" },
  { name: "other scripts, untouched", text: "皖AÜ٣", expected: "皖AÜ٣" },
];
for (const { name, text, expected } of escapes) {
  test(`escaping ${name}`, () => assert.equal(escapeHtml(text), expected));
}

test("a template escapes what is put in, but not markup made by a template", () => {
  const inner = html`<b title="${`"<`}">${"<i>"}</b>`;
  assert.equal(html`<p>${inner}</p>`.markup, '<p><b title="&quot;&lt;">&lt;i&gt;</b></p>');
});

test("lists are joined without separators, null and false vanish, numbers are printed", () => {
  assert.equal(html`${[html`<a>`, "&", 1]}|${null}|${false}|${0}|${[]}`.markup, "<a>&amp;1|||0|");
});

test("trusted text is kept as it is", () => {
  assert.equal(html`<style>${trusted("a > b")}</style>`.markup, "<style>a > b</style>");
});
