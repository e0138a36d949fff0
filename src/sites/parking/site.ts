/** A parking site as its operator describes it, and what a passage of one of its cameras means. */
import { PlateKitError } from "../../core/errors.ts";
import type { SitePassage } from "../site-passage.ts";
import { zoneClock } from "../zone-clock.ts";

/**
 * A part of the site. Zones may lie in each other or overlap; a vehicle counts in each it is in. Where they overlap,
 * the one with the highest priority decides tariff and longest stay.
 */
export interface ParkingZone {
  readonly id: string;
  readonly name: string;
  readonly capacity: number;
  /** Unique among zones that share a camera. Default 0. */
  readonly priority?: number;
  /** Longer stays are listed as overstays, minutes; missing: no limit. */
  readonly maxStayMinutes?: number;
}

/** A camera at a way in or out. `in` is the passage direction that enters; see CountingLine for its meaning. */
export interface ParkingCamera {
  readonly cameraId: string;
  readonly role: "entry" | "exit" | "both";
  /** For `both`: the direction that enters. Default `in`. */
  readonly entersBy?: "in" | "out";
  /** Zones that it leads into or out of; the first is where the vehicle is put when nothing else says. */
  readonly zones: readonly string[];
}

export interface ParkingSite {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  readonly capacity: number;
  readonly zones: readonly ParkingZone[];
  readonly cameras: readonly ParkingCamera[];
}

/** What a passage means to a site. */
export type Movement =
  | { readonly kind: "entry" | "exit"; readonly camera: ParkingCamera; readonly timeMs: number }
  | { readonly kind: "unknown"; readonly reason: "no-such-camera" | "no-direction" };

/**
 * Reads a passage as a movement. A vehicle enters when it was last seen at the entry and leaves when it was first seen
 * at the exit: waiting at a barrier is not parking.
 */
export function movementOf(site: ParkingSite, passage: SitePassage): Movement {
  const camera = site.cameras.find(({ cameraId }) => cameraId === passage.cameraId);
  if (camera === undefined) return { kind: "unknown", reason: "no-such-camera" };
  if (camera.role === "both" && passage.direction === null) return { kind: "unknown", reason: "no-direction" };
  const isEntry = camera.role === "both" ? passage.direction === (camera.entersBy ?? "in") : camera.role === "entry";
  return isEntry
    ? { kind: "entry", camera, timeMs: passage.lastTimeMs }
    : { kind: "exit", camera, timeMs: passage.firstTimeMs };
}

/**
 * Checks a site.
 *
 * @throws PlateKitError SITE_INVALID naming the part: a camera of no zone, zones that overlap with equal priority, ...
 */
export function checkParkingSite(site: ParkingSite): ParkingSite {
  const where = `Parking site "${site.id}"`;
  zoneClock(site.timeZone);
  checkCapacity(site.capacity, where);
  checkUnique(
    site.zones.map(({ id }) => id),
    `${where}: zone`,
  );
  checkUnique(
    site.cameras.map(({ cameraId }) => cameraId),
    `${where}: camera`,
  );
  for (const zone of site.zones) {
    checkCapacity(zone.capacity, `${where}, zone "${zone.id}"`);
    if (zone.maxStayMinutes !== undefined && !(zone.maxStayMinutes > 0)) {
      throw new PlateKitError("SITE_INVALID", `${where}, zone "${zone.id}": maxStayMinutes must be above 0.`);
    }
  }
  for (const { cameraId, zones } of site.cameras) {
    const priorities = zones.map((id) => {
      const zone = site.zones.find((one) => one.id === id);
      if (zone === undefined)
        throw new PlateKitError("SITE_INVALID", `${where}: camera "${cameraId}" names no zone "${id}".`);
      return zone.priority ?? 0;
    });
    if (new Set(priorities).size < priorities.length) {
      throw new PlateKitError(
        "SITE_INVALID",
        `${where}: camera "${cameraId}" leads into zones that overlap with the same priority; ` +
          `give each its own, the highest decides tariff and longest stay.`,
      );
    }
  }
  return site;
}

/** The zone that decides for vehicles of a camera; null when the site has none there. */
export function decidingZone(site: ParkingSite, cameraId: string | null): ParkingZone | null {
  const ids = site.cameras.find((camera) => camera.cameraId === cameraId)?.zones ?? [];
  const zones = site.zones.filter(({ id }) => ids.includes(id));
  return zones.reduce<ParkingZone | null>(
    (best, zone) => (best === null || (zone.priority ?? 0) > (best.priority ?? 0) ? zone : best),
    null,
  );
}

function checkCapacity(capacity: number, where: string): void {
  if (!Number.isSafeInteger(capacity) || capacity < 0) {
    throw new PlateKitError(
      "SITE_INVALID",
      `${where}: capacity must be a whole number of 0 or more, found ${capacity}.`,
    );
  }
}

function checkUnique(ids: readonly string[], what: string): void {
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw new PlateKitError("SITE_INVALID", `${what} "${twice}" is named twice.`);
}
