/** Wanted plates, restrictions and average speed on the records of a site: what a passage makes a case. */
import { caseState, type EnforcementCase } from "../../sites/enforcement/cases.ts";
import { HOTLIST_DEFAULTS, type Hotlist, hotlistAlerts, hotlistIndex } from "../../sites/enforcement/hotlist.ts";
import {
  type PreparedRestriction,
  prepareRestriction,
  type Restriction,
  violationsOf,
} from "../../sites/enforcement/restrictions.ts";
import { checkSpeedSection, type SpeedSection, speedCase } from "../../sites/enforcement/speed.ts";
import { certainPlate, type SitePassage } from "../../sites/site-passage.ts";
import {
  NO_TRAVERSALS,
  type RoadSection,
  settleTraversals,
  type TraversalState,
  updateTraversals,
} from "../../sites/traffic/travel-time.ts";
import type { ListEntry, PlateList, Site, SiteRecord, Store } from "../../store/types.ts";
import { type EnforcementSetup, enforcementSetupSchema } from "../schemas/enforcement.ts";
import { jsonOf } from "./parking-setup.ts";
import { sightChanges, sightsOf } from "./sight-records.ts";
import { type SiteRules, type Step, siteRecord } from "./site-rules.ts";

/** A case without what names its plate. */
export interface CaseData extends Omit<EnforcementCase, "id" | "text" | "timeMs"> {
  readonly grade: "certain" | "likely" | "possible" | null;
  readonly isExact: boolean | null;
  /** The list that wants it. */
  readonly source: string | null;
}
export interface CaseEvidence {
  readonly text: string;
  readonly read: string;
}
export type CaseRecord = SiteRecord<CaseData, CaseEvidence>;

export interface EnforcementState {
  readonly listsVersion: number;
  readonly hotlist: Hotlist;
  readonly restrictions: readonly PreparedRestriction[];
  readonly sections: ReadonlyMap<string, TraversalState>;
  /** Cases of pairs that may still turn out to be none. */
  readonly open: ReadonlySet<string>;
}

export function enforcementSetup({ settings }: Site): EnforcementSetup {
  return enforcementSetupSchema.parse(settings.enforcement ?? {}); // written by the route that checks it, perhaps an older one
}

/** @throws PlateKitError SITE_INVALID naming the part. */
export function checkEnforcement(site: Site, setup = enforcementSetup(site)): EnforcementSetup {
  restrictionsOf(site, setup, []);
  for (const section of setup.sections) checkSpeedSection(section);
  return setup;
}

export function enforcementRules(site: Site, store: Pick<Store, "siteRecords" | "lists">): SiteRules<EnforcementState> {
  const setup = checkEnforcement(site);
  const watched = watchedCameras(site, setup);
  const lists = async (): Promise<Pick<EnforcementState, "listsVersion" | "hotlist" | "restrictions">> => {
    const listsVersion = await store.lists.version();
    const [all, entries] = await Promise.all([store.lists.list(), store.lists.entries.list()]);
    const here = all.filter(({ isEnabled, siteId }) => isEnabled && (siteId === null || siteId === site.id));
    return {
      listsVersion,
      hotlist: hotlistOf(here, entries),
      restrictions: restrictionsOf(site, setup, entries),
    };
  };
  return {
    site,
    async load() {
      const siteId = site.id;
      const [sights, open] = await Promise.all([
        store.siteRecords.list({ siteId, kind: "sight", isLive: true }),
        store.siteRecords.list({ siteId, kind: "case", isLive: true, needsPerson: true }),
      ]);
      return {
        ...(await lists()),
        sections: new Map(setup.sections.map(({ id }) => [id, { ...NO_TRAVERSALS, pairing: sightsOf(sights, id) }])),
        open: new Set(open.map(({ id }) => id)),
      };
    },
    async refresh(state) {
      return (await store.lists.version()) === state.listsVersion ? state : { ...state, ...(await lists()) };
    },
    take(state, passage) {
      const seen = passage.correctedText === null ? passage : { ...passage, ...certainPlate(passage.correctedText) };
      const put: SiteRecord[] = [];
      if (watched.has(passage.cameraId)) {
        put.push(...hotlistCases(seen, state, site, setup));
        put.push(
          ...violationsOf(seen, state.restrictions).map(({ case: one }) =>
            caseRecord(one, { ...NOTHING, read: seen.text }),
          ),
        );
      }
      return speedStep(setup, state, seen, put);
    },
    settle(state, nowMs) {
      const sections = new Map(state.sections);
      const changes = setup.sections.map((section) => {
        const before = sections.get(section.id) ?? NO_TRAVERSALS;
        const after = settleTraversals(before, nowMs, roadOf(section));
        sections.set(section.id, after);
        return sightChanges(section.id, before.pairing, after.pairing);
      });
      return {
        state: { ...state, sections },
        put: changes.flatMap(({ put }) => put),
        removed: changes.flatMap(({ removed }) => removed),
      };
    },
  };
}

const NOTHING = { grade: null, isExact: null, source: null, isLive: false } as const;

/** Cameras at which plates are held against hotlists and restrictions. */
export function watchedCameras(site: Site, setup = enforcementSetup(site)): ReadonlySet<string> {
  return new Set([...setup.cameras, ...setup.restrictions.flatMap(({ cameraIds }) => cameraIds)]);
}

