/** The rules of a car park on its records: what a passage, a minute or a person changes. */
import { PlateKitError } from "../../core/errors.ts";
import type { Payment } from "../../sites/parking/balance.ts";
import { occupancyNow, type Stay } from "../../sites/parking/occupancy.ts";
import { type Permit, type PermitIndex, type PermitStay, permitIndex } from "../../sites/parking/permits.ts";
import { joinSession, partSession } from "../../sites/parking/review.ts";
import {
  type ParkingSession,
  type SessionsState,
  settleSessions,
  updateSessions,
} from "../../sites/parking/sessions.ts";
import { certainPlate } from "../../sites/site-passage.ts";
import type { Site, SiteRecord, Store, StoredPassage } from "../../store/types.ts";
import {
  liveIds,
  pairEnd,
  pairingOf,
  priced,
  type SessionEvidence,
  type SessionRecord,
  sessionRecord,
} from "./parking-records.ts";
import { type ReadyParking, readyParking } from "./parking-setup.ts";
import { type SiteRules, type Step, siteRecord } from "./site-rules.ts";
import { strayRecord } from "./site-runner.ts";

export interface ParkingState {
  readonly sessions: SessionsState;
  /** Stays that the rules may still change, by id. */
  readonly known: ReadonlyMap<string, SessionRecord>;
  /** By the stay they are for. */
  readonly payments: ReadonlyMap<string, readonly Payment[]>;
  readonly permits: PermitIndex;
  readonly permitById: ReadonlyMap<string, Permit>;
  /** Vehicles inside beyond the open stays, since a person counted. */
  readonly uncounted: number;
}

export interface ParkingRules extends SiteRules<ParkingState> {
  readonly ready: ReadyParking;
}

export interface VehicleCount {
  readonly vehicles: number;
  readonly timeMs: number;
  readonly by: string;
}
export const COUNT_KEY = "parking.count";

export function parkingRules(site: Site, store: Pick<Store, "siteRecords" | "sites">): ParkingRules {
  const ready = readyParking(site);
  return {
    site,
    ready,
    async load() {
      const siteId = site.id;
      const [live, duplicates, permits, states] = await Promise.all([
        store.siteRecords.list({ siteId, kind: "session", isLive: true }),
        store.siteRecords.list({ siteId, kind: "duplicate", isLive: true }),
        store.siteRecords.list({ siteId, kind: "permit" }),
        store.sites.states(siteId, COUNT_KEY),
      ]);
      const records = live as readonly SessionRecord[]; // only these rules write them
      const payments = await paymentsOf(store, siteId, records);
      const known = new Map(records.map((record) => [record.id, record]));
      const latestMs = Math.max(...records.map(({ timeMs, endMs }) => endMs ?? timeMs), Number.NEGATIVE_INFINITY);
      const counted = states.get(COUNT_KEY) as VehicleCount | undefined;
      const since =
        counted === undefined
          ? []
          : await store.siteRecords.list({ siteId, kind: "session", notEndedBeforeMs: counted.timeMs });
      return {
        sessions: {
          pairing: pairingOf(records),
          duplicates: duplicates.map(({ id, timeMs }) => ({ id, timeMs })),
          nowMs: latestMs,
        },
        known,
        payments,
        ...permitsOf(permits.map(permitOf)),
        uncounted: counted === undefined ? 0 : occupancyNow(since.map(stayOf), null, counted) - openCount(known),
      };
    },
    take: (state, passage) => takePassage(ready, state, passage),
    settle(state, nowMs) {
      const { state: sessions, sessions: closed } = settleSessions(state.sessions, nowMs);
      const step = recorded(ready, { ...state, sessions }, closed, []);
      return retired(step, state.sessions);
    },
  };
}

/** Vehicles inside, as far as is known. */
export function vehiclesInside({ known, uncounted }: ParkingState): number {
  return Math.max(0, openCount(known) + uncounted);
}

function openCount(known: ReadonlyMap<string, SessionRecord>): number {
  let count = 0;
  for (const { state } of known.values()) if (state === "open") count++;
  return count;
}

function takePassage(ready: ReadyParking, state: ParkingState, passage: StoredPassage): Step<ParkingState> {
  const seen = passage.correctedText === null ? passage : { ...passage, ...certainPlate(passage.correctedText) };
  const { state: sessions, sessions: changed, removed, outcome } = updateSessions(state.sessions, seen, ready.park);
  const nothing = { state, put: [], removed: [] };
  switch (outcome.kind) {
    case "review":
      // A camera that is no entry and no exit looks at something else.
      return outcome.reason === "no-such-camera"
        ? nothing
        : { ...nothing, put: [strayRecord(passage, outcome.reason)] };
    case "replay":
      return nothing;
    case "duplicate": {
      const timeMs = sessions.duplicates.at(-1)?.timeMs ?? passage.firstTimeMs;
      const record = siteRecord({
        kind: "duplicate",
        id: passage.id,
        isLive: true,
        parent: outcome.of,
        timeMs,
        data: null,
      });
      return { state: { ...state, sessions }, put: [record], removed: [] };
    }
    default:
      return recorded(ready, { ...state, sessions }, changed, removed);
  }
}

