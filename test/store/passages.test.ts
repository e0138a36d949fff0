import assert from "node:assert/strict";
import { test } from "node:test";
import { createId } from "../../src/store/ids.ts";
import type { ListHit, StoredPassage } from "../../src/store/types.ts";
import { onBothDatabases, START_MS } from "./both-databases.ts";
import { madePassage, newCamera, newPassage } from "./made-passage.ts";

async function all(passages: AsyncIterable<StoredPassage>): Promise<StoredPassage[]> {
  const found: StoredPassage[] = [];
  for await (const passage of passages) found.push(passage);
  return found;
}

function hit(listId: string, entryText: string): ListHit {
  return {
    listId,
    listName: "Stolen",
    listKind: "hotlist",
    entryId: "e1",
    entryText,
    match: "exact",
    probability: 0.98,
  };
}

onBothDatabases("passages", (opened) => {
  test("an empty store has no passages, pages or counts", async () => {
    const { passages } = opened.store;
    assert.deepEqual(await passages.page({}), { rows: [], nextCursor: null });
    assert.deepEqual(await passages.page({ plate: "*A*" }), { rows: [], nextCursor: null });
    assert.equal(await passages.get(createId()), null);
    assert.deepEqual(await all(passages.iterate({})), []);
    assert.deepEqual(await passages.count({}), { count: 0, isExact: true });
    assert.equal(await passages.visits("AB12"), 0);
    assert.equal(await passages.correct("none", { text: "A1", by: "ann" }), null);
  });

  test("a passage comes back as it was given, with what the store knows of it", async () => {
    const camera = await opened.store.cameras.create(newCamera("as given"));
    const crop = await opened.store.pictures.put(Buffer.from("a crop"));
    const passage = madePassage("äb 12-3", {
      region: null,
      doubt: "blurred",
      direction: "in",
      firstTimeMs: START_MS - 5,
    });
    const reads = [
      { timeMs: 1, text: "AB123", confidence: 0.5, region: null, doubt: null, box: [1, 2, 3, 4], weight: 0.2 },
    ] as const;
    const { isNew } = await opened.store.passages.append({
      passage,
      cameraId: camera.id,
      pictures: { crop },
      reads,
      listHits: [hit("list-1", "ÄB123")],
    });
    assert.equal(isNew, true);
    const stored = {
      ...passage,
      cameraId: camera.id,
      siteId: null,
      plate: "ÄB123",
      pictures: { crop, frame: null },
      listHits: [hit("list-1", "ÄB123")],
      correctedText: null,
      hold: false,
      receivedAtMs: START_MS,
      isHashed: false,
    };
    assert.deepEqual(await opened.store.passages.get(passage.id), {
      ...stored,
      reads,
      corrections: [],
      holdNote: null,
      heldBy: null,
    });
    assert.deepEqual((await opened.store.passages.page({ plate: "äb-123" })).rows, [stored]);
  });

  test("the same id again changes nothing, also at the same moment", async () => {
    const camera = await opened.store.cameras.create(newCamera("twice"));
    const given = newPassage(
      "TWICE1",
      camera.id,
      {},
      { deliveries: [{ targetKind: "webhook", targetId: "t", event: "passage", payload: "{}" }] },
    );
    const both = await Promise.all([opened.store.passages.append(given), opened.store.passages.append(given)]);
    assert.deepEqual(
      both.map(({ isNew }) => isNew),
      [true, false],
    );
    const other = await opened.store.passages.append({ ...given, passage: { ...given.passage, text: "OTHER1" } });
    assert.equal(other.isNew, false);
    assert.equal(other.passage.text, "TWICE1");
    assert.equal((await opened.store.deliveries.page({ targetIds: ["t"] })).rows.length, 1);
    assert.equal(await opened.store.passages.visits("TWICE1"), 1);
  });

  test("what is at fault in a batch is refused, and nothing else", async () => {
    const camera = await opened.store.cameras.create(newCamera("batch"));
    const texts = ["GOOD1", "BAD", "GOOD2", "GOOD3"];
    const results = await Promise.allSettled(
      texts.map((text) => opened.store.passages.append(newPassage(text, text === "BAD" ? "no-camera" : camera.id))),
    );
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled", "fulfilled"],
    );
    const [, refused] = results;
    assert.ok(refused?.status === "rejected");
    assert.equal(refused.reason.code, "STORE_INVALID");
    const noPicture = opened.store.passages.append(
      newPassage("NOPIC", camera.id, {}, { pictures: { crop: "0".repeat(64) } }),
    );
    await assert.rejects(noPicture, { code: "STORE_INVALID" });
    const traversal = opened.store.passages.append(
      newPassage("NOPIC", camera.id, {}, { pictures: { crop: "../../etc/passwd" } }),
    );
    await assert.rejects(traversal, { code: "STORE_INVALID" });
    assert.deepEqual(
      (await opened.store.passages.page({ cameraIds: [camera.id] })).rows.map(({ text }) => text).sort(),
      ["GOOD1", "GOOD2", "GOOD3"],
    );
  });

  test("pages follow each other without gaps or repeats, both ways, while passages come in", async () => {
    const camera = await opened.store.cameras.create(newCamera("pages"));
    // Many at one moment: the time alone does not order them.
    const texts = Array.from({ length: 25 }, (_, i) => `PG${i + 10}`);
    for (const [i, text] of texts.entries()) {
      await opened.store.passages.append(newPassage(text, camera.id, { firstTimeMs: START_MS + Math.floor(i / 6) }));
    }
    for (const order of ["newest", "oldest"] as const) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: { rows: readonly StoredPassage[]; nextCursor: string | null } = await opened.store.passages.page(
          { cameraIds: [camera.id] },
          { limit: 7, cursor, order },
        );
        seen.push(...page.rows.map(({ text }) => text));
        cursor = page.nextCursor;
      } while (cursor !== null);
      assert.deepEqual(seen, order === "newest" ? texts.toReversed() : texts);
    }
    const first = await opened.store.passages.page({ cameraIds: [camera.id] }, { limit: 3 });
    await opened.store.passages.append(newPassage("NEWER", camera.id, { firstTimeMs: START_MS + 1000 }));
    const second = await opened.store.passages.page({ cameraIds: [camera.id] }, { limit: 3, cursor: first.nextCursor });
    assert.deepEqual(
      second.rows.map(({ text }) => text),
      ["PG31", "PG30", "PG29"],
    );
  });

  for (const cursor of [
    "x",
    "bm9uc2Vuc2U",
    Buffer.from("1 2; drop").toString("base64url"),
    Buffer.from("1 abc").toString("base64url"),
  ]) {
    test(`a cursor that no page gave is refused: ${cursor}`, async () => {
      await assert.rejects(opened.store.passages.page({}, { cursor }), { code: "STORE_INVALID" });
    });
  }

  test("a clock set back changes no order and loses nothing", async () => {
    const camera = await opened.store.cameras.create(newCamera("clock"));
    opened.nowMs = START_MS - 86_400_000;
    for (const [i, timeMs] of [5000, 1000, 9000, -4000, 0].entries()) {
      await opened.store.passages.append(newPassage(`CLK${i}`, camera.id, { firstTimeMs: timeMs }));
    }
    opened.nowMs = START_MS;
    const { rows } = await opened.store.passages.page({ cameraIds: [camera.id] });
    assert.deepEqual(
      rows.map(({ firstTimeMs }) => firstTimeMs),
      [9000, 5000, 1000, 0, -4000],
    );
    for (const [fromMs, toMs] of [
      [0, 5000],
      [0.5, 5000.5],
      [-4000, 0.1],
    ] as const) {
      const page = await opened.store.passages.page({ cameraIds: [camera.id], fromMs, toMs });
      assert.equal(page.rows.length, 2, `${fromMs} to ${toMs}`);
    }
  });

  test("a correction is found, says who and when, leaves the original, and can be taken back", async () => {
    const camera = await opened.store.cameras.create(newCamera("correct"));
    const { passage } = await opened.store.passages.append(newPassage("WRONG1", camera.id));
    const { passages } = opened.store;
    const corrected = await passages.correct(passage.id, { text: "right-1", by: "ann", note: "glare" });
    assert.equal(corrected?.text, "WRONG1");
    assert.equal(corrected?.correctedText, "RIGHT1");
    assert.deepEqual(
      corrected?.corrections.map(({ id: _, ...rest }) => rest),
      [{ fromText: "WRONG1", toText: "RIGHT1", note: "glare", by: "ann", atMs: START_MS }],
    );
    for (const plate of ["RIGHT1", "R?GHT*", "*GHT1"])
      assert.equal((await passages.page({ plate })).rows.length, 1, plate);
    assert.equal((await passages.page({ plate: "RIGHT7", match: "similar" })).rows.length, 1);
    for (const plate of ["WRONG1", "WRO*", "*ONG1"])
      assert.equal((await passages.page({ plate })).rows.length, 0, plate);
    assert.equal((await passages.page({ isCorrected: true })).rows.length, 1);
    const back = await passages.correct(passage.id, { text: "WRONG1", by: "bob" });
    assert.equal(back?.correctedText, null);
    assert.equal(back?.corrections.length, 2);
    assert.equal((await passages.page({ plate: "WRONG1" })).rows.length, 1);
    await assert.rejects(passages.correct(passage.id, { text: " -; ", by: "ann" }), { code: "STORE_INVALID" });
  });

  test("privacy mode keeps a hash: the plate is found by its text, and the text is nowhere", async () => {
    const camera = await opened.store.cameras.create(newCamera("private"));
    const { passage } = await opened.store.passages.append(newPassage("SECRET7", camera.id, {}, { isHashed: true }));
    assert.match(passage.text, /^#[0-9A-F]{20}$/);
    assert.equal(passage.text, opened.store.passages.hashPlate("secret-7"));
    assert.doesNotMatch(JSON.stringify(await opened.store.passages.get(passage.id)), /SECRET7/);
    assert.equal((await opened.store.passages.page({ plate: "SECRET7" })).rows.length, 1);
    assert.equal((await opened.store.passages.page({ plate: passage.text })).rows.length, 1);
    assert.equal((await opened.store.passages.page({ plate: "SECRET*" })).rows.length, 0);
    assert.equal(await opened.store.passages.visits("SECRET7"), 1);
    await opened.reopen();
    assert.equal(passage.text, opened.store.passages.hashPlate("SECRET7"));
  });

  test("a forgotten plate leaves nothing but what is on hold, and the audit still verifies", async () => {
    const { passages, pictures, audit, deliveries, alerts, sites } = opened.store;
    const camera = await opened.store.cameras.create(newCamera("forget"));
    const site = await sites.create({
      name: "forget",
      kind: "parking",
      timeZone: "UTC",
      isPrivate: false,
      isReasonRequired: false,
      settings: {},
    });
    const own = await pictures.put(Buffer.from("only of FORGET1"));
    const shared = await pictures.put(Buffer.from("of both"));
    const more = {
      deliveries: [{ targetKind: "webhook", targetId: "f", event: "passage", payload: "FORGET1" }],
      alerts: [{ ruleId: "rf", ruleName: "R", reason: "on a list" }],
    } as const;
    const { passage } = await passages.append(
      newPassage("FORGET1", camera.id, {}, { ...more, pictures: { crop: own, frame: shared } }),
    );
    await passages.append(newPassage("OTHER9", camera.id, {}, { ...more, pictures: { crop: shared } }));
    const held = await passages.append(newPassage("FORGET1", camera.id));
    await passages.setHold(held.passage.id, { hold: true, by: "ann", note: "court" });
    const misread = await passages.append(newPassage("FORGE71", camera.id));
    await passages.correct(misread.passage.id, { text: "FORGET1", by: "ann" });
    await passages.append(newPassage("FORGET1", camera.id, {}, { isHashed: true }));
    await sites.write(site.id, {
      events: [{ kind: "entry", plate: "FORGET1", passageId: passage.id, timeMs: 1, data: {} }],
    });
    await audit.append({
      actor: "ann",
      action: "passage.search",
      reason: "looking for FORGET1",
      details: { plate: "FORGET1" },
      plate: "FORGET1",
    });

    const preview = await passages.forget("forget-1", { by: "ann", reason: "asked by its owner", isPreview: true });
    assert.deepEqual(preview, {
      plate: "FORGET1",
      passages: 3,
      held: 1,
      pictures: 2,
      deliveries: 1,
      alerts: 1,
      siteEvents: 1,
      auditEntries: 1,
      registered: [],
    });
    assert.equal(await passages.visits("FORGET1"), 4);
    const report = await passages.forget("forget-1", { by: "ann", reason: "asked by its owner" });
    assert.deepEqual(report, { ...preview, pictures: 1 });

    assert.deepEqual(
      (await passages.page({ plate: "FORGET1" })).rows.map(({ id }) => id),
      [held.passage.id],
    );
    assert.equal(await pictures.get(own), null);
    assert.equal(await pictures.isShown(own), false);
    assert.equal(String(await pictures.get(shared)), "of both");
    assert.equal((await deliveries.page({ targetIds: ["f"] })).rows.length, 1);
    assert.equal((await alerts.page({ ruleIds: ["rf"] })).rows.length, 1);
    assert.equal((await sites.pageEvents({ siteId: site.id })).rows.length, 0);
    const verdict = await audit.verify();
    assert.deepEqual([verdict.isWhole, verdict.redacted, verdict.problems], [true, 1, []]);
    const { rows } = await audit.page({});
    assert.doesNotMatch(JSON.stringify(rows), /FORGET1/);
    assert.deepEqual(rows[0]?.reason, "asked by its owner");
    await passages.setHold(held.passage.id, { hold: false, by: "ann" });
    assert.equal((await passages.forget("FORGET1", { by: "ann", reason: "again" })).passages, 1);
    assert.deepEqual((await passages.page({ plate: "FORGET1", match: "similar" })).rows, []);
  });

  test("counts and exports hold what the filter says", async () => {
    const camera = await opened.store.cameras.create(newCamera("count"));
    for (let i = 0; i < 12; i++) {
      await opened.store.passages.append(
        newPassage(`CNT${i % 3}`, camera.id, { confidence: i / 12, firstTimeMs: START_MS + i }),
      );
    }
    const filter = { cameraIds: [camera.id], minConfidence: 0.5 };
    assert.deepEqual(await opened.store.passages.count(filter), { count: 6, isExact: true });
    assert.deepEqual(await opened.store.passages.count(filter, 4), { count: 4, isExact: false });
    const exported = await all(opened.store.passages.iterate(filter, { order: "oldest" }));
    assert.deepEqual(
      exported.map(({ text }) => text),
      ["CNT0", "CNT1", "CNT2", "CNT0", "CNT1", "CNT2"],
    );
    await assert.rejects(all(opened.store.passages.iterate({}, { signal: AbortSignal.abort() })), {
      name: "AbortError",
    });
    assert.equal(await opened.store.passages.visits("CNT1", { beforeMs: START_MS + 7, cameraIds: [camera.id] }), 2);
    assert.equal(await opened.store.passages.visits("CNT1", { sinceMs: START_MS + 7 }), 2);
  });
});
