import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

const UI = resolve(import.meta.dirname, "../../src/ui");

/** Words that stand in a page's code instead of strings.ts: between tags, or in an attribute that is read out or shown. */
function strayWords(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const between = [...code.matchAll(/>\s*([A-Z][a-z]+(?: [a-zA-Z]+)*[.!?]?)\s*<\//g)].map((match) => match[1]!);
  const attributes = [
    ...code.matchAll(/\b(?:label|title|aria-label|description|alt|text)="([^"]*[a-z]{2,}[^"]*)"/g),
  ].map((match) => match[1]!);
  return [...between, ...attributes];
}

/** Names of things, the same in every language. */
const NAMES = new Set(["PlateKit", "Node", "OpenAPI 3.1"]);

const cases = [
  { name: "nothing", source: "", expected: [] },
  { name: "a string by name", source: "<b>{strings.app.name}</b>", expected: [] },
  { name: "words between tags", source: "<b>Log in</b>", expected: ["Log in"] },
  { name: "words in an attribute", source: '<A label="Name" />', expected: ["Name"] },
  { name: "an attribute that is no words", source: '<A label={x} alt="" size="sm" />', expected: [] },
  { name: "a type", source: "const x: Map<string, Promise<void>> = y;", expected: [] },
];
for (const { name, source, expected } of cases) {
  test(`stray words are found in ${name}`, () => assert.deepEqual(strayWords(source), expected));
}

test("every word that the pages show stands in strings.ts", () => {
  const files = readdirSync(UI, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".tsx"));
  assert.ok(files.length > 30);
  const found = files.flatMap((file) =>
    strayWords(readFileSync(join(UI, file), "utf8"))
      .filter((words) => !NAMES.has(words))
      .map((words) => `${file}: ${words}`),
  );
  assert.deepEqual(found, []);
});
