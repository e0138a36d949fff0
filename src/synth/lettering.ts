/** Sets rows of plate lettering into a box: glyph widths, spacing, gaps and separators. */
import type { BoxMm } from "./canvas.ts";
import type { Colour } from "./colour.ts";
import type { Mark, PlacedCharacter } from "./drawing.ts";
import { glyphOf, isDrawable } from "./faces.ts";

export interface Lettering {
  readonly face: string;
  readonly colour: Colour;
  /** Glyph widths are multiplied by this before fitting. */
  readonly stretch: number;
  /** Between glyphs, in cap heights. */
  readonly spacing: number;
  /** Width of a blank, in cap heights. */
  readonly gap: number;
  /** Every glyph takes the same width, narrow ones are centred in it. */
  readonly monospaced: boolean;
  readonly embolden: number;
  readonly slant: number;
  readonly relief: boolean;
  /** Per-glyph disorder of hand-painted plates, in cap heights; 0 for machine lettering. */
  readonly wobble: number;
  readonly align: "centre" | "left" | "right" | "justify";
  /** What is drawn instead of a character of the text, such as `تونس` for `T`. */
  readonly glyphs?: Readonly<Record<string, string>>;
}

/** A piece of a row: a labelled character, a separator drawn as a glyph, a blank, or a hole that the caller fills. */
export type RowPiece =
  | { readonly kind: "character"; readonly text: string }
  | { readonly kind: "sign"; readonly text: string }
  | { readonly kind: "blank"; readonly width: number }
  | { readonly kind: "hole"; readonly width: number; readonly name: string };

export interface SetRow {
  readonly marks: readonly Mark[];
  readonly characters: readonly PlacedCharacter[];
  /** Boxes left free for holes, by order of the row. */
  readonly holes: readonly { readonly name: string; readonly box: BoxMm }[];
}

/** How far glyphs may hang below the base line, in cap heights from the cap line. */
const LOWEST_DESCENT = 1.1;

