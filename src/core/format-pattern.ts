/**
 * The pattern language of the format registry, compiled to a small acyclic automaton over characters.
 * Knows characters, repetition and separators; does not know regions, colours or where a pattern comes from.
 *
 * | written    | means                                                                        |
 * | ---------- | ---------------------------------------------------------------------------- |
 * | `A`        | one letter the format issues (`letters` without `never`)                      |
 * | `9`        | one digit the format issues (`digits`)                                        |
 * | `*`        | one letter or digit the format issues                                         |
 * | `'KBS'`    | exactly these characters                                                      |
 * | `[A-CX]`   | one character of the set; `a-b` is a range; `never` does not apply             |
 * | `<name>`   | one word of a named list in formats/lists.json, such as `<de-districts>`       |
 * | `(a\|b)`   | either part                                                                   |
 * | `x?`       | the part or nothing                                                           |
 * | `x{2}`     | the part twice; `x{1,3}` once to three times                                  |
 * | ` - . · :` | separators: printed, never part of the text                                   |
 * | `/`        | where a two-line plate breaks; a separator right before it is printed only on one line |
 */

/** What the classes of a pattern stand for. */
export interface PatternClasses {
  /** Characters of class `A`. */
  readonly letters: string;
  /** Characters of class `9`. */
  readonly digits: string;
  /** Words of the named lists a pattern may use. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

/** A way on: print `separator`, then read a character at position `to` (or end, when `to` is `ACCEPT`). */
export interface Edge {
  readonly to: number;
  readonly separator: string;
  /** Probability of this way among its siblings when texts are drawn at random; siblings sum to 1. */
  readonly probability: number;
}

/** The end of a text. */
export const ACCEPT = -1;

/** Acyclic automaton: every path from `start` to ACCEPT reads one text. Edges are in order of preference. */
export interface PatternAutomaton {
  readonly start: readonly Edge[];
  readonly positions: readonly { readonly characters: string; readonly edges: readonly Edge[] }[];
}

type Node =
  | { readonly kind: "characters"; readonly characters: string }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "separator"; readonly text: string }
  | { readonly kind: "sequence"; readonly parts: readonly Node[] }
  | { readonly kind: "either"; readonly options: readonly Node[] }
  | { readonly kind: "repeat"; readonly part: Node; readonly min: number; readonly max: number };

const SEPARATORS = " -.·:/";

/**
 * Compiles a pattern.
 *
 * @throws RangeError when the pattern is malformed or names an unknown list: a bug in the registry, not in an input.
 */
export function compilePattern(pattern: string, classes: PatternClasses): PatternAutomaton {
  const positions: { characters: string; edges: readonly Edge[] }[] = [];
  const addPosition = (characters: string, edges: readonly Edge[]): readonly Edge[] => {
    positions.push({ characters, edges });
    return [{ to: positions.length - 1, separator: "", probability: 1 }];
  };
  // Built from the right: each node receives the ways on after it and returns the ways into it.
  const build = (node: Node, next: readonly Edge[]): readonly Edge[] => {
    switch (node.kind) {
      case "characters":
        return addPosition(node.characters, next);
      case "words":
        return buildWords(node.words, next, addPosition);
      case "separator":
        return next.map((edge) => ({ ...edge, separator: node.text + edge.separator }));
      case "sequence":
        return node.parts.reduceRight((edges, part) => build(part, edges), next);
      case "either":
        return mix(node.options.map((option) => ({ edges: build(option, next), weight: 1 })));
      case "repeat": {
        // x{0,3} = (x(x(x)?)?)?, where stopping gets the share that makes all counts equally likely.
        let edges = next;
        for (let count = node.max; count > node.min; count--) {
          const goesOn = node.max - count + 1;
          edges = mix([
            { edges: build(node.part, edges), weight: goesOn },
            { edges: next, weight: 1 },
          ]);
        }
        for (let count = 0; count < node.min; count++) edges = build(node.part, edges);
        return edges;
      }
    }
  };
  const start = build(parsePattern(pattern, classes), [{ to: ACCEPT, separator: "", probability: 1 }]);
  return { start, positions };
}

/**
 * How a text runs through the automaton: the separator printed before each character, first preference first.
 * `undefined` when the text does not match.
 */
export function traceText(automaton: PatternAutomaton, text: string): readonly string[] | undefined {
  const walk = (edges: readonly Edge[], index: number): string[] | undefined => {
    for (const edge of edges) {
      if (edge.to === ACCEPT) {
        if (index === text.length) return [];
        continue;
      }
      const position = automaton.positions[edge.to]!; // edges only name positions that were added
      if (index >= text.length || !position.characters.includes(text[index]!)) continue;
      const rest = walk(position.edges, index + 1);
      if (rest !== undefined) return [edge.separator, ...rest];
    }
    return undefined;
  };
  return walk(automaton.start, 0);
}

/** Probability that a text drawn at random from the automaton is this one; 0 when it does not match. */
export function textProbability(automaton: PatternAutomaton, text: string): number {
  const walk = (edges: readonly Edge[], index: number): number => {
    let sum = 0;
    for (const { to, probability } of edges) {
      if (to === ACCEPT) {
        if (index === text.length) sum += probability;
        continue;
      }
      const position = automaton.positions[to]!; // edges only name positions that were added
      if (index >= text.length || !position.characters.includes(text[index]!)) continue;
      sum += (probability / position.characters.length) * walk(position.edges, index + 1);
    }
    return sum;
  };
  return walk(automaton.start, 0);
}

