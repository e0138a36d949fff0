/** Four sites to look at, filled from the simulator: a car park, a toll road, wanted plates, a counted road. No plate is real. */
import type { Passage } from "../core/passage.ts";
import { createMisreader } from "../sites/simulation/misreads.ts";
import { createVisits, SIMULATED_TARIFF, SIMULATION_START_MS } from "../sites/simulation/parking.ts";
import { createPlates } from "../sites/simulation/population.ts";
import { createRandom, type Random } from "../sites/simulation/random.ts";
import { DEFAULT_DELIVERY, deliver, type TruePassage } from "../sites/simulation/stream.ts";
import type { SitePassage } from "../sites/site-passage.ts";
import { createId } from "../store/ids.ts";
import type { Site, Store } from "../store/types.ts";
import { type DrawDemo, withDemoPictures } from "./demo-picture.ts";
import { passageOfWire } from "./passage-wire.ts";
import type { SessionRecord } from "./sites/parking-records.ts";
import { changed, type ParkingRules, type ParkingState } from "./sites/parking-rules.ts";
import { createChange, siteRecord } from "./sites/site-rules.ts";
import type { SiteService } from "./sites/site-service.ts";

const DAYS = 7;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const SEED = 1;
/** Passages stored side by side. */
const TOGETHER = 64;

type CameraIds = (name: string) => string;

/** Frames and crops drawn for each site: of misread passages, which people look at, and of the newest; no more, as they take long. */
const WHOLE = 3;
const CROPPED = 12;
/** Stays of the car park in that time, its places, and vehicles counted on the ring road. */
const STAYS = 150;
const PLACES = 15;
const COUNTED = 400;

/**
 * Adds the sites, lets their rules see all passages, and pays most of what is owed.
 *
 * @param draw draws the pictures; null: there are none.
 */
