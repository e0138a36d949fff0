/** Entity tags: `"r12"` for a row's revision, which the store can check itself, else a hash of what is answered. */
import { createHash } from "node:crypto";

export function revisionTag(revision: number): string {
  return `"r${revision}"`;
}

export function contentTag(payload: string): string {
  return `"${createHash("sha256").update(payload).digest("base64url").slice(0, 27)}"`;
}

/** Tags of `If-Match` and `If-None-Match`; `*` stands alone. Weak ones are compared by their text. */
export function givenTags(header: string | undefined): readonly string[] {
  if (header === undefined) return [];
  if (header.trim() === "*") return ["*"];
  return [...header.slice(0, 4000).matchAll(/(?:W\/)?("[^"]*")/g)].map((match) => match[1]!);
}

/** The revision that `If-Match` asks for; undefined when it asks for none. */
export function givenRevision(header: string | undefined): number | undefined {
  const match = /^\s*(?:W\/)?"r(\d{1,15})"\s*$/.exec(header ?? "");
  return match ? Number(match[1]) : undefined;
}
