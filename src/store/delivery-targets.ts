/** Where deliveries go: webhooks and MQTT brokers. */
import { collection } from "./collection.ts";
import type { Database } from "./database.ts";
import type { MqttTarget, MqttTargets, Webhook, Webhooks } from "./delivery-types.ts";

export function createWebhooks(database: Database, nowMs: () => number): Webhooks {
  return collection<Webhook>(database, nowMs, {
    table: "webhook",
    columns: { name: ({ name }) => name },
    fields: { name: ({ name }) => name },
    defaults: { isEnabled: true, secrets: [], isPrivateAllowed: false, events: [], cameraIds: [], headers: {} },
  });
}

export function createMqttTargets(database: Database, nowMs: () => number): MqttTargets {
  return collection<MqttTarget>(database, nowMs, {
    table: "mqtt_target",
    columns: { name: ({ name }) => name },
    fields: { name: ({ name }) => name },
    defaults: {
      isEnabled: true,
      username: null,
      password: null,
      caPem: null,
      clientId: null,
      topicPrefix: "platekit",
      discoveryPrefix: null,
      isPrivateAllowed: false,
      events: [],
      cameraIds: [],
    },
  });
}
