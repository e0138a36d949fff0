/** Passages as they are kept, searched and handed out. Plain data; times epoch milliseconds, confidences 0..1. */
import type { Passage } from "../core/passage.ts";
import type { Doubt } from "../core/read.ts";
import type { NewDelivery } from "./delivery-types.ts";
import type { NewAlert } from "./registry-types.ts";

/** An entry of a list that the passage may be of, as it was when the vehicle passed: the list may change since. */
export interface ListHit {
  readonly listId: string;
  readonly listName: string;
  readonly listKind: string;
  readonly entryId: string;
  /** As it stood in the list, wildcards included. */
  readonly entryText: string;
  readonly match: "exact" | "wildcard" | "look-alike";
  /** That the plate is the one of the entry, 0..1. */
  readonly probability: number;
}

/** Content hashes (SHA-256, hex) of the pictures kept; null where there is none. */
export interface PassagePictures {
  readonly crop: string | null;
  readonly frame: string | null;
}

/** One read of the track a passage was made of. */
export interface StoredRead {
  readonly timeMs: number;
  readonly text: string;
  readonly confidence: number;
  readonly region: string | null;
  readonly doubt: Doubt | null;
  readonly box: readonly [x: number, y: number, width: number, height: number];
  readonly weight: number;
}

/** A passage as pages and API show it: core's fields, untouched, and what the store knows of it. */
export interface StoredPassage extends Passage {
  readonly cameraId: string;
  readonly siteId: string | null;
  /** What it is searched by: the corrected text, else the text, upper case without separators. */
  readonly plate: string;
  readonly pictures: PassagePictures;
  readonly listHits: readonly ListHit[];
  /** By hand; null while nobody did. */
  readonly correctedText: string | null;
  /** Kept whatever retention says. */
  readonly hold: boolean;
  /** When the store took it. */
  readonly receivedAtMs: number;
  /** Privacy mode: `text` and `plate` are a keyed hash (`#…`), characters and candidates were not kept. */
  readonly isHashed: boolean;
}

/** A change of the text by hand. The passage's own `text` stays what was read. */
export interface Correction {
  readonly id: string;
  readonly fromText: string;
  readonly toText: string;
  readonly note: string | null;
  /** A user's name. */
  readonly by: string;
  readonly atMs: number;
}

export interface PassageDetail extends StoredPassage {
  readonly reads: readonly StoredRead[];
  /** Oldest first. */
  readonly corrections: readonly Correction[];
  readonly holdNote: string | null;
  readonly heldBy: string | null;
}

/** What one passing vehicle writes, all in one transaction: when it resolves, all of it is on disk. */
export interface NewPassage {
  /** `passage.id` is its id here too (createId); the same id again changes nothing. */
  readonly passage: Passage;
  readonly cameraId: string;
  readonly siteId?: string | null;
  /** Hashes from `pictures.put`, which come first. */
  readonly pictures?: Partial<PassagePictures>;
  readonly reads?: readonly StoredRead[];
  readonly listHits?: readonly ListHit[];
  readonly alerts?: readonly NewAlert[];
  readonly deliveries?: readonly NewDelivery[];
  /** Keep a keyed hash instead of the text, and no characters, candidates or reads. */
  readonly isHashed?: boolean;
}

export interface Appended {
  /** False: a passage with this id was there already, and nothing was written. */
  readonly isNew: boolean;
  readonly passage: StoredPassage;
}

/**
 * How `plate` is searched. exact: this text. wildcard: `?` one character, `*` any number. look-alike: equal when 0/O/Q/D,
 * 1/I/L, 8/B, 5/S, 2/Z and letters of other scripts that look the same count as one. similar: that, and one edit.
 */
export type PlateMatch = "exact" | "wildcard" | "look-alike" | "similar";

