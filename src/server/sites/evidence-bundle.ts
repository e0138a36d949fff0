/** Evidence bundles: manifest, signature and pictures in one archive; packing and verifying, offline. */
import { Buffer } from "node:buffer";
import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { PlateKitError } from "../../core/errors.ts";
import { canonicalJson, type JsonValue } from "../../sites/canonical-json.ts";
import {
  type EvidenceContent,
  type EvidenceItem,
  type EvidenceManifest,
  evidenceManifest,
  evidenceProblems,
} from "../../sites/enforcement/evidence.ts";
import { readZip, writeZip, type ZipFile } from "./evidence-zip.ts";

const MANIFEST = "manifest.json";
const SIGNATURE = "signature.json";
const FOLDER = "files/";

/** What `platekit evidence verify` says. */
export interface EvidenceVerdict {
  readonly isWhole: boolean;
  /** One sentence each; empty when it is whole. */
  readonly problems: readonly string[];
  /** SHA-256 of the key that signed, hex: compare it with the one you know. Null when there is none. */
  readonly keyFingerprint: string | null;
  /** Null when no key was given to compare with. */
  readonly isKeyTrusted: boolean | null;
  readonly caseId: string | null;
}

/** @param privateKey Ed25519; its public half goes into the bundle. */
export function packEvidence(
  content: EvidenceContent,
  files: readonly (ZipFile & { readonly mediaType: string })[],
  privateKey: KeyObject,
): Buffer {
  const items = files.map(({ name, mediaType, bytes }): EvidenceItem => {
    return { name: FOLDER + name, mediaType, bytes: bytes.length, sha256: sha256(bytes) };
  });
  const manifest = Buffer.from(canonicalJson(plain(evidenceManifest(content, items, sha256))), "utf8");
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const signature = signatureJson(publicKey, sign(null, manifest, privateKey));
  return writeZip([
    { name: MANIFEST, bytes: manifest },
    { name: SIGNATURE, bytes: Buffer.from(signature, "utf8") },
    ...files.map(({ name, bytes }) => ({ name: FOLDER + name, bytes })),
  ]);
}

/**
 * Checks a bundle to its last byte: archive, chain, files and signature.
 *
 * @param trusted the key it should be signed with; without, any key does, and its fingerprint is told.
 * @throws PlateKitError FILE_UNREADABLE when it is no bundle at all, or no archive as it was written.
 */
export function verifyEvidence(archive: Buffer, trusted: KeyObject | null = null): EvidenceVerdict {
  const files = new Map(readZip(archive).map(({ name, bytes }) => [name, bytes]));
  const [manifestBytes, signatureBytes] = [files.get(MANIFEST), files.get(SIGNATURE)];
  if (manifestBytes === undefined || signatureBytes === undefined) {
    throw new PlateKitError(
      "FILE_UNREADABLE",
      `This archive is no evidence bundle: it lacks ${MANIFEST} or ${SIGNATURE}.`,
    );
  }
  files.delete(MANIFEST);
  files.delete(SIGNATURE);
  const problems: string[] = [];
  const manifest = parsedManifest(manifestBytes);
  if (manifest === null) problems.push("The manifest is not as it was written.");
  else {
    const hashes = new Map([...files].map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }]));
    problems.push(...evidenceProblems(manifest, hashes, sha256));
  }
  const signed = parsedSignature(signatureBytes);
  if (signed === null) problems.push("The signature is not as it was written.");
  else if (!verify(null, manifestBytes, signed.key, signed.signature))
    problems.push("The signature is not of this manifest.");
  const keyFingerprint = signed === null ? null : fingerprintOf(signed.key);
  const isKeyTrusted = trusted === null ? null : keyFingerprint === fingerprintOf(trusted);
  if (isKeyTrusted === false) problems.push("It is signed with another key than the one given.");
  return {
    isWhole: problems.length === 0,
    problems,
    keyFingerprint,
    isKeyTrusted,
    caseId: manifest?.content.case.id ?? null,
  };
}

/** SHA-256 of a public key's SPKI form, hex. */
export function fingerprintOf(key: KeyObject): string {
  return sha256(key.export({ type: "spki", format: "der" }));
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function signatureJson(publicKey: Buffer, signature: Buffer): string {
  return canonicalJson({
    algorithm: "Ed25519",
    publicKey: publicKey.toString("base64"),
    signature: signature.toString("base64"),
  });
}

/** Null unless the bytes are the canonical JSON of a manifest. */
function parsedManifest(bytes: Uint8Array): EvidenceManifest | null {
  const text = Buffer.from(bytes).toString("utf8");
  const value = parsedCanonical(text);
  if (value === undefined || !isManifest(value)) return null;
  return value as unknown as EvidenceManifest; // of the shape that isManifest asks for; its hashes show any other change
}

function isManifest(value: JsonValue): boolean {
  const manifest = value as {
    readonly content?: { readonly case?: { readonly id?: unknown } };
    items?: unknown;
    chain?: unknown;
  };
  return (
    typeof value === "object" &&
    value !== null &&
    typeof manifest.content?.case?.id === "string" &&
    Array.isArray(manifest.items) &&
    Array.isArray(manifest.chain) &&
    [...manifest.items, ...manifest.chain].every((one) => typeof one === "object" && one !== null)
  );
}

/** Null unless the bytes are what signatureJson writes: base64 could else be spelled in several ways. */
function parsedSignature(bytes: Uint8Array): { key: KeyObject; signature: Buffer } | null {
  const text = Buffer.from(bytes).toString("utf8");
  const value = parsedCanonical(text) as { publicKey?: unknown; signature?: unknown } | null | undefined;
  if (typeof value?.publicKey !== "string" || typeof value.signature !== "string") return null;
  const publicKey = Buffer.from(value.publicKey, "base64");
  const signature = Buffer.from(value.signature, "base64");
  if (signatureJson(publicKey, signature) !== text) return null;
  try {
    const key = createPublicKey({ key: publicKey, format: "der", type: "spki" });
    return key.asymmetricKeyType === "ed25519" ? { key, signature } : null;
  } catch {
    return null; // no key: reported as a problem by the caller
  }
}

/** Undefined for what is no JSON, or could be written in another way. */
function parsedCanonical(text: string): JsonValue | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return canonicalJson(value) === text ? value : undefined;
  } catch {
    return undefined; // reported as a problem by the caller
  }
}

/** Readonly objects, arrays, texts and numbers are JSON, which their type can't say. */
function plain(manifest: EvidenceManifest): JsonValue {
  return manifest as unknown as JsonValue;
}
