/** Counting and travel times on the records of a site. What is counted names no plate; the keys of the hashes go after two days. */
import { createHmac, randomBytes } from "node:crypto";
import { anonymousPassage } from "../../sites/traffic/origin-destination.ts";
import {
  NO_TRAVERSALS,
  type RoadSection,
  settleTraversals,
  type TraversalState,
  updateTraversals,
} from "../../sites/traffic/travel-time.ts";
import { zoneClock } from "../../sites/zone-clock.ts";
import type { Site, SiteRecord, SiteRecordKind, Store } from "../../store/types.ts";
import { type TrafficSetup, trafficSetupSchema } from "../schemas/traffic.ts";
import { sightChanges, sightsOf } from "./sight-records.ts";
import { type SiteRules, type Step, siteRecord } from "./site-rules.ts";

export interface TrafficState {
  readonly sections: ReadonlyMap<string, TraversalState>;
  /** By local day, hex: without it nobody can tell whose hash it was. */
  readonly keys: ReadonlyMap<number, string>;
}

export interface TraversalData {
  readonly durationMs: number;
}

const KEYS = "key";
const DAY_MS = 86_400_000;
/** Passages come hours late at most. */
const KEEP_KEYS_MS = 2 * DAY_MS;

export function trafficSetup({ settings }: Site): TrafficSetup {
  return trafficSetupSchema.parse(settings.traffic ?? {}); // written by the route that checks it, perhaps an older one
}

export function trafficRules(site: Site, store: Pick<Store, "siteRecords">): SiteRules<TrafficState> {
  const setup = trafficSetup(site);
  const clock = zoneClock(site.timeZone);
  const places = new Map(setup.cameras.map((camera) => [camera.cameraId, camera]));
  const roads: readonly RoadSection[] = setup.sections;
  return {
    site,
    async load() {
      const sights = await store.siteRecords.list({ siteId: site.id, kind: "sight", isLive: true });
      const keys = sights.filter(({ parent }) => parent === KEYS);
      return {
        sections: new Map(roads.map(({ id }) => [id, { ...NO_TRAVERSALS, pairing: sightsOf(sights, id) }])),
        keys: new Map(keys.map(({ data }) => [(data as KeyData).day, (data as KeyData).key])), // only keyRecord writes them
      };
    },
    take(state, passage) {
      const place = places.get(passage.cameraId);
      const put: SiteRecord[] = [];
      const removed: { readonly kind: SiteRecordKind; readonly id: string }[] = [];
      let { keys } = state;
      if (place !== undefined) {
        const { day } = clock.wallTime(passage.firstTimeMs);
        let key = keys.get(day);
        if (key === undefined) {
          key = randomBytes(32).toString("hex");
          keys = new Map(keys).set(day, key);
          put.push(keyRecord(day, key));
        }
        const known = anonymousPassage(passage, passage.cameraId, passage.firstTimeMs, (text) => hashOf(text, key!));
        put.push(
          siteRecord({
            ...{
              kind: "count",
              id: passage.id,
              parent: passage.cameraId,
              state: place.lane,
              timeMs: passage.firstTimeMs,
            },
            ...{ endMs: passage.lastTimeMs, owner: known?.hash ?? null, data: null },
          }),
        );
      }
      const sections = new Map(state.sections);
      for (const road of roads) {
        const before = sections.get(road.id) ?? NO_TRAVERSALS;
        const { state: after, made, broken } = updateTraversals(before, passage, road);
        if (after === before) continue;
        sections.set(road.id, after);
        const changes = sightChanges(road.id, before.pairing, after.pairing);
        put.push(...changes.put);
        removed.push(...changes.removed);
        const idOf = (start: string, end: string): string => `${road.id}:${start}:${end}`;
        removed.push(...broken.map(({ start, end }) => ({ kind: "traversal" as const, id: idOf(start.id, end.id) })));
        for (const { start, end } of made) {
          put.push(
            siteRecord<TraversalData>({
              ...{
                kind: "traversal",
                id: idOf(start.id, end.id),
                parent: road.id,
                timeMs: start.timeMs,
                endMs: end.timeMs,
              },
              data: { durationMs: end.timeMs - start.timeMs },
            }),
          );
        }
      }
      return { state: { sections, keys }, put, removed };
    },
    settle(state, nowMs) {
      const sections = new Map(state.sections);
      const changes = roads.map((road): Omit<Step<unknown>, "state"> => {
        const before = sections.get(road.id) ?? NO_TRAVERSALS;
        const after = settleTraversals(before, nowMs, road);
        sections.set(road.id, after);
        return sightChanges(road.id, before.pairing, after.pairing);
      });
      const oldest = clock.wallTime(nowMs - KEEP_KEYS_MS).day;
      const old = [...state.keys.keys()].filter((day) => day < oldest);
      return {
        state: { sections, keys: new Map([...state.keys].filter(([day]) => day >= oldest)) },
        put: changes.flatMap(({ put }) => put),
        removed: [
          ...changes.flatMap(({ removed }) => removed),
          ...old.map((day) => ({ kind: "sight" as const, id: `${KEYS}:${day}` })),
        ],
      };
    },
  };
}

interface KeyData {
  readonly day: number;
  readonly key: string;
}

function keyRecord(day: number, key: string): SiteRecord {
  return siteRecord<KeyData>({
    ...{ kind: "sight", id: `${KEYS}:${day}`, isLive: true, parent: KEYS, timeMs: day * DAY_MS, data: { day, key } },
  });
}

function hashOf(text: string, key: string): string {
  return createHmac("sha256", Buffer.from(key, "hex")).update(text).digest("base64url").slice(0, 22);
}
