import assert from "node:assert/strict";
import { test } from "node:test";
import { riskCurve, runFigures } from "../../src/cli/bench-figures.ts";
import { judge } from "../../src/cli/bench-judge.ts";
import type { PlateRead } from "../../src/core/read.ts";
import type { Sample } from "../../src/node/dataset.ts";
import { seededRandom } from "../core/seeded-random.ts";
import { read, sample, truth } from "./bench-fixtures.ts";

const judged = (of: Sample, plates: readonly PlateRead[], ms = 10) => judge({ sample: of, plates, ms });

test("the figures of nothing are counts of 0 and nulls, never NaN", () => {
  const { all, latin, byDataset } = runFigures([], true);
  assert.equal(byDataset.size, 0);
  for (const figures of [all, latin]) {
    assert.equal(figures.images, 0);
    assert.equal(figures.exact.total, 0);
    assert.equal(figures.calibrationError, null);
    assert.equal(figures.coverageAt999, null);
    assert.equal(figures.msPerImage, null);
  }
});

test("rates count the plates with text, detection all plates, precision all boxes", () => {
  const { all } = runFigures(
    [
      judged(sample([truth("AB123")]), [read("AB123", 0.9)]),
      judged(sample([truth("CD456")]), [read("CD457", 0.6), read("ZZ1", 0.2, { box: [150, 70, 40, 10] })]),
      judged(sample([truth(null)]), [read("EF789", 0.9)]),
      judged(sample([truth("GH012")]), []),
      judged(sample([]), [read("NO1", 0.7), read("NO2", 0.3)]),
    ],
    true,
  );
  assert.deepEqual([all.images, all.plates, all.texts], [5, 4, 3]);
  assert.deepEqual([all.exact.hits, all.exact.total], [1, 3]);
  assert.deepEqual([all.recall?.hits, all.recall?.total], [3, 4]);
  assert.deepEqual([all.precision?.hits, all.precision?.total], [3, 6]);
  assert.deepEqual(all.characterErrors, { edits: 0 + 1 + 5, characters: 15 });
  assert.equal(all.wrongTexts, 4);
  assert.deepEqual([all.withoutPlate, all.falseTexts], [1, 1]);
});

test("a reader alone has neither recall nor precision", () => {
  const { all } = runFigures([judged(sample([truth("AB123")], { kind: "crop" }), [read("AB123", 0.9)])], false);
  assert.deepEqual([all.recall, all.precision, all.exact.rate], [null, null, 1]);
});

test("groups hold their own plates; precision is told only where every box belongs to the group", () => {
  const both = sample([truth("AB123"), truth("京A88731", { region: "cn", lines: 2, box: [100, 50, 80, 40] })]);
  const figures = runFigures(
    [
      judged(both, [read("AB123", 0.9)]),
      judged(sample([truth("XY1", { region: null, lines: null })], { dataset: "scenes/b" }), []),
    ],
    true,
  );
  const exact = (groups: ReadonlyMap<string, { exact: { hits: number; total: number } }>) =>
    [...groups].map(([name, group]) => [name, group.exact.hits, group.exact.total]);
  assert.deepEqual(exact(figures.byDataset), [
    ["scenes/a", 1, 2],
    ["scenes/b", 0, 1],
  ]);
  assert.deepEqual(exact(figures.byRegion), [
    ["cn", 0, 1],
    ["de", 1, 1],
    ["unknown", 0, 1],
  ]);
  assert.deepEqual(exact(figures.byLines), [
    ["1", 1, 1],
    ["2", 0, 1],
    ["unknown", 0, 1],
  ]);
  assert.deepEqual(exact(figures.byHeight), [
    ["16–24 px", 1, 2],
    ["32–48 px", 0, 1],
  ]);
  assert.deepEqual([figures.latin.exact.hits, figures.latin.exact.total], [1, 2]);
  assert.equal(figures.byRegion.get("de")?.precision, null);
  assert.equal(figures.byDataset.get("scenes/b")?.precision?.total, 0);
});

