/** The outbox of a real store, to a real receiver that works, fails, hangs or is away. */
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { startDeliveries } from "../../../src/server/deliveries/deliver.ts";
import { createId } from "../../../src/store/ids.ts";
import { openStore } from "../../../src/store/open-store.ts";
import type { Delivery } from "../../../src/store/types.ts";
import { temporaryFolder } from "../../node/temporary-folder.ts";
import { answer, type Receiver, startReceiver, until, webhookTo } from "./receiver.ts";

const folder = await temporaryFolder();
after(() => folder[Symbol.asyncDispose]());
const store = await openStore({ directory: folder.path("store") });
after(() => store.close());
let hooks = 0;

async function hookFor({ url }: { url: string }, fields = {}): Promise<string> {
  const { id: _, revision: __, createdAtMs: ___, updatedAtMs: ____, ...hook } = webhookTo(url, fields);
  return (await store.webhooks.create({ ...hook, name: `Hook ${++hooks}` })).id;
}

async function enqueue(targetId: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => createId());
  await store.deliveries.enqueue(
    ids.map((id) => ({
      id,
      targetKind: "webhook" as const,
      targetId,
      event: "passage",
      payload: JSON.stringify({ id }),
    })),
  );
  return ids;
}

async function all(targetId: string): Promise<readonly Delivery[]> {
  return (await store.deliveries.page({ targetIds: [targetId] }, { limit: 500 })).rows;
}

const keysOf = ({ received }: Receiver): string[] => received.map(({ headers }) => String(headers["idempotency-key"]));
const quick = { pollMs: 50, timeoutMs: 8000, retry: { firstMs: 20, maxMs: 100 } };

/** What a test leaves in the outbox must not be sent by the next. */
async function emptyOutbox(): Promise<void> {
  const { rows } = await store.deliveries.page({ states: ["pending"] }, { limit: 500 });
  await store.deliveries.discard(rows.map(({ id }) => id));
}
afterEach(emptyOutbox);

test("an empty outbox sends nothing, and stops at once", async () => {
  const deliverer = startDeliveries({ store, ...quick, pollMs: 60_000 });
  const startMs = Date.now();
  await deliverer.stop();
  assert.ok(Date.now() - startMs < 20_000);
});

test("everything due is sent once, each with its own idempotency key, and noted", async () => {
  const receiver = await startReceiver();
  const target = await hookFor(receiver);
  const ids = await enqueue(target, 25);
  const deliverer = startDeliveries({ store, ...quick });
  assert.ok(await until(async () => (await all(target)).every(({ state }) => state === "done")));
  await deliverer.stop();
  assert.deepEqual(keysOf(receiver).sort(), ids.sort());
  assert.deepEqual(deliverer.counters(), { delivered: 25, failed: 0, dead: 0 });
  assert.equal((await all(target))[0]!.lastStatus, 204);
});

test("a receiver that answers 500, then hangs, then hangs up, gets everything once it works, under the same keys", async () => {
  const receiver = await startReceiver();
  let requests = 0;
  receiver.behave((request, response) => {
    requests++;
    if (requests <= 3) answer(500)(request, response);
    else if (requests === 4)
      return; // hangs
    else if (requests === 5) response.destroy();
    else answer(200)(request, response);
  });
  const target = await hookFor(receiver);
  const ids = await enqueue(target, 6);
  const deliverer = startDeliveries({ store, ...quick, timeoutMs: 1500 });
  assert.ok(await until(async () => (await all(target)).every(({ state }) => state === "done"), 20_000));
  await deliverer.stop();
  const keys = keysOf(receiver);
  assert.deepEqual([...new Set(keys)].sort(), ids.sort());
  assert.ok(keys.length >= 11, `${keys.length} requests: six, and one more for each failure`);
});

test("a target that hangs and one that is away delay no other, and are not given up", async () => {
  const [hanging, good] = [await startReceiver(), await startReceiver()];
  hanging.behave(() => {});
  const gone = await startReceiver();
  await gone.close();
  const targets = await Promise.all([hanging, gone, good].map((receiver) => hookFor(receiver)));
  for (const target of targets) await enqueue(target, 12);
  const deliverer = startDeliveries({ store, ...quick, timeoutMs: 20_000 });
  assert.ok(
    await until(async () => (await all(targets[2]!)).every(({ state }) => state === "done"), 15_000),
    "before the first timeout",
  );
  assert.ok(await until(() => deliverer.laneStatus(targets[1]!).restUntilMs !== null));
  assert.ok((await all(targets[1]!)).every(({ state }) => state === "pending"));

  const back = await startReceiver(gone.port);
  assert.ok(await until(async () => (await all(targets[1]!)).every(({ state }) => state === "done"), 30_000));
  assert.equal(new Set(keysOf(back)).size, 12);
  assert.equal((await store.webhooks.get(targets[1]!))!.isEnabled, true);
  await deliverer.stop(100);
});

