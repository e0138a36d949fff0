/** A delivery as a row, and back. */
import type { Selectable } from "kysely";
import type { Delivery, DeliveryState, DeliveryTargetKind, NewDelivery } from "./delivery-types.ts";
import { createId } from "./ids.ts";
import type { Tables } from "./tables.ts";

export function deliveryRow(given: NewDelivery, passageId: string | null, nowMs: number): Tables["delivery"] {
  const id = given.id ?? createId(nowMs);
  return {
    id,
    target_kind: given.targetKind,
    target_id: given.targetId,
    event: given.event,
    passage_id: passageId,
    payload: given.payload,
    idempotency_key: given.idempotencyKey ?? id,
    state: "pending",
    attempts: 0,
    created_at_ms: nowMs,
    next_at_ms: given.nextAtMs ?? nowMs,
    done_at_ms: null,
    last_error: null,
    last_status: null,
  };
}

export function delivery(row: Selectable<Tables["delivery"]>): Delivery {
  return {
    id: row.id,
    targetKind: row.target_kind as DeliveryTargetKind, // only deliveryRow writes it
    targetId: row.target_id,
    event: row.event,
    passageId: row.passage_id,
    payload: row.payload,
    idempotencyKey: row.idempotency_key,
    state: row.state as DeliveryState,
    attempts: row.attempts,
    createdAtMs: row.created_at_ms,
    nextAtMs: row.next_at_ms,
    doneAtMs: row.done_at_ms,
    lastError: row.last_error,
    lastStatus: row.last_status,
  };
}
