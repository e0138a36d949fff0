/** The ffmpeg on PATH: whether it is there and new enough, and how it is started. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { PlateKitError } from "../core/errors.ts";

const INSTALL_HINT =
  "Install it: `apt-get install ffmpeg` (Debian, Ubuntu), `brew install ffmpeg` (macOS), `winget install ffmpeg` (Windows).";

/**
 * Starts ffmpeg so that it can't outlive this process. Its pipes break with us, which ends it at its next frame; where
 * util-linux's `setpriv` is at hand the kernel also kills it at once, even if its camera is silent.
 */
export function spawnFfmpeg(
  args: readonly string[],
  options: { readonly stdio: ("inherit" | "ignore" | "pipe")[] },
): ChildProcess {
  if (hasParentDeathSignal()) {
    return spawn("setpriv", ["--pdeathsig", "KILL", "--", "ffmpeg", ...args], options);
  }
  return spawn("ffmpeg", [...args], options);
}

let parentDeathSignal: boolean | undefined; // pure memo
function hasParentDeathSignal(): boolean {
  parentDeathSignal ??=
    process.platform === "linux" &&
    spawnSync("setpriv", ["--pdeathsig", "KILL", "--", "true"], { stdio: "ignore" }).status === 0;
  return parentDeathSignal;
}

let isFfmpegFound = false; // pure memo
/** @throws PlateKitError FFMPEG_MISSING when there is no ffmpeg on PATH, or one too old. */
export function requireFfmpeg(): void {
  if (isFfmpegFound) return;
  const found = spawnSync("ffmpeg", ["-hide_banner", "-version"], { encoding: "utf8" });
  if (found.error || found.status !== 0) throw missingFfmpeg(found.error);
  const version = /^ffmpeg version n?(\d+)\.(\d+)/.exec(found.stdout);
  if (version && Number(version[1]) * 100 + Number(version[2]) < 501) {
    throw new PlateKitError(
      "FFMPEG_MISSING",
      `ffmpeg ${version[1]}.${version[2]} is too old, 5.1 or newer is needed. ${INSTALL_HINT}`,
    );
  }
  isFfmpegFound = true;
}

/** What is said when ffmpeg can't be started. */
export function missingFfmpeg(cause: unknown): PlateKitError {
  return new PlateKitError("FFMPEG_MISSING", `Video needs the program ffmpeg, which was not found. ${INSTALL_HINT}`, {
    cause,
  });
}
