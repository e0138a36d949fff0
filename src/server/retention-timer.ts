/** Applies the retention rules every hour, sweeps pictures nobody shows, and forgets sessions that ended. */
import type { ServerContext } from "./context.ts";

const HOUR_MS = 3_600_000;
/** Not at once: a start should answer first. */
const FIRST_MS = 60_000;
/** Deliveries that were made are of no use after this. */
const KEEP_DONE_MS = 7 * 24 * HOUR_MS;

export function startRetention({ store, settings, nowMs, stopping, log }: ServerContext): { stop(): void } {
  let timer = setTimeout(run, FIRST_MS);
  timer.unref();

  async function run(): Promise<void> {
    try {
      const now = nowMs();
      const { passages, bytes } = await store.retention.run(settings.retention(), now, stopping);
      await store.pictures.sweep({ nowMs: now });
      await store.sessions.purgeExpired(now);
      await store.deliveries.purgeDone(now - KEEP_DONE_MS);
      if (passages > 0) {
        await store.audit.append({ actor: "system", action: "retention.run", details: { passages, bytes } });
        log.info({ passages, bytes }, "retention applied");
      }
    } catch (error) {
      log.error({ err: error }, "retention failed; tried again in an hour");
    }
    if (stopping.aborted) return;
    timer = setTimeout(run, HOUR_MS);
    timer.unref();
  }

  return { stop: () => clearTimeout(timer) };
}
