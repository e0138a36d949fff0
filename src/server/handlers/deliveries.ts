/** Webhooks, the MQTT broker, deliveries and their replay. */
import { randomBytes } from "node:crypto";
import type { z } from "zod";
import { redactUrl } from "../../node/frames-source.ts";
import type {
  DeliveryCounts,
  MqttTarget,
  Delivery as StoredDelivery,
  Webhook as StoredWebhook,
} from "../../store/types.ts";
import { audited } from "../audited.ts";
import type { ServerContext } from "../context.ts";
import type { HandlersOf } from "../handler.ts";
import type { TargetTest } from "../intake-port.ts";
import { pageOfRows } from "../page.ts";
import { notFound, RequestProblem } from "../problem.ts";
import type { alertRoutes } from "../routes/alerts.ts";
import { type Delivery, HOOK_EVENTS, type mqttSchema, type Webhook } from "../schemas/deliveries.ts";

type DeliveryRoutes = Pick<
  typeof alertRoutes,
  | "listWebhooks"
  | "createWebhook"
  | "getWebhook"
  | "updateWebhook"
  | "deleteWebhook"
  | "rotateWebhookKey"
  | "testWebhook"
  | "getMqtt"
  | "updateMqtt"
  | "testMqtt"
  | "listDeliveries"
  | "replayDeliveries"
>;