/** Every field narrows; absent or empty ones don't. */
export interface PassageFilter {
  readonly plate?: string;
  /** Default: wildcard when `plate` holds `?` or `*`, else exact. */
  readonly match?: PlateMatch;
  /** By the time first seen: from this on. */
  readonly fromMs?: number;
  /** Before this. */
  readonly toMs?: number;
  readonly cameraIds?: readonly string[];
  readonly siteIds?: readonly string[];
  /** `""` stands for passages without a region. */
  readonly regions?: readonly string[];
  /** Hit on any of these. */
  readonly listIds?: readonly string[];
  readonly minConfidence?: number;
  /** Below this. */
  readonly maxConfidence?: number;
  /** `""` stands for passages without doubt. */
  readonly doubts?: readonly (Doubt | "")[];
  readonly hasHold?: boolean;
  readonly isCorrected?: boolean;
}

export interface PageOptions {
  /** 1..500. Default 50. */
  readonly limit?: number;
  /** `nextCursor` of the page before. Default: the first page. */
  readonly cursor?: string | null;
}

/**
 * One page. May hold fewer rows than asked for, even none, while `nextCursor` is not null: a search for what is rare
 * stops after a bounded amount of work, and the next page goes on from there.
 */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Null: that was all. */
  readonly nextCursor: string | null;
}

/** A place where somebody wrote a plate down: an entry of a list, a permit, a toll account. */
export interface RegisteredPlate {
  readonly kind: "list" | "permit" | "account";
  readonly id: string;
  /** The list of an entry. */
  readonly parent: string | null;
  readonly siteId: string | null;
  /** Of the list, or who holds the permit or the account. */
  readonly name: string;
}

export interface ForgetReport {
  /** The plate as it was searched: normalised. */
  readonly plate: string;
  readonly passages: number;
  /** Left because of a legal hold. */
  readonly held: number;
  readonly pictures: number;
  readonly deliveries: number;
  readonly alerts: number;
  readonly siteEvents: number;
  /** Audit entries whose details named the plate and were blackened; their hashes still verify. */
  readonly auditEntries: number;
  /** Where the plate is registered: kept, or taken off, as it was asked for. */
  readonly registered: readonly RegisteredPlate[];
}

export interface ForgetOptions {
  readonly by: string;
  readonly reason: string;
  /** Only counts. */
  readonly isPreview?: boolean;
  /** Whether the plate is taken off lists, permits and accounts too. Default: it stays there. */
  readonly registered?: "keep" | "remove";
}

export interface Passages {
  /** @throws PlateKitError STORE_INVALID when the camera or a picture is not there. */
  append(passage: NewPassage): Promise<Appended>;
  /** What stands for a plate in privacy mode: for payloads and alerts that must not name it either. */
  hashPlate(text: string): string;
  get(id: string): Promise<PassageDetail | null>;
  /** Newest first by default. */
  page(
    filter: PassageFilter,
    options?: PageOptions & { readonly order?: "newest" | "oldest" },
  ): Promise<Page<StoredPassage>>;
  /** All that match, page by page, never holding a lock: for exports of any size. */
  iterate(
    filter: PassageFilter,
    options?: { readonly order?: "newest" | "oldest"; readonly signal?: AbortSignal },
  ): AsyncIterable<StoredPassage>;
  /** Matching passages, counted up to `limit` (default 10,000). */
  count(filter: PassageFilter, limit?: number): Promise<{ readonly count: number; readonly isExact: boolean }>;
  /** Null when there is no such passage. Correcting to the original text takes the correction back; both stay on record. */
  correct(
    id: string,
    change: { readonly text: string; readonly by: string; readonly note?: string | null },
  ): Promise<PassageDetail | null>;
  setHold(
    id: string,
    hold: { readonly hold: boolean; readonly by: string; readonly note?: string | null },
  ): Promise<PassageDetail | null>;
  /** How often a plate passed before a time, for first or nth visits. */
  visits(
    plate: string,
    options?: { readonly beforeMs?: number; readonly sinceMs?: number; readonly cameraIds?: readonly string[] },
  ): Promise<number>;
  /**
   * Removes everything that was seen of a plate but passages on hold, and writes an audit entry. What somebody has
   * registered it for goes only where that is asked for.
   */
  forget(plate: string, options: ForgetOptions): Promise<ForgetReport>;
}