/** Draws one text; `random` returns numbers in [0, 1). */
export function drawText(automaton: PatternAutomaton, random: () => number): string {
  let text = "";
  let edges = automaton.start;
  for (;;) {
    let left = random();
    const edge = edges.find(({ probability }) => {
      left -= probability;
      return left < 0;
    });
    const { to } = edge ?? edges[edges.length - 1]!; // rounding may leave a crumb: take the last way
    if (to === ACCEPT) return text;
    const position = automaton.positions[to]!; // edges only name positions that were added
    text += position.characters[Math.floor(random() * position.characters.length)];
    edges = position.edges;
  }
}

/** A list of words as a trie, so that 700 district codes cost few positions to walk. */
function buildWords(
  words: readonly string[],
  next: readonly Edge[],
  addPosition: (characters: string, edges: readonly Edge[]) => readonly Edge[],
): readonly Edge[] {
  const tails = new Map<string, string[]>();
  for (const word of words) {
    const head = word.slice(0, 1);
    const rest = tails.get(head);
    if (rest === undefined) tails.set(head, [word.slice(1)]);
    else rest.push(word.slice(1));
  }
  const ways = [...tails].map(([head, rest]) => ({
    edges: head === "" ? next : addPosition(head, buildWords(rest, next, addPosition)),
    weight: rest.length,
    head,
  }));
  // Longest word first: `BGD…` is tried as BGD before B.
  return mix(ways.sort((a, b) => Number(a.head === "") - Number(b.head === "")));
}

/** Joins ways, each with its share; equal edges are merged. */
function mix(ways: readonly { readonly edges: readonly Edge[]; readonly weight: number }[]): readonly Edge[] {
  const total = ways.reduce((sum, { weight }) => sum + weight, 0);
  const merged = new Map<string, Edge>();
  for (const { edges, weight } of ways) {
    for (const edge of edges) {
      const key = `${edge.to} ${edge.separator}`;
      const probability = (merged.get(key)?.probability ?? 0) + (edge.probability * weight) / total;
      merged.set(key, { ...edge, probability });
    }
  }
  return [...merged.values()];
}

function parsePattern(pattern: string, classes: PatternClasses): Node {
  let index = 0;
  const fail = (reason: string): never => {
    throw new RangeError(`Pattern "${pattern}": ${reason} at ${index}.`);
  };
  const until = (end: string): string => {
    const stop = pattern.indexOf(end, index + 1);
    if (stop < 0) fail(`${end} is missing`);
    const inside = pattern.slice(index + 1, stop);
    if (inside === "") fail("nothing inside");
    index = stop + 1;
    return inside;
  };
  const parseAtom = (): Node => {
    const sign = pattern[index]!; // callers check the bound
    switch (sign) {
      case "A":
        index++;
        return { kind: "characters", characters: classes.letters };
      case "9":
        index++;
        return { kind: "characters", characters: classes.digits };
      case "*":
        index++;
        return { kind: "characters", characters: classes.letters + classes.digits };
      case "'":
        return { kind: "words", words: [until("'")] };
      case "[":
        return { kind: "characters", characters: expandRanges(until("]")) };
      case "<": {
        const name = until(">");
        return { kind: "words", words: classes.lists[name] ?? fail(`unknown list "${name}"`) };
      }
      case "(": {
        index++;
        const inside = parseOptions();
        if (pattern[index] !== ")") fail(") is missing");
        index++;
        return inside;
      }
    }
    if (!SEPARATORS.includes(sign)) return fail(`unknown sign "${sign}"`);
    index++;
    return { kind: "separator", text: sign };
  };
  const parseRepeated = (): Node => {
    const part = parseAtom();
    if (pattern[index] === "?") {
      index++;
      return { kind: "repeat", part, min: 0, max: 1 };
    }
    if (pattern[index] !== "{") return part;
    const [min, max = min] = until("}").split(",").map(Number);
    if (min === undefined || max === undefined || !(min >= 0 && max >= min && max > 0)) return fail("bad repetition");
    return { kind: "repeat", part, min, max };
  };
  const parseOptions = (): Node => {
    const options: Node[] = [];
    let parts: Node[] = [];
    while (index < pattern.length && pattern[index] !== ")") {
      if (pattern[index] === "|") {
        index++;
        options.push({ kind: "sequence", parts });
        parts = [];
      } else parts.push(parseRepeated());
    }
    options.push({ kind: "sequence", parts });
    return options.length === 1 ? options[0]! : { kind: "either", options };
  };
  const tree = parseOptions();
  if (index < pattern.length) fail(") without (");
  return tree;
}

/** `A-CX` → `ABCX`. */
function expandRanges(set: string): string {
  return set.replace(/(.)-(.)/gu, (_, from: string, to: string) => {
    const first = from.charCodeAt(0);
    const count = to.charCodeAt(0) - first + 1;
    if (count < 1) throw new RangeError(`Range ${from}-${to} runs backwards.`);
    return String.fromCharCode(...Array.from({ length: count }, (_unused, offset) => first + offset));
  });
}
