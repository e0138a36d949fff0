/** Cameras between the store and the wire. Passwords in addresses go in, never out. */
import type { z } from "zod";
import { redactUrl } from "../node/frames-source.ts";
import type { Patch, Camera as StoredCamera } from "../store/types.ts";
import type { CameraHealth } from "./events.ts";
import type { Camera, CameraHealthOnWire, createCameraBody } from "./schemas/cameras.ts";

type AllFields = z.output<typeof createCameraBody>;
type CameraFields = { readonly [Name in keyof AllFields]?: AllFields[Name] | undefined };

/** Fields of the wire that the store keeps among a camera's settings, with what holds when they are not there. */
const SETTINGS = { motion: true, minConfidence: 0.5, regionStrict: false, keepFrames: true } as const;

/** Stands in an address for the password that is kept. */
const HIDDEN = "***";

export function cameraOnWire(camera: StoredCamera, health: CameraHealth | null): Camera {
  const { id, kind, name, siteId, role, timeZone, fps, minPlateHeightPx, retentionDays, retentionBytes } = camera;
  const setting = <Name extends keyof typeof SETTINGS>(key: Name): (typeof SETTINGS)[Name] => {
    const value = camera.settings[key];
    // Written by cameraPatch, or by an older version: only what still fits is shown.
    return (typeof value === typeof SETTINGS[key] ? value : SETTINGS[key]) as (typeof SETTINGS)[Name];
  };
  return {
    ...{ id, kind, name, siteId, role, timeZone, fps, minPlateHeightPx, retentionDays, retentionBytes },
    url: redactUrl(camera.url),
    enabled: camera.isEnabled,
    regions: [...camera.regions],
    regionStrict: setting("regionStrict"),
    motion: setting("motion"),
    minConfidence: setting("minConfidence"),
    keepFrames: setting("keepFrames"),
    roi: camera.roi === null ? null : camera.roi.map(([x, y]) => [x, y]),
    line: camera.line === null ? null : { from: [...camera.line.from], to: [...camera.line.to] },
    schedule:
      camera.schedule === null
        ? null
        : camera.schedule.map(({ days, fromMinute, toMinute }) => ({ days: [...days], fromMinute, toMinute })),
    frameSize: camera.frameSize === null ? null : [...camera.frameSize],
    createdMs: camera.createdAtMs,
    updatedMs: camera.updatedAtMs,
    health: health === null ? null : healthOnWire(health),
  };
}

export function healthOnWire(health: CameraHealth): CameraHealthOnWire {
  return { ...health, unread: { ...health.unread } };
}

/** What a change of these fields means for the store. @param settings as they are. */
export function cameraPatch(fields: CameraFields, settings: StoredCamera["settings"]): Patch<StoredCamera> {
  const { enabled, motion, minConfidence, regionStrict, keepFrames, ...rest } = fields;
  const changed = Object.entries({ motion, minConfidence, regionStrict, keepFrames }).filter(
    ([, value]) => value !== undefined,
  );
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...given,
    ...(enabled === undefined ? {} : { isEnabled: enabled }),
    ...(changed.length === 0 ? {} : { settings: { ...settings, ...Object.fromEntries(changed) } }),
  };
}

/** An address as it was shown, with the password that was hidden in it. */
export function withKeptPassword(url: string, kept: string): string {
  if (!url.includes(HIDDEN)) return url;
  return redactUrl(kept) === url ? kept : withPassword(url, kept);
}

/** The password of another address in place of the stars: only for the same host, or it could be had sent elsewhere. */
function withPassword(url: string, kept: string): string {
  try {
    const [target, source] = [new URL(url), new URL(kept)];
    if (target.host !== source.host || decodeURIComponent(target.password) !== HIDDEN) return url;
    target.password = source.password;
    return target.href;
  } catch {
    return url; // no URL: a file, or what checking refuses
  }
}
