/** `platekit blur`: pictures and videos with their plates made unreadable. */
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { PlateKitError } from "../core/errors.ts";
import { plainText } from "../core/metrics.ts";
import { BLUR_MODES, type BlurCount, type BlurMode, type BlurOptions, blurImage, blurVideo } from "../node/blur.ts";
import { createFrameReader } from "../node/frame-reader.ts";
import { printableName } from "../node/printable-name.ts";
import { ENGINE_NAMES, MAX_WORKERS, suitableWorkers } from "../node/read-settings.ts";
import { CLASSIC_OPTIONS, engineOptions } from "./classic-options.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";
import { writeText } from "./write-text.ts";

const OPTIONS = {
  mode: { type: "text", value: "MODE", choices: BLUR_MODES, help: "pixelate, blur or fill (default pixelate)" },
  keep: { type: "text", value: "FILE", help: "leave the plates listed in FILE, one a line, as they are" },
  region: { type: "list", value: "CODES", help: "regions to expect, with --keep" },
  engine: { type: "text", value: "NAME", choices: ENGINE_NAMES, help: "neural (default), or classic: the tutorial's" },
  ...CLASSIC_OPTIONS,
  workers: { type: "number", value: "N", min: 1, max: MAX_WORKERS, integer: true, help: "frames looked at at once" },
  models: { type: "text", value: "DIR", help: "folder of other models (default: those of the package)" },
} as const;

type Options = OptionValues<typeof OPTIONS>;

const PICTURES = new Set([".jpg", ".jpeg", ".png", ".webp", ".avif", ".tif", ".tiff"]);

export const blurCommand = defineCommand({
  name: "blur",
  summary: "Make the plates in pictures and videos unreadable.",
  usage: "[options] <picture, video or folder of pictures> <output>",
  options: OPTIONS,
  examples: [
    { line: "platekit blur street.mp4 street-blurred.mp4", does: "a video; its sound is kept" },
    { line: "platekit blur photo.jpg public.jpg --mode fill", does: "a picture; its metadata are left out" },
    { line: "platekit blur photos/ public/ --keep own-cars.txt", does: "a folder, but for our own cars" },
  ],
  run: runBlur,
});

async function runBlur(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const [input, output, ...others] = words;
  if (input === undefined || output === undefined || others.length > 0) {
    throw new PlateKitError("OPTION_INVALID", "Name an input and an output.");
  }
  const engine = engineOptions(options);
  const isFolder = (await statOf(input)).isDirectory();
  const keep = options.keep === undefined ? undefined : await readAllowlist(options.keep);
  const leaving = new AbortController();
  const onInterrupt = (): void => leaving.abort();
  process.once("SIGINT", onInterrupt);
  const progress = createPercent(terminal.stderr);
  const complain = (message: string): void => {
    progress.clear();
    terminal.stderr.write(`${message}\n`);
  };
  try {
    await using frameReader = await createFrameReader({
      ...engine,
      isMerging: false,
      workers: options.workers ?? suitableWorkers(Number.MAX_SAFE_INTEGER),
      regions: (options.region ?? []).map((region) => region.toLowerCase()),
      ...(options.models === undefined ? {} : { modelsFolder: options.models }),
    });
    const blurOptions: BlurOptions = {
      ...{ frameReader, keep, signal: leaving.signal, onNotice: complain, onProgress: progress.show },
      mode: options.mode as BlurMode | undefined, // one of its choices
    };
    if (isFolder) return await blurFolder(input, output, blurOptions, terminal);
    const blur = PICTURES.has(extname(input).toLowerCase()) ? blurImage : blurVideo;
    const count = await blur(input, output, blurOptions);
    progress.clear();
    await writeText(terminal.stdout, report(output, count));
    return 0;
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
    complain(`platekit blur: interrupted; ${printableName(output)} was not written.`);
    return 1;
  } finally {
    progress.clear();
    process.off("SIGINT", onInterrupt);
  }
}

/** Every picture of a folder; one that can't be read is told of, and the rest go on. */
async function blurFolder(input: string, output: string, options: BlurOptions, terminal: Terminal): Promise<ExitCode> {
  const names = (await readdir(input)).filter((name) => PICTURES.has(extname(name).toLowerCase())).sort();
  if (names.length === 0) throw new PlateKitError("NO_IMAGES", `${printableName(input)}: holds no pictures.`);
  await mkdir(output, { recursive: true }).catch((cause: unknown) => {
    throw new PlateKitError("OUTPUT_UNWRITABLE", `${printableName(output)}: the folder cannot be made.`, { cause });
  });
  let failures = 0;
  for (const name of names) {
    options.signal?.throwIfAborted();
    try {
      await writeText(
        terminal.stdout,
        report(join(output, name), await blurImage(join(input, name), join(output, name), options)),
      );
    } catch (error) {
      if (!(error instanceof PlateKitError) || error.code === "OUTPUT_UNWRITABLE") throw error;
      failures++;
      terminal.stderr.write(`platekit blur: ${error.message}\n`);
    }
  }
  return failures > 0 ? 1 : 0;
}

function report(output: string, { covered, kept, frames }: BlurCount): string {
  const plates = `${covered} plate${covered === 1 ? "" : "s"} covered`;
  const left = kept > 0 ? `, ${kept} left as they are` : "";
  return `${printableName(output)}: ${plates}${left}${frames > 1 ? `, ${frames} frames` : ""}\n`;
}

/** Texts of a file, one a line; what follows `#` is a remark. */
export async function readAllowlist(path: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === "ENOENT" ? "FILE_NOT_FOUND" : "FILE_UNREADABLE";
    throw new PlateKitError(code, `${printableName(path)}: the list cannot be read (${cause.code}).`, { cause });
  });
  const plates = text.split(/\r?\n/).map((line) => plainText(line.replace(/#.*/, "")));
  return new Set(plates.filter((plate) => plate !== ""));
}

async function statOf(path: string): ReturnType<typeof stat> {
  return stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new PlateKitError(
      "FILE_NOT_FOUND",
      `${printableName(path)}: cannot be opened (${cause.code}); check the path.`,
      { cause },
    );
  });
}

/** How far a video is, on a terminal. */
function createPercent(stream: Terminal["stderr"]): { show(share: number | null): void; clear(): void } {
  if (!stream.isTTY) return { show() {}, clear() {} };
  let shown = "";
  const clear = (): void => {
    if (shown !== "") stream.write("\r\x1b[K");
    shown = "";
  };
  return {
    show(share) {
      const text = share === null ? "looking for plates" : `${Math.floor(share * 100)} %`;
      if (text === shown) return;
      clear();
      stream.write(text);
      shown = text;
    },
    clear,
  };
}
