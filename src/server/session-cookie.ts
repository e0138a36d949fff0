/** The session's cookie: not for scripts, not for other sites, and beyond loopback over TLS only. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { SESSION_MAX_MS } from "./authenticate.ts";
import { RequestProblem } from "./problem.ts";
import { hostName, isLoopbackName } from "./request-guard.ts";

/** A browser takes `__Host-` only with Secure, for `/` and without a domain: no other host of the site can set it. */
const SECURE_NAME = "__Host-platekit";
/** Ports share cookies: a name of its own for each server on this machine would need its port. */
const LOOPBACK_NAME = "platekit";

export function readSessionCookie(request: FastifyRequest): string | null {
  const { cookies } = request;
  return cookies[SECURE_NAME] ?? (isOnLoopback(request) ? cookies[LOOPBACK_NAME] : undefined) ?? null;
}

/**
 * @param token null removes the cookie.
 * @throws RequestProblem 403 where a password or session would travel readable for everybody between.
 */
export function writeSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string | null): void {
  const isSecure = request.protocol === "https";
  const name = isSecure || !isOnLoopback(request) ? SECURE_NAME : LOOPBACK_NAME;
  const options = { path: "/", httpOnly: true, sameSite: "strict", secure: name === SECURE_NAME } as const;
  if (token === null) reply.clearCookie(name, options);
  else reply.setCookie(name, token, { ...options, maxAge: SESSION_MAX_MS / 1000 });
}

/** @throws RequestProblem 403. */
export function requireSecureTransport(request: FastifyRequest): void {
  if (request.protocol === "https" || isOnLoopback(request)) return;
  throw new RequestProblem(
    403,
    "TRANSPORT_INSECURE",
    "Logging in from another machine needs https: start with --tls-cert and --tls-key, put a proxy with TLS in front, or use ssh -L.",
  );
}

function isOnLoopback(request: FastifyRequest): boolean {
  return isLoopbackName(hostName(request.headers.host));
}
