/** Writes `read --explain`: a folder of step pictures for each image, and one page that walks through them. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { PlateKitError } from "../core/errors.ts";
import type { ExplainedImage, ExplainedPlate } from "../node/classic-explain.ts";
import { printableName } from "../node/printable-name.ts";
import { explainPage, type PageImage, type PagePlate } from "./explain-page.ts";

/** Collects the explained images of one run. */
export interface Explanation {
  /**
   * Writes the pictures of one image; safe to call for several at once.
   *
   * @param stem names the image's folder below the explanation's.
   * @throws PlateKitError OUTPUT_UNWRITABLE.
   */
  add(image: string, stem: string, explained: ExplainedImage): Promise<void>;
  /** Writes `explain.html` over the images in the order given, and returns its path. */
  finish(images: readonly string[]): Promise<string>;
}

export function createExplanation(folder: string): Explanation {
  const pages = new Map<string, PageImage>();

  async function write(path: string, content: Uint8Array | string): Promise<string> {
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    } catch (cause) {
      const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
      throw new PlateKitError(
        "OUTPUT_UNWRITABLE",
        `${printableName(path)}: cannot be written (${code}); choose another folder or make room.`,
        { cause },
      );
    }
    return relative(folder, path).split(sep).map(encodeURIComponent).join("/");
  }

  async function writePlate(base: string, plate: ExplainedPlate): Promise<PagePlate> {
    const characters: PagePlate["characters"][number][] = [];
    for (const [i, { png, text, confidence }] of plate.characters.entries())
      characters.push({ source: await write(`${base}-5-character-${i + 1}.png`, png), text, confidence });
    return {
      read: plate.read,
      crop: await write(`${base}-1-crop.png`, plate.crop),
      grey: await write(`${base}-2-grey.png`, plate.grey),
      binary: await write(`${base}-3-binary.png`, plate.binary),
      shapes: await write(`${base}-4-contours.png`, plate.shapes),
      dropped: plate.dropped,
      candidateCount: plate.candidateCount,
      characters,
      notes: plate.notes,
    };
  }

  return {
    async add(image, stem, { steps, input, detected, plates, final }) {
      const base = join(folder, stem);
      const pagePlates: PagePlate[] = [];
      for (const [i, plate] of plates.entries())
        pagePlates.push(await writePlate(join(base, `3-plate-${i + 1}`), plate));
      pages.set(image, {
        image,
        steps,
        input: await write(join(base, "1-input.png"), input),
        detected: await write(join(base, "2-detected.png"), detected),
        plates: pagePlates,
        final: await write(join(base, "4-final.png"), final),
      });
    },
    async finish(images) {
      const path = join(folder, "explain.html");
      await write(path, explainPage(images.map((image) => pages.get(image)).filter((page) => page !== undefined)));
      return path;
    },
  };
}
