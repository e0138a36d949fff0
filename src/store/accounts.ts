/** Users, their sessions, and API keys. */
import { type Selectable, sql } from "kysely";
import type { ApiKey, ApiKeys, Session, Sessions, User, Users } from "./account-types.ts";
import { type Cell, type CollectionSpec, collection, insertRow, rowOf } from "./collection.ts";
import type { Database, Queries } from "./database.ts";
import { createId } from "./ids.ts";
import type { Tables } from "./tables.ts";

const USERS: CollectionSpec<User, Record<never, never>> = {
  table: "user_account",
  columns: {
    name: ({ name }) => name,
    name_key: ({ name }) => nameKey(name),
    failed_logins: ({ failedLogins }) => failedLogins,
    locked_until_ms: ({ lockedUntilMs }) => lockedUntilMs,
  },
  fields: {
    name: ({ name }) => name,
    failedLogins: ({ failed_logins }) => failed_logins,
    lockedUntilMs: ({ locked_until_ms }) => locked_until_ms,
  },
  defaults: { siteIds: null, isEnabled: true, lastLoginAtMs: null },
};

const API_KEYS: CollectionSpec<ApiKey, Record<never, never>> = {
  table: "api_key",
  columns: {
    name: ({ name }) => name,
    key_hash: ({ keyHash }) => keyHash,
    last_used_at_ms: ({ lastUsedAtMs }) => lastUsedAtMs,
  },
  fields: {
    name: ({ name }) => name,
    keyHash: ({ key_hash }) => key_hash,
    lastUsedAtMs: ({ last_used_at_ms }) => last_used_at_ms,
  },
  defaults: { scopes: [], siteIds: null, createdBy: null, expiresAtMs: null, revokedAtMs: null },
};

/** What two names must not share: case and composed forms don't tell them apart. */
function nameKey(name: string): string {
  return name.normalize("NFKC").trim().toLowerCase();
}

async function userWhere(queries: Queries, column: "id" | "name_key", value: string): Promise<User | null> {
  const { rows } = await sql<
    Record<string, Cell>
  >`select * from user_account where ${sql.ref(column)} = ${value}`.execute(queries);
  return rows[0] === undefined ? null : rowOf(rows[0], USERS);
}

export function createUsers(database: Database, nowMs: () => number): Users {
  const users = collection<User>(database, nowMs, USERS);
  const count = async (queries: Queries): Promise<number> => {
    const row = await queries
      .selectFrom("user_account")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    return row.count;
  };
  return {
    ...users,
    byName: (name) => database.read((queries) => userWhere(queries, "name_key", nameKey(name))),
    count: () => database.read(count),
    createFirst: (user) =>
      database.write(async (queries) => {
        // SQLite has one writer anyway.
        if (database.kind === "postgres") await sql`lock table user_account in exclusive mode`.execute(queries);
        if ((await count(queries)) > 0) return null;
        const now = nowMs();
        const { name, failedLogins, lockedUntilMs, ...rest } = user;
        const cells = {
          id: createId(now),
          revision: 1,
          created_at_ms: now,
          updated_at_ms: now,
          name,
          name_key: nameKey(name),
          failed_logins: failedLogins,
          locked_until_ms: lockedUntilMs,
          rest_json: JSON.stringify(rest),
        };
        await insertRow(queries, "user_account", cells);
        return rowOf(cells, USERS);
      }),
    addFailedLogin: (id, lockedUntilMs) =>
      database.write(async (queries) => {
        const row = await queries
          .updateTable("user_account")
          .set({ failed_logins: sql`failed_logins + 1` })
          .where("id", "=", id)
          .returning("failed_logins")
          .executeTakeFirst();
        if (row === undefined) return null;
        const locked_until_ms = lockedUntilMs(row.failed_logins);
        await queries.updateTable("user_account").set({ locked_until_ms }).where("id", "=", id).execute();
        return userWhere(queries, "id", id);
      }),
  };
}

export function createApiKeys(database: Database, nowMs: () => number): ApiKeys {
  return {
    ...collection<ApiKey>(database, nowMs, API_KEYS),
    byHash: (keyHash) =>
      database.read(async (queries) => {
        const { rows } = await sql<Record<string, Cell>>`select * from api_key where key_hash = ${keyHash}`.execute(
          queries,
        );
        return rows[0] === undefined ? null : rowOf(rows[0], API_KEYS);
      }),
    touch: (id, lastUsedAtMs) =>
      database.write(async (queries) => {
        await queries.updateTable("api_key").set({ last_used_at_ms: lastUsedAtMs }).where("id", "=", id).execute();
      }),
  };
}

export function createSessions(database: Database): Sessions {
  return {
    create: (session) =>
      database.write(async (queries) => {
        await queries
          .insertInto("session")
          .values({
            id_hash: session.idHash,
            user_id: session.userId,
            created_at_ms: session.createdAtMs,
            last_seen_at_ms: session.lastSeenAtMs,
            expires_at_ms: session.expiresAtMs,
            address: session.address,
            user_agent: session.userAgent,
          })
          .execute();
      }),
    get: (idHash) =>
      database.read(async (queries) => {
        const row = await queries.selectFrom("session").selectAll().where("id_hash", "=", idHash).executeTakeFirst();
        return row === undefined ? null : sessionOf(row);
      }),
    touch: (idHash, lastSeenAtMs, expiresAtMs) =>
      database.write(async (queries) => {
        await queries
          .updateTable("session")
          .set({ last_seen_at_ms: lastSeenAtMs, expires_at_ms: expiresAtMs })
          .where("id_hash", "=", idHash)
          .execute();
      }),
    list: (userId) =>
      database.read(async (queries) => {
        const rows = await queries
          .selectFrom("session")
          .selectAll()
          .where("user_id", "=", userId)
          .orderBy("last_seen_at_ms", "desc")
          .execute();
        return rows.map(sessionOf);
      }),
    remove: (idHash) =>
      database.write(async (queries) => {
        const gone = await queries.deleteFrom("session").where("id_hash", "=", idHash).executeTakeFirst();
        return gone.numDeletedRows > 0n;
      }),
    removeOfUser: (userId, exceptIdHash = "") =>
      database.write(async (queries) => {
        const gone = await queries
          .deleteFrom("session")
          .where("user_id", "=", userId)
          .where("id_hash", "<>", exceptIdHash)
          .executeTakeFirst();
        return Number(gone.numDeletedRows);
      }),
    purgeExpired: (now) =>
      database.write(async (queries) => {
        const gone = await queries.deleteFrom("session").where("expires_at_ms", "<=", now).executeTakeFirst();
        return Number(gone.numDeletedRows);
      }),
  };
}

function sessionOf(row: Selectable<Tables["session"]>): Session {
  return {
    idHash: row.id_hash,
    userId: row.user_id,
    createdAtMs: row.created_at_ms,
    lastSeenAtMs: row.last_seen_at_ms,
    expiresAtMs: row.expires_at_ms,
    address: row.address,
    userAgent: row.user_agent,
  };
}
