/**
 * Makes parking sessions of entries and exits. A pure reducer over passages, in whatever order they are delivered:
 * replays and double reads change nothing, a late passage repairs what was made without it.
 *
 * Keeps the passages that may still find a partner; closed sessions belong to whoever stores them.
 */
import {
  addToPairing,
  NO_PAIRS,
  type Pair,
  type PairEnd,
  type PairingOptions,
  type PairingState,
  type PairRole,
  settlePairing,
} from "../pairing.ts";
import { plateLikelihood } from "../plate-likelihood.ts";
import type { PlateEvidence, SitePassage } from "../site-passage.ts";
import { movementOf, type ParkingSite } from "./site.ts";

/** Why a person should look at a session. */
export type SessionDoubt =
  | "entry-missing" // an exit without entry: the entry was not seen, not read, or comes late
  | "exit-missing" // the same plate entered again, or has been inside longer than anyone stays
  | "weak-match" // entry and exit differ more than misreads usually do
  | "rival" // another vehicle fits nearly as well
  | "clock-skew"; // the exit's clock says it was before the entry

export interface ParkingSession {
  /** The entry's id, or the exit's where there is none. */
  readonly id: string;
  readonly entry: PairEnd | null;
  readonly exit: PairEnd | null;
  readonly state: "open" | "closed";
  /** The likelier text of the two reads. */
  readonly plate: PlateEvidence;
  /** Empty: nothing to look at. */
  readonly doubts: readonly SessionDoubt[];
}

export interface SessionOptions {
  /** The same plate again at the same place within this time is one vehicle seen twice. */
  readonly duplicateMs: number;
  /** An exit's clock may be this much behind the entry's. */
  readonly skewMs: number;
  /** Nobody stays longer; what has been inside longer left unseen. */
  readonly longestStayMs: number;
  /** How late passages may be delivered. Pairs older than this are not broken again. */
  readonly lateMs: number;
  /** Nats: below, two passages are not paired. */
  readonly minFit: number;
  /** Nats: below, a pair is reviewed. */
  readonly sureFit: number;
  /**
   * Nats: a rival nearer than this has the pair reviewed. About 5 of it is the penalty of plates that differ by a
   * character, the rest odds of 100 to 1.
   */
  readonly rivalLead: number;
  likeness(a: PlateEvidence, b: PlateEvidence): number;
}

const HOUR_MS = 3_600_000;

/**
 * With some 300 vehicles inside, a pair has 1 chance in 300 before reading (-6 nats), but two passages that nobody else
 * claims would each have to be 1 in 1,000 whose partner was not seen (-14): even unlike ones are joined, and reviewed.
 */
export const SESSION_DEFAULTS: SessionOptions = {
  duplicateMs: 120_000,
  skewMs: 120_000,
  longestStayMs: 60 * 24 * HOUR_MS,
  lateMs: 12 * HOUR_MS,
  minFit: -6,
  sureFit: 5,
  rivalLead: 9.5,
  likeness: plateLikelihood,
};

export interface SessionsState {
  readonly pairing: PairingState;
  /** Ids of second sights of a vehicle, with their times, so that their replays are known too. */
  readonly duplicates: readonly { readonly id: string; readonly timeMs: number }[];
  /** The latest passage seen. */
  readonly nowMs: number;
}

export const NO_SESSIONS: SessionsState = {
  pairing: NO_PAIRS,
  duplicates: [],
  nowMs: Number.NEGATIVE_INFINITY,
};

/** What a passage changed: sessions that are new or different, and ids of those that turned out to be none. */
export interface SessionsChange {
  readonly state: SessionsState;
  readonly sessions: readonly ParkingSession[];
  readonly removed: readonly string[];
  /** What became of the passage itself. */
  readonly outcome:
    | { readonly kind: "entry" | "exit"; readonly sessionId: string }
    | { readonly kind: "duplicate"; readonly of: string }
    | { readonly kind: "replay" }
    | { readonly kind: "review"; readonly reason: "no-such-camera" | "no-direction" | "too-late" };
}

/** Takes in a passage. */
export function updateSessions(
  state: SessionsState,
  passage: SitePassage,
  site: ParkingSite,
  options: SessionOptions = SESSION_DEFAULTS,
): SessionsChange {
  const nothing = (outcome: SessionsChange["outcome"]): SessionsChange => ({
    state,
    sessions: [],
    removed: [],
    outcome,
  });
  const movement = movementOf(site, passage);
  if (movement.kind === "unknown") return nothing({ kind: "review", reason: movement.reason });
  if (movement.timeMs < state.nowMs - options.longestStayMs) return nothing({ kind: "review", reason: "too-late" });
  const one: PairEnd = { id: passage.id, timeMs: movement.timeMs, place: passage.cameraId, plate: evidenceOf(passage) };
  const role: PairRole = movement.kind === "entry" ? "start" : "end";
  const known = earlierSight(state, one, role, options);
  if (known?.kind === "replay") return nothing(known);
  if (known !== undefined) {
    const duplicates = [...state.duplicates, { id: one.id, timeMs: one.timeMs }];
    return { ...nothing(known), state: { ...state, duplicates } };
  }
  const change = addToPairing(state.pairing, one, role, pairingOptions(options));
  const pair = change.made.find(({ start, end }) => start.id === one.id || end.id === one.id);
  const touched = new Map<string, ParkingSession>();
  const removed = new Set<string>();
  for (const { start, end } of change.broken) {
    touched.set(start.id, openSession(start));
    touched.set(end.id, exitOnly(end));
  }
  if (pair === undefined) touched.set(one.id, role === "start" ? openSession(one) : exitOnly(one));
  for (const made of change.made) {
    touched.set(made.start.id, closedSession(made, options));
    touched.delete(made.end.id);
    // An exit that waited alone for this entry, or lost its own, was a session by itself.
    if (made.end.id !== one.id) removed.add(made.end.id);
  }
  return {
    state: {
      pairing: change.state,
      duplicates: state.duplicates,
      nowMs: Math.max(state.nowMs, movement.timeMs),
    },
    sessions: [...touched.values()],
    removed: [...removed],
    outcome: { kind: movement.kind, sessionId: pair?.start.id ?? one.id },
  };
}

