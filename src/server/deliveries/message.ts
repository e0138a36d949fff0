/** What is sent of a passage or an alert, and to whom: the rows of the outbox. Pure but for the ids. */
import type { Alert, Camera, ListHit, MqttTarget, NewDelivery, StoredPassage, Webhook } from "../../store/types.ts";

/** A vehicle that a list names, in the words of its entry. */
export interface KnownVehicle {
  /** The entry's label, else its text. */
  readonly name: string;
  readonly listName: string;
  readonly listKind: string;
  readonly note: string | null;
}

/** The body of a web hook and of MQTT's passage and alert topics. Fields are only ever added. */
export interface Message {
  readonly schema: 1;
  /** Of this delivery; the same over retries and replays. */
  readonly id: string;
  readonly event: MessageEvent;
  /** When it happened, epoch milliseconds. */
  readonly timeMs: number;
  readonly camera: { readonly id: string; readonly name: string };
  readonly passage?: PassageOut;
  readonly known?: KnownVehicle | null;
  readonly alert?: AlertOut;
  /** Of event `camera`: what became of it. */
  readonly state?: string;
  readonly message?: string | null;
}

export const MESSAGE_EVENTS = ["passage", "alert", "camera", "test"] as const;
export type MessageEvent = (typeof MESSAGE_EVENTS)[number];

export type AlertOut = Pick<Alert, "id" | "ruleId" | "ruleName" | "reason">;

/** A passage without what only the store is concerned with. */
export type PassageOut = Omit<StoredPassage, "receivedAtMs">;

/** Who may be told. */
export interface Targets {
  readonly webhooks: readonly Webhook[];
  readonly mqttTargets: readonly MqttTarget[];
}

/** An alert, with the targets its rule names. */
export interface AlertToSend {
  readonly alert: AlertOut;
  readonly webhookIds: readonly string[];
  readonly mqttTargetIds: readonly string[];
}

interface Target {
  readonly targetKind: NewDelivery["targetKind"];
  readonly targetId: string;
  readonly events: readonly string[];
  readonly cameraIds: readonly string[];
  readonly isEnabled: boolean;
}

export interface PassageToSend {
  readonly passage: PassageOut;
  readonly camera: Pick<Camera, "id" | "name">;
  readonly known: KnownVehicle | null;
  readonly alerts: readonly AlertToSend[];
}

/**
 * The deliveries of a passage and its alerts. A target gets what its events name (none: all) from its cameras (none:
 * all); and the alerts of rules that name it, whatever its events.
 */
export function passageDeliveries(
  { passage, camera, known, alerts }: PassageToSend,
  targets: Targets,
  createId: () => string,
): readonly NewDelivery[] {
  const all = targetsOf(targets);
  const message = {
    schema: 1,
    timeMs: passage.firstTimeMs,
    camera: { id: camera.id, name: camera.name },
    known,
  } as const;
  const deliveries = all
    .filter((target) => wants(target, "passage", camera.id))
    .map((target) => delivery(target, { ...message, event: "passage", id: createId(), passage }));
  for (const { alert, webhookIds, mqttTargetIds } of alerts) {
    for (const target of all) {
      const named = target.targetKind === "webhook" ? webhookIds : mqttTargetIds;
      const isNamed = target.isEnabled && named.includes(target.targetId);
      if (!isNamed && !wants(target, "alert", camera.id)) continue;
      deliveries.push(delivery(target, { ...message, event: "alert", id: createId(), passage, alert }));
    }
  }
  return deliveries;
}

/** The deliveries of what became of a camera. */
export function cameraDeliveries(
  camera: Pick<Camera, "id" | "name">,
  { state, message, timeMs }: { readonly state: string; readonly message: string | null; readonly timeMs: number },
  targets: Targets,
  createId: () => string,
): readonly NewDelivery[] {
  const { id, name } = camera;
  return targetsOf(targets)
    .filter((target) => wants(target, "camera", id))
    .map((target) =>
      delivery(target, { schema: 1, id: createId(), event: "camera", timeMs, camera: { id, name }, state, message }),
    );
}

function targetsOf({ webhooks, mqttTargets }: Targets): readonly Target[] {
  return [
    ...webhooks.map((row) => ({ ...row, targetKind: "webhook" as const, targetId: row.id })),
    ...mqttTargets.map((row) => ({ ...row, targetKind: "mqtt" as const, targetId: row.id })),
  ];
}

function wants({ isEnabled, events, cameraIds }: Target, event: MessageEvent, cameraId: string): boolean {
  const isAskedFor = events.length === 0 || events.includes(event);
  return isEnabled && isAskedFor && (cameraIds.length === 0 || cameraIds.includes(cameraId));
}

function delivery({ targetKind, targetId }: Target, message: Message): NewDelivery {
  const { id, event } = message;
  return { id, idempotencyKey: id, targetKind, targetId, event, payload: JSON.stringify(message) };
}

/** How the most telling hit is told: the first, as the matcher sorts them. */
export function knownVehicle(
  hits: readonly {
    readonly hit: ListHit;
    readonly entry: { readonly label: string | null; readonly note: string | null };
  }[],
): KnownVehicle | null {
  const first = hits[0];
  if (first === undefined) return null;
  const { hit, entry } = first;
  return { name: entry.label ?? hit.entryText, listName: hit.listName, listKind: hit.listKind, note: entry.note };
}