export async function fillDemoSites(
  store: Store,
  sites: SiteService,
  nowMs: number,
  draw: DrawDemo | null = null,
): Promise<void> {
  const random = createRandom(SEED, 5);
  const offsetMs = nowMs - (SIMULATION_START_MS + DAYS * DAY_MS);
  const add = async (
    name: string,
    kind: Site["kind"],
    cameras: readonly string[],
    settingsOf: (idOf: CameraIds) => object,
    passages: readonly TruePassage[],
  ): Promise<Site> => {
    const site = await store.sites.create({
      ...{ name, kind, timeZone: "Europe/Berlin", isPrivate: false, isReasonRequired: false, settings: {} },
    });
    const ids = new Map<string, string>();
    for (const [i, camera] of cameras.entries()) {
      const made = await store.cameras.create({
        ...{ name: `${name}: ${camera}`, siteId: site.id, kind: "upload", url: "", isEnabled: true, role: null },
        ...{ schedule: null, timeZone: null, roi: null, line: null, frameSize: null, regions: [], fps: null },
        ...{ minPlateHeightPx: null, settings: { order: i }, retentionDays: null, retentionBytes: null },
      });
      ids.set(camera, made.id);
    }
    const idOf: CameraIds = (camera) => ids.get(camera)!; // the cameras above
    const saved = await store.sites.update(site.id, { settings: settingsOf(idOf) as Site["settings"] });
    // Late deliveries of hours would come in the future.
    const delivered = deliver(passages, createMisreader(), SEED, { ...DEFAULT_DELIVERY, late: 0, missing: 0.01 });
    const plateOf = new Map(passages.map(({ id, plate }) => [id, plate]));
    const plates = delivered.map(({ passage: { id } }) => plateOf.get(id.replace(/~2$/, "")) ?? "");
    const shown = delivered.flatMap(({ passage }, i) => (passage.firstTimeMs + offsetMs <= nowMs ? [i] : []));
    const misread = shown.filter((i) => delivered[i]!.passage.text !== plates[i]); // indices of delivered
    const whole = new Set([...misread.slice(-WHOLE), ...shown.slice(-WHOLE)]);
    const cropped = new Set([...misread, ...shown.slice(-CROPPED)]);
    // Many at once share the waits for the disk.
    for (let i = 0; i < delivered.length; i += TOGETHER) {
      const some = delivered.slice(i, i + TOGETHER);
      await Promise.all(
        some.map(async ({ passage: seen }, j) => {
          const passage = demoPassage(seen, idOf(seen.cameraId), offsetMs);
          if (passage.firstTimeMs > nowMs) return;
          const [plate = "", isWhole] = [plates[i + j], whole.has(i + j)];
          const view = cameras.indexOf(seen.cameraId);
          // Counting needs no picture of anybody.
          const artist = kind !== "traffic" && (isWhole || cropped.has(i + j)) ? draw : null;
          const drawn = await withDemoPictures(store, passage, { plate, region: null, view, isWhole }, artist);
          await store.passages.append({ ...drawn, cameraId: idOf(seen.cameraId), siteId: site.id });
        }),
      );
    }
    return saved ?? site;
  };

  const visits = createVisits(STAYS, DAYS, random);
  const park = await add(
    "Demo car park",
    "parking",
    ["entry-1", "entry-2", "exit-1", "exit-2"],
    (idOf) => ({
      parking: {
        ...{ capacity: PLACES, policy: {} },
        zones: [{ id: "all", name: "All places", capacity: PLACES, maxStayMinutes: 1440 }],
        cameras: ["entry-1", "entry-2", "exit-1", "exit-2"].map((name) => ({
          ...{ cameraId: idOf(name), role: name.startsWith("entry") ? "entry" : "exit", zones: ["all"] },
          ...{ hasGate: true, actuator: null },
        })),
      },
      tariff: { versions: [{ fromMs: 0, tariff: { ...SIMULATED_TARIFF, timeZone: undefined } }], onChange: "entry" },
    }),
    visits.flatMap(({ entry, exit }) => (exit === null ? [entry] : [entry, exit])),
  );
  await store.siteRecords.write(park.id, { put: [permitFor(visits.slice(0, 3).map(({ plate }) => plate))] });
  sites.runner.reload(park.id);

  const plates = createPlates(60, random);
  const gantries = ["East", "West"];
  const road = await add(
    "Demo toll road",
    "toll",
    [...gantries, "Bridge"],
    (idOf) => ({
      toll: {
        ...{ currency: "EUR", classes: ["car", "truck"], threshold: 0.998, knownShare: 0.9 },
        gantries: [
          { id: "E", name: "East", kind: "entry", metre: 0, cameras: [{ cameraId: idOf("East"), lane: "1" }] },
          { id: "X", name: "West", kind: "exit", metre: 18_000, cameras: [{ cameraId: idOf("West"), lane: "1" }] },
          { id: "B", name: "Bridge", kind: "point", cameras: [{ cameraId: idOf("Bridge"), lane: "1" }] },
        ],
        tariffs: [
          { id: "2026", fromMs: 0, per100Km: { car: 820, truck: 3480 }, points: { B: { car: 250, truck: 900 } } },
        ],
      },
    }),
    trips(plates, random, 120, ["East", "West"], 18_000, "Bridge"),
  );
  await store.siteRecords.write(road.id, {
    put: plates.slice(0, 50).map((plate, i) =>
      siteRecord({
        ...{ kind: "account" as const, id: createId(nowMs), timeMs: 0 },
        data: {
          holder: `Holder ${i + 1}`,
          plates: [{ plate, validFromMs: null, validToMs: null, vehicleClass: null }],
        },
      }),
    ),
  });
  sites.runner.reload(road.id);

  const wanted = createPlates(120, random);
  const list = await store.lists.create({
    ...{ name: "Demo wanted", kind: "hotlist", siteId: null, description: "Made up by --demo", isEnabled: true },
  });
  await store.lists.importEntries(
    list.id,
    wanted.slice(0, 6).map((text, i) => ({
      ...{ text, isWildcard: false, isLookAlike: true, label: i % 2 === 0 ? "Stolen" : "No insurance" },
      ...{ note: `File 2026/${100 + i}`, validFromMs: null, validToMs: null, createdBy: "demo" },
    })),
    { mode: "merge" },
  );
  await add(
    "Demo enforcement",
    "enforcement",
    ["North", "South"],
    (idOf) => ({
      enforcement: {
        cameras: [idOf("North"), idOf("South")],
        restrictions: [
          {
            ...{
              id: "old-town",
              name: "Old town, closed at night",
              kind: "restricted-zone",
              cameraIds: [idOf("North")],
            },
            hours: [{ from: "22:00", to: "05:00" }],
          },
        ],
        sections: [
          {
            ...{ id: "main-street", fromCameraId: idOf("North"), toCameraId: idOf("South"), metres: 1200 },
            ...{ metresTolerance: 5, clockToleranceMs: 200, limitKmh: 50, marginKmh: 3 },
          },
        ],
      },
    }),
    trips(wanted, random, 90, ["North", "South"], 1200),
  );

  await add(
    "Demo ring road",
    "traffic",
    ["Kilometre 2", "Kilometre 7"],
    (idOf) => ({
      traffic: {
        cameras: [
          { cameraId: idOf("Kilometre 2"), lane: "1", point: "North" },
          { cameraId: idOf("Kilometre 7"), lane: "1", point: "South" },
        ],
        sections: [
          {
            ...{ id: "ring", name: "Kilometre 2 to 7", metres: 5000 },
            ...{ fromCameraId: idOf("Kilometre 2"), toCameraId: idOf("Kilometre 7") },
          },
        ],
      },
    }),
    trips(createPlates(COUNTED, random), random, COUNTED, ["Kilometre 2", "Kilometre 7"], 5000),
  );
  await sites.runner.idle();
  await payMost(store, sites, park, random);
}

