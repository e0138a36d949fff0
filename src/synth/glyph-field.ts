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

function createField(metrics: GlyphMetrics, distanceAt: (x: number, y: number) => number): GlyphField {
  const columns = Math.ceil(metrics.aspect * FIELD_CELLS) + 2 * FIELD_MARGIN + 1;
  const rows = Math.ceil((metrics.bottom - metrics.top) * FIELD_CELLS) + 2 * FIELD_MARGIN + 1;
  const distances = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      distances[row * columns + column] = distanceAt(
        (column - FIELD_MARGIN) / FIELD_CELLS,
        metrics.top + (row - FIELD_MARGIN) / FIELD_CELLS,
      );
    }
  }
  return { ...metrics, columns, rows, distances };
}

/** Distance field of closed contours filled by the non-zero winding rule. */
export function fieldFromOutline(contours: readonly Polyline[], metrics: GlyphMetrics): GlyphField {
  const edges: number[] = [];
  for (const contour of contours) {
    for (let i = 0; i < contour.length; i++) {
      const [x1, y1] = contour[i]!;
      const [x2, y2] = contour[(i + 1) % contour.length]!;
      if (x1 !== x2 || y1 !== y2) edges.push(x1, y1, x2, y2);
    }
  }
  return createField(metrics, (x, y) => {
    let nearest = 1e9;
    let winding = 0;
    for (let i = 0; i < edges.length; i += 4) {
      const x1 = edges[i]!;
      const y1 = edges[i + 1]!;
      const dx = edges[i + 2]! - x1;
      const dy = edges[i + 3]! - y1;
      const px = x - x1;
      const py = y - y1;
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) / (dx * dx + dy * dy)));
      const ex = px - along * dx;
      const ey = py - along * dy;
      const squared = ex * ex + ey * ey;
      if (squared < nearest) nearest = squared;
      if (y1 <= y !== y1 + dy <= y) {
        const side = dx * py - dy * px;
        if (dy > 0 ? side > 0 : side < 0) winding += dy > 0 ? 1 : -1;
      }
    }
    const distance = Math.sqrt(nearest);
    return winding !== 0 ? -distance : distance;
  });
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
        if (isEnd) return 0;
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
  const metrics = { aspect: glyph.width, top: 0, bottom: 1, advance: glyph.width + 0.14, bearing: 0.07 };
  return createField(metrics, (x, y) => {
    let nearest = 1e9;
    for (let i = 0; i < segments.length; i += 6) {
      const x1 = segments[i]!;
      const y1 = segments[i + 1]!;
      const dx = segments[i + 2]! - x1;
      const dy = segments[i + 3]! - y1;
      const length = Math.sqrt(dx * dx + dy * dy);
      const along = ((x - x1) * dx + (y - y1) * dy) / length;
      const across = Math.abs((x - x1) * dy - (y - y1) * dx) / length - half;
      const before = segments[i + 4]!;
      const after = segments[i + 5]!;
      let distance: number;
      if (along < 0 && before < 0) distance = Math.hypot(along, across + half) - half;
      else if (along > length && after < 0) distance = Math.hypot(along - length, across + half) - half;
      else {
        const beyond = Math.max(-along - Math.max(0, before), along - length - Math.max(0, after));
        distance = beyond > 0 && across > 0 ? Math.hypot(beyond, across) : Math.max(beyond, across);
      }
      if (distance < nearest) nearest = distance;
    }
    if (glyph.roundCaps) return nearest;
    return Math.max(nearest, -x, x - glyph.width, -y, y - 1);
  });
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
