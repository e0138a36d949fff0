/** Stays as records: from the rules to the store, and back when the rules start. */
import type { Pair, PairEnd, PairingState } from "../../sites/pairing.ts";
import { type Balance, balanceAt, type Payment } from "../../sites/parking/balance.ts";
import type { Fee } from "../../sites/parking/fee.ts";
import {
  type Permit,
  type PermitIndex,
  type PermitStay,
  type PermitUse,
  permitUse,
} from "../../sites/parking/permits.ts";
import { tariffAt } from "../../sites/parking/schedule.ts";
import { sessionFee } from "../../sites/parking/session-fee.ts";
import type { ParkingSession, SessionsState } from "../../sites/parking/sessions.ts";
import { decidingZone } from "../../sites/parking/site.ts";
import type { PlateEvidence } from "../../sites/site-passage.ts";
import type { SiteRecord } from "../../store/types.ts";
import type { ReadyParking } from "./parking-setup.ts";
import { siteRecord } from "./site-rules.ts";

export interface StayEnd {
  readonly passageId: string;
  readonly cameraId: string;
  readonly timeMs: number;
}

export interface SessionData {
  readonly entry: StayEnd | null;
  readonly exit: StayEnd | null;
  readonly doubts: readonly string[];
  readonly zoneId: string | null;
  readonly zoneIds: readonly string[];
  readonly maxStayMinutes: number | null;
  readonly permitUse: PermitUse["kind"];
  /** How its ends were paired, nats; null where a person joined them (infinitely sure). Absent without a pair. */
  readonly pair: { readonly fit: number | null; readonly lead: number | null; readonly isExact: boolean } | null;
  /** As charged when it ended; null: a person decides, or no tariff. */
  readonly fee: Fee | null;
  /** A price by hand. */
  readonly decided: {
    readonly amount: number;
    readonly by: string;
    readonly reason: string;
    readonly timeMs: number;
  } | null;
  readonly reviewed: { readonly by: string; readonly note: string; readonly timeMs: number } | null;
}

export interface SessionEvidence {
  readonly entry: PlateEvidence | null;
  readonly exit: PlateEvidence | null;
}

export type SessionRecord = SiteRecord<SessionData, SessionEvidence>;

/** What a stay's record depends on besides the stay. */
export interface StayContext {
  readonly ready: ReadyParking;
  readonly permits: PermitIndex;
  readonly stays: readonly PermitStay[];
  readonly payments: readonly Payment[];
  /** What people have decided of it stays. */
  readonly before: SessionRecord | undefined;
}

/** @param pair null where it has one end. */
export function sessionRecord(session: ParkingSession, pair: Pair | null, context: StayContext): SessionRecord {
  const { entry, exit, state, plate, doubts } = session;
  const { ready, permits, stays, payments, before } = context;
  const camera = ready.park.cameras.find(({ cameraId }) => cameraId === (entry ?? exit)?.place);
  const zone = decidingZone(ready.park, camera?.cameraId ?? null);
  const use: PermitUse =
    entry === null
      ? { kind: "none" }
      : permitUse(
          plate,
          entry.timeMs,
          zone?.id ?? null,
          permits,
          stays.filter(({ sessionId }) => sessionId !== session.id),
        );
  const isSame =
    before !== undefined &&
    before.data.entry?.passageId === entry?.id &&
    before.data.exit?.passageId === exit?.id &&
    before.state === state;
  const data: SessionData = {
    entry: endOf(entry),
    exit: endOf(exit),
    doubts: use.kind === "unsure" ? [...doubts, "permit-unsure"] : doubts,
    ...{ zoneId: zone?.id ?? null, zoneIds: camera?.zones ?? [], maxStayMinutes: zone?.maxStayMinutes ?? null },
    permitUse: use.kind,
    pair: pair === null ? null : { fit: finite(pair.fit), lead: finite(pair.lead), isExact: pair.isExact },
    fee: null,
    decided: isSame ? before.data.decided : null,
    reviewed: isSame ? before.data.reviewed : null,
  };
  const permit = use.kind === "none" ? null : use.permit;
  return priced(
    siteRecord<SessionData, SessionEvidence>({
      ...{ kind: "session", id: session.id, state, isLive: true, plate: plate.text, data },
      owner: permit?.id ?? null,
      timeMs: (entry ?? exit)!.timeMs, // a stay has an end
      endMs: exit?.timeMs ?? null,
      evidence: { entry: entry?.plate ?? null, exit: exit?.plate ?? null },
    }),
    { ready, permit: use.kind === "valid" ? use.permit : null, payments },
  );
}

