import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { plainIssue } from "../../src/server/plain-issue.ts";

const cases = [
  { name: "nothing told", schema: null, value: null, expected: "is wrong" },
  { name: "a value that is missing", schema: z.number(), value: undefined, expected: "is missing" },
  { name: "a number that JSON can't hold", schema: z.number(), value: null, expected: "is missing" },
  { name: "a broken number", schema: z.int(), value: 1.5, expected: "must be a whole number" },
  { name: "an empty text", schema: z.string().min(1), value: "", expected: "must not be empty" },
  { name: "a short text", schema: z.string().min(3), value: "a", expected: "needs at least 3 characters" },
  { name: "a long text", schema: z.string().max(3), value: "abcd", expected: "must have at most 3 characters" },
  { name: "an empty list", schema: z.array(z.string()).min(1), value: [], expected: "needs at least 1" },
  { name: "a small number", schema: z.number().min(0), value: -1, expected: "must be at least 0" },
  { name: "a number at an open end", schema: z.number().gt(0), value: 0, expected: "must be more than 0" },
  { name: "a large number", schema: z.number().max(1), value: 2, expected: "must be at most 1" },
  { name: "a pattern", schema: z.string().regex(/^x/), value: "y", expected: "is not written as it should be" },
  {
    name: "a pattern with words of its own",
    schema: z.string().regex(/^x/, "must begin with x"),
    value: "y",
    expected: "must begin with x",
  },
  { name: "a name that nothing has", schema: z.strictObject({}), value: { x: 1, y: 2 }, expected: 'has no "x", "y"' },
  { name: "an address", schema: z.url(), value: "x", expected: "is no address, such as http://10.0.0.9/open" },
];
for (const { name, schema, value, expected } of cases) {
  test(`put plainly: ${name}`, () => {
    // As the type provider hands an issue on.
    const { code: keyword, message, ...params } = schema?.safeParse(value).error?.issues[0] ?? {};
    assert.equal(plainIssue(keyword === undefined ? {} : { keyword, message: message ?? "", params }), expected);
  });
}
