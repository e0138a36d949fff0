import assert from "node:assert/strict";
import { test } from "node:test";
import { createEventBus } from "../../../src/server/events.ts";
import type { SessionRecord } from "../../../src/server/sites/parking-records.ts";
import {
  changed,
  joined,
  type ParkingRules,
  type ParkingState,
  parted,
} from "../../../src/server/sites/parking-rules.ts";
import { createSiteService } from "../../../src/server/sites/site-service.ts";
import type { Site } from "../../../src/store/types.ts";
import { onBothDatabases } from "../../store/both-databases.ts";
import { madePassage, newCamera } from "../../store/made-passage.ts";

const MINUTE_MS = 60_000;
const START_MS = Date.parse("2026-03-02T09:00:00Z");
const TARIFF = {
  ...{ id: "t", name: "Day", currency: "EUR", freeMinutes: 15, lostReadPrice: 2000 },
  bands: [{ name: "Day", steps: [{ minutes: 60, price: 150 }] }],
};

onBothDatabases("car parks", (opened) => {
  let count = 0;

  /** A car park with an entry and an exit, and its rules running. */
  async function startPark(settings: object = {}) {
    const name = `park ${++count}`;
    const { store } = opened;
    const entry = await store.cameras.create(newCamera(`${name} in`));
    const exit = await store.cameras.create(newCamera(`${name} out`));
    const cameras = [
      { cameraId: entry.id, role: "entry", zones: [], hasGate: false, actuator: null },
      { cameraId: exit.id, role: "exit", zones: [], hasGate: false, actuator: null },
    ];
    const site: Site = await store.sites.create({
      ...{ name, kind: "parking", timeZone: "UTC", isPrivate: false, isReasonRequired: false },
      settings: {
        parking: { capacity: 10, zones: [], policy: {}, cameras },
        tariff: { versions: [{ fromMs: 0, tariff: TARIFF }], onChange: "entry" },
        ...settings,
      },
    });
    const start = () =>
      createSiteService({ store, bus: createEventBus(), tellBrokers: async () => {}, nowMs: () => opened.nowMs });
    let service = start();
    let seen = 0;
    return {
      site,
      get service() {
        return service;
      },
      /** As after a restart: nothing in memory. */
      async restart() {
        await service.close();
        service = start();
      },
      /** @returns the passage's id. */
      async pass(where: "in" | "out", text: string, minute: number, confidence = 0.99): Promise<string> {
        const timeMs = START_MS + minute * MINUTE_MS;
        const cameraId = where === "in" ? entry.id : exit.id;
        const characters = [...text].map((one) => ({ text: one, confidence: confidence ** (1 / text.length) }));
        const passage = madePassage(text, {
          ...{
            id: `${name.replace(" ", "-")}-${++seen}`,
            characters,
            confidence,
            firstTimeMs: timeMs,
            lastTimeMs: timeMs,
          },
          candidates: [{ text, confidence }],
        });
        const { passage: stored } = await store.passages.append({ passage, cameraId, siteId: site.id });
        service.hooks.onStored(stored);
        return passage.id;
      },
      async sessions(): Promise<readonly SessionRecord[]> {
        await service.runner.idle();
        return (await store.siteRecords.list({ siteId: site.id, kind: "session" })) as readonly SessionRecord[];
      },
      act: (work: (state: ParkingState, rules: ParkingRules) => object) =>
        service.runner.act<ParkingState, null>(
          site.id,
          async (state, rules) =>
            ({
              ...((await work(state, rules as ParkingRules)) as never as object),
              answer: null,
            }) as never,
        ),
      async [Symbol.asyncDispose]() {
        await service.close();
      },
    };
  }

  test("an entry opens a stay, its misread exit closes it, and the price is written with it", async () => {
    await using park = await startPark();
    await park.pass("in", "BAB123", 0);
    const [open] = await park.sessions();
    assert.deepEqual([open?.state, open?.plate, open?.amount, open?.isLive], ["open", "BAB123", null, true]);
    await park.pass("out", "8AB123", 130, 0.6);
    const [closed, ...others] = await park.sessions();
    assert.equal(others.length, 0);
    assert.deepEqual(
      [closed?.state, closed?.plate, closed?.amount, closed?.needsPerson],
      ["closed", "BAB123", 450, false],
    );
    assert.deepEqual(
      closed?.data.fee?.lines.map(({ text }) => text),
      ["Day: 3 h at 1.50 = 4.50"],
    );
  });

  test("after a restart the rules go on where they were, and passages that waited are seen once", async () => {
    await using park = await startPark();
    await park.pass("in", "AA111", 0);
    await park.sessions();
    await park.restart();
    // Stored while nobody ruled, as when the process was killed between the two.
    await park.service.close();
    await park.pass("out", "AA111", 70);
    assert.equal((await opened.store.siteRecords.waiting(park.site.id, 10)).length, 1);
    await park.restart();
    const sessions = await park.sessions();
    assert.deepEqual(
      sessions.map(({ state, amount }) => [state, amount]),
      [["closed", 300]],
    );
    await park.restart();
    assert.deepEqual(await park.sessions(), sessions);
  });

  test("two processes on one database see each passage once between them", async () => {
    await using park = await startPark();
    const { store } = opened;
    const second = createSiteService({ store, bus: createEventBus(), tellBrokers: async () => {} });
    for (let i = 0; i < 12; i++) {
      await park.pass("in", `CD${100 + i}`, i);
      second.runner.wake(park.site.id);
    }
    await Promise.all([park.service.runner.idle(), second.runner.idle()]);
    for (let i = 0; i < 12; i++) {
      await park.pass("out", `CD${100 + i}`, 60 + i);
      second.runner.wake(park.site.id);
    }
    await Promise.all([park.service.runner.idle(), second.runner.idle()]);
    await second.close();
    const sessions = await park.sessions();
    assert.ok(sessions.every(({ state, amount }) => state === "closed" && amount === 150));
    assert.equal(sessions.length, 12);
  });

  test("an exit before its entry was delivered is a stay for review, and becomes whole when the entry comes", async () => {
    await using park = await startPark();
    const exit = await park.pass("out", "EF222", 90);
    const [lone] = await park.sessions();
    assert.deepEqual(
      [lone?.id, lone?.data.doubts, lone?.needsPerson, lone?.amount],
      [exit, ["entry-missing"], true, 2000],
    );
    // Paid at the till for the lost read, before the entry is known.
    await park.act((state, rules) =>
      changed(rules, state, lone!, [
        {
          ...{
            kind: "payment",
            id: `pay-${exit}`,
            state: "",
            isLive: false,
            needsPerson: false,
            parent: exit,
            owner: null,
          },
          ...{ plate: null, timeMs: START_MS + 89 * MINUTE_MS, endMs: null, amount: 300, paid: 0, evidence: null },
          data: { method: "cash", note: "", by: "anna" },
        },
      ]),
    );
    const entry = await park.pass("in", "EF222", 0);
    const [whole, ...others] = await park.sessions();
    assert.deepEqual([whole?.id, whole?.amount, whole?.paid, whole?.needsPerson], [entry, 300, 300, false]);
    assert.equal(others.length, 0);
  });

  test("a person joins what the rules gave up, and parts what they joined", async () => {
    await using park = await startPark();
    const entry = await park.pass("in", "GH333", 0);
    const exit = await park.pass("out", "XY987Z", 60);
    assert.equal((await park.sessions()).length, 2);
    // So late that the exit is settled.
    opened.nowMs = START_MS + 30 * 3_600_000;
    const [one, other] = await park.sessions();
    await park.act((state, rules) => {
      const settled = rules.settle(state, opened.nowMs);
      return settled;
    });
    assert.deepEqual(
      (await park.sessions()).map(({ isLive }) => isLive),
      [true, false],
    );
    await park.act((state, rules) => joined(rules, state, one!, { ...other!, isLive: false }));
    const [whole, ...others] = await park.sessions();
    assert.deepEqual([whole?.id, whole?.data.exit?.passageId, whole?.amount, others.length], [entry, exit, 150, 0]);
    await park.act((state, rules) => parted(rules, state, whole!));
    const two = await park.sessions();
    assert.deepEqual(
      two.map(({ id, state, data }) => [id, state, data.doubts]),
      [
        [entry, "open", []],
        [exit, "closed", ["entry-missing"]],
      ],
    );
  });

  test("a permit makes a stay free, and its places are counted", async () => {
    await using park = await startPark();
    const { store } = opened;
    const data = { holder: "Acme", plates: ["JK444", "JK555"], maxConcurrent: 1, validFromMs: null, validToMs: null };
    await store.siteRecords.write(park.site.id, {
      put: [
        {
          ...{ kind: "permit", id: "acme", state: "", isLive: false, needsPerson: false, parent: null, owner: null },
          ...{ plate: null, timeMs: 0, endMs: null, amount: null, paid: 0, evidence: null, data },
        },
      ],
    });
    park.service.runner.reload(park.site.id);
    await park.pass("in", "JK444", 0);
    await park.pass("in", "JK555", 10);
    await park.pass("out", "JK444", 100);
    await park.pass("out", "JK555", 110);
    const sessions = await park.sessions();
    assert.deepEqual(
      sessions.map(({ data: { permitUse }, amount }) => [permitUse, amount]),
      [
        ["valid", 0],
        ["full", 300],
      ],
    );
  });

  test("a camera that is none of the site's changes nothing, and a car park without tariff charges nothing", async () => {
    await using park = await startPark({ tariff: { versions: [], onChange: "entry" } });
    await park.pass("in", "LM666", 0);
    await park.pass("out", "LM666", 100);
    const [stay] = await park.sessions();
    assert.deepEqual([stay?.state, stay?.amount, stay?.needsPerson], ["closed", null, false]);
    const elsewhere = await opened.store.cameras.create(newCamera(`elsewhere ${count}`));
    const passage = madePassage("NO1", { firstTimeMs: START_MS });
    const { passage: stored } = await opened.store.passages.append({
      passage,
      cameraId: elsewhere.id,
      siteId: park.site.id,
    });
    park.service.hooks.onStored(stored);
    assert.equal((await park.sessions()).length, 1);
    assert.deepEqual(await opened.store.siteRecords.waiting(park.site.id, 1), []);
  });
});
