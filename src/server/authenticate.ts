/** From a request to its caller: an API key, a session cookie, or this machine before set-up. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Store } from "../store/types.ts";
import { OPEN_PERMISSIONS, ROLE_RULES, withinSites } from "./access-rules.ts";
import { type Caller, NOBODY } from "./caller.ts";
import type { Setup } from "./context.ts";
import { RequestProblem } from "./problem.ts";
import { type Permission, permissionSchema } from "./schemas/access.ts";

/** A session ends after so long without a request, and in any case after so long. */
export const SESSION_IDLE_MS = 12 * 3_600_000;
export const SESSION_MAX_MS = 30 * 86_400_000;
/** A session's or key's last use is written at most so often. */
const TOUCH_MS = 60_000;

/** Keys begin so, to be found by scanners of leaked secrets. */
export const KEY_PREFIX = "pk_";

export interface Credentials {
  /** Of `Authorization: Bearer`, `Authorization: Token` or `X-API-Key`. */
  readonly key: string | null;
  readonly cookie: string | null;
  /** Whether the request comes from this machine itself, without a proxy, to a server only this machine reaches. */
  readonly isLocal: boolean;
}

export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

export function newApiKey(): string {
  return `${KEY_PREFIX}${randomBytes(30).toString("base64url")}`;
}

/** Tokens and keys are random and long: a plain SHA-256 can't be searched back. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

export function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(tokenHash(given)), Buffer.from(tokenHash(expected)));
}

/** @returns null when a header is there that holds no key. */
export function keyOfHeaders(headers: {
  readonly authorization?: string | undefined;
  readonly "x-api-key"?: string | string[] | undefined;
}): string | null {
  const direct = headers["x-api-key"];
  if (typeof direct === "string") return direct;
  const match = /^(?:Bearer|Token)\s+(\S+)$/i.exec(headers.authorization ?? "");
  return match?.[1] ?? null;
}

/** Whoever asks from this machine before there is an administrator. */
const THIS_MACHINE: Caller = {
  ...NOBODY,
  kind: "open",
  name: "this machine",
  actor: "local",
  permissions: OPEN_PERMISSIONS,
};

export interface Authenticator {
  /** NOBODY when nothing says who it is. @throws RequestProblem 401 for a key that is wrong, expired or revoked. */
  callerOf(credentials: Credentials): Promise<Caller>;
}

export function createAuthenticator(store: Store, setup: Setup, nowMs: () => number): Authenticator {
  const touchedMs = new Map<string, number>();

  function isTouchDue(id: string): boolean {
    const now = nowMs();
    if (now - (touchedMs.get(id) ?? 0) < TOUCH_MS) return false;
    if (touchedMs.size > 10_000) touchedMs.clear();
    touchedMs.set(id, now);
    return true;
  }

  async function callerOfKey(given: string): Promise<Caller> {
    const key = given.length > 200 ? null : await store.apiKeys.byHash(tokenHash(given));
    const now = nowMs();
    if (key === null || key.revokedAtMs !== null) {
      throw new RequestProblem(401, "KEY_UNKNOWN", "This API key is not known, or was revoked. Make a new one.");
    }
    if (key.expiresAtMs !== null && key.expiresAtMs <= now) {
      throw new RequestProblem(401, "KEY_EXPIRED", "This API key has expired. Make a new one.");
    }
    if (isTouchDue(key.id)) await store.apiKeys.touch(key.id, now).catch(() => {}); // its use must not fail over it
    return {
      kind: "key",
      id: key.id,
      name: key.name,
      actor: `key:${key.name}`,
      role: null,
      permissions: withinSites(knownPermissions(key.scopes), key.siteIds),
      siteIds: key.siteIds,
      sessionHash: null,
      expiresMs: key.expiresAtMs,
    };
  }

  async function callerOfCookie(cookie: string): Promise<Caller | null> {
    if (cookie.length > 200) return null;
    const hash = tokenHash(cookie);
    const session = await store.sessions.get(hash);
    const now = nowMs();
    if (session === null || session.expiresAtMs <= now) return null;
    const user = await store.users.get(session.userId);
    if (user === null || !user.isEnabled) return null;
    const expiresMs = Math.min(now + SESSION_IDLE_MS, session.createdAtMs + SESSION_MAX_MS);
    if (isTouchDue(hash)) await store.sessions.touch(hash, now, expiresMs).catch(() => {});
    return {
      kind: "user",
      id: user.id,
      name: user.name,
      actor: user.name,
      role: user.role,
      permissions: withinSites(ROLE_RULES[user.role].permissions, user.siteIds),
      siteIds: user.siteIds,
      sessionHash: hash,
      expiresMs,
    };
  }

  return {
    async callerOf({ key, cookie, isLocal }) {
      const open = async (): Promise<Caller | null> => (isLocal && (await setup.isNeeded()) ? THIS_MACHINE : null);
      if (key !== null) {
        return callerOfKey(key).catch(async (error: unknown) => {
          // A program that came from elsewhere brings its old key along: in the first minute it needs none.
          const caller = error instanceof RequestProblem ? await open() : null;
          if (caller === null) throw error;
          return caller;
        });
      }
      const user = cookie === null ? null : await callerOfCookie(cookie);
      return user ?? (await open()) ?? NOBODY;
    },
  };
}

/** Scopes of a later version that this one does not know allow nothing. */
function knownPermissions(scopes: readonly string[]): Permission[] {
  return scopes.flatMap((scope) => {
    const parsed = permissionSchema.safeParse(scope);
    return parsed.success ? [parsed.data] : [];
  });
}
