/**
 * Glyphs as signed distance fields: one small grid per glyph, from which any weight, corner softness, size and relief
 * is drawn. Knows outlines and strokes, not alphabets.
 */

/** Cells per cap height; at 48 a bilinear sample is off by less than 0.004 cap heights for curves of plate lettering. */
export const FIELD_CELLS = 48;
/** Cells of margin on every side, so that bold weights and bevels have room. */
export const FIELD_MARGIN = 8;

/** Signed distances in cap heights, negative inside. Cell (FIELD_MARGIN, FIELD_MARGIN) is the left end of the glyph's top. */
export interface GlyphField {
  /** Width of the ink in cap heights. */
  readonly aspect: number;
  /** Top and bottom of the ink in cap heights below the cap line: 0 and 1 for most capitals. */
  readonly top: number;
  readonly bottom: number;
  /** Pen movement to the next glyph of running text, and blank before the ink, in cap heights. */
  readonly advance: number;
  readonly bearing: number;
  readonly columns: number;
  readonly rows: number;
  readonly distances: Float32Array;
}

/** A polyline in cap-height units, y down. */
export type Polyline = readonly (readonly [x: number, y: number])[];

export interface StrokeGlyph {
  readonly strokes: readonly { readonly points: Polyline; readonly closed: boolean }[];
  /** Stroke width in cap heights. */
  readonly weight: number;
  readonly roundCaps: boolean;
  /** Width of the glyph in cap heights; strokes are clipped to it and to the cap height unless caps are round. */
  readonly width: number;
}

/** Where a glyph sits: `x` of its points runs over 0..aspect, `y` over top..bottom. */
export type GlyphMetrics = Pick<GlyphField, "aspect" | "top" | "bottom" | "advance" | "bearing">;

/** A field whose cells all hold the square of BAND_CELLS. */
function emptyField(metrics: GlyphMetrics): GlyphField {
  const columns = Math.ceil(metrics.aspect * FIELD_CELLS) + 2 * FIELD_MARGIN + 1;
  const rows = Math.ceil((metrics.bottom - metrics.top) * FIELD_CELLS) + 2 * FIELD_MARGIN + 1;
  return { ...metrics, columns, rows, distances: new Float32Array(columns * rows).fill(BAND_CELLS * BAND_CELLS) };
}

/** Distances further from an edge than this many cells are not told apart: no weight or bevel reaches so far. */
const BAND_CELLS = FIELD_MARGIN + 1;

/** Distance field of closed contours filled by the non-zero winding rule. */
export function fieldFromOutline(contours: readonly Polyline[], metrics: GlyphMetrics): GlyphField {
  const field = emptyField(metrics);
  const { columns, rows, distances } = field;
  const winding = new Int8Array(columns * rows);
  for (const contour of contours) {
    for (let i = 0; i < contour.length; i++) {
      const [fromX, fromY] = contour[i]!;
      const [toX, toY] = contour[(i + 1) % contour.length]!;
      if (fromX === toX && fromY === toY) continue;
      // in cells from here on
      const x1 = fromX * FIELD_CELLS + FIELD_MARGIN;
      const y1 = (fromY - metrics.top) * FIELD_CELLS + FIELD_MARGIN;
      const dx = (toX - fromX) * FIELD_CELLS;
      const dy = (toY - fromY) * FIELD_CELLS;
      windRows(winding, columns, rows, x1, y1, dx, dy);
      const left = Math.max(0, Math.ceil(Math.min(x1, x1 + dx) - BAND_CELLS));
      const right = Math.min(columns - 1, Math.floor(Math.max(x1, x1 + dx) + BAND_CELLS));
      const top = Math.max(0, Math.ceil(Math.min(y1, y1 + dy) - BAND_CELLS));
      const bottom = Math.min(rows - 1, Math.floor(Math.max(y1, y1 + dy) + BAND_CELLS));
      const inverse = 1 / (dx * dx + dy * dy);
      for (let row = top; row <= bottom; row++) {
        const py = row - y1;
        for (let column = left; column <= right; column++) {
          const px = column - x1;
          let along = (px * dx + py * dy) * inverse;
          along = along < 0 ? 0 : along > 1 ? 1 : along;
          const ex = px - along * dx;
          const ey = py - along * dy;
          const squared = ex * ex + ey * ey;
          const at = row * columns + column;
          if (squared < distances[at]!) distances[at] = squared;
        }
      }
    }
  }
  for (let at = 0; at < distances.length; at++) {
    const distance = Math.sqrt(distances[at]!) / FIELD_CELLS;
    distances[at] = winding[at] !== 0 ? -distance : distance;
  }
  return field;
}

/** Adds an edge's turn to every cell right of it. */
function windRows(
  winding: Int8Array,
  columns: number,
  rows: number,
  x1: number,
  y1: number,
  dx: number,
  dy: number,
): void {
  const turn = dy > 0 ? 1 : -1;
  const first = Math.max(0, Math.ceil(Math.min(y1, y1 + dy)));
  const last = Math.min(rows - 1, Math.ceil(Math.max(y1, y1 + dy)) - 1);
  for (let row = first; row <= last; row++) {
    const crossing = Math.max(0, Math.ceil(x1 + ((row - y1) / dy) * dx));
    for (let column = crossing; column < columns; column++) winding[row * columns + column]! += turn;
  }
}

