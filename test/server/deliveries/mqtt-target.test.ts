/** Against Debian's mosquitto. */
import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { after, test } from "node:test";
import mqtt, { type IPublishPacket, type MqttClient } from "mqtt";
import type { Message } from "../../../src/server/deliveries/message.ts";
import { createMqttSender } from "../../../src/server/deliveries/mqtt-target.ts";
import { createBroker, mqttTargetTo, skipMosquitto } from "./mosquitto.ts";
import { until } from "./receiver.ts";
import { storedPassage } from "./stored-passage.ts";

const skip = skipMosquitto;
const gate = { id: "gate", name: "North gate" };

function delivery(fields: Partial<Message> = {}): { payload: string; idempotencyKey: string } {
  const { receivedAtMs: _, ...passage } = storedPassage(fields.passage ?? {});
  const message: Message = {
    ...{ schema: 1, id: "delivery-1", event: "passage", timeMs: 1000, camera: gate, known: null, ...fields, passage },
  };
  return { payload: JSON.stringify(message), idempotencyKey: message.id };
}

/** Everything the broker tells, retained or not. */
async function listen(
  port: number,
): Promise<{ client: MqttClient; packets: IPublishPacket[]; last(topic: string): string }> {
  const client = await mqtt.connectAsync({ host: "127.0.0.1", port, protocolVersion: 5, reconnectPeriod: 0 });
  const packets: IPublishPacket[] = [];
  client.on("message", (_topic, _payload, packet) => packets.push(packet));
  await client.subscribeAsync("#", { qos: 1 });
  after(() => client.end(true));
  const last = (topic: string): string =>
    packets.findLast((packet) => packet.topic === topic)?.payload.toString() ?? "";
  return { client, packets, last };
}

test("MQTT: passages, the last plate and the last known vehicle reach Home Assistant's topics", {
  skip,
  timeout: 20_000,
}, async () => {
  const broker = await createBroker();
  await broker.start();
  const { packets, last, client } = await listen(broker.port);
  const sender = createMqttSender({ timeoutMs: 3000 });
  const target = mqttTargetTo(broker.port);
  sender.keep([target], [gate]);

  assert.deepEqual(await sender.send(target, delivery()), { isOk: true, status: null });
  const known = { name: "Anna", listName: "Staff", listKind: "allow", note: null };
  await sender.send(
    target,
    delivery({ id: "delivery-2", timeMs: 3000, known, passage: storedPassage({ text: "XY9" }) }),
  );
  await sender.send(target, delivery({ id: "delivery-0", timeMs: 500, passage: storedPassage({ text: "LATE" }) }));
  assert.ok(await until(() => packets.some(({ payload }) => payload.toString().includes("LATE"))));

  assert.equal(last("platekit/status"), "online");
  assert.equal(
    JSON.parse(last("platekit/gate/last_plate")).text,
    "XY9",
    "a delivery that comes late is not the last plate",
  );
  assert.equal(JSON.parse(last("platekit/gate/last_known_vehicle")).name, "Anna");
  const messages = packets.filter(({ topic }) => topic === "platekit/gate/passage");
  assert.deepEqual(
    messages.map(({ payload }) => JSON.parse(payload.toString()).id),
    ["delivery-1", "delivery-2", "delivery-0"],
  );
  for (const { topic, properties, payload } of packets) {
    if (!topic.startsWith("platekit/gate/")) continue;
    assert.ok(String(properties?.userProperties?.["idempotency-key"]).startsWith("delivery-"), `${topic} ${payload}`);
  }

  const sensor = JSON.parse(last("homeassistant/sensor/platekit_gate/last_plate/config"));
  assert.equal(sensor.state_topic, "platekit/gate/last_plate");
  assert.deepEqual(sensor.device.name, "North gate");
  assert.equal(sensor.availability_topic, "platekit/status");
  assert.ok(last("homeassistant/event/platekit_gate/passage/config").includes('"event_types"'));

  // Home Assistant comes back: everything is told again.
  const before = packets.length;
  await client.publishAsync("homeassistant/status", "online");
  assert.ok(await until(() => packets.slice(before).some(({ topic }) => topic.endsWith("/last_plate/config"))));
  // A camera that is gone takes its entities along.
  sender.keep([target], []);
  assert.ok(await until(() => last("homeassistant/sensor/platekit_gate/last_plate/config") === ""));

  await sender.close();
  assert.ok(await until(() => last("platekit/status") === "offline"), "it says that it leaves");
});

