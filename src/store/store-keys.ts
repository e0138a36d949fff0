/** The secret of a store: one random file, from which every keyed hash has a key of its own. Never in the database. */
import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PlateKitError } from "../core/errors.ts";
import { syncFolder } from "./picture-files.ts";
import { normalisePlate } from "./plate-text.ts";

export interface StoreKeys {
  /** What stands in the place of a plate in privacy mode: `#` and 20 characters. The same plate, the same hash. */
  hashPlate(plate: string): string;
  /** To find audit entries that name a plate, without naming it. */
  auditPlateKey(plate: string): string;
  /** Chains the audit: who can write the database only can't make a chain that verifies. */
  auditHash(text: string): string;
}

const KEY_BYTES = 32;
export const KEY_FILE = "store.key";

/** Reads the key, or makes one. @throws PlateKitError STORE_CORRUPT. */
export async function openKeys(directory: string): Promise<StoreKeys> {
  const file = join(directory, KEY_FILE);
  const existing = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  const secret = existing ?? (await makeKey(file));
  if (secret.length !== KEY_BYTES) {
    throw new PlateKitError(
      "STORE_CORRUPT",
      `${file} must have ${KEY_BYTES} bytes, found ${secret.length}. Restore it from a backup.`,
    );
  }
  const derive = (name: string): Buffer => Buffer.from(hkdfSync("sha256", secret, "", `platekit ${name}`, 32));
  const plateKey = derive("plate hash");
  const auditPlateKey = derive("audit plate");
  const auditKey = derive("audit chain");
  const hex = (key: Buffer, text: string): string => createHmac("sha256", key).update(text).digest("hex");
  return {
    hashPlate: (plate) => `#${hex(plateKey, plate).slice(0, 20).toUpperCase()}`,
    auditPlateKey: (plate) => hex(auditPlateKey, plate).slice(0, 32),
    auditHash: (text) => hex(auditKey, text),
  };
}

/** Text that stands for a plate in privacy mode. */
export function isPlateHash(text: string): boolean {
  return /^#[0-9A-F]{20}$/.test(text);
}

/** A plate as it is kept: as text, and as what stands for it in privacy mode. */
export function plateNames(keys: StoreKeys, plate: string): readonly string[] {
  if (isPlateHash(plate)) return [plate];
  const text = normalisePlate(plate);
  return text === "" ? [""] : [text, keys.hashPlate(text)];
}

/** Written whole before it has its name, so that a power cut leaves a key or none. */
async function makeKey(file: string): Promise<Buffer> {
  await mkdir(dirname(file), { recursive: true });
  const secret = randomBytes(KEY_BYTES);
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString("hex")}`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(secret);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  await syncFolder(dirname(file));
  return readFile(file);
}
