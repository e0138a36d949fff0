/** What an operator sets up: cameras, lists, alert rules, sites. Plain data; times epoch milliseconds. */
import type { Point } from "../core/geometry.ts";
import type { CountingLine } from "../core/zone.ts";

/** Fields every kept row has. `revision` counts changes: an ETag. */
export interface Row {
  readonly id: string;
  readonly revision: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type New<T extends Row> = Omit<T, keyof Row> & { readonly id?: string };
export type Patch<T extends Row> = Partial<Omit<T, keyof Row>>;

/** Rows that are set up by hand: a few, up to thousands. */
export interface Collection<T extends Row, Filter = Record<never, never>> {
  /** @throws PlateKitError STORE_CONFLICT when a name that must be unique is taken. */
  create(row: New<T>): Promise<T>;
  get(id: string): Promise<T | null>;
  /** All that match, oldest first. */
  list(filter?: Filter): Promise<readonly T[]>;
  /**
   * Null when there is no such row.
   * @throws PlateKitError STORE_CONFLICT when `ifRevision` is given and is not the row's.
   */
  update(id: string, patch: Patch<T>, ifRevision?: number): Promise<T | null>;
  /** False when there was none. */
  remove(id: string, ifRevision?: number): Promise<boolean>;
}

/** When a camera reads or a rule holds; days 0 (Monday) .. 6, minutes of the local day 0..1440. */
export interface WeekSpan {
  readonly days: readonly number[];
  readonly fromMinute: number;
  /** Before this; at or below `fromMinute` it runs past midnight. */
  readonly toMinute: number;
}

export interface Camera extends Row {
  readonly name: string;
  readonly siteId: string | null;
  /** stream: `url` is watched. upload: passages come through the API under its id. */
  readonly kind: "stream" | "upload";
  /** May hold a password: never shown without `redactUrl`. Empty for uploads. */
  readonly url: string;
  readonly isEnabled: boolean;
  /** What it sees at its site: `entry`, `exit`, `gantry`, `point`; free text. */
  readonly role: string | null;
  /** Null: always. */
  readonly schedule: readonly WeekSpan[] | null;
  /** IANA name for the schedule; null: that of the site, else UTC. */
  readonly timeZone: string | null;
  /** Full-frame pixels of `frameSize`; null: everything. */
  readonly roi: readonly Point[] | null;
  readonly line: CountingLine | null;
  /** The frame that roi and line were drawn on. */
  readonly frameSize: readonly [widthPx: number, heightPx: number] | null;
  readonly regions: readonly string[];
  readonly minPlateHeightPx: number | null;
  readonly fps: number | null;
  /** Further settings of watching (mergeSeconds, minConfidence, preview, motion…) by name. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Keep passages so long; null: as the store's default says. */
  readonly retentionDays: number | null;
  /** Keep at most so many bytes of pictures; null: as the store's default says. */
  readonly retentionBytes: number | null;
}

/** Counters of a camera in one hour, by name: `frames`, `passages`, `reconnects`, `unread:too-small`… */
export interface CameraCount {
  readonly cameraId: string;
  readonly hourMs: number;
  readonly name: string;
  readonly count: number;
}

export interface Cameras extends Collection<Camera, { readonly siteId?: string; readonly kind?: Camera["kind"] }> {
  /** Adds to the counters of the hour that holds `timeMs`. */
  addCounts(cameraId: string, timeMs: number, counts: Readonly<Record<string, number>>): Promise<void>;
  counts(filter: {
    readonly cameraIds?: readonly string[];
    readonly fromMs: number;
    readonly toMs: number;
  }): Promise<readonly CameraCount[]>;
}

export interface PlateList extends Row {
  readonly name: string;
  readonly kind: "allow" | "deny" | "hotlist" | "customer" | "other";
  readonly siteId: string | null;
  readonly description: string;
  readonly isEnabled: boolean;
}

export interface ListEntry extends Row {
  readonly listId: string;
  /** Upper case without separators; `?` and `*` only with `isWildcard`. Unique within its list. */
  readonly text: string;
  readonly isWildcard: boolean;
  /** Also plates that look alike or are likely misreads of it. */
  readonly isLookAlike: boolean;
  readonly label: string | null;
  readonly note: string | null;
  readonly validFromMs: number | null;
  /** The first moment at which it no longer holds. */
  readonly validToMs: number | null;
  readonly createdBy: string | null;
}

export interface ImportPreview {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly removed: number;
}

export interface PlateLists extends Collection<PlateList, { readonly siteId?: string }> {
  readonly entries: Collection<ListEntry, { readonly listId?: string }>;
  pageEntries(
    filter: { readonly listId: string; readonly search?: string },
    options?: { readonly limit?: number; readonly cursor?: string | null },
  ): Promise<{ readonly rows: readonly ListEntry[]; readonly nextCursor: string | null }>;
  countEntries(listId: string): Promise<number>;
  /** Grows with every change of any list or entry: cache matchers by it. */
  version(): Promise<number>;
  /** All in one transaction, entries matched by text. `replace`: entries not named go. `isPreview`: only counts. */
  importEntries(
    listId: string,
    entries: readonly Omit<New<ListEntry>, "id" | "listId">[],
    options: { readonly mode: "merge" | "replace"; readonly isPreview?: boolean },
  ): Promise<ImportPreview>;
}

/** What must hold for a rule to fire; every field given must. */
export interface AlertCondition {
  readonly listIds?: readonly string[];
  readonly listKinds?: readonly string[];
  readonly regions?: readonly string[];
  /** On no list at all. */
  readonly isUnknown?: boolean;
  /** 1: the first visit ever. */
  readonly visit?: number;
  readonly cameraIds?: readonly string[];
  readonly siteIds?: readonly string[];
  readonly schedule?: readonly WeekSpan[];
  readonly minConfidence?: number;
}

export interface AlertRule extends Row {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly condition: AlertCondition;
  readonly timeZone: string | null;
  readonly webhookIds: readonly string[];
  readonly mqttTargetIds: readonly string[];
  /** The same plate again within this time fires no second alert. */
  readonly quietMs: number;
}

export interface Alert {
  readonly id: string;
  readonly ruleId: string;
  readonly ruleName: string;
  /** Null once retention took the passage. */
  readonly passageId: string | null;
  readonly cameraId: string;
  readonly text: string;
  /** Why, in words. */
  readonly reason: string;
  readonly timeMs: number;
  readonly acknowledgedAtMs: number | null;
  readonly acknowledgedBy: string | null;
  readonly note: string | null;
}

export type NewAlert = Pick<Alert, "ruleId" | "ruleName" | "reason"> & { readonly id?: string };

export interface AlertFilter {
  readonly ruleIds?: readonly string[];
  readonly cameraIds?: readonly string[];
  readonly isAcknowledged?: boolean;
  readonly fromMs?: number;
  readonly toMs?: number;
}

export interface Alerts {
  readonly rules: Collection<AlertRule>;
  get(id: string): Promise<Alert | null>;
  /** Newest first. */
  page(
    filter: AlertFilter,
    options?: { readonly limit?: number; readonly cursor?: string | null },
  ): Promise<{ readonly rows: readonly Alert[]; readonly nextCursor: string | null }>;
  countOpen(): Promise<number>;
  /** The first acknowledgement stays; null when there is no such alert. */
  acknowledge(id: string, by: string, note: string | null): Promise<Alert | null>;
  /** When a rule last fired for a plate; null: never. */
  lastFiredMs(ruleId: string, plate: string): Promise<number | null>;
}

export interface Site extends Row {
  readonly name: string;
  readonly kind: "generic" | "parking" | "toll" | "enforcement" | "traffic";
  /** IANA name. */
  readonly timeZone: string;
  /** Keep a keyed hash instead of the text unless a list matches; blur plates in pictures. */
  readonly isPrivate: boolean;
  /** A search needs a reason. */
  readonly isReasonRequired: boolean;
  /** Whatever the kind of site needs: tariffs, gantries, rules. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Something that happened at a site: a session closed, a charge made. Kept for good, in order. */
export interface SiteEvent {
  readonly id: string;
  readonly siteId: string;
  readonly kind: string;
  readonly plate: string | null;
  readonly passageId: string | null;
  readonly timeMs: number;
  readonly data: unknown;
}

export interface Sites extends Collection<Site> {
  /**
   * Appends events and replaces states (`value` null removes) in one transaction; an event whose id is there already is
   * skipped.
   */
  write(
    siteId: string,
    change: {
      readonly events?: readonly (Omit<SiteEvent, "siteId" | "id"> & { readonly id?: string })[];
      readonly states?: readonly { readonly key: string; readonly value: unknown }[];
    },
  ): Promise<void>;
  /** Newest first. */
  pageEvents(
    filter: {
      readonly siteId: string;
      readonly kinds?: readonly string[];
      readonly plate?: string;
      readonly fromMs?: number;
      readonly toMs?: number;
    },
    options?: { readonly limit?: number; readonly cursor?: string | null },
  ): Promise<{ readonly rows: readonly SiteEvent[]; readonly nextCursor: string | null }>;
  /** State by key, all whose key begins so. */
  states(siteId: string, keyPrefix?: string): Promise<ReadonlyMap<string, unknown>>;
}
