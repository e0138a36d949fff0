/** The server: opens store and reader, puts routes and guards into Fastify, listens, and stops in good order. */
import type { Socket } from "node:net";
import { availableParallelism } from "node:os";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import multipart from "@fastify/multipart";
import fastify, { type FastifyInstance, type FastifyReply, LogController } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import pino, { type Logger } from "pino";
import { PlateKitError } from "../core/errors.ts";
import { openStore } from "../store/open-store.ts";
import type { Store } from "../store/types.ts";
import { createAuthenticator } from "./authenticate.ts";
import type { ServerContext } from "./context.ts";
import { createEventBus } from "./events.ts";
import { HANDLERS } from "./handlers.ts";
import { CAMERA_NETWORKS } from "./intake/camera-url.ts";
import { createIntake } from "./intake/create-intake.ts";
import { createMetrics } from "./metrics.ts";
import { registerOpenApi } from "./openapi.ts";
import { DEFAULT_PAGES_FOLDER } from "./page-files.ts";
import { createPasswords, type PasswordCost } from "./passwords.ts";
import { notFound, RequestProblem, type ToldError, toldError } from "./problem.ts";
import { createRateLimiter } from "./rate-limit.ts";
import { createReadService } from "./read-service.ts";
import { addEntityTags, registerRoutes } from "./register-routes.ts";
import { isLoopbackName } from "./request-guard.ts";
import { startRetention } from "./retention-timer.ts";
import type { Access } from "./route.ts";
import { createSettingsCache } from "./settings.ts";
import { createSetup } from "./setup-token.ts";
import { createSiteService, type SiteService } from "./sites/site-service.ts";

export interface ServerOptions {
  /** Database, pictures and keys; made when missing. */
  readonly dataFolder: string;
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string;
  /** Default 8080; 0 takes any that is free. */
  readonly port?: number;
  /** `postgres://…`; default: SQLite in the data folder. */
  readonly databaseUrl?: string | undefined;
  /** PEM of certificate and key: then it speaks https. */
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined;
  /** Further names under which it may be addressed. */
  readonly hosts?: readonly string[];
  /** Networks that cameras may be in beside the private ones, as `127.0.0.0/8`. */
  readonly cameraNetworks?: readonly string[];
  /** Threads that read pictures sent to the API. Default: half the cores, at most 2. */
  readonly readWorkers?: number;
  readonly modelsFolder?: string | undefined;
  /** Load the models at the start rather than with the first picture. Default true. */
  readonly isWarm?: boolean;
  readonly pagesFolder?: string;
  readonly log?: Logger;
  readonly passwordCost?: PasswordCost;
  /** Multiplies every rate limit; Infinity: none. */
  readonly rateScale?: number;
  readonly nowMs?: () => number;
  /** How long a barrier waits for what is known of a vehicle before its fail-safe decides, milliseconds. Default 200. */
  readonly gateFactsMs?: number;
}

export interface PlateKitServer {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly address: string;
  /** One-time link to make the administrator; null when there is one. */
  readonly setupUrl: string | null;
  readonly store: Store;
  /** The rules of sites, as they run. */
  readonly sites: SiteService;
  /** Every route that is answered, as Fastify knows it. */
  readonly routes: readonly RegisteredRoute[];
  /** Ends streams, lets requests under way finish, closes everything; within ten seconds. Idempotent. */
  close(): Promise<void>;
}

/** Requests under way get this long at a stop; then their connections are cut. */
const GRACE_MS = 7_000;

/**
 * Opens everything and listens.
 *
 * @throws PlateKitError STORE_…, MODEL_MISSING, MODEL_MISMATCH, or OPTION_INVALID where the port is taken.
 */