/** The records of changed stays. @param removed ids that turned out to be the exits of others. */
function recorded(
  ready: ReadyParking,
  state: ParkingState,
  changed: readonly ParkingSession[],
  removed: readonly string[],
): Step<ParkingState> {
  const known = new Map(state.known);
  const payments = new Map(state.payments);
  const put: SiteRecord[] = [];
  for (const id of removed) {
    known.delete(id);
    const paid = payments.get(id);
    const heir = changed.find(({ exit }) => exit?.id === id);
    if (paid === undefined || heir === undefined) continue;
    // What was paid for an exit without entry is paid for the whole stay.
    payments.delete(id);
    payments.set(heir.id, [...(payments.get(heir.id) ?? []), ...paid]);
    put.push(...paid.map((payment) => ({ ...(payment as PaymentRecord).record, parent: heir.id })));
  }
  for (const session of changed) {
    const pair = state.sessions.pairing.pairs.find(({ start }) => start.id === session.id) ?? null;
    const record = sessionRecord(session, pair, {
      ...{ ready, permits: state.permits, stays: permitStays(known), before: known.get(session.id) },
      payments: payments.get(session.id) ?? [],
    });
    known.set(session.id, record);
    put.push(record);
  }
  return { state: { ...state, known, payments }, put, removed: removed.map((id) => ({ kind: "session", id })) };
}

/** Stays that nothing can change any more are kept, but not in memory. */
function retired({ state, put, removed }: Step<ParkingState>, before: SessionsState): Step<ParkingState> {
  const live = liveIds(state.sessions);
  const known = new Map(state.known);
  const payments = new Map(state.payments);
  const done: SessionRecord[] = [];
  for (const [id, record] of state.known) {
    if (live.has(id)) continue;
    done.push({ ...record, isLive: false });
    known.delete(id);
    payments.delete(id);
  }
  const kept = new Set(state.sessions.duplicates.map(({ id }) => id));
  const old = before.duplicates.filter(({ id }) => !kept.has(id)).map(({ id }) => ({ kind: "duplicate" as const, id }));
  return { state: { ...state, known, payments }, put: [...put, ...done], removed: [...removed, ...old] };
}

function permitStays(known: ReadonlyMap<string, SessionRecord>): PermitStay[] {
  return [...known.values()].flatMap(({ id, owner, data, timeMs, endMs }) =>
    owner === null || data.permitUse !== "valid"
      ? []
      : [{ sessionId: id, permitId: owner, fromMs: timeMs, toMs: endMs }],
  );
}

// What people decide. Each takes the record as stored, since it may be older than what the rules keep in memory.

/** @throws PlateKitError SITE_INVALID when either end is unknown. */
export function joined(
  rules: ParkingRules,
  state: ParkingState,
  one: SessionRecord,
  other: SessionRecord,
): Step<ParkingState> {
  const [entry, exit] = one.data.entry === null ? [other, one] : [one, other];
  if (entry.data.entry === null || exit.data.exit === null) {
    throw new PlateKitError("SITE_INVALID", "A stay is made of an entry and an exit; choose one of each.");
  }
  const open = withEnds(state, [entry, exit]);
  const change = joinSession(open.sessions, entry.data.entry.passageId, exit.data.exit.passageId);
  return recorded(rules.ready, { ...open, sessions: change.state }, change.sessions, change.removed);
}

export function parted(rules: ParkingRules, state: ParkingState, record: SessionRecord): Step<ParkingState> {
  const open = withEnds(state, [record]);
  const change = partSession(open.sessions, record.id);
  return recorded(rules.ready, { ...open, sessions: change.state }, change.sessions, change.removed);
}

/** A stay with other data, or another plate: priced anew, and kept where the rules see it. */
export function changed(
  rules: ParkingRules,
  state: ParkingState,
  record: SessionRecord,
  more: readonly SiteRecord[] = [],
): Step<ParkingState> {
  const payments = paymentList(more) ?? state.payments.get(record.id) ?? [];
  const permit = record.data.permitUse === "valid" ? (state.permitById.get(record.owner ?? "") ?? null) : null;
  const next = priced(record, { ready: rules.ready, permit, payments });
  const isKnown = state.known.has(record.id);
  return {
    state: isKnown
      ? {
          ...state,
          known: new Map(state.known).set(record.id, next),
          payments: new Map(state.payments).set(record.id, payments),
        }
      : state,
    put: [next, ...more.filter(({ kind }) => kind === "payment")],
    removed: [],
  };
}

