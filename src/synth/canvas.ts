/** A plate being painted: colours and relief on a grid of millimetres. Knows shapes, not plates. */

import { borrowFloats, returnFloats } from "./buffers.ts";
import type { Colour } from "./colour.ts";
import { FIELD_CELLS, FIELD_MARGIN, type GlyphField } from "./glyph-field.ts";

/** `rgb` is interleaved, 0..255, not yet rounded; `shade` is added light per pixel, as a share of the colour. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Pixels per millimetre. */
  readonly scale: number;
  /** Millimetres at the left and top edge of the canvas (negative when there is a margin around the plate). */
  readonly left: number;
  readonly top: number;
  readonly rgb: Float32Array;
  readonly shade: Float32Array;
}

/** Pixels `x1..x2`, `y1..y2` (ends excluded) that will be painted over, so that nobody need paint them now. */
export interface Hole {
  readonly x1: number;
  readonly x2: number;
  readonly y1: number;
  readonly y2: number;
}

/** The pixels wholly inside a box. */
export function holeOf(canvas: Canvas, [x, y, width, height]: BoxMm): Hole {
  return {
    x1: Math.max(0, Math.ceil((x - canvas.left) * canvas.scale)),
    x2: Math.min(canvas.width, Math.floor((x + width - canvas.left) * canvas.scale)),
    y1: Math.max(0, Math.ceil((y - canvas.top) * canvas.scale)),
    y2: Math.min(canvas.height, Math.floor((y + height - canvas.top) * canvas.scale)),
  };
}

/** `[x, y, width, height]` in millimetres, origin at the plate's top left corner. */
export type BoxMm = readonly [x: number, y: number, width: number, height: number];

export function createCanvas(left: number, top: number, widthMm: number, heightMm: number, scale: number): Canvas {
  const width = Math.max(1, Math.round(widthMm * scale));
  const height = Math.max(1, Math.round(heightMm * scale));
  return {
    width,
    height,
    scale,
    left,
    top,
    rgb: borrowFloats(width * height * 3).fill(0),
    shade: borrowFloats(width * height).fill(0),
  };
}

/** Gives a canvas's memory back; it must not be used again. */
export function releaseCanvas({ rgb, shade }: Canvas): void {
  returnFloats(rgb);
  returnFloats(shade);
}

/** Paints where `distanceAt` (millimetres, negative inside) says, with a soft edge of one pixel. */
export function paintShape(
  canvas: Canvas,
  bounds: BoxMm,
  colour: Colour,
  distanceAt: (x: number, y: number) => number,
  opacity = 1,
  hole?: Hole,
): void {
  const { width, height, scale, left, top, rgb } = canvas;
  const [x1, x2] = spanOf(bounds[0] - left, bounds[2], scale, width);
  const [y1, y2] = spanOf(bounds[1] - top, bounds[3], scale, height);
  for (let y = y1; y < y2; y++) {
    const yMm = top + (y + 0.5) / scale;
    const skips = hole !== undefined && y >= hole.y1 && y < hole.y2;
    for (let x = x1; x < x2; x++) {
      if (skips && x >= hole.x1 && x < hole.x2) x = hole.x2;
      if (x >= x2) break;
      let cover = 0.5 - distanceAt(left + (x + 0.5) / scale, yMm) * scale;
      if (cover <= 0) continue;
      if (cover > 1) cover = 1;
      cover *= opacity;
      const at = (y * width + x) * 3;
      rgb[at] = rgb[at]! + (colour[0] - rgb[at]!) * cover;
      rgb[at + 1] = rgb[at + 1]! + (colour[1] - rgb[at + 1]!) * cover;
      rgb[at + 2] = rgb[at + 2]! + (colour[2] - rgb[at + 2]!) * cover;
    }
  }
}

function spanOf(from: number, length: number, scale: number, limit: number): readonly [first: number, end: number] {
  return [Math.max(0, Math.floor(from * scale - 1)), Math.min(limit, Math.ceil((from + length) * scale + 1))];
}

/** Signed distance to a box with rounded corners. */
export function roundedBoxDistance([x, y, width, height]: BoxMm, radius: number): (px: number, py: number) => number {
  const centreX = x + width / 2;
  const centreY = y + height / 2;
  const r = Math.min(radius, width / 2, height / 2);
  return (px, py) => {
    const dx = Math.abs(px - centreX) - width / 2 + r;
    const dy = Math.abs(py - centreY) - height / 2 + r;
    if (dx > 0 && dy > 0) return Math.sqrt(dx * dx + dy * dy) - r;
    return (dx > dy ? dx : dy) - r;
  };
}

