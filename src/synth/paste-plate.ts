/** Pastes a plate on its vehicle, or with a feathered rim alone, into a frame. */
import { applyHomography, type Box, boxOfQuad, type Homography, type Point, type Quad } from "../core/geometry.ts";
import type { Canvas } from "./canvas.ts";
import type { PlateDrawing } from "./drawing.ts";
import { type Frame, sagAt, warpCanvas } from "./frame.ts";
import { mountPlate } from "./plate-canvas.ts";
import type { PlateView } from "./plate-label.ts";
import { boxInView, type Pose, poseCorners, rectangleToQuad } from "./projection.ts";
import type { Random } from "./random.ts";
import { paintSurroundings } from "./surroundings.ts";
import { featheredCoverage, type Vehicle } from "./vehicle.ts";

/** Where a plate and what carries it will stand in the frame. */
export interface Placement {
  /** Millimetres from the plate's top left corner to pixels. */
  readonly toFrame: Homography;
  readonly corners: Quad;
  /** Corners of the vehicle's, or the rim's, rectangle. */
  readonly outline: Quad;
  /** The rectangle in millimetres around the plate's top left corner. */
  readonly view: Box;
  readonly pxPerMm: number;
}

/** Blank around a vehicle: a canvas's edge goes on for ever, so nothing may touch it. */
const BLANK_MM = 40;

/** Rim of a plate that no vehicle carries, in plate heights. */
const RIM = 0.5;

/** Puts the middle of a plate at `centre` pixels, `heightPx` high when seen frontally. */
export function placeAt(
  drawing: PlateDrawing,
  vehicle: Vehicle | undefined,
  heightPx: number,
  pose: Pose,
  centre: Point,
): Placement {
  const { widthMm, heightMm } = drawing;
  const pxPerMm = heightPx / heightMm;
  const rim = heightMm * RIM;
  const view: Box =
    vehicle === undefined
      ? [-rim, -rim, widthMm + 2 * rim, heightMm + 2 * rim]
      : [
          -vehicle.plateX - BLANK_MM,
          -vehicle.plateY - BLANK_MM,
          vehicle.widthMm + 2 * BLANK_MM,
          vehicle.heightMm + 2 * BLANK_MM,
        ];
  const posed = poseCorners(view[2] * pxPerMm, view[3] * pxPerMm, pose);
  const base = shiftOrigin(rectangleToQuad(view[2], view[3], posed), -view[0], -view[1]);
  const middle = applyHomography(base, [widthMm / 2, heightMm / 2]);
  const toFrame = moveHomography(base, centre[0] - middle[0], centre[1] - middle[1]);
  const quad = (x: number, y: number, width: number, height: number): Quad => [
    applyHomography(toFrame, [x, y]),
    applyHomography(toFrame, [x + width, y]),
    applyHomography(toFrame, [x + width, y + height]),
    applyHomography(toFrame, [x, y + height]),
  ];
  return { toFrame, corners: quad(0, 0, widthMm, heightMm), outline: quad(...view), view, pxPerMm };
}

/** Paints plate and vehicle into the frame; what is known of the plate's view comes back. */
export function pastePlate(
  frame: Frame,
  drawing: PlateDrawing,
  vehicle: Vehicle | undefined,
  placement: Placement,
  severity: number,
  random: Random,
): Omit<PlateView, "blurShare"> {
  const { toFrame, corners, outline, view, pxPerMm } = placement;
  const scale = Math.min(150 / drawing.heightMm, pxPerMm * 1.15);
  const behind = (canvas: Canvas): void =>
    vehicle === undefined ? paintSurroundings(canvas, drawing, random) : vehicle.paint(canvas);
  const seen = boxInView(toFrame, frame.width, frame.height, view);
  const { canvas, bend, hidden } = mountPlate(drawing, seen, scale, severity, behind, random);
  const coverage = vehicle?.coverage(canvas) ?? featheredCoverage(canvas, drawing, drawing.heightMm * RIM);
  if (vehicle !== undefined) groundShadow(frame, boxOfQuad(outline));
  blend(frame, canvas, coverage, toFrame, boxOfQuad(outline));
  return {
    project: (x, y) => applyHomography(toFrame, [x, bend === undefined ? y : y + sagAt(bend, x)]),
    corners,
    width: frame.width,
    height: frame.height,
    capHeightPx: drawing.capHeightMm * pxPerMm,
    hidden,
  };
}

/** The same map for coordinates that start at (x, y). */
function shiftOrigin([a, b, c, d, e, f, g, h, i]: Homography, x: number, y: number): Homography {
  return [a, b, a * x + b * y + c, d, e, d * x + e * y + f, g, h, g * x + h * y + i];
}

/** The same map, its picture moved by (dx, dy) pixels. */
function moveHomography([a, b, c, d, e, f, g, h, i]: Homography, dx: number, dy: number): Homography {
  return [a + dx * g, b + dx * h, c + dx * i, d + dy * g, e + dy * h, f + dy * i, g, h, i];
}

/** A soft dark ellipse under a vehicle whose outline has this box. */
function groundShadow(frame: Frame, [x, y, width, height]: Box): void {
  const [cx, cy] = [x + width / 2, y + height * 0.93];
  const [rx, ry] = [width * 0.66, height * 0.13];
  const right = Math.min(frame.width, Math.ceil(cx + rx));
  const bottom = Math.min(frame.height, Math.ceil(cy + ry));
  for (let py = Math.max(0, Math.floor(cy - ry)); py < bottom; py++) {
    for (let px = Math.max(0, Math.floor(cx - rx)); px < right; px++) {
      const away = ((px - cx) / rx) ** 2 + ((py - cy) / ry) ** 2;
      if (away >= 1) continue;
      const light = 1 - 0.85 * (1 - away) ** 1.5;
      const at = (py * frame.width + px) * 3;
      for (let c = 0; c < 3; c++) frame.rgb[at + c] = frame.rgb[at + c]! * light;
    }
  }
}

/** Blends a canvas over the frame by its coverage, inside the box. */
function blend(
  frame: Frame,
  canvas: Canvas,
  coverage: Float32Array,
  toFrame: Homography,
  [x, y, width, height]: Box,
): void {
  const left = Math.max(0, Math.floor(x));
  const top = Math.max(0, Math.floor(y));
  const right = Math.min(frame.width, Math.ceil(x + width));
  const bottom = Math.min(frame.height, Math.ceil(y + height));
  if (right <= left || bottom <= top) return;
  const local = moveHomography(toFrame, -left, -top);
  const patch = warpCanvas(canvas, local, right - left, bottom - top);
  const mask = warpCanvas({ ...canvas, rgb: coverage }, local, right - left, bottom - top);
  for (let row = 0; row < bottom - top; row++) {
    for (let column = 0; column < right - left; column++) {
      const from = (row * (right - left) + column) * 3;
      const share = mask.rgb[from]!;
      if (share <= 0) continue;
      const to = ((top + row) * frame.width + left + column) * 3;
      for (let c = 0; c < 3; c++)
        frame.rgb[to + c] = frame.rgb[to + c]! + (patch.rgb[from + c]! - frame.rgb[to + c]!) * share;
    }
  }
}