test("Latin keeps umlauts and leaves out other scripts and plates without full text", () => {
  const texts = ["WÜÄÖ1", "皖A1", "٣٩٤٥", "한1", null, "A?1"];
  const { latin } = runFigures(
    texts.map((text) => judged(sample([truth(text)]), [])),
    true,
  );
  assert.deepEqual([latin.plates, latin.texts], [1, 1]);
});

test("calibration error is 0 when every confidence keeps its word and grows with its lies", () => {
  const run = (confidence: number, right: number) =>
    runFigures(
      Array.from({ length: 10 }, (_, i) =>
        judged(sample([truth("AB123")]), [read(i < right ? "AB123" : "XX", confidence)]),
      ),
      true,
    ).all.calibrationError;
  assert.ok(Math.abs(run(0.7, 7)!) < 1e-9);
  assert.ok(Math.abs(run(0.95, 5)! - 0.45) < 1e-9);
});

test("coverage at 99.9 % stops before the surest wrong text, also when that lies on nothing", () => {
  const rights = Array.from({ length: 8 }, (_, i) => judged(sample([truth("AB123")]), [read("AB123", 0.9 + i / 1000)]));
  const unread = Array.from({ length: 2 }, () => judged(sample([truth("AB123")]), []));
  const coverage = (confidence: number) =>
    runFigures([...rights, ...unread, judged(sample([]), [read("XX", confidence)])], true).all.coverageAt999;
  assert.equal(coverage(0.1), 0.8);
  assert.equal(coverage(0.9035), 0.4);
  assert.equal(coverage(0.99), 0);
});

test("coverage at 99 % bears one wrong text in a hundred", () => {
  const rights = Array.from({ length: 99 }, () => judged(sample([truth("AB123")]), [read("AB123", 0.9)]));
  const wrong = judged(sample([truth("AB123")]), [read("XX", 0.95)]);
  const { coverageAt99, coverageAt999 } = runFigures([...rights, wrong], true).all;
  assert.deepEqual([coverageAt99, coverageAt999], [1, 0]);
});

test("answers of equal confidence are given together", () => {
  const { reads } = judged(sample([truth("AB123")]), [read("AB123", 0.9), read("XX", 0.9, { box: [150, 70, 40, 10] })]);
  assert.deepEqual(riskCurve(reads, 1), [{ confidence: 0.9, coverage: 1, risk: 0.5 }]);
});

test("property: along the curve coverage grows and never exceeds 1, and risk ends at the share of wrong texts", () => {
  const random = seededRandom(7);
  for (let round = 0; round < 50; round++) {
    const pictures = Array.from({ length: 1 + Math.floor(random() * 20) }, () => {
      const plates = Array.from({ length: Math.floor(random() * 3) }, () =>
        read(random() < 0.7 ? "AB123" : "AB124", Math.round(random() * 20) / 20),
      );
      return judged(sample(random() < 0.8 ? [truth("AB123")] : []), plates);
    });
    const { all } = runFigures(pictures, true);
    const reads = pictures.flatMap((picture) => picture.reads);
    const curve = riskCurve(reads, all.texts);
    for (const [i, point] of curve.entries()) {
      assert.ok(point.coverage <= 1 && point.risk <= 1);
      assert.ok(i === 0 || (point.coverage >= curve[i - 1]!.coverage && point.confidence < curve[i - 1]!.confidence));
    }
    if (reads.length > 0) assert.ok(Math.abs(curve.at(-1)!.risk - all.wrongTexts / reads.length) < 1e-12);
  }
});

test("times are the median and the 95th percentile of the pictures", () => {
  const pictures = Array.from({ length: 101 }, (_, i) => judged(sample([]), [], i));
  assert.deepEqual(runFigures(pictures, true).all.msPerImage, { median: 50, p95: 95 });
});
