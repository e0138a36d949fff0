/** Who asks: a user with a session, a program with a key, or somebody on this machine before set-up. */
import type { Camera } from "../store/types.ts";
import type { Access } from "./route.ts";
import type { Permission, Role } from "./schemas/access.ts";

export interface Caller {
  readonly kind: "user" | "key" | "open" | "nobody";
  /** Of the user or the key. */
  readonly id: string | null;
  readonly name: string;
  /** As the audit writes it. */
  readonly actor: string;
  readonly role: Role | null;
  readonly permissions: ReadonlySet<Permission>;
  /** Null: every site. */
  readonly siteIds: readonly string[] | null;
  /** SHA-256 of the session's token, when there is one. */
  readonly sessionHash: string | null;
  readonly expiresMs: number | null;
}

export const NOBODY: Caller = {
  kind: "nobody",
  id: null,
  name: "",
  actor: "nobody",
  role: null,
  permissions: new Set(),
  siteIds: null,
  sessionHash: null,
  expiresMs: null,
};

export function isAllowed(caller: Caller, access: Access): boolean {
  if (access === "public") return true;
  if (access === "account") return caller.kind !== "nobody";
  return caller.permissions.has(access);
}

/** Whether the caller may see what belongs to a site; null: to none. */
export function seesSite({ siteIds }: Caller, siteId: string | null): boolean {
  return siteIds === null || (siteId !== null && siteIds.includes(siteId));
}

/** The cameras that the caller may see. */
export function visibleCameras(caller: Caller, cameras: readonly Camera[]): readonly Camera[] {
  return caller.siteIds === null ? cameras : cameras.filter(({ siteId }) => seesSite(caller, siteId));
}
