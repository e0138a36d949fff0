/**
 * Where vehicles come from and go to, without keeping who they are: plates are hashed with a key before they get here,
 * and numbers small enough to point at somebody are not told.
 */
import { csvTable, type TypedColumn } from "../csv.ts";
import type { PlateEvidence } from "../site-passage.ts";

/** A keyed hash of a plate, such as HMAC-SHA-256 with a key that is thrown away after the day. */
export type HashPlate = (text: string) => string;

/** A vehicle at a point, its plate hashed. */
export interface AnonymousPassage {
  readonly hash: string;
  readonly point: string;
  readonly timeMs: number;
}

export interface OdOptions {
  /** Points further apart in time than this are two trips. */
  readonly gapMs: number;
  /** Cells with fewer vehicles are not told: k-anonymity (Sweeney 2002). At least 2. */
  readonly k: number;
}

export const OD_DEFAULTS: OdOptions = { gapMs: 3_600_000, k: 5 };

export interface OdCell {
  readonly origin: string;
  readonly destination: string;
  /** Trips; null when it is suppressed. */
  readonly trips: number | null;
}

export interface OdMatrix {
  readonly cells: readonly OdCell[];
  /** How many cells are suppressed. Totals are not told at all: less the cells told, they would give the others away. */
  readonly suppressed: number;
  readonly k: number;
}

/**
 * A passage without its plate; null for reads too unsure to be hashed, since a hash knows no look-alikes.
 *
 * @param minConfidence 0..1
 */
export function anonymousPassage(
  read: PlateEvidence,
  point: string,
  timeMs: number,
  hashPlate: HashPlate,
  minConfidence = 0.9,
): AnonymousPassage | null {
  if (read.text === "" || read.confidence < minConfidence) return null;
  return { hash: hashPlate(read.text), point, timeMs };
}

/**
 * Trips from the first to the last point that a vehicle was seen at; a vehicle seen once makes none. A cell is told
 * when at least k different vehicles are in it, however often each went.
 *
 * @throws RangeError for a k below 2, which would protect nobody.
 */
export function odMatrix(passages: readonly AnonymousPassage[], { gapMs, k }: OdOptions = OD_DEFAULTS): OdMatrix {
  if (!(Number.isInteger(k) && k >= 2)) throw new RangeError(`k must be 2 or more, found ${k}.`);
  const byVehicle = new Map<string, AnonymousPassage[]>();
  for (const passage of passages) {
    const list = byVehicle.get(passage.hash);
    if (list === undefined) byVehicle.set(passage.hash, [passage]);
    else list.push(passage);
  }
  const cells = new Map<string, { origin: string; destination: string; trips: number; vehicles: Set<string> }>();
  for (const [hash, list] of byVehicle) {
    list.sort((a, b) => a.timeMs - b.timeMs);
    for (const [origin, destination] of tripsOf(list, gapMs)) {
      const key = JSON.stringify([origin, destination]);
      const cell = cells.get(key) ?? { origin, destination, trips: 0, vehicles: new Set() };
      cell.trips++;
      cell.vehicles.add(hash);
      cells.set(key, cell);
    }
  }
  const told = [...cells]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { origin, destination, trips, vehicles }]) => ({
      origin,
      destination,
      trips: vehicles.size >= k ? trips : null,
    }));
  return { cells: told, suppressed: told.filter(({ trips }) => trips === null).length, k };
}

/** What a table of trips holds; suppressed cells have no number. */
export const OD_COLUMNS: readonly TypedColumn<OdCell>[] = [
  { name: "origin", type: "STRING", value: ({ origin }) => origin },
  { name: "destination", type: "STRING", value: ({ destination }) => destination },
  { name: "trips", type: "INT32", value: ({ trips }) => trips },
];

/** Suppressed cells have an empty field. */
export function odCsv({ cells }: OdMatrix): string {
  return csvTable(OD_COLUMNS, cells);
}

function tripsOf(passages: readonly AnonymousPassage[], gapMs: number): (readonly [string, string])[] {
  const trips: (readonly [string, string])[] = [];
  let first = passages[0];
  let last = first;
  const end = (): void => {
    if (first !== undefined && last !== undefined && last !== first && last.point !== first.point) {
      trips.push([first.point, last.point]);
    }
  };
  for (const passage of passages) {
    if (last !== undefined && passage.timeMs - last.timeMs > gapMs) {
      end();
      first = passage;
    }
    last = passage;
  }
  end();
  return trips;
}
