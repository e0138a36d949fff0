/** Car parks: set-up, tariff, overview, permits, gates. What is done with one stay is in sessions.ts. */

import { occupancyNow, occupancySeries, overstays, parkingFigures } from "../../sites/parking/occupancy.ts";
import { planFee } from "../../sites/parking/schedule.ts";
import { isoDay, zoneClock } from "../../sites/zone-clock.ts";
import { createId } from "../../store/ids.ts";
import type { Site, SiteRecord } from "../../store/types.ts";
import { audited } from "../audited.ts";
import type { ServerContext } from "../context.ts";
import type { HandlersOf } from "../handler.ts";
import { pageOfRows } from "../page.ts";
import { plainPlate } from "../passage-wire.ts";
import { notFound, RequestProblem } from "../problem.ts";
import type { parkingRoutes } from "../routes/parking.ts";
import type { ParkingOverview, Permit } from "../schemas/parking.ts";
import { anySite, claimCameras, ownSite, saveSettings } from "../sites/own-site.ts";
import { COUNT_KEY, stayOf, type VehicleCount } from "../sites/parking-rules.ts";
import { readyParking, readyPlan, storedPlan } from "../sites/parking-setup.ts";
import { feeOnWire, gateOnWire, permitOnWire, rowOrNull } from "../sites/parking-wire.ts";
import { siteRecord } from "../sites/site-rules.ts";
import { spanOf } from "../sites/span.ts";
import { sessionHandlers } from "./sessions.ts";

/** Points of the occupancy's curve. */
const MAX_POINTS = 400;
const HALF_HOUR_MS = 1_800_000;

export const parkingHandlers: HandlersOf<typeof parkingRoutes> = {
  ...sessionHandlers,

  async getParking(context, call) {
    const site = await ownSite(context, call, "parking");
    call.revision(site.revision);
    return configOnWire(site);
  },

  async putParking(context, call) {
    const site = await ownSite(context, call, "parking");
    readyParking(site, call.body);
    await claimCameras(
      context,
      site,
      call.body.cameras.map(({ cameraId }) => cameraId),
    );
    const saved = await saveSettings(context, site, { parking: call.body }, call.ifRevision);
    await audited(context, call, { action: "site.parking", target: `site:${site.id}`, details: call.body });
    call.revision(saved.revision);
    return configOnWire(saved);
  },

  async parkingOverview(context, call) {
    const site = await ownSite(context, call, "parking");
    return overview(context, site, spanOf(call.query, context.nowMs()));
  },

  async countVehicles(context, call) {
    const site = await ownSite(context, call, "parking");
    const count: VehicleCount = { vehicles: call.body.vehicles, timeMs: context.nowMs(), by: call.caller.name };
    await context.store.sites.write(site.id, { states: [{ key: COUNT_KEY, value: count }] });
    context.sites.runner.reload(site.id);
    await audited(context, call, { action: "site.count", target: `site:${site.id}`, details: call.body });
    return { ok: true };
  },

  async getTariff(context, call) {
    const site = await ownSite(context, call, "parking");
    call.revision(site.revision);
    return storedPlan(site);
  },

  async putTariff(context, call) {
    const site = await ownSite(context, call, "parking");
    if (call.body.versions.length > 0) readyPlan(call.body, site.timeZone);
    const saved = await saveSettings(context, site, { tariff: call.body }, call.ifRevision);
    await audited(context, call, { action: "site.tariff", target: `site:${site.id}`, details: call.body });
    call.revision(saved.revision);
    return storedPlan(saved);
  },

  async priceStay(context, call) {
    const site = await ownSite(context, call, "parking");
    const { fromMs, toMs, plan = storedPlan(site) } = call.body;
    return feeOnWire(planFee(readyPlan(plan, site.timeZone), fromMs, toMs));
  },

  async listPermits(context, call) {
    const site = await ownSite(context, call, "parking");
    const records = await context.store.siteRecords.list({ siteId: site.id, kind: "permit" });
    const { rows, next } = pageOfRows(byId(records), call.query);
    return { items: rows.map(permitOnWire), next };
  },

  async createPermit(context, call) {
    const site = await ownSite(context, call, "parking");
    const id = createId(context.nowMs());
    await putPermit(context, site, { id, ...call.body });
    await audited(context, call, { action: "permit.create", target: `permit:${id}` });
    return { id };
  },

  async updatePermit(context, call) {
    const site = await ownSite(context, call, "parking");
    const { permit: id } = call.params;
    if ((await context.store.siteRecords.get(site.id, "permit", id)) === null) throw notFound("permit");
    const record = await putPermit(context, site, { id, ...call.body });
    await audited(context, call, { action: "permit.update", target: `permit:${id}` });
    return permitOnWire(record);
  },

  async deletePermit(context, call) {
    const site = await ownSite(context, call, "parking");
    const { permit: id } = call.params;
    if ((await context.store.siteRecords.get(site.id, "permit", id)) === null) throw notFound("permit");
    await context.store.siteRecords.write(site.id, { removed: [{ kind: "permit", id }] });
    context.sites.runner.reload(site.id);
    await audited(context, call, { action: "permit.delete", target: `permit:${id}` });
    return undefined;
  },

  async listGateDecisions(context, call) {
    const site = await ownSite(context, call, "parking");
    const { cursor = null, limit } = call.query;
    const { rows, nextCursor } = await context.store.siteRecords.page(
      { siteId: site.id, kind: "gate" },
      { cursor, limit },
    );
    return { items: rows.map(gateOnWire), next: nextCursor };
  },

  async listStrays({ store }, call) {
    const site = await anySite(store, call);
    const { cursor = null, limit } = call.query;
    const filter = { siteId: site.id, kind: "stray", needsPerson: true } as const;
    const { rows, nextCursor } = await store.siteRecords.page(filter, { cursor, limit });
    const passages = await Promise.all(rows.map(({ id }) => store.passages.get(id)));
    const items = rows.map(({ id, state, timeMs }, i) => ({
      id,
      reason: state,
      timeMs,
      passage: rowOrNull(passages[i]),
    }));
    return { items, next: nextCursor };
  },

  async dismissStray(context, call) {
    const site = await anySite(context.store, call);
    const record = await context.store.siteRecords.get(site.id, "stray", call.params.stray);
    if (record === null) throw notFound("passage in the queue");
    await context.store.siteRecords.write(site.id, { put: [{ ...record, needsPerson: false }] });
    await audited(context, call, { action: "stray.dismiss", target: `passage:${record.id}` });
    return { ok: true };
  },

  async openGate(context, call) {
    const site = await ownSite(context, call, "parking");
    const { camera } = call.params;
    const { reason } = call.body;
    // Written down first: what opens a barrier must not stay unknown.
    await audited(context, call, { action: "gate.open", target: `camera:${camera}`, reason });
    const record = await context.sites.gates.open(site, camera, call.caller.name, reason);
    if (record === null) throw notFound("camera with a gate");
    return gateOnWire(record);
  },
};

