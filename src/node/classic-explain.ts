/** Draws every step of the classic engine as a picture. What the steps mean in words stands on the page, not here. */
import sharp, { type Sharp } from "sharp";
import type { GreyPicture } from "../classic/grey-picture.ts";
import { MARGIN } from "../classic/plate-crop.ts";
import type { ExplainedRead } from "../classic/read-plate.ts";
import type { DropReason, Segmentation, StepsName } from "../classic/segmentation.ts";
import type { Box } from "../core/geometry.ts";
import { crop, type Image, pixelBox } from "../core/image.ts";
import type { Detection, PlateRead } from "../core/read.ts";
import { annotateImage } from "./annotate.ts";
import { GLYPH_HEIGHT, textSvg, textWidth } from "./label-strokes.ts";

/** One character as the net saw it. */
export interface ExplainedCharacter {
  /** PNG of exactly the net's input. */
  readonly png: Uint8Array;
  /** The net's best class, with its probability. */
  readonly text: string;
  readonly confidence: number;
}

/** One plate, step by step; all pictures are PNG. */
export interface ExplainedPlate {
  readonly read: PlateRead;
  /** As it stands in the frame, with the margin that the steps look at. */
  readonly crop: Uint8Array;
  /** Resized, grey, straightened where the steps do that. */
  readonly grey: Uint8Array;
  readonly binary: Uint8Array;
  /** Shapes kept in green, dropped ones in red. */
  readonly shapes: Uint8Array;
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** Shapes that the characters were chosen from, where these lie along paths. */
  readonly candidateCount: number | null;
  readonly characters: readonly ExplainedCharacter[];
  readonly notes: readonly string[];
}

/** One image, step by step; all pictures are PNG. */
export interface ExplainedImage {
  readonly steps: StepsName;
  readonly input: Uint8Array;
  /** The places that the cascade found. */
  readonly detected: Uint8Array;
  readonly plates: readonly ExplainedPlate[];
  /** The texts at their plates. */
  readonly final: Uint8Array;
}

/** Pages show pictures this wide at most. */
const MAX_SIDE_PX = 1280;

/** Plates are small: their steps are shown this many times larger. */
const PLATE_ZOOM = 2;

const KEPT = "#009e73";
const DROPPED = "#d55e00";

export async function explainPictures(
  frame: Image,
  reads: readonly ExplainedRead[],
  steps: StepsName,
): Promise<ExplainedImage> {
  const plates: ExplainedPlate[] = [];
  for (const read of reads) {
    const plate = await explainPlate(frame, read);
    if (plate !== null) plates.push(plate);
  }
  return {
    steps,
    input: await shownPng(frame),
    detected: await detectedPng(
      frame,
      reads.map(({ read }) => read.detection),
    ),
    plates,
    final: await limitedPng(
      (
        await annotateImage(
          frame,
          reads.map(({ read }) => read),
        )
      ).bytes,
    ),
  };
}

/** Null where nothing of the plate lies in the frame. */
async function explainPlate(
  frame: Image,
  { read, segmentation, classes }: ExplainedRead,
): Promise<ExplainedPlate | null> {
  if (segmentation === null) return null;
  const { steps, characters, shapes, plate, binary, notes, candidateCount } = segmentation;
  const [x, y, width, height] = pixelBox(frame, shownBox(read.detection.box, steps === "robust" ? MARGIN : 0));
  const dropped: Partial<Record<DropReason, number>> = {};
  for (const shape of shapes) if (shape.dropped !== null) dropped[shape.dropped] = (dropped[shape.dropped] ?? 0) + 1;
  return {
    read,
    crop: await shownPng(width > 0 && height > 0 ? crop(frame, [x, y, width, height]) : frame),
    grey: await greyPng(plate),
    binary: await greyPng(binary),
    shapes: await shapesPng(segmentation),
    dropped,
    candidateCount: candidateCount ?? null,
    characters: await Promise.all(
      characters.map(async ({ picture }, index) => ({ png: await greyPng(picture), ...classes[index]! })), // one each
    ),
    notes,
  };
}

