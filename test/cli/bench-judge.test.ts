import assert from "node:assert/strict";
import { test } from "node:test";
import { hasFullText, judge } from "../../src/cli/bench-judge.ts";
import { read, sample, truth } from "./bench-fixtures.ts";

const ms = 1;

test("a picture without plates or reads has no verdicts", () => {
  const { truths, reads, boxes, boxesRight } = judge({ sample: sample([]), plates: [], ms });
  assert.deepEqual({ truths, reads, boxes, boxesRight }, { truths: [], reads: [], boxes: 0, boxesRight: 0 });
});

const textCases = [
  { name: "no text", plate: truth(null), expected: false },
  { name: "a full text", plate: truth("AB1"), expected: true },
  { name: "a full text of unstated legibility", plate: truth("AB1", { legible: null }), expected: true },
  { name: "an unreadable character", plate: truth("A?1"), expected: false },
  { name: "a text marked as partial", plate: truth("AB1", { legible: "partial" }), expected: false },
  { name: "a text marked as illegible", plate: truth("AB1", { legible: "none" }), expected: false },
];
for (const { name, plate, expected } of textCases) {
  test(`${name} ${expected ? "can" : "can't"} be asked for`, () => assert.equal(hasFullText(plate), expected));
}

test("a plate counts as read when some read of the picture has its text, wherever that lies", () => {
  const far = read("AB-123", 0.4, { box: [150, 70, 40, 10] });
  const { truths, reads } = judge({ sample: sample([truth("AB123")]), plates: [read("XX999", 0.9), far], ms });
  assert.equal(truths[0]?.exact, true);
  assert.equal(truths[0]?.read, far);
  assert.deepEqual(
    reads.map(({ verdict }) => verdict),
    ["wrong", "right"],
  );
});

test("a wrong read on the plate is its read, with its edits; the surer of two counts", () => {
  const plates = [read("AB124", 0.3), read("A8124", 0.8)];
  const { truths, reads } = judge({ sample: sample([truth("AB123")]), plates, ms });
  assert.equal(truths[0]?.read?.text, "A8124");
  assert.equal(truths[0]?.edits, 2);
  assert.equal(truths[0]?.characters, 5);
  assert.deepEqual(
    reads.map(({ answersPlate }) => answersPlate),
    [true, false],
  );
});

test("a plate nobody read costs all of its characters", () => {
  const [plate] = judge({ sample: sample([truth("AB123")]), plates: [], ms }).truths;
  assert.deepEqual([plate?.read, plate?.edits, plate?.exact, plate?.detected], [null, 5, false, false]);
});

test("I and 1, O and 0 are equal only when folded", () => {
  const [plate] = judge({ sample: sample([truth("I0B")]), plates: [read("1OB", 0.9)], ms }).truths;
  assert.deepEqual([plate?.exact, plate?.exactFolded], [false, true]);
});

test("the fifth candidate counts as within five, the sixth does not", () => {
  const candidates = (texts: string[]) => texts.map((text) => ({ text, confidence: 0.1 }));
  const fifth = read("A1", 0.9, { candidates: candidates(["A1", "A2", "A3", "A4", "AB123"]) });
  const sixth = read("A1", 0.9, { candidates: candidates(["A1", "A2", "A3", "A4", "A5", "AB123"]) });
  const inTop5 = (plate: typeof fifth) =>
    judge({ sample: sample([truth("AB123")]), plates: [plate], ms }).truths[0]?.inTop5;
  assert.equal(inTop5(fifth), true);
  assert.equal(inTop5(sixth), false);
});

test("a text on a plate of unknown text is neither right nor wrong", () => {
  const { reads, boxesRight } = judge({ sample: sample([truth(null)]), plates: [read("AB123", 0.9)], ms });
  assert.deepEqual(
    reads.map(({ verdict, answersPlate }) => ({ verdict, answersPlate })),
    [{ verdict: "unknown", answersPlate: false }],
  );
  assert.equal(boxesRight, 1);
});

test("a text on nothing is wrong; a box without text says nothing and still counts as a box", () => {
  const elsewhere = read("AB123", 0.9, { box: [150, 70, 40, 10] });
  const silent = read("", 0.1, { box: [150, 10, 40, 10] });
  const { reads, boxes, boxesRight } = judge({ sample: sample([truth("XY9")]), plates: [elsewhere, silent], ms });
  assert.deepEqual(
    reads.map(({ verdict, truth: owner }) => ({ verdict, owner })),
    [{ verdict: "wrong", owner: null }],
  );
  assert.deepEqual([boxes, boxesRight], [2, 0]);
});

test("two plates of one picture are told apart by where they lie", () => {
  const left = truth("AA11", { box: [0, 0, 50, 20] });
  const right = truth("BB22", { box: [100, 0, 50, 20] });
  const plates = [read("BB21", 0.9, { box: [102, 0, 50, 20] }), read("AA12", 0.8, { box: [2, 0, 50, 20] })];
  const { truths } = judge({ sample: sample([left, right]), plates, ms });
  assert.deepEqual(
    truths.map(({ read: answer, detected }) => [answer?.text, detected]),
    [
      ["AA12", true],
      ["BB21", true],
    ],
  );
});

test("a box off by more than half is not found, but its read still belongs to the plate", () => {
  const { truths } = judge({
    sample: sample([truth("AB123")]),
    plates: [read("AB124", 0.9, { box: [60, 10, 80, 20] })],
    ms,
  });
  assert.deepEqual([truths[0]?.detected, truths[0]?.read?.text], [false, "AB124"]);
});

test("in a crop the read belongs to the plate wherever its box lies", () => {
  const crop = sample([truth("AB123")], { kind: "crop" });
  const { truths } = judge({ sample: crop, plates: [read("AB124", 0.9, { box: [190, 90, 5, 5] })], ms });
  assert.equal(truths[0]?.edits, 1);
});
