/**
 * Passages of cameras that the store can't take just now wait here, in order and within bounds, while reading goes on.
 * The API has none: its caller is told, and sends again.
 */
import { PlateKitError } from "../../core/errors.ts";
import type { AcceptPassage, PassageDraft } from "./accept-passage.ts";

export interface Spool {
  /** Returns at once. */
  put(draft: PassageDraft): void;
  readonly waiting: number;
  /** Given up since too many waited. */
  readonly lost: number;
  /** Resolves when nothing waits, or after the limit. */
  drain(limitMs: number): Promise<void>;
}

export interface SpoolOptions {
  readonly accept: AcceptPassage;
  readonly limit?: number | undefined;
  readonly firstDelayMs?: number | undefined;
  /** Told when the store stops taking passages, when some are lost, and when it takes them again. */
  readonly onTrouble: (trouble: { readonly level: "warning" | "error" | "message"; readonly text: string }) => void;
}

/** With its pictures a passage is about half a megabyte. */
const DEFAULT_LIMIT = 500;
const MAX_DELAY_MS = 15_000;
const LANES = 4;

export function createSpool({ accept, limit = DEFAULT_LIMIT, firstDelayMs = 200, onTrouble }: SpoolOptions): Spool {
  const queue: PassageDraft[] = [];
  let working = 0;
  let lost = 0;
  let failures = 0;
  let isPaused = false;

  function work(): void {
    // While the store fails one asks for all.
    while (!isPaused && queue.length > 0 && working < (failures > 0 ? 1 : LANES)) {
      working++;
      const draft = queue.shift()!; // there is one
      void store(draft).finally(() => {
        working--;
        work();
      });
    }
  }

  async function store(draft: PassageDraft): Promise<void> {
    try {
      await accept(draft);
      if (failures > 0) onTrouble({ level: "message", text: "Passages are stored again." });
      failures = 0;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (error instanceof PlateKitError && error.code === "STORE_INVALID") {
        // Its camera was removed meanwhile: trying again will not help.
        lost++;
        onTrouble({ level: "error", text: `A passage could not be stored: ${text}` });
        return;
      }
      if (failures++ === 0) onTrouble({ level: "error", text: `Passages wait, since they can't be stored: ${text}` });
      queue.unshift(draft);
      if (isPaused) return;
      isPaused = true;
      setTimeout(
        () => {
          isPaused = false;
          work();
        },
        Math.min(MAX_DELAY_MS, firstDelayMs * 2 ** Math.min(20, failures - 1)),
      ).unref();
    }
  }

  return {
    put(draft) {
      queue.push(draft);
      if (queue.length > limit) {
        queue.shift();
        if (lost++ === 0) {
          onTrouble({ level: "error", text: `More than ${limit} passages wait for the store: the oldest are lost.` });
        }
      }
      work();
    },
    get waiting() {
      return queue.length + working;
    },
    get lost() {
      return lost;
    },
    async drain(limitMs) {
      const endMs = performance.now() + limitMs;
      while (queue.length + working > 0 && performance.now() < endMs) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}
