/** Every face synthesis can letter a plate with, own strokes and baked outlines alike, glyphs cached per process. */
import { fieldFromOutline, type GlyphField } from "./glyph-field.ts";
import { OUTLINE_FACES, outlineGlyph } from "./outline-faces.ts";
import { STROKE_FACES, strokeGlyph } from "./stroke-faces.ts";

export const FACES: readonly string[] = [...Object.keys(STROKE_FACES), ...OUTLINE_FACES];

/** Faces asked, in order, for a character that the wanted face lacks. */
const FALLBACK_FACES = [
  "noto-sc",
  "noto-naskh",
  "noto-kr",
  "noto-jp",
  "noto-thai",
  "noto-lao",
  "roboto-cyrillic",
  "arimo-bold",
] as const;

const fields = new Map<string, GlyphField>(); // pure memo

/** Whether some face can draw the character at all. */
export function isDrawable(character: string): boolean {
  return FALLBACK_FACES.some((face) => outlineGlyph(face, character) !== undefined) || character in SIGNS;
}

/**
 * The glyph of a character in a face, or in the first fallback face that has it.
 *
 * @throws RangeError when no face holds the character: the registry issues what nothing can draw.
 */
export function glyphOf(face: string, character: string): GlyphField {
  const key = `${face} ${character}`;
  let field = fields.get(key);
  if (field === undefined) {
    field = findGlyph(face, character) ?? signGlyph(character);
    for (const fallback of FALLBACK_FACES) field ??= outlineGlyph(fallback, character);
    if (field === undefined) throw new RangeError(`no face draws "${character}"; add it to fonts/bake-outlines.ts`);
    fields.set(key, field);
  }
  return field;
}

function findGlyph(face: string, character: string): GlyphField | undefined {
  const stroke = STROKE_FACES[face];
  return stroke === undefined ? outlineGlyph(face, character) : strokeGlyph(stroke, character);
}

/** Separators as boxes in cap heights: left, top, right, bottom. */
const SIGNS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  "-": [0, 0.44, 0.28, 0.56],
  ".": [0, 0.86, 0.14, 1],
  "·": [0, 0.43, 0.15, 0.57],
  ":": [0, 0.43, 0.15, 0.57],
  " ": [0, 0, 0.01, 0.001],
  "'": [0, 0, 0.1, 0.3],
  "/": [0, 0, 0.1, 1],
};

function signGlyph(character: string): GlyphField | undefined {
  const box = SIGNS[character];
  if (box === undefined) return undefined;
  const [left, top, right, bottom] = box;
  const contour = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ] as const;
  return fieldFromOutline([contour], { aspect: right - left, top, bottom, advance: right + 0.14, bearing: 0.07 });
}
