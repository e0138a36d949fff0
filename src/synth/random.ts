/** Seeded randomness for synthesis: the same seed gives the same pictures on every machine and with any number of workers. */
import { mixSeed } from "../core/seed.ts";

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [from, to). */
  range(from: number, to: number): number;
  /** Uniform integer in [from, to], both ends included. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** Picks by weight; weights need not sum to one. */
  weighted<T>(choices: readonly (readonly [choice: T, weight: number])[]): T;
  /** Standard normal, by Box and Muller. */
  normal(): number;
}

/** A generator of the sfc32 family (Doty-Humphrey, PractRand), seeded by one 32-bit integer. */
export function createRandom(seed: number): Random {
  let a = 0x2545f491;
  let b = mixSeed(seed, 1) | 0;
  let c = mixSeed(seed, 2) | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next();
  const range = (from: number, to: number): number => from + (to - from) * next();
  return {
    next,
    range,
    int: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (probability) => next() < probability,
    pick: (choices) => {
      if (choices.length === 0) throw new RangeError("cannot pick from an empty list");
      return choices[Math.floor(next() * choices.length)]!;
    },
    weighted: (choices) => {
      let total = 0;
      for (const [, weight] of choices) total += weight;
      let rest = next() * total;
      for (const [choice, weight] of choices) {
        rest -= weight;
        if (rest < 0) return choice;
      }
      if (choices.length === 0) throw new RangeError("cannot pick from an empty list");
      return choices[choices.length - 1]![0];
    },
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
