/** Who may do what, and who did: users, sessions, API keys, audit. Plain data; times epoch milliseconds. */
import type { Collection, Row } from "./registry-types.ts";

export type Role = "administrator" | "operator" | "viewer";

export interface User extends Row {
  /** To sign in with; unique whatever the case. */
  readonly name: string;
  readonly displayName: string;
  readonly role: Role;
  /** Null: every site. */
  readonly siteIds: readonly string[] | null;
  readonly isEnabled: boolean;
  /** As the hash function writes it, parameters included. */
  readonly passwordHash: string;
  readonly passwordChangedAtMs: number;
  /** Wrong passwords in a row. */
  readonly failedLogins: number;
  readonly lockedUntilMs: number | null;
  readonly lastLoginAtMs: number | null;
}

export interface Users extends Collection<User> {
  byName(name: string): Promise<User | null>;
  count(): Promise<number>;
  /** Creates the first user; null when there is one already. Safe against two at once. */
  createFirst(user: Omit<User, keyof Row>): Promise<User | null>;
  /** Adds one to `failedLogins`, atomically, and returns the user. */
  addFailedLogin(id: string, lockedUntilMs: (failedLogins: number) => number | null): Promise<User | null>;
}

export interface Session {
  /** SHA-256 of the token, hex: the token itself is only in the cookie. */
  readonly idHash: string;
  readonly userId: string;
  readonly createdAtMs: number;
  readonly lastSeenAtMs: number;
  readonly expiresAtMs: number;
  readonly address: string | null;
  readonly userAgent: string | null;
}

export interface Sessions {
  create(session: Session): Promise<void>;
  /** Also those expired: the caller looks at the time. */
  get(idHash: string): Promise<Session | null>;
  touch(idHash: string, lastSeenAtMs: number, expiresAtMs: number): Promise<void>;
  list(userId: string): Promise<readonly Session[]>;
  remove(idHash: string): Promise<boolean>;
  /** Ends all of a user but one. */
  removeOfUser(userId: string, exceptIdHash?: string): Promise<number>;
  purgeExpired(nowMs: number): Promise<number>;
}

export interface ApiKey extends Row {
  readonly name: string;
  /** SHA-256 of the key, hex. */
  readonly keyHash: string;
  /** First characters, to recognise it by. */
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly siteIds: readonly string[] | null;
  readonly createdBy: string | null;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

export interface ApiKeys extends Collection<ApiKey> {
  byHash(keyHash: string): Promise<ApiKey | null>;
  /** Does not count as a change of the row. */
  touch(id: string, lastUsedAtMs: number): Promise<void>;
}

/** One line of the audit. `hash` covers all of it and `previousHash`: a changed, removed or added line shows. */
export interface AuditEntry {
  /** 1, 2, 3, … without gaps. */
  readonly sequence: number;
  readonly id: string;
  readonly timeMs: number;
  /** User name, `key:<name>`, or `system`. */
  readonly actor: string;
  /** `passage.search`, `camera.update`… */
  readonly action: string;
  /** What it was done to: `camera:<id>`; null: nothing in particular. */
  readonly target: string | null;
  readonly reason: string | null;
  readonly address: string | null;
  /** Null also after a plate it named was forgotten. */
  readonly details: unknown;
  readonly isRedacted: boolean;
  readonly previousHash: string;
  readonly hash: string;
}

export interface NewAuditEntry {
  readonly actor: string;
  readonly action: string;
  readonly target?: string | null;
  readonly reason?: string | null;
  readonly address?: string | null;
  /** JSON. */
  readonly details?: unknown;
  /** A plate that reason or details name: when it is forgotten, both are blackened. */
  readonly plate?: string | null;
}

export interface AuditFilter {
  readonly actor?: string;
  /** Actions that begin so. */
  readonly action?: string;
  readonly target?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
}

export interface AuditVerdict {
  readonly isWhole: boolean;
  readonly entries: number;
  readonly redacted: number;
  /** Hash of the last entry: written down elsewhere, it shows a cut end. */
  readonly lastHash: string | null;
  /** At most 20, in words. */
  readonly problems: readonly string[];
}

export interface Audit {
  append(entry: NewAuditEntry): Promise<AuditEntry>;
  /** Newest first. */
  page(
    filter: AuditFilter,
    options?: { readonly limit?: number; readonly cursor?: string | null },
  ): Promise<{ readonly rows: readonly AuditEntry[]; readonly nextCursor: string | null }>;
  /** @param expectedHash of an earlier check: it must still be in the chain, which shows a cut end. */
  verify(expectedHash?: string): Promise<AuditVerdict>;
}