/** The vehicle is gone, though no camera saw it leave. */
export function leftUnseen(
  rules: ParkingRules,
  state: ParkingState,
  record: SessionRecord,
  reviewed: SessionRecord["data"]["reviewed"],
): Step<ParkingState> {
  const { pairing } = state.sessions;
  const sessions = {
    ...state.sessions,
    pairing: { ...pairing, starts: pairing.starts.filter(({ id }) => id !== record.id) },
  };
  const known = new Map(state.known);
  known.delete(record.id);
  const data = { ...record.data, doubts: ["exit-missing"], reviewed };
  const permit = data.permitUse === "valid" ? (state.permitById.get(record.owner ?? "") ?? null) : null;
  const payments = state.payments.get(record.id) ?? [];
  const next = priced({ ...record, state: "closed", isLive: false, data }, { ready: rules.ready, permit, payments });
  return { state: { ...state, sessions, known }, put: [next], removed: [] };
}

/** The plate of a stay as a person reads it: nothing in it is in doubt any more. */
export function replated(
  rules: ParkingRules,
  state: ParkingState,
  record: SessionRecord,
  text: string,
  reviewed: SessionRecord["data"]["reviewed"],
): Step<ParkingState> {
  const plate = certainPlate(text);
  const evidence: SessionEvidence = {
    entry: record.data.entry === null ? null : plate,
    exit: record.data.exit === null ? null : plate,
  };
  const session: ParkingSession = {
    ...{ id: record.id, plate, doubts: [], state: record.state === "open" ? "open" : "closed" },
    entry: pairEnd(record.data.entry, evidence.entry),
    exit: pairEnd(record.data.exit, evidence.exit),
  };
  const made = sessionRecord(session, null, {
    ...{ ready: rules.ready, permits: state.permits, stays: permitStays(state.known), before: record },
    payments: state.payments.get(record.id) ?? [],
  });
  const next = {
    ...made,
    isLive: record.isLive,
    data: { ...made.data, pair: record.data.pair, reviewed },
    needsPerson: false,
  };
  if (!state.known.has(record.id)) return { state, put: [next], removed: [] };
  const known = new Map(state.known).set(record.id, next);
  return {
    state: { ...state, known, sessions: { ...state.sessions, pairing: pairingOf([...known.values()]) } },
    put: [next],
    removed: [],
  };
}

/** Takes back into the pairing what was settled already: a person may join what the rules gave up. */
function withEnds(state: ParkingState, records: readonly SessionRecord[]): ParkingState {
  const known = new Map(state.known);
  for (const record of records) {
    if (record.evidence === null) throw new PlateKitError("SITE_INVALID", "What was read there is forgotten.");
    if (!known.has(record.id)) known.set(record.id, { ...record, isLive: true });
  }
  if (known.size === state.known.size) return state;
  return { ...state, known, sessions: { ...state.sessions, pairing: pairingOf([...known.values()]) } };
}

export interface PaymentData {
  readonly method: string;
  readonly note: string;
  readonly by: string;
}
interface PaymentRecord extends Payment {
  readonly record: SiteRecord<PaymentData>;
}

/** Payments among records; undefined where there are none. */
function paymentList(records: readonly SiteRecord[]): readonly Payment[] | undefined {
  const found = records.filter(({ kind }) => kind === "payment").map(paymentOf);
  return found.length === 0 ? undefined : found;
}

export function paymentOf(record: SiteRecord): Payment {
  const payment: PaymentRecord = {
    ...{ id: record.id, timeMs: record.timeMs, amount: record.amount ?? 0 },
    record: record as SiteRecord<PaymentData>, // only the payment route writes them
  };
  return payment;
}

async function paymentsOf(
  { siteRecords }: Pick<Store, "siteRecords">,
  siteId: string,
  records: readonly SessionRecord[],
): Promise<Map<string, readonly Payment[]>> {
  const payments = new Map<string, readonly Payment[]>();
  const ids = records.filter(({ paid }) => paid !== 0).map(({ id }) => id);
  for (let i = 0; i < ids.length; i += 500) {
    for (const record of await siteRecords.list({ siteId, kind: "payment", parents: ids.slice(i, i + 500) })) {
      payments.set(record.parent!, [...(payments.get(record.parent!) ?? []), paymentOf(record)]); // asked for by parent
    }
  }
  return payments;
}

type PermitData = Omit<Permit, "id">;

export function permitOf({ id, data }: SiteRecord): Permit {
  return { id, ...(data as PermitData) }; // only the permit routes write them
}

function permitsOf(permits: readonly Permit[]): Pick<ParkingState, "permits" | "permitById"> {
  return { permits: permitIndex(permits), permitById: new Map(permits.map((permit) => [permit.id, permit])) };
}

/** A stay as the figures take it. */
export function stayOf(record: SiteRecord): Stay {
  const { id, plate, state, amount, paid, data } = record as SessionRecord; // only these rules write them
  return {
    ...{ sessionId: id, text: plate ?? "", isOpen: state === "open", paid, fee: amount },
    fromMs: data.entry?.timeMs ?? null,
    toMs: data.exit?.timeMs ?? null,
    ...{ zoneIds: data.zoneIds, maxStayMinutes: data.maxStayMinutes },
  };
}