test("MQTT: a broker that dies and comes back is connected again, and meanwhile the failure is told", {
  skip,
  timeout: 30_000,
}, async () => {
  const broker = await createBroker();
  await broker.start();
  const sender = createMqttSender({ timeoutMs: 1500, reconnectMs: 100 });
  const target = mqttTargetTo(broker.port);
  sender.keep([target], [gate]);
  assert.ok(await until(() => sender.status(target.id).isConnected));
  await broker.kill();
  assert.ok(await until(() => !sender.status(target.id).isConnected));
  const failed = await sender.send(target, delivery());
  assert.match(failed.isOk ? "" : failed.error, /ECONNREFUSED|closed/);
  await broker.start();
  const { last } = await listen(broker.port);
  assert.ok(await until(() => sender.status(target.id).isConnected), "without anything to send");
  assert.equal((await sender.send(target, delivery())).isOk, true);
  assert.ok(await until(() => last("platekit/status") === "online"));
  await sender.close();
});

test("MQTT: the last will says offline when the connection breaks", { skip, timeout: 20_000 }, async () => {
  const broker = await createBroker();
  await broker.start();
  const { last } = await listen(broker.port);
  // A wire that can be cut.
  const wires = new Set<Socket>();
  const relay = createServer((socket) => {
    const onward = connect(broker.port, "127.0.0.1");
    socket.pipe(onward).pipe(socket);
    for (const end of [socket, onward]) {
      wires.add(end);
      end.on("error", () => {});
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  after(() => relay.close());
  const { port } = relay.address() as AddressInfo;
  const sender = createMqttSender({ timeoutMs: 1500, reconnectMs: 60_000 });
  sender.keep([mqttTargetTo(port)], []);
  assert.ok(await until(() => last("platekit/status") === "online"));
  relay.close();
  for (const end of wires) end.resetAndDestroy();
  assert.ok(await until(() => last("platekit/status") === "offline"));
  await sender.close();
});

test("MQTT over TLS: the broker's certificate must be of the authority given, and of the name", {
  skip,
  timeout: 30_000,
}, async () => {
  const broker = await createBroker({ tls: true, password: "s3cret" });
  await broker.start();
  const sender = createMqttSender({ timeoutMs: 3000 });
  let tried = 0;
  const outcomeOf = async (fields: Parameters<typeof mqttTargetTo>[1]): Promise<string> => {
    const id = `broker-${++tried}`;
    const login = { username: "platekit", password: "s3cret", caPem: broker.caPem };
    const outcome = await sender.send(mqttTargetTo(broker.port, { ...login, ...fields, id }), delivery());
    return outcome.isOk ? "sent" : outcome.error;
  };
  const url = `mqtts://localhost:${broker.port}`;
  assert.equal(await outcomeOf({ url }), "sent");
  assert.match(await outcomeOf({ url, caPem: null }), /self.signed certificate|unable to (verify|get)/i);
  assert.match(await outcomeOf({ url: `mqtts://127.0.0.1:${broker.port}` }), /IP: 127.0.0.1 is not in the cert/);
  assert.match(await outcomeOf({ url, password: "wrong" }), /Not authorized|Bad User Name or Password/);
  assert.match(await outcomeOf({ url, isPrivateAllowed: false }), /loopback address, which is not allowed/);
  assert.match(await outcomeOf({ url: "mqtts://169.254.169.254" }), /metadata address/);
  await sender.close();
});
