/** Puts the table of routes into Fastify: schemas, who may, how often, ETags, the same for every route. */
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { PlateKitError } from "../core/errors.ts";
import type { Authenticator, Credentials } from "./authenticate.ts";
import { keyOfHeaders } from "./authenticate.ts";
import { type Caller, isAllowed, NOBODY } from "./caller.ts";
import type { ServerContext } from "./context.ts";
import { contentTag, givenRevision, givenTags, revisionTag } from "./etag.ts";
import { ANSWERED, type Call, type HandlersOf, type MediaReply } from "./handler.ts";
import { RequestProblem } from "./problem.ts";
import { checkHost, checkOrigin, hostName, isLoopbackAddress, isLoopbackName, OWN_HEADER } from "./request-guard.ts";
import type { Access, RateClass, Route } from "./route.ts";
import { routeSchema } from "./route-schema.ts";
import { ROUTES, type RouteName, type Routes } from "./routes.ts";
import { readSessionCookie, writeSessionCookie } from "./session-cookie.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route's name in the table; absent only where Fastify answers by itself (404). */
    routeName?: RouteName;
    access?: Access;
    rate?: RateClass;
  }
  interface FastifyRequest {
    caller: Caller;
  }
}

type AnyHandler = (context: ServerContext, call: Call<Route>) => Promise<unknown>;

export function registerRoutes(
  app: FastifyInstance,
  context: ServerContext,
  handlers: HandlersOf<Routes>,
  authenticator: Authenticator,
): void {
  app.decorateRequest("caller");
  const entries = Object.entries(ROUTES) as [RouteName, Route][];
  for (const [name, route] of entries) {
    // Each handler was typed against its own route; here they are only called with what that route's schemas made.
    const handler = handlers[name] as unknown as AnyHandler;
    const shownBy = route.shownBy as RouteName | undefined;
    const shown = shownBy && {
      reply: (ROUTES[shownBy] as Route).reply!, // routes that show something answer JSON
      handler: handlers[shownBy] as unknown as AnyHandler,
    };
    app.route({
      method: route.method,
      url: route.path,
      config: { routeName: name, access: route.access, rate: route.rate },
      // Of the pages too, as monitors ask for them; exports and streams would run for nothing.
      exposeHeadRoute: route.media === undefined || name === "pageFile",
      // A form is no JSON: its handler looks at what it is.
      attachValidation: route.form === true,
      ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
      schema: routeSchema(name, route),
      onRequest: async (request) => admit(request, route, context, authenticator),
      handler: async (request, reply) => answer(request, reply, route, handler, context, authenticator, shown),
    });
  }
}

/** Before the body is read: meant for us, by whom, allowed, not too often. */
async function admit(
  request: FastifyRequest,
  route: Route,
  context: ServerContext,
  authenticator: Authenticator,
): Promise<void> {
  request.caller = NOBODY;
  const { headers } = request;
  checkHost(headers.host, hostsOf(context), context.onlyLoopback);
  if (headers["content-encoding"] !== undefined && headers["content-encoding"] !== "identity") {
    throw new RequestProblem(415, "ENCODING_REFUSED", "Send the body as it is, without Content-Encoding.");
  }
  // Told apart before anything is looked up: whoever guesses keys or cookies is slowed down by address.
  limit(context, `address ${request.ip}`, route.rate === "login" ? "login" : "none");
  const caller = await callerOf(request, route, context, authenticator);
  request.caller = caller;
  checkOrigin(
    {
      method: request.method,
      host: headers.host,
      origin: headers.origin,
      secFetchSite: single(headers["sec-fetch-site"]),
      hasOwnHeader: headers[OWN_HEADER] !== undefined,
    },
    caller.kind === "user" || route.access === "public",
  );
  if (!isAllowed(caller, route.access)) throw refused(caller, route.access);
  if (route.rate !== "login") {
    limit(context, caller.id === null ? `address ${request.ip}` : `${caller.kind} ${caller.id}`, route.rate);
  }
}

async function callerOf(
  request: FastifyRequest,
  route: Route,
  context: ServerContext,
  authenticator: Authenticator,
): Promise<Caller> {
  if (route.caller === "ignored") return NOBODY;
  const known = authenticator.callerOf(credentialsOf(request, context));
  if (route.caller === undefined) return known;
  return known.catch((error: unknown) => {
    if (error instanceof PlateKitError && error.code.startsWith("STORE_")) return NOBODY;
    throw error;
  });
}

function credentialsOf(request: FastifyRequest, context: ServerContext): Credentials {
  const { headers } = request;
  return { key: keyOfHeaders(headers), cookie: readSessionCookie(request), isLocal: isLocal(request, context) };
}

/** Our own names: of this machine's loopback, and what the settings add. */
function hostsOf({ hosts, settings }: ServerContext): ReadonlySet<string> {
  return new Set([...hosts, ...settings.current().hosts.map((host) => host.toLowerCase())]);
}

