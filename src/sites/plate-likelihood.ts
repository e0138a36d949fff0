/**
 * Whether two reads, or a read and a known text, are of one plate: as log-likelihood ratios, in nats, against two
 * plates drawn at random. Rests on the probabilities of the characters, on the candidates and on which characters look
 * alike. Knows nothing of time, place or lists.
 *
 * 0 says nothing, +7 a thousand to one for the same plate, -7 a thousand to one against.
 */
import { type Confusability, characterPrior, confusability, USUAL_WRONG_SHARE } from "./confusion-table.ts";
import type { PlateEvidence } from "./site-passage.ts";

/** No read is surer than this of a character or a text: calibration was measured on fewer reads than it would take. */
const MAX_CHARACTER_CONFIDENCE = 0.9999;
const MAX_TEXT_CONFIDENCE = 0.99999;
const MIN_CHARACTER_CONFIDENCE = 0.05;

/** Of a read that is surely wrong somewhere, a character lost or invented at any one place. */
const MAX_GAP_CHANCE = 0.1;

/** Candidates looked at: later ones are worth less than the characters' own probabilities. */
const MAX_CANDIDATES = 5;

/** Texts further apart than this, or than half their length, are not compared: the ratio would be below any use. */
const MAX_DIFFERENCES = 3;

/** Chance that another vehicle's plate is this one's but for a character or two: fleets are numbered in a row. */
const NEIGHBOUR_SHARE = 1e-4;

/**
 * Least log-probability of a text: there are not more than some 10^9 plates about, however long they are. Long plates
 * have fixed parts, and differ from their neighbours by as little as short ones.
 */
const MIN_TEXT_PRIOR = -20;

/** What all characters but one or two of a plate can say. */
const MAX_SHARED_INFORMATION = 17;

/** Far from being the same plate. */
export const UNLIKE = -50;

const DEFAULT = confusability();

/**
 * How much likelier the read is if the plate says `text` than if it says anything.
 *
 * @param text upper case, no separators.
 */
export function textLikelihood(text: string, read: PlateEvidence, confusions: Confusability = DEFAULT): number {
  if (text === "" || read.text === "") return UNLIKE;
  const listed = read.candidates.slice(0, MAX_CANDIDATES).find((candidate) => candidate.text === text);
  // What characters beyond a full plate's worth of them would add says nothing.
  const spelled = Math.max(UNLIKE, spelledLikelihood(text, read, confusions) - (textPrior(text) - spelledPrior(text)));
  if (listed === undefined) return spelled;
  const confidence = Math.min(Math.max(listed.confidence, 1e-9), MAX_TEXT_CONFIDENCE);
  return Math.max(spelled, Math.log(confidence) - textPrior(text));
}

/**
 * How much likelier two reads are if they show one plate than if they show two drawn at random. Symmetric.
 * Sums over the texts that either read proposes: the plate may be misread in one, or differently in both.
 */
export function plateLikelihood(a: PlateEvidence, b: PlateEvidence, confusions: Confusability = DEFAULT): number {
  if (a.text === "" || b.text === "" || !isComparable(a.text, b.text)) return UNLIKE;
  const texts = new Set<string>([a.text, b.text]);
  for (const read of [a, b]) for (const { text } of read.candidates.slice(0, MAX_CANDIDATES)) texts.add(text);
  let best = UNLIKE;
  const sums: number[] = [];
  for (const text of texts) {
    // ln [P(text | a) P(text | b) / P(text)]
    const value = textLikelihood(text, a, confusions) + textLikelihood(text, b, confusions) + textPrior(text);
    sums.push(value);
    if (value > best) best = value;
  }
  if (best <= UNLIKE) return UNLIKE;
  const same = best + Math.log(sums.reduce((sum, value) => sum + Math.exp(value - best), 0));
  // The other explanation is not only a plate drawn at random, but one that differs by what differs here.
  return same - Math.log(1 + neighbourLikelihood(a.text, b.text));
}

/** How much likelier two texts are of two plates numbered in a row than of two drawn at random, times their share. */
export function neighbourLikelihood(a: string, b: string): number {
  return NEIGHBOUR_SHARE * Math.exp(sharedInformation(a, b));
}

/** What the characters in common would say of two random plates, nats; 0 for texts that are equal or far apart. */
function sharedInformation(a: string, b: string): number {
  if (a.length !== b.length || a === b || hamming(a, b) > 2) return 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) sum -= Math.log(characterPrior(a[i]!)); // below the length
  return Math.min(sum, MAX_SHARED_INFORMATION);
}

/** Log-probability of a text before anything was read. */
export function textPrior(text: string): number {
  return Math.max(MIN_TEXT_PRIOR, spelledPrior(text));
}

function spelledPrior(text: string): number {
  let sum = 0;
  for (const character of text) sum += Math.log(characterPrior(character));
  return sum;
}

/** The most a read of this text could ever say for it: bounds what a plate of one character proves. */
export function mostLikelihood(text: string): number {
  return -textPrior(text);
}

