/**
 * Keeps the cameras going: each in a loop that starts with its schedule, begins again after every failure with growing
 * pauses, and tells how it does. One camera's trouble is no other's.
 */
import { PlateKitError } from "../../core/errors.ts";
import type { FrameReader } from "../../node/frame-reader.ts";
import { backoff } from "../../node/frames.ts";
import type { WatchStatus } from "../../node/watch.ts";
import { zoneClock } from "../../sites/zone-clock.ts";
import type { Camera, Site } from "../../store/types.ts";
import type { LookupAll } from "../deliveries/checked-address.ts";
import type { CameraHealth, EventBus, UnreadReason } from "../events.ts";
import type { PassageDraft } from "./accept-passage.ts";
import type { CameraCounts } from "./camera-counts.ts";
import { runCamera } from "./camera-loop.ts";
import { type CameraPolicy, cameraSource } from "./camera-url.ts";
import { isScheduled } from "./week-schedule.ts";

export interface Tile {
  readonly jpeg: Uint8Array;
  readonly timeMs: number;
}

export interface Supervisor {
  /** Brings the loops in line with what is set up: starts, stops, and starts again those that changed. */
  apply(cameras: readonly Camera[], sites: ReadonlyMap<string, Site>): void;
  /** Null for cameras that are not watched here. */
  health(cameraId: string): CameraHealth | null;
  latestFrame(cameraId: string): Tile | null;
  /** Ends all loops; passages under way are told first. */
  stop(limitMs?: number): Promise<void>;
}

export interface SupervisorOptions {
  readonly bus: EventBus;
  readonly counts: CameraCounts;
  readonly onPassage: (draft: PassageDraft) => void;
  readonly onPreview: (draft: PassageDraft) => void;
  /** A camera began to read, or failed. */
  readonly onChange: (camera: Camera, state: "reading" | "failed", message: string | null) => void;
  /** Threads that all cameras share; asked for when the first camera starts. */
  readonly frameReader: () => Promise<FrameReader>;
  readonly policy: () => CameraPolicy;
  readonly timing?: Partial<SupervisorTiming> | undefined;
  readonly lookupAll?: LookupAll | undefined;
}

export interface SupervisorTiming {
  /** First pause after a failure; doubles up to a minute. */
  readonly restartMs: number;
  /** A run this long was well: its end is a first failure again. */
  readonly healthyMs: number;
  /** After a refused password: cameras lock accounts that are tried too often. */
  readonly refusedMs: number;
  readonly scheduleCheckMs: number;
  readonly healthMs: number;
  /** As in FrameOptions: of one run, before the supervisor's own pauses. */
  readonly attempts: number;
}

export const SUPERVISOR_TIMING: SupervisorTiming = {
  ...{ restartMs: 1000, healthyMs: 60_000, refusedMs: 300_000, scheduleCheckMs: 5000, healthMs: 2000, attempts: 10 },
};

const OFF: CameraHealth = {
  ...{ state: "off", message: null, fps: 0, lagMs: null, lastFrameMs: null, lastPassageMs: null, reconnects: 0 },
  ...{ restarts: 0, frames: 0, dropped: 0, passages: 0, unread: {}, frameWidth: null, frameHeight: null },
};