test("a target that only fails is probed, not hammered", async () => {
  const receiver = await startReceiver();
  receiver.behave(answer(503));
  const target = await hookFor(receiver);
  await enqueue(target, 100);
  const startMs = performance.now();
  const deliverer = startDeliveries({ store, ...quick });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const soFar = receiver.received.length;
  // Those under way before it is found to fail, then one after each rest of half a second at least; hammered it gets hundreds.
  const most = 20 + (performance.now() - startMs) / 500;
  // On a machine at work elsewhere the first ones take their time.
  const isTried = await until(() => receiver.received.length >= 5, 15_000);
  await deliverer.stop();
  assert.ok(isTried && soFar <= most, `${soFar} requests, then ${receiver.received.length}`);
});

test("given up after its time, a delivery is dead with its reason, and a replay sends it under its old key", async () => {
  const receiver = await startReceiver();
  receiver.behave(answer(422, "no such field"));
  const target = await hookFor(receiver);
  const [id] = await enqueue(target, 1);
  const deliverer = startDeliveries({ store, ...quick, retry: { ...quick.retry, giveUpMs: 0, minAttempts: 3 } });
  assert.ok(await until(async () => (await store.deliveries.get(id!))!.state === "dead"));
  const dead = (await store.deliveries.get(id!))!;
  assert.deepEqual([dead.attempts, dead.lastStatus], [3, 422]);
  assert.match(dead.lastError!, /answered 422: no such field/);
  receiver.behave(answer(200));
  assert.equal(await store.deliveries.replay({ targetId: target }, Date.now()), 1);
  deliverer.wake();
  assert.ok(await until(async () => (await store.deliveries.get(id!))!.state === "done"));
  await deliverer.stop();
  assert.deepEqual(new Set(keysOf(receiver)), new Set([id]));
});

test("a target that is off keeps its deliveries until it is on; one that was removed makes them dead", async () => {
  const receiver = await startReceiver();
  const off = await hookFor(receiver, { isEnabled: false });
  const removed = await hookFor(receiver);
  const [kept] = await enqueue(off, 1);
  const [lost] = await enqueue(removed, 1);
  await store.webhooks.remove(removed);
  const deliverer = startDeliveries({ store, ...quick });
  assert.ok(await until(async () => ((await store.deliveries.get(lost!))?.state ?? "dead") === "dead"));
  assert.deepEqual([(await store.deliveries.get(kept!))!.state, receiver.received.length], ["pending", 0]);
  await store.webhooks.update(off, { isEnabled: true });
  assert.ok(await until(async () => (await store.deliveries.get(kept!))!.state === "done"));
  await deliverer.stop();
});

test("whoever dies while sending leaves the delivery to the next, which sends it again under its key", async () => {
  const receiver = await startReceiver();
  const target = await hookFor(receiver);
  const [id] = await enqueue(target, 1);
  // A claim without a word afterwards, as a process that was killed leaves it.
  const nowMs = Date.now();
  const claimed = await store.deliveries.claimDue({ limit: 9, targetId: target, nowMs, leaseUntilMs: nowMs + 600 });
  assert.equal(claimed.length, 1);
  const deliverer = startDeliveries({ store, ...quick });
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(receiver.received.length, 0, "not while the lease lasts");
  assert.ok(await until(() => receiver.received.length === 1));
  await deliverer.stop();
  assert.deepEqual(keysOf(receiver), [id]);
});

test("sendTest tells at once how a target answers, past the outbox", async () => {
  const receiver = await startReceiver();
  receiver.behave(answer(401, "who are you"));
  const target = await hookFor(receiver);
  const deliverer = startDeliveries({ store, ...quick });
  const outcome = await deliverer.sendTest("webhook", target);
  assert.ok(outcome !== null && !outcome.isOk && outcome.status === 401 && outcome.tookMs >= 0);
  assert.equal(receiver.received[0]!.headers["platekit-event"], "test");
  assert.equal(await deliverer.sendTest("webhook", createId()), null);
  assert.equal((await all(target)).length, 0);
  await deliverer.stop();
});
