import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Command } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { runPlatekit } from "./run-program.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("platekit", { concurrency: 2 }, () => {
  test("without a command shows help on standard error and fails", async () => {
    const { code, stdout, stderr } = await runPlatekit([]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^Usage: platekit <command>/);
  });

  for (const words of [["--help"], ["-h"], ["help"]]) {
    test(`${words} lists every command with examples`, async () => {
      const { code, stdout, stderr } = await runPlatekit(words);
      assert.deepEqual([code, stderr], [0, ""]);
      for (const { name, summary } of COMMANDS) assert.ok(stdout.includes(name) && stdout.includes(summary));
      assert.match(stdout, /Examples:\n {2}platekit read/);
    });
  }

  for (const words of [["--version"], ["-v"]]) {
    test(`${words} prints the version of the package`, async () => {
      const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8")) as { version: string };
      assert.deepEqual(await runPlatekit(words), { code: 0, stdout: `${version}\n`, stderr: "" });
    });
  }

  const wrong: readonly { words: readonly string[]; stderr: RegExp }[] = [
    { words: ["paint"], stderr: /^platekit: unknown command "paint"\. There are: .*read.*\nRun "platekit --help"/ },
    { words: ["raed"], stderr: /Did you mean "read"\?/ },
    { words: ["--jsonl"], stderr: /unknown option "--jsonl"/ },
    { words: ["help", "raed"], stderr: /unknown command "raed"/ },
  ];
  for (const { words, stderr } of wrong) {
    test(`${words.join(" ")} is wrong usage`, async () => {
      const run = await runPlatekit(words);
      assert.deepEqual([run.code, run.stdout], [2, ""]);
      assert.match(run.stderr, stderr);
    });
  }

  for (const { name, load } of COMMANDS) {
    test(`${name} --help explains every option and shows examples`, async () => {
      const command: Command = await load();
      for (const words of [
        [name, "--help"],
        ["help", name],
        [name, "whatever", "-h", "--nonsense"],
      ]) {
        const { code, stdout, stderr } = await runPlatekit(words);
        assert.deepEqual([code, stderr], [0, ""]);
        assert.ok(stdout.startsWith(`Usage: platekit ${name} `));
        for (const [option, { help }] of Object.entries(command.options)) {
          assert.ok(stdout.includes(`--${option}`) && stdout.includes(help), option);
        }
        for (const { line } of command.examples) assert.ok(stdout.includes(line));
      }
    });
  }
});

describe("an older Node", () => {
  /** The version is all that main.ts looks at, so a preload that lowers it stands for an older Node. */
  const pretend = `data:text/javascript,Object.defineProperty(process.versions, "node", { value: "20.1.0" })`;
  const main = `${root}src/cli/main.ts`;

  test("is replaced by the checkout's own, with arguments, streams and exit code kept", async () => {
    const run = promisify(execFile)(process.execPath, ["--import", pretend, main, "--version"]);
    assert.match((await run).stdout, /^\d+\.\d+\.\d+\n$/);
    const wrong = promisify(execFile)(process.execPath, ["--import", pretend, main, "raed"]);
    await assert.rejects(
      wrong,
      (error: { code?: unknown; stderr?: string }) => error.code === 2 && /unknown command/.test(error.stderr ?? ""),
    );
  });

  test("on this machine, where it is one, gets there too", { skip: !existsSync("/usr/bin/env") }, (context) => {
    const path = (process.env.PATH ?? "").split(":").filter((folder) => !folder.includes("node_modules"));
    const env = { ...process.env, PATH: path.join(":") };
    const found = spawnSync("node", ["-p", "process.versions.node"], { env, encoding: "utf8" });
    if (found.status !== 0 || Number.parseInt(found.stdout, 10) >= 24) return context.skip("no older Node here");
    if (!existsSync(`${root}dist/cli/main.js`)) return context.skip("not built");
    const { status, stdout } = spawnSync("node", [`${root}dist/cli/main.js`, "--version"], { env, encoding: "utf8" });
    assert.deepEqual([status, /^\d+\.\d+\.\d+\n$/.test(stdout)], [0, true]);
  });
});