export interface PriceContext {
  readonly ready: ReadyParking;
  /** That it uses. */
  readonly permit: Permit | null;
  readonly payments: readonly Payment[];
}

/** A stay with what it owes, once it has ended, and whether a person should look at it. */
export function priced(record: SessionRecord, context: PriceContext): SessionRecord {
  const { data, state } = record;
  const endMs = record.endMs ?? record.timeMs;
  // Paid after it ended counts for what is owed, not for the grace period.
  const balance =
    state === "closed"
      ? stayBalance(record, Math.max(endMs, ...context.payments.map(({ timeMs }) => timeMs)), context)
      : null;
  const fee = balance?.fee ?? null;
  const isUndecided = state === "closed" && context.ready.plan !== null && fee === null;
  return {
    ...record,
    amount: fee?.amount ?? null,
    paid: context.payments.reduce((sum, { amount }) => sum + amount, 0),
    needsPerson: data.reviewed === null && (isUndecided || data.doubts.length > 0),
    data: { ...data, fee },
  };
}

/** What a stay owes at a moment; null when a person must decide, or the site has no tariff. */
export function stayBalance(
  { data, state }: Pick<SessionRecord, "data" | "state">,
  nowMs: number,
  { ready: { plan }, permit, payments }: PriceContext,
): Balance | null {
  if (plan === null) return null;
  const session = {
    entry: asEnd(data.entry),
    exit: asEnd(data.exit),
    state: state === "open" ? ("open" as const) : ("closed" as const),
  };
  const { decided } = data;
  if (decided !== null) {
    const { amount, by, reason } = decided;
    const fee: Fee = {
      ...{ amount, currency: plan.currency, minutes: 0 },
      lines: [{ kind: "note", text: `Decided by ${by}: ${reason}`, amount }],
    };
    return balanceAt(() => fee, payments, nowMs);
  }
  if (sessionFee(session, nowMs, plan, permit) === null) return null;
  const grace = tariffAt(plan, (data.entry ?? data.exit)?.timeMs ?? nowMs).tariff.graceMinutes;
  // Whether a person must decide does not depend on the moment, so it is no fee below either.
  return balanceAt((timeMs) => sessionFee(session, timeMs, plan, permit)!, payments, nowMs, grace);
}

/** The pairing as live stays leave it. */
export function pairingOf(records: readonly SessionRecord[]): PairingState {
  const starts: PairEnd[] = [];
  const ends: PairEnd[] = [];
  const pairs: Pair[] = [];
  for (const { data, evidence, isLive } of records) {
    // What was forgotten can find no partner.
    if (!isLive || evidence === null) continue;
    const start = pairEnd(data.entry, evidence.entry);
    const end = pairEnd(data.exit, evidence.exit);
    if (start !== null && end !== null) {
      const { fit, lead, isExact } = data.pair ?? { fit: null, lead: null, isExact: false };
      pairs.push({ start, end, isExact, fit: fit ?? Number.POSITIVE_INFINITY, lead: lead ?? Number.POSITIVE_INFINITY });
    } else if (start !== null) starts.push(start);
    else if (end !== null) ends.push(end);
  }
  return { starts, ends, pairs };
}

/** Ids of stays that the pairing may still change. */
export function liveIds({ pairing }: SessionsState): ReadonlySet<string> {
  const { starts, ends, pairs } = pairing;
  return new Set([...starts.map(({ id }) => id), ...ends.map(({ id }) => id), ...pairs.map(({ start }) => start.id)]);
}

export function pairEnd(end: StayEnd | null, plate: PlateEvidence | null): PairEnd | null {
  return end === null || plate === null ? null : { id: end.passageId, timeMs: end.timeMs, place: end.cameraId, plate };
}

function endOf(end: PairEnd | null): StayEnd | null {
  return end === null ? null : { passageId: end.id, cameraId: end.place, timeMs: end.timeMs };
}

/** For pricing: only its time matters. */
function asEnd(end: StayEnd | null): PairEnd | null {
  const plate: PlateEvidence = { text: "", confidence: 0, characters: [], candidates: [] };
  return end === null ? null : { id: end.passageId, timeMs: end.timeMs, place: end.cameraId, plate };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
