import assert from "node:assert/strict";
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Delivery, NewDelivery } from "../../src/store/types.ts";
import { onBothDatabases, START_MS } from "./both-databases.ts";
import { newCamera, newPassage } from "./made-passage.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function toHook(targetId: string, payload: string, nextAtMs = START_MS): NewDelivery {
  return { targetKind: "webhook", targetId, event: "passage", payload, nextAtMs };
}

function ids(deliveries: readonly Delivery[]): readonly string[] {
  return deliveries.map(({ id }) => id).sort();
}

onBothDatabases("what runs by itself", (opened) => {
  test("deliveries are leased, retried, given up, replayed and counted", async () => {
    const { deliveries } = opened.store;
    assert.equal(await deliveries.nextDueMs(), null);
    assert.deepEqual(await deliveries.claimDue({ limit: 5, nowMs: START_MS, leaseUntilMs: START_MS + 9 }), []);
    const made = await deliveries.enqueue([
      toHook("a", "1"),
      toHook("a", "2"),
      toHook("b", "3"),
      toHook("b", "4", START_MS + 100),
    ]);
    assert.equal(await deliveries.nextDueMs(), START_MS);
    assert.deepEqual(await deliveries.targetsWithDue(START_MS), [
      { targetKind: "webhook", targetId: "a", due: 2 },
      { targetKind: "webhook", targetId: "b", due: 1 },
    ]);
    const lease = { nowMs: START_MS, leaseUntilMs: START_MS + 50 };
    const claims = await Promise.all(Array.from({ length: 4 }, () => deliveries.claimDue({ ...lease, limit: 1 })));
    assert.deepEqual(ids(claims.flat()), ids(made.slice(0, 3)), "three are due, each given once");
    assert.deepEqual(
      claims.flat().map(({ attempts }) => attempts),
      [1, 1, 1],
    );
    assert.deepEqual(await deliveries.claimDue({ nowMs: START_MS + 49, leaseUntilMs: 1e15, limit: 9 }), []);
    const again = await deliveries.claimDue({
      nowMs: START_MS + 50,
      leaseUntilMs: START_MS + 60,
      limit: 9,
      targetId: "a",
    });
    assert.deepEqual(again.map(({ payload, attempts }) => [payload, attempts]).sort(), [
      ["1", 2],
      ["2", 2],
    ]);

    const [one, two, three] = made.map(({ id }) => id);
    await deliveries.delivered(one!, START_MS + 55, 200);
    await deliveries.failed(two!, { error: "refused", status: 503, nextAtMs: START_MS + 500 });
    await deliveries.dead(three!, { error: "gone", status: 410 });
    const [a, b] = await deliveries.counts(START_MS + 99);
    assert.deepEqual(a, {
      targetKind: "webhook",
      targetId: "a",
      pending: 1,
      due: 0,
      done: 1,
      dead: 0,
      oldestPendingMs: START_MS,
    });
    assert.deepEqual([b?.pending, b?.dead], [1, 1]);
    const failed = await deliveries.get(two!);
    assert.deepEqual([failed?.lastError, failed?.lastStatus, failed?.nextAtMs], ["refused", 503, START_MS + 500]);

    assert.equal(await deliveries.replay({ targetId: "b" }, START_MS + 60), 1);
    assert.equal(await deliveries.replay({ ids: [one!, two!] }, START_MS + 60), 1, "a pending one waits for its time");
    const replayed = await deliveries.get(one!);
    assert.deepEqual(
      [replayed?.state, replayed?.attempts, replayed?.idempotencyKey],
      ["pending", 0, made[0]!.idempotencyKey],
    );
    await deliveries.delivered(one!, START_MS + 55);
    assert.equal(await deliveries.purgeDone(START_MS + 56), 1);
    assert.equal(await deliveries.discard([two!, three!, "none"]), 2);
    assert.deepEqual(ids((await deliveries.page({ states: ["pending"] })).rows), ids([made[3]!]));
  });

  test("the audit is a chain: a changed, removed or reordered line shows", async () => {
    const { audit } = opened.store;
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        audit.append({
          actor: i % 2 ? "ann" : "key:gate",
          action: i < 3 ? "camera.update" : "passage.search",
          target: `t${i}`,
          reason: `why ${i}`,
          details: { i },
          address: "::1",
        }),
      ),
    );
    const whole = await audit.verify();
    assert.deepEqual([whole.isWhole, whole.entries, whole.problems], [true, 12, []]);
    const { rows } = await audit.page({ action: "passage.", actor: "ann" }, { limit: 2 });
    assert.equal(rows.length, 2);
    const all = (await audit.page({}, { limit: 100 })).rows;
    assert.deepEqual(
      all.map(({ sequence }) => sequence),
      Array.from({ length: 12 }, (_, i) => 12 - i),
    );
    assert.equal(all[0]?.hash, whole.lastHash);
    assert.equal(all[1]?.hash, all[0]?.previousHash);

    const meddling = [
      {
        sql: "update audit set actor = actor || 'x' where sequence = 5",
        undo: "update audit set actor = replace(actor, 'x', '')",
      },
      {
        sql: "update audit set content_json = replace(content_json, 'why', 'whx') where sequence = 7",
        undo: "update audit set content_json = replace(content_json, 'whx', 'why')",
      },
      {
        sql: "update audit set sequence = 99 where sequence = 3",
        undo: "update audit set sequence = 3 where sequence = 99",
      },
      { sql: "delete from audit where sequence = 6", undo: null },
    ];
    for (const { sql, undo } of meddling) {
      await opened.meddle(sql);
      const verdict = await audit.verify();
      assert.equal(verdict.isWhole, false, sql);
      assert.ok(verdict.problems.length > 0);
      if (undo === null) continue;
      await opened.meddle(undo);
      assert.equal((await audit.verify()).isWhole, true, undo);
    }
    await opened.meddle("delete from audit");
  });

  test("statistics count what came, by the local clock, and forget nothing with retention", async () => {
    const { cameras, passages, statistics, retention } = opened.store;
    const [one, two] = [await cameras.create(newCamera("s1")), await cameras.create(newCamera("s2"))];
    // The night in which Berlin's clocks go forward: 01:30, 03:30 and 23:30 on 29 March, 00:30 on the 30th.
    const night = Date.UTC(2026, 2, 29);
    const came = [
      { camera: one, timeMs: night + 0.5 * HOUR_MS, text: "ST1", region: "de", doubt: null },
      { camera: one, timeMs: night + 1.5 * HOUR_MS, text: "ST1", region: "de", doubt: "blurred" },
      { camera: two, timeMs: night + 21.5 * HOUR_MS, text: "ST2", region: null, doubt: null },
      { camera: one, timeMs: night + 22.5 * HOUR_MS, text: "ST1", region: "fr", doubt: null },
    ] as const;
    for (const { camera, timeMs, text, region, doubt } of came) {
      await passages.append(newPassage(text, camera.id, { firstTimeMs: timeMs, region, doubt, confidence: 0.5 }));
    }
    await cameras.addCounts(one.id, night, { "unread:blurred": 3, frames: 100 });
    const filter = { fromMs: night - DAY_MS, toMs: night + 2 * DAY_MS, cameraIds: [one.id, two.id] };
    const berlin = { timeZone: "Europe/Berlin" };
    const days = await statistics.series(filter, { by: "day", ...berlin });
    assert.deepEqual(days, [
      { startMs: night - HOUR_MS, passages: 3, doubted: 1, meanConfidence: 0.5, unread: 3 },
      { startMs: night + 22 * HOUR_MS, passages: 1, doubted: 0, meanConfidence: 0.5, unread: 0 },
    ]);
    const hours = await statistics.series(filter, { by: "hour", ...berlin });
    assert.deepEqual(
      hours.map(({ startMs, passages: count }) => [(startMs - night) / HOUR_MS, count]),
      [
        [0, 1],
        [1, 1],
        [21, 1],
        [22, 1],
      ],
    );
    assert.equal((await statistics.series(filter, { by: "week", ...berlin })).length, 2, "29 March is a Sunday");
    assert.equal((await statistics.series(filter, { by: "month", ...berlin }))[0]?.passages, 4);
    assert.deepEqual(
      (await statistics.breakdown(filter, "camera")).map(({ key, passages: count }) => [key, count]),
      [
        [one.id, 3],
        [two.id, 1],
      ],
    );
    assert.deepEqual(
      (await statistics.breakdown(filter, "region")).map(({ key }) => key),
      ["de", "", "fr"],
    );
    assert.deepEqual(
      (await statistics.breakdown(filter, "doubt")).map(({ key, passages: count }) => [key, count]),
      [
        ["", 3],
        ["blurred", 1],
      ],
    );
    const map = await statistics.heatMap(filter, "Europe/Berlin");
    assert.deepEqual([map[6]?.[1], map[6]?.[3], map[6]?.[2], map[6]?.[23], map[0]?.[0]], [1, 1, 0, 1, 1]);
    assert.deepEqual(await statistics.topPlates(filter, 1), {
      rows: [{ plate: "ST1", passages: 3, lastTimeMs: night + 22.5 * HOUR_MS }],
      isExact: true,
    });
    const later = { ...filter, fromMs: night + 21 * HOUR_MS };
    assert.deepEqual(
      (await statistics.topPlates(later)).rows.map(({ plate, passages: count }) => [plate, count]),
      [
        ["ST1", 1],
        ["ST2", 1],
      ],
    );
    await retention.run({ days: 0, bytesPerCamera: null }, night + 30 * DAY_MS);
    assert.deepEqual(await passages.count({ cameraIds: [one.id] }), { count: 0, isExact: true });
    assert.deepEqual(await statistics.series(filter, { by: "day", ...berlin }), days);
    await assert.rejects(statistics.heatMap(filter, "Mars/Olympus"), { code: "SITE_INVALID" });
  });

  test("retention takes what its preview says, by age and by size, and leaves what is on hold", async () => {
    const { cameras, passages, pictures, retention, alerts } = opened.store;
    const byAge = await cameras.create(newCamera("aging", { retentionDays: 2 }));
    const bySize = await cameras.create(newCamera("growing", { retentionBytes: 250 }));
    const kept = await cameras.create(newCamera("kept"));
    const hashes: string[] = [];
    for (let day = 0; day < 5; day++) {
      for (const camera of [byAge, bySize, kept]) {
        const crop = await pictures.put(Buffer.alloc(100, `${camera.id} ${day}`));
        hashes.push(crop);
        const more = { pictures: { crop }, alerts: day === 0 ? [{ ruleId: "ret", ruleName: "R", reason: "x" }] : [] };
        const { passage } = await passages.append(
          newPassage(`RET${day}`, camera.id, { firstTimeMs: START_MS - day * DAY_MS }, more),
        );
        if (day === 4 && camera === byAge) await passages.setHold(passage.id, { hold: true, by: "ann" });
      }
    }
    const rules = { days: null, bytesPerCamera: null };
    const preview = await retention.preview(rules, START_MS + 1);
    const own = ({ cameraId }: { cameraId: string }): boolean => [byAge.id, bySize.id, kept.id].includes(cameraId);
    const expected = [
      { cameraId: byAge.id, byAge: 2, bySize: 0, bytes: 200, held: 1, oldestKeptMs: START_MS - DAY_MS },
      { cameraId: bySize.id, byAge: 0, bySize: 3, bytes: 300, held: 0, oldestKeptMs: START_MS - DAY_MS },
      { cameraId: kept.id, byAge: 0, bySize: 0, bytes: 0, held: 0, oldestKeptMs: START_MS - 4 * DAY_MS },
    ];
    assert.deepEqual(preview.cameras.filter(own), expected);
    assert.equal((await passages.page({ cameraIds: [byAge.id] })).rows.length, 5, "a preview takes nothing");
    const report = await retention.run(rules, START_MS + 1);
    assert.deepEqual(report.cameras.filter(own), expected);
    const left = async (id: string) => (await passages.page({ cameraIds: [id] })).rows.map(({ text }) => text);
    assert.deepEqual(
      [await left(byAge.id), await left(bySize.id)],
      [
        ["RET0", "RET1", "RET4"],
        ["RET0", "RET1"],
      ],
    );
    const found = await Promise.all(hashes.map((hash) => pictures.get(hash)));
    assert.equal(found.filter((bytes) => bytes !== null).length, 10);
    assert.deepEqual((await retention.run(rules, START_MS + 1)).passages, 0);
    assert.equal((await alerts.page({ ruleIds: ["ret"] })).rows.length, 3, "alerts outlive their passages");
  });

  test("pictures are one per content, and only what nothing names is swept away", async () => {
    const { cameras, passages, pictures } = opened.store;
    const camera = await cameras.create(newCamera("pictures"));
    const hash = await pictures.put(Buffer.from("shown"));
    assert.equal(await pictures.put(Buffer.from("shown")), hash);
    await passages.append(newPassage("PIC1", camera.id, {}, { pictures: { crop: hash } }));
    const orphan = await pictures.put(Buffer.from("orphan"));
    assert.deepEqual([await pictures.isShown(hash), await pictures.isShown(orphan)], [true, false]);
    const folder = join(opened.directory, "pictures");
    mkdirSync(join(folder, ".incoming"), { recursive: true });
    writeFileSync(join(folder, ".incoming", "half"), "ha");
    const fileOf = (name: string): string => join(folder, name.slice(0, 2), name.slice(2, 4), name);
    const old = new Date(START_MS - 2 * HOUR_MS);
    for (const path of [fileOf(hash), fileOf(orphan), join(folder, ".incoming", "half")]) utimesSync(path, old, old);
    const young = await pictures.put(Buffer.from("young"));
    const now = new Date(START_MS);
    utimesSync(fileOf(young), now, now);
    const swept = await pictures.sweep();
    assert.deepEqual(swept, { removed: 2, bytes: 8 });
    assert.equal(String(await pictures.get(hash)), "shown");
    assert.equal(await pictures.get(orphan), null);
    assert.equal(String(await pictures.get(young)), "young");
    assert.deepEqual(readdirSync(join(folder, ".incoming")), []);
    assert.equal(statSync(fileOf(hash)).mode & 0o077, 0, "pictures are for the server's user only");
    writeFileSync(fileOf(hash), "SHOWN");
    await assert.rejects(pictures.get(hash), { code: "STORE_CORRUPT" });
    await assert.rejects(pictures.get("../../../etc/passwd"), { code: "STORE_INVALID" });
  });

  test("a closed store says so, and closing twice is closing once", async () => {
    await opened.store.close();
    await opened.store.close();
    await assert.rejects(opened.store.passages.page({}), { code: "STORE_CLOSED" });
    await assert.rejects(opened.store.settings.set("a", 1), { code: "STORE_CLOSED" });
    assert.equal((await opened.store.health()).isWritable, false);
    await opened.reopen();
    assert.equal((await opened.store.audit.verify()).isWhole, true);
  });
});
