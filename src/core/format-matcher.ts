/**
 * Which formats a text can still become, character by character: a deterministic automaton over the patterns of many
 * formats, whose states are made when first reached. Knows pattern automata; not where formats come from.
 */
import { ACCEPT, type PatternAutomaton } from "./format-pattern.ts";

/** A state of the matcher: the characters read so far can still become a text of some format. */
export interface MatcherState<Format> {
  /** Formats whose texts end here; the same array whenever the matcher stands in this state. */
  readonly accepts: readonly Format[];
  /** The state after one more character; `undefined` when no format goes on so. */
  next(character: string): MatcherState<Format> | undefined;
}

/** States a matcher remembers (about 20 MB over all formats) before it starts anew. */
const MAX_STATES = 16000;

/**
 * The automata of all formats as one, in flat arrays: places are numbered through, format after format, the first of
 * each being its start, which reads nothing.
 */
interface FlatAutomata {
  /** Of each place the format it belongs to. */
  readonly formats: Uint16Array;
  /** Places that may follow place `i` are `successors[from[i]] .. successors[from[i + 1] - 1]`. */
  readonly from: Uint32Array;
  readonly successors: Uint16Array;
  /** 1 where a text may end. */
  readonly accepting: Uint8Array;
  /** Of each place one bit a character, `words` of 32 bits each: whether it reads the character. */
  readonly reads: Uint32Array;
  readonly words: number;
  /** Number of each character that any place reads. */
  readonly codes: ReadonlyMap<string, number>;
}

function flatten(automata: readonly PatternAutomaton[]): FlatAutomata {
  const places = automata.reduce((sum, { positions }) => sum + 1 + positions.length, 0);
  // States are named by strings of place numbers, one UTF-16 unit each.
  if (places > 0xffff) throw new RangeError(`The formats have ${places} places, more than a matcher can number.`);
  const codes = new Map<string, number>();
  for (const { positions } of automata) {
    for (const { characters } of positions) {
      for (const character of characters) if (!codes.has(character)) codes.set(character, codes.size);
    }
  }
  const words = Math.ceil(codes.size / 32);
  const formats = new Uint16Array(places);
  const from = new Uint32Array(places + 1);
  const accepting = new Uint8Array(places);
  const reads = new Uint32Array(places * words);
  const successors: number[] = [];
  let place = 0;
  automata.forEach(({ start, positions }, format) => {
    const first = place + 1;
    for (const { characters, edges } of [{ characters: "", edges: start }, ...positions]) {
      formats[place] = format;
      for (const character of characters) {
        const code = codes.get(character)!; // every character was numbered above
        reads[place * words + (code >> 5)]! |= 1 << (code & 31);
      }
      for (const { to } of edges) {
        if (to === ACCEPT) accepting[place] = 1;
        else successors.push(first + to);
      }
      from[++place] = successors.length;
    }
  });
  return { formats, from, successors: Uint16Array.from(successors), accepting, reads, words, codes };
}

/** The matcher over just these formats, given the compiled pattern of each. */
export function matcherOver<Format>(
  formats: readonly Format[],
  automata: readonly PatternAutomaton[],
): MatcherState<Format> {
  const flat = flatten(automata);
  const { from, successors, reads, words, codes } = flat;
  const seen = new Uint32Array(flat.formats.length);
  const reached = new Uint16Array(flat.formats.length);
  let stamp = 0;
  const states = new Map<string, MatcherState<Format>>();
  let generation = 0;

  /** Places after `places` that read the character of this code, ascending, without repeats. */
  const placesAfter = (places: Uint16Array, code: number): Uint16Array => {
    const word = code >> 5;
    const bit = 1 << (code & 31);
    let count = 0;
    let isSorted = true;
    stamp++;
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!;
      for (let k = from[place]!; k < from[place + 1]!; k++) {
        const to = successors[k]!;
        if ((reads[to * words + word]! & bit) === 0 || seen[to] === stamp) continue;
        seen[to] = stamp;
        if (count > 0 && reached[count - 1]! > to) isSorted = false;
        reached[count++] = to;
      }
    }
    const found = reached.slice(0, count);
    return isSorted ? found : found.sort();
  };

  const stateOf = (places: Uint16Array): MatcherState<Format> => {
    const key = String.fromCharCode(...places);
    const known = states.get(key);
    if (known !== undefined) return known;
    if (states.size >= MAX_STATES) {
      // Forget everything made so far: every state drops its successors when it is next asked.
      states.clear();
      generation++;
    }
    const nexts = new Map<string, MatcherState<Format> | undefined>();
    let made = generation;
    const state: MatcherState<Format> = {
      accepts: endingIn(places, flat).map((index) => formats[index]!), // places only name formats of the list
      next(character) {
        if (made !== generation) {
          nexts.clear();
          made = generation;
        }
        const next = nexts.get(character);
        if (next !== undefined || nexts.has(character)) return next;
        const code = codes.get(character);
        const after = code === undefined ? undefined : placesAfter(places, code);
        const following = after === undefined || after.length === 0 ? undefined : stateOf(after);
        nexts.set(character, following);
        return following;
      },
    };
    states.set(key, state);
    return state;
  };

  const starts = flat.formats.map((_, place) => place).filter((place) => isStart(flat.formats, place));
  return stateOf(starts);
}

function isStart(formats: Uint16Array, place: number): boolean {
  return place === 0 || formats[place] !== formats[place - 1];
}

/** Numbers of the formats of which a text may end in one of the places, ascending. */
function endingIn(places: Uint16Array, { formats, accepting }: FlatAutomata): number[] {
  const ending: number[] = [];
  for (const place of places) {
    const format = formats[place]!;
    if (accepting[place] === 1 && ending.at(-1) !== format) ending.push(format);
  }
  return ending;
}
