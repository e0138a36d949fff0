import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { execFile } from "node:child_process";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { fingerprintOf, packEvidence, verifyEvidence } from "../../src/server/sites/evidence-bundle.ts";
import { readZip, writeZip } from "../../src/server/sites/evidence-zip.ts";
import type { EvidenceContent } from "../../src/sites/enforcement/evidence.ts";
import { runInProcess } from "./run-program.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const other = generateKeyPairSync("ed25519");
const content: EvidenceContent = {
  case: {
    id: "case-17",
    kind: "speed",
    passageIds: ["p"],
    text: "AB123CD",
    probability: 1,
    summary: "",
    timeMs: 1,
    trail: [],
  },
  site: "s",
  passages: [{ id: "p" }],
  clocks: [],
  models: [],
  configurationSha256: "",
  software: "platekit",
  createdMs: 1,
  createdBy: "officer",
};
const picture = { name: "front.jpg", mediaType: "image/jpeg", bytes: Buffer.from([0xff, 0xd8, 1, 2, 3, 0xff, 0xd9]) };
const bundle = packEvidence(content, [picture, { ...picture, name: "rear.jpg" }], privateKey);

/** What verifying says, a refusal to read included. */
function isWhole(archive: Buffer): boolean {
  try {
    return verifyEvidence(archive, publicKey).isWhole;
  } catch (error) {
    assert.equal((error as { code?: string }).code, "FILE_UNREADABLE");
    return false;
  }
}

test("a bundle is whole, and tells its case and whose key signed it", () => {
  assert.deepEqual(verifyEvidence(bundle, publicKey), {
    isWhole: true,
    problems: [],
    keyFingerprint: fingerprintOf(publicKey),
    isKeyTrusted: true,
    caseId: "case-17",
  });
  assert.equal(verifyEvidence(bundle).isKeyTrusted, null);
  assert.ok(packEvidence(content, [picture, { ...picture, name: "rear.jpg" }], privateKey).equals(bundle));
});

test("any changed, lost or added byte is found", () => {
  for (let i = 0; i < bundle.length; i++) {
    const changed = Buffer.from(bundle);
    changed[i]! ^= 1 << (i % 8);
    assert.ok(!isWhole(changed), `byte ${i}`);
  }
  for (const length of [0, 1, 29, 100, bundle.length - 1])
    assert.ok(!isWhole(bundle.subarray(0, length)), `cut at ${length}`);
  assert.ok(!isWhole(Buffer.concat([bundle, Buffer.from([0])])));
});

test("a bundle that was packed anew with other files, or signed by another, is found out", () => {
  const files = readZip(bundle);
  const problemsOf = (changed: typeof files, key = publicKey): readonly string[] =>
    verifyEvidence(writeZip(changed), key).problems;
  assert.deepEqual(problemsOf(files), []);
  assert.deepEqual(
    problemsOf(files.map((file) => (file.name === "files/front.jpg" ? { ...file, bytes: Buffer.from("x") } : file))),
    ["files/front.jpg was changed."],
  );
  assert.deepEqual(problemsOf(files.filter(({ name }) => name !== "files/rear.jpg")), ["files/rear.jpg is missing."]);
  assert.deepEqual(problemsOf([...files, { name: "files/extra.jpg", bytes: Buffer.from("x") }]), [
    "files/extra.jpg was added.",
  ]);
  const forged = packEvidence({ ...content, createdBy: "forger" }, [picture], other.privateKey);
  assert.deepEqual(verifyEvidence(forged, publicKey).problems, ["It is signed with another key than the one given."]);
  const text = (name: string): string => Buffer.from(files.find((file) => file.name === name)!.bytes).toString();
  const spaced = files.map((file) =>
    file.name === "manifest.json" ? { ...file, bytes: Buffer.from(`${text(file.name)} `) } : file,
  );
  assert.ok(problemsOf(spaced).includes("The manifest is not as it was written."));
  for (const manifest of ["null", "{", '{"content":1}', '"\\ud800"', "1e999"]) {
    const broken = files.map((file) =>
      file.name === "manifest.json" ? { ...file, bytes: Buffer.from(manifest) } : file,
    );
    assert.ok(problemsOf(broken).includes("The manifest is not as it was written."), manifest);
  }
  assert.throws(() => verifyEvidence(writeZip(files.slice(2))), {
    code: "FILE_UNREADABLE",
    message: /lacks manifest\.json/,
  });
});

test("other programs open the archive", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "platekit-zip-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "bundle.zip"), bundle);
  const script = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), *z.namelist())";
  const ran = await promisify(execFile)("python3", ["-c", script, join(folder, "bundle.zip")]).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    },
  );
  if (ran === null) return t.skip("there is no python3 to open it with");
  assert.equal(ran.stdout.trim(), "None manifest.json signature.json files/front.jpg files/rear.jpg");
});

test("evidence verify exits with 0 for a whole bundle, 1 for any other, 2 for wrong usage", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "platekit-evidence-"));
  t.after(() => rm(folder, { recursive: true }));
  const [file, key, wrong] = [join(folder, "b.zip"), join(folder, "key.pem"), join(folder, "other.pem")];
  await writeFile(file, bundle);
  await writeFile(key, publicKey.export({ type: "spki", format: "pem" }));
  await writeFile(wrong, other.publicKey.export({ type: "spki", format: "pem" }));
  const verify = (...words: string[]) => runInProcess(["evidence", ...words]);

  const whole = await verify("verify", file);
  assert.equal(whole.code, 0);
  assert.match(whole.stdout, /case case-17 is as it was written, signed with key [0-9a-f]{64}\. Compare it/);
  assert.match((await verify("verify", file, "--key", key)).stdout, /the one given/);
  const json = JSON.parse((await verify("verify", file, "--json")).stdout);
  assert.deepEqual([json.isWhole, json.caseId], [true, "case-17"]);

  const untrusted = await verify("verify", file, "--key", wrong);
  assert.deepEqual([untrusted.code, /NOT as it was written/.test(untrusted.stdout)], [1, true]);
  await writeFile(file, "hello");
  assert.deepEqual(
    [(await verify("verify", file)).code, (await verify("verify", join(folder, "none.zip"))).code],
    [1, 1],
  );
  assert.equal((await verify("verify", folder)).code, 1);
  assert.deepEqual(
    [
      (await verify("check", file)).code,
      (await verify("verify")).code,
      (await verify("verify", file, "--key", file)).code,
    ],
    [2, 2, 2],
  );
  assert.ok(createPublicKey(privateKey).equals(publicKey));
});
