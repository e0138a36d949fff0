/** What a person does with doubtful parking sessions: join, part, or say that all is right. */
import { PlateKitError } from "../../core/errors.ts";
import { joinByHand, type PairEnd, type PairingChange, partByHand, partnersFor } from "../pairing.ts";
import {
  closedSession,
  type ParkingSession,
  pairingOptions,
  SESSION_DEFAULTS,
  type SessionOptions,
  type SessionsState,
} from "./sessions.ts";

/** Passages that a lone entry or exit may belong to, best first: shown side by side with it. */
export function suggestPartners(
  state: SessionsState,
  session: ParkingSession,
  options: SessionOptions = SESSION_DEFAULTS,
  limit = 5,
): readonly { readonly partner: PairEnd; readonly fit: number }[] {
  const { entry, exit } = session;
  if (entry !== null && exit !== null) return [];
  const role = entry !== null ? "start" : "end";
  return partnersFor(state.pairing, (entry ?? exit)!, role, pairingOptions(options), limit); // a session has an end
}

/**
 * Joins an entry and an exit that a person says are one stay.
 *
 * @throws PlateKitError SITE_INVALID when either is settled already, or unknown.
 */
export function joinSession(
  state: SessionsState,
  entryId: string,
  exitId: string,
  options: SessionOptions = SESSION_DEFAULTS,
): { state: SessionsState; sessions: readonly ParkingSession[]; removed: readonly string[] } {
  const { starts, ends, pairs } = state.pairing;
  const entry = [...starts, ...pairs.map(({ start }) => start)].find(({ id }) => id === entryId);
  const exit = [...ends, ...pairs.map(({ end }) => end)].find(({ id }) => id === exitId);
  if (entry === undefined || exit === undefined) {
    const missing = entry === undefined ? `entry "${entryId}"` : `exit "${exitId}"`;
    throw new PlateKitError("SITE_INVALID", `There is no ${missing} that can still be joined; it may be settled.`);
  }
  return afterHand(state, joinByHand(state.pairing, entry, exit, pairingOptions(options)), options);
}

/** Parts a session that a person says is two: both of its ends are sessions of their own again. */
export function partSession(
  state: SessionsState,
  sessionId: string,
  options: SessionOptions = SESSION_DEFAULTS,
): { state: SessionsState; sessions: readonly ParkingSession[]; removed: readonly string[] } {
  return afterHand(
    state,
    partByHand(state.pairing, ({ start }) => start.id === sessionId),
    options,
  );
}

function afterHand(
  state: SessionsState,
  { state: pairing, made, broken }: PairingChange,
  options: SessionOptions,
): { state: SessionsState; sessions: readonly ParkingSession[]; removed: readonly string[] } {
  const sessions = new Map<string, ParkingSession>();
  for (const { start, end } of broken) {
    const alone = { plate: start.plate, doubts: [] };
    sessions.set(start.id, { id: start.id, entry: start, exit: null, state: "open", ...alone });
    const doubts = ["entry-missing"] as const;
    sessions.set(end.id, { id: end.id, entry: null, exit: end, state: "closed", plate: end.plate, doubts });
  }
  const removed: string[] = [];
  for (const pair of made) {
    sessions.set(pair.start.id, closedSession(pair, options));
    sessions.delete(pair.end.id);
    removed.push(pair.end.id);
  }
  return { state: { ...state, pairing }, sessions: [...sessions.values()], removed };
}
