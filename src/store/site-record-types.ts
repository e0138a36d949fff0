/** What the rules of a site make of its passages, and what people decide of it. Plain data; times epoch milliseconds. */
import type { StoredPassage } from "./passage-types.ts";

/** What a record is of; the rules of each kind of site say what stands in it (server/sites). */
export type SiteRecordKind =
  | "session" // a stay of a car park
  | "stray" // a passage that a rule could make nothing of
  | "duplicate" // a second sight of a vehicle, so that its replay is known
  | "payment"
  | "permit"
  | "gate" // a decision of a barrier
  | "sight" // a passage that may still find a partner
  | "account" // of a toll road
  | "charge"
  | "entry" // of the books, only ever added
  | "answer" // whether a charge that a person looked at was right
  | "case" // a hit or an offence that a person decides
  | "count" // a vehicle counted, without its plate
  | "traversal"; // a vehicle that was recognised at both ends of a section

/** One thing a site keeps. What is searched is a field of its own, the rest is `data`. */
export interface SiteRecord<Data = unknown, Evidence = unknown> {
  readonly kind: SiteRecordKind;
  /** Unique among the site's records of the kind: the same id again replaces. */
  readonly id: string;
  /** Such as `open`, `review`, `confirmed`: what the kind says. */
  readonly state: string;
  /** The rules may still change it by themselves: loaded when they start. */
  readonly isLive: boolean;
  readonly needsPerson: boolean;
  /** The record that it belongs to: a payment's session. */
  readonly parent: string | null;
  /** Whose it is: a permit, an account, a section. */
  readonly owner: string | null;
  /** Emptied when the plate is forgotten. */
  readonly plate: string | null;
  readonly timeMs: number;
  readonly endMs: number | null;
  /** Minor units; null: not known, or no money. */
  readonly amount: number | null;
  readonly paid: number;
  /** JSON that names no plate. */
  readonly data: Data;
  /** JSON of what was read; null once the plate is forgotten. */
  readonly evidence: Evidence | null;
}

/** Every field narrows; absent ones don't. */
export interface SiteRecordFilter {
  readonly siteId: string;
  readonly kind: SiteRecordKind;
  readonly states?: readonly string[];
  readonly isLive?: boolean;
  readonly needsPerson?: boolean;
  readonly parents?: readonly string[];
  readonly owner?: string;
  /** Exactly this plate. */
  readonly plate?: string;
  /** By `timeMs`: from this on, before that. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** By `endMs`. */
  readonly endFromMs?: number;
  readonly endToMs?: number;
  /** Not ended before this: with `toMs`, what overlaps a span. */
  readonly notEndedBeforeMs?: number;
  /** More was charged than paid. */
  readonly isUnpaid?: boolean;
}

export interface SiteTotals {
  readonly count: number;
  readonly amount: number;
  readonly paid: number;
}

/** A change of a site's records, all or nothing. */
export interface SiteChange {
  readonly put?: readonly SiteRecord[];
  readonly removed?: readonly { readonly kind: SiteRecordKind; readonly id: string }[];
  /** Passages that the rules have seen now: they wait no longer. */
  readonly taken?: readonly string[];
}

export interface SiteRecords {
  /** Passages that the rules of a site have still to see, in the order they were stored. */
  waiting(siteId: string, limit: number): Promise<readonly StoredPassage[]>;
  sitesWaiting(): Promise<readonly string[]>;
  /** Counts changes: whoever kept a site's records in memory must load again when it moved on without them. */
  version(siteId: string): Promise<number>;
  /** False, and nothing is written, when `version` is no longer the site's. */
  commit(siteId: string, version: number, change: SiteChange): Promise<boolean>;
  /** Puts or removes what no rule keeps in memory, whatever the version. */
  write(siteId: string, change: SiteChange): Promise<void>;
  get(siteId: string, kind: SiteRecordKind, id: string): Promise<SiteRecord | null>;
  /** Newest first. */
  page(
    filter: SiteRecordFilter,
    options?: { readonly limit?: number; readonly cursor?: string | null },
  ): Promise<{ readonly rows: readonly SiteRecord[]; readonly nextCursor: string | null }>;
  /** All of them, oldest first. @throws PlateKitError STORE_INVALID above `limit` (default 500,000). */
  list(filter: SiteRecordFilter, limit?: number): Promise<readonly SiteRecord[]>;
  totals(filter: SiteRecordFilter): Promise<SiteTotals>;
  /** In spans of `binMs` of the end; spans without any are left out. */
  totalsByEnd(filter: SiteRecordFilter, binMs: number): Promise<readonly (SiteTotals & { readonly fromMs: number })[]>;
}
