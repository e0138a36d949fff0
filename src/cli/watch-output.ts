/** What `platekit watch` prints and writes for a passage. */
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { PlateKitError } from "../core/errors.ts";
import type { Image } from "../core/image.ts";
import type { Passage } from "../core/passage.ts";
import { printableName } from "../node/printable-name.ts";
import { onWire, type WatchedPassage, type WatchStatus } from "../node/watch.ts";
import { syncFolder } from "../store/picture-files.ts";

/** A passage as `--json` prints it and `--events` keeps it: with the names of its pictures, where they were saved. */
export interface PassageRecord extends Passage {
  readonly source: string;
  readonly cropFile?: string;
  readonly frameFile?: string;
}

/** Confidences to four decimals, pixels to one, times to the millisecond: more would be noise. */
export function passageRecord(watched: WatchedPassage, source: string, files: SavedPictures = {}): PassageRecord {
  const passage = onWire(watched);
  const rounded = (list: Passage["candidates"]) =>
    list.map(({ text, confidence }) => ({ text, confidence: share(confidence) }));
  const [x, y, width, height] = passage.best.box;
  return {
    ...passage,
    source,
    confidence: share(passage.confidence),
    regionConfidence: passage.regionConfidence === null ? null : share(passage.regionConfidence),
    characters: rounded(passage.characters),
    candidates: rounded(passage.candidates),
    firstTimeMs: Math.round(passage.firstTimeMs),
    lastTimeMs: Math.round(passage.lastTimeMs),
    path: passage.path.map(([timeMs, px, py]) => [Math.round(timeMs), tenths(px), tenths(py)]),
    best: {
      timeMs: Math.round(passage.best.timeMs),
      box: [tenths(x), tenths(y), tenths(width), tenths(height)],
      corners: passage.best.corners.map((corner) => corner.map(tenths)) as unknown as Passage["best"]["corners"], // four in, four out
      detectionConfidence: share(passage.best.detectionConfidence),
    },
    ...files,
  };
}

/** One line for people. */
export function passageLine({
  display,
  text,
  confidence,
  region,
  direction,
  frames,
  firstTimeMs,
  doubt,
  preview,
}: PassageRecord): string {
  const words = [
    timeText(firstTimeMs),
    (text === "" ? "?" : (display ?? text)).padEnd(12),
    (region ?? "-").padEnd(5),
    `${(confidence * 100).toFixed(0)} %`.padStart(5),
    (direction ?? "").padEnd(3),
    `${frames} frames`,
    doubt === null ? "" : `(${doubt})`,
    preview ? "preview" : "",
  ];
  return `${words.filter((word) => word !== "").join("  ")}\n`;
}

/** A moment: of the clip as 0:01:02.3, of the world as 2026-11-30 08:15:02 in this machine's time zone. */
export function timeText(timeMs: number): string {
  if (timeMs < YEAR_MS) {
    const seconds = timeMs / 1000;
    const whole = Math.floor(seconds / 60);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
  }
  const date = new Date(timeMs);
  const two = (value: number): string => String(value).padStart(2, "0");
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  );
}

/** A clip is shorter than this, and any date that is meant is later. */
const YEAR_MS = 365 * 86_400_000;

/** The line at the bottom of a terminal. */
export function statusLine(status: WatchStatus): string {
  const { fps, lagMs, tracks, passages, dropped, still, reconnects, timeMs, durationMs } = status;
  const parts = [
    `${fps.toFixed(1)} fps`,
    lagMs === null
      ? timeText(timeMs) + (durationMs === null ? "" : ` of ${timeText(durationMs)}`)
      : `lag ${(lagMs / 1000).toFixed(1)} s`,
    `${tracks} in sight`,
    `${passages} passages`,
    still > 0 ? `${still} still` : "",
    dropped > 0 ? `${dropped} dropped` : "",
    reconnects > 0 ? `${reconnects} reconnections` : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

export interface EventLog {
  /** Resolves when the line is on the disk. @throws PlateKitError OUTPUT_UNWRITABLE. */
  append(record: PassageRecord): Promise<void>;
  close(): Promise<void>;
}

/** A file of one JSON line an event, only ever added to. A line half written by an earlier end is closed off first. */
export async function openEventLog(path: string): Promise<EventLog> {
  const file = await open(path, "a+").catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  const { size } = await file.stat();
  // A new file's name is to outlive a power cut too; where a file system can't promise that, its lines still count.
  if (size === 0) await syncFolder(dirname(path)).catch(() => {});
  const last = new Uint8Array(1);
  if (size > 0) await file.read(last, 0, 1, size - 1);
  let isTorn = size > 0 && last[0] !== 0x0a;
  return {
    async append(record) {
      try {
        await file.appendFile(`${isTorn ? "\n" : ""}${JSON.stringify(record)}\n`);
        isTorn = false;
        await file.datasync();
      } catch (cause) {
        isTorn = true; // some of it may have been written
        throw unwritable(path, cause);
      }
    },
    close: () => file.close(),
  };
}

export interface SavedPictures {
  readonly cropFile?: string;
  readonly frameFile?: string;
}

/** Writes the pictures of a passage, the crop first: where room ends it alone may be there. @throws PlateKitError OUTPUT_UNWRITABLE. */
export async function savePictures(folder: string, passage: WatchedPassage): Promise<SavedPictures> {
  const at = new Date(passage.firstTimeMs).toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 19);
  const stem = `${at}-${passage.text.replace(/[^\p{L}\p{N}]/gu, "")}-${passage.id}`;
  try {
    await mkdir(folder, { recursive: true });
    const crop = passage.crop && (await saveJpeg(passage.crop, join(folder, `${stem}-crop.jpg`)));
    const frame = passage.frame && (await saveJpeg(passage.frame, join(folder, `${stem}-frame.jpg`)));
    return { ...(crop === null ? {} : { cropFile: crop }), ...(frame === null ? {} : { frameFile: frame }) };
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/** Under its name only once it is whole: a full disk leaves no half picture. */
async function saveJpeg({ width, height, data }: Image, path: string): Promise<string> {
  const own = data.buffer instanceof SharedArrayBuffer ? data.slice() : data;
  const jpeg = await sharp(own, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer();
  const partial = `${path}.part`;
  try {
    await writeFile(partial, jpeg);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw cause;
  }
  return path;
}

function unwritable(path: string, cause: unknown): PlateKitError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  return new PlateKitError(
    "OUTPUT_UNWRITABLE",
    `${printableName(path)}: cannot be written (${code}); make room or choose another place.`,
    { cause },
  );
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function share(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
