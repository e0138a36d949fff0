/** Wanted plates: lists with validity, reason and source, their import, and which passages may be of one of them. */
import { plainText } from "../../core/metrics.ts";
import { type Confusability, confusability } from "../confusion-table.ts";
import { type CsvProblem, parseCsv, rowProblem } from "../csv.ts";
import { identifyPlate } from "../identify.ts";
import { type PlateIndex, plateIndex } from "../plate-index.ts";
import type { SitePassage } from "../site-passage.ts";
import { isValidAt, type Validity } from "../validity.ts";

export interface HotlistEntry extends Validity {
  readonly id: string;
  /** Upper case, no separators. */
  readonly plate: string;
  /** Why it is wanted; shown with every alert. */
  readonly reason: string;
  /** Who says so. */
  readonly source: string;
  /** Region of the plate, where known: reads of another region are not matched. */
  readonly region: string | null;
}

export type Hotlist = PlateIndex<HotlistEntry>;

export function hotlistIndex(entries: readonly HotlistEntry[]): Hotlist {
  return plateIndex(entries, ({ plate }) => [plate]);
}

/** How sure an alert is: `likely` is more probably the wanted plate than not. */
export type AlertGrade = "certain" | "likely" | "possible";

/** A passage that may be of a wanted plate. It counts for nothing until a person has confirmed it: see cases.ts. */
export interface HotlistAlert {
  /** `passage:entry`: the same passage gives the same alert. */
  readonly id: string;
  readonly passageId: string;
  readonly entry: HotlistEntry;
  readonly probability: number;
  readonly grade: AlertGrade;
  /** The text was read exactly; else it is a look-alike. */
  readonly isExact: boolean;
}

export interface HotlistOptions {
  /** Share of passages by any one wanted vehicle, before reading: long lists make more alerts, not surer ones. */
  readonly entryShare: number;
  /** Alerts less probable are not given, unless the text was read to the letter. */
  readonly minProbability: number;
  readonly confusions?: Confusability;
}

/** Of 500 wanted one passes in a thousand; alerts from one chance in twenty, as a person looks at each, and a miss is not seen. */
export const HOTLIST_DEFAULTS: HotlistOptions = { entryShare: 2e-6, minProbability: 0.05 };

/** A text read with this confidence that is a wanted plate's to the letter is always worth a look, however short. */
const MIN_EXACT_CONFIDENCE = 0.5;

/**
 * Wanted vehicles pass rarely, others of their fleets as often as anyone. With this, alerts are as often right as they
 * say: of 400,000 simulated passages it took away two of three false alerts at the same recall.
 */
const NEIGHBOUR_SHARE = 0.03;

/** However long the list, most passages are of others. */
const MAX_KNOWN_SHARE = 0.1;

const DEFAULT = confusability();

/** Wanted plates that a passage may show, most probable first; entries not valid when it passed don't count. */
export function hotlistAlerts(
  passage: SitePassage,
  hotlist: Hotlist,
  { entryShare, minProbability, confusions = DEFAULT }: HotlistOptions = HOTLIST_DEFAULTS,
): readonly HotlistAlert[] {
  const knownShare = Math.min(MAX_KNOWN_SHARE, entryShare * hotlist.byText.size);
  return identifyPlate(passage, hotlist, { knownShare, neighbourShare: NEIGHBOUR_SHARE, confusions })
    .filter(
      ({ text, probability }) =>
        probability >= minProbability || (text === passage.text && passage.confidence >= MIN_EXACT_CONFIDENCE),
    )
    .flatMap(({ text, probability }) =>
      hotlist.byText
        .get(text)! // identities are texts of the index
        .filter((entry) => isValidAt(entry, passage.firstTimeMs) && isOfRegion(entry, passage))
        .map((entry) => ({
          id: `${passage.id}:${entry.id}`,
          passageId: passage.id,
          entry,
          probability,
          grade: gradeOf(probability),
          isExact: text === passage.text,
        })),
    );
}

function gradeOf(probability: number): AlertGrade {
  if (probability >= 0.99) return "certain";
  return probability >= 0.5 ? "likely" : "possible";
}

