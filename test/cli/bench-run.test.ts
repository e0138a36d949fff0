import assert from "node:assert/strict";
import { test } from "node:test";
import { measure, plateQuad, type ReaderUnderTest } from "../../src/cli/bench-run.ts";
import { PlateKitError } from "../../src/core/errors.ts";
import { read, sample, truth } from "./bench-fixtures.ts";

const picture = { width: 200, height: 100, plates: [read("AB123", 0.9)], ms: 5 };
const fake: ReaderUnderTest = { read: async () => picture, readPlateAt: async () => ({ ...picture, plates: [] }) };

test("nothing to measure is measured at once", async () => {
  const { outcomes, problems } = await measure([], fake, 4);
  assert.deepEqual({ outcomes, problems }, { outcomes: [], problems: [] });
});

test("outcomes keep the order of the samples, never more than asked for are under way, all are counted", async () => {
  let underWay = 0;
  let most = 0;
  let steps = 0;
  const slow: ReaderUnderTest = {
    ...fake,
    async read(path) {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, path.endsWith("0") ? 10 : 1));
      underWay--;
      return picture;
    },
  };
  const samples = Array.from({ length: 20 }, (_, i) => sample([], { path: `p${i}` }));
  const { outcomes } = await measure(samples, slow, 3, () => steps++);
  assert.deepEqual(
    outcomes.map((outcome) => outcome.sample.path),
    samples.map(({ path }) => path),
  );
  assert.equal(most, 3);
  assert.equal(steps, 20);
});

test("crops are read where their plate is, scenes and negatives wherever", async () => {
  const quads: unknown[] = [];
  const spy: ReaderUnderTest = {
    ...fake,
    async readPlateAt(_path, quad) {
      quads.push(quad);
      return picture;
    },
  };
  await measure([sample([truth("A1")]), sample([truth("A1")], { kind: "crop" }), sample([])], spy, 1);
  assert.equal(quads.length, 1);
});

test("the plate of a crop is its corners, else its box, else the whole picture", () => {
  const corners = [
    [1, 2],
    [9, 3],
    [8, 7],
    [0, 6],
  ] as const;
  const frame = { width: 20, height: 10 };
  assert.deepEqual(plateQuad({ ...frame, plates: [truth("A1", { corners })] }), corners);
  assert.deepEqual(plateQuad({ ...frame, plates: [truth("A1", { box: [2, 1, 10, 5] })] }), [
    [2, 1],
    [12, 1],
    [12, 6],
    [2, 6],
  ]);
  assert.deepEqual(plateQuad({ ...frame, plates: [] }), [
    [0, 0],
    [20, 0],
    [20, 10],
    [0, 10],
  ]);
});

test("a picture that can't be read is named and the rest goes on", async () => {
  const failing: ReaderUnderTest = {
    ...fake,
    async read(path) {
      if (path === "bad") throw new PlateKitError("IMAGE_UNREADABLE", "bad: the file is empty (0 bytes).");
      return picture;
    },
  };
  const { outcomes, problems } = await measure([sample([], { path: "bad" }), sample([])], failing, 1);
  assert.equal(outcomes.length, 1);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["IMAGE_UNREADABLE"],
  );
});

test("a picture of another size than its label says is refused by file and line: its boxes mean nothing", async () => {
  const { outcomes, problems } = await measure([sample([], { width: 199, source: "x/labels.jsonl:7" })], fake, 1);
  assert.equal(outcomes.length, 0);
  assert.match(problems[0]!.message, /^x\/labels\.jsonl:7: says 199×100, but .* is 200×100/);
});

test("a closed reader and a bug end the run instead of spoiling its figures", async () => {
  for (const error of [new PlateKitError("READER_CLOSED", "closed"), new RangeError("bug")]) {
    let calls = 0;
    const broken: ReaderUnderTest = {
      ...fake,
      async read() {
        calls++;
        throw error;
      },
    };
    await assert.rejects(
      measure(
        Array.from({ length: 50 }, () => sample([])),
        broken,
        2,
      ),
      error,
    );
    assert.ok(calls <= 2);
  }
});
