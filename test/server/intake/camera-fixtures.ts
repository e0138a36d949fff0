/** A store with an intake that reads with the stand-in nets, and cameras for it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { type AddressInfo, createServer } from "node:net";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { createEventBus, type EventBus } from "../../../src/server/events.ts";
import { createIntake, type IntakeOptions, type RunningIntake } from "../../../src/server/intake/create-intake.ts";
import { openStore } from "../../../src/store/open-store.ts";
import type { Camera, New, Store } from "../../../src/store/types.ts";
import { writeStandInModels } from "../../node/stand-in-models.ts";
import { temporaryFolder } from "../../node/temporary-folder.ts";

export interface CameraBench {
  readonly store: Store;
  readonly bus: EventBus;
  readonly intake: RunningIntake;
  path(name: string): string;
}

export async function openCameraBench(options: Partial<IntakeOptions> = {}): Promise<CameraBench> {
  const folder = await temporaryFolder();
  await writeStandInModels(folder.path("models"));
  const store = await openStore({ directory: folder.path("data") });
  const bus = createEventBus();
  const intake = await createIntake({
    ...{ store, bus, modelsFolder: folder.path("models"), workers: 1, cameraNetworks: ["127.0.0.0/8"] },
    settings: { current: () => ({ allowFileCameras: true }) },
    ...options,
  });
  after(async () => {
    await intake.close();
    await store.close();
    await folder[Symbol.asyncDispose]();
  });
  return { store, bus, intake, path: (name) => folder.path(name) };
}

export function cameraAt(url: string, fields: Partial<Camera> = {}): New<Camera> {
  return {
    ...{ name: `Camera ${url}`.slice(0, 60), siteId: null, kind: "stream", url, isEnabled: true, role: null },
    ...{ schedule: null, timeZone: null, roi: null, line: null, frameSize: null, regions: [], minPlateHeightPx: null },
    ...{ fps: null, settings: { motion: false }, retentionDays: null, retentionBytes: null, ...fields },
  };
}

const SCRIPT = fileURLToPath(new URL("../../node/rtsp-server.py", import.meta.url));
const PROBE =
  "import gi; gi.require_version('Gst','1.0'); gi.require_version('GstRtspServer','1.0'); " +
  "from gi.repository import Gst, GstRtspServer; Gst.init(None); " +
  "raise SystemExit(0 if Gst.ElementFactory.find('compositor') and Gst.ElementFactory.find('rtpjpegpay') else 1)";
const python = ["/usr/bin/python3", "python3"].find((name) => spawnSync(name, ["-c", PROBE]).status === 0);
export const skipRtsp = python
  ? false
  : "NOT TESTED: no RTSP server here; apt-get install gstreamer1.0-rtsp gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good";
if (skipRtsp) console.warn(skipRtsp);

/** A camera with a plate before it that never moves. */
export async function startRtspServer(port: number, ...credentials: string[]): Promise<ChildProcess> {
  const server = spawn(python!, [SCRIPT, String(port), ...credentials], { stdio: ["ignore", "pipe", "ignore"] }); // tests skip without
  after(() => server.kill("SIGKILL"));
  await new Promise((resolve) => server.stdout.once("data", resolve));
  return server;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
