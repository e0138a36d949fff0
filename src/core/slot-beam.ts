/**
 * The most probable texts of slot posteriors, with or without a grammar. Knows characters and matcher states only.
 * A text is the characters up to the first empty slot: its probability is theirs times that slot's empty probability,
 * so that all texts together sum to exactly 1.
 */
import type { MatcherState } from "./formats.ts";
import type { SlotPosteriors } from "./recognize.ts";

/** A text with its natural log-probability. */
export interface ScoredText {
  readonly text: string;
  readonly logProbability: number;
}

type Slots = Pick<SlotPosteriors, "characters" | "slots" | "alphabet">;

interface Choice {
  readonly character: string;
  readonly logProbability: number;
}

/** Characters below this (1.5e-8) are not looked at: they could only lengthen lists nobody reads. */
const MIN_LOG_PROBABILITY = -18;

/** Sums of twelve logarithms are off by less. */
const ROUNDING = 1e-6;

/** Matching texts less probable than the best by more than this (ln; 1 in 160,000) are not searched for. */
const MATCHING_REACH = 12;

/** Prefixes kept a slot under a grammar; exact below it, and real posteriors stay far below. */
const MAX_PREFIXES = 512;

/** The best of the numbers put in, best first; equal scores keep the order they came in. Items are the caller's. */
interface TopList {
  size: number;
  readonly scores: Float64Array;
  readonly items: Int32Array;
}

function topList(count: number): TopList {
  return { size: 0, scores: new Float64Array(count), items: new Int32Array(count) };
}

/** Puts an item in unless the list is full of items at least as good; returns whether it did. */
function insert(list: TopList, score: number, item: number): boolean {
  const { scores, items } = list;
  let at = list.size;
  if (at === scores.length) {
    if (!(score > scores[at - 1]!)) return false; // a list that is full has a last
    at--;
  } else list.size++;
  for (; at > 0 && scores[at - 1]! < score; at--) {
    scores[at] = scores[at - 1]!;
    items[at] = items[at - 1]!;
  }
  scores[at] = score;
  items[at] = item;
  return true;
}

/**
 * The `count` most probable texts, best first; the empty text is among them when it is that probable.
 *
 * Exact: slots are independent, so the best texts have their prefixes among the best prefixes of every length.
 */
export function bestTexts(slots: Slots, count: number): ScoredText[] {
  const classes = 1 + slots.alphabet.length;
  // Prefixes are a tree: node n adds class `added[n]` to node `before[n]`. Texts are spelled for the few that are left.
  const before: number[] = [-1];
  const added: number[] = [0];
  let prefixes = topList(count);
  let longer = topList(count);
  const ended = topList(count);
  const choices = topList(Math.min(count, slots.alphabet.length));
  insert(prefixes, 0, 0);
  for (let slot = 0; slot < slots.slots && prefixes.size > 0; slot++) {
    const empty = slots.characters[slot * classes]!; // class 0 of the slot
    for (let i = 0; i < prefixes.size; i++) {
      if (!insert(ended, prefixes.scores[i]! + empty, prefixes.items[i]!)) break; // prefixes run downwards
    }
    rankChoices(slots, slot, spread(prefixes), choices);
    longer.size = 0;
    // Both lists run downwards: a pair (i, j) has (i + 1)(j + 1) - 1 pairs at least as good before it.
    for (let i = 0; i < prefixes.size; i++) {
      for (let j = 0; j < choices.size && (i + 1) * (j + 1) <= count; j++) {
        if (!insert(longer, prefixes.scores[i]! + choices.scores[j]!, i * classes + choices.items[j]!)) break;
      }
    }
    for (let i = 0; i < longer.size; i++) {
      const pair = longer.items[i]!;
      before.push(prefixes.items[Math.floor(pair / classes)]!); // pairs name prefixes
      added.push(pair % classes);
      longer.items[i] = before.length - 1;
    }
    [prefixes, longer] = [longer, prefixes];
  }
  for (let i = 0; i < prefixes.size; i++) {
    if (!insert(ended, prefixes.scores[i]!, prefixes.items[i]!)) break;
  }
  return Array.from({ length: ended.size }, (_, rank) => {
    let text = "";
    for (let node = ended.items[rank]!; node > 0; node = before[node]!) {
      text = slots.alphabet[added[node]! - 1]! + text; // classes of characters start at 1
    }
    return { text, logProbability: ended.scores[rank]! };
  });
}

/** How far below a slot's best character another may lie and still come into a full list of prefixes. */
function spread({ size, scores }: TopList): number {
  return size < scores.length ? Number.POSITIVE_INFINITY : scores[0]! - scores[size - 1]! + ROUNDING;
}

/** The classes of a slot's most probable characters into `choices`, none further than `reach` below the best. */
function rankChoices(slots: Slots, slot: number, reach: number, choices: TopList): void {
  const { characters } = slots;
  const first = slot * (1 + slots.alphabet.length);
  const end = first + 1 + slots.alphabet.length;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = first + 1; i < end; i++) if (characters[i]! > most) most = characters[i]!;
  const least = Math.max(MIN_LOG_PROBABILITY, most - reach);
  choices.size = 0;
  for (let i = first + 1; i < end; i++) if (characters[i]! >= least) insert(choices, characters[i]!, i - first);
}

/**
 * The `count` most probable texts that the matcher accepts, best first, as far as they lie within MATCHING_REACH of the
 * best; empty when none is possible.
 */
