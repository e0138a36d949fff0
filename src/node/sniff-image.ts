/** Tells what a file is by its first bytes, whatever its name says. */

/** The formats that are decoded. */
export type ImageFormat = "jpeg" | "png" | "webp" | "avif" | "tiff" | "gif" | "bmp";

/** Either a format that is decoded, or words for what was found instead: "an HEIC picture", "a text". */
export type SniffedFile = { readonly format: ImageFormat } | { readonly format?: never; readonly found: string };

/** File name endings that a folder is searched for. HEIC is among them so that such pictures are not passed over in silence. */
export const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set(
  ["jpg", "jpeg", "jpe", "jfif", "png", "webp", "avif", "tif", "tiff", "gif", "bmp", "dib", "heic", "heif"].map(
    (name) => `.${name}`,
  ),
);

/** Signatures in Latin-1; every one stands at the very start. */
const SIGNATURES: readonly (readonly [start: string, file: SniffedFile])[] = [
  ["\xff\xd8\xff", { format: "jpeg" }],
  ["\x89PNG\r\n\x1a\n", { format: "png" }],
  ["GIF87a", { format: "gif" }],
  ["GIF89a", { format: "gif" }],
  ["II*\0", { format: "tiff" }],
  ["MM\0*", { format: "tiff" }],
  ["II+\0", { format: "tiff" }],
  ["MM\0+", { format: "tiff" }],
  ["BM", { format: "bmp" }],
  ["%PDF", { found: "a PDF document" }],
  ["PK\x03\x04", { found: "a ZIP archive" }],
  ["\x1f\x8b", { found: "a gzip archive" }],
  ["8BPS", { found: "a Photoshop document" }],
  ["\xff\x0a", { found: "a JPEG XL picture" }],
  ["\0\0\0\x0cJXL ", { found: "a JPEG XL picture" }],
  ["\0\0\0\x0cjP  ", { found: "a JPEG 2000 picture" }],
  ["\x1aE\xdf\xa3", { found: "a Matroska or WebM video" }],
  ["\0\0\x01\0", { found: "an icon" }],
];

/** Brands of the ISO base media file format, at byte 8 and in the list from byte 16. */
const AVIF_BRANDS = ["avif", "avis"];
const HEIC_BRANDS = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];

export function sniffImage(bytes: Uint8Array): SniffedFile {
  // An SVG or HTML file may start with a long comment; 256 bytes are enough to call it a text.
  const start = String.fromCharCode(...bytes.subarray(0, 256));
  if (start.startsWith("RIFF")) {
    return start.startsWith("WEBP", 8) ? { format: "webp" } : { found: "a sound or AVI video" };
  }
  if (start.startsWith("ftyp", 4)) return sniffIsoMedia(start);
  const known = SIGNATURES.find(([signature]) => start.startsWith(signature));
  if (known) return known[1];
  const isBinary = [...start].some((character) => character < " " && !"\t\n\v\f\r".includes(character));
  return { found: isBinary ? "no picture format we know" : "a text" };
}

function sniffIsoMedia(start: string): SniffedFile {
  const boxSize = Math.min(start.length, start.charCodeAt(2) * 256 + start.charCodeAt(3));
  const brands = [start.slice(8, 12)];
  for (let at = 16; at + 4 <= boxSize; at += 4) brands.push(start.slice(at, at + 4));
  if (brands.some((brand) => AVIF_BRANDS.includes(brand))) return { format: "avif" };
  if (brands.some((brand) => HEIC_BRANDS.includes(brand))) return { found: "an HEIC picture" };
  return { found: "a video" };
}
