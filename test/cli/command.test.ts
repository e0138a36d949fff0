import assert from "node:assert/strict";
import { test } from "node:test";
import { type OptionSpecs, parseWords } from "../../src/cli/command.ts";
import { nearestName } from "../../src/cli/nearest-name.ts";

const SPECS = {
  json: { type: "flag", help: "" },
  save: { type: "text", value: "DIR", help: "" },
  engine: { type: "text", value: "NAME", help: "", choices: ["neural", "classic"] },
  region: { type: "list", value: "CODES", help: "" },
  share: { type: "number", value: "P", help: "", min: 0, max: 1 },
  count: { type: "number", value: "N", help: "", min: 1, integer: true },
  size: { type: "size", value: "SIZE", help: "" },
} as const satisfies OptionSpecs;

const accepted: readonly { words: string; positionals?: string[]; options?: object }[] = [
  { words: "" },
  { words: "a b", positionals: ["a", "b"] },
  { words: "-", positionals: ["-"] },
  { words: "a --json b", positionals: ["a", "b"], options: { json: true } },
  { words: "--save out a", positionals: ["a"], options: { save: "out" } },
  { words: "--save=-out", options: { save: "-out" } },
  { words: "-- --json -x", positionals: ["--json", "-x"] },
  { words: "--region de,fr --region it,", options: { region: ["de", "fr", "it"] } },
  { words: "--engine classic", options: { engine: "classic" } },
  { words: "--share .5 --count 3", options: { share: 0.5, count: 3 } },
  { words: "--share 1e-3", options: { share: 0.001 } },
  { words: "--share 0.2 --share 0.3", options: { share: 0.3 } },
  { words: "--size 5000", options: { size: 5000 } },
  { words: "--size 64MiB", options: { size: 67108864 } },
  { words: "--size 1.5g", options: { size: 1.5e9 } },
  { words: "--size 2kB", options: { size: 2000 } },
];
for (const { words, positionals = [], options = {} } of accepted) {
  test(`parseWords takes "${words}"`, () => {
    const parsed = parseWords(words === "" ? [] : words.split(" "), SPECS);
    assert.deepEqual(parsed, { words: positionals, options });
  });
}

const refused: readonly { words: readonly string[]; message: string }[] = [
  { words: ["--jsn"], message: "Unknown option --jsn. Did you mean --json?" },
  { words: ["--toString"], message: "Unknown option --toString." },
  { words: ["-j"], message: "Unknown option -j." },
  { words: ["--json=yes"], message: '--json takes no value, but was given "yes".' },
  { words: ["--save"], message: "--save needs a value: --save DIR." },
  { words: ["--save", ""], message: "--save needs a value: --save DIR." },
  { words: ["--save", "--json"], message: '--save needs a value: --save DIR. Found "--json" instead.' },
  { words: ["--region", ","], message: "--region needs a value: --region CODES." },
  {
    words: ["--engine", "neurl"],
    message: '--engine must be one of neural, classic, found "neurl". Did you mean neural?',
  },
  { words: ["--share", "NaN"], message: '--share must be a number from 0 to 1, found "NaN".' },
  { words: ["--share", "-1"], message: '--share must be a number from 0 to 1, found "-1".' },
  { words: ["--share", "1.1"], message: '--share must be a number from 0 to 1, found "1.1".' },
  { words: ["--share", "Infinity"], message: '--share must be a number from 0 to 1, found "Infinity".' },
  { words: ["--share", "0x1"], message: '--share must be a number from 0 to 1, found "0x1".' },
  { words: ["--share", " "], message: '--share must be a number from 0 to 1, found " ".' },
  { words: ["--count", "2.5"], message: '--count must be a whole number of 1 or more, found "2.5".' },
  { words: ["--count", "-3"], message: '--count must be a whole number of 1 or more, found "-3".' },
  { words: ["--count", "3x"], message: '--count must be a whole number of 1 or more, found "3x".' },
  { words: ["--size", "0"], message: '--size must be a size of 1 or more, such as 5000, 100M or 64MiB, found "0".' },
  { words: ["--size", "-5"], message: '--size must be a size of 1 or more, such as 5000, 100M or 64MiB, found "-5".' },
  {
    words: ["--size", "big"],
    message: '--size must be a size of 1 or more, such as 5000, 100M or 64MiB, found "big".',
  },
  {
    words: ["--size", "9e99"],
    message: '--size must be a size of 1 or more, such as 5000, 100M or 64MiB, found "9e99".',
  },
];
for (const { words, message } of refused) {
  test(`parseWords refuses ${words.join(" ")}`, () => {
    assert.throws(() => parseWords(words, SPECS), { code: "OPTION_INVALID", message });
  });
}

const nearest: readonly { typed: string; expected: string | undefined }[] = [
  { typed: "", expected: undefined },
  { typed: "raed", expected: "read" },
  { typed: "rea", expected: "read" },
  { typed: "READ", expected: "read" },
  { typed: "benhc", expected: "bench" },
  { typed: "regionstrict", expected: "region-strict" },
  { typed: "min", expected: "min-confidence" },
  { typed: "elephant", expected: undefined },
];
for (const { typed, expected } of nearest) {
  test(`nearestName of "${typed}" is ${expected}`, () => {
    assert.equal(nearestName(typed, ["read", "bench", "region-strict", "min-confidence"]), expected);
  });
}
