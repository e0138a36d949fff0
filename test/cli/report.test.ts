import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import sharp from "sharp";
import { runFigures } from "../../src/cli/bench-figures.ts";
import { judge } from "../../src/cli/bench-judge.ts";
import { buildReport, type ReportFacts } from "../../src/cli/report.ts";
import { listFailures, takeEvenly } from "../../src/cli/report-failures.ts";
import { pictureUri } from "../../src/cli/report-pictures.ts";
import type { JudgedRun } from "../../src/cli/report-sections.ts";
import type { PlateRead } from "../../src/core/read.ts";
import type { Sample } from "../../src/node/dataset.ts";
import { read, sample, truth } from "./bench-fixtures.ts";

const facts: ReportFacts = { dataset: "val", facts: [["engine", "neural"]], createdAtMs: 0, problems: [] };
const judged = (of: Sample, plates: readonly PlateRead[]) => judge({ sample: of, plates, ms: 10 });
const runOf = (judgements: JudgedRun["judgements"]): JudgedRun => ({
  name: "end-to-end",
  judgements,
  figures: runFigures(judgements, true),
  cpuMsPerImage: 12,
});

let folder = "";
let picture = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "platekit-report-"));
  picture = join(folder, "a.webp");
  await sharp({ create: { width: 200, height: 100, channels: 3, background: "#c04030" } })
    .webp()
    .toFile(picture);
});
after(() => rm(folder, { recursive: true, force: true }));

test("a report of nothing is still a page", async () => {
  const page = await buildReport([runOf([])], facts);
  assert.match(page, /^<!doctype html>/);
  assert.match(page, /No failures\./);
  assert.doesNotMatch(page, /NaN|undefined|\[object/);
});

test("a report shows figures, all four charts, tables and the failure with its picture", async () => {
  const run = runOf([
    judged(sample([truth("AB123")], { path: picture }), [read("AB123", 0.9)]),
    judged(sample([truth("CD456")], { path: picture }), [read("CD4S6", 0.6, { doubt: "blurred" })]),
  ]);
  const page = await buildReport([run], facts);
  for (const label of ["Risk against coverage", "Reliability", "Confusion of characters", "Time per picture"]) {
    assert.match(page, new RegExp(`<svg [^>]*aria-label="${label}"`));
  }
  for (const title of ["By dataset", "By region", "By lines and script", "By plate height"])
    assert.ok(page.includes(title), title);
  assert.match(page, /<code>5 → S<\/code>/);
  assert.match(page, /CD4<mark>5<\/mark>6/);
  assert.match(page, /CD4<mark>S<\/mark>6/);
  assert.match(page, /<dd>0\.600<\/dd>/);
  assert.match(page, /<dd>blurred<\/dd>/);
  assert.equal(page.match(/src="data:image\/webp;base64,/g)?.length, 1);
  assert.doesNotMatch(page, /NaN|undefined|\[object/);
});

test("a report asks nothing of the network", async () => {
  const run = runOf([judged(sample([truth("AB123")], { path: picture }), [])]);
  const page = await buildReport([run], facts);
  assert.match(page, /default-src 'none'/);
  assert.doesNotMatch(page, /https?:|\/\/[a-z]|<link|@import|url\(/);
});

test("texts, names and messages from files are escaped wherever they stand", async () => {
  const evil = `"><script>alert('x')</script>`;
  const odd = sample([truth(evil, { region: evil })], { dataset: evil, image: evil, path: picture });
  const run = runOf([judged(odd, [read(`${evil}1`, 0.7, { region: evil })])]);
  const page = await buildReport([run], { ...facts, dataset: evil, facts: [[evil, evil]], problems: [evil] });
  assert.equal(page.match(/<script>/g)?.length, 1);
  assert.doesNotMatch(page, /alert\('x'\)/);
});

test("failures are sorted by kind, the surest misreads and the largest missed plates first", () => {
  const failures = listFailures([
    judged(sample([truth("AB123")]), [read("AB124", 0.3)]),
    judged(sample([truth("AB123")]), [read("AB125", 0.8)]),
    judged(sample([truth("AB123")]), [read("AB123", 0.8)]),
    judged(sample([truth(null, { box: [0, 0, 50, 12] }), truth("XY1", { box: [0, 40, 90, 30] })]), []),
    judged(sample([]), [read("NO1", 0.2)]),
  ]);
  assert.deepEqual(
    failures.map(({ kind, read: answer, truth: plate }) => [kind, answer?.text ?? plate?.text]),
    [
      ["misread", "AB125"],
      ["misread", "AB124"],
      ["missed", "XY1"],
      ["missed", null],
      ["false read", "NO1"],
    ],
  );
});

test("on a crop without a plate only a read that claims to know is a failure", () => {
  const empty = sample([], { kind: "crop" });
  assert.equal(listFailures([judged(empty, [read("NO1", 0.5)])]).length, 0);
  assert.deepEqual(listFailures([judged(empty, [read("NO1", 0.6)])])[0]?.box, [0, 0, 200, 100]);
});

test("a cut list of failures keeps the worst of every kind, in order", () => {
  const failures = listFailures([
    ...Array.from({ length: 9 }, (_, i) => judged(sample([truth("AB123")]), [read("AB124", i / 10)])),
    judged(sample([truth("AB123")]), []),
    judged(sample([]), [read("NO1", 0.2)]),
  ]);
  assert.deepEqual(takeEvenly(failures, 0), []);
  assert.deepEqual(takeEvenly(failures, 99), failures);
  assert.deepEqual(
    takeEvenly(failures, 5).map(({ kind, read: answer }) => [kind, answer?.confidence]),
    [
      ["misread", 0.8],
      ["misread", 0.7],
      ["misread", 0.6],
      ["missed", undefined],
      ["false read", 0.2],
    ],
  );
});

test("the page names how many failures there are when it shows fewer", async () => {
  const run = runOf(Array.from({ length: 9 }, () => judged(sample([truth("AB123")]), [read("AB124", 0.5)])));
  const page = await buildReport([run, run], facts, 5);
  assert.match(page, /18 failures, of which 5 are shown/);
  assert.equal(page.match(/<figure class="failure"/g)?.length, 5);
});

test("a picture is cut out with a margin, cut at the frame, and small", async () => {
  const uri = await pictureUri(picture, { width: 200, height: 100 }, [150, 60, 80, 30]);
  const bytes = Buffer.from(uri!.slice(uri!.indexOf(",") + 1), "base64");
  const { width, height } = await sharp(bytes).metadata();
  assert.deepEqual([width, height], [200 - 134, 96 - 54]);
  assert.ok(bytes.length < 5000);
});

test("a box outside the picture or a picture gone leaves a card without picture", async () => {
  const frame = { width: 200, height: 100 };
  assert.equal(await pictureUri(picture, frame, [300, 300, 10, 10]), null);
  assert.equal(await pictureUri(join(folder, "gone.webp"), frame, [0, 0, 10, 10]), null);
});
