/** Texts of plates as they are searched: normalised, folded by look-alikes, with their neighbours, and wildcards. Pure. */
import { levenshtein } from "../core/edit-distance.ts";

/** Longer texts are no plates; they are found exactly, and by nothing cleverer. */
export const MAX_FUZZY_LENGTH = 16;
const MAX_LENGTH = 64;

/**
 * Upper case letters and digits of any script, nothing else; at most 64 characters. Width and composed forms are made
 * one (NFKC), so that what looks and types the same is the same.
 */
export function normalisePlate(text: string): string {
  const plain = text
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, "");
  return [...plain].slice(0, MAX_LENGTH).join("");
}

/** The same for a pattern: `?` and `*` stay, stars in a row are one, `?` comes before `*`. */
export function normalisePattern(pattern: string): string {
  const plain = pattern
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[^\p{L}\p{M}\p{N}?*]/gu, "")
    .replace(/[?*]*\*[?*]*/g, (run) => `${run.replaceAll("*", "")}*`);
  return [...plain].slice(0, MAX_LENGTH).join("");
}

/** Each group is one character to the eye, first of all between Latin letters and digits, then across scripts. */
const LOOK_ALIKES = ["0ODQ", "1IL", "2Z", "5S", "8B"];
/** Cyrillic and Greek capitals that print as a Latin one; number plates use no others for them. */
const SCRIPTS = {
  from: "АВЕЁКМНОРСТУХІЈЅԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
  to: "ABEEKMHOPCTYXIJSQWABEZHIKMNOPTYX",
};

const FOLDED: ReadonlyMap<string, string> = (() => {
  const folded = new Map<string, string>();
  for (const group of LOOK_ALIKES) for (const character of group) folded.set(character, group[0]!);
  const latin = [...SCRIPTS.to];
  for (const [i, character] of [...SCRIPTS.from].entries()) {
    const twin = latin[i]!;
    folded.set(character, folded.get(twin) ?? twin);
  }
  return folded;
})();

/** One character for each group of look-alikes, marks left out (Ä is A); of a normalised text. */
export function foldPlate(plate: string): string {
  const bare = plate.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");
  return [...bare].map((character) => FOLDED.get(character) ?? character).join("");
}

export function reversed(plate: string): string {
  return [...plate].reverse().join("");
}

/** The texts with one character left out; none for texts of one character, or too long for a plate. */
export function neighboursOf(folded: string): readonly string[] {
  const characters = [...folded];
  if (characters.length < 2 || characters.length > MAX_FUZZY_LENGTH) return [];
  return [...new Set(characters.map((_, i) => characters.toSpliced(i, 1).join("")))];
}

/** Each three characters in a row. */
export function gramsOf(plate: string): readonly string[] {
  const characters = [...plate];
  if (characters.length > MAX_FUZZY_LENGTH) return [];
  return [...new Set(characters.slice(2).map((_, i) => characters.slice(i, i + 3).join("")))];
}

/** Whether two folded texts differ by at most one character replaced, left out or added. */
export function isWithinOneEdit(a: string, b: string): boolean {
  return levenshtein(a, b) <= 1;
}

/** What an index can be asked about a pattern. */
export interface PatternParts {
  /** Before the first wildcard, and after the last. */
  readonly prefix: string;
  readonly suffix: string;
  /** The longest run of characters between wildcards. */
  readonly inner: string;
  readonly isPlain: boolean;
}

export function patternParts(pattern: string): PatternParts {
  const runs = pattern.split(/[?*]/);
  let inner = "";
  for (const run of runs.slice(1, -1)) if ([...run].length > [...inner].length) inner = run;
  return { prefix: runs[0]!, suffix: runs.at(-1)!, inner, isPlain: runs.length === 1 };
}

/** Whether a normalised text fits a normalised pattern: what the database's own matching must agree with. */
export function fitsPattern(pattern: string, plate: string): boolean {
  const source = [...pattern].map((token) => (token === "*" ? ".*" : token === "?" ? "." : token)).join("");
  return new RegExp(`^${source}$`, "su").test(plate);
}

/** As GLOB of SQLite takes it; normalised patterns hold nothing else that GLOB would take for special. */
export function globOf(pattern: string): string {
  return pattern;
}

/** As LIKE takes it. */
export function likeOf(pattern: string): string {
  return pattern.replaceAll("*", "%").replaceAll("?", "_");
}

/** The least text that sorts after all that begin with a prefix, bytewise. */
export function afterPrefix(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}
