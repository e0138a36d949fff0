import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cameraDeliveries,
  knownVehicle,
  type PassageToSend,
  passageDeliveries,
  type Targets,
} from "../../../src/server/deliveries/message.ts";
import type { ListHit } from "../../../src/store/types.ts";
import { mqttTargetTo } from "./mosquitto.ts";
import { webhookTo } from "./receiver.ts";
import { storedPassage } from "./stored-passage.ts";

let ids = 0;
const nextId = (): string => `id-${++ids}`;
const camera = { id: "gate", name: "Gate" };
const { receivedAtMs: _, ...passage } = storedPassage();
const plain: PassageToSend = { passage, camera, known: null, alerts: [] };
const alert = { id: "alert", ruleId: "rule", ruleName: "Rule", reason: "first visit" };
const alerted = (fields = {}): PassageToSend => ({
  ...plain,
  alerts: [{ alert, webhookIds: [], mqttTargetIds: [], ...fields }],
});
const hook = (fields = {}): Targets => ({ webhooks: [webhookTo("https://a.example/", fields)], mqttTargets: [] });
const broker = (fields = {}): Targets => ({ webhooks: [], mqttTargets: [mqttTargetTo(1883, fields)] });

const cases: readonly { name: string; sent: PassageToSend; targets: Targets; expected: readonly string[] }[] = [
  { name: "no targets", sent: alerted(), targets: { webhooks: [], mqttTargets: [] }, expected: [] },
  { name: "a hook for everything", sent: alerted(), targets: hook(), expected: ["webhook passage", "webhook alert"] },
  { name: "a hook for passages", sent: alerted(), targets: hook({ events: ["passage"] }), expected: ["webhook passage"] },
  { name: "a hook that is off, though a rule names it", sent: alerted({ webhookIds: ["hook"] }), targets: hook({ isEnabled: false }), expected: [] },
  { name: "a hook that only a rule names", sent: alerted({ webhookIds: ["hook"] }), targets: hook({ events: ["camera"] }), expected: ["webhook alert"] },
  { name: "a hook that wants it and is named too gets it once", sent: alerted({ webhookIds: ["hook"] }), targets: hook({ events: ["alert"] }), expected: ["webhook alert"] },
  { name: "a hook of another camera", sent: alerted(), targets: hook({ cameraIds: ["exit"] }), expected: [] },
  { name: "a broker that a rule names", sent: alerted({ mqttTargetIds: ["broker"] }), targets: broker({ events: ["camera"] }), expected: ["mqtt alert"] },
]; // biome-ignore format: one case a line
for (const { name, sent, targets, expected } of cases) {
  test(`passageDeliveries: ${name}`, () => {
    const deliveries = passageDeliveries(sent, targets, nextId);
    assert.deepEqual(
      deliveries.map(({ targetKind, event }) => `${targetKind} ${event}`),
      expected,
    );
    for (const { id, idempotencyKey, payload } of deliveries) {
      assert.ok(id !== undefined && id === idempotencyKey && JSON.parse(payload).id === id);
    }
  });
}

test("passageDeliveries: the message says what happened, when and where, and which rule was set off", () => {
  const [, second] = passageDeliveries(alerted(), hook(), nextId);
  const message = JSON.parse(second!.payload);
  assert.deepEqual([message.schema, message.event, message.timeMs, message.camera], [1, "alert", 1000, camera]);
  assert.deepEqual([message.alert, message.passage.text], [alert, "ABC123"]);
});

test("cameraDeliveries: what became of a camera goes to those who asked", () => {
  const change = { state: "failed", message: "is silent", timeMs: 5 };
  assert.deepEqual(cameraDeliveries(camera, change, hook({ events: ["passage"] }), nextId), []);
  const [sent] = cameraDeliveries(camera, change, hook({ events: ["camera"] }), nextId);
  assert.deepEqual(JSON.parse(sent!.payload), { schema: 1, id: sent!.id, event: "camera", camera, ...change });
});

test("knownVehicle: the label of the entry that tells most, else its text", () => {
  const hit: ListHit = {
    ...{ listId: "l", listName: "Staff", listKind: "allow", entryId: "e", entryText: "AB*", probability: 1 },
    match: "wildcard",
  };
  assert.equal(knownVehicle([]), null);
  assert.equal(knownVehicle([{ hit, entry: { label: "Anna", note: null } }])?.name, "Anna");
  assert.equal(knownVehicle([{ hit, entry: { label: null, note: "x" } }])?.name, "AB*");
});
