/** Opens a camera once and takes a picture: shows whether an address is right before it is kept. */
import { PlateKitError } from "../../core/errors.ts";
import { openFrames } from "../../node/frames.ts";
import type { LookupAll } from "../deliveries/checked-address.ts";
import type { CameraTest } from "../intake-port.ts";
import { type CameraPolicy, cameraSource } from "./camera-url.ts";
import { encodeJpeg } from "./cover-picture.ts";

/** A camera over a bad line needs seconds for its first whole picture. */
const DEFAULT_TIMEOUT_MS = 15_000;
const SNAPSHOT_SIDE = 1280;

/** Never throws for what is the camera's fault, the network's or the address's: says it. */
export async function testCamera(
  url: string,
  policy: CameraPolicy,
  { timeoutMs = DEFAULT_TIMEOUT_MS, lookupAll }: { timeoutMs?: number; lookupAll?: LookupAll | undefined } = {},
): Promise<CameraTest> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const source = await cameraSource(url, policy, lookupAll);
    const frames = await openFrames(source, { attempts: 1, stallMs: timeoutMs, signal });
    for await (const frame of frames) {
      const { width, height } = frame.image;
      return { ok: true, message: null, jpeg: await encodeJpeg(frame.image, SNAPSHOT_SIDE), width, height };
    }
    const message = signal.aborted
      ? `The camera gave no picture within ${timeoutMs / 1000} s; check that it is on and the port is right.`
      : "The address has no pictures.";
    return { ok: false, message, jpeg: null, width: null, height: null };
  } catch (error) {
    if (!(error instanceof PlateKitError)) throw error;
    return { ok: false, message: error.message, jpeg: null, width: null, height: null };
  }
}
