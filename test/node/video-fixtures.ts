/** Tiny clips made by ffmpeg at test time, and servers that stream them well or badly. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

/** A folder that goes away with the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "platekit-video-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function ffmpeg(...args: string[]): void {
  execFileSync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-nostdin", "-y", ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  });
}

/** `-c:v` of every test clip: built into ffmpeg itself. */
export const CODEC = ["-c:v", "mpeg4", "-q:v", "3", "-pix_fmt", "yuv420p"];

/** A clip of moving test bars; returns its path. */
export function makeClip(
  path: string,
  { size = "160x120", fps = 10, frames = 10, extra = [] as string[] } = {},
): string {
  ffmpeg(
    "-f",
    "lavfi",
    "-i",
    `testsrc=size=${size}:rate=${fps}`,
    "-frames:v",
    String(frames),
    ...CODEC,
    ...extra,
    path,
  );
  return path;
}

/**
 * A clip of a road over which magenta plates drive that the stand-in detector finds: 160 x 40 of 320 pixels.
 *
 * @param filter draws on `[0:v]`, a grey 320 x 240 picture.
 */
export function makePlateClip(
  path: string,
  filter: string,
  { fps = 10, seconds = 2, extra = [] as string[] } = {},
): string {
  ffmpeg(
    ...["-f", "lavfi", "-i", `color=c=0x606060:size=320x240:rate=${fps}:duration=${seconds}`],
    ...["-vf", filter, ...CODEC, "-q:v", "1", ...extra, path],
  );
  return path;
}

/** ffmpeg processes that `pid` started and that still run. */
export function ffmpegChildren(pid: number = process.pid): number[] {
  const found = spawnSync("pgrep", ["-P", String(pid), "-x", "ffmpeg"], { encoding: "utf8" });
  return found.stdout.split("\n").filter(Boolean).map(Number);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function until(condition: () => boolean, limitMs = 8000): Promise<boolean> {
  const endMs = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > endMs) return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return true;
}

/** A server on a free port of this machine; `address` has no trailing slash. */
export async function serveHttp(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ address: string; server: Server; close(): void }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  after(close);
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, close };
}
