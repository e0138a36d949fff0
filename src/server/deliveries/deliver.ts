/**
 * Takes what is due from the outbox and sends it, each target in a lane of its own: one that fails or hangs delays no
 * other, gets a rest that grows, and is tried again for ever. At least once: whoever dies between sending and noting it
 * sends again, under the same idempotency key.
 */
import { PlateKitError } from "../../core/errors.ts";
import { createId } from "../../store/ids.ts";
import type { Delivery, DeliveryTargetKind, MqttTarget, Store, Webhook } from "../../store/types.ts";
import type { Message } from "./message.ts";
import { createMqttSender, type MqttSender, type MqttStatus } from "./mqtt-target.ts";
import { nextTryMs, RETRY_DEFAULTS, type RetryPolicy, retryDelayMs } from "./retry.ts";
import { createWebhookSender, type Outcome, type WebhookSender } from "./webhook.ts";

export interface DelivererOptions {
  readonly store: DeliveryStore;
  /** Deliveries under way at once to one target. Default 8; MQTT keeps the order and has 1. */
  readonly concurrency?: number | undefined;
  /** How often the outbox is looked at when nobody says that there is something. Default 1 s. */
  readonly pollMs?: number | undefined;
  /** For one delivery. Default 10 s. */
  readonly timeoutMs?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Told of what keeps deliveries from going out, without secrets. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Senders to use instead of those of `timeoutMs`; the caller closes them. */
  readonly webhookSender?: WebhookSender | undefined;
  readonly mqttSender?: MqttSender | undefined;
}

/** The part of the store that deliveries need. */
export type DeliveryStore = Pick<Store, "deliveries" | "webhooks" | "mqttTargets" | "cameras">;

export interface Deliverer {
  /** There may be something due: looks at once. Cheap, also when called for every passage. */
  wake(): void;
  /** Targets or cameras were changed. */
  reload(): void;
  /** Sends a message of event `test` at once, past the outbox. Null when there is no such target. */
  sendTest(targetKind: DeliveryTargetKind, targetId: string): Promise<(Outcome & { readonly tookMs: number }) | null>;
  /**
   * Publishes at once to every broker that is on, or to the one named: what moves a barrier can't wait.
   *
   * @throws PlateKitError OPTION_INVALID without one, or what went wrong where none took it.
   */
  tellBrokers(topic: string, payload: string, options: TellOptions): Promise<void>;
  mqttStatus(targetId: string): MqttStatus;
  /** Failures in a row of a target, and until when it is left alone. */
  laneStatus(targetId: string): { readonly failuresInRow: number; readonly restUntilMs: number | null };
  counters(): DeliveryCounters;
  /** Waits for what is under way, at most `limitMs` (default 5 s); the rest is taken up after the next start. */
  stop(limitMs?: number): Promise<void>;
}

export interface TellOptions {
  /** Later it is not told at all. */
  readonly withinMs: number;
  /** Default: every broker. */
  readonly brokerId?: string | undefined;
}

export interface DeliveryCounters {
  readonly delivered: number;
  readonly failed: number;
  readonly dead: number;
}

interface Lane {
  readonly targetKind: DeliveryTargetKind;
  readonly targetId: string;
  inFlight: number;
  isRunning: boolean;
  failuresInRow: number;
  /** Rests since the last success: each is longer than the one before. */
  restsInRow: number;
  restUntilMs: number;
}

const DEFAULT_CONCURRENCY = 8;
const DEFAULT_POLL_MS = 1000;
const DEFAULT_TIMEOUT_MS = 10_000;
/** A lease outlives every timeout of a delivery: connecting, sending and noting it. */
const LEASE_MARGIN_MS = 20_000;
/** An MQTT delivery is up to four publications. */
const MQTT_PUBLICATIONS = 5;
/** Rests between probes of a target that fails again and again. */
const REST = { firstMs: 1000, maxMs: 60_000 } as const;
/** Between two looks at the outbox, however often it is woken. */
const MIN_PAUSE_MS = 20;
const RELOAD_MS = 10_000;
const PURGE_MS = 3_600_000;
const KEEP_DONE_MS = 7 * 24 * 3_600_000;
const NOTE_ATTEMPTS = 5;

