/**
 * Labelled picture sets: a folder with `labels.jsonl`, or any tree of such folders.
 * Checks every line by hand; what is wrong is returned by file and line, and the rest stays usable.
 * Does not open the pictures.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, isAbsolute, join, normalize, relative, resolve, sep } from "node:path";
import { PlateKitError } from "../core/errors.ts";
import type { Box, Point, Quad } from "../core/geometry.ts";

/** How much of a plate's text a person can make out. */
export type Legibility = "full" | "partial" | "none";

/** One plate as a person labelled it; coordinates in pixels of the stored picture. */
export interface TruthPlate {
  readonly box: Box;
  readonly corners: Quad | null;
  /** Upper case, no separators, two lines joined top to bottom; `?` is a character nobody can read. */
  readonly text: string | null;
  readonly region: string | null;
  readonly lines: 1 | 2 | null;
  readonly legible: Legibility | null;
}

/** `scene`: a whole picture. `crop`: one plate cut out. `negative`: a picture without plates. */
export type SampleKind = "scene" | "crop" | "negative";

/** One labelled picture. */
export interface Sample {
  /** Path of its set relative to the dataset, with `/`; the folder's own name when the dataset is one set. */
  readonly dataset: string;
  /** As written in the labels, relative to the set. */
  readonly image: string;
  /** Where the file is. */
  readonly path: string;
  /** `labels.jsonl:line`, for messages. */
  readonly source: string;
  readonly width: number;
  readonly height: number;
  readonly kind: SampleKind;
  /** Of a crop without plates, "no plate here" is the truth. */
  readonly plates: readonly TruthPlate[];
}

export interface Dataset {
  readonly samples: readonly Sample[];
  /** Lines and pictures that had to be left out, each named. */
  readonly problems: readonly PlateKitError[];
}

const LABELS_FILE = "labels.jsonl";

/**
 * Reads the labels below `folder`.
 *
 * @throws PlateKitError FILE_NOT_FOUND when the folder does not exist; DATASET_INVALID when it holds no labels at all
 * or not one usable line.
 */
export async function readDataset(folder: string): Promise<Dataset> {
  const labelFiles = await findLabels(folder);
  if (labelFiles.length === 0) {
    throw new PlateKitError(
      "DATASET_INVALID",
      `${folder}: no ${LABELS_FILE} found in it or below; a dataset is a folder with pictures and a ${LABELS_FILE}, or a tree of them.`,
    );
  }
  const samples: Sample[] = [];
  const problems: PlateKitError[] = [];
  for (const file of labelFiles) {
    const set = await readSet(folder, file);
    for (const sample of set.samples) samples.push(sample);
    for (const problem of set.problems) problems.push(problem);
  }
  if (samples.length === 0 && problems.length > 0) {
    throw new PlateKitError(
      "DATASET_INVALID",
      `${folder}: none of its ${problems.length} lines can be used; the first: ${problems[0]!.message}`,
      { cause: problems[0] },
    );
  }
  return { samples, problems };
}

