import assert from "node:assert/strict";
import { test } from "node:test";
import { createEventBus, type EventBus, type Notification, type Subscription } from "../../src/server/events.ts";

const note = (text: string): Notification => ({ id: text, level: "message", text, timeMs: 0, cameraId: null });
const tile = (cameraId: string, version: number) => ({ cameraId, timeMs: 0, version });

async function take(subscription: Subscription, count: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const { value, done } = await subscription.next();
    if (done) break;
    taken.push(value.type === "notification" ? value.payload.text : [value.type, value.payload]);
  }
  return taken;
}

function publishTexts(bus: EventBus, ...texts: string[]): void {
  for (const text of texts) bus.publish("notification", note(text));
}

test("the bus without subscribers takes events and keeps nobody waiting", () => {
  publishTexts(createEventBus(), "a");
});

test("a subscriber gets events in order, before and after it begins to wait", async () => {
  const bus = createEventBus();
  const subscription = bus.subscribe();
  publishTexts(bus, "a", "b");
  const taking = take(subscription, 3);
  setTimeout(() => publishTexts(bus, "c"), 5);
  assert.deepEqual(await taking, ["a", "b", "c"]);
});

test("a slow subscriber loses the oldest events, is told how many, and delays no other", async () => {
  const bus = createEventBus();
  const slow = bus.subscribe({ limit: 2 });
  const quick = bus.subscribe();
  publishTexts(bus, "a", "b", "c", "d");
  assert.deepEqual(await take(quick, 4), ["a", "b", "c", "d"]);
  assert.deepEqual(await take(slow, 3), [["lost", { count: 2 }], "c", "d"]);
});

test("a newer tile of a camera replaces the one that waits, and is lost before a passage is", async () => {
  const bus = createEventBus();
  const subscription = bus.subscribe({ limit: 2 });
  bus.publish("frame", tile("one", 1));
  bus.publish("frame", tile("two", 1));
  bus.publish("frame", tile("one", 2));
  publishTexts(bus, "a");
  assert.deepEqual(await take(subscription, 3), [["lost", { count: 1 }], ["frame", tile("one", 2)], "a"]);
});

test("types and filter leave events out", async () => {
  const bus = createEventBus();
  const subscription = bus.subscribe({
    types: ["notification"],
    filter: (event) => event.type !== "notification" || event.payload.text !== "secret",
  });
  bus.publish("frame", tile("one", 1));
  publishTexts(bus, "secret", "open");
  assert.deepEqual(await take(subscription, 1), ["open"]);
});

test("who comes back gets what was told meanwhile, and sequences grow over a restart", async () => {
  let nowMs = 1000;
  const bus = createEventBus(() => nowMs);
  const first = bus.subscribe();
  publishTexts(bus, "a", "b");
  const { value } = await first.next();
  assert.deepEqual(await take(bus.subscribe({ afterSequence: value!.sequence }), 1), ["b"]);
  nowMs = 2000;
  const later = createEventBus(() => nowMs);
  const subscription = later.subscribe();
  publishTexts(later, "c");
  assert.ok((await subscription.next()).value!.sequence > value!.sequence);
});

test("leaving, aborting and closing the bus each end a subscription", async () => {
  const bus = createEventBus();
  const abort = new AbortController();
  const left = bus.subscribe();
  publishTexts(bus, "a");
  for await (const _ of left) break;
  const aborted = bus.subscribe({ signal: abort.signal });
  const waiting = aborted.next();
  abort.abort();
  assert.equal((await waiting).done, true);
  assert.equal((await bus.subscribe({ signal: abort.signal }).next()).done, true);
  const closed = bus.subscribe();
  assert.equal(bus.subscribers, 1);
  bus.close();
  assert.equal((await closed.next()).done, true);
  assert.equal(bus.subscribers, 0);
});