export const deliveryHandlers: HandlersOf<DeliveryRoutes> = {
  async listWebhooks(context, { query }) {
    const { rows, next } = pageOfRows(await context.store.webhooks.list(), query);
    const counts = await countsByTarget(context);
    return { items: rows.map((hook) => webhookOnWire(hook, counts)), next };
  },

  async createWebhook(context, call) {
    const { name, url, enabled, events, cameraIds, allowPrivate, headers } = call.body;
    await context.intake.checkTargetUrl(url, { allowPrivate });
    const secret = newSecret();
    const hook = await context.store.webhooks.create({
      ...{ name, url, events, cameraIds, headers },
      isEnabled: enabled,
      isPrivateAllowed: allowPrivate,
      secrets: [{ secret, createdAtMs: context.nowMs() }],
    });
    await audited(context, call, {
      action: "webhook.create",
      target: `webhook:${hook.id}`,
      details: { name, url: redactUrl(url), events, cameraIds, allowPrivate },
    });
    context.intake.targetsChanged();
    return { id: hook.id, key: secret };
  },

  async getWebhook(context, call) {
    const hook = await knownWebhook(context, call.params.id);
    call.revision(hook.revision);
    return webhookOnWire(hook, await countsByTarget(context));
  },

  async updateWebhook(context, call) {
    const hook = await knownWebhook(context, call.params.id);
    const { name, url, enabled, events, cameraIds, allowPrivate, headers } = call.body;
    const isShown = url === redactUrl(hook.url); // as it was shown: the secrets in it are kept
    if ((url !== undefined && !isShown) || allowPrivate !== undefined) {
      const target = url === undefined || isShown ? hook.url : url;
      await context.intake.checkTargetUrl(target, { allowPrivate: allowPrivate ?? hook.isPrivateAllowed });
    }
    const patch = {
      ...(name === undefined ? {} : { name }),
      ...(url === undefined || isShown ? {} : { url }),
      ...(enabled === undefined ? {} : { isEnabled: enabled }),
      ...(events === undefined ? {} : { events }),
      ...(cameraIds === undefined ? {} : { cameraIds }),
      ...(allowPrivate === undefined ? {} : { isPrivateAllowed: allowPrivate }),
      ...(headers === undefined ? {} : { headers: keptHeaders(headers, hook.headers) }),
    };
    const updated = await context.store.webhooks.update(hook.id, patch, call.ifRevision);
    if (updated === null) throw notFound("webhook");
    await audited(context, call, {
      action: "webhook.update",
      target: `webhook:${hook.id}`,
      details: { name, url: url === undefined ? undefined : redactUrl(url), enabled, events, cameraIds, allowPrivate },
    });
    context.intake.targetsChanged();
    call.revision(updated.revision);
    return webhookOnWire(updated, await countsByTarget(context));
  },

  async deleteWebhook(context, call) {
    const hook = await knownWebhook(context, call.params.id);
    if (!(await context.store.webhooks.remove(hook.id, call.ifRevision))) throw notFound("webhook");
    await audited(context, call, {
      action: "webhook.delete",
      target: `webhook:${hook.id}`,
      details: { name: hook.name },
    });
    context.intake.targetsChanged();
    return undefined;
  },

  async rotateWebhookKey(context, call) {
    const hook = await knownWebhook(context, call.params.id);
    const secret = newSecret();
    const secrets = [{ secret, createdAtMs: context.nowMs() }, ...hook.secrets.slice(0, 1)];
    await context.store.webhooks.update(hook.id, { secrets }, hook.revision);
    await audited(context, call, { action: "webhook.rotate", target: `webhook:${hook.id}` });
    context.intake.targetsChanged();
    return { id: hook.id, key: secret };
  },

  async testWebhook(context, call) {
    const hook = await knownWebhook(context, call.params.id);
    return timed(() => context.intake.testWebhook(hook.id));
  },

  async getMqtt(context, call) {
    const target = await broker(context);
    if (target !== null) call.revision(target.revision);
    return mqttOnWire(context, target);
  },

  async updateMqtt(context, call) {
    const { store, intake } = context;
    const before = await broker(context);
    const { enabled, url, username, password, clientId, topicPrefix, discoveryPrefix } = call.body;
    const { certificateAuthority, allowPrivate, events } = call.body;
    if (url === null) throw new RequestProblem(422, "URL_MISSING", "To stop sending, set enabled to false.");
    const isShown = before !== null && url === redactUrl(before.url);
    const target = url === undefined || isShown ? before?.url : url;
    if (target === undefined) throw new RequestProblem(422, "URL_MISSING", "A broker needs its address.");
    const isPrivateAllowed = allowPrivate ?? before?.isPrivateAllowed ?? false;
    if (target !== before?.url || allowPrivate !== undefined) {
      await intake.checkTargetUrl(target, { allowPrivate: isPrivateAllowed });
    }
    // A password must not follow to another host.
    const isMoved = before !== null && target !== before.url && password === undefined && before.password !== null;
    if (isMoved) throw new RequestProblem(422, "PASSWORD_MISSING", "For another address, give the password again.");
    const fields = {
      url: target,
      isPrivateAllowed,
      ...(enabled === undefined ? {} : { isEnabled: enabled }),
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(clientId === undefined ? {} : { clientId }),
      ...(topicPrefix === undefined ? {} : { topicPrefix }),
      ...(discoveryPrefix === undefined ? {} : { discoveryPrefix }),
      ...(certificateAuthority === undefined ? {} : { caPem: certificateAuthority }),
      ...(events === undefined ? {} : { events }),
    };
    const saved =
      before === null
        ? await store.mqttTargets.create({ ...NEW_BROKER, ...fields })
        : await store.mqttTargets.update(before.id, fields, call.ifRevision);
    if (saved === null) throw notFound("broker");
    await audited(context, call, {
      action: "mqtt.update",
      target: `mqtt:${saved.id}`,
      details: { url: redactUrl(target), enabled, username, topicPrefix, discoveryPrefix, events },
    });
    intake.targetsChanged();
    call.revision(saved.revision);
    return mqttOnWire(context, saved);
  },

  async testMqtt(context) {
    const target = await broker(context);
    if (target === null) throw new RequestProblem(422, "MQTT_MISSING", "Set the broker's address first.");
    return timed(() => context.intake.testMqtt(target.id));
  },

  async listDeliveries({ store }, { query }) {
    const { state, target, cursor, limit } = query;
    const filter = {
      ...(state === undefined ? {} : { states: [state] }),
      ...(target === undefined ? {} : { targetIds: target }),
    };
    const [{ rows, nextCursor }, hooks, brokers] = await Promise.all([
      store.deliveries.page(filter, { cursor: cursor ?? null, limit }),
      store.webhooks.list(),
      store.mqttTargets.list(),
    ]);
    const names = new Map([...hooks, ...brokers].map(({ id, name }) => [id, name]));
    return { items: rows.map((delivery) => deliveryOnWire(delivery, names)), next: nextCursor };
  },

  async replayDeliveries(context, call) {
    const { store, intake } = context;
    const { ids, targetId } = call.body;
    const now = context.nowMs();
    let replayed = 0;
    if (ids !== undefined) replayed = await store.deliveries.replay({ ids }, now);
    else {
      const all = [...(await store.webhooks.list()), ...(await store.mqttTargets.list())].map(({ id }) => id);
      const targets = targetId === undefined ? all : [targetId];
      for (const id of targets) replayed += await store.deliveries.replay({ targetId: id }, now);
    }
    await audited(context, call, { action: "delivery.replay", details: { replayed, targetId: targetId ?? null } });
    intake.targetsChanged();
    return { replayed };
  },
};

