import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { confusionSvg, curvesSvg } from "../../src/cli/train-charts.ts";
import { historyCsv } from "../../src/cli/train-log.ts";
import { listMistakes, mistakesPng } from "../../src/cli/train-mistakes.ts";
import { accuracyTile, buildTrainReport } from "../../src/cli/train-report.ts";
import type { EpochRecord } from "../../src/train/fit.ts";

function history(epochs: number): EpochRecord[] {
  return Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    trainingLoss: 2 / (i + 1),
    trainingAccuracy: i / epochs,
    validationLoss: i === 0 ? 0 : 1 / i,
    validationAccuracy: i / epochs,
    microF1: i / epochs,
    macroF1: i / epochs,
    seconds: 1.5,
  }));
}

/** sharp refuses SVG that is not well-formed. */
async function sizeOf(svg: string): Promise<string> {
  const { width, height } = await sharp(Buffer.from(svg)).metadata();
  return `${width}×${height}`;
}

for (const epochs of [1, 2, 80]) {
  test(`curves of ${epochs} epochs are one drawing with five curves, all points inside`, async () => {
    const svg = curvesSvg(history(epochs), epochs);
    assert.equal(await sizeOf(svg), "920×300");
    const curves = [...svg.matchAll(/<polyline[^>]*points="([^"]*)"|<circle[^>]*cx="([^"]*)" cy="([^"]*)"/g)];
    assert.equal(curves.length, 5);
    for (const [, points, x, y] of curves) {
      for (const point of (points ?? `${x},${y}`).split(" ")) {
        const [left, top] = point.split(",").map(Number);
        assert.ok(left! >= 52 && left! <= 444 && top! >= 40 && top! <= 258, point);
      }
    }
    assert.ok(svg.includes(`kept: ${epochs}`));
  });
}

test("the confusion matrix marks hits and misses, and escapes names", async () => {
  const svg = confusionSvg(Uint32Array.of(5, 1, 0, 0, 6, 0, 0, 0, 0), ["<a>", "b", "c"]);
  await sizeOf(svg);
  assert.equal(svg.match(/class="tc-right"/g)?.length, 3);
  assert.equal(svg.match(/class="tc-wrong"/g)?.length, 1);
  assert.ok(svg.includes("<title>&lt;a&gt; read as b: 1</title>"));
  assert.ok(!svg.includes("<a>"));
});

const pictures = {
  height: 2,
  width: 2,
  channels: 1,
  pixels: Uint8Array.from({ length: 12 }, (_, i) => i * 20),
  labels: Int32Array.of(0, 1, 1),
  paths: ["val/<A>/0.png", "val/B/1.png", "val/B/2.png"],
};
const classes = ["<A>", "B"];
const answers = {
  predicted: Int32Array.of(1, 1, 0),
  probabilities: Float32Array.of(0.4, 0.6, 0.1, 0.9, 0.75, 0.25),
};

test("mistakes are listed, the surest first", () => {
  assert.deepEqual(listMistakes(pictures, answers, classes), [
    { path: "val/B/2.png", index: 2, truth: "B", read: "<A>", confidence: 0.75, truthConfidence: 0.25 },
    {
      path: "val/<A>/0.png",
      index: 0,
      truth: "<A>",
      read: "B",
      confidence: Math.fround(0.6),
      truthConfidence: Math.fround(0.4),
    },
  ]);
});

test("the sheet of mistakes shows the pictures; without any it says so", async () => {
  const mistakes = listMistakes(pictures, answers, classes);
  const { data, info } = await sharp(await mistakesPng(pictures, mistakes))
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [2 * 16 + 2 * 116, 2 * 16 + 28 + 140]);
  // The first picture is number 2, whose top left pixel is 8 × 20.
  const at = (x: number, y: number) => data[(y * info.width + x) * info.channels];
  assert.equal(at(16 + 16 + 5, 16 + 28 + 5), 160);
  const empty = await sharp(await mistakesPng(pictures, [])).metadata();
  assert.equal(empty.height, 2 * 16 + 28);
});

test("the page escapes what comes from files and asks the network for nothing", async () => {
  const page = await buildTrainReport({
    title: "<script>alert(1)</script>",
    facts: [["layers", "<b>"]],
    tiles: [accuracyTile(1, 3)],
    curvesSvg: curvesSvg(history(3), 2),
    confusionSvg: confusionSvg(Uint32Array.of(0, 1, 1, 1), classes),
    history: history(3),
    bestEpoch: 2,
    mistakes: listMistakes(pictures, answers, classes),
    validation: pictures,
    problems: ["train/<x>.png: damaged"],
  });
  assert.ok(!/<script|<A>|<x>|<b>(?!B|&lt;)/.test(page.replace(/<b>(?=B|&lt;A)/g, "")));
  assert.match(page, /Content-Security-Policy" content="default-src 'none'/);
  assert.ok(!/(src|href)="(?!data:)/.test(page));
  assert.equal(page.match(/<img src="data:image\/png;base64,/g)?.length, 2);
  assert.match(page, /1 of 3; 95 %: 6\.15 % to 79\.23 %/);
  assert.match(page, /1 pictures left out/);
});

test("the history as CSV has a line of names and one an epoch", () => {
  assert.equal(historyCsv([]).split("\n").length, 2);
  const lines = historyCsv(history(2)).split("\n");
  assert.equal(
    lines[0],
    "epoch,trainingLoss,trainingAccuracy,validationLoss,validationAccuracy,microF1,macroF1,seconds",
  );
  assert.equal(lines[2], "2,1,0.5,1,0.5,0.5,0.5,1.5");
});