/** Paths of all label files, sorted, so that two runs measure in the same order. */
async function findLabels(folder: string): Promise<string[]> {
  const found = await stat(folder).catch((cause: unknown) => {
    throw new PlateKitError("FILE_NOT_FOUND", `${folder}: no such dataset folder; check the path.`, { cause });
  });
  if (!found.isDirectory()) {
    throw new PlateKitError("DATASET_INVALID", `${folder}: is a file; give the folder that holds ${LABELS_FILE}.`);
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new PlateKitError("FILE_UNREADABLE", `${folder}: can't be listed; check its permissions.`, { cause });
  });
  return entries
    .filter((entry) => entry.name === LABELS_FILE && !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function readSet(folder: string, file: string): Promise<Dataset> {
  const setFolder = resolve(file, "..");
  const dataset = relative(resolve(folder), setFolder).split(sep).join("/") || basename(resolve(folder));
  const samples: Sample[] = [];
  const problems: PlateKitError[] = [];
  let text: string;
  let present: ReadonlySet<string>;
  try {
    text = await readFile(file, "utf8");
    present = new Set(await readdir(setFolder));
  } catch (cause) {
    return {
      samples,
      problems: [new PlateKitError("FILE_UNREADABLE", `${file}: can't be read; check its permissions.`, { cause })],
    };
  }
  const lineOfImage = new Map<string, number>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    if (line.trim() === "") continue;
    const source = `${file}:${index + 1}`;
    try {
      const label = parseLabel(line, source);
      const first = lineOfImage.get(label.image);
      if (first !== undefined) throw invalid(source, `"${label.image}" is labelled twice, first on line ${first}`);
      lineOfImage.set(label.image, index + 1);
      const path = join(setFolder, label.image);
      if (!present.has(label.image) && !(await isFile(path))) {
        throw new PlateKitError(
          "FILE_NOT_FOUND",
          `${path}: no such picture, named by ${source}; restore it or drop the line.`,
        );
      }
      samples.push({ dataset, path, source, ...label });
    } catch (error) {
      if (!(error instanceof PlateKitError)) throw error;
      problems.push(error);
    }
  }
  return { samples, problems };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

type Label = Pick<Sample, "image" | "width" | "height" | "kind" | "plates">;
type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks one line of `labels.jsonl`. Fields it does not know are ignored; `corners`, `text`, `region`, `lines` and
 * `legible` may be missing, which means null.
 *
 * @param source `file:line`, opens every message.
 * @throws PlateKitError DATASET_INVALID naming the field, what it must be and what it is.
 */
export function parseLabel(line: string, source: string): Label {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new PlateKitError("DATASET_INVALID", `${source}: not JSON (${(cause as Error).message}).`, { cause });
  }
  const fields = asFields(value, source, "the line");
  const image = fields.image;
  if (typeof image !== "string" || image === "") throw wrong(source, "image", "a file name", image);
  if (isAbsolute(image) || normalize(image).split(sep)[0] === "..") {
    throw wrong(source, "image", "a path inside the set's folder", image);
  }
  const kind = fields.kind;
  if (kind !== "scene" && kind !== "crop" && kind !== "negative") {
    throw wrong(source, "kind", `"scene", "crop" or "negative"`, kind);
  }
  if (!Array.isArray(fields.plates)) throw wrong(source, "plates", "a list", fields.plates);
  if (kind === "negative" && fields.plates.length > 0)
    throw wrong(source, "plates", "empty in a negative", fields.plates);
  if (kind === "crop" && fields.plates.length > 1)
    throw wrong(source, "plates", "one plate at most in a crop", fields.plates);
  return {
    image,
    kind,
    width: parseSize(fields.width, source, "width"),
    height: parseSize(fields.height, source, "height"),
    plates: fields.plates.map((plate: unknown, index) => parsePlate(plate, source, `plates[${index}]`)),
  };
}

function parsePlate(value: unknown, source: string, name: string): TruthPlate {
  const fields = asFields(value, source, name);
  const { lines = null, legible = null, region = null } = fields;
  if (lines !== null && lines !== 1 && lines !== 2) throw wrong(source, `${name}.lines`, "1, 2 or null", lines);
  if (legible !== null && legible !== "full" && legible !== "partial" && legible !== "none") {
    throw wrong(source, `${name}.legible`, `"full", "partial", "none" or null`, legible);
  }
  if (region !== null && (typeof region !== "string" || region === "")) {
    throw wrong(source, `${name}.region`, "a region code or null", region);
  }
  return {
    box: parseBox(fields.box, source, `${name}.box`),
    corners: parseCorners(fields.corners ?? null, source, `${name}.corners`),
    text: parseText(fields.text ?? null, source, `${name}.text`),
    region: region === null ? null : region.toLowerCase(),
    lines,
    legible,
  };
}

function parseSize(value: unknown, source: string, name: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw wrong(source, name, "a whole number of pixels above 0", value);
  }
  return value;
}

function parseBox(value: unknown, source: string, name: string): Box {
  if (!isNumbers(value, 4) || value[2]! <= 0 || value[3]! <= 0) {
    throw wrong(source, name, "[x, y, width, height] with width and height above 0", value);
  }
  return [value[0]!, value[1]!, value[2]!, value[3]!];
}

function parseCorners(value: unknown, source: string, name: string): Quad | null {
  if (value === null) return null;
  if (!Array.isArray(value) || value.length !== 4 || !value.every((corner) => isNumbers(corner, 2))) {
    throw wrong(source, name, "four [x, y] or null", value);
  }
  // Checked above: four pairs of finite numbers.
  const [a, b, c, d] = value as unknown as [Point, Point, Point, Point];
  return [a, b, c, d];
}

function parseText(value: unknown, source: string, name: string): string | null {
  if (value === null) return null;
  const text =
    typeof value === "string"
      ? value
          .normalize("NFC")
          .toUpperCase()
          .replace(/[^\p{L}\p{M}\p{N}?]/gu, "")
      : "";
  if (text === "") throw wrong(source, name, "letters and digits, or null", value);
  return text;
}

function isNumbers(value: unknown, length: number): value is number[] {
  return Array.isArray(value) && value.length === length && value.every((item) => Number.isFinite(item));
}

function asFields(value: unknown, source: string, name: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrong(source, name, "an object", value);
  return value as Fields;
}

function wrong(source: string, name: string, expected: string, found: unknown): PlateKitError {
  const shown = found === undefined ? "nothing" : JSON.stringify(found);
  return invalid(
    source,
    `${name} must be ${expected}, found ${shown.length > 80 ? `${shown.slice(0, 77)}...` : shown}`,
  );
}

function invalid(source: string, what: string): PlateKitError {
  return new PlateKitError("DATASET_INVALID", `${source}: ${what}.`);
}
