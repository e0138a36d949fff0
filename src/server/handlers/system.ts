/** Retention, audit, storage, version, settings, sites, and what operators look at. */
import type { Store, RetentionReport as StoredReport, Site as StoredSite } from "../../store/types.ts";
import { audited } from "../audited.ts";
import { seesSite } from "../caller.ts";
import type { ServerContext } from "../context.ts";
import { docsFile, docsPage } from "../docs-page.ts";
import type { HandlersOf } from "../handler.ts";
import { pageOfRows } from "../page.ts";
import { pageFile } from "../page-files.ts";
import { notFound, RequestProblem } from "../problem.ts";
import { ALL_REGIONS } from "../regions.ts";
import type { systemRoutes } from "../routes/system.ts";
import type { RetentionReport, Site } from "../schemas/administration.ts";
import { serverVersion } from "../version.ts";
import { statisticsHandlers } from "./statistics.ts";

/** Passages are counted up to this many for the storage page. */
const COUNT_LIMIT = 1_000_000;

export const systemHandlers: HandlersOf<typeof systemRoutes> = {
  ...statisticsHandlers,

  async getRetention({ settings }) {
    return settings.retention();
  },

  async setRetention(context, call) {
    const rules = await context.settings.setRetention(call.body);
    await audited(context, call, { action: "retention.update", details: rules });
    return rules;
  },

  async previewRetention(context, { body }) {
    return reportOnWire(context, await context.store.retention.preview(body, context.nowMs()), false);
  },

  async applyRetention(context, call) {
    const rules = context.settings.retention();
    const report = await context.store.retention.run(rules, context.nowMs(), context.stopping);
    await audited(context, call, {
      action: "retention.run",
      details: { ...rules, passages: report.passages, bytes: report.bytes },
    });
    return reportOnWire(context, report, true);
  },

  async searchAudit({ store }, { query }) {
    const { actor, action, from, to, cursor, limit } = query;
    const filter = {
      ...(actor === undefined ? {} : { actor }),
      ...(action === undefined ? {} : { action }),
      ...(from === undefined ? {} : { fromMs: from }),
      ...(to === undefined ? {} : { toMs: to }),
    };
    const { rows, nextCursor } = await store.audit.page(filter, { cursor: cursor ?? null, limit });
    const items = rows.map(
      ({ sequence, timeMs, actor, action, target, reason, address, details, isRedacted, hash }) => ({
        ...{ sequence, timeMs, actor, action, target, reason, address, isRedacted, hash },
        details: details ?? null,
      }),
    );
    return { items, next: nextCursor };
  },

  async verifyAudit({ store }) {
    const { isWhole, entries, redacted, lastHash, problems } = await store.audit.verify();
    return { ok: isWhole, entries, redacted, lastHash, problems: [...problems] };
  },

  async getStorage({ store, nowMs, dataFolder }) {
    const health = await store.health();
    const [usage, passages, deliveries] = await Promise.all([
      store.pictures.usage(),
      store.passages.count({}, COUNT_LIMIT),
      store.deliveries.counts(nowMs()),
    ]);
    const sum = (key: "pending" | "dead"): number => deliveries.reduce((total, counts) => total + counts[key], 0);
    return {
      database: health.database,
      databaseBytes: health.databaseBytes,
      freeBytes: health.freeBytes,
      pictures: usage.pictures,
      pictureBytes: usage.bytes,
      passages: passages.count,
      passagesExact: passages.isExact,
      directory: dataFolder,
      deliveriesPending: sum("pending"),
      deliveriesDead: sum("dead"),
      failing: health.problem,
    };
  },

  async getVersion({ startedMs, modelsFolder }) {
    return { ...(await serverVersion(modelsFolder)), startedMs };
  },

  async listRegions() {
    return { regions: [...ALL_REGIONS] };
  },

  async getSettings({ settings }) {
    return settings.current();
  },

  async updateSettings(context, call) {
    const { timeZone } = call.body;
    if (timeZone !== undefined) requireTimeZone(timeZone);
    const given = Object.fromEntries(Object.entries(call.body).filter(([, value]) => value !== undefined));
    const settings = await context.settings.change(given);
    await audited(context, call, { action: "settings.update", details: call.body });
    return settings;
  },

  async listSites({ store }, { query, caller }) {
    const visible = (await store.sites.list()).filter(({ id }) => seesSite(caller, id));
    const { rows, next } = pageOfRows(visible, query);
    return { items: rows.map(siteOnWire), next };
  },

  async createSite(context, call) {
    const { name, kind, timeZone, privacy, reasonRequired } = call.body;
    requireTimeZone(timeZone);
    const site = await context.store.sites.create({
      ...{ name, kind, timeZone, settings: {} },
      isPrivate: privacy,
      isReasonRequired: reasonRequired,
    });
    context.intake.targetsChanged();
    await audited(context, call, { action: "site.create", target: `site:${site.id}`, details: call.body });
    call.revision(site.revision);
    return { id: site.id };
  },

  async getSite({ store }, call) {
    const site = await store.sites.get(call.params.id);
    if (site === null || !seesSite(call.caller, site.id)) throw notFound("site");
    call.revision(site.revision);
    return siteOnWire(site);
  },

  async updateSite(context, call) {
    const { name, kind, timeZone, privacy, reasonRequired } = call.body;
    if (timeZone !== undefined) requireTimeZone(timeZone);
    const patch = {
      ...(name === undefined ? {} : { name }),
      ...(kind === undefined ? {} : { kind }),
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(privacy === undefined ? {} : { isPrivate: privacy }),
      ...(reasonRequired === undefined ? {} : { isReasonRequired: reasonRequired }),
    };
    const site = await context.store.sites.update(call.params.id, patch, call.ifRevision);
    if (site === null) throw notFound("site");
    context.intake.targetsChanged();
    await audited(context, call, { action: "site.update", target: `site:${site.id}`, details: call.body });
    call.revision(site.revision);
    return siteOnWire(site);
  },

  async deleteSite(context, call) {
    if (!(await context.store.sites.remove(call.params.id, call.ifRevision))) throw notFound("site");
    context.intake.targetsChanged();
    await audited(context, call, { action: "site.delete", target: `site:${call.params.id}` });
    return undefined;
  },

  async healthz() {
    return { status: "ok" };
  },

  async readyz({ store, readers, stopping, nowMs }, call) {
    const problem = await storeProblem(store, nowMs());
    const checks = [
      { name: "database", ok: problem === null, message: problem },
      { name: "reader", ok: readers.waiting() < 256, message: null },
      { name: "running", ok: !stopping.aborted, message: null },
    ];
    const isReady = checks.every(({ ok }) => ok);
    if (!isReady) call.status(503);
    // What exactly is wrong is for those who may know.
    const maySee = call.caller.permissions.has("system:read");
    return {
      status: isReady ? "ready" : "unready",
      checks: checks.map((check) => (maySee ? check : { ...check, message: null })),
    };
  },

  async metrics({ metrics }) {
    return {
      type: metrics.registry.contentType,
      headers: { "cache-control": "no-store" },
      body: await metrics.registry.metrics(),
    };
  },

  async openApi(_context, { request }) {
    return {
      type: "application/json; charset=utf-8",
      headers: { "cache-control": "private, no-cache" },
      body: JSON.stringify(request.server.swagger()),
    };
  },

  docsPage,
  docsFile,
  pageFile,
};

