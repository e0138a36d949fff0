/** Cameras, incoming passages and deliveries put together: what the server starts and stops. */
import { availableParallelism } from "node:os";
import { createFrameReader, type FrameReader } from "../../node/frame-reader.ts";
import { createId } from "../../store/ids.ts";
import type { Appended, Camera, Store, StoredPassage } from "../../store/types.ts";
import { checkedAddress, type LookupAll } from "../deliveries/checked-address.ts";
import { type Deliverer, type DelivererOptions, startDeliveries } from "../deliveries/deliver.ts";
import { cameraDeliveries } from "../deliveries/message.ts";
import type { Outcome } from "../deliveries/webhook.ts";
import type { EventBus, Notification } from "../events.ts";
import type { Intake } from "../intake-port.ts";
import { createAcceptPassage, type PassageDraft } from "./accept-passage.ts";
import { createCameraCounts } from "./camera-counts.ts";
import { CAMERA_NETWORKS, type CameraPolicy, cameraSource } from "./camera-url.ts";
import { createSetupCache } from "./known-setup.ts";
import { createSpool } from "./spool.ts";
import { type SupervisorTiming, superviseCameras } from "./supervise.ts";
import { testCamera } from "./test-camera.ts";

export interface IntakeOptions {
  readonly store: Store;
  readonly bus: EventBus;
  /** The server's settings, as far as they matter here; asked for whenever they do. */
  readonly settings?: { current(): { readonly allowFileCameras: boolean } } | undefined;
  /** Networks cameras may be in, as `10.0.0.0/8`. Default: the private ones, without this machine. */
  readonly cameraNetworks?: readonly string[] | undefined;
  readonly modelsFolder?: string | undefined;
  /** Threads that read for all cameras together. Default: the cores but one, at most 4. */
  readonly workers?: number | undefined;
  readonly log?: IntakeLog | undefined;
  readonly nowMs?: (() => number) | undefined;
  /** The rules of sites. */
  readonly sites?: SiteHooks | undefined;
  /** For tests. */
  readonly timing?: Partial<SupervisorTiming> | undefined;
  readonly deliveries?: Partial<Omit<DelivererOptions, "store">> | undefined;
  readonly lookupAll?: LookupAll | undefined;
}

/** What is told of passages on their way. */
export interface SiteHooks {
  /** A vehicle in sight, under the id of the passage to come, perhaps several times. Private sites too. */
  onPreview(draft: PassageDraft): void;
  onStored(passage: StoredPassage): void;
}

