/** Vehicles that stand: told once, and then not again until they move. */
import type { FusedText } from "./fuse.ts";
import { type Box, boxOfQuad, iou, type Quad } from "./geometry.ts";
import { isRead, type PassageOptions } from "./passage.ts";
import { quadCentre, quadHeight } from "./quad-filter.ts";
import type { Track, TrackerState } from "./track.ts";
import { isSamePlate, vehicleOf } from "./vehicle.ts";

/** A vehicle that was reported while standing. */
export interface ParkedVehicle {
  readonly text: FusedText;
  readonly corners: Quad;
  /** The track that sees it, while one does. */
  readonly trackId: number;
  readonly lastTimeMs: number;
}

/** Plate heights a parked plate may seem to move: a camera in the wind, a barrier's shadow. */
const PARKED_RADIUS_HEIGHTS = 2.5;
const PARKED_IOU = 0.2;

/** Parked vehicles, those still in sight up to date. */
export function followParked(parked: readonly ParkedVehicle[], tracker: TrackerState): ParkedVehicle[] {
  return parked.map((place) => {
    const track = tracker.tracks.find(({ id }) => id === place.trackId);
    return track !== undefined && isNear(place, track) ? { ...place, lastTimeMs: track.lastTimeMs } : place;
  });
}

export function isParked(track: Track, timeMs: number, { parkedMs }: PassageOptions): boolean {
  return track.phase === "confirmed" && timeMs - track.rest.sinceMs >= parkedMs;
}

/** The parked vehicle that a track shows again. */
export function parkedAt(
  parked: readonly ParkedVehicle[],
  track: Track,
  options: PassageOptions,
): ParkedVehicle | undefined {
  const near = parked.filter((place) => isNear(place, track));
  if (near.length === 0) return undefined;
  const { fused } = vehicleOf(track, -Infinity, options);
  // Two texts that are not believed say nothing of whose they are; the place does.
  const isUnread = (text: FusedText): boolean => options.unread && !isRead(text, options);
  return near.find(({ text }) => isSamePlate(text, fused) || (isUnread(text) && isUnread(fused)));
}

/** Whether the whole of a track lies where the vehicle is parked, up to its later departure. */
export function isNear({ corners }: ParkedVehicle, track: Track): boolean {
  const [x, y] = quadCentre(corners);
  const [trackX, trackY] = quadCentre(track.estimate.corners);
  const reach = PARKED_RADIUS_HEIGHTS * quadHeight(corners);
  return Math.hypot(trackX - x, trackY - y) <= reach || iou(boxOfQuad(corners), boxOfTrack(track)) > PARKED_IOU;
}

export function boxOfTrack({ estimate }: Track): Box {
  return boxOfQuad(estimate.corners);
}
