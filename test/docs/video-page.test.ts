import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { blurCommand } from "../../src/cli/blur.ts";
import { parseWords } from "../../src/cli/command.ts";
import { watchCommand } from "../../src/cli/watch.ts";
import type { Passage } from "../../src/core/passage.ts";

const page = await readFile(new URL("../../docs/video.md", import.meta.url), "utf8");

test("every command line of docs/video.md is understood", () => {
  const lines = [...page.matchAll(/^(?:npx )?platekit (watch|blur) (.+?)(?: {2,}.*)?$/gm)];
  assert.ok(lines.length > 8, `${lines.length}`);
  for (const [, name, rest] of lines) {
    const { options } = name === "watch" ? watchCommand : blurCommand;
    const { words } = parseWords(rest!.split(" "), options); // the group matched
    assert.equal(words.length, name === "watch" ? 1 : 2, rest);
  }
});

test("docs/video.md names every option of watch, and every field of a passage", () => {
  const general = new Set(["candidates", "models", "workers"]); // said by --help alone
  for (const name of Object.keys(watchCommand.options))
    assert.ok(general.has(name) || page.includes(`--${name}`), name);
  const fields: Readonly<Record<keyof Passage, true>> = {
    ...{ schema: true, id: true, text: true, display: true, confidence: true, region: true, regionConfidence: true },
    ...{ lines: true, characters: true, candidates: true, doubt: true, firstTimeMs: true, lastTimeMs: true },
    ...{ frames: true, direction: true, path: true, best: true, preview: true },
  };
  for (const field of Object.keys(fields)) assert.ok(page.includes(`\`${field}\``), field);
});
