/**
 * The format registry: which texts a region's plates carry, how they are printed and what the plate looks like.
 * Knows text and layout; knows nothing of pixels or probabilities of a read.
 * Sources: the regions' published regulations and plate tables of encyclopaedias, checked against labelled plates;
 * colours and sizes are nominal. Adding a country is one entry in formats/*.json and its examples.
 */

import { type MatcherState as FormatMatcherState, matcherOver } from "./format-matcher.ts";
import { compilePattern, type PatternAutomaton, textProbability, traceText } from "./format-pattern.ts";
import africa from "./formats/africa.json" with { type: "json" };
import americas from "./formats/americas.json" with { type: "json" };
import asia from "./formats/asia.json" with { type: "json" };
import europe from "./formats/europe.json" with { type: "json" };
import lists from "./formats/lists.json" with { type: "json" };
import oceania from "./formats/oceania.json" with { type: "json" };

/** Typeface on the plate, by family: synthesis draws it, nothing is measured from it. */
export type PlateFont =
  | "fe-schrift"
  | "din"
  | "driver-gothic"
  | "charles-wright"
  | "mandatory"
  | "cyrillic"
  | "arabic"
  | "han"
  | "hangul"
  | "kana"
  | "thai"
  | "generic";

/** Colours as `#rrggbb`; `border` is the printed or embossed frame, where there is one. */
export interface PlateColours {
  readonly background: string;
  readonly text: string;
  readonly border?: string;
}

/**
 * What stands on the plate beside the text: a strip with a country mark (`eu-left`, `eu-both` with a second blue strip
 * on the right, `left`, `right`), a band with a name (`top`, `bottom`), or `none`. `text` is printed on it.
 */
export interface PlateBadge {
  readonly kind: "none" | "eu-left" | "eu-both" | "left" | "right" | "top" | "bottom";
  readonly background?: string;
  readonly colour?: string;
  readonly text?: string;
}

export type VehicleKind = "car" | "motorcycle" | "truck" | "trailer" | "taxi";

/** One format a region issues. */
export interface PlateFormat {
  /** `region/name`, unique. */
  readonly id: string;
  /** ISO 3166 in lower case: `de`, `us-ca`. */
  readonly region: string;
  readonly name: string;
  /** In the language of format-pattern.ts. */
  readonly pattern: string;
  /** What is read of it where the rest is outside the recognizer's alphabet, in the same language: a text of this is no misread. */
  readonly partPattern?: string;
  /** Letters of class `A`, the never issued ones already taken out. */
  readonly letters: string;
  /** Digits of class `9`. */
  readonly digits: string;
  /** Letters of the alphabet that class `A` never holds. */
  readonly never: string;
  /** Layouts in use; a two-line plate breaks at the pattern's `/`. */
  readonly lines: readonly (1 | 2)[];
  readonly kinds: readonly VehicleKind[];
  /** Colour schemes in use, most common first. */
  readonly colours: readonly PlateColours[];
  readonly badge: PlateBadge;
  /** Outer size of the one-line plate (of the two-line plate when there is no other), millimetres. */
  readonly sizeMm: readonly [width: number, height: number];
  readonly twoLineSizeMm: readonly [width: number, height: number];
  readonly font: PlateFont;
  /** How common among the plates of its region, relative to the region's other formats; > 0. */
  readonly prior: number;
  /** Texts the owner chooses: the pattern says little, so a match does not speak for the read. */
  readonly personalised: boolean;
  /** Texts that match and texts that must not; run by the tests. */
  readonly valid: readonly string[];
  readonly invalid: readonly string[];
}

/** An entry of formats/*.json: what it leaves out takes `ENTRY_DEFAULTS`. */
type FormatEntry = Omit<PlateFormat, "id" | "letters" | "twoLineSizeMm"> & {
  /** The alphabet before `never` is taken out. */
  readonly letters?: string;
  readonly twoLineSizeMm?: readonly [number, number];
};

const LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