export function paintBox(canvas: Canvas, box: BoxMm, radius: number, colour: Colour, opacity = 1, hole?: Hole): void {
  const { scale, left, top } = canvas;
  const [x, y, width, height] = box;
  // Pixels at least half a pixel inside and between the corners are covered whole: they need no distance.
  const inset = Math.max(0.51 / scale, Math.min(radius, width / 2, height / 2));
  const inner: Hole = {
    x1: Math.max(0, Math.ceil((x + inset - left) * scale - 0.5)),
    x2: Math.min(canvas.width, Math.floor((x + width - inset - left) * scale + 0.5)),
    y1: Math.max(0, Math.ceil((y + 0.51 / scale - top) * scale - 0.5)),
    y2: Math.min(canvas.height, Math.floor((y + height - 0.51 / scale - top) * scale + 0.5)),
  };
  const isEmpty = hole !== undefined || inner.x1 >= inner.x2 || inner.y1 >= inner.y2;
  paintShape(canvas, box, colour, roundedBoxDistance(box, radius), opacity, isEmpty ? hole : inner);
  if (!isEmpty) fillPixels(canvas, inner, colour, opacity);
}

function fillPixels({ width, rgb }: Canvas, { x1, x2, y1, y2 }: Hole, colour: Colour, opacity: number): void {
  const [red, green, blue] = colour;
  for (let y = y1; y < y2; y++) {
    for (let at = (y * width + x1) * 3; at < (y * width + x2) * 3; at += 3) {
      rgb[at] = rgb[at]! + (red - rgb[at]!) * opacity;
      rgb[at + 1] = rgb[at + 1]! + (green - rgb[at + 1]!) * opacity;
      rgb[at + 2] = rgb[at + 2]! + (blue - rgb[at + 2]!) * opacity;
    }
  }
}

/** Outline of a rounded box, `line` millimetres wide, drawn inwards. */
export function paintBoxOutline(canvas: Canvas, box: BoxMm, radius: number, line: number, colour: Colour): void {
  const distance = roundedBoxDistance(box, radius);
  const ring = (x: number, y: number): number => Math.abs(distance(x, y) + line / 2) - line / 2;
  const [x, y, width, height] = box;
  const reach = Math.max(line, radius) + 1 / canvas.scale;
  paintShape(canvas, [x, y, width, reach], colour, ring);
  paintShape(canvas, [x, y + height - reach, width, reach], colour, ring);
  paintShape(canvas, [x, y + reach, reach, height - 2 * reach], colour, ring);
  paintShape(canvas, [x + width - reach, y + reach, reach, height - 2 * reach], colour, ring);
}

export function paintDisc(canvas: Canvas, x: number, y: number, radius: number, colour: Colour, opacity = 1): void {
  const bounds: BoxMm = [x - radius, y - radius, 2 * radius, 2 * radius];
  paintShape(
    canvas,
    bounds,
    colour,
    (px, py) => Math.sqrt((px - x) * (px - x) + (py - y) * (py - y)) - radius,
    opacity,
  );
}

/** Sub-rows a pixel when polygons are filled. */
const SUBROWS = 4;

/** A convex or concave polygon by the even-odd rule: exact coverage along rows, four samples down a pixel. */
export function paintPolygon(canvas: Canvas, points: readonly (readonly [number, number])[], colour: Colour): void {
  const { scale, left, top, width, rgb } = canvas;
  const [y1, y2] = spanOf(
    Math.min(...points.map((point) => point[1])) - top,
    Math.max(...points.map((point) => point[1])) - Math.min(...points.map((point) => point[1])),
    scale,
    canvas.height,
  );
  const cover = new Float32Array(width);
  for (let y = y1; y < y2; y++) {
    let [first, last] = [width, -1];
    for (let sub = 0; sub < SUBROWS; sub++) {
      const yMm = top + (y + (sub + 0.5) / SUBROWS) / scale;
      const crossings: number[] = [];
      for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
        const [ax, ay] = points[j]!;
        const [bx, by] = points[i]!;
        if (ay <= yMm !== by <= yMm) crossings.push((ax + ((yMm - ay) / (by - ay)) * (bx - ax) - left) * scale);
      }
      crossings.sort((p, q) => p - q);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const from = Math.max(0, crossings[i]!);
        const to = Math.min(width, crossings[i + 1]!);
        if (from >= to) continue;
        const [head, tail] = [Math.floor(from), Math.min(width - 1, Math.floor(to))];
        if (head < first) first = head;
        if (tail > last) last = tail;
        if (head === tail) cover[head] = cover[head]! + (to - from);
        else {
          cover[head] = cover[head]! + head + 1 - from;
          for (let x = head + 1; x < tail; x++) cover[x] = cover[x]! + 1;
          cover[tail] = cover[tail]! + to - tail;
        }
      }
    }
    for (let x = first; x <= last; x++) {
      const share = cover[x]! / SUBROWS;
      cover[x] = 0;
      const at = (y * width + x) * 3;
      rgb[at] = rgb[at]! + (colour[0] - rgb[at]!) * share;
      rgb[at + 1] = rgb[at + 1]! + (colour[1] - rgb[at + 1]!) * share;
      rgb[at + 2] = rgb[at + 2]! + (colour[2] - rgb[at + 2]!) * share;
    }
  }
}

