/** Points, boxes, quadrilaterals and the homographies between them. Knows no pixel values. */

/** A point in full-frame pixels, origin at the top left corner of the top left pixel. */
export type Point = readonly [x: number, y: number];

/** An axis-aligned box `[x, y, width, height]` in full-frame pixels. */
export type Box = readonly [x: number, y: number, width: number, height: number];

/** Four corners, clockwise from the plate's own top left. */
export type Quad = readonly [Point, Point, Point, Point];

/** A projective map of the plane: a 3x3 matrix, row-major, acting on column vectors (x, y, 1). */
export type Homography = readonly [
  ...[number, number, number],
  ...[number, number, number],
  ...[number, number, number],
];

/** Intersection over union of two boxes, 0..1; 0 when either is empty. */
export function iou(a: Box, b: Box): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  if (!(width > 0 && height > 0)) return 0;
  const intersection = width * height;
  return intersection / (a[2] * a[3] + b[2] * b[3] - intersection);
}

/** The part of `box` inside a frame of the given size; width or height 0 when they don't meet. */
export function clipBox(box: Box, frameWidth: number, frameHeight: number): Box {
  const left = clamp(box[0], 0, frameWidth);
  const top = clamp(box[1], 0, frameHeight);
  return [left, top, clamp(box[0] + box[2], 0, frameWidth) - left, clamp(box[1] + box[3], 0, frameHeight) - top];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** The smallest box around a quad. */
export function boxOfQuad(quad: Quad): Box {
  const xs = quad.map((point) => point[0]);
  const ys = quad.map((point) => point[1]);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}

/** The corners of a box, clockwise from the top left. */
export function quadOfBox([x, y, width, height]: Box): Quad {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

/** Area of a polygon by the shoelace formula: positive when clockwise on screen (y down), negative otherwise. */
export function signedArea(polygon: readonly Point[]): number {
  let twice = 0;
  for (let i = 0; i < polygon.length; i++) {
    const [x1, y1] = polygon[i]!;
    const [x2, y2] = polygon[(i + 1) % polygon.length]!;
    twice += x1 * y2 - x2 * y1;
  }
  return twice / 2;
}

/** Area of a simple polygon in square pixels, whichever way round its points go. */
export function polygonArea(polygon: readonly Point[]): number {
  return Math.abs(signedArea(polygon));
}

/** Whether the corners turn the same way at every step: no bow tie, no dent, no three in a line, no NaN. */
export function isConvex(quad: Quad): boolean {
  let turns = 0;
  for (let i = 0; i < 4; i++) {
    const a = quad[i]!;
    const b = quad[(i + 1) % 4]!;
    const c = quad[(i + 2) % 4]!;
    turns += Math.sign((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]));
  }
  return Math.abs(turns) === 4;
}

/** The part of a convex polygon inside a box (Sutherland and Hodgman 1974); empty when they don't meet. */
export function clipPolygon(polygon: readonly Point[], [x, y, width, height]: Box): Point[] {
  let points = [...polygon];
  const sides: readonly (readonly [axis: 0 | 1, sign: 1 | -1, limit: number])[] = [
    [0, 1, x],
    [0, -1, x + width],
    [1, 1, y],
    [1, -1, y + height],
  ];
  for (const [axis, sign, limit] of sides) {
    const kept: Point[] = [];
    for (let i = 0; i < points.length; i++) {
      const a = points[i]!;
      const b = points[(i + 1) % points.length]!;
      const depthA = sign * (a[axis] - limit);
      const depthB = sign * (b[axis] - limit);
      if (depthA >= 0) kept.push(a);
      if (depthA >= 0 !== depthB >= 0) {
        const t = depthA / (depthA - depthB);
        kept.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
      }
    }
    points = kept;
  }
  return points;
}

/**
 * Non-maximum suppression without classes: the most confident box stays, those that overlap it more than `maxIou` go.
 *
 * @returns indices into `boxes`, most confident first; equal confidences keep their order.
 */
export function nms(boxes: readonly Box[], confidences: readonly number[], maxIou: number): number[] {
  const order = boxes.map((_, index) => index).sort((a, b) => confidences[b]! - confidences[a]! || a - b);
  const kept: number[] = [];
  for (const index of order) {
    if (kept.every((other) => iou(boxes[index]!, boxes[other]!) <= maxIou)) kept.push(index);
  }
  return kept;
}

/**
 * The homography that maps each `from[i]` to `to[i]`: exactly for four pairs, in the least-squares sense for more by the
 * normalised direct linear transform (Hartley and Zisserman, Multiple View Geometry, algorithm 4.2).
 *
 * @returns null when the points don't fix one: three of four in a line, or points that coincide.
 * @throws RangeError for fewer than four pairs or lists of unequal length.
 */
export function homography(from: readonly Point[], to: readonly Point[]): Homography | null {
  if (from.length < 4 || from.length !== to.length) {
    throw new RangeError(`A homography needs four or more pairs of points, not ${from.length} and ${to.length}.`);
  }
  if (from.length === 4) return exactHomography(from, to);
  const fromNormal = normalisation(from);
  const toNormal = normalisation(to);
  if (fromNormal === null || toNormal === null) return null;

  // Each pair gives two rows of A h = 0; h is the eigenvector of A'A with the smallest eigenvalue.
  const gram = Array.from({ length: 9 }, () => new Float64Array(9));
  for (let i = 0; i < from.length; i++) {
    const [x, y] = applyHomography(fromNormal, from[i]!);
    const [u, v] = applyHomography(toNormal, to[i]!);
    for (const row of [
      [0, 0, 0, -x, -y, -1, v * x, v * y, v],
      [x, y, 1, 0, 0, 0, -u * x, -u * y, -u],
    ]) {
      for (let j = 0; j < 9; j++) for (let k = 0; k < 9; k++) gram[j]![k]! += row[j]! * row[k]!;
    }
  }
  const { values, vectors } = symmetricEigen(gram);
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  // A second null direction means a whole family of maps fits: the points are degenerate.
  if (!(values[order[1]!]! > 1e-10 * values[order[8]!]!)) return null;
  const normal = vectors.map((row) => row[order[0]!]!) as unknown as Homography; // nine rows, so nine numbers
  const inverse = invertHomography(toNormal);
  if (inverse === null || invertHomography(normal) === null) return null;
  return facing(multiply(inverse, multiply(normal, fromNormal)), from);
}

/** Of four pairs, by way of the projective frame: a hundred multiplications, where the least squares take some 20,000. */
function exactHomography(from: readonly Point[], to: readonly Point[]): Homography | null {
  const fromFrame = frameMap(from);
  const toFrame = frameMap(to);
  const inverse = fromFrame && invertHomography(fromFrame);
  return toFrame && inverse && facing(multiply(toFrame, inverse), from);
}

/** The map that sends (1,0,0), (0,1,0), (0,0,1) and (1,1,1) to four points; null when three of them are in a line. */
function frameMap([p, q, r, s]: readonly Point[]): Homography | null {
  const map: Homography = [p![0], q![0], r![0], p![1], q![1], r![1], 1, 1, 1]; // four points, as the caller checked
  const inverse = invertHomography(map);
  if (inverse === null) return null;
  const [x, y] = s!;
  const weights = [0, 3, 6].map((row) => inverse[row]! * x + inverse[row + 1]! * y + inverse[row + 2]!);
  if (!weights.every((weight) => Math.abs(weight) > 1e-9)) return null;
  return map.map((value, index) => value * weights[index % 3]!) as unknown as Homography; // nine in, nine out
}

/** The scale is free: the centre of `from` maps with a positive third coordinate, so that its sign means "in front". */
function facing(map: Homography, from: readonly Point[]): Homography {
  const [cx, cy] = centroid(from);
  return map[6] * cx + map[7] * cy + map[8] < 0 ? (map.map((value) => -value) as unknown as Homography) : map;
}

function centroid(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point[0];
    y += point[1];
  }
  return [x / points.length, y / points.length];
}

