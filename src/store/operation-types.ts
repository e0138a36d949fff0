/** Pictures, statistics, retention, backup: keeping the store in shape. Plain data; times epoch milliseconds. */

/** Three functions, so that pictures may lie elsewhere than in files later. */
export interface PictureStorage {
  /** Durable when it resolves. The same bytes again cost nothing. @returns SHA-256 of the bytes, hex. */
  put(bytes: Uint8Array): Promise<string>;
  /** Null when there is none. @throws PlateKitError STORE_CORRUPT when the bytes are not those of the hash. */
  get(hash: string): Promise<Uint8Array | null>;
  remove(hash: string): Promise<boolean>;
}

export interface Pictures extends Pick<PictureStorage, "get"> {
  /** Puts and records; no passage may name a picture that was not put. */
  put(bytes: Uint8Array): Promise<string>;
  /** Whether a passage shows it: pictures on their way out, or on their way in, are not for reading. */
  isShown(hash: string): Promise<boolean>;
  /** Removes pictures and half-written files that no passage has named for `minAgeMs` (default one hour). */
  sweep(options?: {
    readonly minAgeMs?: number;
    readonly nowMs?: number;
  }): Promise<{ readonly removed: number; readonly bytes: number }>;
  usage(): Promise<{ readonly pictures: number; readonly bytes: number }>;
}

export interface StatisticsFilter {
  readonly fromMs: number;
  readonly toMs: number;
  readonly cameraIds?: readonly string[];
  readonly regions?: readonly string[];
}

/** Passages counted as they came, in half hours: forgetting or retention takes nothing back, and no plate is named. */
export interface PassageCount {
  readonly passages: number;
  readonly doubted: number;
  /** 0..1; null without passages. */
  readonly meanConfidence: number | null;
}

export interface Statistics {
  /** Counts over time; spans without passages are left out. `startMs` is local to `timeZone` (IANA, default UTC). */
  series(
    filter: StatisticsFilter,
    options: { readonly by: "hour" | "day" | "week" | "month"; readonly timeZone?: string },
  ): Promise<readonly (PassageCount & { readonly startMs: number; readonly unread: number })[]>;
  /** Most first; `key` is the camera's id, the region or the doubt, `""` for none. */
  breakdown(
    filter: StatisticsFilter,
    by: "camera" | "region" | "doubt",
  ): Promise<readonly (PassageCount & { readonly key: string })[]>;
  /** 7 days (Monday first) of 24 hours. */
  heatMap(filter: StatisticsFilter, timeZone?: string): Promise<readonly (readonly number[])[]>;
  /** Plates with most passages still kept; `isExact` false: a plate of few passages in all may be missing. */
  topPlates(
    filter: StatisticsFilter,
    limit?: number,
  ): Promise<{
    readonly rows: readonly { readonly plate: string; readonly passages: number; readonly lastTimeMs: number }[];
    readonly isExact: boolean;
  }>;
}

export interface RetentionRules {
  /** Null: for ever. Per camera its own settings win. */
  readonly days: number | null;
  /** Bytes of pictures per camera; null: no limit. */
  readonly bytesPerCamera: number | null;
}

export interface RetentionReport {
  readonly cameras: readonly {
    readonly cameraId: string;
    readonly byAge: number;
    readonly bySize: number;
    readonly bytes: number;
    readonly held: number;
    /** Oldest passage that stays; null when none. */
    readonly oldestKeptMs: number | null;
  }[];
  readonly passages: number;
  readonly bytes: number;
  /** Stays, sights and decisions of barriers at sites, older than all cameras' days, whose plates are taken out. */
  readonly siteRecords: number;
}

export interface Retention {
  /** What `run` would take, exactly as things are now. */
  preview(rules: RetentionRules, nowMs: number): Promise<RetentionReport>;
  /** In small transactions, oldest first; passages on hold stay. Pictures go once no passage names them. */
  run(rules: RetentionRules, nowMs: number, signal?: AbortSignal): Promise<RetentionReport>;
}

export interface StoreHealth {
  readonly database: "sqlite" | "postgres";
  readonly databaseVersion: string;
  readonly isWritable: boolean;
  /** Why not; null when all is well. */
  readonly problem: string | null;
  /** Null where it can't be told. */
  readonly databaseBytes: number | null;
  readonly freeBytes: number | null;
  readonly directory: string;
  readonly schemaVersion: string;
}

export interface BackupReport {
  readonly file: string;
  readonly bytes: number;
  readonly passages: number;
  readonly pictures: number;
  /** Named by a passage, but no longer there when its turn came: taken by another process meanwhile. */
  readonly missingPictures: number;
}

export interface Settings {
  get(key: string): Promise<unknown>;
  /** Undefined removes. */
  set(key: string, value: unknown): Promise<void>;
  all(): Promise<ReadonlyMap<string, unknown>>;
}
