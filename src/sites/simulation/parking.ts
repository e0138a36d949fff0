/** A month at a car park: visits with known truth, run through the rules of parking, and through exact matching. */
import type { PairEnd } from "../pairing.ts";
import type { Permit } from "../parking/permits.ts";
import { permitIndex, permitUse } from "../parking/permits.ts";
import { type PreparedPlan, planOf } from "../parking/schedule.ts";
import { sessionFee } from "../parking/session-fee.ts";
import {
  NO_SESSIONS,
  type ParkingSession,
  SESSION_DEFAULTS,
  type SessionOptions,
  settleSessions,
  updateSessions,
} from "../parking/sessions.ts";
import type { ParkingSite } from "../parking/site.ts";
import type { Tariff } from "../parking/tariff.ts";
import { certainPlate, type PlateEvidence } from "../site-passage.ts";
import { type Figure, type SimulationOptions, shareFigure } from "./figures.ts";
import { createMisreader } from "./misreads.ts";
import { createPlates } from "./population.ts";
import { createRandom, type Random } from "./random.ts";
import { type Delivery, deliver, IN_SIGHT_MS, type TruePassage } from "./stream.ts";

export interface Visit {
  readonly plate: string;
  readonly entry: TruePassage;
  /** Null: still inside at the end. */
  readonly exit: TruePassage | null;
}

export const SIMULATED_SITE: ParkingSite = {
  id: "simulated",
  name: "Simulated car park",
  timeZone: "Europe/Berlin",
  capacity: 1000,
  zones: [],
  cameras: [
    { cameraId: "entry-1", role: "entry", zones: [] },
    { cameraId: "entry-2", role: "entry", zones: [] },
    { cameraId: "exit-1", role: "exit", zones: [] },
    { cameraId: "exit-2", role: "both", zones: [] },
  ],
};

export const SIMULATED_TARIFF: Tariff = {
  id: "simulated",
  name: "Simulated tariff",
  currency: "EUR",
  timeZone: "Europe/Berlin",
  freeMinutes: 10,
  bands: [
    { name: "Night", hours: [{ from: "20:00", to: "07:00" }], steps: [{ minutes: 60, price: 50 }] },
    { name: "Weekend", hours: [{ days: [6, 7], from: "00:00", to: "24:00" }], steps: [{ minutes: 60, price: 100 }] },
    {
      name: "Day",
      steps: [
        { minutes: 60, price: 200 },
        { minutes: 30, price: 80 },
      ],
    },
  ],
  dayCap: { price: 1800, basis: "calendar" },
};

/** The clocks go forward on the 29th: every run of 29 days or more has the change in it. */
export const SIMULATION_START_MS = Date.UTC(2026, 2, 1);

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Passages that arrive between two sweeps. */
const SETTLE_EVERY = 500;

export function simulateParking(options: SimulationOptions): readonly Figure[] {
  const { vehicles, days, seed } = options;
  const random = createRandom(seed, 11);
  const visits = createVisits(vehicles, days, random);
  const permits = createPermits(visits, days, random);
  const passages = visits.flatMap(({ entry, exit }) => (exit === null ? [entry] : [entry, exit]));
  const deliveries = deliver(passages, createMisreader(options.misreads), seed, options.delivery);
  const plan = planOf(SIMULATED_TARIFF);
  const judge = createJudge(visits, permits, plan);
  const matched = judge(matchSessions(deliveries));
  const naive = judge(matchExactly(deliveries));
  const share = (count: number): number => count / Math.max(1, visits.length);
  return [
    shareFigure(
      "sessionsRight",
      "sessions right, both ends and fee to the cent",
      share(matched.right),
      share(naive.right),
      { relation: ">=", value: 0.995 },
    ),
    shareFigure("sessionsReviewed", "sessions that a person is shown", share(matched.reviewed), share(naive.reviewed)),
    shareFigure(
      "sessionsWrongUnseen",
      "sessions wrong and shown to nobody",
      share(matched.wrongUnseen),
      share(naive.wrongUnseen),
    ),
    shareFigure(
      "sessionsUnseenEnd",
      "sessions of which an end was never delivered",
      share(judge.undelivered(deliveries)),
      null,
    ),
  ];
}

