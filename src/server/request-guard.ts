/**
 * What a request must be before anybody asks who sent it: meant for this host (DNS rebinding), not sent by a page of
 * another origin (CSRF), of a body that is what it says.
 */
import { isIP } from "node:net";
import { RequestProblem } from "./problem.ts";
import type { Method } from "./route.ts";

/** Sent by our pages with everything that changes something; a page of another origin can't without asking first. */
export const OWN_HEADER = "x-platekit";

export interface GuardedRequest {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
  readonly hasOwnHeader: boolean;
}

/** A host as in `Host:`, without its port and brackets, in lower case; null when it is none. */
export function hostName(header: string | undefined): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::\d{1,5})?$/i.exec(header ?? "");
  const name = match?.[1] ?? match?.[2];
  return name === undefined ? null : name.toLowerCase().replace(/\.$/, "");
}

export function isLoopbackName(name: string | null): boolean {
  return name === "localhost" || name === "::1" || (name !== null && isIP(name) === 4 && name.startsWith("127."));
}

export function isLoopbackAddress(address: string | undefined): boolean {
  const plain = (address ?? "").replace(/^::ffff:/, "");
  return plain === "::1" || plain.startsWith("127.");
}

/**
 * Names that a page elsewhere could point here are refused (DNS rebinding). An address can't be pointed anywhere, so
 * every address is right unless only loopback is listened on.
 *
 * @param hosts names under which the server may be addressed, lower case.
 * @throws RequestProblem 421.
 */
export function checkHost(header: string | undefined, hosts: ReadonlySet<string>, onlyLoopback: boolean): void {
  const name = hostName(header);
  if (name !== null && (isLoopbackName(name) || hosts.has(name))) return;
  if (name !== null && !onlyLoopback && isIP(name) !== 0) return;
  throw new RequestProblem(
    421,
    "HOST_UNKNOWN",
    "This server does not go by that name. Add the name under Administration, Settings, Hosts, or use its address.",
  );
}

/** Whether a request may change something. */
export function isChanging(method: string): boolean {
  return !["GET", "HEAD", "OPTIONS"].includes(method as Method);
}

/**
 * @param needsOwnHeader the request is believed for what the browser adds by itself: a cookie, or its address.
 * @throws RequestProblem 403.
 */
export function checkOrigin(request: GuardedRequest, needsOwnHeader: boolean): void {
  if (!isChanging(request.method)) return;
  const { secFetchSite, origin, host } = request;
  const isForeign =
    secFetchSite !== undefined
      ? secFetchSite !== "same-origin" && secFetchSite !== "none"
      : origin !== undefined && originHost(origin) !== host?.toLowerCase();
  if (isForeign) {
    throw new RequestProblem(
      403,
      "ORIGIN_FOREIGN",
      "A page of another origin may not do this. Use an API key instead.",
    );
  }
  if (needsOwnHeader && !request.hasOwnHeader) {
    throw new RequestProblem(403, "HEADER_MISSING", "Send the header X-PlateKit: 1 with whatever changes something.");
  }
}

function originHost(origin: string): string | null {
  return /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase() ?? null;
}