/** Lays a row out in `area` (its height is the cap height), compressing first the spaces, then the glyphs, until it fits. */
export function setRow(pieces: readonly RowPiece[], area: BoxMm, lettering: Lettering, disorder: () => number): SetRow {
  const [left, top, width] = area;
  // a face whose Q or J hangs below the base line is set smaller, so that rows do not meet
  const lowest = pieces.reduce(
    (low, piece) =>
      piece.kind === "character" ? Math.max(low, glyphOf(lettering.face, drawnAs(piece.text, lettering)).bottom) : low,
    LOWEST_DESCENT,
  );
  const cap = (area[3] * LOWEST_DESCENT) / lowest;
  const widest = pieces.reduce(
    (most, piece) =>
      piece.kind === "character"
        ? Math.max(most, glyphOf(lettering.face, drawnAs(piece.text, lettering)).aspect)
        : most,
    0,
  );
  const cellWidth = Math.min(widest, 0.72);
  const items = pieces.map((piece) => {
    if (piece.kind === "blank" || piece.kind === "hole")
      return { piece, ink: 0, cell: piece.width * cap, field: undefined };
    const field = glyphOf(lettering.face, drawnAs(piece.text, lettering));
    const ink = field.aspect * lettering.stretch * cap;
    const cell =
      lettering.monospaced && piece.kind === "character" ? Math.max(ink, cellWidth * lettering.stretch * cap) : ink;
    return { piece, ink, cell, field };
  });
  const inkTotal = items.reduce((sum, item) => sum + (item.field === undefined ? 0 : item.cell), 0);
  const blankTotal = items.reduce((sum, item) => sum + (item.field === undefined ? item.cell : 0), 0);
  const joints = Math.max(0, items.length - 1);
  const looseSpacing = lettering.spacing * cap;
  let squeeze = 1;
  let blankScale = 1;
  let spacing = looseSpacing;
  const free = width - inkTotal - blankTotal;
  if (free < looseSpacing * joints) {
    const tight = Math.min(looseSpacing, 0.07 * cap);
    const gaps = looseSpacing * joints + blankTotal;
    const tightGaps = tight * joints + blankTotal * 0.7;
    const wanted = width - inkTotal;
    const share = gaps > tightGaps ? Math.min(1, Math.max(0, (wanted - tightGaps) / (gaps - tightGaps))) : 0;
    spacing = tight + (looseSpacing - tight) * share;
    blankScale = 0.7 + 0.3 * share;
    squeeze = Math.min(1, (width - spacing * joints - blankTotal * blankScale) / inkTotal);
  } else if (lettering.align === "justify" && joints > 0) {
    spacing = Math.min(free / joints, looseSpacing * 2.6);
  }
  const used = inkTotal * squeeze + blankTotal * blankScale + spacing * joints;
  let x = left + (lettering.align === "left" ? 0 : lettering.align === "right" ? width - used : (width - used) / 2);
  const marks: Mark[] = [];
  const characters: PlacedCharacter[] = [];
  const holes: { name: string; box: BoxMm }[] = [];
  for (const { piece, ink, cell, field } of items) {
    const advance = field === undefined ? cell * blankScale : cell * squeeze;
    if (piece.kind === "hole") holes.push({ name: piece.name, box: [x, top, advance, cap] });
    if (field !== undefined && (piece.kind === "character" || piece.kind === "sign")) {
      const inkWidth = ink * squeeze;
      const glyphX = x + (advance - inkWidth) / 2 + disorder() * lettering.wobble * cap * 0.5;
      const glyphTop = top + disorder() * lettering.wobble * cap;
      const glyphCap = cap * (1 + disorder() * lettering.wobble * 0.8);
      marks.push({
        kind: "glyph",
        character: drawnAs(piece.text, lettering),
        face: lettering.face,
        box: [glyphX, glyphTop, inkWidth, glyphCap],
        colour: lettering.colour,
        embolden: lettering.embolden + disorder() * lettering.wobble * 0.15,
        slant: lettering.slant + disorder() * lettering.wobble * 0.8,
        relief: lettering.relief,
      });
      if (piece.kind === "character") {
        const inkTop = glyphTop + field.top * glyphCap;
        characters.push({ text: piece.text, box: [glyphX, inkTop, inkWidth, (field.bottom - field.top) * glyphCap] });
      }
    }
    x += advance + spacing;
  }
  return { marks, characters, holes };
}

function drawnAs(character: string, lettering: Lettering): string {
  return lettering.glyphs?.[character] ?? character;
}

/** Small running text (names, slogans, dealers), centred, left or right in a box whose height is the cap height. */
export function setText(
  text: string,
  area: BoxMm,
  face: string,
  colour: Colour,
  align: "centre" | "left" | "right" = "centre",
): readonly Mark[] {
  const [left, top, width, cap] = area;
  // a shaped word of a script whose letters join is one glyph
  const pieces = isDrawable(text) ? [text] : [...text];
  const fields = pieces.map((character) => ({ character, field: glyphOf(face, character) }));
  const natural =
    fields.reduce((sum, { character, field }) => sum + (character === " " ? 0.32 : field.advance), 0) * cap;
  const squeeze = Math.min(1, width / natural);
  let x =
    left + (align === "left" ? 0 : align === "right" ? width - natural * squeeze : (width - natural * squeeze) / 2);
  const marks: Mark[] = [];
  for (const { character, field } of fields) {
    if (character === " ") {
      x += 0.32 * cap * squeeze;
      continue;
    }
    marks.push({
      kind: "glyph",
      character,
      face,
      box: [x + field.bearing * cap * squeeze, top, field.aspect * cap * squeeze, cap],
      colour,
      embolden: 0,
      slant: 0,
      relief: false,
    });
    x += field.advance * cap * squeeze;
  }
  return marks;
}
