/** What happens, as the server tells it. One connection for all parts of the page; it comes back by itself. */
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { z } from "zod";
import type { EventPayloads } from "../../server/events.ts";
import type { passageSchema } from "../../server/schemas/passages.ts";

/** `passage` and `preview` are checked by the same schema as the search's rows. */
export interface LivePayloads extends Omit<EventPayloads, "passage" | "preview"> {
  readonly passage: z.infer<typeof passageSchema>;
  readonly preview: z.infer<typeof passageSchema>;
  /** Events were missed: what is shown must be fetched afresh. */
  readonly lost: { readonly count: number };
}
export type LiveType = keyof LivePayloads;
export type LiveStatus = "off" | "connecting" | "open" | "waiting";

const TYPES: readonly LiveType[] = ["passage", "preview", "frame", "health", "alert", "notification", "site", "lost"];
const ADDRESS = "/api/v1/events";
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** EventSource.CLOSED, where there is no EventSource. */
const CLOSED = 2;
const LINGER_MS = 3000;

export interface LiveFeed {
  readonly status: () => LiveStatus;
  readonly onStatus: (listener: () => void) => () => void;
  readonly on: <T extends LiveType>(type: T, listener: (payload: LivePayloads[T]) => void) => () => void;
}

type AnyListener = (payload: never) => void;

/** What is used of a MessageEvent: Node, which checks this file for its test, knows no generic one. */
interface Message {
  readonly data: string;
  readonly lastEventId: string;
}

/** Connects while anybody listens. */
export function createLiveFeed(openSource: (address: string) => EventSource = (a) => new EventSource(a)): LiveFeed {
  const listeners = new Map<LiveType, Set<AnyListener>>(TYPES.map((type) => [type, new Set()]));
  const statusListeners = new Set<() => void>();
  let source: EventSource | null = null;
  let state: LiveStatus = "off";
  let waitMs = FIRST_WAIT_MS;
  let lastId = "";
  let timer: ReturnType<typeof setTimeout> | undefined;

  const setState = (next: LiveStatus): void => {
    if (next === state) return;
    state = next;
    for (const listener of statusListeners) listener();
  };
  const tell = (type: LiveType, event: Message): void => {
    lastId = event.lastEventId;
    let payload: unknown;
    try {
      payload = JSON.parse(event.data);
    } catch {
      return; // cut off in the middle; the next connection repeats it
    }
    for (const listener of [...listeners.get(type)!]) listener(payload as never); // every type has its set
  };
  const connect = (): void => {
    clearTimeout(timer);
    setState("connecting");
    source = openSource(lastId === "" ? ADDRESS : `${ADDRESS}?after=${encodeURIComponent(lastId)}`);
    source.onopen = () => {
      waitMs = FIRST_WAIT_MS;
      setState("open");
    };
    source.onerror = () => {
      // Browsers try again by themselves, but give up for good on an answer that is no event stream.
      const isGivenUp = source?.readyState === CLOSED;
      setState(isGivenUp ? "waiting" : "connecting");
      if (!isGivenUp) return;
      source = null;
      timer = setTimeout(connect, waitMs);
      waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
    };
    for (const type of TYPES) source.addEventListener(type, (event) => tell(type, event as Event & Message));
  };
  const countListeners = (): number => [...listeners.values()].reduce((sum, { size }) => sum + size, 0);
  const disconnect = (): void => {
    if (countListeners() > 0) return;
    clearTimeout(timer);
    source?.close();
    source = null;
    setState("off");
  };

  return {
    status: () => state,
    onStatus(listener) {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
    on(type, listener) {
      listeners.get(type)!.add(listener); // every type has its set
      if (state === "off") connect();
      return () => {
        listeners.get(type)!.delete(listener);
        // A change of page takes one listener away and brings another: that is no reason to reconnect.
        setTimeout(disconnect, LINGER_MS);
      };
    },
  };
}

const feed = createLiveFeed();

/** Calls the newest `listener` for every event of a type while the part is shown. */
export function useLive<T extends LiveType>(
  type: T,
  listener: (payload: LivePayloads[T]) => void,
  enabled = true,
): void {
  const newest = useRef(listener);
  useEffect(() => {
    newest.current = listener;
  });
  useEffect(() => (enabled ? feed.on(type, (payload) => newest.current(payload)) : undefined), [type, enabled]);
}

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(feed.onStatus, feed.status);
}
