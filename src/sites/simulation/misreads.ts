/**
 * A made-up plate reader: turns true plates into reads with errors, confidences and candidates like the real ones.
 * Calibrated by construction: characters read with confidence 0.9 are right 9 times of 10, unless told to boast.
 */
import { type Confusability, type ConfusionTable, confusability, DEFAULT_CONFUSIONS } from "../confusion-table.ts";
import type { PlateEvidence } from "../site-passage.ts";
import { createRandom, type Random } from "./random.ts";

export interface MisreadModel {
  /** Share of passages whose whole text is read right, 0.5..1. */
  readonly readRate: number;
  /** Which characters are taken for which. */
  readonly confusions: ConfusionTable;
  /** 1: confidences are what they say; 2: their log-odds are doubled. */
  readonly boast: number;
}

/** The share is that of one frame in bench or better; passages fuse several. Provisional until measured on video. */
export const DEFAULT_MISREADS: MisreadModel = { readRate: 0.95, confusions: DEFAULT_CONFUSIONS, boast: 1 };

/** Chance of a misread of one character: of a clear picture, and of a hard one (far, dirty, dark), the median. */
const EASY_ERROR = 1e-4;
const HARD_ERROR = 0.04;
/** Spread of the logarithm of these, from character to character. */
const SPREAD = 1.1;
/** Chance of a character lost or invented. */
const EASY_GAP = 1e-4;
const HARD_GAP = 0.03;
/** A character more often wrong than right would not be the one that is read. */
const MAX_ERROR = 0.5;
/** Lengths of plates, as often as population.ts makes them. */
const LENGTHS = [4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 8, 8];

const CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Reads a plate, with the randomness given. */
export type Misreader = (plate: string, random: Random) => PlateEvidence;

/** @throws RangeError for a read rate that the model can't give. */
export function createMisreader(model: MisreadModel = DEFAULT_MISREADS): Misreader {
  const hardShare = hardShareFor(model.readRate);
  const confusions = confusability(model.confusions);
  const behind = new Map<string, readonly { there: string; share: number }[]>();
  const likeliestBehind = (read: string): readonly { there: string; share: number }[] => {
    let list = behind.get(read);
    if (list === undefined) {
      list = [...CHARACTERS]
        .filter((there) => there !== read)
        .map((there) => ({ there, share: confusions.behind(read, there) }))
        .sort((a, b) => b.share - a.share)
        .slice(0, 4);
      behind.set(read, list);
    }
    return list;
  };
  return (plate, random) => {
    const isHard = random.chance(hardShare);
    const errors = [...plate].map(() =>
      Math.min(MAX_ERROR, random.logNormal(isHard ? HARD_ERROR : EASY_ERROR, SPREAD)),
    );
    const characters = [...plate].map((character, i) => {
      const error = errors[i]!; // one per character
      return { text: random.chance(error) ? misreadOf(character, confusions, random) : character, error };
    });
    const gap = isHard ? HARD_GAP : EASY_GAP;
    if (random.chance(gap)) {
      const place = random.int(0, characters.length - 1);
      if (characters.length > 1 && random.chance(0.6)) characters.splice(place, 1);
      else characters.splice(place, 0, { text: characters[place]!.text, error: 0.3 });
    }
    return evidenceOf(characters, gap, likeliestBehind, model.boast);
  };
}

function hardShareFor(readRate: number): number {
  if (!(readRate >= 0.5 && readRate <= 1)) throw new RangeError(`A read rate of ${readRate} can't be simulated.`);
  const random = createRandom(20_261_122);
  const wrongShare = (median: number, gap: number): number => {
    let wrong = 0;
    for (let i = 0; i < 2000; i++) {
      let right = 1 - gap;
      for (let c = LENGTHS[i % LENGTHS.length]!; c > 0; c--)
        right *= 1 - Math.min(MAX_ERROR, random.logNormal(median, SPREAD));
      wrong += 1 - right;
    }
    return wrong / 2000;
  };
  const easy = wrongShare(EASY_ERROR, EASY_GAP);
  const hard = wrongShare(HARD_ERROR, HARD_GAP);
  return Math.min(1, Math.max(0, (1 - readRate - easy) / (hard - easy)));
}

function misreadOf(character: string, confusions: Confusability, random: Random): string {
  let rest = random.next();
  for (const read of CHARACTERS) {
    if (read === character) continue;
    rest -= confusions.misread(character, read);
    if (rest < 0) return read;
  }
  return character === "8" ? "B" : "8";
}

/** What the reader says: its characters, and texts with one of the least sure replaced. */
function evidenceOf(
  characters: readonly { readonly text: string; readonly error: number }[],
  gap: number,
  likeliestBehind: (read: string) => readonly { readonly there: string; readonly share: number }[],
  boast: number,
): PlateEvidence {
  const text = characters.map((character) => character.text).join("");
  const isText = 1 - gap;
  const confidence = characters.reduce((product, { error }) => product * (1 - error), isText);
  const alternatives = [...characters.entries()]
    .sort(([, a], [, b]) => b.error - a.error)
    .slice(0, 3)
    .flatMap(([place, { text: read, error }]) =>
      likeliestBehind(read).map(({ there, share }) => ({
        text: text.slice(0, place) + there + text.slice(place + 1),
        confidence: (confidence / (1 - error)) * error * share,
      })),
    )
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, 4);
  const boasted = (value: number): number => {
    if (boast === 1) return value;
    const odds = (value / Math.max(1e-12, 1 - value)) ** boast;
    return odds / (1 + odds);
  };
  return {
    text,
    confidence: boasted(confidence),
    characters: characters.map(({ text: read, error }) => ({ text: read, confidence: boasted(1 - error) })),
    candidates: [{ text, confidence: boasted(confidence) }, ...alternatives],
  };
}