const ENTRY_DEFAULTS = {
  digits: "0123456789",
  never: "",
  lines: [1],
  kinds: ["car"],
  colours: [{ background: "#ffffff", text: "#000000" }],
  badge: { kind: "none" },
  sizeMm: [520, 110],
  font: "generic",
  prior: 1,
  personalised: false,
} as const;

/** Matchers remembered, one a set of regions; callers rarely use more than a handful. */
const MAX_MATCHERS = 32;

/** A format that a text matches. */
export interface FormatMatch {
  readonly format: PlateFormat;
  /** The text with the separators of the format, on one line. */
  readonly display: string;
}

/** A state of the matcher over plate formats. */
export type MatcherState = FormatMatcherState<PlateFormat>;

// Entries are completed and patterns compiled on first use, so that importing costs nothing but the JSON.
let registry: readonly PlateFormat[] | undefined; // pure memo
const automata = new WeakMap<PlateFormat, PatternAutomaton>(); // pure memo
const partAutomata = new WeakMap<PlateFormat, PatternAutomaton>(); // pure memo
const matchers = new Map<string, MatcherState>(); // pure memo
const regionPriors = new Map<string, number>(); // pure memo
const knownRegions = new Set<string>(); // pure memo

/**
 * The formats of the named regions, of all when none is named. `de` covers `de-*`, `us` covers `us-*`;
 * `us-ca` does not cover the formats of `us`.
 */
export function formatsOf(regions: readonly string[] = []): readonly PlateFormat[] {
  // JSON modules widen literals to string; the tests check every entry against this type's values.
  registry ??= [europe, americas, asia, africa, oceania].flatMap((part) =>
    (part as unknown as readonly FormatEntry[]).map(completeEntry),
  );
  if (regions.length === 0) return registry;
  return registry.filter(({ region }) => regions.some((wanted) => coversRegion(wanted, region)));
}

/** Whether `region` is `wanted` or a part of it: `us` covers `us-ca`. */
export function coversRegion(wanted: string, region: string): boolean {
  return region === wanted || region.startsWith(`${wanted}-`);
}

/** Every format a text matches, most common first, personalised ones last, with the text as each prints it. */
export function matchFormats(text: string, regions: readonly string[] = []): readonly FormatMatch[] {
  return [...formatsMatching(text, regions)]
    .sort((a, b) => Number(a.personalised) - Number(b.personalised) || b.prior - a.prior)
    .map((format) => ({ format, display: displayText(text, format) }));
}

/**
 * Every format a text matches, in no order: the cheap half of `matchFormats`. Without regions the same array every time
 * the matcher comes to the same state.
 */
export function formatsMatching(text: string, regions: readonly string[] = []): readonly PlateFormat[] {
  let state: MatcherState | undefined = formatMatcher();
  for (const character of text) state = state?.next(character);
  const matching = state?.accepts ?? [];
  // Chosen from all formats' matches: matchers of many countries would push the one over all out of memory.
  if (regions.length === 0 || matching.length === 0) return matching;
  return matching.filter(({ region }) => regions.some((wanted) => coversRegion(wanted, region)));
}

/** Whether the registry has formats of the region or of a part of it. */
export function isKnownRegion(region: string): boolean {
  if (knownRegions.size === 0) {
    for (const format of formatsOf()) knownRegions.add(format.region).add(countryOf(format.region));
  }
  return knownRegions.has(region);
}

/** `us` of `us-ca`; a country is its own. */
export function countryOf(region: string): string {
  const dash = region.indexOf("-");
  return dash < 0 ? region : region.slice(0, dash);
}

/** The text as the format prints it on one line, or unchanged when it does not match. */
export function displayText(text: string, format: PlateFormat): string {
  const part = partAutomatonOf(format);
  const separators = traceText(automatonOf(format), text) ?? (part && traceText(part, text));
  if (separators === undefined) return text;
  return [...text].map((character, index) => oneLine(separators[index]!) + character).join(""); // one separator each
}

