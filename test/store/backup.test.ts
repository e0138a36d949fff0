import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openStore } from "../../src/store/open-store.ts";
import { restoreBackup } from "../../src/store/restore.ts";
import { readTar } from "../../src/store/tar-file.ts";
import { runPlatekit } from "../cli/run-program.ts";
import { onBothDatabases } from "./both-databases.ts";
import { newCamera, newPassage } from "./made-passage.ts";

onBothDatabases("backup", (opened) => {
  test("a backup taken while passages come in is whole, and its restore holds all that was there before", async () => {
    const { cameras, passages, pictures, audit } = opened.store;
    const camera = await cameras.create(newCamera("gate"));
    const before: string[] = [];
    const append = async (text: string): Promise<string> => {
      const crop = await pictures.put(Buffer.from(`crop of ${text}`));
      return (await passages.append(newPassage(text, camera.id, {}, { pictures: { crop } }))).passage.id;
    };
    for (let i = 0; i < 5; i++) before.push(await append(`BEFORE${i}`));
    const secret = (await passages.append(newPassage("SECRET1", camera.id, {}, { isHashed: true }))).passage.plate;
    await pictures.put(Buffer.from("named by nothing"));
    await audit.append({ actor: "ann", action: "passage.search", details: { plate: "BEFORE1" } });

    const file = join(opened.directory, "..", `${opened.directory.split("/").at(-1)}.tar`);
    let isOver = false;
    const during = (async (): Promise<void> => {
      for (let i = 0; !isOver; i++) await append(`DURING${i}`);
    })();
    const report = await opened.store.backup(file);
    isOver = true;
    await during;
    assert.equal(report.missingPictures, 0);
    assert.equal(report.passages, report.pictures + 1, "every passage but the hashed one has a picture");
    await assert.rejects(opened.store.backup(file), { code: "OUTPUT_UNWRITABLE" });
    assert.deepEqual(
      readdirSync(join(file, "..")).filter((name) => name.includes("unfinished")),
      [],
    );

    const target = `${opened.directory}-restored`;
    mkdirSync(target);
    const url = await opened.emptyDatabase();
    const restored = await restoreBackup(file, { directory: target, url });
    assert.deepEqual(
      [restored.passages, restored.pictures, restored.previousData],
      [report.passages, report.pictures, null],
    );
    const store = await openStore({ directory: target, url });
    try {
      for (const id of before) {
        const passage = await store.passages.get(id);
        assert.equal(String(await store.pictures.get(passage!.pictures.crop!)), `crop of ${passage?.text}`);
      }
      for await (const { pictures: shown } of store.passages.iterate({})) {
        if (shown.crop !== null) assert.notEqual(await store.pictures.get(shown.crop), null);
      }
      assert.equal(store.passages.hashPlate("SECRET1"), secret, "the key came along");
      const verdict = await store.audit.verify();
      assert.deepEqual([verdict.isWhole, verdict.entries], [true, 1]);
      assert.equal((await store.audit.verify("0".repeat(64))).isWhole, false);
      // The restored store goes on.
      await store.passages.append(newPassage("AFTER1", camera.id));
    } finally {
      await store.close();
    }
    await assert.rejects(restoreBackup(file, { directory: target, url }), { code: "STORE_CONFLICT" });
    const again = await restoreBackup(file, { directory: target, url, isReplacing: true });
    assert.ok(again.previousData?.startsWith(`${target}.before-`));
    rmSync(again.previousData!, { recursive: true });
    rmSync(target, { recursive: true });

    const bytes = readFileSync(file);
    const damages = [
      {
        name: "a changed byte of a picture",
        change: (copy: Buffer) => copy.write("CROP", copy.lastIndexOf("crop of")),
      },
      { name: "a changed byte of the database", change: (copy: Buffer) => copy.writeUInt8(copy[9000]! ^ 1, 9000) },
      { name: "a cut end", change: (copy: Buffer) => copy.fill(0, copy.length - 4096) },
    ];
    for (const { name, change } of damages) {
      const copy = Buffer.from(bytes);
      change(copy);
      writeFileSync(file, copy);
      await assert.rejects(
        restoreBackup(file, { directory: target, url: await opened.emptyDatabase() }),
        /damaged|no whole backup|ends before/,
        name,
      );
      assert.equal(
        readdirSync(join(target, "..")).some((entry) => entry.startsWith(`${target.split("/").at(-1)}`)),
        false,
        name,
      );
    }
    writeFileSync(file, bytes);
    rmSync(file);
  });
});

test("the commands back up, bring back and check the audit as a user would", async (t) => {
  const { mkdtempSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const folder = mkdtempSync(join(tmpdir(), "platekit-cli-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const store = await openStore({ directory: join(folder, "platekit-data") });
  const entry = await store.audit.append({ actor: "ann", action: "camera.update" });
  await store.close();
  const run = (...words: string[]) => runPlatekit(words, { cwd: folder });
  assert.match((await run("backup", "monday.tar")).stdout, /^monday\.tar: 0 passages, 0 pictures/);
  assert.equal((await run("backup", "monday.tar")).code, 1);
  assert.equal((await run("restore", "monday.tar")).code, 1);
  const restored = await run("restore", "--data", "new", "--json", "monday.tar");
  assert.equal(JSON.parse(restored.stdout).passages, 0);
  const verdict = await run("audit", "verify", "--data", "new", "--expect", entry.hash);
  assert.deepEqual(
    [verdict.code, verdict.stdout],
    [0, `The audit is whole: 1 entries. Last hash, to be kept elsewhere: ${entry.hash}\n`],
  );
  assert.equal((await run("audit", "verify", "--expect", "0".repeat(64))).code, 1);
  assert.equal((await run("audit", "verify", "--data", "nowhere")).code, 1);
  assert.equal((await run("audit")).code, 2);
  const names: string[] = [];
  for await (const { name } of readTar(join(folder, "monday.tar"))) names.push(name);
  assert.deepEqual(names, ["manifest.json", "store.key", "database.sqlite", "checksums.json"]);
});