export async function createServer(options: ServerOptions): Promise<PlateKitServer> {
  const { dataFolder, host = "127.0.0.1", port = 8080, databaseUrl, modelsFolder, nowMs = Date.now } = options;
  const log = options.log ?? pino({ level: "silent" });
  const opened: (() => Promise<unknown>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) {
      await close().catch((error: unknown) => log.error({ err: error }, "closing failed"));
    }
  };
  try {
    const store = await openStore({ directory: dataFolder, url: databaseUrl, nowMs });
    opened.push(() => store.close());
    const readers = await createReadService({
      workers: options.readWorkers ?? Math.max(1, Math.min(2, Math.floor(availableParallelism() / 2))),
      modelsFolder,
      isWarm: options.isWarm ?? true,
    });
    opened.push(() => readers.close());
    const settings = createSettingsCache(store);
    await settings.load();
    const bus = createEventBus(nowMs);
    const cameraNetworks = [...CAMERA_NETWORKS, ...(options.cameraNetworks ?? [])];
    const sites = createSiteService({
      ...{ store, bus, log, nowMs, gateFactsMs: options.gateFactsMs },
      tellBrokers: (topic, payload, how) => intake.deliverer.tellBrokers(topic, payload, how),
    });
    opened.push(() => sites.close());
    const intake = await createIntake({
      ...{ store, bus, settings, modelsFolder, log, nowMs, cameraNetworks },
      sites: sites.hooks,
    });
    let intakeClosing: Promise<void> | undefined;
    const closeIntake = (): Promise<void> => {
      intakeClosing ??= intake.close();
      return intakeClosing;
    };
    opened.push(closeIntake);
    const metrics = createMetrics({
      readsWaiting: readers.waiting,
      subscribers: () => bus.subscribers,
      deliveries: async () => sumDeliveries(await store.deliveries.counts(nowMs())),
    });
    opened.push(async () => metrics.close());
    const stopping = new AbortController();
    const context: ServerContext = {
      ...{ store, bus, readers, intake, sites, settings, metrics, log, nowMs, dataFolder, modelsFolder },
      passwords: createPasswords(options.passwordCost),
      limiter: createRateLimiter(nowMs, options.rateScale),
      setup: await createSetup(store),
      startedMs: nowMs(),
      hosts: new Set((options.hosts ?? []).map((name) => name.toLowerCase())),
      pagesFolder: options.pagesFolder ?? DEFAULT_PAGES_FOLDER,
      onlyLoopback: isLoopbackName(host),
      stopping: stopping.signal,
    };
    const retention = startRetention(context);
    opened.push(async () => retention.stop());
    const { app, routes } = await buildApp(context, options);
    const address = await listen(app, host, port);
    log.info({ address }, "listening");

    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      stopping.abort();
      bus.close();
      // A client that neither reads nor leaves must not keep the server from stopping.
      const cut = setTimeout(() => app.server.closeAllConnections(), GRACE_MS);
      // Cameras stop meanwhile: both together have to be done in time.
      const isClosed = closeIntake();
      isClosed.catch(() => {}); // told by closeAll, which waits for it too
      await app.close().catch((error: unknown) => log.error({ err: error }, "closing failed"));
      clearTimeout(cut);
      await closeAll();
    };
    const token = context.setup.token();
    return {
      address,
      setupUrl: token === null ? null : `${address}/set-up?token=${token}`,
      store,
      sites,
      routes,
      close() {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** The pages' own scripts and styles and nothing else; styles also inline, as the components write them. */
const CONTENT_SECURITY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  scriptSrcAttr: ["'none'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", "data:", "blob:"],
  mediaSrc: ["'self'", "blob:"],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  workerSrc: ["'self'", "blob:"],
  objectSrc: ["'none'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
};

export interface RegisteredRoute {
  readonly method: string;
  readonly path: string;
  readonly access: Access;
}

async function buildApp(
  context: ServerContext,
  { tls }: ServerOptions,
): Promise<{ app: FastifyInstance; routes: readonly RegisteredRoute[] }> {
  const app = fastify({
    ...(tls === undefined ? {} : { https: { cert: tls.certificate, key: tls.key, minVersion: "TLSv1.2" as const } }),
    loggerInstance: context.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1024 * 1024,
    requestTimeout: 120_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: "idle",
    // Only a proxy on this machine is believed when it says whom it speaks for.
    trustProxy: "loopback",
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2000 },
    frameworkErrors: (error, request, reply) => void sendProblem(reply, toldError(error, request.id)),
    clientErrorHandler: refuseUnparsed,
  }) as unknown as FastifyInstance; // https or http: what we use of either is the same
  const routes: RegisteredRoute[] = [];
  // Whoever registers a route, a plugin too: without a place in the table it is not served.
  app.addHook("onRoute", ({ method, url, config }) => {
    if (config?.access === undefined) throw new RangeError(`The route ${url} names no permission.`);
    for (const one of [method].flat()) routes.push({ method: one, path: url, access: config.access });
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  addErrorReplies(app, context);
  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) => {
    done(null, new URLSearchParams(String(body)));
  });
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY },
    strictTransportSecurity: tls === undefined ? false : { maxAge: 31_536_000, includeSubDomains: false },
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: "no-referrer" },
  });
  app.addHook("onSend", async (_request, reply, payload) => {
    reply.header("permissions-policy", "camera=(self), microphone=(), geolocation=(), payment=()");
    return payload;
  });
  await app.register(cookie);
  await app.register(multipart);
  await registerOpenApi(app);
  addEntityTags(app);
  addLogging(app, context);
  // After the plugins: swagger hears of routes only once it is there.
  registerRoutes(app, context, HANDLERS, createAuthenticator(context.store, context.setup, context.nowMs));
  await app.ready();
  return { app, routes };
}

