/** The rules of all sites and their barriers, put together: what the server starts beside its cameras. */
import type { Site, Store } from "../../store/types.ts";
import type { EventBus } from "../events.ts";
import type { IntakeLog, SiteHooks } from "../intake/create-intake.ts";
import { createSetupCache } from "../intake/known-setup.ts";
import type { TellBrokers } from "./actuator.ts";
import { enforcementRules } from "./enforcement-rules.ts";
import { createGateKeeper, type GateKeeper } from "./gate-keeper.ts";
import { createHitTeller } from "./hit-teller.ts";
import { parkingRules } from "./parking-rules.ts";
import type { SiteRules } from "./site-rules.ts";
import { createSiteRunner, type SiteRunner } from "./site-runner.ts";
import { tollRules } from "./toll-rules.ts";
import { trafficRules } from "./traffic-rules.ts";

export interface SiteService {
  readonly runner: SiteRunner;
  readonly gates: GateKeeper;
  readonly hooks: SiteHooks;
  close(): Promise<void>;
}

export interface SiteServiceOptions {
  readonly store: Store;
  readonly bus: EventBus;
  readonly tellBrokers: TellBrokers;
  readonly log?: IntakeLog | undefined;
  readonly nowMs?: () => number;
  /** As for `createGateKeeper`. */
  readonly gateFactsMs?: number | undefined;
}

export function createSiteService(options: SiteServiceOptions): SiteService {
  const { store, bus, log, nowMs = Date.now, gateFactsMs } = options;
  const runner = createSiteRunner({
    ...{ store, bus, log, nowMs },
    rulesOf: (site) => rulesOf(site, store),
    onWritten(site, records) {
      for (const record of records) hits.written(site, record);
    },
  });
  const hits = createHitTeller({ store, runner, bus, log });
  const setup = createSetupCache(store, nowMs);
  const gates = createGateKeeper({
    ...{ store, runner, bus, log, nowMs, tellBrokers: options.tellBrokers, factsMs: gateFactsMs },
    async listed(passage, siteId) {
      const { matcher } = await setup.current();
      const kinds = matcher.match(passage, passage.firstTimeMs, siteId).map(({ hit }) => hit.listKind);
      return kinds.includes("deny") ? "deny" : kinds.includes("allow") ? "allow" : null;
    },
  });
  return {
    runner,
    gates,
    hooks: {
      onPreview({ passage, cameraId, siteId = null }) {
        gates.seen(passage, cameraId, siteId);
        hits.inSight(passage, cameraId, siteId);
      },
      onStored(passage) {
        if (passage.siteId === null) return;
        hits.stored(passage);
        gates.seen(passage, passage.cameraId, passage.siteId);
        runner.wake(passage.siteId);
      },
    },
    async close() {
      await Promise.all([gates.idle(), hits.idle()]);
      await runner.close();
    },
  };
}

/** Null: a site of this kind only groups cameras. */
function rulesOf(site: Site, store: Store): SiteRules<unknown> | null {
  switch (site.kind) {
    case "parking":
      return parkingRules(site, store) as SiteRules<unknown>; // the runner hands each its own state
    case "toll":
      return tollRules(site, store) as SiteRules<unknown>;
    case "enforcement":
      return enforcementRules(site, store) as SiteRules<unknown>;
    case "traffic":
      return trafficRules(site, store) as SiteRules<unknown>;
    default:
      return null;
  }
}
