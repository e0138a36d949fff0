/** From what somebody typed to the plates that are meant, through the register of plates. */
import { type RawBuilder, sql } from "kysely";
import type { Database, Queries } from "./database.ts";
import type { PassageFilter, PlateMatch } from "./passage-types.ts";
import {
  afterPrefix,
  foldPlate,
  globOf,
  isWithinOneEdit,
  likeOf,
  MAX_FUZZY_LENGTH,
  neighboursOf,
  normalisePattern,
  normalisePlate,
  patternParts,
  reversed,
} from "./plate-text.ts";
import { isPlateHash, type StoreKeys } from "./store-keys.ts";

/** Which plates a search means: named ones, or those that fit a pattern that too many fit to name. */
export type PlateChoice =
  | { readonly kind: "any" }
  | { readonly kind: "plates"; readonly plates: readonly string[] }
  | { readonly kind: "pattern"; readonly pattern: string };

/** Plates beyond which walking through the passages is quicker than asking for each plate's. */
const MAX_PLATES = 3000;

/** Between which times the passages asked for lie: plates that never passed then need no look. */
export interface TimeSpan {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

export async function choosePlates(
  database: Database,
  queries: Queries,
  keys: StoreKeys,
  { plate = "", match }: Pick<PassageFilter, "plate" | "match">,
  span: TimeSpan,
): Promise<PlateChoice> {
  if (plate === "") return { kind: "any" };
  if (isPlateHash(plate)) return { kind: "plates", plates: [plate] };
  const way: PlateMatch = match ?? (/[?*]/.test(plate) ? "wildcard" : "exact");
  if (way === "wildcard") {
    const pattern = normalisePattern(plate);
    if (pattern === "*") return { kind: "any" };
    if (!patternParts(pattern).isPlain) return choosePattern(database, queries, pattern, span);
  }
  const text = normalisePlate(plate);
  // Nothing but signs that no plate has: a search for nothing, not for everything.
  if (text === "") return { kind: "plates", plates: [] };
  if (way === "look-alike" || way === "similar") {
    return { kind: "plates", plates: await similarPlates(queries, foldPlate(text), way === "similar") };
  }
  return { kind: "plates", plates: [text, keys.hashPlate(text)] };
}

/** Plates whose folded text is this one, or within one edit of it. */
async function similarPlates(queries: Queries, folded: string, isEdited: boolean): Promise<readonly string[]> {
  const folds = new Set([folded]);
  if (isEdited && [...folded].length <= MAX_FUZZY_LENGTH) {
    const shorter = neighboursOf(folded);
    for (const fold of shorter) folds.add(fold);
    // One more character, and one character replaced: both texts lose a character to become the same.
    const longer = await queries
      .selectFrom("plate_neighbour")
      .select("folded")
      .distinct()
      .where("neighbour", "in", [folded, ...shorter])
      .execute();
    for (const { folded: fold } of longer) if (isWithinOneEdit(fold, folded)) folds.add(fold);
  }
  const found = await queries
    .selectFrom("plate")
    .select("plate")
    .where("folded", "in", [...folds])
    .limit(MAX_PLATES)
    .execute();
  return found.map(({ plate }) => plate);
}

async function choosePattern(
  database: Database,
  queries: Queries,
  pattern: string,
  { fromMs, toMs }: TimeSpan,
): Promise<PlateChoice> {
  const access = indexAccess(pattern);
  if (access === null) return { kind: "pattern", pattern };
  const conditions = [access, fitsCondition(database.kind, sql.ref("plate"), pattern)];
  if (fromMs !== undefined) conditions.push(sql`last_ms >= ${fromMs}`);
  if (toMs !== undefined) conditions.push(sql`first_ms < ${toMs}`);
  const where = sql.join(conditions, sql` and `);
  // Counted first: to hand over thousands of plates only to find that they are too many takes longer than all the rest.
  const counted = await sql<{ plates: number }>`select count(*) as plates from (
    select 1 from plate where ${where} limit ${MAX_PLATES + 1}) as some_plates`.execute(queries);
  if (counted.rows[0]!.plates > MAX_PLATES) return { kind: "pattern", pattern }; // a count has a row
  const { rows } = await sql<{ plate: string }>`select plate from plate where ${where}`.execute(queries);
  return { kind: "plates", plates: rows.map(({ plate }) => plate) };
}

/** The index that narrows a pattern most; null when none does. */
function indexAccess(pattern: string): RawBuilder<unknown> | null {
  const { prefix, suffix, inner } = patternParts(pattern);
  const lengths = { prefix: [...prefix].length, suffix: [...suffix].length, inner: [...inner].length };
  if (lengths.inner >= 3 && lengths.inner > Math.max(lengths.prefix, lengths.suffix)) {
    const gram = [...inner].slice(0, 3).join("");
    return sql`plate in (select plate from plate_gram where gram = ${gram})`;
  }
  if (lengths.prefix === 0 && lengths.suffix === 0) return null;
  if (lengths.prefix >= lengths.suffix) return sql`plate >= ${prefix} and plate < ${afterPrefix(prefix)}`;
  const end = reversed(suffix);
  return sql`reversed >= ${end} and reversed < ${afterPrefix(end)}`;
}

/** Whether a column fits a normalised pattern, in the database's own words. */
export function fitsCondition(
  kind: Database["kind"],
  column: RawBuilder<unknown>,
  pattern: string,
): RawBuilder<unknown> {
  return kind === "sqlite" ? sql`${column} glob ${globOf(pattern)}` : sql`${column} like ${likeOf(pattern)}`;
}
