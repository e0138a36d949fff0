/** Planes seen by a camera: where a plate's corners fall, and the exact map between plate and picture. */
import {
  applyHomography,
  type Box,
  type Homography,
  invertHomography,
  type Point,
  type Quad,
  quadOfBox,
} from "../core/geometry.ts";

/** How a plate stands before the camera; angles in radians. */
export interface Pose {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  /** Camera distance in plate widths; near cameras make strong perspective. */
  readonly distance: number;
}

/** Corners of a `width` x `height` rectangle in this pose, centred on the origin, in units of the frontal rectangle. */
export function poseCorners(width: number, height: number, pose: Pose): Quad {
  const [sinYaw, cosYaw] = [Math.sin(pose.yaw), Math.cos(pose.yaw)];
  const [sinPitch, cosPitch] = [Math.sin(pose.pitch), Math.cos(pose.pitch)];
  const [sinRoll, cosRoll] = [Math.sin(pose.roll), Math.cos(pose.roll)];
  const away = pose.distance * Math.max(width, height);
  const project = (x: number, y: number): Point => {
    const yawed: readonly [number, number, number] = [x * cosYaw, y, -x * sinYaw];
    const pitched: readonly [number, number, number] = [
      yawed[0],
      yawed[1] * cosPitch - yawed[2] * sinPitch,
      yawed[1] * sinPitch + yawed[2] * cosPitch,
    ];
    const scale = away / (away + pitched[2]);
    const px = pitched[0] * scale;
    const py = pitched[1] * scale;
    return [px * cosRoll - py * sinRoll, px * sinRoll + py * cosRoll];
  };
  const [w, h] = [width / 2, height / 2];
  return [project(-w, -h), project(w, -h), project(w, h), project(-w, h)];
}

/** The homography that takes the rectangle (0, 0)..(width, height) to a quad (Heckbert 1989, square to quad). */
export function rectangleToQuad(width: number, height: number, [p0, p1, p2, p3]: Quad): Homography {
  const sumX = p0[0] - p1[0] + p2[0] - p3[0];
  const sumY = p0[1] - p1[1] + p2[1] - p3[1];
  const [dx1, dy1] = [p1[0] - p2[0], p1[1] - p2[1]];
  const [dx2, dy2] = [p3[0] - p2[0], p3[1] - p2[1]];
  const determinant = dx1 * dy2 - dx2 * dy1;
  const g = (sumX * dy2 - dx2 * sumY) / determinant;
  const h = (dx1 * sumY - sumX * dy1) / determinant;
  return [
    (p1[0] - p0[0] + g * p1[0]) / width,
    (p3[0] - p0[0] + h * p3[0]) / height,
    p0[0],
    (p1[1] - p0[1] + g * p1[1]) / width,
    (p3[1] - p0[1] + h * p3[1]) / height,
    p0[1],
    g / width,
    h / height,
    1,
  ];
}

/** The part of `bounds` (in the plane's units) that a frame of this size shows; all of it when the frame sees the horizon. */
export function boxInView(toFrame: Homography, width: number, height: number, bounds: Box): Box {
  const toPlane = invertHomography(toFrame);
  if (toPlane === null) throw new RangeError("a plane seen edge on cannot be drawn");
  const corners = quadOfBox([0, 0, width, height]);
  if (corners.some(([x, y]) => toPlane[6] * x + toPlane[7] * y + toPlane[8] <= 0)) return bounds;
  const seen = corners.map((corner) => applyHomography(toPlane, corner));
  const [xs, ys] = [seen.map((point) => point[0]), seen.map((point) => point[1])];
  const clamp = (value: number, from: number, length: number): number => Math.min(from + length, Math.max(from, value));
  const left = clamp(Math.min(...xs), bounds[0], bounds[2]);
  const top = clamp(Math.min(...ys), bounds[1], bounds[3]);
  return [
    left,
    top,
    clamp(Math.max(...xs), bounds[0], bounds[2]) - left,
    clamp(Math.max(...ys), bounds[1], bounds[3]) - top,
  ];
}
