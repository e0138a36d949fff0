/** `platekit cut`: labelled plates to class folders of single characters, for `platekit train characters`. */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import sharp from "sharp";
import { type CharacterModel, NO_CHARACTER } from "../classic/character-model.ts";
import type { GreyPicture } from "../classic/grey-picture.ts";
import { labelPlateShapes } from "../classic/label-plate.ts";
import { plateCrop } from "../classic/plate-crop.ts";
import { segmentRobust } from "../classic/segment-robust.ts";
import { segmentTutorial } from "../classic/segment-tutorial.ts";
import { STEPS_NAMES, type StepsName } from "../classic/segmentation.ts";
import { PlateKitError } from "../core/errors.ts";
import { quadOfBox } from "../core/geometry.ts";
import type { Image } from "../core/image.ts";
import { loadCharacterModel } from "../node/classic-characters.ts";
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
  align: {
    type: "text",
    value: "NET.onnx",
    help: `tell characters by this net and the plates' texts, and write shapes that are none as class ${NO_CHARACTER}`,
  },
  "per-class": {
    type: "number",
    value: "N",
    min: 1,
    integer: true,
    help: "most pictures of a character (default 400)",
  },
  held: {
    type: "number",
    value: "SHARE",
    min: 0,
    max: 1,
    help: "share of texts that go to val (default 0.1)",
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

/** Of what is no character there is much, most of it alike: one in so many is written, and this many times a class's most. */
const NONE_ONE_IN = 8;
const NONE_TIMES = 12;

/** By the hash of texts, so that no plate is on both sides. */
const DEFAULT_HELD = 0.1;

export const cutCommand = defineCommand({
  name: "cut",
  summary: "Cut labelled plates into pictures of characters, to train on.",
  usage: "[options] DATASET DIR",
  options: OPTIONS,
  examples: [
    { line: "platekit cut train/crops characters/", does: "characters/train/A/..., characters/val/A/..." },
    { line: "platekit cut --align net.onnx train/crops more/", does: "more of them, and what is no character" },
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
  if (options.align !== undefined && steps !== "robust")
    throw new PlateKitError("OPTION_INVALID", "--align cuts by the robust steps; leave out --steps tutorial.");
  await using net = options.align === undefined ? null : await openNet(options.align);
  const perClass = options["per-class"] ?? DEFAULT_PER_CLASS;
  const held = options.held ?? DEFAULT_HELD;
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
      const pictures = await cutPlate(image, plate, steps, net?.model ?? null);
      if (pictures === null) continue;
      cutCount++;
      const name = `${sample.dataset.replaceAll("/", "-")}-${basename(sample.image, extname(sample.image))}-${index}`;
      const half = textShare(plate.text) < held ? "val" : "train";
      for (const [i, { of, picture }] of pictures.entries()) {
        const count = counts.get(of) ?? 0;
        if (count >= perClass * (of === NO_CHARACTER ? NONE_TIMES : 1)) continue;
        if (of === NO_CHARACTER && hashOf(`${name}-${i}`) % NONE_ONE_IN !== 0) continue;
        counts.set(of, count + 1);
        await writePicture(join(folder, half, of), `${name}-${i}.png`, picture);
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

/** A picture with the class that it is of. */
interface CutPicture {
  readonly of: string;
  readonly picture: GreyPicture;
}

/** The plate's characters, or null where they are not found: by their number alone, or by the net. */
async function cutPlate(
  image: Image,
  { box, corners, text }: ReadablePlate,
  steps: StepsName,
  net: CharacterModel | null,
): Promise<readonly CutPicture[] | null> {
  const crop = plateCrop(image, { box, corners: corners ?? quadOfBox(box), lines: 1, confidence: 1 }, steps);
  if (crop === null) return null;
  if (net !== null) {
    const labelled = await labelPlateShapes(crop, text, net);
    return labelled?.map(({ shape, character }) => ({ of: character ?? NO_CHARACTER, picture: shape.picture })) ?? null;
  }
  const { characters } = steps === "tutorial" ? segmentTutorial(crop) : segmentRobust(crop);
  if (characters.length !== text.length) return null;
  // A bar is 1 or I by rule; a net that knows characters alone need not know it.
  return characters.flatMap(({ picture, isBar }, i) => (isBar ? [] : [{ of: text[i]!, picture }]));
}

async function openNet(path: string) {
  const model = await loadCharacterModel(path);
  return { model, [Symbol.asyncDispose]: () => model.close() };
}

async function decode(path: string): Promise<Image | PlateKitError> {
  try {
    return await decodeImage(await readImageFile(path), path);
  } catch (error) {
    if (error instanceof PlateKitError) return error;
    throw error;
  }
}

async function writePicture(folder: string, name: string, { width, height, data }: GreyPicture): Promise<void> {
  const path = join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    const image = sharp(data, { raw: { width, height, channels: 1 } }).toColourspace("b-w");
    await writeFile(path, await image.png().toBuffer());
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** A place in 0..1 for each text, the same whenever it is asked: texts below `held` go to val. */
export function textShare(text: string): number {
  return (hashOf(text) % 1000) / 1000;
}

/** FNV-1a, 32 bits: the same order on every machine. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
