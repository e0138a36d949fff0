import assert from "node:assert/strict";
import { test } from "node:test";
import type { New, Site, SiteRecord } from "../../src/store/types.ts";
import { onBothDatabases } from "./both-databases.ts";
import { newCamera, newPassage } from "./made-passage.ts";

function newSite(name: string, kind: Site["kind"] = "parking"): New<Site> {
  return { name, kind, timeZone: "UTC", isPrivate: false, isReasonRequired: false, settings: {} };
}

function record(id: string, changes: Partial<SiteRecord> = {}): SiteRecord {
  return {
    ...{ kind: "session", id, state: "open", isLive: true, needsPerson: false, parent: null, owner: null },
    ...{ plate: null, timeMs: 1000, endMs: null, amount: null, paid: 0, data: { a: 1 }, evidence: null },
    ...changes,
  };
}

onBothDatabases("records of sites", (opened) => {
  test("a passage waits for the rules of its site, once, and sites without rules have none waiting", async () => {
    const { store } = opened;
    const parking = await store.sites.create(newSite("waits"));
    const generic = await store.sites.create(newSite("only a group", "generic"));
    const camera = await store.cameras.create(newCamera("gate of waits", { siteId: parking.id }));
    assert.deepEqual(await store.siteRecords.waiting(parking.id, 10), []);
    const first = newPassage("AB1", camera.id, {}, { siteId: parking.id });
    await store.passages.append(first);
    await store.passages.append(first);
    await store.passages.append(newPassage("AB2", camera.id, {}, { siteId: parking.id }));
    await store.passages.append(newPassage("AB3", camera.id, {}, { siteId: generic.id }));
    await store.passages.append(newPassage("AB4", camera.id));
    const waiting = await store.siteRecords.waiting(parking.id, 10);
    assert.deepEqual(
      waiting.map(({ text }) => text),
      ["AB1", "AB2"],
    );
    assert.deepEqual(await store.siteRecords.sitesWaiting(), [parking.id]);
    assert.deepEqual(await store.siteRecords.waiting(generic.id, 10), []);
    assert.equal(await store.siteRecords.commit(parking.id, 0, { taken: [waiting[0]!.id] }), true);
    assert.deepEqual(
      (await store.siteRecords.waiting(parking.id, 10)).map(({ text }) => text),
      ["AB2"],
    );
    await store.passages.forget("AB2", { by: "anna", reason: "asked" });
    assert.deepEqual(await store.siteRecords.waiting(parking.id, 10), []);
  });

  test("who commits on an old version changes nothing", async () => {
    const { siteRecords, sites } = opened.store;
    const { id } = await sites.create(newSite("versions"));
    assert.equal(await siteRecords.version(id), 0);
    assert.equal(await siteRecords.commit(id, 0, { put: [record("s1")] }), true);
    assert.equal(await siteRecords.commit(id, 0, { put: [record("s2")] }), false);
    assert.equal(await siteRecords.commit(id, 7, { put: [record("s2")] }), false);
    assert.equal(await siteRecords.version(id), 1);
    assert.equal(await siteRecords.get(id, "session", "s2"), null);
    const both = await Promise.all([1, 1].map((version) => siteRecords.commit(id, version, { put: [record("s3")] })));
    assert.deepEqual(both.sort(), [false, true]);
  });

  test("records come back as they were put, and the same id replaces", async () => {
    const { siteRecords, sites } = opened.store;
    const { id } = await sites.create(newSite("round trip"));
    const full = record("x:1", {
      ...{ state: "closed", isLive: false, needsPerson: true, parent: "p", owner: "o", plate: "AB1", timeMs: 5 },
      ...{ endMs: 9, amount: 350, paid: 100, data: { lines: ["ä"] }, evidence: { text: "AB1" } },
    });
    await siteRecords.write(id, { put: [record("x:1"), full] });
    assert.deepEqual(await siteRecords.get(id, "session", "x:1"), full);
    assert.equal(await siteRecords.get(id, "charge", "x:1"), null);
    await siteRecords.write(id, { removed: [{ kind: "session", id: "x:1" }] });
    assert.equal(await siteRecords.get(id, "session", "x:1"), null);
  });

  test("every filter narrows, pages follow each other, and sums are of what fits", async () => {
    const { siteRecords, sites } = opened.store;
    const { id: siteId } = await sites.create(newSite("filters"));
    const hour = 3_600_000;
    await siteRecords.write(siteId, {
      put: Array.from({ length: 7 }, (_, i) =>
        record(`r${i}`, {
          state: i % 2 === 0 ? "closed" : "open",
          ...{ isLive: i < 2, needsPerson: i === 3, parent: i < 4 ? "p1" : null, owner: i > 4 ? "o1" : null },
          ...{ plate: i === 6 ? "XY9" : `AB${i}`, timeMs: i * hour, endMs: i % 2 === 0 ? i * hour + 1000 : null },
          ...{ amount: i % 2 === 0 ? 100 * i : null, paid: i === 2 ? 200 : 0 },
        }),
      ),
    });
    const ids = async (filter: object): Promise<string> =>
      (await siteRecords.list({ siteId, kind: "session", ...filter })).map(({ id }) => id).join(" ");
    assert.equal(await ids({}), "r0 r1 r2 r3 r4 r5 r6");
    assert.equal(await ids({ states: ["open"] }), "r1 r3 r5");
    assert.equal(await ids({ states: [] }), "");
    assert.equal(await ids({ isLive: true }), "r0 r1");
    assert.equal(await ids({ needsPerson: true }), "r3");
    assert.equal(await ids({ parents: ["p1", "p2"] }), "r0 r1 r2 r3");
    assert.equal(await ids({ owner: "o1" }), "r5 r6");
    assert.equal(await ids({ plate: "xy-9" }), "r6");
    assert.equal(await ids({ fromMs: 2 * hour, toMs: 4 * hour }), "r2 r3");
    assert.equal(await ids({ endFromMs: 2 * hour, endToMs: 5 * hour }), "r2 r4");
    assert.equal(await ids({ notEndedBeforeMs: 5 * hour }), "r1 r3 r5 r6");
    assert.equal(await ids({ isUnpaid: true }), "r4 r6");
    const first = await siteRecords.page({ siteId, kind: "session" }, { limit: 4 });
    const second = await siteRecords.page({ siteId, kind: "session" }, { limit: 4, cursor: first.nextCursor });
    assert.deepEqual(
      [...first.rows, ...second.rows].map(({ id }) => id),
      ["r6", "r5", "r4", "r3", "r2", "r1", "r0"],
    );
    assert.equal(second.nextCursor, null);
    assert.deepEqual(await siteRecords.totals({ siteId, kind: "session" }), { count: 7, amount: 1200, paid: 200 });
    assert.deepEqual(await siteRecords.totals({ siteId, kind: "case" }), { count: 0, amount: 0, paid: 0 });
    assert.deepEqual(
      (await siteRecords.totalsByEnd({ siteId, kind: "session" }, 4 * hour)).map(({ fromMs, count, amount }) => [
        fromMs / hour,
        count,
        amount,
      ]),
      [
        [0, 2, 200],
        [4, 2, 1000],
      ],
    );
    await assert.rejects(siteRecords.list({ siteId, kind: "session" }, 3), { code: "STORE_INVALID" });
  });

  test("a forgotten plate leaves the money and takes the plate, and whoever ruled from memory loads again", async () => {
    const { siteRecords, sites, passages } = opened.store;
    const { id } = await sites.create(newSite("forgets"));
    await siteRecords.commit(id, 0, {
      put: [
        record("a", { plate: "GONE1", amount: 300, evidence: { text: "GONE1" } }),
        record("b", { plate: "STAYS1", evidence: { text: "STAYS1" } }),
      ],
    });
    assert.equal((await passages.forget("GONE1", { by: "anna", reason: "asked", isPreview: true })).siteEvents, 1);
    assert.equal((await passages.forget("gone-1", { by: "anna", reason: "asked" })).siteEvents, 1);
    const gone = await siteRecords.get(id, "session", "a");
    assert.deepEqual([gone?.plate, gone?.evidence, gone?.amount, gone?.isLive], [null, null, 300, false]);
    assert.equal((await siteRecords.get(id, "session", "b"))?.plate, "STAYS1");
    assert.equal(await siteRecords.commit(id, 1, {}), false);
    assert.equal(await siteRecords.version(id), 2);
  });

  test("a forgotten plate stays where it is registered, unless it is asked to go there too", async () => {
    const { siteRecords, sites, passages, lists } = opened.store;
    const { id } = await sites.create(newSite("registers"));
    const permit = (name: string, plates: readonly string[]) =>
      record(name, { kind: "permit", isLive: false, data: { holder: name, plates, maxConcurrent: 1 } });
    const account = record("acme", {
      ...{ kind: "account", isLive: false },
      data: { holder: "Acme", plates: [{ plate: "REG1", vehicleClass: null }, { plate: "OTHER1" }] },
    });
    await siteRecords.commit(id, 0, {
      put: [permit("alone", ["reg-1"]), permit("shared", ["REG1", "OTHER1"]), permit("foreign", ["REG12"]), account],
    });
    const list = await lists.create({
      name: "Staff REG",
      kind: "allow",
      siteId: null,
      description: "",
      isEnabled: true,
    });
    const entry = { listId: list.id, isLookAlike: false, label: null, note: null, createdBy: null };
    const always = { validFromMs: null, validToMs: null };
    await lists.entries.create({ ...entry, ...always, text: "REG 1", isWildcard: false });
    await lists.entries.create({ ...entry, ...always, text: "REG*", isWildcard: true });
    const asked = { by: "anna", reason: "asked" };
    const names = [
      ["list", "Staff REG"],
      ["account", "Acme"],
      ["permit", "alone"],
      ["permit", "shared"],
    ];
    for (const options of [{ ...asked, isPreview: true }, asked]) {
      const { registered } = await passages.forget("REG 1", options);
      assert.deepEqual(
        registered.map(({ kind, name }) => [kind, name]),
        names,
      );
    }
    assert.equal(await siteRecords.version(id), 1);
    const before = await lists.version();
    assert.equal((await passages.forget("REG1", { ...asked, registered: "remove" })).registered.length, 4);
    assert.deepEqual(
      (await siteRecords.list({ siteId: id, kind: "permit" })).map(({ data }) => (data as { plates: unknown }).plates),
      [["REG12"], ["OTHER1"]],
    );
    const [kept] = await siteRecords.list({ siteId: id, kind: "account" });
    assert.deepEqual(kept?.data, { holder: "Acme", plates: [{ plate: "OTHER1" }] });
    assert.deepEqual(
      (await lists.entries.list()).filter(({ listId }) => listId === list.id).map(({ text }) => text),
      ["REG*"],
    );
    // Whoever ruled from memory loads again, lists too.
    assert.deepEqual([await siteRecords.version(id), (await lists.version()) > before], [2, true]);
    assert.deepEqual((await passages.forget("REG1", { ...asked, registered: "remove" })).registered, []);
  });

  test("what was seen at a site loses its plate with age, unless somebody still needs it", async () => {
    const { siteRecords, sites, retention } = opened.store;
    const day = 86_400_000;
    const rules = { days: 5, bytesPerCamera: null };
    await retention.run(rules, 10 * day); // what other tests have left
    const { id } = await sites.create(newSite("ages"));
    const old = {
      plate: "AGED1",
      isLive: false,
      state: "closed",
      timeMs: day,
      endMs: 2 * day,
      evidence: { text: "AGED1" },
    };
    await siteRecords.write(id, {
      put: [
        record("paid", { ...old, amount: 300, paid: 300 }),
        record("unpaid", { ...old, amount: 300 }),
        record("open", { ...old, isLive: true }),
        record("doubtful", { ...old, needsPerson: true }),
        record("young", { ...old, endMs: 9 * day }),
        record("gate", { ...old, kind: "gate" }),
        record("charge", { ...old, kind: "charge", amount: 300 }),
        record("case", { ...old, kind: "case" }),
      ],
    });
    assert.equal((await retention.run({ ...rules, days: null }, 10 * day)).siteRecords, 0);
    assert.equal((await retention.preview(rules, 10 * day)).siteRecords, 2);
    assert.equal((await retention.run(rules, 10 * day)).siteRecords, 2);
    const sessions = await siteRecords.list({ siteId: id, kind: "session" });
    assert.deepEqual(
      sessions.filter(({ plate }) => plate === null).map((one) => [one.id, one.amount, one.evidence]),
      [["paid", 300, null]],
    );
    for (const kind of ["charge", "case"] as const)
      assert.equal((await siteRecords.get(id, kind, kind))?.plate, "AGED1");
    assert.equal((await siteRecords.get(id, "gate", "gate"))?.plate, null);
    assert.equal((await retention.run(rules, 10 * day)).siteRecords, 0);
  });

  test("a removed site takes its records and what waits for it along", async () => {
    const { siteRecords, sites, passages, cameras } = opened.store;
    const { id } = await sites.create(newSite("removed"));
    const camera = await cameras.create(newCamera("gate of removed"));
    await passages.append(newPassage("AB1", camera.id, {}, { siteId: id }));
    await siteRecords.write(id, { put: [record("a", { plate: "AB1" })] });
    assert.equal(await sites.remove(id), true);
    assert.deepEqual(await siteRecords.sitesWaiting(), []);
    assert.equal(await siteRecords.get(id, "session", "a"), null);
  });
});
