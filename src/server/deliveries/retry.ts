/** When a delivery that failed is tried again, when it is given up, and when a failing target gets a rest. Pure. */

export interface RetryPolicy {
  /** Delay before the second try; doubles with each. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** A delivery is dead once it is this old and has failed `minAttempts` times. */
  readonly giveUpMs: number;
  readonly minAttempts: number;
  /** Failures in a row after which a target is only probed, one delivery at a time. */
  readonly breakAfter: number;
}

/** A day of tries: a receiver that is down over a night loses nothing. */
export const RETRY_DEFAULTS: RetryPolicy = {
  ...{ firstMs: 5000, maxMs: 15 * 60_000, giveUpMs: 24 * 3_600_000, minAttempts: 8, breakAfter: 5 },
};

/** The longest that a receiver's `Retry-After` is obeyed. */
const MAX_ASKED_MS = 3_600_000;

/** Milliseconds to the next try: doubling, from half to one and a half of it, so that retries don't come in step. */
export function retryDelayMs(attempts: number, policy: RetryPolicy, random: () => number = Math.random): number {
  const doubled = policy.firstMs * 2 ** Math.min(30, Math.max(0, attempts - 1));
  return Math.min(policy.maxMs, doubled) * (0.5 + random());
}

/**
 * When to try again, or null to give up.
 *
 * @param attempts made so far, this one included.
 * @param askedMs what the receiver asked for, if it did.
 */
export function nextTryMs(
  delivery: { readonly attempts: number; readonly createdAtMs: number },
  nowMs: number,
  askedMs: number | null,
  policy: RetryPolicy,
  random: () => number = Math.random,
): number | null {
  if (delivery.attempts >= policy.minAttempts && nowMs - delivery.createdAtMs >= policy.giveUpMs) return null;
  const delayMs = retryDelayMs(delivery.attempts, policy, random);
  return nowMs + Math.max(delayMs, Math.min(MAX_ASKED_MS, askedMs ?? 0));
}

/** `Retry-After` as milliseconds from now: seconds, or a date. Null for none, or one that says nothing. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}
