/**
 * Float buffers that are used again: a plate needs some of a megabyte each, and fetching fresh memory from the system
 * for every one took as long as painting. Contents of a borrowed buffer are whatever was left in it.
 */

/** Buffers kept for use again, at most; a plate needs four at a time. */
const MAX_FREE = 8;

const free: Float32Array[] = []; // memory only: no value ever passes through it

/** A buffer of exactly this length, its contents undefined. */
export function borrowFloats(length: number): Float32Array {
  let best = -1;
  for (let i = 0; i < free.length; i++) {
    const size = free[i]!.length;
    if (size >= length && (best < 0 || size < free[best]!.length)) best = i;
  }
  const whole = best < 0 ? new Float32Array(2 ** Math.ceil(Math.log2(length))) : free.splice(best, 1)[0]!;
  return whole.subarray(0, length);
}

/** Gives a borrowed buffer back; the caller must not use it again. */
export function returnFloats(buffer: Float32Array): void {
  if (free.length < MAX_FREE) free.push(new Float32Array(buffer.buffer as ArrayBuffer));
}
