/**
 * Lets the rules of sites see every passage exactly once: takes what waits in the inbox, runs the rules on the state kept
 * in memory, and writes what they say with the passages taken, in one transaction that holds only while nobody else has
 * changed the site. What people decide goes the same way, in turn.
 */
import { PlateKitError } from "../../core/errors.ts";
import type { Site, SiteChange, SiteRecord, Store, StoredPassage } from "../../store/types.ts";
import type { EventBus } from "../events.ts";
import type { IntakeLog } from "../intake/create-intake.ts";
import { createChange, type SiteRules, type Step, siteRecord } from "./site-rules.ts";

export interface SiteRunnerOptions {
  readonly store: Store;
  readonly bus: EventBus;
  /** Null: a site of this kind has no rules. */
  readonly rulesOf: (site: Site) => SiteRules<unknown> | null;
  /** Told of records that the rules or people have written. */
  readonly onWritten?: (site: Site, records: readonly SiteRecord[]) => void;
  readonly log?: IntakeLog | undefined;
  readonly nowMs?: () => number;
}

/** A step that also answers whoever asked for it. */
export interface Act<State, Answer> extends Step<State> {
  readonly answer: Answer;
}

export interface SiteRunner {
  /** There are new passages. Returns at once. */
  wake(siteId: string): void;
  /** Runs a person's decision after all that waits before it. @throws PlateKitError SITE_INVALID for a site without rules. */
  act<State, Answer>(
    siteId: string,
    work: (state: State, rules: SiteRules<State>) => Act<State, Answer> | Promise<Act<State, Answer>>,
  ): Promise<Answer>;
  /** The state as it is now, without waiting for passages; null for a site without rules. */
  peek<State>(siteId: string): Promise<{ readonly state: State; readonly rules: SiteRules<State> } | null>;
  /** Something that the rules loaded was changed by other ways. */
  reload(siteId: string): void;
  /** Until nothing waits. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

interface Loaded {
  readonly rules: SiteRules<unknown>;
  readonly state: unknown;
  readonly version: number;
}

interface Place {
  loaded: Loaded | null;
  /** Work of a site is done one after the other. */
  turn: Promise<unknown>;
  isWoken: boolean;
}

/** Passages of one transaction. */
const BATCH = 64;
/** Another process may rule the same site now and then; never so often. */
const MAX_TRIES = 20;
const SETTLE_MS = 60_000;

