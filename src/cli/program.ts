/** The program: picks the command, and turns what goes wrong into one line and an exit code. */
import { readFile } from "node:fs/promises";
import { PlateKitError } from "../core/errors.ts";
import { type ExitCode, parseWords, type Terminal } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { commandHelp, programHelp } from "./help.ts";
import { nearestName } from "./nearest-name.ts";

/** @param words what stands after `platekit` on the command line. */
export async function runProgram(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = words;
  if (name === undefined) {
    terminal.stderr.write(programHelp(COMMANDS));
    return 2;
  }
  if (isHelp(name) || name === "help") return showHelp(rest[0], terminal);
  if (name === "--version" || name === "-v") {
    terminal.stdout.write(`${await packageVersion()}\n`);
    return 0;
  }
  const entry = COMMANDS.find((candidate) => candidate.name === name);
  if (!entry) return unknownCommand(name, terminal);
  const end = rest.indexOf("--");
  if (rest.slice(0, end < 0 ? rest.length : end).some(isHelp)) return showHelp(name, terminal);
  try {
    const command = await entry.load();
    const { words: positionals, options } = parseWords(rest, command.options);
    return await command.run(positionals, options, terminal);
  } catch (error) {
    if (!(error instanceof PlateKitError)) throw error; // a bug: the stack is what its report needs
    terminal.stderr.write(`platekit ${name}: ${error.message}\n`);
    if (error.code !== "OPTION_INVALID") return 1;
    terminal.stderr.write(`Run "platekit ${name} --help" to see what it takes.\n`);
    return 2;
  }
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

async function showHelp(name: string | undefined, terminal: Terminal): Promise<ExitCode> {
  const entry = COMMANDS.find((candidate) => candidate.name === name);
  if (name !== undefined && !isHelp(name) && !entry) return unknownCommand(name, terminal);
  terminal.stdout.write(entry ? commandHelp(await entry.load()) : programHelp(COMMANDS));
  return 0;
}

function unknownCommand(name: string, terminal: Terminal): ExitCode {
  const names = COMMANDS.map((command) => command.name);
  const near = nearestName(name, names);
  const kind = name.startsWith("-") ? "option" : "command";
  const hint = near ? ` Did you mean "${near}"?` : ` There are: ${names.join(", ")}.`;
  terminal.stderr.write(`platekit: unknown ${kind} "${name}".${hint}\nRun "platekit --help" to see what it can do.\n`);
  return 2;
}

async function packageVersion(): Promise<string> {
  const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version; // this package's own file
}
