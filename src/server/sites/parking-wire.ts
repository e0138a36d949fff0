/** Stays, permits and gates between the store and the wire. */
import type { Fee } from "../../sites/parking/fee.ts";
import type { SiteRecord, StoredPassage } from "../../store/types.ts";
import { rowOnWire } from "../passage-wire.ts";
import type { GateDecisionOnWire, Permit, Session, SessionDetail } from "../schemas/parking.ts";
import type { GateData } from "./gate-keeper.ts";
import { type PriceContext, type SessionRecord, type StayEnd, stayBalance } from "./parking-records.ts";
import { type PaymentData, permitOf } from "./parking-rules.ts";

export function feeOnWire({ amount, currency, minutes, lines }: Fee): NonNullable<Session["fee"]> {
  return {
    ...{ amount, minutes, currency: currency.code, digits: currency.digits },
    lines: lines.map(({ kind, text, amount: part }) => ({ kind, text, amount: part })),
  };
}

/** @param holders of permits by id. */
export function sessionOnWire(
  record: SessionRecord,
  context: PriceContext,
  holders: ReadonlyMap<string, string>,
  nowMs: number,
): Session {
  const { id, state, plate, data, evidence, needsPerson, owner, paid } = record;
  const isOpen = state === "open";
  const balance = isOpen ? stayBalance(record, nowMs, context) : null;
  const fee = isOpen ? (balance?.fee ?? null) : data.fee;
  const untilMs = isOpen ? nowMs : data.exit?.timeMs;
  const minutes =
    data.entry === null || untilMs === undefined ? null : Math.max(0, (untilMs - data.entry.timeMs) / 60_000);
  const over = minutes === null || data.maxStayMinutes === null ? null : Math.floor(minutes - data.maxStayMinutes);
  return {
    ...{ id, plate, needsPerson, paid, minutes },
    state: isOpen ? "open" : "closed",
    entry: endOnWire(data.entry, evidence?.entry?.text),
    exit: endOnWire(data.exit, evidence?.exit?.text),
    doubts: [...data.doubts],
    zoneIds: [...data.zoneIds],
    permit: owner === null ? null : { id: owner, holder: holders.get(owner) ?? owner, use: data.permitUse },
    overMinutes: over !== null && over > 0 ? over : null,
    fee: fee === null ? null : feeOnWire(fee),
    due: isOpen ? (balance?.due ?? 0) : Math.max(0, (record.amount ?? 0) - paid),
    leaveByMs: balance?.leaveByMs ?? null,
    decided:
      data.decided === null ? null : { by: data.decided.by, reason: data.decided.reason, timeMs: data.decided.timeMs },
    reviewed: data.reviewed === null ? null : { ...data.reviewed },
  };
}

function endOnWire(end: StayEnd | null, text: string | undefined): Session["entry"] {
  return end === null ? null : { ...end, text: text ?? null };
}

export function paymentOnWire(record: SiteRecord): SessionDetail["payments"][number] {
  const { method, note, by } = record.data as PaymentData; // only the payment route writes them
  return { id: record.id, amount: record.amount ?? 0, timeMs: record.timeMs, method, note, by };
}

export function permitOnWire(record: SiteRecord): Permit {
  const { id, holder, plates, zones, maxConcurrent, validFromMs, validToMs } = permitOf(record);
  return {
    ...{ id, holder, plates: [...plates], validFromMs, validToMs },
    zones: zones === undefined ? null : [...zones],
    maxConcurrent: maxConcurrent ?? null,
  };
}

export function gateOnWire({ id, plate, state, timeMs, data }: SiteRecord): GateDecisionOnWire {
  const { cameraId, passageId, reason, detail, tookMs, by, actuator } = data as GateData; // only the gate keeper writes them
  const action = state === "open" || state === "deny" ? state : "ask";
  return { id, cameraId, passageId, plate, action, reason, detail, timeMs, tookMs, by, actuator };
}

export function rowOrNull(passage: StoredPassage | null | undefined): SessionDetail["entryPassage"] {
  return passage == null ? null : rowOnWire(passage);
}
