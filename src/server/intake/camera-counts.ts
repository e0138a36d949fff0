/** Counters of cameras, kept in memory and added to the store's hours every few seconds: one write, not one a frame. */
import type { Store } from "../../store/types.ts";

export interface CameraCounts {
  add(cameraId: string, name: string, count?: number): void;
  /** Writes what has gathered; what can't be written stays for the next time. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

const FLUSH_MS = 10_000;

export function createCameraCounts(store: Pick<Store, "cameras">, nowMs: () => number): CameraCounts {
  let gathered = new Map<string, Map<string, number>>();
  let flushing: Promise<void> = Promise.resolve();

  function add(cameraId: string, name: string, count = 1): void {
    if (count === 0) return;
    let counts = gathered.get(cameraId);
    if (counts === undefined) {
      counts = new Map();
      gathered.set(cameraId, counts);
    }
    counts.set(name, (counts.get(name) ?? 0) + count);
  }

  async function write(): Promise<void> {
    const taken = gathered;
    gathered = new Map();
    for (const [cameraId, counts] of taken) {
      try {
        await store.cameras.addCounts(cameraId, nowMs(), Object.fromEntries(counts));
      } catch (error) {
        // A camera that was removed has no counters any more; for the rest the store will be back.
        if (isGone(error)) continue;
        for (const [name, count] of counts) add(cameraId, name, count);
      }
    }
  }

  function flush(): Promise<void> {
    flushing = flushing.then(write);
    return flushing;
  }

  const timer = setInterval(() => void flush(), FLUSH_MS);
  timer.unref();
  return {
    add,
    flush,
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "STORE_INVALID" || error.code === "STORE_CLOSED");
}
