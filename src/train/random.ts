/** Seeded randomness for training: equal seeds give equal weights, batches and masks on every machine. */
import { mixSeed } from "../core/seed.ts";

/** A stream of numbers, uniform in [0, 1). */
export type Random = () => number;

/** The stream that belongs to these whole numbers (splitmix32: a Weyl sequence through a 32-bit finaliser). */
export function createRandom(...seed: readonly number[]): Random {
  let state = mixSeed(...seed);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let hash = state;
    hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
    return ((hash ^ (hash >>> 15)) >>> 0) / 4294967296;
  };
}

/** The numbers 0..count-1 in random order (Fisher and Yates). */
export function shuffledOrder(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}
