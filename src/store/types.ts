/** The store as the rest of PlateKit sees it: one interface over SQLite and PostgreSQL. Every row type is exported here. */
import type { ApiKeys, Audit, Sessions, Users } from "./account-types.ts";
import type { Deliveries, MqttTargets, Webhooks } from "./delivery-types.ts";
import type { BackupReport, Pictures, Retention, Settings, Statistics, StoreHealth } from "./operation-types.ts";
import type { Passages } from "./passage-types.ts";
import type { Alerts, Cameras, PlateLists, Sites } from "./registry-types.ts";
import type { SiteRecords } from "./site-record-types.ts";

export type * from "./account-types.ts";
export type * from "./delivery-types.ts";
export type * from "./operation-types.ts";
export type * from "./passage-types.ts";
export type * from "./registry-types.ts";
export type * from "./site-record-types.ts";

export interface StoreOptions {
  /** Pictures, keys and, without `url`, the database. Made when missing. */
  readonly directory: string;
  /** `postgres://user:password@host:port/database`; default: SQLite in `directory`. */
  readonly url?: string | undefined;
  /** Clock, for tests. Default Date.now. */
  readonly nowMs?: (() => number) | undefined;
}

/**
 * Everything that is kept. A write that has resolved is on disk.
 *
 * Every method may throw PlateKitError: STORE_UNAVAILABLE (database gone: try again, it reconnects by itself),
 * STORE_FULL (disk full: nothing was written), STORE_CLOSED, STORE_CORRUPT, STORE_INVALID (bad cursor, unknown camera…),
 * STORE_CONFLICT (name taken, revision outdated).
 */
export interface Store {
  readonly kind: "sqlite" | "postgres";
  readonly passages: Passages;
  readonly pictures: Pictures;
  readonly statistics: Statistics;
  readonly cameras: Cameras;
  readonly lists: PlateLists;
  readonly alerts: Alerts;
  readonly sites: Sites;
  readonly siteRecords: SiteRecords;
  readonly webhooks: Webhooks;
  readonly mqttTargets: MqttTargets;
  readonly deliveries: Deliveries;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly apiKeys: ApiKeys;
  readonly audit: Audit;
  readonly settings: Settings;
  readonly retention: Retention;
  /** Never throws: says what is wrong instead. */
  health(): Promise<StoreHealth>;
  /** Writes everything to one file while work goes on; it appears whole or not at all. */
  backup(file: string): Promise<BackupReport>;
  /** Work under way finishes; idempotent. */
  close(): Promise<void>;
}
