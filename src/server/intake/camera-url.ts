/** Which addresses a camera may have, and what is given to ffmpeg for it. */
import { PlateKitError } from "../../core/errors.ts";
import { redactUrl } from "../../node/frames-source.ts";
import { type AddressPolicy, checkedAddress, type LookupAll } from "../deliveries/checked-address.ts";

/** What the server's configuration allows for cameras. */
export interface CameraPolicy {
  /** Networks cameras may be in, besides the internet; link-local and metadata addresses are refused even there. */
  readonly networks: readonly string[];
  /** Files, folders and devices of this machine as cameras: for trying out. */
  readonly allowFiles: boolean;
}

/** Cameras are in private networks, nearly all of them; on this machine are relays, and also what must not be asked. */
export const CAMERA_NETWORKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"] as const;
export const CAMERA_POLICY: CameraPolicy = { networks: CAMERA_NETWORKS, allowFiles: false };

const SCHEMES = new Set(["rtsp:", "rtsps:", "rtmp:", "rtmps:", "srt:", "http:", "https:"]);

/** Those whose server need not know by which name it was called, nor prove that it has it. */
const PINNED_SCHEMES = new Set(["rtsp:", "srt:"]);

/** Strict, so that ffmpeg and we cannot understand the same address differently. */
const PLAIN_URL =
  /^[a-z]+:\/\/(?:[^\s/?#\\[\]]*@)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:[/?][^\s\\#]*)?$/;

/** A webcam or capture card; no other file of /dev. */
const VIDEO_DEVICE = /^\/dev\/video\d{1,3}$/;

/**
 * The source to watch for a camera's address, its host looked up and checked. RTSP and SRT get the checked address
 * itself; HTTP and RTMP need the name, so theirs is checked anew before every connection.
 *
 * @throws PlateKitError ADDRESS_REFUSED, ADDRESS_UNKNOWN or OPTION_INVALID.
 */
export async function cameraSource(url: string, policy: CameraPolicy, lookupAll?: LookupAll): Promise<string> {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url)) {
    if (VIDEO_DEVICE.test(url) || policy.allowFiles) return url;
    throw new PlateKitError(
      "ADDRESS_REFUSED",
      "Files of this machine are no cameras here; give an address such as rtsp://camera/1, or allow files in the settings.",
    );
  }
  const shown = redactUrl(url);
  const scheme = url.slice(0, url.indexOf(":") + 1).toLowerCase();
  if (!SCHEMES.has(scheme)) {
    throw new PlateKitError(
      "ADDRESS_REFUSED",
      `${shown}: "${scheme}" is no camera; use rtsp://, rtsps://, rtmp://, srt://, http:// or https://.`,
    );
  }
  const plain = scheme + url.slice(scheme.length);
  if (!PLAIN_URL.test(plain) || !URL.canParse(plain)) {
    throw new PlateKitError(
      "OPTION_INVALID",
      `${shown}: is no plain address; write ${scheme}//user:password@host:port/path and encode other signs as %xx.`,
    );
  }
  const parsed = new URL(plain);
  const addresses: AddressPolicy = { allowPrivate: true, allowLoopback: true, networks: policy.networks };
  const { address, family } = await checkedAddress(parsed.hostname, addresses, lookupAll);
  if (!PINNED_SCHEMES.has(scheme)) return plain;
  const host = family === 6 ? `[${address}]` : address;
  return plain.replace(/^([a-z]+:\/\/(?:[^/?#]*@)?)(?:\[[^\]]*\]|[^:/?#]*)/, (_, before: string) => before + host);
}
