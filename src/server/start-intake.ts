/** Starts what takes passages in; until cameras and deliveries are there, passages are stored and told, no more. */
import type { Logger } from "pino";
import type { Store } from "../store/types.ts";
import type { EventBus } from "./events.ts";
import type { Intake } from "./intake-port.ts";
import type { SettingsCache } from "./settings.ts";

export interface IntakeParts {
  readonly store: Store;
  readonly bus: EventBus;
  readonly settings: SettingsCache;
  readonly modelsFolder: string | undefined;
  readonly log: Logger;
  readonly nowMs: () => number;
}

const UNAVAILABLE = { ok: false, message: "Not available yet.", status: null };

export async function startIntake({ store, bus }: IntakeParts): Promise<Intake> {
  return {
    async accept(passage) {
      const appended = await store.passages.append(passage);
      if (appended.isNew) bus.publish("passage", appended.passage);
      return appended;
    },
    health: () => null,
    latestFrame: () => null,
    cameraChanged: () => {},
    targetsChanged: () => {},
    checkCameraUrl: async () => {},
    checkTargetUrl: async () => {},
    testCamera: async () => ({ ...UNAVAILABLE, jpeg: null, width: null, height: null }),
    testWebhook: async () => UNAVAILABLE,
    testMqtt: async () => UNAVAILABLE,
    isMqttConnected: () => false,
    close: async () => {},
  };
}
