/**
 * What is set up, as passages need it: lists ready to be matched, rules, targets, cameras, sites. Read from the store at
 * most once a second, so that a change also takes effect that another server on the same database made.
 */
import type { AlertRule, Camera, Site, Store } from "../../store/types.ts";
import type { Targets } from "../deliveries/message.ts";
import { createListMatcher, type ListMatcher } from "./match-lists.ts";

export interface KnownSetup {
  readonly matcher: ListMatcher;
  readonly rules: readonly AlertRule[];
  readonly targets: Targets;
  readonly cameras: ReadonlyMap<string, Camera>;
  readonly sites: ReadonlyMap<string, Site>;
}

export interface SetupCache {
  current(): Promise<KnownSetup>;
  /** Something was changed here: read afresh before the next passage. */
  forget(): void;
}

/** The part of the store that is read. */
export type SetupStore = Pick<Store, "lists" | "alerts" | "webhooks" | "mqttTargets" | "cameras" | "sites">;

const MAX_AGE_MS = 1000;

/** @param nowMs a clock that may jump: a setup of the future is read afresh. */
export function createSetupCache(store: SetupStore, nowMs: () => number): SetupCache {
  let known: { readonly setup: KnownSetup; readonly listsVersion: number; readonly atMs: number } | undefined;
  let reading: Promise<KnownSetup> | undefined;
  let generation = 0;

  async function read(): Promise<KnownSetup> {
    const begun = generation;
    const atMs = nowMs();
    const listsVersion = await store.lists.version();
    const [rules, webhooks, mqttTargets, cameras, sites] = await Promise.all([
      store.alerts.rules.list(),
      store.webhooks.list(),
      store.mqttTargets.list(),
      store.cameras.list(),
      store.sites.list(),
    ]);
    let matcher = known?.setup.matcher;
    if (matcher === undefined || known?.listsVersion !== listsVersion) {
      const [lists, entries] = await Promise.all([store.lists.list(), store.lists.entries.list()]);
      matcher = createListMatcher(lists, entries);
    }
    const setup: KnownSetup = {
      ...{ matcher, rules, targets: { webhooks, mqttTargets } },
      cameras: new Map(cameras.map((camera) => [camera.id, camera])),
      sites: new Map(sites.map((site) => [site.id, site])),
    };
    // What was changed while it was read may be missing from it.
    if (begun === generation) known = { setup, listsVersion, atMs };
    return setup;
  }

  return {
    async current() {
      const ageMs = known === undefined ? Number.POSITIVE_INFINITY : nowMs() - known.atMs;
      if (known !== undefined && ageMs >= 0 && ageMs < MAX_AGE_MS) return known.setup;
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
    forget() {
      generation++;
      reading = undefined;
      if (known !== undefined) known = { ...known, atMs: Number.NEGATIVE_INFINITY };
    },
  };
}