/** The lines of the plate as printed, separators included; one line when the format has no break. */
export function layoutText(text: string, format: PlateFormat, lines: 1 | 2): readonly string[] {
  const separators = traceText(automatonOf(format), text);
  if (separators === undefined || lines === 1) return [displayText(text, format)];
  const rows = [""];
  [...text].forEach((character, index) => {
    const separator = separators[index]!; // one separator each
    if (separator.includes("/")) rows.push(character);
    else rows[rows.length - 1] += oneLine(separator) + character;
  });
  return rows;
}

/**
 * How likely a region issues exactly this text, relative to the other regions: each region weighs the same, its
 * formats by `prior`, the texts of a format as they would be drawn at random. Sums to 1; empty when nothing matches.
 */
export function regionLikelihood(text: string, regions: readonly string[] = []): ReadonlyMap<string, number> {
  const likelihoods = new Map<string, number>();
  for (const format of formatsMatching(text, regions)) {
    const part = partAutomatonOf(format);
    const issued = textProbability(automatonOf(format), text) || (part ? textProbability(part, text) : 0);
    const likelihood = (format.prior / regionPrior(format.region)) * issued;
    likelihoods.set(format.region, (likelihoods.get(format.region) ?? 0) + likelihood);
  }
  const total = [...likelihoods.values()].reduce((sum, value) => sum + value, 0);
  return new Map(
    [...likelihoods].map(([region, value]) => [region, value / total] as const).sort((a, b) => b[1] - a[1]),
  );
}

/** The compiled pattern of a format. */
export function automatonOf(format: PlateFormat): PatternAutomaton {
  return compiled(format, format.pattern, automata);
}

function partAutomatonOf(format: PlateFormat): PatternAutomaton | undefined {
  return format.partPattern === undefined ? undefined : compiled(format, format.partPattern, partAutomata);
}

function compiled(
  format: PlateFormat,
  pattern: string,
  memo: WeakMap<PlateFormat, PatternAutomaton>,
): PatternAutomaton {
  let automaton = memo.get(format);
  if (automaton === undefined) {
    automaton = compilePattern(pattern, { letters: format.letters, digits: format.digits, lists });
    memo.set(format, automaton);
  }
  return automaton;
}

/**
 * Start of the matcher over all formats of the regions: a deterministic automaton whose states are made when first
 * reached, so that a beam pays one map look-up a character.
 */
export function formatMatcher(regions: readonly string[] = []): MatcherState {
  const key = [...regions].sort().join(",");
  let start = matchers.get(key);
  if (start === undefined) {
    if (matchers.size >= MAX_MATCHERS) matchers.clear();
    start = createMatcher(formatsOf(regions));
    matchers.set(key, start);
  }
  return start;
}

/** The matcher over just these formats; see `formatMatcher`. */
export function createMatcher(formats: readonly PlateFormat[]): MatcherState {
  const inPart = formats.filter(({ partPattern }) => partPattern !== undefined);
  return matcherOver([...formats, ...inPart], [...formats.map(automatonOf), ...inPart.map((f) => partAutomatonOf(f)!)]);
}

function completeEntry(entry: FormatEntry): PlateFormat {
  const whole = { ...ENTRY_DEFAULTS, ...entry };
  const letters = [...(entry.letters ?? LATIN)].filter((letter) => !whole.never.includes(letter)).join("");
  const twoLineSizeMm = entry.twoLineSizeMm ?? (whole.lines.includes(1) ? ([340, 200] as const) : whole.sizeMm);
  return { ...whole, id: `${entry.region}/${entry.name}`, letters, twoLineSizeMm };
}

/** Sum of the priors of a region's formats. */
function regionPrior(region: string): number {
  if (regionPriors.size === 0) {
    for (const format of formatsOf()) {
      regionPriors.set(format.region, (regionPriors.get(format.region) ?? 0) + format.prior);
    }
  }
  return regionPriors.get(region) ?? 0;
}

/**
 * A line break prints nothing of its own when a separator stands before it, else a space; where an optional part is
 * left out, the spaces around it become one.
 */
function oneLine(separator: string): string {
  return separator === "/" ? " " : separator.replace("/", "").replace(/ {2,}/, " ");
}
