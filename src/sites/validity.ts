/** From when until when something holds: list entries, permits, plates of an account. */

export interface Validity {
  /** Epoch milliseconds; null: since ever. */
  readonly validFromMs: number | null;
  /** The first moment at which it no longer holds; null: for ever. */
  readonly validToMs: number | null;
}

export const ALWAYS: Validity = { validFromMs: null, validToMs: null };

export function isValidAt({ validFromMs, validToMs }: Validity, timeMs: number): boolean {
  return (validFromMs ?? Number.NEGATIVE_INFINITY) <= timeMs && timeMs < (validToMs ?? Number.POSITIVE_INFINITY);
}

/** The part of a span in which it holds; null when none. */
export function validPart(
  { validFromMs, validToMs }: Validity,
  fromMs: number,
  toMs: number,
): { readonly fromMs: number; readonly toMs: number } | null {
  const start = Math.max(fromMs, validFromMs ?? Number.NEGATIVE_INFINITY);
  const end = Math.min(toMs, validToMs ?? Number.POSITIVE_INFINITY);
  return start < end ? { fromMs: start, toMs: end } : null;
}
