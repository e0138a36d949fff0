/** A month on a road between two cameras: travel times with rush hours, stops and turn-offs, estimated and known. */
import { median } from "../../core/metrics.ts";
import {
  NO_TRAVERSALS,
  type RoadSection,
  settleTraversals,
  type Traversal,
  travelTimes,
  updateTraversals,
} from "../traffic/travel-time.ts";
import { countFigure, type Figure, type SimulationOptions, shareFigure } from "./figures.ts";
import { createMisreader } from "./misreads.ts";
import { SIMULATION_START_MS } from "./parking.ts";
import { createPlates } from "./population.ts";
import { createRandom, type Random } from "./random.ts";
import { type Delivery, deliver, type TruePassage } from "./stream.ts";

export const SIMULATED_SECTION: RoadSection = { id: "simulated", fromCameraId: "a", toCameraId: "b", metres: 5000 };

const HOUR_MS = 3_600_000;
/** Bins with fewer true vehicles have no median worth comparing with. */
const MIN_VEHICLES = 20;

/** Shares of vehicles that stop on the way, turn off, or join in the middle. */
const STOPS = 0.12;
const TURNS_OFF = 0.2;
const JOINS = 0.1;

export function simulateTraffic(options: SimulationOptions): readonly Figure[] {
  const { vehicles, days, seed } = options;
  const random = createRandom(seed, 41);
  const { passages, truths } = createTraffic(vehicles, days, random);
  const deliveries = deliver(passages, createMisreader(options.misreads), seed, options.delivery);
  const truth = medians(truths, (durations) => median(durations));
  const estimated = new Map(
    travelTimes(traverse(deliveries), SIMULATED_SECTION.metres, HOUR_MS, SIMULATION_START_MS).map((bin) => [
      bin.fromMs,
      bin.medianMs!,
    ]),
  );
  const naive = medians(traverseExactly(deliveries), (durations) => median(durations));
  const ours = errors(estimated, truth);
  const theirs = errors(naive, truth);
  return [
    shareFigure("medianError", "error of the travel-time median, mean over the hours", ours.mean, theirs.mean, {
      relation: "<=",
      value: 0.02,
    }),
    shareFigure("medianErrorP95", "the same, in all but one hour of twenty", ours.p95, theirs.p95),
    shareFigure("bias", "by how much the medians are too long on average", ours.bias, theirs.bias),
    countFigure("hoursCompared", "hours with at least 20 vehicles driving through", ours.hours),
  ];
}

/** The truth is of vehicles that drove through: stops are no travel time of the road. */
function createTraffic(count: number, days: number, random: Random): { passages: TruePassage[]; truths: Traversal[] } {
  const plates = createPlates(Math.max(10, Math.round(count / 3)), random);
  const passages: TruePassage[] = [];
  const truths: Traversal[] = [];
  for (let i = 0; i < count; i++) {
    const plate = random.pick(plates);
    const hour = random.chance(0.8) ? 6 + 13 * random.next() : 24 * random.next();
    const startMs = Math.round(SIMULATION_START_MS + Math.floor(random.next() * days) * 24 * HOUR_MS + hour * HOUR_MS);
    const driveMs = ((SIMULATED_SECTION.metres * 3600) / usualKmh(hour)) * Math.exp(0.09 * random.normal());
    const isStopping = random.chance(STOPS);
    const durationMs = Math.round(driveMs + (isStopping ? 60_000 + random.exponential(480_000) : 0));
    const joins = random.chance(JOINS);
    const turnsOff = random.chance(TURNS_OFF);
    if (!joins) passages.push({ id: `r${i}-a`, plate, cameraId: "a", timeMs: startMs });
    if (!turnsOff) passages.push({ id: `r${i}-b`, plate, cameraId: "b", timeMs: startMs + durationMs });
    if (!joins && !turnsOff && !isStopping) truths.push({ startMs, durationMs });
  }
  return { passages, truths };
}

/** Free flow at 80 km/h, rush hours at half of it. */
function usualKmh(hour: number): number {
  const rush = Math.exp(-((hour - 8) ** 2) / 2) + Math.exp(-((hour - 17.5) ** 2) / 3);
  return 80 / (1 + Math.min(1, rush));
}

function traverse(deliveries: readonly Delivery[]): Traversal[] {
  const traversals: Traversal[] = [];
  let state = NO_TRAVERSALS;
  for (const [i, { passage, arrivesMs }] of deliveries.entries()) {
    const change = updateTraversals(state, passage, SIMULATED_SECTION);
    traversals.push(...change.traversals);
    state = i % 100 === 0 ? settleTraversals(change.state, arrivesMs, SIMULATED_SECTION) : change.state;
  }
  return traversals;
}

/** What most systems do: the time since the last sight of exactly the same text at the beginning, whatever it is. */
function traverseExactly(deliveries: readonly Delivery[]): Traversal[] {
  const last = new Map<string, number>();
  const traversals: Traversal[] = [];
  for (const { passage } of deliveries) {
    const { text, firstTimeMs, cameraId } = passage;
    if (cameraId === SIMULATED_SECTION.fromCameraId) {
      last.set(text, firstTimeMs);
      continue;
    }
    const startMs = last.get(text);
    if (startMs !== undefined && firstTimeMs > startMs) traversals.push({ startMs, durationMs: firstTimeMs - startMs });
  }
  return traversals;
}

/** Medians by the hour in which the traversals began, of hours with enough of them. */
function medians(
  traversals: readonly Traversal[],
  middle: (durations: readonly number[]) => number,
): Map<number, number> {
  const hours = new Map<number, number[]>();
  for (const { startMs, durationMs } of traversals) {
    const hour = startMs - ((startMs - SIMULATION_START_MS) % HOUR_MS);
    const list = hours.get(hour);
    if (list === undefined) hours.set(hour, [durationMs]);
    else list.push(durationMs);
  }
  return new Map(
    [...hours].filter(([, list]) => list.length >= MIN_VEHICLES).map(([hour, list]) => [hour, middle(list)]),
  );
}

function errors(
  estimated: ReadonlyMap<number, number>,
  truth: ReadonlyMap<number, number>,
): { mean: number; p95: number; bias: number; hours: number } {
  const relative = [...truth].flatMap(([hour, value]) => {
    const found = estimated.get(hour);
    // An hour without an estimate is as wrong as it can be.
    return [found === undefined ? -1 : found / value - 1];
  });
  const sizes = relative.map(Math.abs).sort((a, b) => a - b);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return {
    mean: mean(sizes),
    p95: sizes[Math.floor(0.95 * (sizes.length - 1))] ?? 0,
    bias: mean(relative),
    hours: relative.length,
  };
}
