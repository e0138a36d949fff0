/** Where things are sent and what waits to be sent: the outbox. Plain data; times epoch milliseconds. */
import type { Collection, Row } from "./registry-types.ts";

export interface WebhookSecret {
  readonly secret: string;
  readonly createdAtMs: number;
}

export interface Webhook extends Row {
  readonly name: string;
  readonly url: string;
  readonly isEnabled: boolean;
  /** One or two live keys, newest first: both sign while a receiver changes over. */
  readonly secrets: readonly WebhookSecret[];
  /** May call private addresses. */
  readonly isPrivateAllowed: boolean;
  /** `passage`, `alert`… ; empty: all. */
  readonly events: readonly string[];
  readonly cameraIds: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

export interface MqttTarget extends Row {
  readonly name: string;
  /** `mqtt://host:1883`, `mqtts://host:8883`. */
  readonly url: string;
  readonly isEnabled: boolean;
  readonly username: string | null;
  readonly password: string | null;
  /** PEM of the authority to trust; null: the system's. */
  readonly caPem: string | null;
  readonly clientId: string | null;
  readonly topicPrefix: string;
  /** Home Assistant's discovery prefix; null: no discovery. */
  readonly discoveryPrefix: string | null;
  readonly isPrivateAllowed: boolean;
  readonly events: readonly string[];
  readonly cameraIds: readonly string[];
}

export type DeliveryTargetKind = "webhook" | "mqtt";
export type DeliveryState = "pending" | "done" | "dead";

export interface Delivery {
  readonly id: string;
  readonly targetKind: DeliveryTargetKind;
  readonly targetId: string;
  readonly event: string;
  readonly passageId: string | null;
  /** What is sent, as text. */
  readonly payload: string;
  /** Stays the same over retries and replays. */
  readonly idempotencyKey: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly createdAtMs: number;
  /** When it is due, or its lease ends. */
  readonly nextAtMs: number;
  readonly doneAtMs: number | null;
  readonly lastError: string | null;
  readonly lastStatus: number | null;
}

export interface NewDelivery {
  readonly id?: string;
  readonly targetKind: DeliveryTargetKind;
  readonly targetId: string;
  readonly event: string;
  readonly payload: string;
  /** Default: the delivery's id. */
  readonly idempotencyKey?: string;
  /** Default: now. */
  readonly nextAtMs?: number;
}

export interface DeliveryFailure {
  readonly error: string;
  readonly status?: number | null;
}

export interface DeliveryFilter {
  readonly states?: readonly DeliveryState[];
  readonly targetIds?: readonly string[];
  readonly passageId?: string;
}

export interface DeliveryCounts {
  readonly targetKind: DeliveryTargetKind;
  readonly targetId: string;
  readonly pending: number;
  readonly due: number;
  readonly done: number;
  readonly dead: number;
  /** Of those pending; null without any. */
  readonly oldestPendingMs: number | null;
}

export interface Deliveries {
  /** Deliveries that belong to no passage. */
  enqueue(deliveries: readonly NewDelivery[]): Promise<readonly Delivery[]>;
  /**
   * Takes due deliveries, oldest first, and leases them until `leaseUntilMs`: who dies gives them back by doing nothing.
   * No two callers get the same one within a lease. Counts an attempt.
   */
  claimDue(options: {
    readonly limit: number;
    readonly nowMs: number;
    readonly leaseUntilMs: number;
    readonly targetId?: string;
  }): Promise<readonly Delivery[]>;
  /** Targets with something due. */
  targetsWithDue(
    nowMs: number,
  ): Promise<readonly { readonly targetKind: DeliveryTargetKind; readonly targetId: string; readonly due: number }[]>;
  /** When the next becomes due; null: nothing pends. */
  nextDueMs(): Promise<number | null>;
  delivered(id: string, nowMs: number, status?: number | null): Promise<void>;
  failed(id: string, failure: DeliveryFailure & { readonly nextAtMs: number }): Promise<void>;
  dead(id: string, failure: DeliveryFailure): Promise<void>;
  /** Makes dead or done ones due again, attempts from zero; returns how many. Without ids: all dead ones of the target. */
  replay(choice: { readonly ids: readonly string[] } | { readonly targetId: string }, nowMs: number): Promise<number>;
  /** Removes done ones older than this, and returns how many. */
  purgeDone(beforeMs: number): Promise<number>;
  discard(ids: readonly string[]): Promise<number>;
  get(id: string): Promise<Delivery | null>;
  /** Newest first. */
  page(
    filter: DeliveryFilter,
    options?: { readonly limit?: number; readonly cursor?: string | null },
  ): Promise<{ readonly rows: readonly Delivery[]; readonly nextCursor: string | null }>;
  counts(nowMs: number): Promise<readonly DeliveryCounts[]>;
}

export type Webhooks = Collection<Webhook>;
export type MqttTargets = Collection<MqttTarget>;
