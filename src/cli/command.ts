/**
 * What a command is: its options as plain data, from which parsing, checking and the help page all come.
 * It does not know which commands exist (commands.ts) and reads nothing but the words it is given.
 */
import type { Readable, Writable } from "node:stream";
import { parseArgs } from "node:util";
import { PlateKitError } from "../core/errors.ts";
import type { Point } from "../core/geometry.ts";
import { nearestName } from "./nearest-name.ts";

/** 0: all went well; 1: some of the work could not be done; 2: wrong usage; 130: stopped by Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130;

/** One option. `value` is the placeholder that the help page shows. */
export type OptionSpec =
  | { readonly type: "flag"; readonly help: string }
  | { readonly type: "text"; readonly value: string; readonly help: string; readonly choices?: readonly string[] }
  | { readonly type: "list"; readonly value: string; readonly help: string }
  /** `x,y x,y ...`: the words that follow are taken too as long as they are points. */
  | { readonly type: "points"; readonly value: string; readonly help: string }
  | {
      readonly type: "number";
      readonly value: string;
      readonly help: string;
      readonly min?: number;
      readonly max?: number;
      readonly integer?: boolean;
    }
  | { readonly type: "size"; readonly value: string; readonly help: string };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type OptionValue<Spec extends OptionSpec> = Spec["type"] extends "flag"
  ? boolean
  : Spec["type"] extends "text"
    ? string
    : Spec["type"] extends "list"
      ? readonly string[]
      : Spec["type"] extends "points"
        ? readonly Point[]
        : number;

/** Options that were given; those that were not are absent. */
export type OptionValues<Specs extends OptionSpecs> = { readonly [Name in keyof Specs]?: OptionValue<Specs[Name]> };

/** Where a command reads and writes; the process's own streams but in tests. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
}

export interface Command<Specs extends OptionSpecs = OptionSpecs> {
  readonly name: string;
  /** One line in the program's help. */
  readonly summary: string;
  /** What follows the name: `[options] <files, folders, globs or ->`. */
  readonly usage: string;
  /** Keys as typed on the command line, without the dashes: `"region-strict"`. */
  readonly options: Specs;
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  run(words: readonly string[], options: OptionValues<Specs>, terminal: Terminal): Promise<ExitCode>;
}

/** Binds the option types of a command to its `run`. */
export function defineCommand<const Specs extends OptionSpecs>(command: Command<Specs>): Command {
  // The values handed to `run` are made by parseWords from these very specs, so the wider type is safe.
  return command as unknown as Command;
}

/**
 * Splits the words after the command's name into positional words and checked option values.
 *
 * @throws PlateKitError OPTION_INVALID for an unknown option, a missing or superfluous value, NaN, or a number out of range.
 */
export function parseWords<Specs extends OptionSpecs>(
  words: readonly string[],
  specs: Specs,
): { words: string[]; options: OptionValues<Specs> } {
  const config = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      { type: spec.type === "flag" ? ("boolean" as const) : ("string" as const), multiple: spec.type === "list" },
    ]),
  );
  const { tokens } = parseArgs({ args: [...words], options: config, strict: false, tokens: true });
  const positionals: string[] = [];
  const values: Record<string, boolean | string | number | readonly string[] | readonly Point[]> = {};
  let pointsName: string | undefined;
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (pointsName !== undefined && POINTS.test(token.value)) {
        values[pointsName] = [...(values[pointsName] as readonly Point[]), ...pointsOf(token.value)]; // set before
      } else {
        pointsName = undefined;
        positionals.push(token.value);
      }
    }
    if (token.kind !== "option") continue;
    pointsName = undefined;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (!spec) throw unknownOption(token.rawName, Object.keys(specs));
    if (spec.type === "list") {
      const earlier = values[token.name];
      values[token.name] = [...(Array.isArray(earlier) ? earlier : []), ...listValue(token.rawName, token.value, spec)];
    } else if (spec.type === "points") {
      const text = given(token.rawName, token.value, spec);
      if (!POINTS.test(text)) throw invalid(`${token.rawName} needs points such as 100,200, found "${text}".`);
      values[token.name] = pointsOf(text);
      pointsName = token.name;
    } else if (spec.type === "flag") {
      if (token.value !== undefined) throw invalid(`${token.rawName} takes no value, but was given "${token.value}".`);
      values[token.name] = true;
    } else {
      values[token.name] = singleValue(token.rawName, token.value, token.inlineValue === true, spec);
    }
  }
  return { words: positionals, options: values as OptionValues<Specs> };
}

