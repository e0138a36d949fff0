/** Seeded randomness for simulations: the same seed gives the same stream on every machine. */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** Uniform integer in [from, to], both ends included. */
  int(from: number, to: number): number;
  /** Standard normal (Box and Muller 1958). */
  normal(): number;
  exponential(mean: number): number;
  /** Log-normal by its median and the deviation of its logarithm. */
  logNormal(median: number, spread: number): number;
}

/** @param seed whole numbers; each list of them has a stream of its own (splitmix32). */
export function createRandom(...seed: readonly number[]): Random {
  let state = 0x9e3779b9;
  for (const part of seed) state = Math.imul(state ^ (part | 0), 0x85ebca6b) ^ (state >>> 13);
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let hash = state;
    hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
    return ((hash ^ (hash >>> 15)) >>> 0) / 4294967296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    chance: (probability) => next() < probability,
    pick(choices) {
      if (choices.length === 0) throw new RangeError("There is nothing to pick from.");
      return choices[Math.floor(next() * choices.length)]!; // below the length
    },
    int: (from, to) => from + Math.floor(next() * (to - from + 1)),
    normal,
    exponential: (mean) => -mean * Math.log(1 - next()),
    logNormal: (median, spread) => median * Math.exp(spread * normal()),
  };
}
