/** Reads a folder of class folders: DIR/train and DIR/val, one folder a class, named `class_A` or `A`. */
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { PlateKitError } from "../core/errors.ts";
import { greyscale, resize } from "../core/image.ts";
import { decodeImage, readImageFile } from "../node/decode-image.ts";
import { printableName } from "../node/printable-name.ts";
import type { LabelledPictures } from "../train/batches.ts";

/** Pictures with the files they came from. */
export interface PictureSet extends LabelledPictures {
  /** One for each picture, as given on the command line plus the rest of the path. */
  readonly paths: readonly string[];
}

export interface CharacterFolders {
  readonly train: PictureSet;
  readonly validation: PictureSet;
  /** Class names without `class_`, in the order of their numbers. */
  readonly classes: readonly string[];
  /** Pictures that could not be read and were left out, each named. */
  readonly problems: readonly PlateKitError[];
}

/** How pictures are brought to the network's input. */
export interface PictureForm {
  /** Pixels a side; pictures are stretched to it. */
  readonly size: number;
  /** 3: RGB; 1: luminance. */
  readonly channels: 1 | 3;
}

/** Decoded at once; sharp works in its own threads. */
const DECODED_AT_ONCE = 8;

/**
 * Reads all pictures of both halves.
 *
 * @throws PlateKitError FILE_NOT_FOUND or FILE_UNREADABLE for the folders; DATASET_INVALID for a missing half, fewer
 * than two classes, a class without a readable picture, or a class of val that train lacks.
 */
export async function readCharacterFolders(folder: string, form: PictureForm): Promise<CharacterFolders> {
  await requireFolder(folder, "the folder that holds train and val");
  const trainFolders = await classFolders(join(folder, "train"));
  const validationFolders = await classFolders(join(folder, "val"));
  const classes = [...trainFolders.keys()];
  if (classes.length < 2) {
    throw invalid(
      join(folder, "train"),
      `only one class, "${classes[0]}"; a network needs at least two to tell apart.`,
    );
  }
  const unknown = [...validationFolders.keys()].filter((name) => !trainFolders.has(name));
  if (unknown.length > 0) {
    throw invalid(
      join(folder, "val"),
      `class ${unknown.map((name) => `"${name}"`).join(", ")} is missing from train; ` +
        "add its pictures there or remove it here.",
    );
  }
  const problems: PlateKitError[] = [];
  const train = await readPictures(trainFolders, classes, form, problems);
  const validation = await readPictures(validationFolders, classes, form, problems);
  return { train, validation, classes, problems };
}

/** Class name → folder, sorted by name as Keras does. */
async function classFolders(half: string): Promise<Map<string, string>> {
  await requireFolder(half, "DIR needs train and val, each with a folder per class");
  const names = (await list(half))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => ({ name: name.replace(/^class_(?=.)/, ""), path: join(half, name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (names.length === 0) {
    throw invalid(half, "no class folders; make one per class, named like class_A or A, with its pictures.");
  }
  const folders = new Map<string, string>();
  for (const { name, path } of names) {
    const twin = folders.get(name);
    if (twin !== undefined)
      throw invalid(path, `the same class as ${printableName(twin)}; move the pictures into one.`);
    folders.set(name, path);
  }
  return folders;
}

/** Reads one half; what can't be read is added to `problems`. */
async function readPictures(
  folders: ReadonlyMap<string, string>,
  classes: readonly string[],
  { size, channels }: PictureForm,
  problems: PlateKitError[],
): Promise<PictureSet> {
  const paths: string[] = [];
  const labels: number[] = [];
  const pictures: Uint8Array[] = [];
  for (const [name, folder] of folders) {
    const files = (await list(folder))
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."))
      .map((entry) => join(folder, entry.name))
      .sort();
    if (files.length === 0) throw invalid(folder, "an empty class folder; add pictures of it or remove the folder.");
    const before = pictures.length;
    for (let start = 0; start < files.length; start += DECODED_AT_ONCE) {
      const chunk = files.slice(start, start + DECODED_AT_ONCE);
      const decoded = await Promise.all(chunk.map((file) => decodePicture(file, size, channels)));
      for (const [i, picture] of decoded.entries()) {
        if (picture instanceof PlateKitError) {
          problems.push(picture);
          continue;
        }
        paths.push(chunk[i]!);
        labels.push(classes.indexOf(name));
        pictures.push(picture);
      }
    }
    if (pictures.length === before) {
      throw invalid(
        folder,
        `none of its ${files.length} files can be read as a picture; the first: ${problems.at(-files.length)!.message}`,
      );
    }
  }
  const pixels = new Uint8Array(pictures.length * size * size * channels);
  for (const [i, picture] of pictures.entries()) pixels.set(picture, i * size * size * channels);
  return { height: size, width: size, channels, pixels, labels: Int32Array.from(labels), paths };
}

/** The picture's pixels, or why there are none. */
async function decodePicture(path: string, size: number, channels: 1 | 3): Promise<Uint8Array | PlateKitError> {
  try {
    const image = resize(await decodeImage(await readImageFile(path), path), size, size);
    return channels === 3 ? image.data : greyscale(image);
  } catch (error) {
    if (error instanceof PlateKitError) return error;
    throw error;
  }
}

async function requireFolder(path: string, what: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new PlateKitError("FILE_NOT_FOUND", `${printableName(path)}: no such folder; ${what}.`, { cause });
  });
  if (!found.isDirectory()) throw invalid(path, `is a file, not a folder; ${what}.`);
}

async function list(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new PlateKitError("FILE_UNREADABLE", `${printableName(folder)}: can't be listed; check its permissions.`, {
      cause,
    });
  });
}

function invalid(path: string, problem: string): PlateKitError {
  return new PlateKitError("DATASET_INVALID", `${printableName(path)}: ${problem}`);
}
