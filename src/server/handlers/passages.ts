/** Passages: search, detail, correction, hold, forgetting, export, taking in, pictures. */
import { createId } from "../../store/ids.ts";
import type { RegisteredPlate } from "../../store/types.ts";
import { audited } from "../audited.ts";
import { seesSite, visibleCameras } from "../caller.ts";
import type { ServerContext } from "../context.ts";
import type { Call, HandlersOf } from "../handler.ts";
import { exportStream } from "../passage-export.ts";
import { detailOnWire, passageOfWire, plainPlate, rowOnWire, storeFilter } from "../passage-wire.ts";
import { notFound, RequestProblem } from "../problem.ts";
import type { Route } from "../route.ts";
import type { passageRoutes } from "../routes/passages.ts";
import { readHandlers } from "./reading.ts";

/** Other passages of the plate on the detail page. */
const OTHERS = 20;

export const passageHandlers: HandlersOf<typeof passageRoutes> = {
  ...readHandlers,

  async searchPassages(context, call) {
    const { cursor, limit, order, text, match, reason } = call.query;
    const filter = storeFilter(call.query, call.caller);
    await requireReason(context, call, text, reason);
    // Later pages of a search are the same search.
    if (text !== undefined && cursor === undefined) {
      await audited(context, call, {
        action: "passage.search",
        reason: reason ?? null,
        details: { ...filter, match: match ?? "as written" },
        plate: plainPlate(text) || null,
      });
    }
    const { rows, nextCursor } = await context.store.passages.page(filter, { cursor: cursor ?? null, limit, order });
    return { items: rows.map(rowOnWire), next: nextCursor };
  },

  async exportPassages(context, call) {
    const { format, text, reason } = call.query;
    const filter = storeFilter(call.query, call.caller);
    await requireReason(context, call, text ?? "", reason);
    const plate = text === undefined ? null : plainPlate(text) || null;
    await audited(context, call, {
      action: "passage.export",
      reason: reason ?? null,
      details: { ...filter, format },
      plate,
    });
    const cameras = new Map((await context.store.cameras.list()).map(({ id, name }) => [id, name]));
    return {
      type: format === "csv" ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson",
      headers: {
        "content-disposition": `attachment; filename="passages.${format}"`,
        "cache-control": "no-store",
      },
      body: exportStream(context.store.passages.iterate(filter, { signal: context.stopping }), format, cameras),
    };
  },

  async ingestPassages(context, call) {
    const cameras = new Map(
      visibleCameras(call.caller, await context.store.cameras.list()).map((one) => [one.id, one]),
    );
    const given = call.body.passages.map((passage) => {
      const camera = cameras.get(passage.cameraId);
      if (camera === undefined) {
        throw new RequestProblem(422, "CAMERA_UNKNOWN", `There is no camera ${passage.cameraId}; add it first.`);
      }
      return { camera, passage: passageOfWire(passage, passage.id ?? createId(context.nowMs())) };
    });
    // All at once, so that they share a transaction and one wait for the disk.
    const settled = await Promise.allSettled(
      given.map(({ camera, passage }) =>
        context.intake.accept({ passage, cameraId: camera.id, siteId: camera.siteId }),
      ),
    );
    const failed = settled.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
    const passages = settled.flatMap((one, i) =>
      one.status === "fulfilled" ? [{ id: given[i]!.passage.id, stored: one.value.isNew }] : [],
    );
    for (const { stored } of passages) if (stored) context.metrics.passage();
    return { passages };
  },

  async getPassage(context, call) {
    return shownPassage(context, call);
  },

  async correctPassage(context, call) {
    await ownPassage(context, call);
    const text = plainPlate(call.body.text);
    if (text === "") throw new RequestProblem(422, "TEXT_EMPTY", "A plate needs at least one letter or digit.");
    await context.store.passages.correct(call.params.id, {
      text,
      by: call.caller.name,
      note: call.body.note || null,
    });
    await audited(context, call, {
      action: "passage.correct",
      target: `passage:${call.params.id}`,
      details: { text },
      plate: text,
    });
    return shownPassage(context, call);
  },

  async holdPassage(context, call) {
    await ownPassage(context, call);
    const { hold, reason } = call.body;
    await context.store.passages.setHold(call.params.id, { hold, by: call.caller.name, note: reason });
    await audited(context, call, {
      action: hold ? "passage.hold" : "passage.release",
      target: `passage:${call.params.id}`,
      reason,
    });
    return { ok: true };
  },

  async forgetPlate(context, call) {
    const { text, reason, apply, registered } = call.body;
    const plate = plainPlate(text);
    if (plate === "") throw new RequestProblem(422, "TEXT_EMPTY", "A plate needs at least one letter or digit.");
    const { store, sites } = context;
    const by = call.caller.actor;
    if (apply && registered === undefined) {
      const would = await store.passages.forget(plate, { by, reason, isPreview: true });
      if (would.registered.length > 0) throw stillRegistered(would.registered);
    }
    // The store writes the audit entry itself, in the same transaction.
    const report = await store.passages.forget(plate, {
      by,
      reason,
      isPreview: !apply,
      registered: registered ?? "keep",
    });
    // Rules have the plate in memory.
    if (apply) for (const { id } of await store.sites.list()) sites.runner.reload(id);
    const { passages, pictures, deliveries, alerts, held } = report;
    const places = report.registered.map((place) => ({ ...place }));
    return { applied: apply, passages, pictures, deliveries, alerts, held, registered: places };
  },

  async getPicture({ store }, { params }) {
    const { hash } = params;
    const bytes = (await store.pictures.isShown(hash)) ? await store.pictures.get(hash) : null;
    if (bytes === null) throw notFound("picture");
    return {
      type: "image/jpeg",
      // Its address is its content: it never changes, but it may be forgotten.
      headers: { etag: `"${hash}"`, "cache-control": "private, max-age=3600", "content-disposition": "inline" },
      body: bytes,
    };
  },
};

