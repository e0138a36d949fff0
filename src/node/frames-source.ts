/** What a word such as `rtsp://cam/1`, `clip.mp4`, `-` or `frames/` names, and how ffmpeg is told to open it. */
import { stat } from "node:fs/promises";
import { PlateKitError } from "../core/errors.ts";
import { printableName } from "./printable-name.ts";

export interface FrameSourceKind {
  readonly kind: "file" | "stream" | "device" | "stdin" | "folder";
  /** Frames come as they happen: the newest counts, and a loss is worth a new try. Undefined: ffmpeg's reply tells. */
  readonly isLive: boolean | undefined;
  /** Fit to be shown: no password, no control characters. */
  readonly name: string;
  /** Hide these in anything ffmpeg says. */
  readonly secrets: readonly string[];
  /** Arguments before and with `-i`. */
  readonly inputArguments: readonly string[];
}

const LIVE_PROTOCOLS = new Set(["rtsp:", "rtsps:", "rtmp:", "rtmps:", "rtp:", "udp:", "srt:", "tcp:", "mms:"]);
const SECRET_KEYS = /pass|pwd|token|secret|key|auth|sig|user|login/i;

/**
 * @param ioTimeoutMs how long ffmpeg itself waits for a network that is silent.
 * @throws PlateKitError FILE_NOT_FOUND, FILE_UNREADABLE, or OPTION_INVALID for a protocol that is no video source.
 */
export async function describeSource(source: string, ioTimeoutMs: number): Promise<FrameSourceKind> {
  if (source === "-") {
    return {
      ...{ kind: "stdin", isLive: false, name: "standard input", secrets: [] },
      inputArguments: ["-i", "pipe:0"],
    };
  }
  const url = sourceUrl(source);
  if (url !== undefined) return describeUrl(url, source, ioTimeoutMs);
  const name = printableName(source);
  const found = await stat(source).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") {
      throw new PlateKitError("FILE_NOT_FOUND", `${name}: no such file, folder or device; check the path.`, { cause });
    }
    throw new PlateKitError("FILE_UNREADABLE", `${name}: cannot be opened (${cause.code}).`, { cause });
  });
  if (found.isDirectory()) return { kind: "folder", isLive: false, name, secrets: [], inputArguments: [] };
  if (found.isCharacterDevice()) {
    // A capture card or webcam; `-f` since ffmpeg would take the device for a file of unknown format.
    return { kind: "device", isLive: true, name, secrets: [], inputArguments: ["-f", "v4l2", "-i", source] };
  }
  if (found.isFile() && found.size === 0) {
    throw new PlateKitError("VIDEO_UNREADABLE", `${name}: is empty (0 bytes); check how it was copied.`);
  }
  // `file:` keeps a name with a colon from being taken for a protocol.
  return { kind: "file", isLive: false, name, secrets: [], inputArguments: ["-i", `file:${source}`] };
}

function describeUrl(url: URL, source: string, ioTimeoutMs: number): FrameSourceKind {
  const timeoutUs = String(Math.round(ioTimeoutMs * 1000));
  const common = { kind: "stream", name: redactUrl(source), secrets: secretsOf(url) } as const;
  switch (url.protocol) {
    case "rtsp:":
    case "rtsps:":
      // TCP: over UDP a lost packet smears the plate; behind NAT it brings nothing.
      return {
        ...common,
        isLive: true,
        inputArguments: ["-rtsp_transport", "tcp", "-timeout", timeoutUs, "-fflags", "nobuffer", "-i", source],
      };
    case "http:":
    case "https:":
      return { ...common, isLive: undefined, inputArguments: ["-rw_timeout", timeoutUs, "-i", source] };
    default:
      if (!LIVE_PROTOCOLS.has(url.protocol)) {
        throw new PlateKitError(
          "OPTION_INVALID",
          `${common.name}: "${url.protocol}//" is no video source; use a file, a folder, rtsp://, http(s):// or a device.`,
        );
      }
      return { ...common, isLive: true, inputArguments: ["-rw_timeout", timeoutUs, "-i", source] };
  }
}

function sourceUrl(source: string): URL | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return undefined;
  try {
    return new URL(source);
  } catch {
    throw new PlateKitError(
      "OPTION_INVALID",
      `${redactUrl(source)}: is no valid address; check host, port and spelling.`,
    );
  }
}

/** An address without its password and other secrets, for messages and logs. Works on malformed ones too. */
export function redactUrl(address: string): string {
  return printableName(
    address
      // The last @ before the path ends the credentials: passwords hold @ themselves, cameras accept that.
      .replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i, (_, scheme: string, credentials: string) => {
        const user = credentials.split(":")[0];
        return credentials.includes(":") ? `${scheme}${user}:***@` : `${scheme}***@`;
      })
      .replace(/([?&]([^=&#]*)=)[^&#]*/g, (pair, key: string, name: string) =>
        SECRET_KEYS.test(name) ? `${key}***` : pair,
      ),
  );
}

/** A text of ffmpeg's without any secret of the source. */
export function redactText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, "***"), text);
}

function secretsOf(url: URL): string[] {
  const queried = [...url.searchParams].filter(([key]) => SECRET_KEYS.test(key)).map(([, value]) => value);
  const all = [url.password, ...(url.password === "" ? [url.username] : []), ...queried].filter(
    (value) => value !== "",
  );
  // As typed, decoded and encoded: ffmpeg prints now one, now the other. Longest first, so that none leaves a rest.
  return [...new Set(all.flatMap((value) => [value, decoded(value), encodeURIComponent(decoded(value))]))].sort(
    (a, b) => b.length - a.length,
  );
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
