/**
 * Which makes of plates are about: letters and digits in the order of known plates, and how many of these have it. A
 * plate nobody knows is mostly of a make that many have, and seldom of one that nobody has.
 */

export interface PlateMakes {
  /** Known plates by make: `AA000` for two letters and three digits. */
  readonly counts: ReadonlyMap<string, number>;
  readonly plates: number;
}

/** Counts for each make beside those seen: few known plates say little, and then every make is as likely as can be. */
const UNSEEN_PLATES = 20;
/** Strangers may be of another country than the known: of each make at least one in a hundred of them. */
const MIN_SHARE = 0.01;

export function plateMakes(texts: Iterable<string>): PlateMakes {
  const counts = new Map<string, number>();
  let plates = 0;
  for (const text of texts) {
    const make = makeOf(text);
    counts.set(make, (counts.get(make) ?? 0) + 1);
    plates++;
  }
  return { counts, plates };
}

/** At most how many unknown plates are of this text's make, 0..1; 1 when no plate is known. Sums to more than 1 over all makes. */
export function makeShare(text: string, makes: PlateMakes): number {
  return shareOf(makeOf(text), makes);
}

/** The same for the commonest make that is one slip away from a text: a letter for a digit, a character lost or invented. */
export function nearbyMakeShare(text: string, makes: PlateMakes): number {
  const make = makeOf(text);
  let most = shareOf(make, makes);
  const look = (other: string): void => {
    most = Math.max(most, shareOf(other, makes));
  };
  for (let i = 0; i <= make.length; i++) {
    const [before, after] = [make.slice(0, i), make.slice(i)];
    look(`${before}A${after}`);
    look(`${before}0${after}`);
    if (after === "") continue;
    look(before + after.slice(1));
    look(before + (after.startsWith("0") ? "A" : "0") + after.slice(1));
  }
  return most;
}

function shareOf(make: string, { counts, plates }: PlateMakes): number {
  return Math.max(MIN_SHARE, ((counts.get(make) ?? 0) + UNSEEN_PLATES) / (plates + UNSEEN_PLATES));
}

function makeOf(text: string): string {
  let make = "";
  for (const character of text) make += character >= "0" && character <= "9" ? "0" : "A";
  return make;
}
