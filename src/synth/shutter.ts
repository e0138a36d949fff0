/** What differs from frame to frame of one vehicle: shake, light, coding, and the view as it passes. */
import type { Capture } from "./camera.ts";
import type { Random } from "./random.ts";

/**
 * How much one vehicle's frames differ, as measured on the seven vehicles of the labelled clips: standard deviations within
 * a track of the logarithms of sharpness 0.14, contrast 0.03, left over right side 0.01 to 0.04.
 */
export const VARIATION = {
  /** Shake of camera and vehicle while the shutter is open, share of the capitals' height. */
  shake: 0.07,
  /** Standard deviations: bounce in pixels, exposure in its logarithm, JPEG quality (frames are coded well or badly). */
  bouncePx: 0.5,
  exposure: 0.02,
  jpegQuality: 6,
  /** Radians that a vehicle turns while it crosses, standard deviation; a third when it comes near. */
  turn: 0.2,
} as const;

/** The capture at one moment: what moves is smeared by a part of its way, more at night, and by whatever shakes. */
export function shutterAt(
  capture: Capture,
  isNight: boolean,
  speedPx: number,
  capHeightPx: number,
  moment: Random,
): Capture {
  const travelPx = speedPx * (isNight ? 0.12 : 0.05);
  const ownPx = capture.motionPx * moment.range(0, 1.5);
  const shakePx = Math.abs(moment.normal()) * VARIATION.shake * capHeightPx;
  const shakeAngle = moment.range(0, Math.PI);
  const x = travelPx + ownPx * Math.cos(capture.motionAngle) + shakePx * Math.cos(shakeAngle);
  const y = ownPx * Math.sin(capture.motionAngle) + shakePx * Math.sin(shakeAngle);
  const light = Math.exp(moment.normal() * VARIATION.exposure);
  return {
    ...capture,
    exposure: (isNight ? 0.5 : capture.exposure) * light,
    noise: capture.noise + (isNight ? 8 : 0),
    motionPx: Math.hypot(x, y),
    motionAngle: Math.atan2(y, x),
    jpegQuality:
      capture.jpegQuality === 100
        ? 100
        : Math.min(98, Math.max(20, capture.jpegQuality + moment.normal() * VARIATION.jpegQuality)),
  };
}
