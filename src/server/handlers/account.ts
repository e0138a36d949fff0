/** Setting up, logging in and out, one's own password. Users and keys are in users.ts. */

import type { User } from "../../store/types.ts";
import { ROLE_RULES, withinSites } from "../access-rules.ts";
import { audited } from "../audited.ts";
import { isSameToken, newToken, SESSION_IDLE_MS, SESSION_MAX_MS, tokenHash } from "../authenticate.ts";
import type { Caller } from "../caller.ts";
import type { ServerContext } from "../context.ts";
import type { Call, HandlersOf } from "../handler.ts";
import { RequestProblem } from "../problem.ts";
import { isLocal } from "../register-routes.ts";
import type { Route } from "../route.ts";
import type { accountRoutes } from "../routes/account.ts";
import { type Me, PERMISSIONS, type Role } from "../schemas/access.ts";
import { requireSecureTransport } from "../session-cookie.ts";
import { checkPassword, NEW_USER } from "../user-rules.ts";
import { userHandlers } from "./users.ts";

/** After so many wrong passwords in a row the account waits; each further one doubles the wait. */
const FREE_TRIES = 5;
const FIRST_LOCK_MS = 30_000;
const LONGEST_LOCK_MS = 3_600_000;

/** When an account may be tried again after so many wrong passwords in a row; null: at once. */
export function lockedUntilMs(failedLogins: number, nowMs: number): number | null {
  if (failedLogins < FREE_TRIES) return null;
  return nowMs + Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** Math.min(20, failedLogins - FREE_TRIES));
}

export const accountHandlers: HandlersOf<typeof accountRoutes> = {
  async setupState(context, { request }) {
    const needsSetup = await context.setup.isNeeded();
    return { needsSetup, openReading: needsSetup && isLocal(request, context) };
  },

  async setUp(context, call) {
    requireSecureTransport(call.request);
    const expected = context.setup.token();
    if (expected === null || !(await context.setup.isNeeded())) {
      throw new RequestProblem(410, "ALREADY_SET_UP", "There is an administrator already; log in.");
    }
    if (!isSameToken(call.body.token, expected)) {
      throw new RequestProblem(
        403,
        "TOKEN_WRONG",
        "This is not the link of the running server; take it from its terminal.",
      );
    }
    const { username, password } = call.body;
    checkPassword(password, username);
    const passwordHash = await context.passwords.hash(password);
    const user = await context.store.users.createFirst({
      ...NEW_USER,
      name: username,
      displayName: username,
      role: "administrator",
      passwordHash,
      passwordChangedAtMs: context.nowMs(),
    });
    if (user === null) throw new RequestProblem(410, "ALREADY_SET_UP", "There is an administrator already; log in.");
    context.setup.done();
    await audited(context, as(user, call), { action: "setup", target: `user:${user.id}` });
    return startSession(context, call, user);
  },

  async login(context, call) {
    requireSecureTransport(call.request);
    if (context.passwords.isBusy()) {
      throw new RequestProblem(503, "LOGIN_BUSY", "Too many log in at once; try again.", { retryAfterS: 5 });
    }
    const { store, passwords } = context;
    const user = await store.users.byName(call.body.username);
    if (user === null) {
      await passwords.verifyNobody(call.body.password);
      await audited(context, call, { action: "login.failed", details: { why: "no such user" } });
      throw wrongPassword();
    }
    const now = context.nowMs();
    if (user.lockedUntilMs !== null && user.lockedUntilMs > now) {
      const retryAfterS = Math.ceil((user.lockedUntilMs - now) / 1000);
      throw new RequestProblem(
        429,
        "LOGIN_LOCKED",
        `Too many wrong passwords; try again in ${retryAfterS} s, or ask an administrator.`,
        { retryAfterS },
      );
    }
    const { isRight, needsRehash } = await passwords.verify(call.body.password, user.passwordHash);
    if (!isRight || !user.isEnabled) {
      await store.users.addFailedLogin(user.id, (failed) => lockedUntilMs(failed, context.nowMs()));
      await audited(context, call, { action: "login.failed", target: `user:${user.id}` });
      throw wrongPassword();
    }
    const change = needsRehash ? { passwordHash: await passwords.hash(call.body.password) } : {};
    await store.users.update(user.id, { ...change, failedLogins: 0, lockedUntilMs: null, lastLoginAtMs: now });
    await audited(context, as(user, call), { action: "login", target: `user:${user.id}` });
    return startSession(context, call, user);
  },

  async logout(context, call) {
    const { sessionHash } = call.caller;
    if (sessionHash !== null) {
      await context.store.sessions.remove(sessionHash);
      await audited(context, call, { action: "logout" });
    }
    call.setCookie(null);
    return undefined;
  },

  async me(_context, { caller }) {
    if (caller.kind === "nobody") throw new RequestProblem(401, "NOT_LOGGED_IN", "Log in.");
    return meOf(caller);
  },

  async changePassword(context, call) {
    const { caller, body } = call;
    const user = caller.kind === "user" && caller.id !== null ? await context.store.users.get(caller.id) : null;
    if (user === null) throw new RequestProblem(403, "NOT_A_USER", "Only users have passwords.");
    const { isRight } = await context.passwords.verify(body.current, user.passwordHash);
    if (!isRight) {
      await context.store.users.addFailedLogin(user.id, (failed) => lockedUntilMs(failed, context.nowMs()));
      throw new RequestProblem(403, "PASSWORD_WRONG", "The current password is wrong.");
    }
    checkPassword(body.password, user.name);
    const passwordHash = await context.passwords.hash(body.password);
    await context.store.users.update(user.id, { passwordHash, passwordChangedAtMs: context.nowMs(), failedLogins: 0 });
    await context.store.sessions.removeOfUser(user.id, caller.sessionHash ?? undefined);
    await audited(context, call, { action: "user.password", target: `user:${user.id}` });
    return undefined;
  },

  async listRoles() {
    const items = (Object.keys(ROLE_RULES) as Role[]).map((role) => {
      const { summary, permissions } = ROLE_RULES[role];
      return { role, summary, permissions: [...permissions] };
    });
    return { items, next: null };
  },

  ...userHandlers,
};

