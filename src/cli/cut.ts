/** `platekit cut`: labelled plates to class folders of single characters, for `platekit train characters`. */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import sharp from "sharp";
import { plateCrop } from "../classic/plate-crop.ts";
import { segmentRobust } from "../classic/segment-robust.ts";
import { segmentTutorial } from "../classic/segment-tutorial.ts";
import { type SegmentedCharacter, STEPS_NAMES, type StepsName } from "../classic/segmentation.ts";
import { PlateKitError } from "../core/errors.ts";
import { quadOfBox } from "../core/geometry.ts";
import type { Image } from "../core/image.ts";
import { readDataset, type Sample, type TruthPlate } from "../node/dataset.ts";
import { decodeImage, readImageFile } from "../node/decode-image.ts";
import { defineCommand, type ExitCode, type OptionValues, type Terminal } from "./command.ts";
import { createProgressBar } from "./progress-bar.ts";
import { unwritable } from "./train-files.ts";
import { writeText } from "./write-text.ts";

const OPTIONS = {
  steps: {
    type: "text",
    value: "NAME",
    choices: STEPS_NAMES,
    help: "how plates are cut: robust (default) or tutorial",
  },
  "per-class": {
    type: "number",
    value: "N",
    min: 1,
    integer: true,
    help: "most pictures of a character (default 400)",
  },
  plates: {
    type: "number",
    value: "N",
    min: 1,
    integer: true,
    help: "most plates to cut, of all sets alike (default all)",
  },
} as const;

const DEFAULT_PER_CLASS = 400;

/** Every tenth text goes to val, by its hash, so that no plate is on both sides. */
const VALIDATION_SHARE = 0.1;

export const cutCommand = defineCommand({
  name: "cut",
  summary: "Cut labelled plates into pictures of characters, to train on.",
  usage: "[options] DATASET DIR",
  options: OPTIONS,
  examples: [
    { line: "platekit cut train/crops characters/", does: "characters/train/A/..., characters/val/A/..." },
    { line: "platekit train characters characters/", does: "what to do with them" },
  ],
  run,
});

async function run(
  words: readonly string[],
  options: OptionValues<typeof OPTIONS>,
  terminal: Terminal,
): Promise<ExitCode> {
  const [dataset, folder, ...others] = words;
  if (dataset === undefined || folder === undefined || others.length > 0)
    throw new PlateKitError(
      "OPTION_INVALID",
      `cut takes a dataset and a folder to write to, found ${words.length} words.`,
    );
  const { samples, problems } = await readDataset(dataset);
  const steps = (options.steps ?? "robust") as StepsName; // checked against STEPS_NAMES
  const perClass = options["per-class"] ?? DEFAULT_PER_CLASS;
  const mostPlates = options.plates ?? Number.POSITIVE_INFINITY;
  const left = [...problems];
  const counts = new Map<string, number>();
  let [plateCount, cutCount] = [0, 0];
  // By hash: where a class is full before the end, every set has given its share.
  const ordered = samples.filter(hasText).toSorted((a, b) => hashOf(a.source) - hashOf(b.source));
  const progress = createProgressBar(terminal.stderr, ordered.length);
  for (const sample of ordered) {
    if (plateCount >= mostPlates) break;
    const image = await decode(sample.path);
    progress.step();
    if (image instanceof PlateKitError) {
      left.push(image);
      continue;
    }
    for (const [index, plate] of sample.plates.entries()) {
      if (!isReadable(plate)) continue;
      plateCount++;
      const characters = cutPlate(image, plate, steps);
      if (characters === null) continue;
      cutCount++;
      const name = `${sample.dataset.replaceAll("/", "-")}-${basename(sample.image, extname(sample.image))}-${index}`;
      for (const [i, character] of [...plate.text].entries()) {
        const count = counts.get(character) ?? 0;
        if (count >= perClass || characters[i]!.isBar) continue; // a bar is 1 or I by rule, the net need not know
        counts.set(character, count + 1);
        const half = hashOf(plate.text) % 1000 < 1000 * VALIDATION_SHARE ? "val" : "train";
        await writePicture(join(folder, half, character), `${name}-${i}.png`, characters[i]!);
      }
    }
  }
  progress.clear();
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  for (const { message } of left) await writeText(terminal.stderr, `${message}\n`);
  await writeText(
    terminal.stdout,
    `${cutCount} of ${plateCount} plates cut into as many characters as their texts have; ` +
      `${total} pictures of ${counts.size} classes written to ${folder}.\n`,
  );
  return left.length === 0 ? 0 : 1;
}

type ReadablePlate = TruthPlate & { readonly text: string };

function isReadable(plate: TruthPlate): plate is ReadablePlate {
  return plate.text !== null && /^[A-Z0-9]+$/.test(plate.text) && (plate.legible ?? "full") === "full";
}

function hasText({ plates }: Sample): boolean {
  return plates.some(isReadable);
}

/** The plate's characters in the order of its text, or null where their number differs: then some are none. */
function cutPlate(
  image: Image,
  { box, corners, text }: ReadablePlate,
  steps: StepsName,
): readonly SegmentedCharacter[] | null {
  const crop = plateCrop(image, { box, corners: corners ?? quadOfBox(box), lines: 1, confidence: 1 }, steps);
  if (crop === null) return null;
  const { characters } = steps === "tutorial" ? segmentTutorial(crop) : segmentRobust(crop);
  return characters.length === text.length ? characters : null;
}

async function decode(path: string): Promise<Image | PlateKitError> {
  try {
    return await decodeImage(await readImageFile(path), path);
  } catch (error) {
    if (error instanceof PlateKitError) return error;
    throw error;
  }
}

async function writePicture(folder: string, name: string, { picture }: SegmentedCharacter): Promise<void> {
  const { width, height, data } = picture;
  const path = join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    const image = sharp(data, { raw: { width, height, channels: 1 } }).toColourspace("b-w");
    await writeFile(path, await image.png().toBuffer());
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** FNV-1a, 32 bits: the same order on every machine. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