interface Loop {
  readonly camera: Camera;
  readonly isPrivate: boolean;
  readonly timeZone: string;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

export function superviseCameras(options: SupervisorOptions): Supervisor {
  const timing: SupervisorTiming = { ...SUPERVISOR_TIMING, ...options.timing };
  const loops = new Map<string, Loop>();
  /** Outlive a loop that is begun again with other settings. */
  const healths = new Map<string, CameraHealth>();
  const tiles = new Map<string, Tile>();
  const ending = new Set<Promise<void>>();
  let versions = 0;
  let isStopped = false;

  function change(cameraId: string, changed: Partial<CameraHealth>, isTold = false): void {
    const before = healths.get(cameraId) ?? OFF;
    const health = { ...before, ...changed };
    healths.set(cameraId, health);
    if (isTold || health.state !== before.state || health.message !== before.message) {
      options.bus.publish("health", { cameraId, health });
    }
  }

  function start(camera: Camera, isPrivate: boolean, timeZone: string): void {
    const abort = new AbortController();
    const before = loops.get(camera.id)?.done ?? Promise.resolve();
    // The one before must have left the camera: many allow one connection only.
    const done = before
      .then(() => keepGoing(camera, isPrivate, timeZone, abort.signal))
      .catch((error: unknown) => change(camera.id, { state: "failed", message: messageOf(error) }));
    loops.set(camera.id, { camera, isPrivate, timeZone, abort, done });
  }

  async function keepGoing(camera: Camera, isPrivate: boolean, timeZone: string, signal: AbortSignal): Promise<void> {
    const { id } = camera;
    let failures = 0;
    let frameSize: readonly [number, number] | null = null;
    while (!signal.aborted) {
      if (!isScheduled(camera.schedule, Date.now(), zoneClock(timeZone))) {
        change(id, { state: "waiting", message: "Outside its schedule.", fps: 0, lagMs: null });
        await pause(timing.scheduleCheckMs, signal);
        continue;
      }
      change(id, { state: "connecting" });
      const startedMs = performance.now();
      const closing = new AbortController();
      const check = setInterval(() => {
        if (!isScheduled(camera.schedule, Date.now(), zoneClock(timeZone))) closing.abort();
      }, timing.scheduleCheckMs);
      let failure: unknown;
      try {
        const source = await cameraSource(camera.url, options.policy(), options.lookupAll);
        const frameReader = await options.frameReader();
        const end = await runCamera(
          {
            ...{ camera, source, frameReader, isPrivate, frameSize, attempts: timing.attempts },
            signal: AbortSignal.any([signal, closing.signal]),
          },
          sightOf(camera, (width, height) => {
            frameSize = [width, height];
          }),
        );
        if (end === "resized" && !signal.aborted) continue;
      } catch (error) {
        failure = error;
      } finally {
        clearInterval(check);
      }
      if (signal.aborted) break;
      if (closing.signal.aborted) continue;
      if (failure === undefined && isRecording(camera.url)) {
        change(id, { state: "off", message: "The recording is over." });
        return;
      }
      failures = performance.now() - startedMs > timing.healthyMs ? 1 : failures + 1;
      const message = failure === undefined ? "The camera ended its pictures." : messageOf(failure);
      const { restarts } = healths.get(id) ?? OFF;
      change(id, { state: "failed", message, fps: 0, lagMs: null, restarts: restarts + 1 });
      options.counts.add(id, "restarts");
      options.onChange(camera, "failed", message);
      const delayMs = backoff(failures, timing.restartMs);
      await pause(isRefused(failure) ? Math.max(timing.refusedMs, delayMs) : delayMs, signal);
    }
  }

  /** What one run tells, as health, counters and events. */
  function sightOf(camera: Camera, onFrameSize: (width: number, height: number) => void) {
    const { id } = camera;
    let last: WatchStatus | undefined;
    let toldMs = 0;
    return {
      onPassage(draft: PassageDraft) {
        change(id, { lastPassageMs: Date.now(), passages: (healths.get(id) ?? OFF).passages + 1 });
        options.counts.add(id, "passages");
        options.onPassage(draft);
      },
      onPreview: options.onPreview,
      onUnread(reason: UnreadReason) {
        const { unread } = healths.get(id) ?? OFF;
        change(id, { unread: { ...unread, [reason]: (unread[reason] ?? 0) + 1 } });
        options.counts.add(id, `unread:${reason}`);
      },
      onStatus(status: WatchStatus) {
        const before = healths.get(id) ?? OFF;
        const isNew = status.frames > (last?.frames ?? 0);
        const frames = status.frames - (last?.frames ?? 0);
        const reconnects = status.reconnects - (last?.reconnects ?? 0);
        const dropped = status.dropped - (last?.dropped ?? 0);
        last = status;
        options.counts.add(id, "frames", frames);
        options.counts.add(id, "reconnects", reconnects);
        options.counts.add(id, "dropped", dropped);
        const isDue = performance.now() - toldMs >= timing.healthMs;
        if (isDue) toldMs = performance.now();
        if (isNew && before.state !== "reading") options.onChange(camera, "reading", null);
        change(
          id,
          {
            ...{ frames: before.frames + frames, dropped: before.dropped + dropped },
            reconnects: before.reconnects + reconnects,
            // While it is silent its last figures say nothing of it.
            ...(isNew
              ? { state: "reading", message: null, lastFrameMs: Date.now(), fps: status.fps, lagMs: status.lagMs }
              : {}),
          },
          isDue,
        );
      },
      onNotice(message: string) {
        // The next frame says that it reads again.
        change(id, { state: "connecting", message, fps: 0 });
      },
      onFrameSize(frameWidth: number, frameHeight: number) {
        onFrameSize(frameWidth, frameHeight);
        change(id, { frameWidth, frameHeight });
      },
      onTile(tile: Tile) {
        if (!loops.has(id)) return;
        tiles.set(id, tile);
        options.bus.publish("frame", { cameraId: id, timeMs: tile.timeMs, version: ++versions });
      },
    };
  }

  function end(loop: Loop): void {
    loop.abort.abort();
    const leaving = loop.done.finally(() => ending.delete(leaving));
    ending.add(leaving);
  }

  return {
    apply(cameras, sites) {
      if (isStopped) return;
      const wanted = new Map(cameras.filter(({ kind }) => kind === "stream").map((camera) => [camera.id, camera]));
      for (const [id, loop] of loops) {
        const camera = wanted.get(id);
        if (camera?.isEnabled) continue;
        end(loop);
        loops.delete(id);
        tiles.delete(id);
        if (camera === undefined) healths.delete(id);
        else void loop.done.then(() => loops.has(id) || change(id, { ...OFF, unread: healths.get(id)?.unread ?? {} }));
      }
      for (const camera of wanted.values()) {
        if (!camera.isEnabled) {
          if (!healths.has(camera.id)) change(camera.id, OFF);
          continue;
        }
        const site = camera.siteId === null ? undefined : sites.get(camera.siteId);
        const isPrivate = site?.isPrivate ?? false;
        const timeZone = camera.timeZone ?? site?.timeZone ?? "UTC";
        const loop = loops.get(camera.id);
        const isSame =
          loop !== undefined &&
          loop.camera.revision === camera.revision &&
          loop.isPrivate === isPrivate &&
          loop.timeZone === timeZone;
        if (isSame) continue;
        if (loop !== undefined) {
          end(loop);
          tiles.delete(camera.id); // perhaps with plates that now must not be seen
        }
        start(camera, isPrivate, timeZone);
      }
    },
    health: (cameraId) => healths.get(cameraId) ?? null,
    latestFrame: (cameraId) => tiles.get(cameraId) ?? null,
    async stop(limitMs = 5000) {
      isStopped = true;
      for (const loop of loops.values()) end(loop);
      await Promise.race([
        Promise.allSettled([...ending]),
        new Promise((resolve) => setTimeout(resolve, limitMs).unref()),
      ]);
      loops.clear();
    },
  };
}

/** Ends by itself, and is not watched again. */
function isRecording(url: string): boolean {
  return !/^[a-z][a-z0-9+.-]*:/i.test(url) && !url.startsWith("/dev/");
}

function isRefused(error: unknown): boolean {
  return error instanceof PlateKitError && error.code === "STREAM_LOST" && /user name or password/.test(error.message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener("abort", done, { once: true });
  });
}
