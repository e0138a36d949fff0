/** How often one caller may ask: token buckets by caller and class, forgotten when full again. */
import type { RateClass } from "./route.ts";

interface Rate {
  /** Requests at once. */
  readonly burst: number;
  readonly perSecond: number;
}

/** Far above what pages and cameras do; they stop programs that run wild, and guessing. */
const RATES: Readonly<Record<Exclude<RateClass, "none">, Rate>> = {
  login: { burst: 10, perSecond: 0.1 },
  query: { burst: 200, perSecond: 50 },
  write: { burst: 100, perSecond: 20 },
  ingest: { burst: 2000, perSecond: 1000 },
  read: { burst: 200, perSecond: 100 },
  heavy: { burst: 20, perSecond: 1 },
  stream: { burst: 300, perSecond: 100 },
};

/** Buckets kept; an attacker with many addresses must not fill the memory. */
const MAX_BUCKETS = 20_000;

export interface RateLimiter {
  /** @returns seconds to wait; 0: go on. */
  take(caller: string, rate: RateClass): number;
}

/** @param scale multiplies every rate; Infinity: no limits, for tests. */
export function createRateLimiter(nowMs: () => number, scale = 1): RateLimiter {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return {
    take(caller, rateClass) {
      if (rateClass === "none" || scale === Number.POSITIVE_INFINITY) return 0;
      const { burst, perSecond } = RATES[rateClass];
      const key = `${rateClass} ${caller}`;
      const now = nowMs();
      const bucket = buckets.get(key) ?? { tokens: burst * scale, atMs: now };
      // A clock set back gives nothing and takes nothing.
      const gained = (Math.max(0, now - bucket.atMs) / 1000) * perSecond * scale;
      bucket.tokens = Math.min(burst * scale, bucket.tokens + gained);
      bucket.atMs = now;
      // Moved to the end: the first of the map are those not seen for longest.
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > MAX_BUCKETS) buckets.delete(buckets.keys().next().value!); // more than none are there
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return 0;
      }
      return Math.max(1, Math.ceil((1 - bucket.tokens) / (perSecond * scale)));
    },
  };
}