export function meOf(caller: Caller): Me {
  return {
    kind: caller.kind === "nobody" ? "open" : caller.kind,
    id: caller.id,
    name: caller.name,
    role: caller.role,
    permissions: PERMISSIONS.filter((permission) => caller.permissions.has(permission)),
    siteIds: caller.siteIds === null ? null : [...caller.siteIds],
    expiresMs: caller.expiresMs,
  };
}

async function startSession(context: ServerContext, call: Call<Route>, user: User): Promise<Me> {
  const token = newToken();
  const now = context.nowMs();
  const expiresMs = now + Math.min(SESSION_IDLE_MS, SESSION_MAX_MS);
  await context.store.sessions.purgeExpired(now);
  await context.store.sessions.create({
    idHash: tokenHash(token),
    userId: user.id,
    createdAtMs: now,
    lastSeenAtMs: now,
    expiresAtMs: expiresMs,
    address: call.address,
    userAgent: String(call.request.headers["user-agent"] ?? "").slice(0, 200) || null,
  });
  // The session before is of no use any more: nobody can have planted it (session fixation).
  if (call.caller.sessionHash !== null) await context.store.sessions.remove(call.caller.sessionHash);
  call.setCookie(token);
  return meOf({ ...as(user, call).caller, expiresMs });
}

function as(user: User, { address }: { readonly address: string }): { caller: Caller; address: string } {
  const caller: Caller = {
    kind: "user",
    id: user.id,
    name: user.name,
    actor: user.name,
    role: user.role,
    permissions: withinSites(ROLE_RULES[user.role].permissions, user.siteIds),
    siteIds: user.siteIds,
    sessionHash: null,
    expiresMs: null,
  };
  return { caller, address };
}

/** The same words whether the name or the password is wrong. */
function wrongPassword(): RequestProblem {
  return new RequestProblem(401, "LOGIN_WRONG", "This name and this password don't belong together.");
}
