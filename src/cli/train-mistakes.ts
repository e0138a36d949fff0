/** The pictures a network got wrong, on one sheet. */
import sharp from "sharp";
import { textSvg, textWidth } from "../node/label-strokes.ts";
import type { Evaluation } from "../train/classify.ts";
import type { PictureSet } from "./train-data.ts";

export interface Mistake {
  readonly path: string;
  readonly index: number;
  readonly truth: string;
  readonly read: string;
  /** Probability given to what was read. */
  readonly confidence: number;
  /** Probability given to the truth. */
  readonly truthConfidence: number;
}

/** Most pictures on the sheet; the rest are left out. */
export const MAX_SHOWN = 120;

/** All wrong answers, the surest first. */
export function listMistakes(
  { paths, labels }: Pick<PictureSet, "paths" | "labels">,
  { predicted, probabilities }: Pick<Evaluation, "predicted" | "probabilities">,
  classes: readonly string[],
): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [index, label] of labels.entries()) {
    const read = predicted[index]!;
    if (read === label) continue;
    const row = probabilities.subarray(index * classes.length, (index + 1) * classes.length);
    mistakes.push({
      path: paths[index]!,
      index,
      truth: classes[label]!,
      read: classes[read]!,
      confidence: row[read]!,
      truthConfidence: row[label]!,
    });
  }
  return mistakes.sort((a, b) => b.confidence - a.confidence);
}

/** One picture as the network saw it, enlarged without smoothing, as PNG. */
export async function picturePng(pictures: PictureSet, index: number, sizePx: number): Promise<Buffer> {
  const { width, height, channels, pixels } = pictures;
  const size = width * height * channels;
  return sharp(pixels.slice(index * size, (index + 1) * size), { raw: { width, height, channels: channels as 1 | 3 } })
    .resize(sizePx, sizePx, { kernel: "nearest", fit: "fill" })
    .png()
    .toBuffer();
}

const PICTURE = 84;
const CELL_WIDTH = 116;
const CELL_HEIGHT = 140;
const COLUMNS = 8;
const MARGIN = 16;

/**
 * The sheet as PNG: each picture with `truth → answer` and the answer's probability. Letters are drawn as strokes,
 * which need no fonts. Without mistakes it says so.
 */
export async function mistakesPng(pictures: PictureSet, mistakes: readonly Mistake[]): Promise<Buffer> {
  const shown = mistakes.slice(0, MAX_SHOWN);
  const total = pictures.labels.length;
  const title = mistakes.length === 0 ? `NO MISTAKES IN ${total}` : `${mistakes.length} OF ${total} WRONG`;
  const columns = Math.min(COLUMNS, Math.max(2, shown.length));
  const width = 2 * MARGIN + columns * CELL_WIDTH;
  const height = 2 * MARGIN + 28 + Math.ceil(shown.length / columns) * CELL_HEIGHT;
  const overlays = await Promise.all(
    shown.map(async ({ index }, i) => ({
      input: await picturePng(pictures, index, PICTURE),
      left: MARGIN + (i % columns) * CELL_WIDTH + (CELL_WIDTH - PICTURE) / 2,
      top: MARGIN + 28 + Math.floor(i / columns) * CELL_HEIGHT,
    })),
  );
  const texts = shown.map((mistake, i) => {
    const middle = MARGIN + (i % columns) * CELL_WIDTH + CELL_WIDTH / 2;
    const top = MARGIN + 28 + Math.floor(i / columns) * CELL_HEIGHT + PICTURE + 8;
    return caption(mistake, middle, top);
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<rect width="100%" height="100%" fill="#f4f4f2"/>${textSvg(title, MARGIN, MARGIN, 2, "#1d2126")}${texts.join("")}</svg>`;
  return sharp(Buffer.from(svg)).composite(overlays).png().toBuffer();
}

/** `O → 0` and below it `97%`, centred on `middle`. */
function caption({ truth, read, confidence }: Mistake, middle: number, top: number): string {
  const unit = Math.max(truth.length, read.length) > 2 ? 1.2 : 2.2;
  const arrow = 14;
  const left = middle - (textWidth(truth) * unit + arrow + 16 + textWidth(read) * unit) / 2;
  const arrowLeft = left + textWidth(truth) * unit + 8;
  const y = top + 3 * unit;
  const percent = `${Math.round(confidence * 100)}%`;
  return [
    textSvg(truth, left, top, unit, "#1d2126"),
    `<path d="M${arrowLeft} ${y}h${arrow}m-5 -4l5 4l-5 4" fill="none" stroke="#8a949e" stroke-width="1.6"/>`,
    textSvg(read, arrowLeft + arrow + 8, top, unit, "#c2410c"),
    textSvg(percent, middle - textWidth(percent) * 0.65, top + 22, 1.3, "#5d6670"),
  ].join("");
}