function shownBox([x, y, width, height]: Box, margin: number): Box {
  return [x - margin * width, y - margin * height, (1 + 2 * margin) * width, (1 + 2 * margin) * height];
}

function greySharp({ width, height, data }: GreyPicture): Sharp {
  return sharp(data, { raw: { width, height, channels: 1 } });
}

function greyPng(picture: GreyPicture): Promise<Uint8Array> {
  return greySharp(picture).toColourspace("b-w").png().toBuffer();
}

function shownSharp({ width, height, data }: Image): Sharp {
  const pixels = data.buffer instanceof SharedArrayBuffer ? data.slice() : data;
  return sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false });
}

function shownPng(image: Image): Promise<Uint8Array> {
  return shownSharp(image)
    .resize(MAX_SIDE_PX, MAX_SIDE_PX, { fit: "inside", withoutEnlargement: true })
    .png()
    .toBuffer();
}

function limitedPng(bytes: Uint8Array): Promise<Uint8Array> {
  return sharp(bytes, { limitInputPixels: false })
    .resize(MAX_SIDE_PX, MAX_SIDE_PX, { fit: "inside", withoutEnlargement: true })
    .png()
    .toBuffer();
}

/** Boxes on the frame with the share of agreeing windows. Drawn after shrinking, so that the lines stay visible. */
async function detectedPng(frame: Image, detections: readonly Detection[]): Promise<Uint8Array> {
  const { data, info } = await shownSharp(frame)
    .resize(MAX_SIDE_PX, MAX_SIDE_PX, { fit: "inside", withoutEnlargement: true })
    .png()
    .toBuffer({ resolveWithObject: true });
  const scale = info.width / frame.width;
  const unit = Math.max(1, info.width / 500);
  const marks = detections.map(({ box: [x, y, width, height], confidence }) => {
    const label = confidence.toFixed(2);
    const top = Math.max(0, y * scale - (GLYPH_HEIGHT + 4) * unit);
    const ground = `width="${(textWidth(label) + 4) * unit}" height="${(GLYPH_HEIGHT + 4) * unit}" fill="#111111"`;
    return (
      `<rect x="${x * scale}" y="${y * scale}" width="${width * scale}" height="${height * scale}" fill="none" ` +
      `stroke="${KEPT}" stroke-width="${2 * unit}"/><rect x="${x * scale}" y="${top}" ${ground}/>` +
      textSvg(label, x * scale + 2 * unit, top + 2 * unit, unit, "#ffffff")
    );
  });
  return sharp(data)
    .composite([{ input: svg(info.width, info.height, marks.join("")) }])
    .png()
    .toBuffer();
}

async function shapesPng({ binary, shapes, characters }: Segmentation): Promise<Uint8Array> {
  const width = binary.width * PLATE_ZOOM;
  const height = binary.height * PLATE_ZOOM;
  const frameOf = ([x, y, w, h]: readonly [number, number, number, number], colour: string, line: number): string =>
    `<rect x="${x * PLATE_ZOOM}" y="${y * PLATE_ZOOM}" width="${w * PLATE_ZOOM}" height="${h * PLATE_ZOOM}" ` +
    `fill="none" stroke="${colour}" stroke-width="${line}"/>`;
  const dropped = shapes.filter((shape) => shape.dropped !== null);
  const marks = [
    ...dropped.map(({ box }) => frameOf(box, DROPPED, 1)),
    ...characters.map(({ box }) => frameOf(box, KEPT, 3)),
  ];
  const enlarged = await greySharp(binary)
    .resize(width, height, { kernel: "nearest" })
    .toColourspace("srgb")
    .png()
    .toBuffer();
  return sharp(enlarged)
    .composite([{ input: svg(width, height, marks.join("")) }])
    .png()
    .toBuffer();
}

function svg(width: number, height: number, content: string): Buffer {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`);
}
