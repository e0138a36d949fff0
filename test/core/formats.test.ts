import assert from "node:assert/strict";
import { test } from "node:test";
import { textProbability, traceText } from "../../src/core/format-pattern.ts";
import {
  automatonOf,
  coversRegion,
  createMatcher,
  displayText,
  formatMatcher,
  formatsOf,
  layoutText,
  matchFormats,
  type PlateFormat,
  regionLikelihood,
} from "../../src/core/formats.ts";
import { sampleText } from "../../src/core/sample-format.ts";
import { seededRandom } from "./seeded-random.ts";

const SLOTS = 12; // the recognizer's character slots: a longer text could never be read

function isText(format: PlateFormat, text: string): boolean {
  return traceText(automatonOf(format), text) !== undefined;
}

for (const format of formatsOf()) {
  test(`${format.id}: its examples match, its counter-examples do not`, () => {
    assert.ok(format.valid.length >= 2 && format.invalid.length >= 2, "two examples and two counter-examples");
    for (const text of format.valid) assert.ok(isText(format, text), `${text} should match ${format.pattern}`);
    for (const text of format.invalid) assert.ok(!isText(format, text), `${text} should not match ${format.pattern}`);
  });

  test(`${format.id}: drawn texts match, fit the slots and hold nothing but what the format issues`, () => {
    const random = seededRandom(7);
    const matcher = createMatcher([format]);
    for (let count = 0; count < 40; count++) {
      const text = sampleText(format, random);
      assert.ok(text.length > 0 && text.length <= SLOTS, text);
      assert.ok(isText(format, text), text);
      assert.ok(textProbability(automatonOf(format), text) > 0, text);
      let state: ReturnType<typeof matcher.next> = matcher;
      for (const character of text) state = state?.next(character);
      assert.deepEqual(state?.accepts, [format], text);
      assert.equal(displayText(text, format).replace(/[ \-.·:]/g, ""), text);
      for (const lines of format.lines) {
        const rows = layoutText(text, format, lines);
        assert.equal(rows.length, lines, `${rows.join(" | ")} should have ${lines} lines`);
        assert.equal(rows.join("").replace(/[ \-.·:]/g, ""), text);
      }
    }
  });

  test(`${format.id}: the entry is complete and within its ranges`, () => {
    assert.match(format.region, /^[a-z]{2}(-[a-z0-9]{1,3})?$/);
    assert.ok(format.prior > 0 && format.letters.length > 0 && format.digits.length > 0);
    assert.ok(format.lines.length > 0 && format.lines.every((lines) => lines === 1 || lines === 2));
    assert.ok(format.kinds.length > 0 && format.colours.length > 0);
    for (const { background, text, border = "#000000" } of format.colours) {
      for (const colour of [background, text, border]) assert.match(colour, /^#[0-9a-f]{6}$/);
    }
    for (const size of [...format.sizeMm, ...format.twoLineSizeMm]) assert.ok(size >= 60 && size <= 600);
    const kinds = ["none", "eu-left", "eu-both", "left", "right", "top", "bottom"];
    assert.ok(kinds.includes(format.badge.kind));
    const fonts =
      "fe-schrift din driver-gothic charles-wright mandatory cyrillic arabic han hangul kana thai generic".split(" ");
    assert.ok(fonts.includes(format.font));
  });
}

test("format ids are unique", () => {
  const ids = formatsOf().map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
});

test("formatsOf: a region covers its parts, no region covers everything", () => {
  assert.equal(formatsOf([]).length, formatsOf().length);
  assert.deepEqual(formatsOf(["xx"]), []);
  assert.ok(formatsOf(["de"]).every(({ region }) => region === "de"));
  assert.ok(coversRegion("us", "us-ca") && !coversRegion("us-ca", "us") && !coversRegion("u", "us"));
});

const displays = [
  { region: "de", text: "BGD2004", display: "B GD 2004", rows: ["B", "GD 2004"] },
  { region: "de", text: "MÜAB12", display: "MÜ AB 12", rows: ["MÜ", "AB 12"] },
  { region: "fr", text: "AE604JW", display: "AE-604-JW", rows: ["AE", "604-JW"] },
  { region: "gb", text: "AX02EDP", display: "AX02 EDP", rows: ["AX02", "EDP"] },
  { region: "nl", text: "97HSR2", display: "97-HSR-2", rows: undefined },
  { region: "kg", text: "01940ABI", display: "01 940 ABI", rows: undefined },
  { region: "vn", text: "59E112903", display: "59-E1 129.03", rows: ["59-E1", "129.03"] },
  { region: "eg", text: "٢٧٦٥لجق", display: "٢٧٦٥ لجق", rows: undefined },
  { region: "ro", text: "B577PRO", display: "B 577 PRO", rows: ["B", "577 PRO"] },
];
for (const { region, text, display, rows } of displays) {
  test(`matchFormats: ${text} of ${region} is printed ${display}`, () => {
    const [best] = matchFormats(text, [region]);
    assert.equal(best?.display, display);
    if (rows !== undefined) assert.deepEqual(layoutText(text, best!.format, 2), rows);
  });
}

test("matchFormats: nothing matches the empty text or foreign characters", () => {
  assert.deepEqual(matchFormats(""), []);
  assert.deepEqual(matchFormats("AB 123"), []);
  assert.deepEqual(matchFormats("BGD2004", ["fr"]), []);
});

test("displayText: a text that does not match stays as it is", () => {
  assert.equal(displayText("ZZZZZZZZZ", formatsOf(["fr"])[0]!), "ZZZZZZZZZ");
});

test("matchFormats: of a Japanese plate the large digits alone match too, as they are the part that is read", () => {
  const shown = (text: string) => matchFormats(text, ["jp"]).map(({ display }) => display);
  assert.deepEqual(["", "08", "82260", "A"].flatMap(shown), []);
  assert.deepEqual(["7", "38", "123", "8226", "品川330あ1234"].map(shown), [
    ["7"],
    ["38"],
    ["123"],
    ["82-26"],
    ["品川 330 あ 12-34"],
  ]);
  assert.deepEqual([...regionLikelihood("8226", ["jp"])], [["jp", 1]]);
});

test("regionLikelihood: sums to 1 over the regions that match and prefers the tighter format", () => {
  assert.equal(regionLikelihood("").size, 0);
  const likelihood = regionLikelihood("K827MX178");
  assert.equal([...likelihood.keys()][0], "ru");
  assert.ok(Math.abs([...likelihood.values()].reduce((sum, value) => sum + value, 0) - 1) < 1e-9);
});

test("formatMatcher: a dead end is undefined at the first character that no format goes on with", () => {
  const start = formatMatcher(["fr"]);
  assert.equal(start.next("I"), undefined);
  assert.equal(start.next("A")?.next("E")?.accepts.length, 0);
});
