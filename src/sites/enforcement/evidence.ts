/**
 * What an evidence bundle says, and the chain of hashes that shows any change of it. Pure data: hashing is an argument,
 * signing and packing belong to the edge (server/sites/evidence-bundle.ts).
 */
import { canonicalJson, type JsonValue } from "../canonical-json.ts";
import type { EnforcementCase } from "./cases.ts";

/** SHA-256 of the UTF-8 of a text, lower-case hex. */
export type HashText = (text: string) => string;

/** A file of the bundle: a picture, a clip. */
export interface EvidenceItem {
  /** Path in the bundle. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  /** SHA-256, lower-case hex. */
  readonly sha256: string;
}

/** What a camera's clock was known to be at the time. */
export interface ClockState {
  readonly cameraId: string;
  /** `ntp`, `gps`, `none`, ... */
  readonly source: string;
  readonly offsetMs: number | null;
  readonly toleranceMs: number | null;
  readonly checkedMs: number | null;
}

export interface EvidenceContent {
  readonly case: EnforcementCase;
  readonly site: string;
  /** The passages as stored, reads and all. */
  readonly passages: readonly JsonValue[];
  readonly clocks: readonly ClockState[];
  readonly models: readonly { readonly name: string; readonly version: string; readonly sha256: string }[];
  /** Hash of the configuration that the passages were made with. */
  readonly configurationSha256: string;
  readonly software: string;
  readonly createdMs: number;
  readonly createdBy: string;
}

/** One link: the hash of its part and of all links before it. */
export interface EvidenceLink {
  readonly part: string;
  readonly sha256: string;
  readonly link: string;
}

export interface EvidenceManifest {
  readonly format: "platekit-evidence";
  readonly schema: 1;
  readonly content: EvidenceContent;
  readonly items: readonly EvidenceItem[];
  /** The content first, then each item in its order. The last link stands for the whole. */
  readonly chain: readonly EvidenceLink[];
}

/** Before the first link. */
const START = "0".repeat(64);
const CONTENT = "content";

/**
 * The manifest of a bundle; what is signed is its canonical JSON.
 *
 * @throws RangeError for items of one name, or content that JSON can't carry.
 */
export function evidenceManifest(
  content: EvidenceContent,
  items: readonly EvidenceItem[],
  hash: HashText,
): EvidenceManifest {
  if (new Set(items.map(({ name }) => name)).size < items.length) throw new RangeError("Two items have one name.");
  return { format: "platekit-evidence", schema: 1, content, items, chain: chainOf(content, items, hash) };
}

/** What is wrong with a manifest and the files it names; empty when nothing is. */
export function evidenceProblems(
  manifest: EvidenceManifest,
  files: ReadonlyMap<string, { readonly bytes: number; readonly sha256: string }>,
  hash: HashText,
): string[] {
  if (manifest.format !== "platekit-evidence" || manifest.schema !== 1)
    return ["This is no evidence of a known format."];
  const problems: string[] = [];
  for (const { name, bytes, sha256 } of manifest.items) {
    const file = files.get(name);
    if (file === undefined) problems.push(`${name} is missing.`);
    else if (file.sha256 !== sha256 || file.bytes !== bytes) problems.push(`${name} was changed.`);
  }
  const named = new Set(manifest.items.map(({ name }) => name));
  for (const name of files.keys()) if (!named.has(name)) problems.push(`${name} was added.`);
  const expected = chainOf(manifest.content, manifest.items, hash);
  if (expected.length !== manifest.chain.length) problems.push("The chain has not as many links as parts.");
  for (const [i, { part, sha256, link }] of expected.entries()) {
    const found = manifest.chain[i];
    if (found?.part === part && found.sha256 === sha256 && found.link === link) continue;
    problems.push(part === CONTENT ? "The content was changed." : `The chain is broken at ${part}.`);
    break; // every later link rests on this one
  }
  return problems;
}

function chainOf(content: EvidenceContent, items: readonly EvidenceItem[], hash: HashText): EvidenceLink[] {
  // Plain data by its type: readonly objects, arrays, texts and numbers.
  const contentHash = hash(canonicalJson(content as unknown as JsonValue));
  const parts = [
    { part: CONTENT, sha256: contentHash },
    ...items.map((item) => ({ part: item.name, sha256: hash(canonicalJson({ ...item })) })),
  ];
  let previous = START;
  return parts.map(({ part, sha256 }) => {
    previous = hash(canonicalJson({ part, previous, sha256 }));
    return { part, sha256, link: previous };
  });
}
