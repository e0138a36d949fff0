import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlertRule, New, PlateList, User, Webhook } from "../../src/store/types.ts";
import { onBothDatabases, START_MS } from "./both-databases.ts";
import { newCamera, newPassage } from "./made-passage.ts";

const HOUR_MS = 3_600_000;

function newList(name: string): New<PlateList> {
  return { name, kind: "hotlist", siteId: null, description: "", isEnabled: true };
}

function newUser(name: string): New<User> {
  return {
    name,
    displayName: name,
    role: "viewer",
    siteIds: null,
    isEnabled: true,
    passwordHash: "scrypt$…",
    passwordChangedAtMs: 1,
    failedLogins: 0,
    lockedUntilMs: null,
    lastLoginAtMs: null,
  };
}

onBothDatabases("what is set up", (opened) => {
  test("a row is made, found, changed and removed, and its revision counts", async () => {
    const { cameras } = opened.store;
    const made = await cameras.create(
      newCamera("gate", {
        roi: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        settings: { mergeSeconds: 3 },
      }),
    );
    assert.deepEqual(await cameras.get(made.id), made);
    assert.deepEqual([made.revision, made.createdAtMs], [1, START_MS]);
    opened.nowMs = START_MS + 5;
    const changed = await cameras.update(made.id, { name: "gate 2", isEnabled: false }, 1);
    assert.deepEqual(changed, { ...made, name: "gate 2", isEnabled: false, revision: 2, updatedAtMs: START_MS + 5 });
    assert.deepEqual(await cameras.get(made.id), changed);
    await assert.rejects(cameras.update(made.id, { name: "late" }, 1), { code: "STORE_CONFLICT" });
    await assert.rejects(cameras.remove(made.id, 1), { code: "STORE_CONFLICT" });
    await assert.rejects(cameras.create(newCamera("gate 2")), { code: "STORE_CONFLICT" });
    assert.equal(await cameras.remove(made.id, 2), true);
    assert.equal(await cameras.remove(made.id), false);
    assert.equal(await cameras.update(made.id, { name: "gone" }), null);
    assert.deepEqual(await cameras.list(), []);
  });

  test("a camera with passages leaves the list and keeps its passages; its name is free again", async () => {
    const { cameras, passages } = opened.store;
    const camera = await cameras.create(newCamera("old gate"));
    await passages.append(newPassage("CAM1", camera.id));
    assert.equal(await cameras.remove(camera.id), true);
    assert.equal(await cameras.remove(camera.id), false);
    assert.equal(
      (await cameras.list()).some(({ id }) => id === camera.id),
      false,
    );
    assert.equal((await cameras.get(camera.id))?.name, "old gate");
    assert.equal((await passages.page({ cameraIds: [camera.id] })).rows.length, 1);
    await cameras.create(newCamera("old gate"));
  });

  test("counters of a camera add up by the hour", async () => {
    const { cameras } = opened.store;
    const { id } = await cameras.create(newCamera("counting"));
    const adds = Array.from({ length: 8 }, () =>
      cameras.addCounts(id, START_MS + 1, { frames: 10, "unread:blurred": 1 }),
    );
    await Promise.all([
      ...adds,
      cameras.addCounts(id, START_MS + HOUR_MS, { frames: 1, reconnects: 0 }),
      cameras.addCounts(id, 0, {}),
    ]);
    assert.deepEqual(await cameras.counts({ cameraIds: [id], fromMs: START_MS, toMs: START_MS + 2 * HOUR_MS }), [
      { cameraId: id, hourMs: START_MS, name: "frames", count: 80 },
      { cameraId: id, hourMs: START_MS, name: "unread:blurred", count: 8 },
      { cameraId: id, hourMs: START_MS + HOUR_MS, name: "frames", count: 1 },
    ]);
  });

  test("list entries are normalised, unique, searched and versioned", async () => {
    const { lists } = opened.store;
    const list = await lists.create(newList("stolen"));
    const before = await lists.version();
    const fields = {
      isWildcard: false,
      isLookAlike: true,
      label: "a % car",
      note: null,
      validFromMs: null,
      validToMs: 5,
      createdBy: "ann",
    };
    const entry = await lists.entries.create({ ...fields, listId: list.id, text: "ab-12 ?" });
    assert.equal(entry.text, "AB12");
    assert.ok((await lists.version()) > before);
    await assert.rejects(lists.entries.create({ ...fields, listId: list.id, text: "A B 1 2" }), {
      code: "STORE_CONFLICT",
    });
    await assert.rejects(lists.entries.create({ ...fields, listId: list.id, text: "--" }), { code: "STORE_INVALID" });
    await assert.rejects(lists.entries.create({ ...fields, listId: "none", text: "A1" }), { code: "STORE_INVALID" });
    const wide = await lists.entries.update(entry.id, { isWildcard: true, text: "ab*?1" });
    assert.equal(wide?.text, "AB?*1");
    for (const [search, count] of [
      ["", 1],
      ["ab?", 1],
      ["A % C", 1],
      ["%%", 0],
      ["_", 0],
      ["zz", 0],
    ] as const) {
      assert.equal((await lists.pageEntries({ listId: list.id, search })).rows.length, count, search);
    }
    assert.equal(await lists.remove(list.id), true);
    assert.equal(await lists.entries.get(entry.id), null);
  });

  test("an import is previewed without a trace, merged, and replaces what it does not name", async () => {
    const { lists } = opened.store;
    const { id } = await lists.create(newList("import"));
    const entry = (text: string, note: string | null = null) => ({
      text,
      note,
      isWildcard: false,
      isLookAlike: false,
      label: null,
      validFromMs: null,
      validToMs: null,
      createdBy: "ann",
    });
    const first = [entry("A1"), entry("B2"), entry("C3"), entry("c-3", "again")];
    assert.deepEqual(await lists.importEntries(id, first, { mode: "merge", isPreview: true }), {
      added: 3,
      changed: 0,
      unchanged: 0,
      removed: 0,
    });
    assert.equal(await lists.countEntries(id), 0);
    await lists.importEntries(id, first, { mode: "merge" });
    const second = [entry("A1"), entry("B2", "new note"), entry("D4")];
    const report = { added: 1, changed: 1, unchanged: 1, removed: 1 };
    assert.deepEqual(await lists.importEntries(id, second, { mode: "replace", isPreview: true }), report);
    assert.deepEqual(await lists.importEntries(id, second, { mode: "replace" }), report);
    const { rows, nextCursor } = await lists.pageEntries({ listId: id }, { limit: 2 });
    const rest = await lists.pageEntries({ listId: id }, { limit: 2, cursor: nextCursor });
    assert.deepEqual([...rows, ...rest.rows].map(({ text, note }) => [text, note]).sort(), [
      ["A1", null],
      ["B2", "new note"],
      ["D4", null],
    ]);
    await assert.rejects(lists.importEntries(id, [entry("OK1"), entry("?")], { mode: "merge" }), {
      code: "STORE_INVALID",
    });
    assert.equal(await lists.countEntries(id), 3);
  });

  test("alerts are paged, acknowledged once, and know when a rule last fired", async () => {
    const { alerts, cameras, passages } = opened.store;
    const rule = await alerts.rules.create({
      name: "hot",
      isEnabled: true,
      condition: { listKinds: ["hotlist"] },
      timeZone: null,
      webhookIds: [],
      mqttTargetIds: [],
      quietMs: 1000,
    } satisfies New<AlertRule>);
    const camera = await cameras.create(newCamera("alerting"));
    for (const [i, isHashed] of [false, true, false].entries()) {
      const more = { isHashed, alerts: [{ ruleId: rule.id, ruleName: "hot", reason: "on list" }] };
      await passages.append(newPassage("HOT1", camera.id, { firstTimeMs: START_MS + i }, more));
    }
    assert.equal(await alerts.lastFiredMs(rule.id, "hot-1"), START_MS + 2);
    assert.equal(await alerts.lastFiredMs(rule.id, "OTHER"), null);
    const open = await alerts.countOpen();
    const first = await alerts.page({ ruleIds: [rule.id] }, { limit: 2 });
    const second = await alerts.page({ ruleIds: [rule.id] }, { limit: 2, cursor: first.nextCursor });
    const rows = [...first.rows, ...second.rows];
    assert.deepEqual(
      rows.map(({ timeMs }) => timeMs - START_MS),
      [2, 1, 0],
    );
    const done = await alerts.acknowledge(rows[0]!.id, "ann", "checked");
    assert.deepEqual([done?.acknowledgedBy, done?.note], ["ann", "checked"]);
    assert.equal((await alerts.acknowledge(rows[0]!.id, "bob", "me too"))?.acknowledgedBy, "ann");
    assert.equal(await alerts.countOpen(), open - 1);
    assert.equal((await alerts.page({ ruleIds: [rule.id], isAcknowledged: false })).rows.length, 2);
    assert.equal(await alerts.acknowledge("none", "ann", null), null);
  });

  test("users are one whatever the case; wrong passwords count one by one; the first is made once", async () => {
    const { users, sessions } = opened.store;
    const firsts = await Promise.all([users.createFirst(newUser("Ann")), users.createFirst(newUser("Bob"))]);
    assert.equal(firsts.filter((user) => user !== null).length, 1);
    assert.equal(await users.count(), 1);
    const user = firsts.find((first) => first !== null)!;
    assert.deepEqual(await users.byName(` ${user.name.toUpperCase()}`), user);
    await assert.rejects(users.create(newUser(user.name.toLowerCase())), { code: "STORE_CONFLICT" });
    const fails = await Promise.all(
      Array.from({ length: 5 }, () => users.addFailedLogin(user.id, (count) => (count >= 5 ? 99 : null))),
    );
    assert.deepEqual(fails.map((one) => one?.failedLogins).sort(), [1, 2, 3, 4, 5]);
    assert.equal((await users.get(user.id))?.lockedUntilMs, 99);
    const session = {
      idHash: "h1",
      userId: user.id,
      createdAtMs: 1,
      lastSeenAtMs: 1,
      expiresAtMs: 10,
      address: null,
      userAgent: null,
    };
    await sessions.create(session);
    await sessions.create({ ...session, idHash: "h2" });
    await sessions.touch("h1", 5, 20);
    assert.deepEqual(await sessions.get("h1"), { ...session, lastSeenAtMs: 5, expiresAtMs: 20 });
    assert.equal(await sessions.purgeExpired(10), 1);
    assert.deepEqual(
      (await sessions.list(user.id)).map(({ idHash }) => idHash),
      ["h1"],
    );
    assert.equal(await sessions.removeOfUser(user.id, "h1"), 0);
    assert.equal(await users.remove(user.id), true);
    assert.equal(await sessions.get("h1"), null);
  });

  test("API keys are found by their hash, and using one is no change", async () => {
    const { apiKeys } = opened.store;
    const key = await apiKeys.create({
      name: "k",
      keyHash: "ab".repeat(32),
      prefix: "pk_ab",
      scopes: ["passages:read"],
      siteIds: ["s"],
      createdBy: "ann",
      expiresAtMs: 5,
      revokedAtMs: null,
      lastUsedAtMs: null,
    });
    await apiKeys.touch(key.id, 77);
    assert.deepEqual(await apiKeys.byHash(key.keyHash), { ...key, lastUsedAtMs: 77 });
    assert.equal((await apiKeys.update(key.id, { revokedAtMs: 6 }))?.lastUsedAtMs, 77);
    assert.equal(await apiKeys.byHash("none"), null);
  });

  test("targets, settings and sites keep what they are given", async () => {
    const { webhooks, settings, sites } = opened.store;
    const hook: New<Webhook> = {
      name: "hook",
      url: "https://example.org/x",
      isEnabled: true,
      secrets: [
        { secret: "s2", createdAtMs: 2 },
        { secret: "s1", createdAtMs: 1 },
      ],
      isPrivateAllowed: false,
      events: ["passage"],
      cameraIds: [],
      headers: { "X-A": "1" },
    };
    const { id } = await webhooks.create(hook);
    const { revision: _r, createdAtMs: _c, updatedAtMs: _u, id: _i, ...kept } = (await webhooks.get(id))!;
    assert.deepEqual(kept, hook);
    await settings.set("retention", { days: 30 });
    await settings.set("retention", { days: 31 });
    await settings.set("name", "Here");
    await settings.set("name", undefined);
    assert.deepEqual([await settings.get("retention"), await settings.get("name")], [{ days: 31 }, undefined]);
    const site = await sites.create({
      name: "park",
      kind: "parking",
      timeZone: "Europe/Berlin",
      isPrivate: true,
      isReasonRequired: true,
      settings: { a: 1 },
    });
    const event = { id: "e-1", kind: "entry", plate: "S1", passageId: null, timeMs: 5, data: { gate: 1 } };
    await sites.write(site.id, {
      events: [event],
      states: [
        { key: "open:1", value: { a: 1 } },
        { key: "paid:1", value: 2 },
      ],
    });
    await sites.write(site.id, {
      events: [event, { ...event, id: "e-2", timeMs: 6 }],
      states: [
        { key: "open:1", value: null },
        { key: "open:2", value: 3 },
      ],
    });
    assert.deepEqual(
      (await sites.pageEvents({ siteId: site.id })).rows.map(({ id }) => id),
      ["e-2", "e-1"],
    );
    assert.deepEqual([...(await sites.states(site.id, "open:"))], [["open:2", 3]]);
    assert.equal((await sites.states(site.id)).size, 2);
  });

  test("health tells what is used and that it can be written", async () => {
    const health = await opened.store.health();
    assert.deepEqual([health.isWritable, health.problem, health.database], [true, null, opened.store.kind]);
    assert.ok((health.databaseBytes ?? 0) > 10_000);
  });
});