/** Drives from one camera to the next at some speed; now and then past a third one. */
function trips(
  plates: readonly string[],
  random: Random,
  count: number,
  [from, to]: readonly [string, string] | readonly string[],
  metres: number,
  also?: string,
): TruePassage[] {
  return Array.from({ length: count }, (_, i) => {
    const plate = random.pick(plates);
    // Most drive by day.
    const hour = random.chance(0.85) ? 6 + 13 * random.next() : 24 * random.next();
    const timeMs = Math.round(SIMULATION_START_MS + Math.floor(random.next() * DAYS) * DAY_MS + hour * 60 * MINUTE_MS);
    const metresPerMs = metres < 2000 ? 0.011 + 0.005 * random.next() : 0.022 + 0.008 * random.next();
    const passages: TruePassage[] = [
      { id: `${from}-${i}-a`, plate, cameraId: from!, timeMs }, // there are two
      { id: `${from}-${i}-b`, plate, cameraId: to!, timeMs: Math.round(timeMs + metres / metresPerMs) },
    ];
    if (also !== undefined && random.chance(0.4)) {
      passages.push({ id: `${from}-${i}-c`, plate, cameraId: also, timeMs: timeMs + 40 * MINUTE_MS });
    }
    return passages;
  }).flat();
}

/** A passage of the simulator as one of today's. */
function demoPassage(seen: SitePassage, cameraId: string, offsetMs: number): Passage {
  const firstTimeMs = Math.round(seen.firstTimeMs + offsetMs);
  const { text, confidence, direction } = seen;
  const wire = { cameraId, text, confidence, region: null, firstTimeMs, lastTimeMs: firstTimeMs + 1500, direction };
  return {
    ...passageOfWire({ ...wire, frames: 8 }, `demo-${seen.id.replace(/[^\w.-]/g, "-")}`),
    characters: seen.characters,
    candidates: seen.candidates,
  };
}

function permitFor(plates: readonly string[]) {
  return siteRecord({
    ...{ kind: "permit" as const, id: createId(), timeMs: 0 },
    data: { holder: "Demo office", plates, maxConcurrent: 2, validFromMs: null, validToMs: null },
  });
}

/** Nine of ten that left have paid. */
async function payMost(store: Store, sites: SiteService, site: Site, random: Random): Promise<void> {
  const stays = (await store.siteRecords.list({
    siteId: site.id,
    kind: "session",
    states: ["closed"],
  })) as SessionRecord[];
  await sites.runner.act<ParkingState, null>(site.id, (before, rules) => {
    let state = before;
    const change = createChange();
    for (const record of stays) {
      const { id, amount, endMs } = record;
      if (amount === null || amount === 0 || endMs === null || !random.chance(0.9)) continue;
      const payment = siteRecord({
        ...{ kind: "payment" as const, id: createId(), parent: id, amount, timeMs: endMs - 2 * MINUTE_MS },
        data: { method: random.chance(0.6) ? "app" : "cash", note: "", by: "demo" },
      });
      const step = changed(rules as ParkingRules, state, record, [payment]);
      state = step.state;
      change.add(step);
    }
    const { put = [] } = change.change();
    return { state, put, removed: [], answer: null };
  });
}
