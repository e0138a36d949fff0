/** Permits and subscriptions: whose plates park at another price, from when until when, and how many at once. */
import { type IdentifyOptions, identifyPlate } from "../identify.ts";
import { type PlateIndex, plateIndex } from "../plate-index.ts";
import type { PlateEvidence } from "../site-passage.ts";
import { isValidAt, type Validity } from "../validity.ts";

export interface Permit extends Validity {
  readonly id: string;
  readonly holder: string;
  /** Upper case, no separators. */
  readonly plates: readonly string[];
  /** Missing: all zones. */
  readonly zones?: readonly string[];
  /** How many vehicles of it may be inside at once; missing: all. */
  readonly maxConcurrent?: number;
}

export type PermitIndex = PlateIndex<Permit>;

export function permitIndex(permits: readonly Permit[]): PermitIndex {
  return plateIndex(permits, ({ plates }) => plates);
}

/** A stay that may use a permit: `toMs` null while it lasts. */
export interface PermitStay {
  readonly sessionId: string;
  readonly permitId: string;
  readonly fromMs: number;
  readonly toMs: number | null;
}

/** Below this probability a read does not use a permit by itself: a stranger would park for free. */
export const PERMIT_PROBABILITY = 0.98;

/** Half of the passages of a site with permits are holders', before reading. */
const IDENTIFY: IdentifyOptions = { knownShare: 0.5 };

export type PermitUse =
  | { readonly kind: "none" }
  /** A permit's plate is likely, not certain: a person decides. */
  | { readonly kind: "unsure"; readonly permit: Permit; readonly probability: number }
  | { readonly kind: "not-valid" | "wrong-zone" | "full"; readonly permit: Permit }
  | { readonly kind: "valid"; readonly permit: Permit; readonly probability: number };

/**
 * Which permit a vehicle uses on entering. The places of a permit go to vehicles in the order of their entries; one
 * that found none free pays for its whole stay, also when a place becomes free meanwhile.
 *
 * @param stays of vehicles known to use permits; those that ended before the entry don't matter.
 * @param enteredMs also for stays that ended long ago: the answer depends on nothing later.
 */
export function permitUse(
  plate: PlateEvidence,
  enteredMs: number,
  zoneId: string | null,
  index: PermitIndex,
  stays: readonly PermitStay[],
  identify: IdentifyOptions = IDENTIFY,
): PermitUse {
  const best = identifyPlate(plate, index, identify)[0];
  const permits = best === undefined ? [] : index.byText.get(best.text)!; // identities are texts of the index
  if (best === undefined || best.probability < 0.5) return { kind: "none" };
  const permit =
    permits.find((one) => isValidAt(one, enteredMs) && isInZone(one, zoneId)) ??
    permits.find((one) => isValidAt(one, enteredMs)) ??
    permits[0]!; // a text of the index has an entry
  if (best.probability < PERMIT_PROBABILITY) return { kind: "unsure", permit, probability: best.probability };
  if (!isValidAt(permit, enteredMs)) return { kind: "not-valid", permit };
  if (!isInZone(permit, zoneId)) return { kind: "wrong-zone", permit };
  const inside = stays.filter(
    ({ permitId, fromMs, toMs }) => permitId === permit.id && fromMs < enteredMs && (toMs === null || toMs > enteredMs),
  );
  if (inside.length >= (permit.maxConcurrent ?? Number.POSITIVE_INFINITY)) return { kind: "full", permit };
  return { kind: "valid", permit, probability: best.probability };
}

function isInZone({ zones }: Permit, zoneId: string | null): boolean {
  return zones === undefined || (zoneId !== null && zones.includes(zoneId));
}
