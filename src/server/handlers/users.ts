/** Users and API keys, as administrators see them. */
import type { ApiKey, User } from "../../store/types.ts";
import { audited } from "../audited.ts";
import { newApiKey, tokenHash } from "../authenticate.ts";
import type { ServerContext } from "../context.ts";
import type { HandlersOf } from "../handler.ts";
import { pageOfRows } from "../page.ts";
import { notFound, RequestProblem } from "../problem.ts";
import type { accountRoutes } from "../routes/account.ts";
import { PERMISSIONS, type ApiKey as WireKey, type User as WireUser } from "../schemas/access.ts";
import { checkPassword, NEW_USER } from "../user-rules.ts";

type UserRoutes = Pick<
  typeof accountRoutes,
  "listUsers" | "createUser" | "getUser" | "updateUser" | "deleteUser" | "listApiKeys" | "createApiKey" | "revokeApiKey"
>;

export const userHandlers: HandlersOf<UserRoutes> = {
  async listUsers({ store }, { query }) {
    const { rows, next } = pageOfRows(await store.users.list(), query);
    return { items: rows.map(userOnWire), next };
  },

  async createUser(context, call) {
    const { username, password, role, siteIds, displayName = username } = call.body;
    checkPassword(password, username);
    const passwordHash = await context.passwords.hash(password);
    const user = await context.store.users.create({
      ...NEW_USER,
      ...{ name: username, displayName, role, siteIds, passwordHash },
      passwordChangedAtMs: context.nowMs(),
    });
    await audited(context, call, { action: "user.create", target: `user:${user.id}`, details: { role, siteIds } });
    call.revision(user.revision);
    return { id: user.id };
  },

  async getUser({ store }, call) {
    const user = await store.users.get(call.params.id);
    if (user === null) throw notFound("user");
    call.revision(user.revision);
    return userOnWire(user);
  },

  async updateUser(context, call) {
    const { store } = context;
    const { role, siteIds, enabled, password, displayName } = call.body;
    const user = await store.users.get(call.params.id);
    if (user === null) throw notFound("user");
    const losesPower = (role ?? user.role) !== "administrator" || enabled === false || (siteIds ?? null) !== null;
    if (losesPower) await keepAnAdministrator(context, user);
    if (password !== undefined) checkPassword(password, user.name);
    const patch = {
      ...(displayName === undefined ? {} : { displayName }),
      ...(role === undefined ? {} : { role }),
      ...(siteIds === undefined ? {} : { siteIds }),
      ...(enabled === undefined ? {} : { isEnabled: enabled }),
      ...(password === undefined
        ? {}
        : {
            passwordHash: await context.passwords.hash(password),
            passwordChangedAtMs: context.nowMs(),
            failedLogins: 0,
            lockedUntilMs: null,
          }),
    };
    const updated = await store.users.update(user.id, patch, call.ifRevision);
    if (updated === null) throw notFound("user");
    if (password !== undefined || enabled === false) await store.sessions.removeOfUser(user.id);
    await audited(context, call, {
      action: "user.update",
      target: `user:${user.id}`,
      details: { role, siteIds, enabled, password: password === undefined ? undefined : "changed" },
    });
    call.revision(updated.revision);
    return userOnWire(updated);
  },

  async deleteUser(context, call) {
    const { store } = context;
    const user = await store.users.get(call.params.id);
    if (user === null) throw notFound("user");
    await keepAnAdministrator(context, user);
    await store.sessions.removeOfUser(user.id);
    if (!(await store.users.remove(user.id, call.ifRevision))) throw notFound("user");
    await audited(context, call, { action: "user.delete", target: `user:${user.id}`, details: { name: user.name } });
    return undefined;
  },

  async listApiKeys({ store }, { query }) {
    const [keys, users] = await Promise.all([store.apiKeys.list(), store.users.list()]);
    const names = new Map(users.map(({ id, name }) => [id, name]));
    const { rows, next } = pageOfRows(keys, query);
    return { items: rows.map((key) => keyOnWire(key, names)), next };
  },

  async createApiKey(context, call) {
    const { caller, body } = call;
    const beyond = body.scopes.filter((scope) => !caller.permissions.has(scope));
    if (beyond.length > 0) {
      throw new RequestProblem(403, "SCOPE_BEYOND", `You don't have ${beyond.join(", ")} yourself.`);
    }
    const key = newApiKey();
    const row = await context.store.apiKeys.create({
      name: body.name,
      keyHash: tokenHash(key),
      prefix: key.slice(0, 9),
      scopes: body.scopes,
      siteIds: body.siteIds,
      createdBy: caller.kind === "user" ? caller.id : null,
      expiresAtMs: body.expiresMs,
      revokedAtMs: null,
      lastUsedAtMs: null,
    });
    const { scopes, siteIds, expiresMs } = body;
    await audited(context, call, {
      action: "key.create",
      target: `key:${row.id}`,
      details: { name: body.name, scopes, siteIds, expiresMs },
    });
    return { ...keyOnWire(row, new Map([[caller.id ?? "", caller.name]])), key };
  },

  async revokeApiKey(context, call) {
    const key = await context.store.apiKeys.get(call.params.id);
    if (key === null) throw notFound("API key");
    // The row stays: the audit names it.
    if (key.revokedAtMs === null) await context.store.apiKeys.update(key.id, { revokedAtMs: context.nowMs() });
    await audited(context, call, { action: "key.revoke", target: `key:${key.id}`, details: { name: key.name } });
    return undefined;
  },
};

/** @throws RequestProblem 409 when nobody else could manage users. */
async function keepAnAdministrator({ store }: ServerContext, user: User): Promise<void> {
  const isOne = ({ role, isEnabled, siteIds }: User): boolean =>
    role === "administrator" && isEnabled && siteIds === null;
  if (!isOne(user)) return;
  const others = (await store.users.list()).filter((other) => other.id !== user.id && isOne(other));
  if (others.length === 0) {
    throw new RequestProblem(409, "LAST_ADMINISTRATOR", "This is the only administrator; make another one first.");
  }
}

function userOnWire(user: User): WireUser {
  return {
    id: user.id,
    username: user.name,
    displayName: user.displayName,
    role: user.role,
    siteIds: user.siteIds === null ? null : [...user.siteIds],
    enabled: user.isEnabled,
    createdMs: user.createdAtMs,
    lastLoginMs: user.lastLoginAtMs,
    lockedUntilMs: user.lockedUntilMs,
  };
}

function keyOnWire(key: ApiKey, names: ReadonlyMap<string, string>): WireKey {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: PERMISSIONS.filter((permission) => key.scopes.includes(permission)),
    siteIds: key.siteIds === null ? null : [...key.siteIds],
    createdMs: key.createdAtMs,
    createdBy: names.get(key.createdBy ?? "") ?? "",
    expiresMs: key.expiresAtMs,
    lastUsedMs: key.lastUsedAtMs,
    revokedMs: key.revokedAtMs,
  };
}
