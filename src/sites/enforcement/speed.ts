/** Average speed between two points of a road, with what distance and clocks may be off by: in the driver's favour. */
import { PlateKitError } from "../../core/errors.ts";
import type { PairEnd } from "../pairing.ts";
import type { EnforcementCase } from "./cases.ts";

export interface SpeedSection {
  readonly id: string;
  readonly fromCameraId: string;
  readonly toCameraId: string;
  /** Length of the shortest way between the two, metres, and how much shorter it may be. */
  readonly metres: number;
  readonly metresTolerance: number;
  /** How far each camera's clock may be off at the time, milliseconds; measured, not assumed. */
  readonly clockToleranceMs: number;
  readonly limitKmh: number;
  /** Taken off before comparing, as the law of the place has it. */
  readonly marginKmh: number;
}

export interface SpeedMeasurement {
  readonly durationMs: number;
  /** By the figures as they are. */
  readonly kmh: number;
  /** The slowest that distance and clocks allow, before the margin. */
  readonly lowestKmh: number;
  /** What is compared with the limit: lowest less margin. */
  readonly chargedKmh: number;
  readonly verdict: "within-limit" | "too-fast" | "implausible";
}

/** Faster is no vehicle, but a clock that is off or two vehicles. */
const MAX_KMH = 350;

/** @throws PlateKitError SITE_INVALID for lengths, tolerances or limits that are none. */
export function checkSpeedSection(section: SpeedSection): SpeedSection {
  const { metres, metresTolerance, clockToleranceMs, limitKmh, marginKmh } = section;
  const isValid =
    metres > 0 &&
    metresTolerance >= 0 &&
    metresTolerance < metres &&
    clockToleranceMs >= 0 &&
    limitKmh > 0 &&
    marginKmh >= 0;
  if (!isValid) {
    throw new PlateKitError(
      "SITE_INVALID",
      `Section "${section.id}" needs a length and a limit above 0, and tolerances of 0 or more below its length.`,
    );
  }
  return section;
}

/** The average speed of a vehicle seen at both points. A duration of 0 or less, as from clocks that differ, is implausible. */
export function measureSpeed(section: SpeedSection, fromMs: number, toMs: number): SpeedMeasurement {
  const durationMs = toMs - fromMs;
  const kmhOf = (metres: number, ms: number): number => (metres / ms) * 3600;
  const kmh = durationMs > 0 ? kmhOf(section.metres, durationMs) : Number.POSITIVE_INFINITY;
  const longestMs = durationMs + 2 * section.clockToleranceMs;
  const lowestKmh =
    longestMs > 0 ? kmhOf(section.metres - section.metresTolerance, longestMs) : Number.POSITIVE_INFINITY;
  const chargedKmh = Math.floor(lowestKmh - section.marginKmh);
  const isPlausible = durationMs > 0 && kmh <= MAX_KMH;
  const verdict = !isPlausible ? "implausible" : chargedKmh > section.limitKmh ? "too-fast" : "within-limit";
  return { durationMs, kmh, lowestKmh, chargedKmh, verdict };
}

/** The case of a vehicle that was too fast; null for any other. */
export function speedCase(
  section: SpeedSection,
  start: PairEnd,
  end: PairEnd,
  text: string,
  probability: number,
): EnforcementCase | null {
  const { verdict, kmh, chargedKmh, durationMs } = measureSpeed(section, start.timeMs, end.timeMs);
  if (verdict !== "too-fast") return null;
  return {
    id: `speed:${section.id}:${start.id}:${end.id}`,
    kind: "speed",
    passageIds: [start.id, end.id],
    text,
    probability,
    summary:
      `${section.metres} m in ${(durationMs / 1000).toFixed(2)} s are ${kmh.toFixed(1)} km/h; ` +
      `${chargedKmh} km/h after tolerances, where ${section.limitKmh} are allowed.`,
    timeMs: end.timeMs,
    trail: [],
  };
}
