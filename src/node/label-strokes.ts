/**
 * Letters as strokes for labels on pictures. Fonts are not everywhere, containers often have none, and text in an SVG
 * would then vanish without an error; strokes always draw. Characters not in the table fall back to the system's fonts.
 */

/** Units a character is wide, high and apart from the next; strokes are one unit thick. */
export const GLYPH_WIDTH = 4;
export const GLYPH_HEIGHT = 6;
export const GLYPH_ADVANCE = 6;

/** Polylines of points "xy", x 0..4 rightwards, y 0..6 downwards; a stroke of one point twice is a dot. */
const STROKES: Readonly<Record<string, string>> = {
  " ": "",
  "%": "40 06,00 10 11 01 00,35 45 46 36 35",
  "-": "13 33",
  ".": "26 26",
  "?": "01 10 30 41 42 24,26 26",
  "0": "10 30 41 45 36 16 05 01 10,32 14",
  "1": "11 20 26,16 36",
  "2": "01 10 30 41 42 06 46",
  "3": "01 10 30 41 42 33 13,33 44 45 36 16 05",
  "4": "36 30 04 44",
  "5": "40 00 02 32 43 45 36 16 05",
  "6": "41 30 10 01 05 16 36 45 44 33 13 04",
  "7": "00 40 16",
  "8": "13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33",
  "9": "05 16 36 45 41 30 10 01 02 13 33 42",
  A: "06 02 20 42 46,04 44",
  B: "00 30 41 42 33 03,33 44 45 36 06 00",
  C: "41 30 10 01 05 16 36 45",
  D: "00 30 41 45 36 06 00",
  E: "40 00 06 46,03 33",
  F: "40 00 06,03 33",
  G: "41 30 10 01 05 16 36 45 43 23",
  H: "00 06,40 46,03 43",
  I: "10 30,20 26,16 36",
  J: "40 45 36 16 05",
  K: "00 06,40 03 46",
  L: "00 06 46",
  M: "06 00 23 40 46",
  N: "06 00 46 40",
  O: "10 30 41 45 36 16 05 01 10",
  P: "06 00 30 41 42 33 03",
  Q: "10 30 41 45 36 16 05 01 10,24 46",
  R: "06 00 30 41 42 33 03,23 46",
  S: "41 30 10 01 02 13 33 44 45 36 16 05",
  T: "00 40,20 26",
  U: "00 05 16 36 45 40",
  V: "00 26 40",
  W: "00 16 23 36 40",
  X: "00 46,40 06",
  Y: "00 23 40,23 26",
  Z: "00 40 06 46",
  Ä: "06 03 21 43 46,04 44,00 00,40 40",
  Ö: "12 32 43 45 36 16 05 03 12,10 10,30 30",
  Ü: "02 05 16 36 45 42,10 10,30 30",
};

/** Units a text is wide. */
export function textWidth(text: string): number {
  return Math.max(0, [...text].length * GLYPH_ADVANCE - (GLYPH_ADVANCE - GLYPH_WIDTH));
}

/** SVG elements of a text whose top left corner is at (x, y); a unit is `unitPx` pixels. */
export function textSvg(text: string, x: number, y: number, unitPx: number, colour: string): string {
  const lines: string[] = [];
  const others: string[] = [];
  [...text.toUpperCase()].forEach((character, i) => {
    const left = x + i * GLYPH_ADVANCE * unitPx;
    const strokes = STROKES[character];
    if (strokes !== undefined) {
      for (const stroke of strokes === "" ? [] : strokes.split(",")) {
        const points = stroke.split(" ").map((point) => {
          const [column, row] = [Number(point[0]), Number(point[1])];
          return `${(left + column * unitPx).toFixed(2)} ${(y + row * unitPx).toFixed(2)}`;
        });
        lines.push(`M${points.join("L")}`);
      }
    } else {
      const middle = (left + (GLYPH_WIDTH / 2) * unitPx).toFixed(2);
      const base = (y + GLYPH_HEIGHT * unitPx).toFixed(2);
      others.push(
        `<text x="${middle}" y="${base}" font-size="${(unitPx * 6.5).toFixed(2)}" font-family="sans-serif" ` +
          `text-anchor="middle" fill="${colour}">&#${character.codePointAt(0)};</text>`,
      );
    }
  });
  const style = `fill="none" stroke="${colour}" stroke-width="${unitPx.toFixed(2)}" stroke-linecap="round" stroke-linejoin="round"`;
  return `<path d="${lines.join("")}" ${style}/>${others.join("")}`;
}