/** The part of a pino logger that is used. Messages name no plate. */
export interface IntakeLog {
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

/** Cameras are looked up this often, for changes made by another server on the same database. */
const APPLY_MS = 5000;

/** What the port names, and the deliverer for pages that show how targets do. */
export interface RunningIntake extends Intake {
  accept(draft: PassageDraft): Promise<Appended>;
  readonly deliverer: Deliverer;
  /** Cameras' passages that wait for the store, and those given up. */
  waiting(): { readonly waiting: number; readonly lost: number };
}

/** Starts the cameras that are on and the deliveries that wait. */
export async function createIntake(options: IntakeOptions): Promise<RunningIntake> {
  const { store, bus, log, nowMs = Date.now, lookupAll } = options;
  const setup = createSetupCache(store, nowMs);
  const counts = createCameraCounts(store, nowMs);
  const deliverer = startDeliveries({
    onNotice: (text) => log?.warn({}, text),
    ...options.deliveries,
    store,
  });
  const accept = createAcceptPassage({
    ...{ store, setup, bus },
    wakeDeliveries: () => deliverer.wake(),
    onSeen: options.sites?.onPreview,
    onStored: options.sites?.onStored,
    nowMs,
  });
  const spool = createSpool({ accept, onTrouble: ({ level, text }) => notify(level, text, null) });
  let reader: Promise<FrameReader> | undefined;
  let isClosed = false;

  function notify(level: Notification["level"], text: string, cameraId: string | null): void {
    bus.publish("notification", { id: createId(), level, text, timeMs: nowMs(), cameraId });
    if (level === "message") log?.info({ cameraId }, text);
    else log?.warn({ cameraId }, text);
  }

  function policy(allowFiles = options.settings?.current().allowFileCameras ?? false): CameraPolicy {
    return { networks: options.cameraNetworks ?? CAMERA_NETWORKS, allowFiles };
  }

  function frameReader(): Promise<FrameReader> {
    const workers = options.workers ?? Math.max(1, Math.min(4, availableParallelism() - 1));
    const { modelsFolder } = options;
    reader ??= createFrameReader({ workers, ...(modelsFolder === undefined ? {} : { modelsFolder }) });
    // A model that is mended may be tried again.
    reader.catch(() => {
      reader = undefined;
    });
    return reader;
  }

  /** Shown only, never kept: nothing of a plate that its site hides. */
  async function preview({ passage, cameraId, siteId = null }: PassageDraft): Promise<void> {
    const { matcher, sites } = await setup.current();
    const listHits = matcher.match(passage, passage.firstTimeMs, siteId).map(({ hit }) => hit);
    if (siteId !== null && sites.get(siteId)?.isPrivate === true && listHits.length === 0) return;
    const told: StoredPassage = {
      ...{ ...passage, cameraId, siteId, plate: passage.text, pictures: { crop: null, frame: null }, listHits },
      ...{ correctedText: null, hold: false, receivedAtMs: nowMs(), isHashed: false },
    };
    bus.publish("preview", told);
  }

  async function tellChange(camera: Camera, state: "reading" | "failed", message: string | null): Promise<void> {
    if (state === "failed") notify("warning", `Camera "${camera.name}": ${message}`, camera.id);
    const { targets } = await setup.current();
    const deliveries = cameraDeliveries(camera, { state, message, timeMs: nowMs() }, targets, createId);
    if (deliveries.length === 0) return;
    await store.deliveries.enqueue(deliveries);
    deliverer.wake();
  }

  const quietly = (work: Promise<unknown>): void => {
    void work.catch((error: unknown) => log?.warn({}, error instanceof Error ? error.message : String(error)));
  };

  const supervisor = superviseCameras({
    ...{ bus, counts, frameReader, policy, timing: options.timing, lookupAll },
    onPassage: (draft) => spool.put(draft),
    onPreview(draft) {
      options.sites?.onPreview(draft);
      quietly(preview(draft));
    },
    onChange: (camera, state, message) => quietly(tellChange(camera, state, message)),
  });

  async function apply(): Promise<void> {
    const { cameras, sites } = await setup.current();
    if (!isClosed) supervisor.apply([...cameras.values()], sites);
  }

  function changed(): void {
    setup.forget();
    deliverer.reload();
    quietly(apply());
  }

  await apply();
  const timer = setInterval(() => quietly(apply()), APPLY_MS);
  timer.unref();

  return {
    deliverer,
    async accept(draft) {
      const appended = await accept(draft);
      if (appended.isNew) counts.add(draft.cameraId, "passages");
      return appended;
    },
    health: supervisor.health,
    latestFrame: supervisor.latestFrame,
    cameraChanged: changed,
    targetsChanged: changed,
    async checkCameraUrl(url, { allowFiles }) {
      await cameraSource(url, policy(allowFiles), lookupAll);
    },
    async checkTargetUrl(url, { allowPrivate }) {
      const { hostname } = new URL(url);
      await checkedAddress(hostname, { allowPrivate, allowLoopback: allowPrivate }, lookupAll);
    },
    testCamera: (url) => testCamera(url, policy(), { lookupAll }),
    testWebhook: async (id) => toTest(await deliverer.sendTest("webhook", id)),
    testMqtt: async (id) => toTest(await deliverer.sendTest("mqtt", id)),
    isMqttConnected: (id) => deliverer.mqttStatus(id).isConnected,
    waiting: () => ({ waiting: spool.waiting, lost: spool.lost }),
    async close() {
      isClosed = true;
      clearInterval(timer);
      // Cameras first: their last passages are still stored, counted and sent.
      await supervisor.stop(4000);
      await spool.drain(3000);
      await Promise.all([deliverer.stop(2000), counts.stop()]);
      const open = await reader?.catch(() => undefined);
      await open?.close();
    },
  };
}

function toTest(outcome: Outcome | null): { ok: boolean; status: number | null; message: string | null } {
  if (outcome === null) return { ok: false, status: null, message: "There is no such target." };
  return { ok: outcome.isOk, status: outcome.status, message: outcome.isOk ? null : outcome.error };
}