/** Cases for each wanted plate that a passage may show, to be confirmed. */
export function hotlistCases(
  passage: SitePassage,
  { hotlist }: Pick<EnforcementState, "hotlist">,
  site: Site,
  { minProbability } = enforcementSetup(site),
): CaseRecord[] {
  return hotlistAlerts(passage, hotlist, { ...HOTLIST_DEFAULTS, minProbability }).map(
    ({ id, entry, probability, grade, isExact }) =>
      caseRecord(
        {
          ...{ id, kind: "hotlist", passageIds: [passage.id], text: entry.plate, probability, trail: [] },
          ...{ summary: entry.reason, timeMs: passage.firstTimeMs },
        },
        { grade, isExact, source: entry.source, isLive: false, read: passage.text },
      ),
  );
}

function speedStep(
  setup: EnforcementSetup,
  state: EnforcementState,
  passage: SitePassage,
  cases: readonly SiteRecord[],
): Step<EnforcementState> {
  const put: SiteRecord[] = [...cases];
  const removed: { kind: "case" | "sight"; id: string }[] = [];
  const sections = new Map(state.sections);
  const open = new Set(state.open);
  for (const section of setup.sections) {
    const before = sections.get(section.id) ?? NO_TRAVERSALS;
    const { state: after, made, broken } = updateTraversals(before, passage, roadOf(section));
    if (after === before) continue;
    sections.set(section.id, after);
    const changes = sightChanges(section.id, before.pairing, after.pairing);
    put.push(...changes.put);
    removed.push(...changes.removed.map(({ id }) => ({ kind: "sight" as const, id })));
    for (const { start, end } of broken) {
      const id = `speed:${section.id}:${start.id}:${end.id}`;
      // One that a person has decided stays, for them to reopen.
      if (open.delete(id)) removed.push({ kind: "case", id });
    }
    for (const { start, end } of made) {
      const surer = end.plate.confidence > start.plate.confidence ? end.plate : start.plate;
      const one = speedCase(section, start, end, surer.text, Math.min(start.plate.confidence, end.plate.confidence));
      if (one === null) continue;
      open.add(one.id);
      put.push(caseRecord(one, { ...NOTHING, isLive: true, read: passage.text }));
    }
  }
  return { state: { ...state, sections, open }, put, removed };
}

export function caseRecord(
  { id, text, timeMs, ...data }: EnforcementCase,
  {
    grade,
    isExact,
    source,
    isLive,
    read,
  }: Pick<CaseData, "grade" | "isExact" | "source"> & { readonly isLive: boolean; readonly read: string },
): CaseRecord {
  const state = caseState({ id, text, timeMs, ...data });
  return siteRecord<CaseData, CaseEvidence>({
    ...{ kind: "case", id, state, isLive, timeMs, plate: text, needsPerson: state === "unconfirmed" },
    data: { ...data, grade, isExact, source },
    evidence: { text, read },
  });
}

export function caseOf({ id, timeMs, plate, data }: CaseRecord): EnforcementCase {
  const { grade: _grade, isExact: _isExact, source: _source, ...rest } = data;
  return { id, timeMs, text: plate ?? "", ...rest };
}

/** A case with one more decision. */
export function withDecision(record: CaseRecord, decide: (one: EnforcementCase) => EnforcementCase): CaseRecord {
  const { grade, isExact, source } = record.data;
  const { isLive } = record;
  return caseRecord(decide(caseOf(record)), { grade, isExact, source, isLive, read: record.evidence?.read ?? "" });
}

/** Lists of the kind "hotlist", as the rules take them. Patterns are matched by alert rules, not here. */
function hotlistOf(lists: readonly PlateList[], entries: readonly ListEntry[]): Hotlist {
  const wanted = new Map(lists.filter(({ kind }) => kind === "hotlist").map((list) => [list.id, list]));
  return hotlistIndex(
    entries.flatMap(({ id, listId, text, isWildcard, note, label, validFromMs, validToMs }) => {
      const list = wanted.get(listId);
      if (list === undefined || isWildcard) return [];
      const reason = [label, note].filter(Boolean).join(": ") || list.name;
      return [{ id, plate: text, reason, source: list.name, region: null, validFromMs, validToMs }];
    }),
  );
}

function restrictionsOf(
  site: Site,
  { restrictions }: EnforcementSetup,
  entries: readonly ListEntry[],
): readonly PreparedRestriction[] {
  return restrictions.map(({ exemptLists, ...rule }) => {
    const exempt = entries
      .filter(({ listId, isWildcard }) => exemptLists.includes(listId) && !isWildcard)
      .map(({ text, validFromMs, validToMs }) => ({ plate: text, validFromMs, validToMs }));
    return prepareRestriction({
      ...jsonOf<Omit<Restriction, "exempt" | "timeZone">>(rule),
      exempt,
      timeZone: site.timeZone,
    });
  });
}

function roadOf({ id, fromCameraId, toCameraId, metres }: SpeedSection): RoadSection {
  return { id, fromCameraId, toCameraId, metres, fastestKmh: 350 };
}
