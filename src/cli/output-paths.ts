/** Names the files written for pictures: inside the folder, one stem a picture, the same on every run. */
import { dirname, extname, join, normalize, sep } from "node:path";

/** File systems allow 255 bytes a name; the rest is for what is appended. */
const MAX_STEM_BYTES = 200;

/**
 * Gives each picture a stem below an output folder. Pictures that differ only in ending or case, or come from
 * different folders with the same name, get `-2`, `-3`.
 */
export function createOutputStems(): (outputName: string) => string {
  const taken = new Set<string>();
  return (outputName) => {
    const safe = safeRelativePath(outputName);
    const stem = shorten(safe.slice(0, safe.length - extname(safe).length));
    let unique = stem;
    for (let i = 2; taken.has(comparable(unique)); i++) unique = `${stem}-${i}`;
    taken.add(comparable(unique));
    return unique;
  };
}

/** `out/street/photo.plates.jpg`; never the name of a picture that was read. */
export function annotatedPath(folder: string, stem: string, extension: string): string {
  return join(folder, `${stem}.plates${extension}`);
}

/** `out/street/photo.plate-1.png`, counted from 1 in the order of the plates. */
export function cropPath(folder: string, stem: string, index: number, extension: string): string {
  return join(folder, `${stem}.plate-${index + 1}${extension}`);
}

/** Without drive, root, `.` and `..`. */
function safeRelativePath(path: string): string {
  const parts = normalize(path)
    .split(sep)
    .filter((part) => part !== "" && part !== "." && part !== ".." && !part.endsWith(":"));
  return parts.length > 0 ? join(...parts) : "image";
}

/** Case and Unicode composition do not tell names apart on every system. */
function comparable(stem: string): string {
  return stem.normalize("NFC").toLowerCase();
}

function shorten(stem: string): string {
  const name = stem.slice(stem.lastIndexOf(sep) + 1);
  if (Buffer.byteLength(name) <= MAX_STEM_BYTES) return stem;
  let short = "";
  for (const character of name) {
    if (Buffer.byteLength(short + character) > MAX_STEM_BYTES) break;
    short += character;
  }
  const folder = dirname(stem);
  return folder === "." ? short : join(folder, short);
}
