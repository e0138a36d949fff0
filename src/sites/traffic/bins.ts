/** Counts, flow, headway and occupancy of a camera's lanes over time. */
import { csvTable, type TypedColumn } from "../csv.ts";

/** A vehicle over a counting point; its plate doesn't matter. */
export interface CountedPassage {
  readonly cameraId: string;
  readonly lane: string;
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
}

export interface TrafficBin {
  readonly cameraId: string;
  readonly lane: string;
  readonly fromMs: number;
  readonly vehicles: number;
  /** Vehicles an hour. */
  readonly flow: number;
  /** Mean time from one vehicle's first sight to the next one's, seconds; null below two vehicles. */
  readonly headwaySeconds: number | null;
  /** Share of the time in which a plate was in sight, 0..1: not a loop's occupancy, but it rises with it. */
  readonly occupancy: number;
}

/** Bins in use: 1, 5, 15 minutes and an hour. */
export const BIN_MS = { "1min": 60_000, "5min": 300_000, "15min": 900_000, "1h": 3_600_000 } as const;

/**
 * Bins of equal length from `fromMs` on, for each lane that has a passage; bins without vehicles are there too.
 * A passage counts where it was first seen. Passages told twice must be left out before.
 *
 * @throws RangeError for bins without length, or more than a million of them.
 */
export function trafficBins(
  passages: readonly CountedPassage[],
  fromMs: number,
  toMs: number,
  binMs: number,
): TrafficBin[] {
  const count = Math.ceil((toMs - fromMs) / binMs);
  if (!(binMs > 0) || !(count >= 0 && count <= 1e6))
    throw new RangeError(`${count} bins of ${binMs} ms can't be made.`);
  const lanes = new Map<string, CountedPassage[]>();
  for (const passage of passages) {
    const key = JSON.stringify([passage.cameraId, passage.lane]);
    const list = lanes.get(key);
    if (list === undefined) lanes.set(key, [passage]);
    else list.push(passage);
  }
  return [...lanes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, list]) => laneBins(list, fromMs, toMs, binMs, count));
}

/** What a table of bins holds; times are UTC. */
export const TRAFFIC_COLUMNS: readonly TypedColumn<TrafficBin>[] = [
  { name: "camera", type: "STRING", value: ({ cameraId }) => cameraId },
  { name: "lane", type: "STRING", value: ({ lane }) => lane },
  { name: "from", type: "TIMESTAMP", value: ({ fromMs }) => new Date(fromMs).toISOString() },
  { name: "vehicles", type: "INT32", value: ({ vehicles }) => vehicles },
  { name: "flowPerHour", type: "DOUBLE", value: ({ flow }) => flow },
  { name: "headwaySeconds", type: "DOUBLE", value: ({ headwaySeconds }) => headwaySeconds },
  { name: "occupancy", type: "DOUBLE", value: ({ occupancy }) => occupancy },
];

export function trafficCsv(bins: Iterable<TrafficBin>): string {
  return csvTable(TRAFFIC_COLUMNS, bins);
}

function laneBins(
  passages: readonly CountedPassage[],
  fromMs: number,
  toMs: number,
  binMs: number,
  count: number,
): TrafficBin[] {
  const { cameraId, lane } = passages[0]!; // lanes have a passage
  const firsts: number[][] = Array.from({ length: count }, () => []);
  const seenMs = new Float64Array(count);
  const sorted = [...passages].sort((a, b) => a.firstTimeMs - b.firstTimeMs);
  let seenUntilMs = Number.NEGATIVE_INFINITY;
  for (const { firstTimeMs, lastTimeMs } of sorted) {
    const bin = Math.floor((firstTimeMs - fromMs) / binMs);
    if (bin >= 0 && bin < count && firstTimeMs < toMs) firsts[bin]!.push(firstTimeMs); // within the count
    // Two plates in sight at once occupy the lane once.
    const startMs = Math.max(fromMs, firstTimeMs, seenUntilMs);
    const endMs = Math.min(toMs, lastTimeMs);
    for (let i = Math.floor((startMs - fromMs) / binMs); i < count && fromMs + i * binMs < endMs; i++) {
      seenMs[i]! += Math.min(endMs, fromMs + (i + 1) * binMs) - Math.max(startMs, fromMs + i * binMs);
    }
    seenUntilMs = Math.max(seenUntilMs, lastTimeMs);
  }
  return firsts.map((times, i) => {
    const lengthMs = Math.min(toMs, fromMs + (i + 1) * binMs) - (fromMs + i * binMs);
    const span = times.length < 2 ? null : (times.at(-1)! - times[0]!) / (times.length - 1) / 1000; // has two
    return {
      cameraId,
      lane,
      fromMs: fromMs + i * binMs,
      vehicles: times.length,
      flow: (times.length * 3_600_000) / lengthMs,
      headwaySeconds: span,
      occupancy: seenMs[i]! / lengthMs, // one a bin
    };
  });
}
