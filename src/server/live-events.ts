/** The live stream: server-sent events of what the caller may see, until one of both sides ends it. */
import { once } from "node:events";
import { alertOnWire } from "./alert-wire.ts";
import type { Caller } from "./caller.ts";
import { seesSite, visibleCameras } from "./caller.ts";
import { healthOnWire } from "./camera-wire.ts";
import type { ServerContext } from "./context.ts";
import type { EventType, LostEvents, ServerEvent } from "./events.ts";
import { ANSWERED, type Handler } from "./handler.ts";
import { passageOnWire } from "./passage-wire.ts";
import { RequestProblem } from "./problem.ts";
import type { cameraRoutes } from "./routes/cameras.ts";
import type { Permission } from "./schemas/access.ts";

/** A comment now and then keeps proxies from closing a silent stream, and shows that the other side is gone. */
const HEARTBEAT_MS = 15_000;
/** Streams at once: browsers hold at most six to one server. */
const MAX_STREAMS = 500;
const MAX_STREAMS_OF_CALLER = 24;

/** What a caller needs to be told of. */
const NEEDED: Readonly<Record<EventType, Permission>> = {
  passage: "passages:read",
  preview: "passages:read",
  frame: "live:read",
  health: "cameras:read",
  alert: "alerts:read",
  notification: "live:read",
  site: "sites:read",
};

const streamsOf = new WeakMap<ServerContext, Map<string, number>>();

export const eventsHandler: Handler<typeof cameraRoutes.events> = async (context, call) => {
  const { request, query, caller } = call;
  const filter = await eventFilter(context, caller, query.camera);
  const leave = enter(context, caller);
  // From here on the reply is ours alone: nothing below may fail without ending it.
  const reply = call.hijack();
  // Gone while it was asked who calls: the reply was closed before anybody here could hear of it.
  if (reply.destroyed) {
    leave();
    return ANSWERED;
  }
  const ended = new AbortController();
  reply.on("close", () => ended.abort());
  const subscription = context.bus.subscribe({
    types: query.types,
    filter,
    afterSequence: query.after ?? lastEventId(request.headers["last-event-id"]),
    signal: AbortSignal.any([ended.signal, context.stopping]),
  });
  reply.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    // Proxies that collect replies would hold events back.
    "x-accel-buffering": "no",
    "x-content-type-options": "nosniff",
  });
  request.raw.socket.setNoDelay(true);
  reply.write("retry: 2000\n\n");
  const heartbeat = setInterval(async () => {
    // A session that ended, or a key that was revoked, ends its streams.
    const isStillAllowed = await call.isStillAllowed().catch(() => false);
    if (!isStillAllowed) subscription.close();
    else reply.write(":\n\n");
  }, HEARTBEAT_MS);
  try {
    for await (const event of subscription) {
      if (!reply.write(eventText(event))) await once(reply, "drain", { signal: ended.signal });
    }
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  } finally {
    clearInterval(heartbeat);
    subscription.close();
    leave();
    reply.end();
  }
  return ANSWERED;
};

function eventText(event: ServerEvent | LostEvents): string {
  return `id: ${event.sequence}\nevent: ${event.type}\ndata: ${JSON.stringify(payloadOf(event))}\n\n`;
}

function payloadOf(event: ServerEvent | LostEvents): unknown {
  switch (event.type) {
    case "passage":
    case "preview":
      return passageOnWire(event.payload);
    case "alert":
      return alertOnWire(event.payload, null);
    case "health":
      return { cameraId: event.payload.cameraId, health: healthOnWire(event.payload.health) };
    default:
      return event.payload;
  }
}

/** @param asked cameras; all that the caller sees by default. */
async function eventFilter(
  { store }: ServerContext,
  caller: Caller,
  asked: readonly string[] | undefined,
): Promise<(event: ServerEvent) => boolean> {
  const visible =
    caller.siteIds === null ? null : new Set(visibleCameras(caller, await store.cameras.list()).map(({ id }) => id));
  const wanted = asked === undefined || asked.length === 0 ? null : new Set(asked);
  return ({ type, payload }) => {
    if (!caller.permissions.has(NEEDED[type])) return false;
    if ("siteId" in payload && type === "site") return seesSite(caller, payload.siteId);
    if (type === "notification" && payload.siteId !== undefined) return seesSite(caller, payload.siteId);
    const { cameraId } = payload;
    if (cameraId === null) return visible === null;
    return (visible === null || visible.has(cameraId)) && (wanted === null || wanted.has(cameraId));
  };
}

function lastEventId(header: string | string[] | undefined): number | undefined {
  const id = typeof header === "string" && /^\d{1,16}$/.test(header) ? Number(header) : undefined;
  return Number.isSafeInteger(id) ? id : undefined;
}

/** Counts a stream; the function returned takes it off again. @throws RequestProblem 429. */
function enter(context: ServerContext, caller: Caller): () => void {
  const counts = streamsOf.get(context) ?? new Map<string, number>();
  streamsOf.set(context, counts);
  const key = `${caller.kind} ${caller.id}`;
  const own = counts.get(key) ?? 0;
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (own >= MAX_STREAMS_OF_CALLER || all >= MAX_STREAMS) {
    throw new RequestProblem(429, "TOO_MANY_STREAMS", "Too many live streams are open; close some.", {
      retryAfterS: 10,
    });
  }
  counts.set(key, own + 1);
  return () => {
    const left = (counts.get(key) ?? 1) - 1;
    if (left === 0) counts.delete(key);
    else counts.set(key, left);
  };
}