/**
 * Settles what time has decided: entries whose plate entered again since, or that are inside longer than anyone stays,
 * are closed without exit; exits whose entry never came stay as they are. Call it every few minutes.
 */
export function settleSessions(
  state: SessionsState,
  nowMs: number,
  options: SessionOptions = SESSION_DEFAULTS,
): { state: SessionsState; sessions: readonly ParkingSession[] } {
  const { starts } = state.pairing;
  const gone = new Set(starts.filter((start) => isGone(start, state, nowMs, options)));
  const isOld = ({ timeMs }: { readonly timeMs: number }): boolean => nowMs - timeMs > options.lateMs;
  const pairing = settlePairing(state.pairing, {
    start: (start) => gone.has(start),
    end: isOld,
    pair: ({ end }) => isOld(end),
  });
  const duplicates = state.duplicates.filter((one) => !isOld(one));
  const sessions = [...gone].map(
    (start): ParkingSession => ({ ...openSession(start), state: "closed", doubts: ["exit-missing"] }),
  );
  return { state: { pairing, duplicates, nowMs: Math.max(state.nowMs, nowMs) }, sessions };
}

/** How passages of a car park are paired. */
export function pairingOptions(options: SessionOptions): PairingOptions {
  return {
    minFit: options.minFit,
    sameFit: options.sureFit,
    likeness: options.likeness,
    plausibility(start, end) {
      const stayMs = end.timeMs - start.timeMs;
      if (stayMs < -options.skewMs || stayMs > options.longestStayMs) return Number.NEGATIVE_INFINITY;
      // Long stays are rarer than short ones, and of two entries of a plate the later is the one that ends here.
      return stayMs < 0 ? -3 : -Math.log1p(stayMs / HOUR_MS);
    },
  };
}

/** The session of an entry and an exit, with what a person should look at. */
export function closedSession({ start, end, fit, lead }: Pair, options: SessionOptions): ParkingSession {
  const doubts: SessionDoubt[] = [];
  if (fit < options.sureFit) doubts.push("weak-match");
  if (lead < options.rivalLead) doubts.push("rival");
  if (end.timeMs < start.timeMs) doubts.push("clock-skew");
  const plate = end.plate.confidence > start.plate.confidence ? end.plate : start.plate;
  return { id: start.id, entry: start, exit: end, state: "closed", plate, doubts };
}

function openSession(entry: PairEnd): ParkingSession {
  return { id: entry.id, entry, exit: null, state: "open", plate: entry.plate, doubts: [] };
}

function exitOnly(exit: PairEnd): ParkingSession {
  return { id: exit.id, entry: null, exit, state: "closed", plate: exit.plate, doubts: ["entry-missing"] };
}

/** A passage that is known already: told again, or the same vehicle at the same camera a moment before or after. */
function earlierSight(
  { pairing: { starts, ends, pairs }, duplicates }: SessionsState,
  one: PairEnd,
  role: PairRole,
  { duplicateMs, sureFit, likeness }: SessionOptions,
): { readonly kind: "replay" } | { readonly kind: "duplicate"; readonly of: string } | undefined {
  for (const { id, timeMs } of duplicates) if (timeMs === one.timeMs && id === one.id) return { kind: "replay" };
  const free = role === "start" ? starts : ends;
  let twin: PairEnd | undefined;
  // Free ones first; plain counting, as this runs over thousands for each passage.
  for (let i = 0; i < free.length + pairs.length; i++) {
    const pair = i < free.length ? undefined : pairs[i - free.length]!; // below the sum of the lengths
    const other = pair === undefined ? free[i]! : role === "start" ? pair.start : pair.end;
    const apartMs = Math.abs(other.timeMs - one.timeMs);
    if (apartMs > duplicateMs) continue;
    if (apartMs === 0 && other.id === one.id) return { kind: "replay" };
    if (twin === undefined && other.place === one.place && likeness(other.plate, one.plate) >= sureFit) twin = other;
  }
  return twin === undefined ? undefined : { kind: "duplicate", of: twin.id };
}

function isGone(start: PairEnd, { pairing }: SessionsState, nowMs: number, options: SessionOptions): boolean {
  if (nowMs - start.timeMs > options.longestStayMs) return true;
  if (nowMs - start.timeMs <= options.lateMs) return false;
  const isAgain = (other: PairEnd): boolean =>
    other.timeMs > start.timeMs &&
    nowMs - other.timeMs > options.lateMs &&
    options.likeness(other.plate, start.plate) >= options.sureFit;
  return pairing.starts.some(isAgain) || pairing.pairs.some((pair) => isAgain(pair.start));
}

function evidenceOf({ text, confidence, characters, candidates }: SitePassage): PlateEvidence {
  return { text, confidence, characters, candidates };
}
