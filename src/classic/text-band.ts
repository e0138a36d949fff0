/** Where a line of text stands, told by how often ink and paper take turns in the rows: for text that runs together. */
import type { TextLine } from "./find-line.ts";
import type { GreyPicture } from "./grey-picture.ts";

/** A line without shapes of its own, in a picture that was straightened by `slope`. */
export interface TextBand {
  readonly line: TextLine;
  readonly slope: number;
}

/** Text rises or falls no more than this. */
const MAX_SLOPE = 0.2;
const SLOPE_STEP = 0.02;

/** Rows of text have this share of the turns of the row with most. */
const MIN_TURNS = 0.5;

/** Height of a line as a share of the picture's. */
const MIN_HEIGHT = 0.2;
const MAX_HEIGHT = 0.8;

/** The tallest run of rows with many turns, or null. @param binary black ink on white. */
export function findBand(binary: GreyPicture): TextBand | null {
  const { width, height } = binary;
  let best: { rows: Float64Array; slope: number; sharpness: number } | null = null;
  for (let slope = -MAX_SLOPE; slope <= MAX_SLOPE + 1e-6; slope += SLOPE_STEP) {
    const rows = turnsOf(binary, slope);
    const sharpness = rows.reduce((sum, turns) => sum + turns * turns, 0);
    if (best === null || sharpness > best.sharpness) best = { rows, slope, sharpness };
  }
  if (best === null) return null;
  const rows = best.rows.map((turns, y) => (turns * 2 + (best.rows[y - 1] ?? turns) + (best.rows[y + 1] ?? turns)) / 4);
  const least = MIN_TURNS * Math.max(...rows);
  let [top, bottom, most] = [0, 0, 0];
  for (let start = 0; start < height; start++) {
    let sum = 0;
    let end = start;
    for (; end < height && rows[end]! >= least; end++) sum += rows[end]!;
    if (sum > most) [top, bottom, most] = [start, end, sum];
    start = Math.max(start, end);
  }
  const heightPx = bottom - top;
  if (heightPx < MIN_HEIGHT * height || heightPx > MAX_HEIGHT * height) return null;
  const part = { box: [0, top, width, heightPx], areaPx: 0, label: 0 } as const;
  return { line: { parts: [part], heightPx, slope: 0, score: 0 }, slope: best.slope };
}

/** Of each row of the straightened picture how often ink and paper take turns along it. */
function turnsOf({ width, height, data }: GreyPicture, slope: number): Float64Array {
  const rows = new Float64Array(height);
  for (let y = 0; y < height; y++) {
    for (let x = 1; x < width; x++) {
      if (data[y * width + x] === data[y * width + x - 1]) continue;
      const row = Math.round(y - slope * (x - (width - 1) / 2));
      if (row >= 0 && row < height) rows[row]!++;
    }
  }
  return rows;
}
