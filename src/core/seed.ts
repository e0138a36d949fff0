/** Seeds of their own for the parts of seeded work. */

/** Mixes whole numbers into one 32-bit seed (finaliser of MurmurHash3), so that part `n` never depends on part `n - 1`. */
export function mixSeed(...parts: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash ^= part | 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}
