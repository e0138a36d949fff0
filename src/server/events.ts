/**
 * What happens, told to whoever listens in this process: live pages, mostly. A bus that forgets: what must not be lost
 * stands in the store before it is told here. A subscriber that is slow loses events and is told how many; it never
 * makes anybody wait.
 */
import type { Alert, StoredPassage } from "../store/types.ts";

/** Why plates that were seen gave no passage. */
export type UnreadReason =
  | "too-small"
  | "blurred"
  | "cut"
  | "glare"
  | "low-contrast"
  | "format-mismatch"
  | "unsure"
  | "no-text";

/** How a camera does. `state` tells what its supervisor is about. */
export interface CameraHealth {
  readonly state: "off" | "waiting" | "connecting" | "reading" | "failed";
  /** What went wrong last, without passwords; null when all is well. */
  readonly message: string | null;
  readonly fps: number;
  /** How late the frame being read is; null for sources that are not live. */
  readonly lagMs: number | null;
  /** Epoch milliseconds; null before the first. */
  readonly lastFrameMs: number | null;
  readonly lastPassageMs: number | null;
  readonly reconnects: number;
  /** Times the supervisor had to start the loop again. */
  readonly restarts: number;
  readonly frames: number;
  readonly dropped: number;
  readonly passages: number;
  /** Since the server started; tracks that ended unread, by reason. */
  readonly unread: Readonly<Partial<Record<UnreadReason, number>>>;
  readonly frameWidth: number | null;
  readonly frameHeight: number | null;
}

export interface Notification {
  readonly id: string;
  readonly level: "message" | "warning" | "error";
  readonly text: string;
  readonly timeMs: number;
  readonly cameraId: string | null;
  /** Of a site: for those who see it. */
  readonly siteId?: string;
}

/** Everything the bus carries, with what it is about. */
export interface EventPayloads {
  readonly passage: StoredPassage;
  /** A first confident read of a vehicle in sight; the passage follows under the same id. */
  readonly preview: StoredPassage;
  /** The camera's tile has a new picture; it is fetched by the camera's id. */
  readonly frame: { readonly cameraId: string; readonly timeMs: number; readonly version: number };
  readonly health: { readonly cameraId: string; readonly health: CameraHealth };
  readonly alert: Alert;
  readonly notification: Notification;
  /** Stays, charges, cases or gates of a site changed; what is shown of it is fetched afresh. */
  readonly site: { readonly siteId: string; readonly cameraId: string | null; readonly timeMs: number };
}

export type EventType = keyof EventPayloads;
export const EVENT_TYPES: readonly EventType[] = [
  "passage",
  "preview",
  "frame",
  "health",
  "alert",
  "notification",
  "site",
];

/** One event as subscribers get it. `sequence` grows, across restarts too: it fits `Last-Event-ID`. */
export type ServerEvent = {
  readonly [T in EventType]: { readonly type: T; readonly sequence: number; readonly payload: EventPayloads[T] };
}[EventType];

/** Instead of the events a slow subscriber lost: it should fetch afresh what it shows. */
export interface LostEvents {
  readonly type: "lost";
  readonly sequence: number;
  readonly payload: { readonly count: number };
}

export interface SubscribeOptions {
  /** Default: all. */
  readonly types?: readonly EventType[] | undefined;
  /** Events for which it is false are not given: what the subscriber may not see. */
  readonly filter?: ((event: ServerEvent) => boolean) | undefined;
  /** Events that may wait for the subscriber; the oldest go first beyond it. Default 256. */
  readonly limit?: number | undefined;
  /** Begin after this event, as far as it is still known. Default: with the next. */
  readonly afterSequence?: number | undefined;
  /** Ends the subscription. */
  readonly signal?: AbortSignal | undefined;
}

/** The events from subscribing on; leaving the loop ends it. To be iterated once. */
export interface Subscription extends AsyncIterableIterator<ServerEvent | LostEvents> {
  close(): void;
}

export interface EventBus {
  publish<T extends EventType>(type: T, payload: EventPayloads[T]): void;
  subscribe(options?: SubscribeOptions): Subscription;
  readonly subscribers: number;
  /** Ends every subscription; later events go nowhere. */
  close(): void;
}