/** Moves the centroid to the origin and the mean distance from it to √2; null when all points coincide. */
function normalisation(points: readonly Point[]): Homography | null {
  const [cx, cy] = centroid(points);
  const distance = points.reduce((sum, [x, y]) => sum + Math.hypot(x - cx, y - cy), 0) / points.length;
  if (!(distance > 0 && distance < Infinity)) return null;
  const scale = Math.SQRT2 / distance;
  return [scale, 0, -scale * cx, 0, scale, -scale * cy, 0, 0, 1];
}

/** Eigenvalues and eigenvectors (columns) of a symmetric matrix by cyclic Jacobi rotations; changes `matrix`. */
function symmetricEigen(matrix: Float64Array[]): { values: number[]; vectors: number[][] } {
  const size = matrix.length;
  const vectors = matrix.map((_, i) => matrix.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 30; sweep++) {
    let offDiagonal = 0;
    let diagonal = 0;
    for (let i = 0; i < size; i++) {
      diagonal += matrix[i]![i]! ** 2;
      for (let j = 0; j < i; j++) offDiagonal += matrix[i]![j]! ** 2;
    }
    if (!(offDiagonal > 1e-30 * diagonal)) break;
    for (let p = 0; p < size - 1; p++) for (let q = p + 1; q < size; q++) rotate(matrix, vectors, p, q);
  }
  return { values: matrix.map((row, i) => row[i]!), vectors };
}

