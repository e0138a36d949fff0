import { spawn } from "node:child_process";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { runProgram } from "../../src/cli/program.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

export interface ProgramRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program as a user does, in a process of its own. */
export async function runPlatekit(
  words: readonly string[],
  { input = "", cwd, env = {} }: { input?: string | Uint8Array; cwd?: string; env?: Record<string, string> } = {},
): Promise<ProgramRun> {
  const child = spawn(process.execPath, [MAIN, ...words], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    timeout: 30_000,
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  child.stdin.on("error", () => {}); // a program that refuses its options does not read its input
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, ...output };
}

/** Runs the program in this process: quicker, for what ends before any thread starts. */
export async function runInProcess(words: readonly string[]): Promise<ProgramRun> {
  const terminal = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const code = await runProgram(words, terminal);
  terminal.stdout.end();
  terminal.stderr.end();
  return { code, stdout: await text(terminal.stdout), stderr: await text(terminal.stderr) };
}
