import assert from "node:assert/strict";
import { test } from "node:test";
import { createEventBus } from "../../../src/server/events.ts";
import { createSiteService } from "../../../src/server/sites/site-service.ts";
import type { Site, SiteRecord, SiteRecordKind } from "../../../src/store/types.ts";
import { onBothDatabases } from "../../store/both-databases.ts";
import { madePassage, newCamera } from "../../store/made-passage.ts";

const START_MS = Date.parse("2026-03-02T09:00:00Z");

onBothDatabases("roads", (opened) => {
  let count = 0;

  /** A site with two cameras and its rules running. @param settingsOf from the ids of the cameras. */
  async function startSite(kind: Site["kind"], settingsOf: (a: string, b: string) => object) {
    const { store } = opened;
    const name = `${kind} ${++count}`;
    const cameras = [
      await store.cameras.create(newCamera(`${name} a`)),
      await store.cameras.create(newCamera(`${name} b`)),
    ];
    const [a, b] = cameras.map(({ id }) => id) as [string, string];
    const site = await store.sites.create({
      ...{ name, kind, timeZone: "UTC", isPrivate: false, isReasonRequired: false },
      settings: { [kind]: settingsOf(a, b) },
    });
    const bus = createEventBus();
    const start = () => createSiteService({ store, bus, tellBrokers: async () => {}, nowMs: () => opened.nowMs });
    let service = start();
    let seen = 0;
    const nextId = () => `${name.replace(" ", "-")}-${++seen}`;
    const seenAt = (id: string, text: string, seconds: number, confidence: number) => {
      const timeMs = START_MS + seconds * 1000;
      return madePassage(text, {
        ...{ id, confidence, firstTimeMs: timeMs, lastTimeMs: timeMs + 500 },
        characters: [...text].map((one) => ({ text: one, confidence: confidence ** (1 / text.length) })),
        candidates: [{ text, confidence }],
      });
    };
    return {
      ...{ site, bus },
      async restart() {
        await service.close();
        service = start();
      },
      async pass(camera: "a" | "b", text: string, seconds: number, confidence = 0.999, id = nextId()): Promise<string> {
        const cameraId = camera === "a" ? a : b;
        const passage = seenAt(id, text, seconds, confidence);
        const stored = (await store.passages.append({ passage, cameraId, siteId: site.id })).passage;
        service.hooks.onStored(stored);
        return id;
      },
      async preview(camera: "a" | "b", text: string, seconds: number, id = nextId(), confidence = 0.99) {
        const cameraId = camera === "a" ? a : b;
        service.hooks.onPreview({ passage: seenAt(id, text, seconds, confidence), cameraId, siteId: site.id });
        return id;
      },
      async records(kind: SiteRecordKind): Promise<readonly SiteRecord[]> {
        await service.runner.idle();
        return store.siteRecords.list({ siteId: site.id, kind });
      },
      settle: (nowMs: number) =>
        service.runner.act(site.id, (state, rules) => ({ ...rules.settle(state, nowMs), answer: null })),
      async [Symbol.asyncDispose]() {
        await service.close();
      },
    };
  }

  const wanted = async (text: string, note: string): Promise<string> => {
    const { lists } = opened.store;
    const list = await lists.create({
      ...{ name: `wanted ${count} ${text}`, kind: "hotlist", siteId: null, description: "", isEnabled: true },
    });
    const { id } = await lists.entries.create({
      ...{ listId: list.id, text, note, isWildcard: false, isLookAlike: true, label: null, createdBy: null },
      ...{ validFromMs: null, validToMs: null },
    });
    return id;
  };

  const toll = (a: string, b: string) => ({
    ...{ currency: "EUR", classes: ["car"], threshold: 0.99, knownShare: 0.7 },
    gantries: [
      { id: "E", name: "East", kind: "entry", metre: 0, cameras: [{ cameraId: a, lane: "1" }] },
      { id: "X", name: "West", kind: "exit", metre: 20_000, cameras: [{ cameraId: b, lane: "1" }] },
    ],
    tariffs: [{ id: "t", fromMs: 0, per100Km: { car: 1000 } }],
  });

  test("a trip is charged once, in the books too, also when the rules start anew between its ends", async () => {
    await using road = await startSite("toll", toll);
    await opened.store.siteRecords.write(road.site.id, { put: [account("acme", "AB1234")] });
    await road.restart();
    await road.pass("a", "AB1234", 0);
    await road.records("sight");
    await road.restart();
    const exit = await road.pass("b", "AB1234", 800);
    const [charge, ...others] = await road.records("charge");
    assert.equal(others.length, 0);
    assert.deepEqual(
      [charge?.id, charge?.state, charge?.owner, charge?.amount, charge?.needsPerson],
      [`X:${exit}`, "charged", "acme", 200, false],
    );
    const books = await road.records("entry");
    assert.deepEqual(
      books.map(({ state, owner, amount, parent }) => [state, owner, amount, parent]),
      [["charge", "acme", 200, charge?.id]],
    );
    await road.settle(START_MS + 60 * 3_600_000);
    assert.deepEqual(await road.records("sight"), []);
    assert.equal((await road.records("charge")).length, 1);
  });

  test("a lone exit and an unsure read wait for a person, and nothing is booked for them", async () => {
    await using road = await startSite("toll", toll);
    await road.pass("b", "ZZ9999", 0);
    await road.pass("a", "CD5678", 10, 0.7);
    await road.pass("b", "CD567B", 810, 0.5);
    await road.settle(START_MS + 60 * 3_600_000);
    assert.deepEqual(
      (await road.records("charge")).map(({ state, needsPerson, data }) => [
        state,
        needsPerson,
        (data as { reason: string }).reason,
      ]),
      [
        ["review", true, "lost-end"],
        ["review", true, "not-sure"],
      ],
    );
    assert.deepEqual(await road.records("entry"), []);
  });

  test("a wanted plate makes a case and tells of it, also misread, and expired entries make none", async () => {
    await using site = await startSite("enforcement", (a) => ({ cameras: [a] }));
    const { lists } = opened.store;
    const list = await lists.create({
      name: `wanted ${count}`,
      kind: "hotlist",
      siteId: site.site.id,
      description: "",
      isEnabled: true,
    });
    const entry = {
      listId: list.id,
      isWildcard: false,
      isLookAlike: true,
      label: null,
      createdBy: null,
      validFromMs: null,
    };
    await lists.entries.create({ ...entry, text: "AB123CD", note: "stolen", validToMs: null });
    await lists.entries.create({ ...entry, text: "OLD777", note: "found again", validToMs: START_MS - 1 });
    const told = site.bus.subscribe({ types: ["notification"] });
    await site.pass("a", "A8123CD", 0, 0.6);
    const { value } = await told.next();
    assert.match(value.payload.text, /AB123CD to confirm\. stolen/);
    await site.pass("a", "OLD777", 1);
    await site.pass("a", "QQ4444", 2);
    const cases = await site.records("case");
    assert.deepEqual(
      cases.map(({ plate, state, needsPerson, evidence }) => [plate, state, needsPerson, evidence]),
      [["AB123CD", "unconfirmed", true, { text: "AB123CD", read: "A8123CD" }]],
    );
  });

  test("a wanted plate is told at its first confident read, and once, under the id of the case to come", async () => {
    await using site = await startSite("enforcement", (a) => ({ cameras: [a] }));
    const entry = await wanted("WX5555", "stolen");
    await site.records("case"); // the rules have loaded
    const told = site.bus.subscribe({ types: ["notification"] });
    const passage = await site.preview("a", "WX5555", 0);
    const { value } = await told.next();
    assert.deepEqual([value.payload.id, value.payload.siteId], [`${passage}:${entry}`, site.site.id]);
    assert.deepEqual(await site.records("case"), []);
    await site.preview("a", "WX5555", 0, passage);
    await site.pass("a", "WX5555", 1, 0.999, passage);
    await site.pass("a", "WX5555", 400);
    assert.deepEqual(
      (await site.records("case")).map(({ id }) => id.split(":")[0]),
      [passage, (await told.next()).value.payload.id.split(":")[0]],
    );
    // At a camera that is not watched nothing is told, nor for a plate that is only a little like it.
    await site.pass("b", "WX5555", 800);
    await site.preview("a", "WXS55S", 900, undefined, 0.5);
    const last = await site.pass("a", "WX5555", 1000);
    assert.equal((await told.next()).value.payload.id, `${last}:${entry}`);
  });

  test("a plate taken off the list is not told from memory", async () => {
    await using site = await startSite("enforcement", (a) => ({ cameras: [a] }));
    const entry = await wanted("GONE77", "stolen");
    await site.pass("a", "OTHER1", 0);
    await site.records("case");
    await opened.store.lists.entries.remove(entry);
    const told = site.bus.subscribe({ types: ["notification"] });
    await site.pass("a", "GONE77", 10);
    assert.deepEqual(await site.records("case"), []);
    await wanted("NEW888", "stolen");
    await site.pass("a", "NEW888", 20);
    assert.match((await told.next()).value.payload.text, /NEW888/);
  });

  test("average speed and a bus lane make cases, and exempt plates none", async () => {
    const { lists } = opened.store;
    const buses = await lists.create({
      name: `buses ${count}`,
      kind: "allow",
      siteId: null,
      description: "",
      isEnabled: true,
    });
    await lists.entries.create({
      ...{ listId: buses.id, text: "BUS1", isWildcard: false, isLookAlike: false, label: null, note: null },
      ...{ createdBy: null, validFromMs: null, validToMs: null },
    });
    await using site = await startSite("enforcement", (a, b) => ({
      restrictions: [{ id: "lane", name: "Bus lane", kind: "bus-lane", cameraIds: [a], exemptLists: [buses.id] }],
      sections: [
        {
          id: "s1",
          fromCameraId: a,
          toCameraId: b,
          metres: 1000,
          metresTolerance: 5,
          clockToleranceMs: 100,
          limitKmh: 50,
          marginKmh: 3,
        },
      ],
    }));
    await site.pass("a", "BUS1", 0);
    await site.pass("b", "BUS1", 90);
    await site.pass("a", "FA5678", 100);
    await site.restart();
    await site.pass("b", "FA5678", 140);
    const cases = await site.records("case");
    assert.deepEqual(
      cases.map(({ plate, data }) => [plate, (data as { kind: string }).kind]),
      [
        ["FA5678", "bus-lane"],
        ["FA5678", "speed"],
      ],
    );
    assert.match((cases[1]?.data as { summary: string }).summary, /^1000 m in 40\.00 s are 90\.0 km\/h; 86 km\/h/);
  });

  test("traffic counts vehicles and travel times, and keeps no plate once they have arrived", async () => {
    await using site = await startSite("traffic", (a, b) => ({
      cameras: [
        { cameraId: a, lane: "1", point: "North" },
        { cameraId: b, lane: "1", point: "South" },
      ],
      sections: [{ id: "ring", name: "Ring", fromCameraId: a, toCameraId: b, metres: 5000 }],
    }));
    for (let i = 0; i < 6; i++) await site.pass("a", `TR${1000 + i * 37}`, i * 60);
    await site.restart();
    for (let i = 0; i < 6; i++) await site.pass("b", `TR${1000 + i * 37}`, 240 + i * 60);
    const counts = await site.records("count");
    assert.equal(counts.length, 12);
    assert.ok(
      counts.every(({ plate, evidence, owner }) => plate === null && evidence === null && owner!.length === 22),
    );
    assert.equal(new Set(counts.map(({ owner }) => owner)).size, 6);
    assert.deepEqual(
      (await site.records("traversal")).map(({ data }) => (data as { durationMs: number }).durationMs),
      Array(6).fill(240_000),
    );
    await site.settle(START_MS + 4 * 86_400_000);
    assert.deepEqual(await site.records("sight"), []);
  });

  function account(id: string, plate: string): SiteRecord {
    return {
      ...{ kind: "account", id, state: "", isLive: false, needsPerson: false, parent: null, owner: null, plate: null },
      ...{ timeMs: 0, endMs: null, amount: null, paid: 0, evidence: null },
      data: { holder: "Acme", plates: [{ plate, validFromMs: null, validToMs: null, vehicleClass: null }] },
    };
  }
});