export function createSiteRunner({
  store,
  bus,
  rulesOf,
  onWritten,
  log,
  nowMs = Date.now,
}: SiteRunnerOptions): SiteRunner {
  const places = new Map<string, Place>();
  let isClosed = false;

  function placeOf(siteId: string): Place {
    let place = places.get(siteId);
    if (place === undefined) {
      place = { loaded: null, turn: Promise.resolve(), isWoken: false };
      places.set(siteId, place);
    }
    return place;
  }

  function inTurn<Value>(place: Place, work: () => Promise<Value>): Promise<Value> {
    const done = place.turn.then(work, work);
    place.turn = done.catch(() => {}); // its caller is told
    return done;
  }

  /** Rules and state, made anew when the site was changed or another process has ruled it. */
  async function loadedOf(siteId: string, place: Place): Promise<Loaded | null> {
    const site = await store.sites.get(siteId);
    const kept = place.loaded;
    if (site !== null && kept !== null && kept.rules.site.revision === site.revision) return kept;
    place.loaded = null;
    const rules = site === null ? null : rulesOf(site);
    if (rules === null) return null;
    const version = await store.siteRecords.version(siteId);
    place.loaded = { rules, version, state: await rules.load() };
    return place.loaded;
  }

  /** Runs one piece of work and writes what it says; again from what is stored when somebody was faster. */
  async function run<Answer>(
    siteId: string,
    work: (loaded: Loaded) => Promise<{ state: unknown; change: SiteChange; answer: Answer }>,
  ): Promise<Answer | null> {
    const place = placeOf(siteId);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const loaded = await loadedOf(siteId, place);
      if (loaded === null) return null;
      const { state, change, answer } = await work(loaded);
      const { put = [], removed = [], taken = [] } = change;
      const isNothing = put.length + removed.length + taken.length === 0;
      if (isNothing || (await store.siteRecords.commit(siteId, loaded.version, change))) {
        place.loaded = { ...loaded, state, version: loaded.version + Number(!isNothing) };
        if (put.length + removed.length > 0) bus.publish("site", { siteId, cameraId: null, timeMs: nowMs() });
        onWritten?.(loaded.rules.site, put);
        return answer;
      }
      place.loaded = null;
    }
    throw new PlateKitError("STORE_CONFLICT", `Site ${siteId} is changed by others all the time. Try again.`);
  }

  /** @returns how many passages were taken. */
  async function takeSome(siteId: string): Promise<number> {
    const waiting = await store.siteRecords.waiting(siteId, BATCH);
    if (waiting.length === 0) return 0;
    const taken = await run(siteId, async ({ rules, state: before }) => {
      let state = (await rules.refresh?.(before)) ?? before;
      const change = createChange();
      for (const passage of waiting) {
        const step = takeOne(rules, state, passage);
        state = step.state;
        change.add(step);
      }
      return { state, change: { ...change.change(), taken: waiting.map(({ id }) => id) }, answer: waiting.length };
    });
    // A site whose rules were taken away: its passages stay, for when it has some again.
    return taken ?? 0;
  }

  /** One passage at fault must not keep all after it waiting: a person is shown it. */
  function takeOne(rules: SiteRules<unknown>, state: unknown, passage: StoredPassage): Step<unknown> {
    try {
      return rules.take(state, passage);
    } catch (error) {
      log?.warn({ siteId: rules.site.id, err: error }, "the rules of a site failed on a passage");
      return { state, put: [strayRecord(passage, "failed")], removed: [] };
    }
  }

  async function drain(siteId: string): Promise<void> {
    placeOf(siteId).isWoken = false;
    while (!isClosed && (await takeSome(siteId)) > 0);
  }

  function wake(siteId: string): void {
    const place = placeOf(siteId);
    if (place.isWoken || isClosed) return;
    place.isWoken = true;
    inTurn(place, () => drain(siteId)).catch((error: unknown) => {
      // They stay in the inbox: the next passage, or the timer, tries again.
      log?.warn({ siteId }, error instanceof Error ? error.message : String(error));
    });
  }

  async function settle(siteId: string): Promise<void> {
    await drain(siteId);
    await run(siteId, async ({ rules, state: before }) => {
      const step = rules.settle((await rules.refresh?.(before)) ?? before, nowMs());
      const change = createChange();
      change.add(step);
      return { state: step.state, change: change.change(), answer: null };
    });
  }

  async function settleAll(): Promise<void> {
    for (const { id, kind } of await store.sites.list()) {
      if (kind !== "generic" && !isClosed) await inTurn(placeOf(id), () => settle(id));
    }
  }

  const timer = setInterval(() => {
    settleAll().catch((error: unknown) => log?.warn({}, error instanceof Error ? error.message : String(error)));
  }, SETTLE_MS);
  timer.unref();
  // What waited when the process before this one ended.
  void store.siteRecords.sitesWaiting().then(
    (ids) => ids.forEach(wake),
    () => {}, // the timer tries again
  );

  return {
    wake,
    act<State, Answer>(siteId: string, work: (state: State, rules: SiteRules<State>) => unknown): Promise<Answer> {
      return inTurn(placeOf(siteId), async () => {
        await drain(siteId);
        const answer = await run(siteId, async ({ rules, state: before }) => {
          const fresh = (await rules.refresh?.(before)) ?? before;
          // The caller names the kind of site that it has looked up.
          const act = (await work(fresh as State, rules as SiteRules<State>)) as Act<State, Answer>;
          const change = createChange();
          change.add(act);
          return { state: act.state, change: change.change(), answer: { value: act.answer } };
        });
        if (answer === null) throw new PlateKitError("SITE_INVALID", "This site has no rules; set its kind first.");
        return answer.value;
      });
    },
    async peek<State>(siteId: string) {
      const place = placeOf(siteId);
      const loaded = place.loaded ?? (await inTurn(place, () => loadedOf(siteId, place)));
      if (loaded === null) return null;
      return { state: loaded.state as State, rules: loaded.rules as SiteRules<State> }; // of the kind that the caller looked up
    },
    reload(siteId) {
      const place = placeOf(siteId);
      void inTurn(place, async () => {
        place.loaded = null;
      });
    },
    async idle() {
      for (const siteId of await store.siteRecords.sitesWaiting()) wake(siteId);
      await Promise.all([...places.values()].map(({ turn }) => turn));
    },
    async close() {
      isClosed = true;
      clearInterval(timer);
      await Promise.all([...places.values()].map(({ turn }) => turn));
    },
  };
}

/** A passage that the rules could make nothing of. */
export function strayRecord(passage: Pick<StoredPassage, "id" | "cameraId" | "text" | "firstTimeMs">, reason: string) {
  return siteRecord({
    ...{ kind: "stray" as const, id: passage.id, state: reason, needsPerson: true, plate: passage.text },
    timeMs: passage.firstTimeMs,
    data: { cameraId: passage.cameraId },
  });
}