/** Whether a centre line that ends at `end`, coming from `before`, would leave its glyph's box within a stroke's width. */
function leavesBox(
  end: readonly [number, number],
  before: readonly [number, number],
  width: number,
  reach: number,
): boolean {
  const length = Math.hypot(end[0] - before[0], end[1] - before[1]);
  const x = end[0] + ((end[0] - before[0]) / length) * reach;
  const y = end[1] + ((end[1] - before[1]) / length) * reach;
  return x < 0 || y < 0 || x > width || y > 1;
}

/** Distance field of stroked polylines; flat caps and square corners by boxes, round ones by capsules. */
export function fieldFromStrokes(glyph: StrokeGlyph): GlyphField {
  const half = glyph.weight / 2;
  // x1, y1, x2, y2, extension at the start, extension at the end (0: flat there, half: square corner, -1: round)
  const segments: number[] = [];
  for (const { points, closed } of glyph.strokes) {
    const count = points.length;
    const last = closed ? count : count - 1;
    for (let i = 0; i < last; i++) {
      const [x1, y1] = points[i]!;
      const [x2, y2] = points[(i + 1) % count]!;
      if (x1 === x2 && y1 === y2) continue;
      const join = (corner: number, isEnd: boolean): number => {
        if (glyph.roundCaps) return -1;
        // a stroke that ends at the edge of the glyph goes on to it and is cut there; one that ends inside stops flat
        if (isEnd) {
          const before = points[corner === 0 ? 1 : corner - 1]!;
          return leavesBox(points[corner]!, before, glyph.width, 1.6 * half) ? 2 * half : 0;
        }
        const [ax, ay] = points[(corner - 1 + count) % count]!;
        const [bx, by] = points[corner % count]!;
        const [cx, cy] = points[(corner + 1) % count]!;
        const cosine =
          ((bx - ax) * (cx - bx) + (by - ay) * (cy - by)) /
          (Math.hypot(bx - ax, by - ay) * Math.hypot(cx - bx, cy - by));
        return Math.abs(cosine) < 0.2 ? half : -1;
      };
      segments.push(x1, y1, x2, y2, join(i, !closed && i === 0), join(i + 1, !closed && i === last - 1));
    }
  }
  const field = emptyField({ aspect: glyph.width, top: 0, bottom: 1, advance: glyph.width + 0.14, bearing: 0.07 });
  const { columns, rows, distances } = field;
  distances.fill(BAND_CELLS / FIELD_CELLS);
  const reach = half + BAND_CELLS / FIELD_CELLS;
  const cellOf = (value: number, limit: number): number =>
    Math.min(limit - 1, Math.max(0, Math.round(value * FIELD_CELLS) + FIELD_MARGIN));
  for (let i = 0; i < segments.length; i += 6) {
    const x1 = segments[i]!;
    const y1 = segments[i + 1]!;
    const dx = segments[i + 2]! - x1;
    const dy = segments[i + 3]! - y1;
    const before = segments[i + 4]!;
    const after = segments[i + 5]!;
    const length = Math.sqrt(dx * dx + dy * dy);
    const right = cellOf(Math.max(x1, x1 + dx) + reach, columns);
    const bottom = cellOf(Math.max(y1, y1 + dy) + reach, rows);
    const left = cellOf(Math.min(x1, x1 + dx) - reach, columns);
    for (let row = cellOf(Math.min(y1, y1 + dy) - reach, rows); row <= bottom; row++) {
      const py = (row - FIELD_MARGIN) / FIELD_CELLS - y1;
      for (let column = left; column <= right; column++) {
        const px = (column - FIELD_MARGIN) / FIELD_CELLS - x1;
        const along = (px * dx + py * dy) / length;
        const across = Math.abs(px * dy - py * dx) / length;
        let distance: number;
        if (along < 0 && before < 0) distance = Math.sqrt(px * px + py * py) - half;
        else if (along > length && after < 0) {
          distance = Math.sqrt((along - length) * (along - length) + across * across) - half;
        } else {
          const beyond = Math.max(-along - Math.max(0, before), along - length - Math.max(0, after));
          const beside = across - half;
          distance = beyond > 0 && beside > 0 ? Math.sqrt(beyond * beyond + beside * beside) : Math.max(beyond, beside);
        }
        const at = row * columns + column;
        if (distance < distances[at]!) distances[at] = distance;
      }
    }
  }
  if (!glyph.roundCaps) clipToBox(field);
  return field;
}

/** Cuts a field at its glyph's box, so that strokes meeting there end square. */
function clipToBox({ aspect, columns, rows, distances }: GlyphField): void {
  for (let row = 0; row < rows; row++) {
    const y = (row - FIELD_MARGIN) / FIELD_CELLS;
    for (let column = 0; column < columns; column++) {
      const x = (column - FIELD_MARGIN) / FIELD_CELLS;
      const at = row * columns + column;
      distances[at] = Math.max(distances[at]!, -x, x - aspect, -y, y - 1);
    }
  }
}

/** Bilinear sample at (column, row) in cells; outside the grid the edge value holds. */
export function sampleField(field: GlyphField, column: number, row: number): number {
  const maxColumn = field.columns - 1.001;
  const maxRow = field.rows - 1.001;
  const x = column < 0 ? 0 : column > maxColumn ? maxColumn : column;
  const y = row < 0 ? 0 : row > maxRow ? maxRow : row;
  const left = x | 0;
  const top = y | 0;
  const fx = x - left;
  const fy = y - top;
  const at = top * field.columns + left;
  const cells = field.distances;
  const above = cells[at]! + (cells[at + 1]! - cells[at]!) * fx;
  const below = cells[at + field.columns]! + (cells[at + field.columns + 1]! - cells[at + field.columns]!) * fx;
  return above + (below - above) * fy;
}
