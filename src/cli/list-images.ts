/** Turns the words of a command line into pictures: files, folders, globs and standard input, in a stable order. */
import { glob, opendir, stat } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { PlateKitError } from "../core/errors.ts";
import { printableName } from "../node/printable-name.ts";
import { IMAGE_EXTENSIONS } from "../node/sniff-image.ts";

export const STDIN_WORD = "-";

/** A picture to read, or a word that led to none. */
export type ListedImage =
  | {
      /** The path as given; below a folder, joined to it. `-` is standard input. */
      readonly image: string;
      /** Where outputs of this picture go below their folder; relative, never with `..`. */
      readonly outputName: string;
    }
  | { readonly image: string; readonly error: PlateKitError };

/**
 * Lists every picture once. A folder gives its pictures at any depth, hidden ones and `excludedFolders` left out.
 * A word that names nothing becomes an entry with an error, so that the others are still read.
 */
export async function listImages(
  words: readonly string[],
  excludedFolders: readonly string[] = [],
): Promise<ListedImage[]> {
  const excluded = new Set(excludedFolders.map((folder) => resolve(folder)));
  const listed: ListedImage[] = [];
  const seen = new Set<string>();
  for (const word of words) {
    for (const entry of await listWord(word, excluded)) {
      const key = entry.image === STDIN_WORD ? STDIN_WORD : resolve(entry.image);
      if (!("error" in entry) && seen.has(key)) continue;
      seen.add(key);
      listed.push(entry);
    }
  }
  return listed;
}

async function listWord(word: string, excluded: ReadonlySet<string>): Promise<ListedImage[]> {
  if (word === STDIN_WORD) return [{ image: word, outputName: "stdin" }];
  try {
    const kind = await kindOf(word);
    if (kind === "folder") return await listFolder(word, excluded);
    if (kind === "file") return [{ image: word, outputName: basename(word) }];
    return /[*?[\]{}]/.test(word) ? await listGlob(word, excluded) : [missing(word)];
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    const message = `${printableName(word)}: the system refuses to list it (${code}); check its permissions.`;
    return [{ image: word, error: new PlateKitError("FILE_UNREADABLE", message, { cause }) }];
  }
}

function missing(word: string): ListedImage {
  const message = `${printableName(word)}: no such file or folder; check the path.`;
  return { image: word, error: new PlateKitError("FILE_NOT_FOUND", message) };
}

function noImages(word: string, what: string): ListedImage {
  const message = `${printableName(word)}: ${what}; name a folder or pattern with JPEG, PNG, WebP, AVIF, TIFF, GIF or BMP files.`;
  return { image: word, error: new PlateKitError("NO_IMAGES", message) };
}

async function kindOf(path: string): Promise<"file" | "folder" | "nothing"> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    // A name that is too long or holds a NUL exists nowhere; a forbidden one is reported when it is opened.
    if (error.code === "EACCES") return "file";
    return undefined;
  });
  if (stats === undefined) return "nothing";
  return stats !== "file" && stats.isDirectory() ? "folder" : "file";
}

async function listFolder(folder: string, excluded: ReadonlySet<string>): Promise<ListedImage[]> {
  const { paths, errors } = await walk(folder, excluded);
  const images = sortPaths(paths).map((path) => ({ image: path, outputName: relative(folder, path) }));
  if (images.length + errors.length === 0) return [noImages(folder, "a folder without pictures")];
  return [...images, ...errors];
}

/** Symbolic links to files are followed, those to folders are not: they could lead in a circle. */
async function walk(
  folder: string,
  excluded: ReadonlySet<string>,
): Promise<{ paths: string[]; errors: ListedImage[] }> {
  const paths: string[] = [];
  const errors: ListedImage[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const current = next;
    try {
      for await (const entry of await opendir(current)) {
        if (entry.name.startsWith(".")) continue;
        const path = join(current, entry.name);
        if (entry.isDirectory()) {
          if (!excluded.has(resolve(path))) folders.push(path);
        } else if (IMAGE_EXTENSIONS.has(extname(entry.name).toLowerCase())) {
          const isFile = entry.isFile() || (entry.isSymbolicLink() && (await kindOf(path)) === "file");
          if (isFile) paths.push(path);
        }
      }
    } catch (cause) {
      const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
      const message = `${printableName(current)}: the folder cannot be listed (${code}); check its permissions.`;
      errors.push({ image: current, error: new PlateKitError("FILE_UNREADABLE", message, { cause }) });
    }
  }
  return { paths, errors };
}

async function listGlob(pattern: string, excluded: ReadonlySet<string>): Promise<ListedImage[]> {
  const matches: string[] = [];
  for await (const match of glob(pattern)) matches.push(match);
  // What stands before the first special character is a folder; outputs keep the rest of the path.
  const root = dirname(`${pattern.split(/[*?[\]{}]/)[0]}x`);
  const listed: ListedImage[] = [];
  for (const match of sortPaths(matches)) {
    const kind = await kindOf(match);
    if (kind === "file") listed.push({ image: match, outputName: outputNameBelow(root, match) });
    if (kind === "folder" && !excluded.has(resolve(match))) {
      const inside = await listFolder(match, excluded);
      listed.push(...inside.filter((entry) => !("error" in entry) || entry.error.code !== "NO_IMAGES"));
    }
  }
  return listed.length > 0 ? listed : [noImages(pattern, "the pattern matches no picture")];
}

function outputNameBelow(root: string, path: string): string {
  const name = relative(root, path);
  return name.startsWith("..") || isAbsolute(name) ? basename(path) : name;
}

/** By folder, then by name, numbers by value: 2.jpg before 10.jpg; the same on every system. */
function sortPaths(paths: readonly string[]): string[] {
  const { compare } = new Intl.Collator("en", { numeric: true });
  const split = paths.map((path) => ({ path, folder: dirname(path).split(sep).join("/"), name: basename(path) }));
  split.sort((a, b) => compare(a.folder, b.folder) || compare(a.name, b.name) || (a.path < b.path ? -1 : 1));
  return split.map(({ path }) => path);
}
