/** `platekit doctor`: whether everything that `serve` needs is there and works, each check with what to do about it. */
import { execFile } from "node:child_process";
import { stat, statfs } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { PlateKitError } from "../core/errors.ts";
import { redactUrl } from "../node/frames-source.ts";
import { createReader } from "../node/reader.ts";
import { CAMERA_NETWORKS } from "../server/intake/camera-url.ts";
import { testCamera } from "../server/intake/test-camera.ts";
import { openStore } from "../store/open-store.ts";
import type { Camera, Store } from "../store/types.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";
import { writeText } from "./write-text.ts";

const OPTIONS = {
  data: { type: "text", value: "DIR", help: "the data folder of serve (default platekit-data)" },
  database: { type: "text", value: "URL", help: "postgres://… as given to serve" },
  models: { type: "text", value: "DIR", help: "folder of the models (default: those of this package)" },
  "skip-cameras": { type: "flag", help: "don't connect to the cameras" },
  json: { type: "flag", help: "print the checks as JSON" },
} as const;

export interface Check {
  readonly name: string;
  /** `warning`: it works, but not for long, or not everything. */
  readonly state: "ok" | "warning" | "failed";
  readonly message: string;
}

export const doctorCommand = defineCommand({
  name: "doctor",
  summary: "Check models, ffmpeg, database, disk, clock and cameras.",
  usage: "[options]",
  options: OPTIONS,
  examples: [
    { line: "platekit doctor", does: "check what serve would use here" },
    { line: "platekit doctor --data /var/lib/platekit --json", does: "for another program to read" },
  ],
  async run(words, options, terminal) {
    if (words.length > 0) throw new PlateKitError("OPTION_INVALID", `doctor takes no words, found "${words[0]}".`);
    return doctor(options, terminal);
  },
});

async function doctor(options: OptionValues<typeof OPTIONS>, { stdout }: Terminal): Promise<ExitCode> {
  const folder = resolve(options.data ?? "platekit-data");
  const checks: Check[] = [await checkModels(options.models), await checkFfmpeg()];
  checks.push(...(await checkStored(folder, options.database, options["skip-cameras"] !== true)));
  if (options.json === true) await writeText(stdout, `${JSON.stringify({ checks }, null, 2)}\n`);
  else {
    const width = Math.max(...checks.map(({ name }) => name.length));
    const lines = checks.map(({ name, state, message }) => `${state.padEnd(8)} ${name.padEnd(width)}  ${message}\n`);
    await writeText(stdout, lines.join(""));
  }
  return checks.some(({ state }) => state === "failed") ? 1 : 0;
}

/** Runs a check; what it throws is its failure. */
async function checked(name: string, check: () => Promise<Omit<Check, "name">>): Promise<Check> {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    return { name, state: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

const ok = (message: string): Omit<Check, "name"> => ({ state: "ok", message });
const warning = (message: string): Omit<Check, "name"> => ({ state: "warning", message });

function checkModels(modelsFolder: string | undefined): Promise<Check> {
  return checked("models", async () => {
    const startMs = performance.now();
    await using reader = await createReader(modelsFolder === undefined ? {} : { modelsFolder });
    // Grey pixels hold no plate; that both nets ran is what counts.
    await reader.read({ width: 640, height: 360, data: new Uint8Array(640 * 360 * 3).fill(128) });
    return ok(`loaded and run in ${Math.round(performance.now() - startMs)} ms`);
  });
}

function checkFfmpeg(): Promise<Check> {
  return checked("ffmpeg", async () => {
    try {
      const { stdout } = await promisify(execFile)("ffmpeg", ["-version"], { timeout: 20_000 });
      return ok(stdout.split("\n")[0]!.slice(0, 60)); // split gives one at least
    } catch {
      return { state: "failed", message: "not found on PATH; cameras and videos need it: apt-get install ffmpeg" };
    }
  });
}

/** Database, disk, clock and cameras; of a folder that is not there yet, only that. */
async function checkStored(folder: string, url: string | undefined, withCameras: boolean): Promise<Check[]> {
  const isThere = await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isThere && url === undefined) {
    return [
      { name: "database", ...warning(`${folder} is not there yet; "platekit serve" makes it`) },
      await checkDisk(resolve(folder, "..")),
      checkClock(null),
    ];
  }
  let store: Store;
  try {
    store = await openStore({ directory: folder, url });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ name: "database", state: "failed", message }, await checkDisk(folder), checkClock(null)];
  }
  try {
    const database = await checked("database", async () => {
      const health = await store.health();
      if (health.problem !== null) return { state: "failed", message: health.problem };
      return ok(`${health.database} ${health.databaseVersion}, schema ${health.schemaVersion}, writable`);
    });
    const newest = await store.passages.page({}, { limit: 1 }).then(
      ({ rows }) => rows[0]?.receivedAtMs ?? null,
      () => null,
    );
    const cameras = withCameras ? await checkCameras(store) : [];
    return [database, await checkDisk(folder), checkClock(newest), ...cameras];
  } finally {
    await store.close();
  }
}

/** Below this SQLite's log and a day of pictures may not fit. */
const LOW_BYTES = 2e9;
const NO_BYTES = 200e6;

function checkDisk(folder: string): Promise<Check> {
  return checked("disk", async () => {
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const shown = `${(free / 1e9).toFixed(1)} GB free at ${folder}`;
    if (free < NO_BYTES) return { state: "failed", message: `${shown}; free some, or passages can't be stored` };
    return free < LOW_BYTES ? warning(`${shown}; set a retention, or free some`) : ok(shown);
  });
}

/** No clock can be older than this file. */
const WRITTEN_MS = Date.UTC(2026, 10, 1);

/** @param newestMs when the newest passage was stored. */
function checkClock(newestMs: number | null): Check {
  const now = Date.now();
  const shown = new Date(now).toISOString();
  if (now < WRITTEN_MS)
    return { name: "clock", state: "failed", message: `${shown} lies in the past; set the clock (NTP)` };
  if (newestMs !== null && newestMs > now + 60_000) {
    const message = `${shown} lies before the newest passage (${new Date(newestMs).toISOString()}); it was set back`;
    return { name: "clock", ...warning(message) };
  }
  return { name: "clock", ...ok(shown) };
}

async function checkCameras(store: Store): Promise<Check[]> {
  const allowFiles = (await store.settings.get("allowFileCameras")) === true;
  const cameras = (await store.cameras.list({ kind: "stream" })).filter(({ isEnabled }) => isEnabled);
  const checks: Check[] = [];
  for (const camera of cameras) checks.push(await checkCamera(camera, allowFiles)); // one at a time: each decodes video
  return checks;
}

function checkCamera({ name, url }: Camera, allowFiles: boolean): Promise<Check> {
  return checked(`camera ${name}`, async () => {
    const { ok: works, message, width, height } = await testCamera(url, { networks: CAMERA_NETWORKS, allowFiles }, {});
    return works
      ? ok(`${width}×${height}`)
      : { state: "failed", message: message ?? `${redactUrl(url)} shows nothing` };
  });
}
