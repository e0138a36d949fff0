import assert from "node:assert/strict";
import { test } from "node:test";
import { csvTable, parseCsv, rowProblem } from "../../src/sites/csv.ts";

const columns = [{ name: "text", value: (row: string | null) => row }];

const written = [
  { name: "nothing", rows: [], csv: "text\r\n" },
  { name: "no value", rows: [null], csv: "text\r\n\r\n" },
  { name: "a comma, a quote and a line end", rows: ['a,"b"\nc'], csv: 'text\r\n"a,""b""\nc"\r\n' },
  { name: "a formula", rows: ["=1+1", "-2", "@x", "+3"], csv: "text\r\n'=1+1\r\n'-2\r\n'@x\r\n'+3\r\n" },
];
for (const { name, rows, csv } of written) {
  test(`CSV holds ${name}`, () => assert.equal(csvTable(columns, rows), csv));
}

const read = [
  { name: "an empty file", csv: "", rows: [], problems: [1] },
  { name: "a header alone", csv: "a,b\n", rows: [], problems: [] },
  {
    name: "a byte order mark and Windows line ends",
    csv: "\uFEFFa,b\r\n1,2\r\n",
    rows: [{ a: "1", b: "2" }],
    problems: [],
  },
  { name: "semicolons", csv: "a;b\n1,5;2\n", rows: [{ a: "1,5", b: "2" }], problems: [] },
  {
    name: "quotes, line ends within them",
    csv: 'a,b\n"x, ""y""\nz", 2 \n3,4',
    rows: [
      { a: 'x, "y"\nz', b: "2" },
      { a: "3", b: "4" },
    ],
    problems: [],
  },
  {
    name: "blank lines and one with too few fields",
    csv: "a,b\n\n1\n2,3\n",
    rows: [{ a: "2", b: "3" }],
    problems: [3],
  },
  { name: "a quote never closed", csv: 'a\n"b\nc', rows: [], problems: [2] },
];
for (const { name, csv, rows, problems } of read) {
  test(`CSV is read: ${name}`, () => {
    const parsed = parseCsv(csv);
    assert.deepEqual(
      parsed.rows.map(({ fields }) => fields),
      rows,
    );
    assert.deepEqual(
      parsed.problems.map(({ line }) => line),
      problems,
    );
  });
}

test("a row that goes over lines, and a quote never closed, say how far", () => {
  const { rows, problems } = parseCsv('a,b\n1,"x\n2,y\n3,z"\n4\n5,"x\n6,y\n7,z\n');
  assert.deepEqual(
    rows.map((row) => rowProblem(row, "Wrong.")),
    [{ line: 2, message: "Wrong. It goes on to line 4: is a quote left open?" }],
  );
  assert.deepEqual(problems, [
    { line: 5, message: "1 fields, where the header has 2." },
    { line: 6, message: "A quote is never closed; all lines to 9 are within it." },
  ]);
});