/** One Jacobi rotation: makes element (p, q) zero. */
function rotate(matrix: Float64Array[], vectors: number[][], p: number, q: number): void {
  const off = matrix[p]![q]!;
  if (off === 0) return;
  const theta = (matrix[q]![q]! - matrix[p]![p]!) / (2 * off);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  for (const row of [...matrix, ...vectors]) {
    const a = row[p]!;
    const b = row[q]!;
    row[p] = cosine * a - sine * b;
    row[q] = sine * a + cosine * b;
  }
  const rowP = matrix[p]!;
  const rowQ = matrix[q]!;
  for (let k = 0; k < matrix.length; k++) {
    const a = rowP[k]!;
    const b = rowQ[k]!;
    rowP[k] = cosine * a - sine * b;
    rowQ[k] = sine * a + cosine * b;
  }
}

/** The product `a` after `b`. */
function multiply(a: Homography, b: Homography): Homography {
  const product: number[] = [];
  for (let i = 0; i < 9; i += 3) {
    for (let j = 0; j < 3; j++) product.push(a[i]! * b[j]! + a[i + 1]! * b[j + 3]! + a[i + 2]! * b[j + 6]!);
  }
  return product as unknown as Homography; // three rows of three
}

/** Where a homography sends a point; infinite or NaN for points on its horizon. */
export function applyHomography(map: Homography, [x, y]: Point): Point {
  const w = map[6] * x + map[7] * y + map[8];
  return [(map[0] * x + map[1] * y + map[2]) / w, (map[3] * x + map[4] * y + map[5]) / w];
}

/** The inverse map (adjugate over determinant), or null when it is singular. */
export function invertHomography([a, b, c, d, e, f, g, h, i]: Homography): Homography | null {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  // Singular up to rounding: the terms cancel to nothing against their own size.
  const size =
    Math.abs(a) * (Math.abs(e * i) + Math.abs(f * h)) +
    Math.abs(b) * (Math.abs(d * i) + Math.abs(f * g)) +
    Math.abs(c) * (Math.abs(d * h) + Math.abs(e * g));
  if (!(Math.abs(determinant) > 1e-12 * size)) return null;
  // biome-ignore format: 3x3
  const adjugate = [
    e * i - f * h, c * h - b * i, b * f - c * e,
    f * g - d * i, a * i - c * g, c * d - a * f,
    d * h - e * g, b * g - a * h, a * e - b * d,
  ];
  return adjugate.map((value) => value / determinant) as unknown as Homography; // nine in, nine out
}

/** Whether a homography keeps all four corners in front of its horizon, so that the quad maps to a quad. */
export function isInFront(map: Homography, quad: Quad): boolean {
  return quad.every(([x, y]) => map[6] * x + map[7] * y + map[8] > 1e-9);
}

/** The unit square's corners, in the order of a Quad. */
const UNIT_SQUARE: Quad = quadOfBox([0, 0, 1, 1]);

/**
 * A quad grown on every side by `margin` of the plate's own width and height, in the plate's plane, so with its
 * perspective. Where the plate's horizon is too near for that, the quad's bounding box is grown instead.
 */
export function expandQuad(quad: Quad, margin: number): Quad {
  const grown = quadOfBox([-margin, -margin, 1 + 2 * margin, 1 + 2 * margin]);
  const map = isConvex(quad) ? homography(UNIT_SQUARE, quad) : null;
  if (map !== null && isInFront(map, grown)) {
    return grown.map((point) => applyHomography(map, point)) as unknown as Quad; // four in, four out
  }
  const [x, y, width, height] = boxOfQuad(quad);
  const marginX = margin * width;
  const marginY = margin * height;
  return quadOfBox([x - marginX, y - marginY, width + 2 * marginX, height + 2 * marginY]);
}