/** Visits in the order of their entries. Regulars come again and again, never twice at once. */
export function createVisits(count: number, days: number, random: Random): Visit[] {
  const regulars = createPlates(Math.max(1, Math.round(count / 40)), random).map((plate) => ({ plate, freeMs: 0 }));
  const strangers = createPlates(count, random);
  const times = Array.from({ length: count }, () => arrivalMs(days, random)).sort((a, b) => a - b);
  const endMs = SIMULATION_START_MS + days * DAY_MS;
  return times.map((enteredMs, index) => {
    const stayMs = Math.max(60_000, stayOf(random));
    const regular = random.pick(regulars);
    const isRegular = random.chance(0.5) && regular.freeMs < enteredMs;
    const leftMs = enteredMs + stayMs;
    if (isRegular) regular.freeMs = leftMs + HOUR_MS;
    const plate = isRegular ? regular.plate : strangers[index]!; // a stranger for each visit
    const entry: TruePassage = {
      id: `v${index}-in`,
      plate,
      cameraId: random.pick(["entry-1", "entry-2"]),
      timeMs: enteredMs,
    };
    const cameraId = random.pick(["exit-1", "exit-2"]);
    const exit: TruePassage = { id: `v${index}-out`, plate, cameraId, timeMs: leftMs, direction: "out" };
    return { plate, entry, exit: leftMs < endMs ? exit : null };
  });
}

/** Three of four vehicles come between 7 and 19 o'clock. */
function arrivalMs(days: number, random: Random): number {
  const hour = random.chance(0.75) ? 6 + 12 * random.next() : 24 * random.next();
  return Math.round(SIMULATION_START_MS + Math.floor(random.next() * days) * DAY_MS + hour * HOUR_MS);
}

function stayOf(random: Random): number {
  if (random.chance(0.02)) return random.exponential(4 * DAY_MS);
  return random.logNormal(1.5 * HOUR_MS, 0.9);
}

/** A tenth of the regulars hold permits; some end during the month, some are for fleets of few places. */
export function createPermits(visits: readonly Visit[], days: number, random: Random): Permit[] {
  const counts = new Map<string, number>();
  for (const { plate } of visits) counts.set(plate, (counts.get(plate) ?? 0) + 1);
  const regulars = [...counts].filter(([, count]) => count > 1).map(([plate]) => plate);
  return regulars
    .filter(() => random.chance(0.1))
    .map((plate, i) => ({
      id: `permit-${i}`,
      holder: `Holder ${i}`,
      plates: [plate],
      validFromMs: null,
      validToMs: random.chance(0.2) ? Math.round(SIMULATION_START_MS + random.next() * days * DAY_MS) : null,
    }));
}

/** One stay as some method makes it: by the ids of the true passages. */
interface JudgedSession {
  readonly session: Pick<ParkingSession, "entry" | "exit" | "state" | "plate">;
  readonly isReviewed: boolean;
}

interface Judge {
  (sessions: readonly JudgedSession[]): { right: number; reviewed: number; wrongUnseen: number };
  /** Visits of which an end is in no delivery. */
  undelivered(deliveries: readonly Delivery[]): number;
}

