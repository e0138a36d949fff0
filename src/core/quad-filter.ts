/**
 * A constant-velocity Kalman filter over the corners of a plate (Kalman 1960). Knows neither texts nor tracks.
 * The eight coordinates move independently under the same noise, so they share one covariance of position and speed.
 */
import { type Point, polygonArea, type Quad } from "./geometry.ts";

/** Where a plate is believed to be and how it moves. */
export interface QuadEstimate {
  readonly corners: Quad;
  /** Of each corner, pixels a second. */
  readonly velocity: Quad;
  /** Variance of a coordinate, pixels². */
  readonly positionVariance: number;
  /** Covariance of a coordinate and its speed. */
  readonly covariance: number;
  /** Variance of a coordinate's speed, (pixels/s)². */
  readonly velocityVariance: number;
  readonly timeMs: number;
}

/** All in plate heights, so that near and far vehicles, and any resolution, are alike. */
const NOISE = {
  /** Standard error of a detected corner: boxes of real clips jitter by about this. */
  measurement: 0.12,
  /**
   * How fast the speed wanders, heights/s after one second: a car braking, or coming near and growing. As white noise in
   * continuous time; the same held constant over each step rings at one frame a second.
   */
  acceleration: 12,
  /** Speed of a plate just seen for the first time, heights/s: 20 m/s across the picture is 180, most are far slower. */
  firstSpeed: 40,
} as const;

/** Growth and turning are carried on for this long; an approaching vehicle is seen more often than that. */
const MAX_SHAPE_SECONDS = 0.3;

/** Height of the plate in pixels: of its area over its longer side pair, so that a turned plate counts right. */
export function quadHeight(corners: Quad): number {
  const [a, b, c, d] = corners;
  const width = (distance(a, b) + distance(d, c)) / 2;
  return Math.max(1, polygonArea(corners) / Math.max(1, width));
}

/** Middle of a quad: the mean of its corners. */
export function quadCentre(corners: Quad): Point {
  let x = 0;
  let y = 0;
  for (const corner of corners) {
    x += corner[0] / 4;
    y += corner[1] / 4;
  }
  return [x, y];
}

/** A plate just seen, of which no speed is known. */
export function startEstimate(corners: Quad, timeMs: number): QuadEstimate {
  const height = quadHeight(corners);
  return {
    corners,
    velocity: corners.map(() => [0, 0]) as unknown as Quad, // four in, four out
    positionVariance: (NOISE.measurement * height) ** 2,
    covariance: 0,
    velocityVariance: (NOISE.firstSpeed * height) ** 2,
    timeMs,
  };
}

/** Where the plate should be at `timeMs`; unchanged for a time that is not later. */
export function predictEstimate(estimate: QuadEstimate, timeMs: number): QuadEstimate {
  const seconds = (timeMs - estimate.timeMs) / 1000;
  if (!(seconds > 0)) return estimate;
  const { positionVariance, covariance, velocityVariance, velocity } = estimate;
  const [driftX, driftY] = quadCentre(velocity);
  // Small errors in the speed of single corners would turn the plate inside out: far ahead it keeps its shape.
  const shapeSeconds = Math.min(seconds, MAX_SHAPE_SECONDS);
  const corners = estimate.corners.map(([x, y], i) => [
    x + driftX * seconds + (velocity[i]![0] - driftX) * shapeSeconds,
    y + driftY * seconds + (velocity[i]![1] - driftY) * shapeSeconds,
  ]) as unknown as Quad; // four in, four out
  const drive = (NOISE.acceleration * quadHeight(estimate.corners)) ** 2;
  return {
    corners,
    velocity,
    positionVariance:
      positionVariance + 2 * seconds * covariance + seconds ** 2 * velocityVariance + (drive * seconds ** 3) / 3,
    covariance: covariance + seconds * velocityVariance + (drive * seconds ** 2) / 2,
    velocityVariance: velocityVariance + drive * seconds,
    timeMs,
  };
}

/** The estimate after the plate was seen at `corners`, at the time of the prediction. */
export function correctEstimate(predicted: QuadEstimate, corners: Quad): QuadEstimate {
  const measurementVariance = (NOISE.measurement * quadHeight(corners)) ** 2;
  const total = predicted.positionVariance + measurementVariance;
  const gain = predicted.positionVariance / total;
  const velocityGain = predicted.covariance / total;
  const blend = (from: Quad, share: number): Quad =>
    from.map((value, i) => [
      value[0] + share * (corners[i]![0] - predicted.corners[i]![0]),
      value[1] + share * (corners[i]![1] - predicted.corners[i]![1]),
    ]) as unknown as Quad; // four in, four out
  return {
    corners: blend(predicted.corners, gain),
    velocity: blend(predicted.velocity, velocityGain),
    positionVariance: (1 - gain) * predicted.positionVariance,
    covariance: (1 - gain) * predicted.covariance,
    velocityVariance: predicted.velocityVariance - velocityGain * predicted.covariance,
    timeMs: predicted.timeMs,
  };
}

/** Standard deviation, in pixels, of where the plate's middle will be seen. */
export function centreDeviation(estimate: QuadEstimate): number {
  return Math.sqrt(estimate.positionVariance + (NOISE.measurement * quadHeight(estimate.corners)) ** 2);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