export interface GlyphPaint {
  readonly colour: Colour;
  readonly opacity: number;
  /** Added to every edge, in cap heights: positive is bolder. */
  readonly embolden: number;
  /** Slant of the letter, in cap heights of x per cap height of y. */
  readonly slant: number;
  /** Strength of the embossed edge's light and shadow; 0 is flat, negative is pressed in. */
  readonly relief: number;
  /** Width of the bevel in cap heights. */
  readonly bevel: number;
  /** Light direction on the plate, unit vector. */
  readonly light: readonly [x: number, y: number];
}

/**
 * Paints one glyph: `x` is the left end of its ink, `capTop` and `capHeight` the face's cap line and height, `width` the
 * ink's width, all in millimetres.
 */
export function paintGlyph(
  canvas: Canvas,
  field: GlyphField,
  x: number,
  capTop: number,
  width: number,
  capHeight: number,
  paint: GlyphPaint,
): void {
  const { scale, rgb, shade } = canvas;
  const { colour, embolden, bevel } = paint;
  const { columns, distances } = field;
  const cellsPerMmX = (field.aspect * FIELD_CELLS) / width;
  const cellsPerMmY = FIELD_CELLS / capHeight;
  const inkTop = capTop + field.top * capHeight;
  const inkHeight = (field.bottom - field.top) * capHeight;
  // distances were measured in cap heights; a stretched glyph takes the geometric mean of both scales
  const pxPerUnit = capHeight * scale * Math.sqrt(width / (field.aspect * capHeight));
  const reachX = FIELD_MARGIN / cellsPerMmX + Math.abs(paint.slant) * capHeight;
  const reachY = FIELD_MARGIN / cellsPerMmY;
  const [x1, x2] = spanOf(x - reachX - canvas.left, width + 2 * reachX, scale, canvas.width);
  const [y1, y2] = spanOf(inkTop - reachY - canvas.top, inkHeight + 2 * reachY, scale, canvas.height);
  const stepX = cellsPerMmX / scale;
  const maxColumn = columns - 1.001;
  const maxRow = field.rows - 1.001;
  const lightX = paint.light[0] * paint.relief * bevel * FIELD_CELLS;
  const lightY = paint.light[1] * paint.relief * bevel * FIELD_CELLS;
  const inverseBevel = paint.relief === 0 ? 0 : 1 / bevel;
  for (let y = y1; y < y2; y++) {
    const yMm = canvas.top + (y + 0.5) / scale;
    const row = FIELD_MARGIN + (yMm - inkTop) * cellsPerMmY;
    if (row < 0 || row > maxRow) continue;
    const rowCell = row | 0;
    const fy = row - rowCell;
    const lean = (yMm - capTop - capHeight) * paint.slant;
    let column = FIELD_MARGIN + (canvas.left + (x1 + 0.5) / scale - x + lean) * cellsPerMmX - stepX;
    for (let px = x1; px < x2; px++) {
      column += stepX;
      if (column < 0 || column > maxColumn) continue;
      const cell = column | 0;
      const fx = column - cell;
      const from = rowCell * columns + cell;
      const a = distances[from]!;
      const b = distances[from + 1]!;
      const c = distances[from + columns]!;
      const d = distances[from + columns + 1]!;
      const distance = a + (b - a) * fx + (c + (d - c) * fx - a - (b - a) * fx) * fy - embolden;
      const at = y * canvas.width + px;
      if (inverseBevel !== 0) {
        // height falls from 1 inside to 0 outside over the bevel; light on its slope
        const t = distance * inverseBevel;
        if (t > -1 && t < 1) {
          const slope = (1 - t * t) * 0.75;
          const gradientX = b - a + (d - c - b + a) * fy;
          const gradientY = c - a + (d - c - b + a) * fx;
          shade[at] = shade[at]! + slope * inverseBevel * (gradientX * lightX + gradientY * lightY);
        }
      }
      let cover = 0.5 - distance * pxPerUnit;
      if (cover <= 0) continue;
      if (cover > 1) cover = 1;
      cover *= paint.opacity;
      const to = at * 3;
      rgb[to] = rgb[to]! + (colour[0] - rgb[to]!) * cover;
      rgb[to + 1] = rgb[to + 1]! + (colour[1] - rgb[to + 1]!) * cover;
      rgb[to + 2] = rgb[to + 2]! + (colour[2] - rgb[to + 2]!) * cover;
    }
  }
}