function addErrorReplies(app: FastifyInstance, { log }: ServerContext): void {
  app.setErrorHandler((error, request, reply) => {
    const { problem, retryAfterS, isOurs } = toldError(error, request.id);
    if (isOurs && problem.status !== 503) log.error({ err: error, requestId: request.id }, "request failed");
    else log.debug({ err: error, requestId: request.id }, "request refused");
    if (retryAfterS !== undefined) reply.header("retry-after", String(retryAfterS));
    if (problem.status === 401) reply.header("www-authenticate", 'Bearer realm="platekit"');
    const isSnapshot = request.routeOptions.config.routeName === "snapshot";
    // Its clients look at these two fields.
    const told = isSnapshot ? { ...problem, status_code: problem.status } : problem;
    return sendProblem(reply, { problem: told });
  });
  app.setNotFoundHandler((request, reply) => sendProblem(reply, toldError(notFound("address"), request.id)));
}

function sendProblem(reply: FastifyReply, { problem }: Pick<ToldError, "problem">): FastifyReply {
  return reply
    .code(problem.status)
    .header("cache-control", "no-store")
    .type("application/problem+json")
    .send(JSON.stringify(problem));
}

/** Answers what is no HTTP request, of which nobody else hears. */
function refuseUnparsed(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { problem } = toldError(
    error.code === "HPE_HEADER_OVERFLOW"
      ? new RequestProblem(431, "HEADERS_TOO_LARGE", "Address and headers together are larger than 16 kB.")
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? new RequestProblem(408, "REQUEST_TIMEOUT", "The request did not arrive in time; send it again.")
        : new RequestProblem(400, "NOT_HTTP", "This is no HTTP request."),
    "",
  );
  const body = JSON.stringify({ ...problem, requestId: undefined }); // none was given out
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** One line a request, by the route's pattern: addresses may hold plates. */
function addLogging(app: FastifyInstance, { log, metrics }: ServerContext): void {
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.config.routeName ?? "none";
    const { method } = request;
    metrics.requested(route, method, reply.statusCode, reply.elapsedTime / 1000);
    const line = { requestId: request.id, route, method, status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
    if (route === "healthz" || route === "readyz" || route === "metrics") log.debug(line, "request");
    else log.info(line, "request");
  });
}

/** @throws PlateKitError OPTION_INVALID. */
async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : "";
    const why =
      code === "EADDRINUSE"
        ? `port ${port} is taken; stop what listens there, or choose another with --port`
        : code === "EACCES"
          ? `port ${port} is not allowed to this user; choose one above 1023`
          : `it can't listen on ${host}:${port} (${String(code) || String(cause)})`;
    throw new PlateKitError("OPTION_INVALID", `The server can't start: ${why}.`, { cause });
  }
}

function sumDeliveries(counts: readonly { readonly pending: number; readonly dead: number }[]) {
  return {
    pending: counts.reduce((sum, { pending }) => sum + pending, 0),
    dead: counts.reduce((sum, { dead }) => sum + dead, 0),
  };
}
