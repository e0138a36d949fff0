/** The filters of the Passages page as its address carries them, so that a search can be sent to somebody. */

export const MATCHES = ["exact", "wildcard", "look-alike", "similar"] as const;

export interface PassageSearch {
  readonly text?: string | undefined;
  readonly match?: (typeof MATCHES)[number] | undefined;
  /** Epoch milliseconds. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly camera?: readonly string[] | undefined;
  readonly region?: readonly string[] | undefined;
  readonly list?: readonly string[] | undefined;
  /** 0..1 */
  readonly minConfidence?: number | undefined;
  /** Kinds of doubt, and `none`. */
  readonly doubt?: readonly string[] | undefined;
  readonly corrected?: boolean | undefined;
  readonly hold?: boolean | undefined;
  readonly order?: "oldest" | undefined;
  readonly reason?: string | undefined;
}

/** What is wrong in an address is left out rather than refused. */
export function parsePassageSearch(search: Readonly<Record<string, unknown>>): PassageSearch {
  const number = (value: unknown, max: number): number | undefined =>
    typeof value === "number" && value >= 0 && value <= max ? value : undefined;
  const words = (value: unknown): readonly string[] | undefined => {
    const given = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string" && one !== "");
    return given.length > 0 ? given.map(String) : undefined;
  };
  const flag = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);
  const text = (value: unknown): string | undefined =>
    typeof value === "string" || typeof value === "number" ? String(value).slice(0, 500) || undefined : undefined;
  return {
    text: text(search.text)?.slice(0, 32),
    match: MATCHES.find((match) => match === search.match && match !== "exact"),
    from: number(search.from, Number.MAX_SAFE_INTEGER),
    to: number(search.to, Number.MAX_SAFE_INTEGER),
    camera: words(search.camera),
    region: words(search.region),
    list: words(search.list),
    minConfidence: number(search.minConfidence, 1),
    doubt: words(search.doubt),
    corrected: flag(search.corrected),
    hold: flag(search.hold),
    order: search.order === "oldest" ? "oldest" : undefined,
    reason: text(search.reason),
  };
}

/** How many filters narrow the search, the text and the order apart. */
export function countFilters(search: PassageSearch): number {
  const { text: _text, match: _match, order: _order, reason: _reason, ...filters } = search;
  return Object.values(filters).filter((value) => value !== undefined).length;
}