const DEFAULT_LIMIT = 256;

/** Of what matters also to those who were away for a moment, this many are kept for `afterSequence`. */
const REMEMBERED = 500;

/** Only the newest of a camera counts: an older one that still waits is replaced. */
const REPLACED_TYPES: ReadonlySet<EventType> = new Set(["frame", "health", "site"]);

/** @param nowMs for tests. */
export function createEventBus(nowMs: () => number = Date.now): EventBus {
  // A clock set back across a restart only costs a replay.
  let sequence = nowMs() * 1000;
  let isClosed = false;
  const memory: ServerEvent[] = [];
  const subscribers = new Set<Subscriber>();

  return {
    publish(type, payload) {
      if (isClosed) return;
      sequence++;
      const event = { type, sequence, payload } as ServerEvent; // type and payload belong together by the signature
      if (!REPLACED_TYPES.has(type)) {
        memory.push(event);
        if (memory.length > REMEMBERED) memory.splice(0, memory.length - REMEMBERED);
      }
      for (const subscriber of subscribers) subscriber.offer(event);
    },
    subscribe(options = {}) {
      const subscriber = createSubscriber(options, () => subscribers.delete(subscriber));
      if (isClosed || options.signal?.aborted) {
        subscriber.subscription.close();
        return subscriber.subscription;
      }
      subscribers.add(subscriber);
      const { afterSequence } = options;
      if (afterSequence !== undefined) {
        for (const event of memory) if (event.sequence > afterSequence) subscriber.offer(event);
      }
      return subscriber.subscription;
    },
    get subscribers() {
      return subscribers.size;
    },
    close() {
      isClosed = true;
      for (const { subscription } of [...subscribers]) subscription.close();
    },
  };
}

interface Subscriber {
  offer(event: ServerEvent): void;
  readonly subscription: Subscription;
}

function createSubscriber(
  { types, filter, limit = DEFAULT_LIMIT, signal }: SubscribeOptions,
  onClose: () => void,
): Subscriber {
  const wanted = types === undefined ? null : new Set(types);
  const queue: ServerEvent[] = [];
  let lost = 0;
  let lostSequence = 0;
  let isClosed = false;
  let wake: (() => void) | undefined;

  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    queue.length = 0;
    signal?.removeEventListener("abort", close);
    onClose();
    wake?.();
  };
  signal?.addEventListener("abort", close, { once: true });

  return {
    offer(event) {
      if (isClosed || (wanted !== null && !wanted.has(event.type)) || filter?.(event) === false) return;
      const stale = REPLACED_TYPES.has(event.type) ? queue.findIndex((other) => isSameSubject(other, event)) : -1;
      if (stale >= 0) queue.splice(stale, 1);
      queue.push(event);
      if (queue.length > limit) {
        // A picture or a figure that comes again is lost before a passage is.
        const least = queue.findIndex(({ type }) => REPLACED_TYPES.has(type));
        const [gone] = queue.splice(Math.max(0, least), 1);
        lost++;
        lostSequence = gone!.sequence; // the queue was longer than its limit
      }
      wake?.();
    },
    subscription: {
      async next() {
        while (!isClosed && lost === 0 && queue.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = undefined;
        }
        if (isClosed) return { done: true, value: undefined };
        if (lost > 0) {
          const value: LostEvents = { type: "lost", sequence: lostSequence, payload: { count: lost } };
          lost = 0;
          return { done: false, value };
        }
        return { done: false, value: queue.shift()! }; // one waits, as the loop saw
      },
      async return() {
        close();
        return { done: true, value: undefined };
      },
      close,
      [Symbol.asyncIterator]() {
        return this;
      },
    },
  };
}

function isSameSubject(a: ServerEvent, b: ServerEvent): boolean {
  if (a.type === "site" && b.type === "site") return a.payload.siteId === b.payload.siteId;
  return (
    a.type === b.type &&
    (a.type === "frame" || a.type === "health") &&
    (b.type === "frame" || b.type === "health") &&
    a.payload.cameraId === b.payload.cameraId
  );
}
