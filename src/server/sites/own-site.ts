/** The site that a request is about: seen by its caller, and of the kind that the route is for. */
import type { Site, Store } from "../../store/types.ts";
import { type Caller, seesSite } from "../caller.ts";
import type { ServerContext } from "../context.ts";
import { notFound, RequestProblem } from "../problem.ts";

/** @throws RequestProblem 404 also for sites that the caller may not see. */
export async function anySite(
  { sites }: Pick<Store, "sites">,
  { params, caller }: { readonly params: { readonly id: string }; readonly caller: Caller },
): Promise<Site> {
  const site = await sites.get(params.id);
  if (site === null || !seesSite(caller, site.id)) throw notFound("site");
  return site;
}

/** @throws RequestProblem 404 also for sites that the caller may not see, 409 for one of another kind. */
export async function ownSite(
  { store }: Pick<ServerContext, "store">,
  call: { readonly params: { readonly id: string }; readonly caller: Caller },
  kind: Site["kind"],
): Promise<Site> {
  const site = await anySite(store, call);
  if (site.kind !== kind) {
    throw new RequestProblem(
      409,
      "SITE_KIND",
      `This site is of the kind "${site.kind}", not "${kind}". Change its kind first.`,
    );
  }
  return site;
}

/**
 * Makes cameras the site's own, so that their passages come to its rules.
 *
 * @throws RequestProblem 422 for a camera that is not there, or that belongs to another site.
 */
export async function claimCameras(
  { store, intake }: ServerContext,
  site: Site,
  cameraIds: readonly string[],
): Promise<void> {
  const cameras = new Map((await store.cameras.list()).map((camera) => [camera.id, camera]));
  for (const id of new Set(cameraIds)) {
    const camera = cameras.get(id);
    if (camera === undefined)
      throw new RequestProblem(422, "REFERENCE_UNKNOWN", `There is no camera ${id}; add it first.`);
    if (camera.siteId !== null && camera.siteId !== site.id) {
      throw new RequestProblem(
        422,
        "CAMERA_TAKEN",
        `Camera "${camera.name}" belongs to another site; free it there first.`,
      );
    }
  }
  for (const id of new Set(cameraIds)) {
    if (cameras.get(id)?.siteId !== null) continue;
    await store.cameras.update(id, { siteId: site.id });
    intake.cameraChanged(id);
  }
}

/** Keeps a part of a site's set-up. The rules are made anew with it. */
export async function saveSettings(
  { store, intake }: ServerContext,
  site: Site,
  part: Readonly<Record<string, unknown>>,
  ifRevision: number | undefined,
): Promise<Site> {
  const saved = await store.sites.update(
    site.id,
    { settings: { ...site.settings, ...part } },
    ifRevision ?? site.revision,
  );
  if (saved === null) throw notFound("site");
  intake.targetsChanged();
  return saved;
}
