/** Connections to MQTT 5 brokers, one a target: kept open for availability and discovery, deliveries published on them. */
import { isIP, type LookupFunction } from "node:net";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { PlateKitError } from "../../core/errors.ts";
import type { Camera, Delivery, MqttTarget } from "../../store/types.ts";
import { type CheckedAddress, checkedAddress, type LookupAll } from "./checked-address.ts";
import { discoveryOf, type Publication, publicationsOf, statusTopic, withoutDiscovery } from "./home-assistant.ts";
import type { Message } from "./message.ts";
import { retryDelayMs } from "./retry.ts";
import type { Outcome } from "./webhook.ts";

export interface MqttStatus {
  readonly isConnected: boolean;
  readonly lastError: string | null;
}

export interface MqttSender {
  /** Never throws for what is the broker's fault or the network's. Resolves once the broker has it (QoS 1). */
  send(target: MqttTarget, delivery: Pick<Delivery, "payload" | "idempotencyKey">): Promise<Outcome>;
  /**
   * Publishes at once under a topic of the caller's, past the outbox: in time or never, also where the broker keeps it for
   * somebody who is away. @throws what the broker or the network says.
   */
  tell(target: MqttTarget, topic: string, payload: string, withinMs: number): Promise<void>;
  /** Keeps connections to just these targets, and tells Home Assistant of just these cameras. */
  keep(targets: readonly MqttTarget[], cameras: readonly Pick<Camera, "id" | "name">[]): void;
  status(targetId: string): MqttStatus;
  /** Says offline, then leaves. */
  close(): Promise<void>;
}

export interface MqttSenderOptions {
  /** For connecting, and for each publication. Default 10 s. */
  readonly timeoutMs?: number | undefined;
  readonly lookupAll?: LookupAll | undefined;
  /** First delay before connecting again. Default 1 s, up to a minute. */
  readonly reconnectMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_RECONNECT_MS = 1000;
const MAX_RECONNECT_MS = 60_000;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "mqtt:": 1883, "mqtts:": 8883, "ws:": 80, "wss:": 443 };

interface Connection {
  readonly target: MqttTarget;
  client: MqttClient | null;
  connecting: Promise<MqttClient> | null;
  lastError: string | null;
  failures: number;
  isWanted: boolean;
  retry: NodeJS.Timeout | undefined;
  /** What Home Assistant was told of: id to name. */
  readonly discovered: Map<string, string>;
  /** Latest passage told, by camera. */
  readonly latestMs: Map<string, number>;
}

