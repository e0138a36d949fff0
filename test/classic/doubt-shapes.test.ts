import assert from "node:assert/strict";
import { test } from "node:test";
import { doubtShapes } from "../../src/classic/doubt-shapes.ts";
import type { SegmentedCharacter } from "../../src/classic/segmentation.ts";
import type { Box } from "../../src/core/geometry.ts";

function shape(box: Box, isBar = false): SegmentedCharacter {
  return { box, line: 0, isBar, picture: { width: 28, height: 28, data: new Uint8Array(784) } };
}

/** Six of 20×36 in a row, 4 px apart. */
const row = Array.from({ length: 6 }, (_, i) => shape([10 + 24 * i, 10, 20, 36]));
const sure = row.map(() => 0.99);
const doubtOf = (shapes: readonly SegmentedCharacter[], best: readonly number[], index: number): number =>
  doubtShapes(shapes, best)[index]!;

test("no shapes raise no doubts, and two say nothing of each other", () => {
  assert.deepEqual(doubtShapes([], []), []);
  assert.deepEqual(doubtShapes(row.slice(0, 2), [0.2, 0.9]), [0, 0]);
});

test("shapes that are alike and plain to the net are hardly doubted", () => {
  for (const doubt of doubtShapes(row, sure)) assert.ok(doubt < 0.02, `${doubt}`);
});

const odd: readonly { name: string; shapes: readonly SegmentedCharacter[]; best: readonly number[]; index: number }[] =
  [
    { name: "of which the net is unsure", shapes: row, best: sure.with(2, 0.4), index: 2 },
    { name: "that is higher than the others", shapes: row.with(0, shape([10, 6, 20, 44])), best: sure, index: 0 },
    { name: "that stands below their line", shapes: row.with(3, shape([82, 24, 20, 36])), best: sure, index: 3 },
    { name: "that stands apart", shapes: row.with(5, shape([165, 10, 20, 36])), best: sure, index: 5 },
  ];
for (const { name, shapes, best, index } of odd) {
  test(`a shape ${name} is doubted more`, () => {
    assert.ok(doubtOf(shapes, best, index) > 3 * doubtOf(row, sure, index), `${doubtOf(shapes, best, index)}`);
  });
}

test("an unsure shape is doubted more at an end, and less when it is a plain bar", () => {
  assert.ok(doubtOf(row, sure.with(0, 0.5), 0) > doubtOf(row, sure.with(2, 0.5), 2));
  const bar = row.with(2, shape([58, 10, 8, 36], true));
  assert.ok(doubtOf(bar, sure.with(2, 0.5), 2) < doubtOf(row, sure.with(2, 0.5), 2));
});

test("a net that knows nothing yet raises no doubts", () => {
  for (const doubt of doubtShapes(
    row,
    row.map(() => 0.05),
  ))
    assert.ok(doubt < 0.1, `${doubt}`);
});

test("the other line's shapes don't count", () => {
  const below = row.map(({ box, ...rest }) => ({ ...rest, line: 1 as const, box: [box[0], 80, 30, 60] as Box }));
  const doubts = doubtShapes([...row, ...below], [...sure, ...sure]);
  for (const doubt of doubts) assert.ok(doubt < 0.02, `${doubt}`);
});
