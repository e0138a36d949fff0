/** Faces baked from open fonts: reads fonts/outlines.json (see FONTS.md) and turns paths into distance fields. */

import baked from "./fonts/outlines.json" with { type: "json" };
import { fieldFromOutline, type GlyphField, type Polyline } from "./glyph-field.ts";

/** Units of the baked cap height; must equal CAP_UNITS of fonts/bake-outlines.ts. */
const CAP_UNITS = 512;
const CURVE_STEPS = 5;

const OUTLINES = baked as unknown as Readonly<
  Record<string, Readonly<Record<string, readonly [advance: number, path: string]>>>
>;

export const OUTLINE_FACES: readonly string[] = Object.keys(OUTLINES);

/** Characters a baked face holds. */
export function outlineCharacters(face: string): readonly string[] {
  return Object.keys(OUTLINES[face] ?? {});
}

/** Distance field of a baked glyph, or undefined when the face or the character is not there. */
export function outlineGlyph(face: string, character: string): GlyphField | undefined {
  const glyph = OUTLINES[face]?.[character];
  if (glyph === undefined) return undefined;
  const [advance, path] = glyph;
  const contours = flattenPath(path);
  let left = 1e9;
  let right = -1e9;
  let top = 1e9;
  let bottom = -1e9;
  for (const contour of contours) {
    for (const [x, y] of contour) {
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  const moved = contours.map((contour) => contour.map(([x, y]) => [x - left, y] as const));
  return fieldFromOutline(moved, { aspect: right - left, top, bottom, advance: advance / CAP_UNITS, bearing: left });
}

/** Contours of a path of M, L, Q, C and Z with absolute coordinates, in cap heights, cap line at 0, base line at 1. */
function flattenPath(path: string): Polyline[] {
  const contours: (readonly [number, number])[][] = [];
  let points: (readonly [number, number])[] = [];
  for (const [, type, numbers] of path.matchAll(/([MLQCZ])([^MLQCZ]*)/g)) {
    const at = numbers!
      .trim()
      .split(" ")
      .map((number) => Number(number) / CAP_UNITS);
    if (type === "M") {
      points = [[at[0]!, at[1]!]];
      contours.push(points);
    } else if (type === "L") points.push([at[0]!, at[1]!]);
    else if (type === "Q" || type === "C") {
      const [x0, y0] = points[points.length - 1]!;
      for (let step = 1; step <= CURVE_STEPS; step++) {
        const t = step / CURVE_STEPS;
        const s = 1 - t;
        points.push(
          type === "Q"
            ? [s * s * x0 + 2 * s * t * at[0]! + t * t * at[2]!, s * s * y0 + 2 * s * t * at[1]! + t * t * at[3]!]
            : [
                s * s * s * x0 + 3 * s * s * t * at[0]! + 3 * s * t * t * at[2]! + t * t * t * at[4]!,
                s * s * s * y0 + 3 * s * s * t * at[1]! + 3 * s * t * t * at[3]! + t * t * t * at[5]!,
              ],
        );
      }
    }
  }
  return contours.filter((contour) => contour.length > 2);
}
