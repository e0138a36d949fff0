import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type HotlistEntry,
  hotlistAlerts,
  hotlistIndex,
  previewHotlistImport,
} from "../../../src/sites/enforcement/hotlist.ts";
import { passageOf, readOf } from "../reads.ts";

const entry = (plate: string, more: Partial<HotlistEntry> = {}): HotlistEntry => ({
  id: plate,
  plate,
  reason: "stolen",
  source: "police",
  region: null,
  validFromMs: null,
  validToMs: null,
  ...more,
});
const list = hotlistIndex([
  entry("AB123CD"),
  entry("EX999PD", { validToMs: 1000 }),
  entry("DE111DE", { region: "de" }),
  entry("A"),
]);

const cases: readonly {
  name: string;
  read: Parameters<typeof passageOf>[3];
  at?: number;
  region?: string;
  expected: string[];
}[] = [
  { name: "a plate nobody wants", read: "ZZ555ZZ", expected: [] },
  { name: "nothing read", read: "", expected: [] },
  { name: "a wanted plate", read: "AB123CD", expected: ["AB123CD certain exact"] },
  {
    name: "a wanted plate read as a look-alike",
    read: readOf("A8123CD", { 1: 0.55 }),
    expected: ["AB123CD likely alike"],
  },
  { name: "a sure plate next to a wanted one", read: "AB124CD", expected: [] },
  { name: "the moment before an entry expires", read: "EX999PD", at: 999, expected: ["EX999PD certain exact"] },
  { name: "the moment it has expired", read: "EX999PD", at: 1000, expected: [] },
  { name: "the region of an entry", read: "DE111DE", region: "de", expected: ["DE111DE certain exact"] },
  { name: "another region", read: "DE111DE", region: "fr", expected: [] },
  { name: "a text of one character: never more than possible", read: "A", expected: ["A possible exact"] },
];
for (const { name, read, at = 0, region, expected } of cases) {
  test(`the hotlist answers ${name}`, () => {
    const alerts = hotlistAlerts(passageOf("p", "c", at, read, { region: region ?? null }), list);
    assert.deepEqual(
      alerts.map(({ entry: { id }, grade, isExact }) => `${id} ${grade} ${isExact ? "exact" : "alike"}`),
      expected,
    );
    for (const alert of alerts) assert.equal(alert.id, `p:${alert.entry.id}`);
  });
}

test("an import is previewed: what is new, changed, missing and broken, by line", () => {
  const existing = [
    entry("AB123CD", { id: "1" }),
    entry("OLD1", { id: "2" }),
    entry("OTHER1", { id: "3", source: "customs" }),
  ];
  const csv = [
    "plate;reason;validFrom;validTo;region",
    "ab-123 cd;arson;;;",
    "NEW777;stolen;2026-01-01;2026-01-31;DE",
    ";stolen;;;",
    "BAD1;;;;",
    "BAD2;stolen;soon;;",
    "BAD3;stolen;2026-02-01;2026-01-01;",
    "NEW777;again;;;de",
    "SHORT",
  ].join("\n");
  const preview = previewHotlistImport(csv, existing, "police");
  assert.deepEqual(
    preview.added.map(({ plate }) => plate),
    ["NEW777"],
  );
  assert.deepEqual([preview.added[0]!.region, preview.added[0]!.validToMs], ["de", Date.parse("2026-02-01T00:00Z")]);
  assert.deepEqual(
    preview.changed.map(({ before, after }) => [before.reason, after.reason, after.id]),
    [["stolen", "arson", "1"]],
  );
  assert.deepEqual(
    preview.missing.map(({ plate }) => plate),
    ["OLD1"],
  );
  assert.deepEqual(preview.problems.map(({ line }) => line).sort(), [4, 5, 6, 7, 8, 9]);
  assert.equal(preview.unchanged, 0);
});

test("a file without a column of plates changes nothing", () => {
  const { added, missing, problems } = previewHotlistImport("a,b\n1,2\n", [entry("AB123CD")], "police");
  assert.deepEqual([added.length, missing.length, problems[0]!.message], [0, 0, 'There is no column "plate".']);
});