function configOnWire(site: Site) {
  const { setup, policy } = readyParking(site);
  return { ...setup, policy: { ...policy, failSafe: { ...policy.failSafe } }, timeZone: site.timeZone };
}

/** @throws RequestProblem 422 for a plate that is none, or a span of no length. */
async function putPermit({ store, sites }: ServerContext, site: Site, permit: Permit): Promise<SiteRecord> {
  const plates = permit.plates.map(plainPlate);
  if (plates.includes("")) throw new RequestProblem(422, "TEXT_EMPTY", "A plate needs at least one letter or digit.");
  const { holder, zones, maxConcurrent, validFromMs, validToMs } = permit;
  if (validFromMs !== null && validToMs !== null && validToMs <= validFromMs) {
    throw new RequestProblem(422, "TIMES_REVERSED", "A permit must end after it begins.");
  }
  const record = siteRecord({
    ...{ kind: "permit" as const, id: permit.id, timeMs: validFromMs ?? 0, endMs: validToMs },
    data: {
      ...{ holder, plates, validFromMs, validToMs },
      ...(zones === null ? {} : { zones }),
      ...(maxConcurrent === null ? {} : { maxConcurrent }),
    },
  });
  await store.siteRecords.write(site.id, { put: [record] });
  sites.runner.reload(site.id);
  return record;
}

async function overview(
  { store, nowMs }: ServerContext,
  site: Site,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<ParkingOverview> {
  const { park, plan } = readyParking(site);
  const now = nowMs();
  const siteId = site.id;
  const counted = ((await store.sites.states(siteId, COUNT_KEY)).get(COUNT_KEY) as VehicleCount | undefined) ?? null;
  const sinceMs = Math.min(fromMs, counted?.timeMs ?? fromMs);
  const [records, review, unpaid] = await Promise.all([
    store.siteRecords.list({ siteId, kind: "session", notEndedBeforeMs: sinceMs }),
    store.siteRecords.totals({ siteId, kind: "session", needsPerson: true }),
    store.siteRecords.totals({ siteId, kind: "session", states: ["closed"], isUnpaid: true }),
  ]);
  const strays = await store.siteRecords.totals({ siteId, kind: "stray", needsPerson: true });
  const stays = records.map(stayOf);
  const figures = parkingFigures(stays, fromMs, toMs, park.capacity);
  // Bins that people know: of so many half hours.
  const binMs = HALF_HOUR_MS * Math.max(1, Math.ceil((toMs - fromMs) / MAX_POINTS / HALF_HOUR_MS));
  return {
    ...{ fromMs, toMs, counted, currency: plan?.currency.code ?? null, digits: plan?.currency.digits ?? 2 },
    vehicles: occupancyNow(stays, null, counted),
    capacity: park.capacity,
    zones: park.zones.map(({ id, name, capacity }) => ({ id, name, capacity, vehicles: occupancyNow(stays, id) })),
    ...figures,
    review: review.count + strays.count,
    unpaid: { count: unpaid.count, due: unpaid.amount - unpaid.paid },
    overstays: overstays(
      stays.filter(({ isOpen }) => isOpen),
      now,
    ).length,
    revenue: revenueByDay(records, site.timeZone, fromMs, toMs),
    occupancy: occupancySeries(stays, Math.floor(fromMs / binMs) * binMs, toMs, binMs),
  };
}

/** Stays by the local day on which they ended. */
function revenueByDay(
  records: readonly SiteRecord[],
  timeZone: string,
  fromMs: number,
  toMs: number,
): ParkingOverview["revenue"] {
  const clock = zoneClock(timeZone);
  const days = new Map<number, { stays: number; charged: number; paid: number }>();
  for (const { endMs, amount, paid } of records) {
    if (endMs === null || endMs < fromMs || endMs >= toMs) continue;
    const { day } = clock.wallTime(endMs);
    const sum = days.get(day) ?? { stays: 0, charged: 0, paid: 0 };
    days.set(day, { stays: sum.stays + 1, charged: sum.charged + (amount ?? 0), paid: sum.paid + paid });
  }
  return [...days].sort(([a], [b]) => a - b).map(([day, sums]) => ({ day: isoDay(day), ...sums }));
}

function byId<Row extends { readonly id: string }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
