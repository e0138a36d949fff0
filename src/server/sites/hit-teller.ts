/**
 * Tells people of wanted plates at once: at the first confident read, or when the passage is on disk, from the hotlist
 * that the rules have in memory. The case itself follows under the same id, and is not told a second time.
 */
import type { Passage } from "../../core/passage.ts";
import type { Site, SiteRecord, Store } from "../../store/types.ts";
import type { EventBus } from "../events.ts";
import type { IntakeLog } from "../intake/create-intake.ts";
import { type CaseRecord, type EnforcementState, hotlistCases, watchedCameras } from "./enforcement-rules.ts";
import type { SiteRunner } from "./site-runner.ts";

export interface HitTeller {
  /** A vehicle is in sight; its passage is not stored yet. Only hits that are likely are told. */
  inSight(passage: Passage, cameraId: string, siteId: string | null): void;
  /** A passage is on disk, with its pictures. */
  stored(passage: Passage & { readonly cameraId: string; readonly siteId: string | null }): void;
  /** The rules have made a case: told now where it was not before. */
  written(site: Site, record: SiteRecord): void;
  /** Until all that is under way is told. */
  idle(): Promise<void>;
}

export interface HitTellerOptions {
  readonly store: Pick<Store, "lists">;
  readonly runner: SiteRunner;
  readonly bus: EventBus;
  readonly log?: IntakeLog | undefined;
}

const MAX_REMEMBERED = 5000;

export function createHitTeller({ store, runner, bus, log }: HitTellerOptions): HitTeller {
  const told = new Set<string>();
  const working = new Set<Promise<void>>();

  function tell(site: Site, cameraId: string | null, record: CaseRecord): void {
    const key = `${site.id} ${record.id}`;
    if (told.has(key)) return;
    told.add(key);
    if (told.size > MAX_REMEMBERED) told.delete(told.values().next().value!); // the oldest; there are some
    const { id, timeMs, plate, data } = record;
    const text = `${site.name}: ${plate ?? ""} to confirm. ${data.summary}`;
    bus.publish("notification", { id, level: "warning", text, timeMs, cameraId, siteId: site.id });
  }

  async function look(passage: Passage, cameraId: string, siteId: string, isWorthTelling: Worth): Promise<void> {
    const found = await runner.peek<EnforcementState>(siteId);
    if (found === null || found.rules.site.kind !== "enforcement") return;
    const { rules, state } = found;
    const { site } = rules;
    if (!watchedCameras(site).has(cameraId)) return;
    // Of lists that were changed meanwhile the rules have the say.
    if ((await store.lists.version()) !== state.listsVersion) return;
    for (const record of hotlistCases({ ...passage, cameraId }, state, site)) {
      if (isWorthTelling(record)) tell(site, cameraId, record);
    }
  }

  function start(passage: Passage, cameraId: string, siteId: string | null, isWorthTelling: Worth): void {
    if (siteId === null) return;
    const work = look(passage, cameraId, siteId, isWorthTelling).catch((error: unknown) => {
      // The case is told when it is written.
      log?.warn({ cameraId }, `hit: ${error instanceof Error ? error.message : String(error)}`);
    });
    working.add(work);
    void work.finally(() => working.delete(work));
  }

  return {
    inSight: (passage, cameraId, siteId) => start(passage, cameraId, siteId, ({ data }) => data.grade !== "possible"),
    stored: (passage) => start(passage, passage.cameraId, passage.siteId, () => true),
    written(site, record) {
      if (record.kind !== "case" || record.state !== "unconfirmed") return;
      const made = record as CaseRecord; // of its kind
      if (made.data.trail.length === 0) tell(site, null, made);
    },
    async idle() {
      while (working.size > 0) await Promise.all(working);
    },
  };
}

type Worth = (record: CaseRecord) => boolean;
