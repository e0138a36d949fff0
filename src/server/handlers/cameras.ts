/** Cameras: what is set up, how they do, their latest frame. */

import { redactUrl } from "../../node/frames-source.ts";
import type { CameraCount, Camera as StoredCamera } from "../../store/types.ts";
import { audited } from "../audited.ts";
import { seesSite, visibleCameras } from "../caller.ts";
import { cameraOnWire, cameraPatch, healthOnWire, withKeptPassword } from "../camera-wire.ts";
import type { ServerContext } from "../context.ts";
import type { Call, HandlersOf } from "../handler.ts";
import { eventsHandler } from "../live-events.ts";
import { pageOfRows } from "../page.ts";
import { notFound, RequestProblem } from "../problem.ts";
import type { Route } from "../route.ts";
import type { cameraRoutes } from "../routes/cameras.ts";
import { UNREAD_REASONS } from "../schemas/cameras.ts";

const HOUR_MS = 3_600_000;
/** Of health, unless asked otherwise; and at most. */
const HISTORY_MS = 24 * HOUR_MS;
const LONGEST_HISTORY_MS = 92 * 24 * HOUR_MS;

export const cameraHandlers: HandlersOf<typeof cameraRoutes> = {
  events: eventsHandler,

  async listCameras(context, { query, caller }) {
    const { rows, next } = pageOfRows(visibleCameras(caller, await context.store.cameras.list()), query);
    return { items: rows.map((camera) => cameraOnWire(camera, context.intake.health(camera.id))), next };
  },

  async createCamera(context, call) {
    const { body } = call;
    requireSite(call, body.siteId);
    await checkUrl(context, body.kind, body.url);
    const camera = await context.store.cameras.create({
      ...cameraPatch(body, {}),
      // Every field has its default in the schema.
    } as Parameters<typeof context.store.cameras.create>[0]);
    await audited(context, call, {
      action: "camera.create",
      target: `camera:${camera.id}`,
      details: { name: camera.name, url: redactUrl(camera.url) },
    });
    context.intake.cameraChanged(camera.id);
    call.revision(camera.revision);
    return { id: camera.id };
  },

  async testCamera(context, { body, caller }) {
    const kept = body.cameraId === undefined ? null : await context.store.cameras.get(body.cameraId);
    if (kept !== null && !seesSite(caller, kept.siteId)) throw notFound("camera");
    const url = kept === null ? body.url : withKeptPassword(body.url, kept.url);
    await checkUrl(context, "stream", url);
    const startMs = performance.now();
    const { ok, message, jpeg, width, height } = await context.intake.testCamera(url);
    const snapshot = jpeg === null ? null : Buffer.from(jpeg).toString("base64");
    return { ...{ ok, message, snapshot, width, height }, tookMs: Math.round(performance.now() - startMs) };
  },

  async getCamera(context, call) {
    const camera = await ownCamera(context, call);
    call.revision(camera.revision);
    return cameraOnWire(camera, context.intake.health(camera.id));
  },

  async updateCamera(context, call) {
    const camera = await ownCamera(context, call);
    const { body } = call;
    if (body.siteId !== undefined) requireSite(call, body.siteId);
    const url = body.url === undefined ? undefined : withKeptPassword(body.url, camera.url);
    if (url !== undefined && url !== camera.url) await checkUrl(context, camera.kind, url);
    const patch = cameraPatch({ ...body, ...(url === undefined ? {} : { url }) }, camera.settings);
    const updated = await context.store.cameras.update(camera.id, patch, call.ifRevision);
    if (updated === null) throw notFound("camera");
    await audited(context, call, {
      action: "camera.update",
      target: `camera:${camera.id}`,
      details: { ...body, ...(url === undefined ? {} : { url: redactUrl(url) }) },
    });
    context.intake.cameraChanged(camera.id);
    call.revision(updated.revision);
    return cameraOnWire(updated, context.intake.health(camera.id));
  },

  async deleteCamera(context, call) {
    const camera = await ownCamera(context, call);
    if (!(await context.store.cameras.remove(camera.id, call.ifRevision))) throw notFound("camera");
    await audited(context, call, {
      action: "camera.delete",
      target: `camera:${camera.id}`,
      details: { name: camera.name },
    });
    context.intake.cameraChanged(camera.id);
    return undefined;
  },

  async cameraHealth(context, call) {
    const camera = await ownCamera(context, call);
    const to = call.query.to ?? context.nowMs();
    const from = Math.max(call.query.from ?? to - HISTORY_MS, to - LONGEST_HISTORY_MS);
    const counts =
      from < to ? await context.store.cameras.counts({ cameraIds: [camera.id], fromMs: from, toMs: to }) : [];
    const health = context.intake.health(camera.id);
    return { now: health === null ? null : healthOnWire(health), history: historyOf(counts) };
  },

  async cameraFrame(context, call) {
    const camera = await ownCamera(context, call);
    const frame = context.intake.latestFrame(camera.id);
    if (frame === null) throw notFound("frame of this camera yet");
    return {
      type: "image/jpeg",
      headers: { etag: `"f${frame.timeMs}"`, "cache-control": "private, no-cache" },
      body: frame.jpeg,
    };
  },
};

/** One row an hour, oldest first. */
function historyOf(counts: readonly CameraCount[]) {
  const hours = new Map<number, Map<string, number>>();
  for (const { hourMs, name, count } of counts) {
    const hour = hours.get(hourMs) ?? new Map<string, number>();
    hours.set(hourMs, hour.set(name, count));
  }
  return [...hours.entries()]
    .sort(([a], [b]) => a - b)
    .map(([timeMs, count]) => {
      const unread = UNREAD_REASONS.flatMap((reason) => {
        const number = count.get(`unread:${reason}`);
        return number === undefined ? [] : [[reason, number] as const];
      });
      const frames = count.get("frames") ?? 0;
      return {
        timeMs,
        fps: frames === 0 ? null : Math.round((frames * 100_000) / HOUR_MS) / 100,
        lagMs: null,
        frames,
        passages: count.get("passages") ?? 0,
        reconnects: count.get("reconnects") ?? 0,
        unread: Object.fromEntries(unread),
      };
    });
}

/** @throws PlateKitError ADDRESS_REFUSED…; RequestProblem 422 where a stream has no address. */
async function checkUrl({ intake, settings }: ServerContext, kind: StoredCamera["kind"], url: string): Promise<void> {
  if (kind === "upload" && url === "") return;
  if (url === "") throw new RequestProblem(422, "URL_MISSING", "A camera needs an address, or the kind upload.");
  await intake.checkCameraUrl(url, { allowFiles: settings.current().allowFileCameras });
}

function requireSite({ caller }: Pick<Call<Route>, "caller">, siteId: string | null): void {
  if (!seesSite(caller, siteId)) throw new RequestProblem(403, "SITE_NOT_ALLOWED", "You may not add to this site.");
}

async function ownCamera(
  { store }: ServerContext,
  { params, caller }: Pick<Call<typeof cameraRoutes.getCamera>, "params" | "caller">,
): Promise<StoredCamera> {
  const camera = await store.cameras.get(params.id);
  if (camera === null || !seesSite(caller, camera.siteId)) throw notFound("camera");
  return camera;
}
