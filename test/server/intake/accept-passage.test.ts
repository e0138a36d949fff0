/** On a real store. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import sharp from "sharp";
import type { Passage } from "../../../src/core/passage.ts";
import type { Message } from "../../../src/server/deliveries/message.ts";
import { createEventBus, type ServerEvent } from "../../../src/server/events.ts";
import { createAcceptPassage, type PassageDraft } from "../../../src/server/intake/accept-passage.ts";
import { createSetupCache } from "../../../src/server/intake/known-setup.ts";
import { createId } from "../../../src/store/ids.ts";
import { openStore } from "../../../src/store/open-store.ts";
import type { AlertRule, Camera, ListEntry, New, Store } from "../../../src/store/types.ts";
import { temporaryFolder } from "../../node/temporary-folder.ts";
import { webhookTo } from "../deliveries/receiver.ts";
import { storedPassage } from "../deliveries/stored-passage.ts";

const folder = await temporaryFolder();
after(() => folder[Symbol.asyncDispose]());
let stores = 0;

async function openAll(isPrivate = false) {
  const store = await openStore({ directory: folder.path(`store-${++stores}`) });
  after(() => store.close());
  const site = await store.sites.create({
    ...{ name: "North", kind: "generic", timeZone: "UTC", isPrivate, isReasonRequired: false, settings: {} },
  });
  const camera = await store.cameras.create(uploadCamera(site.id));
  const bus = createEventBus();
  const subscription = bus.subscribe();
  const setup = createSetupCache(store, Date.now);
  let woken = 0;
  const accept = createAcceptPassage({ store, setup, bus, wakeDeliveries: () => woken++ });
  const events = async (count: number): Promise<ServerEvent[]> => {
    const seen: ServerEvent[] = [];
    while (seen.length < count) seen.push((await subscription.next()).value as ServerEvent); // nothing is lost here
    return seen;
  };
  return { store, site, camera, setup, accept, events, woken: () => woken };
}

const uploadCamera = (siteId: string | null): New<Camera> => ({
  ...{ name: "Gate", siteId, kind: "upload", url: "", isEnabled: true, role: null, schedule: null, timeZone: null },
  ...{ roi: null, line: null, frameSize: null, regions: [], minPlateHeightPx: null, fps: null, settings: {} },
  ...{ retentionDays: null, retentionBytes: null },
});
const entryOf = (listId: string, text: string, fields: Partial<ListEntry> = {}): New<ListEntry> => ({
  ...{ listId, text, isWildcard: false, isLookAlike: false, label: null, note: null },
  ...{ validFromMs: null, validToMs: null, createdBy: null, ...fields },
});
const ruleOf = (fields: Partial<AlertRule>): New<AlertRule> => ({
  ...{ name: "Rule", isEnabled: true, condition: {}, timeZone: null, webhookIds: [], mqttTargetIds: [], quietMs: 0 },
  ...fields,
});
const { id: _, revision: __, createdAtMs: ___, updatedAtMs: ____, ...hook } = webhookTo("https://example.com/");

function draft(cameraId: string, fields: Partial<Passage> = {}, rest: Partial<PassageDraft> = {}): PassageDraft {
  const passage: Passage = { ...storedPassage(fields), id: createId(), ...fields };
  return { passage, cameraId, ...rest };
}

async function stolenList(store: Store): Promise<string> {
  const list = await store.lists.create({
    ...{ name: "Stolen", kind: "hotlist", siteId: null, description: "", isEnabled: true },
  });
  await store.lists.entries.create(entryOf(list.id, "ABC123", { label: "Red van", note: "armed" }));
  return list.id;
}

async function messages(store: Store): Promise<(Message & { targetId: string; key: string })[]> {
  const { rows } = await store.deliveries.page({}, { limit: 100 });
  return rows.map(({ payload, targetId, idempotencyKey }) => ({
    ...(JSON.parse(payload) as Message),
    ...{ targetId, key: idempotencyKey },
  }));
}

test("a passage that nothing asks for is stored and told, and nothing else", async () => {
  const { store, camera, site, accept, events, woken } = await openAll();
  const { isNew, passage } = await accept(draft(camera.id));
  assert.ok(isNew);
  assert.deepEqual([passage.text, passage.siteId, passage.isHashed], ["ABC123", site.id, false]);
  assert.deepEqual(await store.passages.get(passage.id), { ...(await store.passages.get(passage.id))!, ...passage });
  const [told] = await events(1);
  assert.deepEqual([told!.type, told!.payload], ["passage", passage]);
  assert.deepEqual([(await messages(store)).length, woken()], [0, 0]);
});

test("a listed plate: hits, alert and deliveries are on disk together, each with its key, and are told", async () => {
  const { store, camera, accept, events, woken } = await openAll();
  const listId = await stolenList(store);
  const all = await store.webhooks.create({ ...hook, name: "all" });
  const other = await store.webhooks.create({
    ...hook,
    name: "other camera",
    cameraIds: ["elsewhere"],
    events: ["passage"],
  });
  const named = await store.webhooks.create({ ...hook, name: "named by the rule", events: ["camera"] });
  await store.webhooks.create({ ...hook, name: "off", isEnabled: false });
  await store.alerts.rules.create(ruleOf({ condition: { listIds: [listId] }, webhookIds: [named.id] }));

  const { passage } = await accept(draft(camera.id));
  assert.deepEqual(
    passage.listHits.map(({ listName, match }) => [listName, match]),
    [["Stolen", "exact"]],
  );
  const sent = await messages(store);
  assert.deepEqual(
    sent.map(({ event, targetId }) => `${event} ${targetId}`).sort(),
    [`passage ${all.id}`, `alert ${all.id}`, `alert ${named.id}`].sort(),
  );
  assert.equal(sent.filter(({ targetId }) => targetId === other.id).length, 0);
  assert.equal(new Set(sent.map(({ key }) => key)).size, 3);
  for (const { id, key, known, passage: told, camera: where } of sent) {
    assert.equal(id, key);
    assert.deepEqual(known, { name: "Red van", listName: "Stolen", listKind: "hotlist", note: "armed" });
    assert.deepEqual([told?.text, told?.id, where.name], ["ABC123", passage.id, "Gate"]);
  }
  const alerts = (await store.alerts.page({})).rows;
  assert.deepEqual(
    alerts.map(({ reason, passageId }) => [reason, passageId]),
    [['on list "Stolen"', passage.id]],
  );
  const [, alert] = await events(2);
  assert.ok(alert!.type === "alert" && alert!.payload.id === alerts[0]!.id);
  assert.equal(woken(), 1);
});

test("the same passage sent twice, also at once, is stored, alerted and delivered once", async () => {
  const { store, camera, accept } = await openAll();
  await store.webhooks.create(hook);
  await store.alerts.rules.create(ruleOf({}));
  const same = draft(camera.id);
  const both = await Promise.all([accept(same), accept(same)]);
  assert.deepEqual([...both.map(({ isNew }) => isNew), (await accept(same)).isNew].sort(), [false, false, true]);
  assert.deepEqual([(await messages(store)).length, await store.alerts.countOpen()], [2, 1]);
});

test("first and nth visits and quiet times count passages that come at once one after the other", async () => {
  const { store, camera, accept } = await openAll();
  await store.alerts.rules.create(ruleOf({ name: "first", condition: { visit: 1 } }));
  await store.alerts.rules.create(ruleOf({ name: "third", condition: { visit: 3 } }));
  await store.alerts.rules.create(ruleOf({ name: "quiet", quietMs: 60_000 }));
  await Promise.all([1, 2, 3, 4].map((i) => accept(draft(camera.id, { firstTimeMs: 1000 * i, lastTimeMs: 1000 * i }))));
  const { rows } = await store.alerts.page({});
  assert.deepEqual(rows.map(({ ruleName, timeMs }) => `${ruleName} ${timeMs}`).sort(), [
    "first 1000",
    "quiet 1000",
    "third 3000",
  ]);
});

test("a list changed through this server counts from the next passage on", async () => {
  const { store, camera, accept, setup } = await openAll();
  assert.equal((await accept(draft(camera.id))).passage.listHits.length, 0);
  await stolenList(store);
  setup.forget();
  assert.equal((await accept(draft(camera.id))).passage.listHits.length, 1);
});

/** A frame of noise: squares of their mean are far from it. */
async function noise(): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 200 * 100 * 3 }, (_, i) => (i * 7919) % 251);
  return sharp(data, { raw: { width: 200, height: 100, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer();
}
async function meanDifference(
  a: Uint8Array,
  b: Uint8Array,
  area: { left: number; top: number; width: number; height: number },
) {
  const [one, other] = await Promise.all([a, b].map((bytes) => sharp(bytes).extract(area).raw().toBuffer()));
  return one!.reduce((sum, value, i) => sum + Math.abs(value - other![i]!), 0) / one!.length;
}

test("privacy: an unknown plate leaves no text and no picture of it anywhere; a listed one stays", async () => {
  const { store, camera, accept, events } = await openAll(true);
  await stolenList(store);
  await store.webhooks.create(hook);
  await store.alerts.rules.create(ruleOf({ condition: { visit: 2 } }));
  const picture = await noise();
  const pictures = { crop: picture, frame: picture };
  const reads = [
    { timeMs: 1, text: "SECRET1", confidence: 1, region: null, doubt: null, box: [0, 0, 1, 1], weight: 1 },
  ] as const;
  const secret = { text: "SECRET1", display: "SECRET 1", candidates: [{ text: "SECRET1", confidence: 1 }] };
  const characters = [..."SECRET1"].map((text) => ({ text, confidence: 1 }));
  const unknown = await accept(draft(camera.id, { ...secret, characters }, { pictures, reads }));
  await accept(draft(camera.id, { ...secret, firstTimeMs: 5000 }));
  const listed = await accept(draft(camera.id, {}, { pictures }));

  const hash = store.passages.hashPlate("SECRET1");
  assert.deepEqual([unknown.passage.text, unknown.passage.isHashed], [hash, true]);
  assert.deepEqual([listed.passage.text, listed.passage.isHashed], ["ABC123", false]);
  const alerts = (await store.alerts.page({})).rows;
  assert.deepEqual(
    alerts.map(({ text }) => text),
    [hash],
    "visits are counted by the hash",
  );
  const everything = JSON.stringify([
    await store.passages.get(unknown.passage.id),
    await messages(store),
    alerts,
    await events(4),
  ]);
  assert.ok(!everything.includes("SECRET"), everything);
  assert.ok((await messages(store)).some(({ passage }) => passage?.text === hash));

  const [crop, frame] = await Promise.all([
    store.pictures.get(unknown.passage.pictures.crop!),
    store.pictures.get(unknown.passage.pictures.frame!),
  ]);
  const plate = { left: 10, top: 20, width: 100, height: 30 };
  const elsewhere = { left: 130, top: 60, width: 60, height: 30 };
  assert.ok((await meanDifference(frame!, picture, plate)) > 20, "the plate is covered in the frame");
  assert.ok((await meanDifference(frame!, picture, elsewhere)) < 12, "the rest of the frame is not");
  assert.ok((await meanDifference(crop!, picture, elsewhere)) > 20, "the crop is covered whole");
  assert.deepEqual(await store.pictures.get(listed.passage.pictures.frame!), Buffer.from(picture));
});

test("a passage of a camera that is not there is refused, and nothing is told", async () => {
  const { accept, store } = await openAll();
  await store.webhooks.create(hook);
  await assert.rejects(accept(draft("nowhere")), { code: "STORE_INVALID" });
  assert.equal((await messages(store)).length, 0);
});
