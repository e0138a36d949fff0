/** The key that evidence bundles are signed with: made at the first need, kept in the data folder, read by its owner only. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PlateKitError } from "../../core/errors.ts";
import { fingerprintOf } from "./evidence-bundle.ts";

const FILE = "evidence.key";

/** @throws PlateKitError STORE_CORRUPT for a file that holds no Ed25519 key. */
export async function evidenceKey(dataFolder: string): Promise<KeyObject> {
  const file = join(dataFolder, FILE);
  const read = (): Promise<string | null> =>
    readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
  let pem = await read();
  if (pem === null) {
    const made = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    // Never over another one: who was first has made the key.
    await writeFile(file, made, { mode: 0o600, flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    pem = (await read()) ?? made;
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch (cause) {
    throw broken(file, cause);
  }
  throw broken(file);
}

export function publicHalf(key: KeyObject): { readonly publicKey: string; readonly fingerprint: string } {
  const half = createPublicKey(key);
  return { publicKey: half.export({ type: "spki", format: "pem" }).toString(), fingerprint: fingerprintOf(half) };
}

function broken(file: string, cause?: unknown): PlateKitError {
  return new PlateKitError("STORE_CORRUPT", `${file} holds no Ed25519 key. Restore it from a backup.`, { cause });
}