/** Forgetting what cameras saw must not pass for forgetting an agreement, nor end one in passing. */
function stillRegistered(places: readonly RegisteredPlate[]): RequestProblem {
  const words = { list: "on the list", permit: "in the permit of", account: "in the toll account of" };
  const named = places.slice(0, 5).map(({ kind, name }) => `${words[kind]} "${name}"`);
  const more = places.length > named.length ? ` and ${places.length - named.length} more` : "";
  return new RequestProblem(
    409,
    "PLATE_REGISTERED",
    `Nothing was forgotten: this plate stands ${named.join(", ")}${more}. Take it off there first, or send registered: "remove" to do so with this, "keep" to forget only what was seen.`,
  );
}

/** @throws RequestProblem 400 where the settings or a site that may be searched want to know why. */
async function requireReason(
  { store, settings }: ServerContext,
  { caller }: Pick<Call<Route>, "caller">,
  text: string | undefined,
  reason: string | undefined,
): Promise<void> {
  if (text === undefined || (reason ?? "").trim() !== "") return;
  const isRequired =
    settings.current().reasonRequired ||
    (await store.sites.list()).some(({ id, isReasonRequired }) => isReasonRequired && seesSite(caller, id));
  if (isRequired) {
    throw new RequestProblem(400, "REASON_REQUIRED", "Say why you search: send reason. It is kept in the audit.");
  }
}

type PassageCall = Pick<Call<typeof passageRoutes.getPassage>, "params" | "caller">;

/** @throws RequestProblem 404 also for passages that the caller may not see. */
async function ownPassage({ store }: ServerContext, { params, caller }: PassageCall) {
  const passage = await store.passages.get(params.id);
  if (passage === null || !seesSite(caller, passage.siteId)) throw notFound("passage");
  return passage;
}

async function shownPassage(context: ServerContext, call: PassageCall) {
  const { store } = context;
  const passage = await ownPassage(context, call);
  const { siteIds } = call.caller;
  const filter = { plate: passage.plate, match: "exact", ...(siteIds === null ? {} : { siteIds }) } as const;
  const [camera, others] = await Promise.all([
    store.cameras.get(passage.cameraId),
    passage.plate === "" ? { rows: [] } : store.passages.page(filter, { limit: OTHERS + 1 }),
  ]);
  return detailOnWire(passage, camera?.name ?? null, others.rows);
}
