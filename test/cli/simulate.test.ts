import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { simulationTable } from "../../src/cli/simulate-output.ts";
import { countFigure, shareFigure } from "../../src/sites/simulation/figures.ts";
import { DEFAULT_MISREADS } from "../../src/sites/simulation/misreads.ts";
import { DEFAULT_DELIVERY } from "../../src/sites/simulation/stream.ts";
import { runInProcess } from "./run-program.ts";

test("simulate prints its figures beside exact matching, and the same as JSON", async () => {
  const words = ["simulate", "enforcement", "--vehicles", "2000", "--days", "2"];
  const table = await runInProcess(words);
  assert.equal(table.code, 0);
  assert.match(table.stdout, /^enforcement: 2000 vehicles in 2 days, seed 1, 95\.0 % of passages read right\.\n/);
  assert.match(table.stdout, /\nMisreads: \d+ misread characters of \d+ on \d+ plates of the tuning split/);
  assert.match(table.stdout, /false alerts, of all passages +[\d.]+ % +[\d.]+ % +<= 0\.0100 % +(reached|missed)/);
  const json = JSON.parse((await runInProcess([...words, "--json"])).stdout);
  assert.deepEqual(
    [json.simulation, json.seed, json.days, json.vehicles, json.readRate],
    ["enforcement", 1, 2, 2000, 0.95],
  );
  assert.ok(json.figures.hitsRecalled <= 1 && json.naive.hitsRecalled <= 1);
  assert.deepEqual(json.targets.hitsRecalled, {
    relation: ">=",
    value: 0.98,
    isReached: json.figures.hitsRecalled >= 0.98,
  });
  assert.equal(json.confusions.provisional, false);
});

test("a table shows small shares with their digits, and counts as they are", () => {
  const options = { vehicles: 1, days: 1, seed: 1, misreads: DEFAULT_MISREADS, delivery: DEFAULT_DELIVERY };
  const figures = [
    shareFigure("a", "small", 0.00004, null, { relation: "<=", value: 1e-4 }),
    countFigure("b", "many", 17),
    shareFigure("c", "none", 0, 0.5),
  ];
  const lines = simulationTable("toll", options, figures).split("\n").slice(3);
  assert.deepEqual(
    lines.map((line) => line.trim().split(/ {2,}/)),
    [
      ["PlateKit", "exact match", "to reach"],
      ["small", "0.0040 %", "<= 0.0100 %", "reached"],
      ["many", "17"],
      ["none", "0.00 %", "50.00 %"],
      [""],
    ].slice(0, 5),
  );
});

const refused = [
  { name: "no name", words: [], message: /Name what to simulate: parking, toll, enforcement, traffic/ },
  { name: "a name that is none", words: ["parkng"], message: /Did you mean parking\?/ },
  { name: "two names", words: ["parking", "toll"], message: /One simulation at a time/ },
  { name: "no vehicles", words: ["parking", "--vehicles", "0"], message: /--vehicles must be a whole number/ },
  {
    name: "a read rate that is none",
    words: ["parking", "--read-rate", "0.2"],
    message: /--read-rate must be a number from 0\.5 to 1/,
  },
  {
    name: "a file that is not there",
    words: ["parking", "--confusions", "nowhere.json"],
    message: /nowhere\.json can't be read/,
    code: 1,
  },
];
for (const { name, words, message, code = 2 } of refused) {
  test(`simulate refuses ${name}`, async () => {
    const run = await runInProcess(["simulate", ...words]);
    assert.equal(run.code, code);
    assert.match(run.stderr, message);
  });
}

test("simulate takes a confusion table, and refuses what is none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "platekit-simulate-"));
  try {
    const file = join(folder, "table.json");
    const run = () => runInProcess(["simulate", "enforcement", "--vehicles", "100", "--confusions", file, "--json"]);
    await writeFile(
      file,
      JSON.stringify({ source: "bench", misreads: { 0: { O: 0.9 } }, missed: 0.01, invented: 0.01 }),
    );
    assert.deepEqual(JSON.parse((await run()).stdout).confusions, { source: "bench", provisional: false });
    for (const text of [
      "{",
      "[]",
      '{"misreads":{"0":{"O":"x"}},"missed":0.1,"invented":0.1}',
      '{"misreads":{"0":{"O":2}},"missed":0.1,"invented":0.1}',
    ]) {
      await writeFile(file, text);
      const { code, stderr } = await run();
      assert.equal(code, 2);
      assert.match(stderr, /is no confusion table/);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
