/** Names for rows: UUIDs of version 7 (RFC 9562), which sort by when they were made. */
import { randomFillSync } from "node:crypto";

/** A counter of 12 bits fills the room between milliseconds; the random part has 62 bits. */
const COUNTER_SIZE = 0x1000;

const random = new Uint8Array(10);
let lastMs = 0;
let counter = 0;

/**
 * A new id. Within a process every id sorts after all before it, also when the clock is set back: time then stands still
 * until the clock has caught up.
 *
 * @param nowMs epoch milliseconds.
 */
export function createId(nowMs: number = Date.now()): string {
  randomFillSync(random);
  if (nowMs > lastMs) {
    lastMs = Math.floor(nowMs);
    // Starting low leaves room to count up; starting at random keeps two processes apart.
    counter = ((random[8]! << 8) | random[9]!) & 0x3ff;
  } else if (++counter >= COUNTER_SIZE) {
    lastMs++;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, "0");
  const tail = Buffer.from(random.buffer, 0, 8);
  tail[0] = (tail[0]! & 0x3f) | 0x80;
  const hex = tail.toString("hex");
  const middle = (0x7000 | counter).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-${middle}-${hex.slice(0, 4)}-${hex.slice(4)}`;
}

/** When an id was made, epoch milliseconds; null when it is none of ours. */
export function idTimeMs(id: string): number | null {
  const match = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.exec(id);
  return match ? Number.parseInt(match[1]! + match[2]!, 16) : null;
}