const NEW_BROKER = {
  name: "MQTT",
  isEnabled: true,
  username: null,
  password: null,
  caPem: null,
  clientId: null,
  topicPrefix: "platekit",
  discoveryPrefix: "homeassistant",
  events: [],
  cameraIds: [],
} as const;

function newSecret(): string {
  return `whsec_${randomBytes(32).toString("base64url")}`;
}

async function knownWebhook({ store }: ServerContext, id: string): Promise<StoredWebhook> {
  const hook = await store.webhooks.get(id);
  if (hook === null) throw notFound("webhook");
  return hook;
}

/** The pages know one broker: the first. */
async function broker({ store }: ServerContext): Promise<MqttTarget | null> {
  return (await store.mqttTargets.list())[0] ?? null;
}

async function timed(run: () => Promise<TargetTest>) {
  const startMs = performance.now();
  const { ok, status, message } = await run();
  return { ok, status, message, tookMs: Math.round(performance.now() - startMs) };
}

async function countsByTarget({ store, nowMs }: ServerContext): Promise<ReadonlyMap<string, DeliveryCounts>> {
  return new Map((await store.deliveries.counts(nowMs())).map((counts) => [counts.targetId, counts]));
}

function webhookOnWire(hook: StoredWebhook, counts: ReadonlyMap<string, DeliveryCounts>): Webhook {
  return {
    id: hook.id,
    name: hook.name,
    url: redactUrl(hook.url),
    enabled: hook.isEnabled,
    events: knownEvents(hook.events),
    cameraIds: [...hook.cameraIds],
    allowPrivate: hook.isPrivateAllowed,
    // Headers carry tokens: their names are shown, not what they say.
    headers: Object.fromEntries(Object.keys(hook.headers).map((name) => [name, HIDDEN])),
    createdMs: hook.createdAtMs,
    updatedMs: hook.updatedAtMs,
    keys: hook.secrets.map(({ createdAtMs }) => ({ createdMs: createdAtMs })),
    pending: counts.get(hook.id)?.pending ?? 0,
    dead: counts.get(hook.id)?.dead ?? 0,
  };
}

const HIDDEN = "***";

function keptHeaders(
  given: Readonly<Record<string, string>>,
  kept: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value === HIDDEN ? (kept[name] ?? value) : value]),
  );
}

function knownEvents(events: readonly string[]): (typeof HOOK_EVENTS)[number][] {
  return HOOK_EVENTS.filter((event) => events.includes(event));
}

function mqttOnWire({ intake }: ServerContext, target: MqttTarget | null): z.output<typeof mqttSchema> {
  const shown = target ?? { ...NEW_BROKER, isEnabled: false, id: null, url: null, isPrivateAllowed: false };
  return {
    id: shown.id,
    enabled: shown.isEnabled,
    url: shown.url === null ? null : redactUrl(shown.url),
    username: shown.username,
    hasPassword: shown.password !== null,
    clientId: shown.clientId ?? "platekit",
    topicPrefix: shown.topicPrefix,
    discoveryPrefix: shown.discoveryPrefix,
    certificateAuthority: shown.caPem,
    allowPrivate: shown.isPrivateAllowed,
    events: knownEvents(shown.events),
    connected: shown.id !== null && intake.isMqttConnected(shown.id),
    lastError: null,
  };
}

function deliveryOnWire(delivery: StoredDelivery, names: ReadonlyMap<string, string>): Delivery {
  const { id, targetKind, targetId, event, passageId, state, attempts, lastStatus, lastError } = delivery;
  return {
    ...{ id, targetId, event, passageId, state, attempts, lastStatus, lastError },
    target: targetKind,
    targetName: names.get(targetId) ?? "removed",
    createdMs: delivery.createdAtMs,
    nextAttemptMs: state === "pending" ? delivery.nextAtMs : null,
    doneMs: delivery.doneAtMs,
  };
}
