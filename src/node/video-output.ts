/** Writes frames to a video file with their own times, and the sound of another file beside them. */
import { spawnSync } from "node:child_process";
import { rename, rm } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { PlateKitError } from "../core/errors.ts";
import type { Image } from "../core/image.ts";
import { requireFfmpeg, spawnFfmpeg } from "./ffmpeg-program.ts";
import { matroskaFrameHeader, matroskaHeader } from "./matroska.ts";
import { printableName } from "./printable-name.ts";

export interface VideoWriter {
  /**
   * Resolves when ffmpeg has taken the frame; the memory may then be used again. Times must not run backwards.
   *
   * @throws PlateKitError OUTPUT_UNWRITABLE.
   */
  write(image: Image, timeMs: number): Promise<void>;
  /** Completes the file and puts it in its place. @throws PlateKitError OUTPUT_UNWRITABLE. */
  close(): Promise<void>;
  /** Ends without leaving a file. */
  discard(): Promise<void>;
}

export interface VideoWriterOptions {
  /** Take the sound of this file, unchanged where the container allows it. */
  readonly soundOf?: string;
}

const H264_ENDINGS = new Set([".mp4", ".m4v", ".mov", ".mkv"]);
/** Containers that take the sound of any other as it is. */
const ANY_SOUND_ENDINGS = new Set([".mkv", ".mov"]);

/** All frames of one size: the first fixes it, others are refused. */
export function createVideoWriter(path: string, { soundOf }: VideoWriterOptions = {}): VideoWriter {
  requireFfmpeg();
  // Beside its place, under the same ending, since ffmpeg goes by that; a reader never sees half a file.
  const partial = join(dirname(path), `.${basename(path, extname(path))}.part${extname(path)}`);
  let encoder: Encoder | undefined;
  let size = "";

  function start({ width, height }: Image, timeMs: number): Encoder {
    size = `${width}x${height}`;
    const child = spawnFfmpeg(encoderArguments(partial, timeMs, soundOf), { stdio: ["pipe", "ignore", "pipe"] });
    const complaints: string[] = [];
    (child.stderr as Readable).setEncoding("utf8").on("data", (text: string) => {
      complaints.push(...text.split("\n").filter(Boolean));
      complaints.splice(0, Math.max(0, complaints.length - 8));
    });
    const exit = new Promise<number | null>((resolve) => {
      child.once("close", resolve);
      child.once("error", () => resolve(null));
    });
    const stdin = child.stdin as Writable;
    stdin.on("error", () => {}); // a broken pipe; its reason is what ffmpeg says
    stdin.write(matroskaHeader(width, height));
    return { stdin, exit, complaints, kill: () => child.kill("SIGKILL") };
  }

  return {
    async write(image, timeMs) {
      encoder ??= start(image, timeMs);
      if (`${image.width}x${image.height}` !== size) {
        throw new RangeError(`A frame of ${image.width}x${image.height} does not fit a video of ${size}.`);
      }
      const { stdin, exit } = encoder;
      stdin.write(matroskaFrameHeader(timeMs, image.data.length));
      const written = new Promise<boolean>((resolve) => stdin.write(image.data, (error) => resolve(!error)));
      const isTaken = await Promise.race([written, exit.then(() => false)]);
      if (!isTaken) throw unwritable(path, encoder.complaints);
    },
    async close() {
      if (encoder === undefined) throw unwritable(path, ["there was no frame to write"]);
      encoder.stdin.end();
      if ((await encoder.exit) !== 0) {
        await rm(partial, { force: true });
        throw unwritable(path, encoder.complaints);
      }
      await rename(partial, path).catch((cause: NodeJS.ErrnoException) => {
        throw unwritable(path, [String(cause.code)]);
      });
    },
    async discard() {
      encoder?.kill();
      await encoder?.exit;
      await rm(partial, { force: true });
    },
  };
}

interface Encoder {
  readonly stdin: Writable;
  readonly exit: Promise<number | null>;
  readonly complaints: readonly string[];
  kill(): void;
}

function encoderArguments(path: string, firstTimeMs: number, soundOf: string | undefined): string[] {
  const ending = extname(path).toLowerCase();
  const isH264 = H264_ENDINGS.has(ending) && hasEncoder("libx264");
  const copiesSound =
    soundOf !== undefined && (ANY_SOUND_ENDINGS.has(ending) || extname(soundOf).toLowerCase() === ending);
  return [
    ...["-hide_banner", "-nostats", "-loglevel", "error", "-y"],
    // ffmpeg lets every input begin at zero; the picture of a clip may begin later than its sound.
    ...["-itsoffset", (firstTimeMs / 1000).toFixed(6), "-f", "matroska", "-i", "pipe:0"],
    ...(soundOf === undefined ? [] : ["-i", `file:${soundOf}`]),
    ...["-map", "0:v:0"],
    ...(soundOf === undefined ? [] : ["-map", "1:a?", ...(copiesSound ? ["-c:a", "copy"] : [])]),
    ...["-fps_mode", "vfr", "-enc_time_base", "1:90000"],
    // H.264 in 4:2:0 needs even sides.
    ...["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"],
    ...(isH264 ? ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20"] : ["-q:v", "4"]),
    ...(ending === ".mp4" || ending === ".mov" ? ["-movflags", "+faststart"] : []),
    `file:${path}`,
  ];
}

const encoders = new Map<string, boolean>(); // pure memo
function hasEncoder(name: string): boolean {
  let found = encoders.get(name);
  if (found === undefined) {
    const listed = spawnSync("ffmpeg", ["-hide_banner", "-encoders"], { encoding: "utf8" }).stdout ?? "";
    found = new RegExp(`\\s${name}\\s`).test(listed);
    encoders.set(name, found);
  }
  return found;
}

/** @param complaints the last one is told. */
export function unwritable(path: string, complaints: readonly string[], options?: ErrorOptions): PlateKitError {
  const said = complaints.at(-1) ?? "ffmpeg ended";
  return new PlateKitError(
    "OUTPUT_UNWRITABLE",
    `${printableName(path)}: the video cannot be written (${said}); check the folder, the room on the disk and the ending (.mp4, .mkv).`,
    options,
  );
}