export function bestMatchingTexts(slots: Slots, count: number, matcher: MatcherState): ScoredText[] {
  const choices = Array.from({ length: slots.slots }, (_, slot) => choicesAt(slots, slot));
  // A look at the likeliest characters alone mostly finds the best text, and its bound spares the rest of the search.
  const [likely] = searchMatching(
    slots,
    1,
    matcher,
    choices.map((ranked) => ranked.slice(0, 4)),
    Number.NEGATIVE_INFINITY,
  );
  const floor = likely === undefined ? Number.NEGATIVE_INFINITY : likely.logProbability - MATCHING_REACH;
  const found = searchMatching(slots, count, matcher, choices, floor);
  const reach = (found[0]?.logProbability ?? 0) - MATCHING_REACH;
  return found.filter(({ logProbability }) => logProbability >= reach);
}

/** Beam over slots and matcher states; drops prefixes that cannot end at `floor` or above any more. */
function searchMatching(
  slots: Slots,
  count: number,
  matcher: MatcherState,
  choices: readonly (readonly Choice[])[],
  floor: number,
): ScoredText[] {
  const ahead = bestAhead(slots, choices);
  let byState = new Map<MatcherState, ScoredText[]>([[matcher, [{ text: "", logProbability: 0 }]]]);
  let ended: ScoredText[] = [];
  let least = floor;
  for (let slot = 0; slot < slots.slots && byState.size > 0; slot++) {
    ended = best([...ended, ...endAt(accepted(byState), slots, slot)], count);
    if (ended.length === count) least = Math.max(least, ended[count - 1]!.logProbability);
    const needed = least - ahead[slot + 1]!; // one bound more than slots
    const longer = new Map<MatcherState, ScoredText[]>();
    for (const [state, prefixes] of byState) {
      const most = prefixes.reduce(
        (max, { logProbability }) => Math.max(max, logProbability),
        Number.NEGATIVE_INFINITY,
      );
      for (const choice of choices[slot]!) {
        if (most + choice.logProbability < needed) break; // choices run downwards
        const next = state.next(choice.character);
        if (next === undefined) continue;
        const texts = longer.get(next) ?? [];
        for (const { text, logProbability } of prefixes) {
          const sum = logProbability + choice.logProbability;
          if (sum >= needed) texts.push({ text: text + choice.character, logProbability: sum });
        }
        if (texts.length > 0) longer.set(next, texts);
      }
    }
    byState = prune(longer, count);
  }
  return best([...ended, ...accepted(byState)], count);
}

/** Of every slot the best log-probability that a text can gain from there on, grammar or not; 0 after the last. */
function bestAhead(slots: Slots, choices: readonly (readonly Choice[])[]): Float64Array {
  const ahead = new Float64Array(slots.slots + 1);
  for (let slot = slots.slots - 1; slot >= 0; slot--) {
    const empty = slots.characters[slot * (1 + slots.alphabet.length)]!; // class 0 of the slot
    const goOn = (choices[slot]![0]?.logProbability ?? Number.NEGATIVE_INFINITY) + ahead[slot + 1]!;
    ahead[slot] = Math.max(empty, goOn);
  }
  return ahead;
}

/** The natural log-probability that the slots say exactly this text; -Infinity when they cannot. */
export function textLogProbability(slots: Slots, text: string): number {
  const characters = [...text];
  if (characters.length > slots.slots) return Number.NEGATIVE_INFINITY;
  const classes = 1 + slots.alphabet.length;
  let sum = 0;
  for (const [slot, character] of characters.entries()) {
    const index = slots.alphabet.indexOf(character);
    if (index < 0) return Number.NEGATIVE_INFINITY;
    sum += slots.characters[slot * classes + 1 + index]!; // slot and class are within the shape
  }
  return characters.length < slots.slots ? sum + slots.characters[characters.length * classes]! : sum;
}

/** The prefixes as whole texts: the next slot is empty. */
function endAt(prefixes: readonly ScoredText[], slots: Slots, slot: number): ScoredText[] {
  const empty = slots.characters[slot * (1 + slots.alphabet.length)]!; // class 0 of the slot
  return prefixes.map(({ text, logProbability }) => ({ text, logProbability: logProbability + empty }));
}

/** The characters of a slot worth looking at, most probable first. */
function choicesAt(slots: Slots, slot: number): Choice[] {
  const first = slot * (1 + slots.alphabet.length) + 1;
  const choices: Choice[] = [];
  slots.alphabet.forEach((character, index) => {
    const logProbability = slots.characters[first + index]!; // index runs over the alphabet
    if (logProbability >= MIN_LOG_PROBABILITY) choices.push({ character, logProbability });
  });
  return choices.sort((a, b) => b.logProbability - a.logProbability);
}

function accepted(byState: ReadonlyMap<MatcherState, readonly ScoredText[]>): ScoredText[] {
  return [...byState].flatMap(([state, texts]) => (state.accepts.length > 0 ? texts : []));
}

/** At most `count` prefixes a state, so that no state starves, and at most MAX_PREFIXES in all. */
function prune(byState: ReadonlyMap<MatcherState, ScoredText[]>, count: number): Map<MatcherState, ScoredText[]> {
  const kept = [...byState].map(([state, texts]) => [state, best(texts, count)] as const);
  const total = kept.reduce((sum, [, texts]) => sum + texts.length, 0);
  if (total <= MAX_PREFIXES) return new Map(kept);
  const floor = best(
    kept.flatMap(([, texts]) => texts),
    MAX_PREFIXES,
  ).at(-1)!.logProbability;
  return new Map(
    kept
      .map(([state, texts]) => [state, texts.filter(({ logProbability }) => logProbability >= floor)] as const)
      .filter(([, texts]) => texts.length > 0),
  );
}

function best(texts: ScoredText[], count: number): ScoredText[] {
  return texts.sort((a, b) => b.logProbability - a.logProbability).slice(0, count);
}
