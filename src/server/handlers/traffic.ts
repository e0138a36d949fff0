/** Traffic figures of a site, from counts and traversals that name no plate. */

import { BIN_MS, TRAFFIC_COLUMNS, trafficBins, trafficCsv } from "../../sites/traffic/bins.ts";
import { compareDay } from "../../sites/traffic/comparison.ts";
import { OD_COLUMNS, odCsv, odMatrix } from "../../sites/traffic/origin-destination.ts";
import { TRAVEL_COLUMNS, type Traversal, travelTimes, travelTimesCsv } from "../../sites/traffic/travel-time.ts";
import { dayOf, isoDay, zoneClock } from "../../sites/zone-clock.ts";
import type { Site, SiteRecord } from "../../store/types.ts";
import { audited } from "../audited.ts";
import type { ServerContext } from "../context.ts";
import type { HandlersOf, MediaReply } from "../handler.ts";
import { parquetTable } from "../parquet.ts";
import { notFound, RequestProblem } from "../problem.ts";
import { PARQUET, type trafficRoutes } from "../routes/traffic.ts";
import type { TrafficFormat, TrafficOverview } from "../schemas/traffic.ts";
import { claimCameras, ownSite, saveSettings } from "../sites/own-site.ts";
import { spanOf } from "../sites/span.ts";
import { type CompactBin, hintOf } from "../sites/traffic-hint.ts";
import { type TrafficState, type TraversalData, trafficSetup } from "../sites/traffic-rules.ts";

const DAY_MS = 86_400_000;
/** Of earlier weeks, a day is compared with so many. */
const COMPARED_DAYS = 8 * 7;
const COMPARE_MINUTES = 15;
const MAX_BINS = 200_000;

export const trafficHandlers: HandlersOf<typeof trafficRoutes> = {
  async getTraffic(context, call) {
    const site = await ownSite(context, call, "traffic");
    call.revision(site.revision);
    return trafficSetup(site);
  },

  async putTraffic(context, call) {
    const site = await ownSite(context, call, "traffic");
    const { cameras, sections } = call.body;
    const ids = sections.map(({ id }) => id);
    const twice = ids.find((id, i) => ids.indexOf(id) !== i);
    if (twice !== undefined) throw new RequestProblem(422, "SITE_INVALID", `Section "${twice}" is named twice.`);
    await claimCameras(context, site, [
      ...cameras.map(({ cameraId }) => cameraId),
      ...sections.flatMap(({ fromCameraId, toCameraId }) => [fromCameraId, toCameraId]),
    ]);
    const saved = await saveSettings(context, site, { traffic: call.body }, call.ifRevision);
    await audited(context, call, { action: "site.traffic", target: `site:${site.id}`, details: call.body });
    call.revision(saved.revision);
    return trafficSetup(saved);
  },

  async trafficOverview(context, call) {
    const site = await ownSite(context, call, "traffic");
    return overview(context, site, spanOf(call.query, context.nowMs()));
  },

  async trafficCounts(context, call) {
    const site = await ownSite(context, call, "traffic");
    const { bin, camera, format } = call.query;
    const { fromMs, toMs } = spanOf(call.query, context.nowMs());
    const binMs = BIN_MS[bin];
    const startMs = Math.floor(fromMs / binMs) * binMs;
    const lanes = Math.max(1, trafficSetup(site).cameras.length);
    if (((toMs - startMs) / binMs) * lanes > MAX_BINS) {
      throw new RequestProblem(
        400,
        "INPUT_INVALID",
        `More than ${MAX_BINS} bins; ask for longer bins or a shorter span.`,
      );
    }
    const parents = camera === undefined ? {} : { parents: [camera] };
    const counts = await context.store.siteRecords.list({
      siteId: site.id,
      kind: "count",
      fromMs: startMs,
      toMs,
      ...parents,
    });
    const bins = trafficBins(counts.map(countedOf), startMs, toMs, binMs);
    return reply(format, "counts", {
      json: { bins },
      csv: () => trafficCsv(bins),
      parquet: () => parquetTable(TRAFFIC_COLUMNS, bins),
    });
  },

  async trafficTravelTimes(context, call) {
    const site = await ownSite(context, call, "traffic");
    const { bin, section, format } = call.query;
    const { fromMs, toMs } = spanOf(call.query, context.nowMs());
    const road = trafficSetup(site).sections.find(({ id }) => id === section);
    if (road === undefined) throw notFound("section");
    const times = travelTimes(await traversals(context, site, section, fromMs, toMs), road.metres, BIN_MS[bin]);
    return reply(format, "travel-times", {
      json: { times },
      csv: () => travelTimesCsv(times),
      parquet: () => parquetTable(TRAVEL_COLUMNS, times),
    });
  },

  async trafficOd(context, call) {
    const site = await ownSite(context, call, "traffic");
    const { fromMs, toMs } = spanOf(call.query, context.nowMs());
    const { cameras, k, tripGapMinutes } = trafficSetup(site);
    const points = new Map(
      cameras.flatMap(({ cameraId, point }) => (point === null ? [] : [[cameraId, point] as const])),
    );
    const counts = await context.store.siteRecords.list({ siteId: site.id, kind: "count", fromMs, toMs });
    const matrix = odMatrix(
      counts.flatMap(({ owner, parent, timeMs }) => {
        const point = points.get(parent ?? "");
        return owner === null || point === undefined ? [] : [{ hash: owner, point, timeMs }];
      }),
      { k, gapMs: tripGapMinutes * 60_000 },
    );
    return reply(call.query.format, "origins-destinations", {
      json: matrix,
      csv: () => odCsv(matrix),
      parquet: () => parquetTable(OD_COLUMNS, matrix.cells),
    });
  },

  async trafficCompare(context, call) {
    const site = await ownSite(context, call, "traffic");
    const { section, camera, day: asked } = call.query;
    const clock = zoneClock(site.timeZone);
    const day = asked === undefined ? clock.wallTime(context.nowMs()).day : dayOf(asked);
    const fromMs = clock.instant(day - COMPARED_DAYS, 0);
    const toMs = clock.instant(day + 1, 0);
    const binMs = COMPARE_MINUTES * 60_000;
    let values: { fromMs: number; value: number }[];
    if (section === undefined) {
      const parents = camera === undefined ? {} : { parents: [camera] };
      const counts = await context.store.siteRecords.list({ siteId: site.id, kind: "count", fromMs, toMs, ...parents });
      const byBin = new Map<number, number>();
      for (const { timeMs } of counts) {
        const bin = Math.floor(timeMs / binMs) * binMs;
        byBin.set(bin, (byBin.get(bin) ?? 0) + 1);
      }
      values = [...byBin].map(([bin, value]) => ({ fromMs: bin, value }));
    } else {
      const road = trafficSetup(site).sections.find(({ id }) => id === section);
      if (road === undefined) throw notFound("section");
      values = travelTimes(await traversals(context, site, section, fromMs, toMs), road.metres, binMs).flatMap(
        ({ fromMs: bin, medianMs }) => (medianMs === null ? [] : [{ fromMs: bin, value: medianMs / 1000 }]),
      );
    }
    const unit = section === undefined ? ("vehicles" as const) : ("seconds" as const);
    return {
      day: isoDay(day),
      unit,
      binMinutes: COMPARE_MINUTES,
      bins: compareDay(values, day, clock, COMPARE_MINUTES),
    };
  },
};

