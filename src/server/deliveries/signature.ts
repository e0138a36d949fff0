/** Signs what web hooks are sent, so that a receiver knows it is from here, whole and recent. */
import { createHmac, timingSafeEqual } from "node:crypto";

/** The header that carries time and signatures: `t=<seconds>,v1=<hex>[,v1=<hex>]`. */
export const SIGNATURE_HEADER = "platekit-signature";

/** How old a request may be to be believed, seconds: longer than clocks are apart, shorter than a replay is useful. */
const DEFAULT_TOLERANCE_S = 300;

/**
 * The signature of a body: HMAC-SHA256 over `<seconds>.<body>` by every live key, newest first. Two keys live while a
 * receiver changes from one to the other.
 *
 * @param timeMs epoch milliseconds; signed as whole seconds.
 */
export function signBody(body: string, timeMs: number, secrets: readonly string[]): string {
  const seconds = Math.floor(timeMs / 1000);
  return [`t=${seconds}`, ...secrets.map((secret) => `v1=${hmac(secret, seconds, body)}`)].join(",");
}

/** What a receiver does: true when one of the signatures is by the secret and the time is recent. */
export function isSignedBy(
  header: string,
  body: string,
  secret: string,
  nowMs: number,
  toleranceS: number = DEFAULT_TOLERANCE_S,
): boolean {
  const parts = header.split(",").map((part) => part.trim().split("=", 2));
  const seconds = Number(parts.find(([key]) => key === "t")?.[1]);
  if (!Number.isInteger(seconds) || Math.abs(nowMs / 1000 - seconds) > toleranceS) return false;
  const expected = Buffer.from(hmac(secret, seconds, body), "hex");
  return parts.some(([key, value]) => {
    if (key !== "v1" || value === undefined) return false;
    const given = Buffer.from(value, "hex");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function hmac(secret: string, seconds: number, body: string): string {
  return createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
}