export function startDeliveries(options: DelivererOptions): Deliverer {
  const { store, pollMs = DEFAULT_POLL_MS, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const policy: RetryPolicy = { ...RETRY_DEFAULTS, ...options.retry };
  const webhookSender = options.webhookSender ?? createWebhookSender({ timeoutMs });
  const mqttSender = options.mqttSender ?? createMqttSender({ timeoutMs });
  const lanes = new Map<string, Lane>();
  const sending = new Set<Promise<void>>();
  const counters = { delivered: 0, failed: 0, dead: 0 };
  let isStopped = false;
  let isWoken = false;
  let wakeLoop: (() => void) | undefined;
  let reloadAtMs = 0;
  let purgeAtMs = Date.now() + PURGE_MS;
  let lastNotice = "";

  function notice(text: string): void {
    if (text !== lastNotice) options.onNotice?.(text);
    lastNotice = text;
  }

  async function run(): Promise<void> {
    while (!isStopped) {
      isWoken = false;
      try {
        await look();
        lastNotice = "";
      } catch (error) {
        // The store is away: what waits in it waits.
        notice(`Deliveries wait for the store: ${error instanceof Error ? error.message : String(error)}`);
        await pause(pollMs);
      }
      if (isStopped) return;
      await (isWoken ? pause(MIN_PAUSE_MS) : pause(pollMs, true));
    }
  }

  function pause(delayMs: number, canBeWoken = false): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      wakeLoop = canBeWoken || isStopped ? done : undefined;
    });
  }

  async function look(): Promise<void> {
    const nowMs = Date.now();
    if (nowMs >= reloadAtMs) {
      reloadAtMs = nowMs + RELOAD_MS;
      const [targets, cameras] = await Promise.all([store.mqttTargets.list(), store.cameras.list()]);
      if (!isStopped) mqttSender.keep(targets, cameras);
    }
    if (nowMs >= purgeAtMs) {
      purgeAtMs = nowMs + PURGE_MS;
      await store.deliveries.purgeDone(nowMs - KEEP_DONE_MS);
    }
    for (const { targetKind, targetId } of await store.deliveries.targetsWithDue(nowMs)) {
      let lane = lanes.get(targetId);
      if (lane === undefined) {
        lane = { targetKind, targetId, inFlight: 0, isRunning: false, failuresInRow: 0, restsInRow: 0, restUntilMs: 0 };
        lanes.set(targetId, lane);
      }
      if (!lane.isRunning && nowMs >= lane.restUntilMs && !isStopped) track(runLane(lane));
    }
  }

  function track(work: Promise<void>): void {
    sending.add(work);
    void work.finally(() => sending.delete(work));
  }

  /** Sends until nothing is due any more, the target needs a rest, or it was switched off. */
  async function runLane(lane: Lane): Promise<void> {
    lane.isRunning = true;
    try {
      const under = new Set<Promise<void>>();
      while (!isStopped && Date.now() >= lane.restUntilMs) {
        const isProbing = lane.failuresInRow >= policy.breakAfter;
        const atOnce = isProbing || lane.targetKind === "mqtt" ? 1 : (options.concurrency ?? DEFAULT_CONCURRENCY);
        // Half of them at a time, so that a claim is worth its transaction.
        if (under.size > atOnce / 2) {
          await Promise.race(under);
          continue;
        }
        const target = await targetOf(lane);
        if (target !== null && !target.isEnabled) break; // what waits for it waits until it is on again
        const due = await claim(lane, atOnce - under.size);
        if (due.length === 0) {
          if (under.size === 0) break;
          await Promise.race(under);
          continue;
        }
        for (const delivery of due) {
          const work = handle(lane, target, delivery).finally(() => under.delete(work));
          under.add(work);
        }
      }
      await Promise.all(under);
    } catch (error) {
      notice(`Deliveries wait for the store: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      lane.isRunning = false;
    }
  }

  function targetOf({ targetKind, targetId }: Lane): Promise<Webhook | MqttTarget | null> {
    return targetKind === "webhook" ? store.webhooks.get(targetId) : store.mqttTargets.get(targetId);
  }

  function claim({ targetKind, targetId }: Lane, limit: number): Promise<readonly Delivery[]> {
    const nowMs = Date.now();
    const longestMs = targetKind === "mqtt" ? MQTT_PUBLICATIONS * timeoutMs : timeoutMs;
    return store.deliveries.claimDue({ limit, targetId, nowMs, leaseUntilMs: nowMs + longestMs + LEASE_MARGIN_MS });
  }

  async function handle(lane: Lane, target: Webhook | MqttTarget | null, delivery: Delivery): Promise<void> {
    if (target === null) {
      counters.dead++;
      await note(() => store.deliveries.dead(delivery.id, { error: "The target was removed." }));
      return;
    }
    lane.inFlight++;
    const outcome = await send(target, delivery).finally(() => lane.inFlight--);
    const nowMs = Date.now();
    if (outcome.isOk) {
      counters.delivered++;
      lane.failuresInRow = 0;
      lane.restsInRow = 0;
      lane.restUntilMs = 0;
      await note(() => store.deliveries.delivered(delivery.id, nowMs, outcome.status));
      return;
    }
    const { error, status, retryAfterMs } = outcome;
    counters.failed++;
    lane.failuresInRow++;
    // What fails during a rest was under way before it: it says nothing new.
    if (lane.failuresInRow >= policy.breakAfter && nowMs >= lane.restUntilMs) {
      lane.restsInRow++;
      lane.restUntilMs = nowMs + retryDelayMs(lane.restsInRow, { ...policy, ...REST });
    }
    const nextAtMs = nextTryMs(delivery, nowMs, retryAfterMs, policy);
    if (nextAtMs === null) {
      counters.dead++;
      await note(() => store.deliveries.dead(delivery.id, { error, status }));
    } else {
      await note(() => store.deliveries.failed(delivery.id, { error, status, nextAtMs }));
    }
  }

  function send(target: Webhook | MqttTarget, delivery: Pick<Delivery, "event" | "payload" | "idempotencyKey">) {
    return "secrets" in target ? webhookSender.send(target, delivery) : mqttSender.send(target, delivery);
  }

  /** Notes how a delivery went. Should the store stay away, its lease ends and it is sent again. */
  async function note(write: () => Promise<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await write();
        return;
      } catch (error) {
        if (attempt >= NOTE_ATTEMPTS || isStopped) {
          notice(`A delivery could not be noted: ${error instanceof Error ? error.message : String(error)}`);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
      }
    }
  }

  const running = run();

  return {
    wake() {
      isWoken = true;
      wakeLoop?.();
    },
    reload() {
      reloadAtMs = 0;
      this.wake();
    },
    async sendTest(targetKind, targetId) {
      const target = await (targetKind === "webhook" ? store.webhooks.get(targetId) : store.mqttTargets.get(targetId));
      if (target === null) return null;
      const id = createId();
      const message: Message = {
        ...{ schema: 1, id, event: "test", timeMs: Date.now(), camera: { id: "test", name: "Test" } },
        message: "A test of this address.",
      };
      const startMs = performance.now();
      const payload = JSON.stringify(message);
      const outcome = await send(target, { event: "test", payload, idempotencyKey: id });
      return { ...outcome, tookMs: performance.now() - startMs };
    },
    async tellBrokers(topic, payload, { withinMs, brokerId }) {
      const all = (await store.mqttTargets.list()).filter(({ isEnabled }) => isEnabled);
      const targets = brokerId === undefined ? all : all.filter(({ id }) => id === brokerId);
      if (targets.length === 0) {
        const which = brokerId === undefined ? "No MQTT broker" : `No MQTT broker ${brokerId}`;
        throw new PlateKitError("OPTION_INVALID", `${which} is set up and on; add one under Administration.`);
      }
      // A broker of others that is away must neither keep the barrier waiting nor make its order a failure.
      await Promise.any(targets.map((target) => mqttSender.tell(target, topic, payload, withinMs))).catch(
        (error: AggregateError) => {
          throw error.errors[0];
        },
      );
    },
    mqttStatus: (targetId) => mqttSender.status(targetId),
    laneStatus(targetId) {
      const { failuresInRow = 0, restUntilMs = 0 } = lanes.get(targetId) ?? {};
      return { failuresInRow, restUntilMs: restUntilMs > Date.now() ? restUntilMs : null };
    },
    counters: () => ({ ...counters }),
    async stop(limitMs = 5000) {
      isStopped = true;
      wakeLoop?.();
      const limit = new Promise<void>((resolve) => setTimeout(resolve, limitMs).unref());
      await Promise.race([Promise.all([running, ...sending]), limit]);
      await Promise.all([
        options.webhookSender === undefined ? webhookSender.close() : undefined,
        options.mqttSender === undefined ? mqttSender.close() : undefined,
      ]);
      // What was cut off has failed by now, and is noted before the store closes.
      await Promise.race([
        Promise.all([running, ...sending]),
        new Promise((resolve) => setTimeout(resolve, 1000).unref()),
      ]);
    },
  };
}