function limit({ limiter }: ServerContext, who: string, rate: RateClass): void {
  const waitS = limiter.take(who, rate);
  if (waitS > 0) {
    throw new RequestProblem(429, "TOO_MANY_REQUESTS", `Too many requests; try again in ${waitS} s.`, {
      retryAfterS: waitS,
    });
  }
}

/** From this machine itself: a proxy's requests come from elsewhere, even where the proxy runs here. */
export function isLocal(request: FastifyRequest, { onlyLoopback }: ServerContext): boolean {
  const { headers, socket } = request.raw;
  const isForwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via", "x-forwarded-host"].some(
    (name) => headers[name] !== undefined,
  );
  return (
    onlyLoopback && isLoopbackAddress(socket.remoteAddress) && !isForwarded && isLoopbackName(hostName(headers.host))
  );
}

function refused(caller: Caller, access: Access): RequestProblem {
  if (caller.kind === "nobody" || caller.kind === "open") {
    return new RequestProblem(401, "NOT_LOGGED_IN", "Log in, or send an API key as Authorization: Bearer <key>.");
  }
  return new RequestProblem(
    403,
    "NOT_ALLOWED",
    `This needs the permission ${access}, which ${caller.name} does not have.`,
  );
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  route: Route,
  handler: AnyHandler,
  context: ServerContext,
  authenticator: Authenticator,
  shown: { readonly reply: z.ZodType; readonly handler: AnyHandler } | undefined,
): Promise<unknown> {
  let tag: string | undefined;
  let status: number = route.status ?? 200;
  const ifMatch = request.headers["if-match"];
  const ifRevision = givenRevision(ifMatch);
  const call: Call<Route> = {
    params: request.params as Call<Route>["params"],
    query: request.query as Call<Route>["query"],
    body: request.body as Call<Route>["body"],
    caller: request.caller,
    request,
    address: request.ip,
    ifRevision,
    revision(revision) {
      tag = revisionTag(revision);
    },
    setCookie: (token) => writeSessionCookie(request, reply, token),
    status(other) {
      status = other;
    },
    hijack() {
      reply.hijack();
      return reply.raw;
    },
    async isStillAllowed() {
      const credentials = credentialsOf(request, context);
      return isAllowed(await authenticator.callerOf(credentials), route.access);
    },
  };
  if (ifMatch !== undefined && ifRevision === undefined && shown !== undefined) {
    const current = contentTag(JSON.stringify(z.encode(shown.reply, await shown.handler(context, call))));
    const given = givenTags(ifMatch);
    if (!given.includes(current) && !given.includes("*")) throw changedMeanwhile();
  }
  const answered = await handler(context, call).catch((error: unknown) => {
    throw ifRevision !== undefined && isConflict(error) ? changedMeanwhile() : error;
  });
  if (answered === ANSWERED) return reply;
  reply.header("vary", "Cookie, Authorization");
  if (route.media !== undefined) return sendMedia(request, reply, answered as MediaReply);
  if (status === 204) return reply.code(204).send();
  reply.header("cache-control", route.method === "GET" ? "private, no-cache" : "no-store");
  if (tag !== undefined) reply.header("etag", tag);
  return reply.code(status).send(answered);
}

function isConflict(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "STORE_CONFLICT";
}

function changedMeanwhile(): RequestProblem {
  return new RequestProblem(412, "CHANGED_MEANWHILE", "Somebody else changed this meanwhile; load it again.");
}

function sendMedia(request: FastifyRequest, reply: FastifyReply, media: MediaReply): FastifyReply {
  reply.code(media.status ?? 200).type(media.type);
  for (const [name, value] of Object.entries(media.headers ?? {})) reply.header(name, value);
  const tag = media.headers?.etag;
  if (tag !== undefined && givenTags(request.headers["if-none-match"]).includes(tag)) {
    if (media.body instanceof Readable) media.body.destroy();
    return reply.code(304).removeHeader("content-length").send();
  }
  return reply.send(
    media.body instanceof Readable || typeof media.body === "string" ? media.body : Buffer.from(media.body),
  );
}

/** Tags every JSON that a GET answers, and says 304 where the caller has it already. */
export function addEntityTags(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    if (request.method !== "GET" || reply.statusCode !== 200 || typeof payload !== "string") return payload;
    if (!String(reply.getHeader("content-type") ?? "").startsWith("application/json")) return payload;
    // A row's revision does not count what changes by itself, as a camera's health: never 304 for it.
    const own = reply.getHeader("etag");
    if (own !== undefined) return payload;
    const tag = contentTag(payload);
    reply.header("etag", tag);
    const given = givenTags(request.headers["if-none-match"]);
    if (!given.includes(tag) && !given.includes("*")) return payload;
    reply.code(304).removeHeader("content-type");
    return "";
  });
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