function invalid(message: string): PlateKitError {
  return new PlateKitError("OPTION_INVALID", message);
}

function unknownOption(rawName: string, known: readonly string[]): PlateKitError {
  const near = nearestName(rawName.replace(/^-+/, ""), known);
  return invalid(`Unknown option ${rawName}.${near ? ` Did you mean --${near}?` : ""}`);
}

function given(rawName: string, value: string | undefined, spec: { readonly value: string }): string {
  if (value === undefined || value === "") throw invalid(`${rawName} needs a value: ${rawName} ${spec.value}.`);
  return value;
}

function listValue(rawName: string, value: string | undefined, spec: OptionSpec & { type: "list" }): string[] {
  const items = given(rawName, value, spec)
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
  if (items.length === 0) throw invalid(`${rawName} needs a value: ${rawName} ${spec.value}.`);
  return items;
}

/** Points in one word or several: `10,20` or `10,20 30,40`. */
const POINTS = /^\s*-?\d+(\.\d+)?,-?\d+(\.\d+)?(\s+-?\d+(\.\d+)?,-?\d+(\.\d+)?)*\s*$/;

function pointsOf(text: string): Point[] {
  return text
    .trim()
    .split(/\s+/)
    .map((pair) => {
      const [x, y] = pair.split(",");
      return [Number(x), Number(y)]; // POINTS has seen two numbers
    });
}

type SingleSpec = Exclude<OptionSpec, { type: "flag" | "list" | "points" }>;

function singleValue(rawName: string, value: string | undefined, inline: boolean, spec: SingleSpec): string | number {
  const text = given(rawName, value, spec);
  // `--save --json` swallowed the next option; a value that really starts with a dash can be given as `--save=-x`.
  // Negative numbers pass, so that the range check can name the range.
  if (!inline && text.startsWith("-") && text !== "-" && !/^-[\d.]/.test(text)) {
    throw invalid(`${rawName} needs a value: ${rawName} ${spec.value}. Found "${text}" instead.`);
  }
  if (spec.type === "number") return numberValue(rawName, text, spec);
  if (spec.type === "size") return sizeValue(rawName, text);
  if (spec.choices && !spec.choices.includes(text)) {
    const near = nearestName(text, spec.choices);
    throw invalid(
      `${rawName} must be one of ${spec.choices.join(", ")}, found "${text}".${near ? ` Did you mean ${near}?` : ""}`,
    );
  }
  return text;
}

function numberValue(rawName: string, text: string, spec: OptionSpec & { type: "number" }): number {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer = false } = spec;
  if (!Number.isFinite(number) || number < min || number > max || (integer && !Number.isInteger(number))) {
    const kind = integer ? "a whole number" : "a number";
    const range =
      min > Number.NEGATIVE_INFINITY
        ? max < Number.POSITIVE_INFINITY
          ? ` from ${min} to ${max}`
          : ` of ${min} or more`
        : "";
    throw invalid(`${rawName} must be ${kind}${range}, found "${text}".`);
  }
  return number;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
};

/** `5000`, `64MiB`, `100M`, `1.5G`: a count of 1 or more; a closing B is ignored. */
function sizeValue(rawName: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(|[kmg]i?)b?$/i.exec(text);
  const count = match ? Math.floor(Number(match[1]) * (SIZE_UNITS[(match[2] ?? "").toLowerCase()] ?? Number.NaN)) : 0;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw invalid(`${rawName} must be a size of 1 or more, such as 5000, 100M or 64MiB, found "${text}".`);
  }
  return count;
}