/** A read without region may be of any; `us` covers `us-ca`. */
function isOfRegion({ region }: HotlistEntry, passage: SitePassage): boolean {
  if (region === null || passage.region === null) return true;
  return (
    passage.region === region || passage.region.startsWith(`${region}-`) || region.startsWith(`${passage.region}-`)
  );
}

/** What an import would change. Nothing is applied here: a person sees this first. */
export interface HotlistImport {
  readonly added: readonly HotlistEntry[];
  readonly changed: readonly { readonly before: HotlistEntry; readonly after: HotlistEntry }[];
  readonly unchanged: number;
  /** Entries of the same source that the file no longer has. */
  readonly missing: readonly HotlistEntry[];
  readonly problems: readonly CsvProblem[];
}

/**
 * Reads a hotlist from CSV with the columns `plate` and `reason`, and perhaps `source`, `region`, `validFrom`,
 * `validTo` (dates or times as ISO 8601; a date alone begins at midnight UTC, and as `validTo` includes the day).
 *
 * @param source of rows that name none; also whose entries are compared.
 */
export function previewHotlistImport(csv: string, existing: readonly HotlistEntry[], source: string): HotlistImport {
  const { rows, problems: broken } = parseCsv(csv);
  const problems: CsvProblem[] = [...broken];
  const known = new Map(existing.map((entry) => [keyOf(entry), entry]));
  const read = new Map<string, HotlistEntry>();
  if (rows.length > 0 && !("plate" in rows[0]!.fields)) {
    return {
      added: [],
      changed: [],
      unchanged: 0,
      missing: [],
      problems: [{ line: 1, message: 'There is no column "plate".' }],
    };
  }
  for (const row of rows) {
    const { fields } = row;
    const plate = plainText(fields.plate ?? "");
    const validFromMs = timeOf(fields.validFrom, 0);
    const validToMs = timeOf(fields.validTo, 86_400_000);
    const message =
      plate === "" || plate.includes("?")
        ? `"${fields.plate}" is no plate.`
        : (fields.reason ?? "") === ""
          ? "There is no reason."
          : Number.isNaN(validFromMs) || Number.isNaN(validToMs)
            ? "validFrom and validTo must be dates such as 2026-03-29."
            : (validToMs ?? Number.POSITIVE_INFINITY) <= (validFromMs ?? Number.NEGATIVE_INFINITY)
              ? "It ends before it begins."
              : undefined;
    if (message !== undefined) {
      problems.push(rowProblem(row, message));
      continue;
    }
    const region = fields.region === undefined || fields.region === "" ? null : fields.region.toLowerCase();
    const from = fields.source === undefined || fields.source === "" ? source : fields.source;
    const entry = { id: "", plate, reason: fields.reason!, source: from, region, validFromMs, validToMs }; // has a reason
    if (read.has(keyOf(entry)))
      problems.push(rowProblem(row, `${plate} stands in the file twice; the first is taken.`));
    else read.set(keyOf(entry), { ...entry, id: known.get(keyOf(entry))?.id ?? keyOf(entry) });
  }
  const added: HotlistEntry[] = [];
  const changed: { before: HotlistEntry; after: HotlistEntry }[] = [];
  for (const [key, after] of read) {
    const before = known.get(key);
    if (before === undefined) added.push(after);
    else if (JSON.stringify(fieldsOf(before)) !== JSON.stringify(fieldsOf(after))) changed.push({ before, after });
  }
  const missing = existing.filter((entry) => entry.source === source && !read.has(keyOf(entry)));
  return { added, changed, unchanged: read.size - added.length - changed.length, missing, problems };
}

function keyOf({ plate, source, region }: Pick<HotlistEntry, "plate" | "source" | "region">): string {
  return `${source}/${region ?? ""}/${plate}`;
}

function fieldsOf({ plate, reason, source, region, validFromMs, validToMs }: HotlistEntry): readonly unknown[] {
  return [plate, reason, source, region, validFromMs, validToMs];
}

/** Null for nothing given, NaN for what is no time. */
function timeOf(text: string | undefined, wholeDayMs: number): number | null {
  if (text === undefined || text === "") return null;
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  if (!isDay && !/^\d{4}-\d\d-\d\dT/.test(text)) return Number.NaN;
  return Date.parse(text) + (isDay ? wholeDayMs : 0);
}
