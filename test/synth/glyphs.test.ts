import assert from "node:assert/strict";
import { test } from "node:test";
import { automatonOf, formatsOf } from "../../src/core/formats.ts";
import { FACES, glyphOf } from "../../src/synth/faces.ts";
import { FIELD_CELLS, FIELD_MARGIN, type GlyphField } from "../../src/synth/glyph-field.ts";
import { STROKE_FACES } from "../../src/synth/stroke-faces.ts";

/** Share of a glyph's box that is ink. */
function inkShare(field: GlyphField): number {
  let inside = 0;
  for (const distance of field.distances) if (distance < 0) inside++;
  return inside / (field.aspect * (field.bottom - field.top) * FIELD_CELLS * FIELD_CELLS);
}

test("every character that the registry issues has a glyph with ink", () => {
  const characters = new Set(
    formatsOf()
      .flatMap((format) => automatonOf(format).positions.map((p) => p.characters))
      .join(""),
  );
  assert.ok(characters.size > 200);
  for (const character of characters) {
    const share = inkShare(glyphOf("din-mittel", character));
    assert.ok(share > 0.05 && share < 1.01, `${character}: ${share}`);
  }
});

test("every face draws every letter and digit, each with ink", () => {
  for (const face of FACES) {
    for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ÄÖÜ") {
      const share = inkShare(glyphOf(face, character));
      assert.ok(share > 0.08 && share < 1.01, `${face} ${character}: ${share}`);
    }
  }
});

test("no two characters of a stroke face look the same, but O and 0", () => {
  for (const face of Object.keys(STROKE_FACES)) {
    const seen = new Map<string, string>();
    for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") {
      const picture = glyphOf(face, character)
        .distances.map((distance) => Number(distance < 0))
        .join("");
      const twin = seen.get(picture);
      const isKnownTwin = twin !== undefined && ["O0", "I1"].includes(twin + character);
      assert.ok(twin === undefined || isKnownTwin, `${face}: ${twin} and ${character}`);
      seen.set(picture, character);
    }
  }
});

test("distances grow by one cell a cell away from an edge", () => {
  const bar = glyphOf("din-mittel", "I");
  const row = FIELD_MARGIN + FIELD_CELLS / 2;
  const at = (column: number): number => bar.distances[row * bar.columns + column]!;
  for (let column = 1; column < FIELD_MARGIN - 1; column++) {
    assert.ok(Math.abs(at(column) - at(column + 1) - 1 / FIELD_CELLS) < 1e-6);
  }
});

test("a character that no face has is a bug, said loudly", () => {
  assert.throws(() => glyphOf("din-mittel", "☃"), RangeError);
});
