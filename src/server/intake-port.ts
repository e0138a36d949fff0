/** What the server needs of cameras, incoming passages and deliveries. */
import type { NewPassage, StoredPassage } from "../store/types.ts";
import type { CameraHealth } from "./events.ts";

export interface CameraTest {
  readonly ok: boolean;
  readonly message: string | null;
  readonly jpeg: Uint8Array | null;
  readonly width: number | null;
  readonly height: number | null;
}

export interface TargetTest {
  readonly ok: boolean;
  readonly status: number | null;
  readonly message: string | null;
}

export interface Intake {
  /** Matches lists, judges rules, stores passage, alerts and deliveries in one transaction, then tells the bus. */
  accept(
    passage: Pick<NewPassage, "passage" | "cameraId" | "siteId">,
  ): Promise<{ readonly isNew: boolean; readonly passage: StoredPassage }>;
  health(cameraId: string): CameraHealth | null;
  latestFrame(cameraId: string): { readonly jpeg: Uint8Array; readonly timeMs: number } | null;
  /** Its settings changed, or it is gone. */
  cameraChanged(cameraId: string): void;
  /** A webhook or broker changed, or is gone. */
  targetsChanged(): void;
  /** @throws PlateKitError ADDRESS_REFUSED, ADDRESS_UNKNOWN or OPTION_INVALID. */
  checkCameraUrl(url: string, options: { readonly allowFiles: boolean }): Promise<void>;
  /** @throws PlateKitError ADDRESS_REFUSED or ADDRESS_UNKNOWN. */
  checkTargetUrl(url: string, options: { readonly allowPrivate: boolean }): Promise<void>;
  testCamera(url: string): Promise<CameraTest>;
  testWebhook(id: string): Promise<TargetTest>;
  testMqtt(id: string): Promise<TargetTest>;
  isMqttConnected(id: string): boolean;
  close(): Promise<void>;
}