/** The store proves its health by writing: anybody may ask, so it is asked once in a while for all of them. */
const HEALTH_MS = 2000;
const known = new WeakMap<Store, { readonly atMs: number; readonly problem: Promise<string | null> }>();

function storeProblem(store: Store, nowMs: number): Promise<string | null> {
  const last = known.get(store);
  if (last !== undefined && Math.abs(nowMs - last.atMs) < HEALTH_MS) return last.problem;
  const problem = store.health().then((health) => health.problem);
  known.set(store, { atMs: nowMs, problem });
  return problem;
}

/** @throws RequestProblem 422. */
function requireTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    throw new RequestProblem(
      422,
      "TIME_ZONE_UNKNOWN",
      `There is no time zone ${timeZone}; write Europe/Berlin or UTC.`,
    );
  }
}

async function reportOnWire(
  { store }: ServerContext,
  report: StoredReport,
  applied: boolean,
): Promise<RetentionReport> {
  const names = new Map((await store.cameras.list()).map(({ id, name }) => [id, name]));
  return {
    applied,
    passages: report.passages,
    bytes: report.bytes,
    cameras: report.cameras.map((camera) => ({ ...camera, cameraName: names.get(camera.cameraId) ?? null })),
  };
}

function siteOnWire(site: StoredSite): Site {
  return {
    id: site.id,
    name: site.name,
    kind: site.kind,
    timeZone: site.timeZone,
    privacy: site.isPrivate,
    reasonRequired: site.isReasonRequired,
    createdMs: site.createdAtMs,
    updatedMs: site.updatedAtMs,
  };
}