interface Figures {
  readonly json: object;
  csv(): string;
  parquet(): Promise<Uint8Array>;
}

async function reply(format: TrafficFormat, name: string, { json, csv, parquet }: Figures): Promise<MediaReply> {
  const headers = { "cache-control": "no-store" };
  if (format === "json") return { type: "application/json", headers, body: JSON.stringify(json) };
  const saved = { ...headers, "content-disposition": `attachment; filename="${name}.${format}"` };
  return format === "csv"
    ? { type: "text/csv; charset=utf-8; header=present", headers: saved, body: csv() }
    : { type: PARQUET, headers: saved, body: await parquet() };
}

function countedOf({ parent, state, timeMs, endMs }: SiteRecord) {
  return { cameraId: parent ?? "", lane: state, firstTimeMs: timeMs, lastTimeMs: endMs ?? timeMs };
}

async function traversals(
  { store }: ServerContext,
  site: Site,
  section: string,
  fromMs: number,
  toMs: number,
): Promise<Traversal[]> {
  const records = await store.siteRecords.list({
    siteId: site.id,
    kind: "traversal",
    parents: [section],
    fromMs,
    toMs,
  });
  return records.map(({ timeMs, data }) => ({ startMs: timeMs, durationMs: (data as TraversalData).durationMs })); // by the rules
}

async function overview(
  context: ServerContext,
  site: Site,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<TrafficOverview> {
  const { store, sites, nowMs } = context;
  const setup = trafficSetup(site);
  const found = await sites.runner.peek<TrafficState>(site.id);
  const points = await Promise.all(
    setup.cameras.map(async ({ cameraId, lane, point }) => {
      const filter = { siteId: site.id, kind: "count", parents: [cameraId], fromMs, toMs } as const;
      return { cameraId, lane, point, vehicles: (await store.siteRecords.totals(filter)).count };
    }),
  );
  const sections = await Promise.all(
    setup.sections.map(async ({ id, name, metres }) => {
      const all = await traversals(context, site, id, fromMs, toMs);
      const [whole] = travelTimes(all, metres, toMs - fromMs + 1, fromMs);
      const seconds = (ms: number | null | undefined): number | null => (ms == null ? null : ms / 1000);
      const recent = await traversals(context, site, id, nowMs() - COMPARED_DAYS * DAY_MS, nowMs());
      return {
        ...{ id, name, metres, vehicles: all.length, kmh: whole?.kmh ?? null },
        medianSeconds: seconds(whole?.medianMs),
        p10Seconds: seconds(whole?.p10Ms),
        p90Seconds: seconds(whole?.p90Ms),
        implausible: found?.state.sections.get(id)?.implausible ?? 0,
        incident: incidentOf(recent, metres, site.timeZone, nowMs()),
      };
    }),
  );
  return { fromMs, toMs, vehicles: points.reduce((sum, { vehicles }) => sum + vehicles, 0), points, sections };
}

function incidentOf(all: readonly Traversal[], metres: number, timeZone: string, nowMs: number) {
  const binMs = COMPARE_MINUTES * 60_000;
  const bins: readonly CompactBin[] = travelTimes(all, metres, binMs);
  const hint = hintOf(bins, timeZone, nowMs, COMPARE_MINUTES);
  if (hint === null) return null;
  const { fromMs, medianMs, usualMs, ratio } = hint;
  return { fromMs, medianSeconds: medianMs / 1000, usualSeconds: usualMs / 1000, ratio };
}