export function createJudge(visits: readonly Visit[], permits: readonly Permit[], plan: PreparedPlan): Judge {
  const index = permitIndex(permits);
  const endMs = Math.max(...visits.map(({ entry }) => entry.timeMs)) + DAY_MS;
  const feeOf = (session: JudgedSession["session"], plates: readonly PlateEvidence[]): number | null => {
    const { entry } = session;
    const uses = entry === null ? [] : plates.map((plate) => permitUse(plate, entry.timeMs, null, index, []));
    const use = uses.find(({ kind }) => kind === "valid");
    return sessionFee(session, endMs, plan, use?.kind === "valid" ? use.permit : null)?.amount ?? null;
  };
  const trueFees = visits.map(({ entry, exit, plate }) => {
    const end = ({ id, timeMs }: TruePassage, laterMs = 0): PairEnd => {
      return { id, timeMs: timeMs + laterMs, place: "", plate: certainPlate(plate) };
    };
    const session = {
      entry: end(entry, IN_SIGHT_MS),
      exit: exit === null ? null : end(exit),
      state: "closed" as const,
      plate: certainPlate(plate),
    };
    return exit === null ? null : feeOf(session, [certainPlate(plate)]);
  });
  const judge = (sessions: readonly JudgedSession[]) => {
    const byEntry = new Map<string | undefined, JudgedSession>();
    for (const one of sessions) {
      const id = trueId(one.session.entry?.id);
      // A vehicle seen twice at the entry may have left a second session that never ends.
      if (!byEntry.has(id) || one.session.exit !== null) byEntry.set(id, one);
    }
    let right = 0;
    let wrongUnseen = 0;
    for (const [i, { entry, exit }] of visits.entries()) {
      const made = byEntry.get(entry.id);
      const isPaired = made !== undefined && trueId(made.session.exit?.id) === exit?.id;
      const plates = [made?.session.entry?.plate, made?.session.exit?.plate].filter((plate) => plate !== undefined);
      const isRight = isPaired && (exit === null || feeOf(made.session, plates) === trueFees[i]);
      if (isRight) right++;
      else if (made !== undefined && !made.isReviewed) wrongUnseen++;
    }
    return { right, reviewed: sessions.filter(({ isReviewed }) => isReviewed).length, wrongUnseen };
  };
  const undelivered = (deliveries: readonly Delivery[]): number => {
    const seen = new Set(deliveries.map(({ passage }) => trueId(passage.id)));
    return visits.filter(({ entry, exit }) => !seen.has(entry.id) || (exit !== null && !seen.has(exit.id))).length;
  };
  return Object.assign(judge, { undelivered });
}

function trueId(id: string | undefined): string | undefined {
  return id?.replace(/~2$/, "");
}

export function matchSessions(
  deliveries: readonly Delivery[],
  options: SessionOptions = SESSION_DEFAULTS,
): JudgedSession[] {
  const sessions = new Map<string, ParkingSession>();
  let state = NO_SESSIONS;
  for (const [i, { passage, arrivesMs }] of deliveries.entries()) {
    const change = updateSessions(state, passage, SIMULATED_SITE, options);
    state = change.state;
    for (const id of change.removed) sessions.delete(id);
    for (const session of change.sessions) sessions.set(session.id, session);
    if (i % SETTLE_EVERY !== 0) continue;
    const settled = settleSessions(state, arrivesMs, options);
    state = settled.state;
    for (const session of settled.sessions) sessions.set(session.id, session);
  }
  return [...sessions.values()].map((session) => ({ session, isReviewed: session.doubts.length > 0 }));
}

/** What most systems do: an exit closes the last open entry of exactly the same text. */
function matchExactly(deliveries: readonly Delivery[]): JudgedSession[] {
  const open = new Map<string, JudgedSession["session"]>();
  const sessions: JudgedSession["session"][] = [];
  for (const { passage } of deliveries) {
    const { id, text, cameraId } = passage;
    const isEntry = cameraId.startsWith("entry");
    const end = { id, timeMs: isEntry ? passage.lastTimeMs : passage.firstTimeMs, place: cameraId, plate: passage };
    if (isEntry) {
      open.set(text, { entry: end, exit: null, state: "open", plate: passage });
      continue;
    }
    const session = open.get(text);
    open.delete(text);
    sessions.push({ entry: session?.entry ?? null, exit: end, state: "closed", plate: passage });
  }
  // Nothing in it tells a doubtful session but a missing end.
  return [...sessions, ...open.values()].map((session) => ({ session, isReviewed: session.entry === null }));
}
