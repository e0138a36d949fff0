/** Turns true passages into what cameras deliver: misread, late, twice, out of order, or not at all. */
import type { Direction } from "../../core/zone.ts";
import type { SitePassage } from "../site-passage.ts";
import type { Misreader } from "./misreads.ts";
import { createRandom, type Random } from "./random.ts";

/** A vehicle that really passed. */
export interface TruePassage {
  /** Unique; the delivered passage has it too, and its double `id` with `~2`. */
  readonly id: string;
  readonly plate: string;
  readonly cameraId: string;
  readonly timeMs: number;
  readonly direction?: Direction;
}

export interface DeliveryModel {
  /** Chance that nothing is delivered of a passage. */
  readonly missing: number;
  /** Chance of a second read under an id of its own, up to 30 s later. */
  readonly double: number;
  /** Chance that the same passage is delivered again. */
  readonly replay: number;
  /** Chance of being late, by up to `lateMs`. */
  readonly late: number;
  readonly lateMs: number;
  /** Deviation of the cameras' clocks, milliseconds; each is off by a constant. */
  readonly skewMs: number;
}

/** A site with vehicle loops that keeps its cameras in step, on a network that drops out now and then. */
export const DEFAULT_DELIVERY: DeliveryModel = {
  missing: 0.001,
  double: 0.01,
  replay: 0.01,
  late: 0.01,
  lateMs: 6 * 3_600_000,
  skewMs: 500,
};

export interface Delivery {
  readonly passage: SitePassage;
  readonly arrivesMs: number;
}

/** How long a plate is in sight. */
export const IN_SIGHT_MS = 1500;
const USUAL_DELAY_MS = 400;

/** What arrives, in the order of arrival. Each passage has randomness of its own: leaving one out changes no other. */
export function deliver(
  passages: readonly TruePassage[],
  read: Misreader,
  seed: number,
  model: DeliveryModel = DEFAULT_DELIVERY,
): Delivery[] {
  const skews = new Map<string, number>();
  const deliveries: Delivery[] = [];
  for (const [index, truth] of passages.entries()) {
    const random = createRandom(seed, index, 1);
    const skewMs = skews.get(truth.cameraId) ?? cameraSkew(truth.cameraId, seed, model);
    skews.set(truth.cameraId, skewMs);
    const isMissing = random.chance(model.missing);
    const first = seen(truth, truth.id, 0, read, skewMs, random);
    if (isMissing) continue;
    const arrivesMs = truth.timeMs + USUAL_DELAY_MS + (random.chance(model.late) ? random.next() * model.lateMs : 0);
    deliveries.push({ passage: first, arrivesMs });
    if (random.chance(model.replay))
      deliveries.push({ passage: first, arrivesMs: arrivesMs + random.exponential(60_000) });
    if (random.chance(model.double)) {
      const laterMs = 2000 + random.next() * 28_000;
      const second = seen(truth, `${truth.id}~2`, laterMs, read, skewMs, random);
      deliveries.push({ passage: second, arrivesMs: arrivesMs + laterMs });
    }
  }
  return deliveries.sort((a, b) => a.arrivesMs - b.arrivesMs || (a.passage.id < b.passage.id ? -1 : 1));
}

function cameraSkew(cameraId: string, seed: number, { skewMs }: DeliveryModel): number {
  const number = [...cameraId].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) | 0, 7);
  return Math.round(createRandom(seed, number, 2).normal() * skewMs);
}

function seen(
  { plate, cameraId, timeMs, direction }: TruePassage,
  id: string,
  laterMs: number,
  read: Misreader,
  skewMs: number,
  random: Random,
): SitePassage {
  const at = Math.round(timeMs + laterMs + skewMs);
  const evidence = read(plate, random);
  return {
    ...evidence,
    id,
    cameraId,
    firstTimeMs: at,
    lastTimeMs: at + IN_SIGHT_MS,
    direction: direction ?? null,
    region: null,
  };
}
