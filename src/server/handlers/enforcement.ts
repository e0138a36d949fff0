/** Enforcement: rules, cases, decisions, evidence. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_MODELS_FOLDER } from "../../node/models-folder.ts";
import { canonicalJson, type JsonValue } from "../../sites/canonical-json.ts";
import { decideCase } from "../../sites/enforcement/cases.ts";
import type { Site, StoredPassage } from "../../store/types.ts";
import { audited } from "../audited.ts";
import type { ServerContext } from "../context.ts";
import type { HandlersOf } from "../handler.ts";
import { passageOnWire, rowOnWire } from "../passage-wire.ts";
import { notFound, RequestProblem } from "../problem.ts";
import type { enforcementRoutes } from "../routes/enforcement.ts";
import type { Case } from "../schemas/enforcement.ts";
import {
  type CaseRecord,
  caseOf,
  checkEnforcement,
  type EnforcementState,
  enforcementSetup,
  withDecision,
} from "../sites/enforcement-rules.ts";
import { packEvidence } from "../sites/evidence-bundle.ts";
import { evidenceKey, publicHalf } from "../sites/evidence-key.ts";
import { anySite, claimCameras, ownSite, saveSettings } from "../sites/own-site.ts";
import { serverVersion } from "../version.ts";

export const enforcementHandlers: HandlersOf<typeof enforcementRoutes> = {
  async getEnforcement(context, call) {
    const site = await ownSite(context, call, "enforcement");
    call.revision(site.revision);
    return enforcementSetup(site);
  },

  async putEnforcement(context, call) {
    const site = await ownSite(context, call, "enforcement");
    const { cameras, restrictions, sections } = checkEnforcement(site, call.body);
    for (const id of restrictions.flatMap(({ exemptLists }) => exemptLists)) {
      if ((await context.store.lists.get(id)) === null) {
        throw new RequestProblem(422, "REFERENCE_UNKNOWN", `There is no list ${id}; add it first.`);
      }
    }
    await claimCameras(context, site, [
      ...cameras,
      ...restrictions.flatMap(({ cameraIds }) => cameraIds),
      ...sections.flatMap(({ fromCameraId, toCameraId }) => [fromCameraId, toCameraId]),
    ]);
    const saved = await saveSettings(context, site, { enforcement: call.body }, call.ifRevision);
    await audited(context, call, { action: "site.enforcement", target: `site:${site.id}`, details: call.body });
    call.revision(saved.revision);
    return enforcementSetup(saved);
  },

  async listCases(context, call) {
    const site = await ownSite(context, call, "enforcement");
    const { state, from, to, cursor = null, limit } = call.query;
    const { rows, nextCursor } = await context.store.siteRecords.page(
      {
        ...{ siteId: site.id, kind: "case" },
        ...(state === undefined ? {} : { states: [state] }),
        ...(from === undefined ? {} : { fromMs: from }),
        ...(to === undefined ? {} : { toMs: to }),
      },
      { cursor, limit },
    );
    return { items: await Promise.all(rows.map((row) => caseOnWire(context, row as CaseRecord))), next: nextCursor };
  },

  async getCase(context, call) {
    const site = await ownSite(context, call, "enforcement");
    return caseOnWire(context, await ownCase(context, site, call.params.case));
  },

  async decideCase(context, call) {
    const site = await ownSite(context, call, "enforcement");
    const { decision, reason } = call.body;
    const act = { decision, reason, by: call.caller.name, timeMs: context.nowMs() };
    const next = await context.sites.runner.act<EnforcementState, CaseRecord>(site.id, async (state) => {
      const record = await ownCase(context, site, call.params.case);
      const decided = withDecision(record, (one) => decideCase(one, act));
      return { state, put: [decided], removed: [], answer: decided };
    });
    await audited(context, call, { action: `case.${decision}`, target: `case:${next.id}`, reason: reason || null });
    return caseOnWire(context, next);
  },

  async caseEvidence(context, call) {
    const site = await ownSite(context, call, "enforcement");
    const record = await ownCase(context, site, call.params.case);
    await audited(context, call, { action: "case.evidence", target: `case:${record.id}`, plate: record.plate });
    const bundle = await bundleOf(context, site, record, call.caller.name);
    const name = record.id.replace(/[^\w.-]/g, "-");
    return {
      type: "application/zip",
      headers: { "content-disposition": `attachment; filename="${name}.zip"`, "cache-control": "no-store" },
      body: bundle,
    };
  },

  async evidenceKey(context, call) {
    await anySite(context.store, call);
    return publicHalf(await evidenceKey(context.dataFolder));
  },
};

async function ownCase({ store }: ServerContext, site: Site, id: string): Promise<CaseRecord> {
  const record = await store.siteRecords.get(site.id, "case", id);
  if (record === null) throw notFound("case");
  return record as CaseRecord; // of its kind
}

async function caseOnWire({ store }: ServerContext, record: CaseRecord): Promise<Case> {
  const { id, plate, timeMs, data, state, evidence } = record;
  const { kind, probability, grade, isExact, summary, source, passageIds, trail } = data;
  const passages = await Promise.all(passageIds.map((passageId) => store.passages.get(passageId)));
  return {
    ...{ id, kind, plate, timeMs, probability, grade, isExact, summary, source, read: evidence?.read ?? null },
    state: state as Case["state"], // only caseRecord writes it
    passageIds: [...passageIds],
    trail: trail.map((one) => ({ ...one })),
    passages: passages.flatMap((passage) => (passage === null ? [] : [rowOnWire(passage)])),
  };
}

/** Pictures, reads, hashes of models and set-up, clocks: all that is kept of a case, signed. */
async function bundleOf(context: ServerContext, site: Site, record: CaseRecord, createdBy: string): Promise<Buffer> {
  const { store, nowMs, dataFolder, modelsFolder = DEFAULT_MODELS_FOLDER } = context;
  const found = await Promise.all(record.data.passageIds.map((id) => store.passages.get(id)));
  const passages = found.filter((passage): passage is NonNullable<typeof passage> => passage !== null);
  const cameras = await Promise.all(
    [...new Set(passages.map(({ cameraId }) => cameraId))].map((id) => store.cameras.get(id)),
  );
  const { clocks } = enforcementSetup(site);
  const { version, models } = await serverVersion(modelsFolder);
  const setUp = {
    site: site.settings,
    cameras: cameras.flatMap((camera) =>
      camera === null
        ? []
        : [{ id: camera.id, revision: camera.revision, line: camera.line, roi: camera.roi, settings: camera.settings }],
    ),
  };
  return packEvidence(
    {
      case: caseOf(record),
      site: site.name,
      passages: passages.map((passage) => jsonValue(passageOnWire(passage))),
      clocks: [...new Set(passages.map(({ cameraId }) => cameraId))].map(
        (cameraId) =>
          clocks.find((clock) => clock.cameraId === cameraId) ?? {
            ...{ cameraId, source: "not known", offsetMs: null, toleranceMs: null, checkedMs: null },
          },
      ),
      models: await Promise.all(
        models.map(async ({ name, version: made }) => {
          const card = JSON.parse(await readFile(join(modelsFolder, `${name}.json`), "utf8")) as { sha256?: string };
          return { name, version: made, sha256: card.sha256 ?? "" };
        }),
      ),
      configurationSha256: createHash("sha256")
        .update(canonicalJson(jsonValue(setUp)))
        .digest("hex"),
      software: `platekit ${version}`,
      createdMs: nowMs(),
      createdBy,
    },
    await picturesOf(context, passages),
    await evidenceKey(dataFolder),
  );
}

async function picturesOf({ store }: ServerContext, passages: readonly StoredPassage[]) {
  const files = passages.flatMap(({ id, pictures }) =>
    (["crop", "frame"] as const).map((part) => ({ name: `${id}-${part}.jpg`, hash: pictures[part] })),
  );
  const read = await Promise.all(
    files.map(async ({ name, hash }) => ({ name, bytes: hash === null ? null : await store.pictures.get(hash) })),
  );
  return read.flatMap(({ name, bytes }) => (bytes === null ? [] : [{ name, mediaType: "image/jpeg", bytes }]));
}

function jsonValue(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue; // what JSON holds
}
