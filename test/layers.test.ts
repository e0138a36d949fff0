import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { test } from "node:test";

const SOURCE = resolve(import.meta.dirname, "../src");

/** Who may import whom: DESIGN section 3. Folders that do not exist yet are named too. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  classic: ["core"],
  train: ["core"],
  synth: ["core"],
  node: ["core", "classic"],
  web: ["core"],
  sites: ["core"],
  store: ["core", "sites"],
  server: ["core", "classic", "node", "sites", "store"],
  cli: ["core", "classic", "train", "synth", "node", "web", "sites", "store", "server"],
  ui: ["web", "server"],
};

/** Folders that must run anywhere, or only name rules: nothing but this repository's files, no package, no `node:`. */
const PURE = ["core", "sites"];

/** What a file imports, statically, dynamically, by re-export or by `new URL`, and whether only its types. */
function importsOf(source: string): { specifier: string; isType: boolean }[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const statements = /\b(import|export)\s+(type\s)?[^;"'`]*?\bfrom\s*["']([^"']+)["']/g;
  const others = /\bimport\s*\(?\s*["']([^"']+)["']|\bnew URL\(\s*["'](\.[^"']+)["']\s*,\s*import\.meta\.url/g;
  return [
    ...[...code.matchAll(statements)].map((match) => ({ specifier: match[3]!, isType: match[2] !== undefined })),
    ...[...code.matchAll(others)].map((match) => ({ specifier: (match[1] ?? match[2])!, isType: false })),
  ];
}

/** What `file` (a path under src) may not import, one line each. */
function violations(file: string, source: string): string[] {
  const folder = file.split(sep)[0]!;
  const allowed = LAYERS[folder];
  if (allowed === undefined) return [`src/${folder} stands in no row of DESIGN section 3`];
  return importsOf(source).flatMap(({ specifier, isType }) => {
    if (!specifier.startsWith(".")) return PURE.includes(folder) ? [`${file} imports the package ${specifier}`] : [];
    const target = relative(SOURCE, resolve(SOURCE, file, "..", specifier));
    const targetFolder = target.split(sep)[0]!;
    // Beside src lie package.json and models: data, which no layer owns.
    if (targetFolder === ".." || targetFolder === folder) return [];
    if (!allowed.includes(targetFolder)) return [`${file} imports src/${targetFolder}`];
    if (folder === "ui" && targetFolder === "server" && !isType)
      return [`${file} imports more than types of src/server`];
    return [];
  });
}

const cases = [
  { name: "a file without imports", file: "core/x.ts", source: "export const one = 1;", expected: [] },
  { name: "its own folder", file: "core/x.ts", source: 'import { iou } from "./geometry.ts";', expected: [] },
  { name: "a subfolder of its own", file: "core/a/x.ts", source: 'import { iou } from "../geometry.ts";', expected: [] },
  { name: "a folder of its row", file: "node/x.ts", source: 'import type { Image } from "../core/image.ts";', expected: [] },
  { name: "a comment", file: "core/x.ts", source: '/** import x from "../node/x.ts" */\n// from "sharp"', expected: [] },
  { name: "a folder above", file: "core/x.ts", source: 'import x from "../node/x.ts";', expected: ["core/x.ts imports src/node"] },
  { name: "types of a folder above", file: "sites/x.ts", source: 'import type { A } from "../store/a.ts";', expected: ["sites/x.ts imports src/store"] },
  { name: "a package in the core", file: "core/x.ts", source: 'import sharp from "sharp";', expected: ["core/x.ts imports the package sharp"] },
  { name: "node in the core", file: "core/x.ts", source: 'import "node:fs";', expected: ["core/x.ts imports the package node:fs"] },
  { name: "several lines", file: "web/x.ts", source: 'import {\n  a,\n  b,\n} from "../node/x.ts";', expected: ["web/x.ts imports src/node"] },
  { name: "a re-export", file: "synth/x.ts", source: 'export * from "../train/x.ts";', expected: ["synth/x.ts imports src/train"] },
  { name: "a dynamic import", file: "server/x.ts", source: 'await import("../synth/x.ts");', expected: ["server/x.ts imports src/synth"] },
  { name: "a worker's address", file: "store/x.ts", source: 'new URL("../node/w.ts", import.meta.url)', expected: ["store/x.ts imports src/node"] },
  { name: "types of the server in a page", file: "ui/x.tsx", source: 'import type { A } from "../server/a.ts";', expected: [] },
  { name: "the server in a page", file: "ui/x.tsx", source: 'import { a } from "../server/a.ts";', expected: ["ui/x.tsx imports more than types of src/server"] },
  { name: "a page in a command", file: "cli/x.ts", source: 'import { a } from "../ui/a.ts";', expected: ["cli/x.ts imports src/ui"] },
  { name: "a folder nobody planned", file: "utils/x.ts", source: "", expected: ["src/utils stands in no row of DESIGN section 3"] },
]; // biome-ignore format: one case a line
for (const { name, file, source, expected } of cases) {
  test(`the layers ${expected.length > 0 ? "forbid" : "allow"} ${name}`, () => {
    assert.deepEqual(violations(file.replaceAll("/", sep), source), expected);
  });
}

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((file) => /\.[cm]?tsx?$/.test(file));

test("every file of src imports only from the folders its layer may", () => {
  assert.ok(files.length > 10);
  assert.deepEqual(
    files.flatMap((file) => violations(file, readFileSync(join(SOURCE, file), "utf8"))),
    [],
  );
});