/** Whether two texts are near enough to be worth the full comparison: few edits apart, for their length. */
export function isComparable(a: string, b: string): boolean {
  if (a === b) return true;
  const limit = Math.min(MAX_DIFFERENCES, Math.floor(Math.max(a.length, b.length) / 2));
  if (Math.abs(a.length - b.length) > limit || a.length > 31) return false;
  return editDistanceAtMost(a, b) <= limit;
}

/** The pattern compared last, its characters as bits: one passage is compared with hundreds of others in a row. */
let pattern = "";
const patternBits = new Int32Array(128);

/**
 * Levenshtein distance by bit-parallel columns (Myers 1999, Hyyrö 2001), for patterns of up to 31 characters. Characters
 * beyond ASCII share bits with others, so the distance may come out too small, never too large.
 */
function editDistanceAtMost(a: string, b: string): number {
  if (a !== pattern) {
    for (let i = 0; i < pattern.length; i++) patternBits[pattern.charCodeAt(i) & 127] = 0;
    for (let i = 0; i < a.length; i++) patternBits[a.charCodeAt(i) & 127]! |= 1 << i;
    pattern = a;
  }
  const last = 1 << (a.length - 1);
  let positive = (1 << a.length) - 1;
  let negative = 0;
  let distance = a.length;
  for (let j = 0; j < b.length; j++) {
    const match = patternBits[b.charCodeAt(j) & 127]!; // the index is below 128
    const diagonal = (((match & positive) + positive) ^ positive) | match | negative;
    let up = negative | ~(diagonal | positive);
    let down = diagonal & positive;
    if (up & last) distance++;
    if (down & last) distance--;
    up = (up << 1) | 1;
    down <<= 1;
    positive = down | ~(diagonal | up);
    negative = up & diagonal;
  }
  return distance;
}

function hamming(a: string, b: string): number {
  let differences = 0;
  for (let i = 0; i < a.length && differences <= MAX_DIFFERENCES; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) differences++;
  }
  return differences;
}

/** The best alignment of the text with the read's characters, each character for itself. */
function spelledLikelihood(text: string, read: PlateEvidence, confusions: Confusability): number {
  const there = [...text];
  const seen = charactersOf(read);
  if (there.length === seen.length && isNearByPlace(there, seen)) {
    let sum = 0;
    for (const [i, character] of there.entries()) sum += characterLikelihood(character, seen[i]!, confusions);
    return Math.max(UNLIKE, sum);
  }
  if (Math.abs(there.length - seen.length) > 2) return UNLIKE;
  const logMissed = Math.log(gapChance(confusions.table.missed, read, confusions));
  const logInvented = Math.log(gapChance(confusions.table.invented, read, confusions));
  let row = seen.map((_, j) => (j + 1) * logInvented);
  row.unshift(0);
  for (const [i, character] of there.entries()) {
    const next = [(i + 1) * logMissed];
    for (const [j, { text: said }] of seen.entries()) {
      const pair =
        said === character || Math.abs(i - j) <= 2
          ? row[j]! + characterLikelihood(character, seen[j]!, confusions)
          : Number.NEGATIVE_INFINITY;
      next.push(Math.max(pair, row[j + 1]! + logMissed, next[j]! + logInvented));
    }
    row = next;
  }
  return Math.max(UNLIKE, row.at(-1)!);
}

/** Chance of a character lost or invented in this read: the surer the whole text, the rarer. */
function gapChance(usual: number, { confidence }: PlateEvidence, { table }: Confusability): number {
  const wrong = 1 - Math.min(MAX_TEXT_CONFIDENCE, confidence);
  return Math.min(MAX_GAP_CHANCE, (usual * wrong) / (table.wrongShare ?? USUAL_WRONG_SHARE));
}

/** Few enough differences place by place that no shift explains them better. */
function isNearByPlace(there: readonly string[], seen: readonly { readonly text: string }[]): boolean {
  let differences = 0;
  for (let i = 0; i < there.length; i++) if (there[i] !== seen[i]!.text) differences++;
  return differences <= 2;
}

/** ln [P(character there | character read) / P(character)] */
function characterLikelihood(
  there: string,
  { text: read, confidence }: { readonly text: string; readonly confidence: number },
  confusions: Confusability,
): number {
  const sure = Math.min(MAX_CHARACTER_CONFIDENCE, Math.max(MIN_CHARACTER_CONFIDENCE, confidence));
  const probability = there === read ? sure : (1 - sure) * confusions.behind(read, there);
  return Math.log(probability / characterPrior(there));
}

/** The characters of a read; where it has none of its own, the text's, all equally sure. */
function charactersOf(read: PlateEvidence): readonly { readonly text: string; readonly confidence: number }[] {
  const said = read.characters;
  if (said.length > 0 && said.length === read.text.length) return said;
  const characters = [...read.text];
  const confidence = read.confidence ** (1 / Math.max(1, characters.length));
  return characters.map((text) => ({ text, confidence }));
}