export function createMqttSender({
  timeoutMs = DEFAULT_TIMEOUT_MS,
  lookupAll,
  reconnectMs = DEFAULT_RECONNECT_MS,
}: MqttSenderOptions = {}): MqttSender {
  const connections = new Map<string, Connection>();
  let cameras: readonly Pick<Camera, "id" | "name">[] = [];
  let isClosed = false;

  function connectionOf(target: MqttTarget): Connection {
    let connection = connections.get(target.id);
    if (connection !== undefined && connection.target.revision !== target.revision) {
      void leave(connection);
      connection = undefined;
    }
    if (connection === undefined) {
      connection = {
        ...{ target, client: null, connecting: null, lastError: null, failures: 0, isWanted: true, retry: undefined },
        ...{ discovered: new Map<string, string>(), latestMs: new Map<string, number>() },
      };
      connections.set(target.id, connection);
    }
    return connection;
  }

  /** The open connection, or a new one. */
  function connected(connection: Connection): Promise<MqttClient> {
    if (connection.client?.connected) return Promise.resolve(connection.client);
    connection.connecting ??= connect(connection.target, timeoutMs, lookupAll)
      .then(async (client) => {
        if (!connection.isWanted) {
          client.end(true);
          throw new PlateKitError("READER_CLOSED", "The target was changed or removed while it was connected to.");
        }
        connection.client = client;
        connection.lastError = null;
        connection.failures = 0;
        client.on("error", (error) => {
          connection.lastError = error.message;
        });
        client.once("close", () => {
          if (connection.client === client) connection.client = null;
          reconnect(connection);
        });
        client.on("message", (topic, message) => {
          // Home Assistant came back, perhaps with an empty memory.
          if (topic.endsWith("/status") && message.toString() === "online") void discover(connection, client, true);
        });
        await publish(client, { topic: statusTopic(connection.target.topicPrefix), payload: "online", retain: true });
        await discover(connection, client, true);
        return client;
      })
      .catch((error: unknown) => {
        connection.lastError = errorText(error);
        connection.failures++;
        connection.client?.end(true);
        connection.client = null;
        reconnect(connection);
        throw error;
      })
      .finally(() => {
        connection.connecting = null;
      });
    return connection.connecting;
  }

  function reconnect(connection: Connection): void {
    if (!connection.isWanted || isClosed) return;
    clearTimeout(connection.retry);
    const policy = { firstMs: reconnectMs, maxMs: MAX_RECONNECT_MS };
    connection.retry = setTimeout(
      () => void connected(connection).catch(() => {}), // told by status, and tried again
      retryDelayMs(connection.failures, { ...policy, giveUpMs: 0, minAttempts: 0, breakAfter: 0 }),
    );
    connection.retry.unref();
  }

  async function discover(connection: Connection, client: MqttClient, isAnew: boolean): Promise<void> {
    const { topicPrefix, discoveryPrefix } = connection.target;
    if (discoveryPrefix === null) return;
    if (isAnew) {
      connection.discovered.clear();
      await client.subscribeAsync(`${discoveryPrefix}/status`, { qos: 0 });
    }
    const present = new Set(cameras.map(({ id }) => id));
    for (const id of connection.discovered.keys()) {
      if (present.has(id)) continue;
      connection.discovered.delete(id);
      for (const publication of withoutDiscovery(id, topicPrefix, discoveryPrefix)) await publish(client, publication);
    }
    for (const camera of cameras) {
      if (connection.discovered.get(camera.id) === camera.name) continue;
      connection.discovered.set(camera.id, camera.name);
      for (const publication of discoveryOf(camera, topicPrefix, discoveryPrefix)) await publish(client, publication);
    }
  }

  async function publish(client: MqttClient, { topic, payload, retain }: Publication, idempotencyKey?: string) {
    const userProperties =
      idempotencyKey === undefined ? {} : { userProperties: { "idempotency-key": idempotencyKey } };
    const properties = { contentType: "application/json", ...userProperties };
    await within(client.publishAsync(topic, payload, { qos: 1, retain, properties }), timeoutMs);
  }

  async function leave(connection: Connection): Promise<void> {
    connection.isWanted = false;
    clearTimeout(connection.retry);
    if (connections.get(connection.target.id) === connection) connections.delete(connection.target.id);
    const { client, target } = connection;
    if (client === null) return;
    if (client.connected) {
      // The last will speaks only for those who leave without a word.
      const offline = { topic: statusTopic(target.topicPrefix), payload: "offline", retain: true };
      await publish(client, offline).catch(() => {}); // leaving anyway
    }
    await within(client.endAsync(), 2000).catch(() => client.end(true));
  }

  return {
    async send(target, { payload, idempotencyKey }) {
      const connection = connectionOf(target);
      let client: MqttClient | undefined;
      try {
        client = await connected(connection);
        const message = JSON.parse(payload) as Message; // written by message.ts
        const latestMs = connection.latestMs.get(message.camera.id) ?? 0;
        const isLatest = message.timeMs >= latestMs;
        for (const publication of publicationsOf(message, payload, target.topicPrefix, isLatest)) {
          await publish(client, publication, idempotencyKey);
        }
        if (isLatest && message.event === "passage") connection.latestMs.set(message.camera.id, message.timeMs);
        return { isOk: true, status: null };
      } catch (error) {
        connection.lastError = errorText(error);
        // Whatever waits in the client would be sent a second time later.
        client?.end(true);
        return { isOk: false, status: null, error: errorText(error), retryAfterMs: null };
      }
    },
    async tell(target, topic, payload, withinMs) {
      const dueMs = performance.now() + withinMs;
      // Told after its time an order would move a barrier for nobody: a connection that comes late is not used.
      const client = await within(connected(connectionOf(target)), withinMs);
      const messageExpiryInterval = Math.ceil(withinMs / 1000);
      const properties = { contentType: "application/json", messageExpiryInterval };
      const publishing = client.publishAsync(topic, payload, { qos: 1, retain: false, properties });
      await within(publishing, Math.max(1, dueMs - performance.now())).catch((error: unknown) => {
        publishing.catch(() => {}); // its failure is told by the error above
        // Whatever waits in the client would be sent later.
        client.end(true);
        throw error;
      });
    },
    keep(targets, present) {
      cameras = present;
      const wanted = new Set(targets.filter(({ isEnabled }) => isEnabled).map(({ id }) => id));
      for (const connection of [...connections.values()]) {
        if (!wanted.has(connection.target.id)) void leave(connection);
      }
      for (const target of targets) {
        if (!target.isEnabled || isClosed) continue;
        const connection = connectionOf(target);
        const { client } = connection;
        if (client?.connected)
          void discover(connection, client, false).catch(() => {}); // anew after the next connect
        else if (connection.retry === undefined) void connected(connection).catch(() => {}); // told by status
      }
    },
    status(targetId) {
      const connection = connections.get(targetId);
      return { isConnected: connection?.client?.connected ?? false, lastError: connection?.lastError ?? null };
    },
    async close() {
      isClosed = true;
      await Promise.all([...connections.values()].map(leave));
    },
  };
}

