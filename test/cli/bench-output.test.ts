import assert from "node:assert/strict";
import { test } from "node:test";
import { runFigures } from "../../src/cli/bench-figures.ts";
import { judge } from "../../src/cli/bench-judge.ts";
import { benchJson, benchText, type Run } from "../../src/cli/bench-output.ts";
import { read, sample, truth } from "./bench-fixtures.ts";

const pictures = [
  judge({ sample: sample([truth("AB123")]), plates: [read("AB123", 0.9)], ms: 20 }),
  judge({ sample: sample([truth("CD456")]), plates: [read("CD457", 0.6)], ms: 30 }),
];
const scenes: Run = { name: "end-to-end", figures: runFigures(pictures, true), cpuMsPerImage: 40 };
const crops: Run = { name: "crops", figures: runFigures(pictures, false), cpuMsPerImage: 4 };

const FIELDS = [
  ...[
    "images",
    "plates",
    "exact",
    "exactFolded",
    "characterErrorRate",
    "top5",
    "detectionRecall",
    "detectionPrecision",
  ],
  ...["wrongTexts", "calibrationError", "coverageAt99", "coverageAt999", "msPerImage", "cpuMsPerImage"],
];

test("JSON holds every promised field, for the run and for each of its groups", () => {
  const json = benchJson([scenes]);
  for (const group of [json, json.byDataset["scenes/a"]!, json.byRegion.de!, json.byLines["1"]!]) {
    for (const field of FIELDS) assert.ok(field in group, field);
  }
  assert.equal(json.exact, 0.5);
  assert.equal(json.characterErrorRate, 0.1);
  assert.equal(json.detectionRecall, 1);
  assert.deepEqual(json.msPerImage, { median: 25, p95: 29.5 });
  assert.equal(json.cpuMsPerImage, 40);
  assert.equal(json.crops, undefined);
});

test("JSON of both runs is the first with the crops beside it, and survives being written", () => {
  const json = JSON.parse(JSON.stringify(benchJson([scenes, crops])));
  assert.equal(json.run, "end-to-end");
  assert.equal(json.crops.run, "crops");
  assert.equal(json.crops.detectionRecall, null);
  assert.equal(json.crops.cpuMsPerImage, 4);
});

test("JSON of nothing holds nulls, not NaN", () => {
  const json = benchJson([{ name: "end-to-end", figures: runFigures([], true), cpuMsPerImage: null }]);
  assert.deepEqual([json.images, json.exact, json.characterErrorRate, json.msPerImage], [0, null, null, null]);
});

test("a data set cannot reach the prototype by its name", () => {
  const named = [judge({ sample: sample([truth("A1")], { dataset: "__proto__" }), plates: [], ms: 1 })];
  const json = benchJson([{ name: "end-to-end", figures: runFigures(named, true), cpuMsPerImage: null }]);
  assert.match(JSON.stringify(json.byDataset), /^\{"__proto__":\{"images":1,/);
});

test("the printed table shows a Wilson interval beside every rate", () => {
  const text = benchText([scenes, crops]);
  assert.match(text, /^Scenes and negatives, end to end: 2 pictures, 2 plates, 2 with text\n/);
  assert.match(text, /\n {2}exact +50\.0 % +9\.5–90\.5 +1 of 2\n/);
  assert.match(text, /\n {2}detection recall, IoU 0\.5 +100\.0 % +34\.2–100\.0 +2 of 2\n/);
  assert.match(text, /\n {2}scenes\/a +2 +2 +2 +50\.0 % +9\.5–90\.5 /);
  assert.match(text, /\n {2}Latin only +2 /);
  assert.match(text, /\nCrops, reader alone: 2 pictures/);
  assert.doesNotMatch(text, /NaN|undefined|null/);
  assert.doesNotMatch(text, / \n/);
});

test("columns line up", () => {
  const lines = benchText([scenes]).split("\n");
  const start = lines.findIndex((line) => line.startsWith("  by dataset"));
  assert.equal(lines[start]!.length, lines[start + 1]!.length);
});