/** @throws PlateKitError ADDRESS_REFUSED, ADDRESS_UNKNOWN, and whatever the broker says. */
async function connect(target: MqttTarget, timeoutMs: number, lookupAll?: LookupAll): Promise<MqttClient> {
  const url = new URL(target.url);
  const port = DEFAULT_PORTS[url.protocol];
  if (port === undefined) {
    throw new PlateKitError("ADDRESS_REFUSED", `${url.protocol}// is no address of a broker; use mqtt:// or mqtts://.`);
  }
  const policy = { allowPrivate: target.isPrivateAllowed, allowLoopback: target.isPrivateAllowed };
  const checked = await within(checkedAddress(url.hostname, policy, lookupAll), timeoutMs);
  const username = target.username ?? (url.username === "" ? null : decodeURIComponent(url.username));
  const password = target.password ?? (url.password === "" ? null : decodeURIComponent(url.password));
  const options: IClientOptions = {
    ...placeOf(url, checked, port),
    protocolVersion: 5,
    clientId: target.clientId ?? `platekit-${target.id}`.slice(0, 23),
    clean: true,
    keepalive: 30,
    reconnectPeriod: 0, // done here: every connection checks the address anew
    connectTimeout: timeoutMs,
    queueQoSZero: false,
    resubscribe: false,
    will: { topic: statusTopic(target.topicPrefix), payload: Buffer.from("offline"), qos: 1, retain: true },
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(target.caPem === null ? {} : { ca: [target.caPem] }),
  };
  const client = mqtt.connect(options);
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    client.once("connect", () => resolve(client));
    client.on("error", (error) => {
      failure = error;
    });
    client.once("close", () => {
      client.end(true);
      reject(failure ?? new PlateKitError("STREAM_LOST", "The broker closed the connection before it answered."));
    });
  });
}

/** The checked address, with the name where TLS and web sockets need it. */
function placeOf(url: URL, { address, family }: CheckedAddress, defaultPort: number): IClientOptions {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = url.port === "" ? defaultPort : Number(url.port);
  const protocol = url.protocol.slice(0, -1) as NonNullable<IClientOptions["protocol"]>; // one of DEFAULT_PORTS
  if (protocol === "ws" || protocol === "wss") {
    const lookup: LookupFunction = (_host, options, done) =>
      options.all ? done(null, [{ address, family }]) : done(null, address, family);
    return { protocol, hostname, host: hostname, port, path: `${url.pathname}${url.search}`, wsOptions: { lookup } };
  }
  const servername = isIP(hostname) === 0 ? { servername: hostname } : {};
  return { protocol, host: address, port, ...servername };
}

async function within<Value>(work: Promise<Value>, timeoutMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new PlateKitError("STREAM_LOST", `The broker gave no answer within ${timeoutMs / 1000} s.`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? ` (${error.code})` : "";
  const text = error.message === "" ? error.name : error.message;
  return error instanceof PlateKitError ? text : `${text.replace(/[\p{C}\s]+/gu, " ").slice(0, 200)}${code}`;
}
