/** Draws tracks onto the frames of a video: outlines by hand, labels as small pictures that are made once each. */
import sharp from "sharp";
import { boxOfQuad, type Point, type Quad } from "../core/geometry.ts";
import type { Image } from "../core/image.ts";
import type { Track } from "../core/track.ts";
import { trackCorners } from "../core/track.ts";
import { GLYPH_HEIGHT, textSvg, textWidth } from "./label-strokes.ts";

export interface TrackPainter {
  /** Changes the picture. Tracks out of sight are drawn where they should be, in grey. */
  draw(image: Image, tracks: readonly Track[], timeMs: number): Promise<void>;
}

/** A label's pixels, RGB over opaque ground. */
interface Label {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

type Colour = readonly [red: number, green: number, blue: number];

/** As in annotate.ts: they also differ for the colour-blind (Okabe and Ito 2008). */
const SURE: Colour = [0, 158, 115];
const UNSURE: Colour = [230, 159, 0];
const LOST: Colour = [150, 150, 150];
const SURE_CONFIDENCE = 0.8;

/** Labels kept; texts flicker between misreads, so there are more than plates. */
const MAX_LABELS = 200;

export function createTrackPainter(): TrackPainter {
  const labels = new Map<string, Label>();

  async function labelOf(text: string, unitPx: number, colour: Colour): Promise<Label> {
    const key = `${text}|${unitPx}|${colour.join()}`;
    let label = labels.get(key);
    if (label === undefined) {
      label = await drawLabel(text, unitPx, colour);
      if (labels.size >= MAX_LABELS) labels.delete(labels.keys().next().value!); // the oldest; there are some
      labels.set(key, label);
    }
    return label;
  }

  return {
    async draw(image, tracks, timeMs) {
      const unitPx = Math.max(1, Math.round(Math.max(image.width, image.height) / 640));
      for (const track of tracks) {
        const isLost = track.phase === "lost" || track.lastTimeMs < timeMs;
        const best = Math.max(0, ...track.reads.map(({ read }) => read.confidence));
        const colour = isLost ? LOST : best >= SURE_CONFIDENCE ? SURE : UNSURE;
        const corners = trackCorners(track, timeMs);
        strokeQuad(image, corners, colour, unitPx);
        const label = await labelOf(`${track.id} ${track.texts[0]?.text ?? "?"}`, unitPx, colour);
        const [x, y] = boxOfQuad(corners);
        place(image, label, Math.round(x), Math.round(y - label.height - 2 * unitPx));
      }
    },
  };
}

async function drawLabel(text: string, unitPx: number, [red, green, blue]: Colour): Promise<Label> {
  const padding = 2 * unitPx;
  const width = Math.ceil(textWidth(text) * unitPx + 3 * padding);
  const height = Math.ceil(GLYPH_HEIGHT * unitPx + 2 * padding);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<rect width="${width}" height="${height}" fill="#111111"/>` +
    `<rect width="${unitPx}" height="${height}" fill="rgb(${red},${green},${blue})"/>` +
    `${textSvg(text, 2 * padding, padding, unitPx, "#ffffff")}</svg>`;
  const { data, info } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** Copies a label into the picture, moved inside where it would leave it. */
function place(image: Image, label: Label, x: number, y: number): void {
  const left = Math.max(0, Math.min(image.width - label.width, x));
  const top = Math.max(0, Math.min(image.height - label.height, y));
  const width = Math.min(label.width, image.width - left);
  for (let row = 0; row < Math.min(label.height, image.height - top); row++) {
    const from = row * label.width * 3;
    image.data.set(label.data.subarray(from, from + width * 3), ((top + row) * image.width + left) * 3);
  }
}

/** A line around the quad, `thickPx` pixels to every side. */
function strokeQuad(image: Image, corners: Quad, colour: Colour, thickPx: number): void {
  for (let i = 0; i < 4; i++) strokeLine(image, corners[i]!, corners[(i + 1) % 4]!, colour, thickPx);
}

function strokeLine(image: Image, from: Point, to: Point, colour: Colour, thickPx: number): void {
  // Corners may lie far outside; there is nothing to draw there.
  const reach = 2 * Math.max(image.width, image.height);
  const length = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
  if (!(length <= reach)) return;
  const steps = Math.max(1, Math.ceil(length));
  for (let step = 0; step <= steps; step++) {
    const x = Math.round(from[0] + ((to[0] - from[0]) * step) / steps);
    const y = Math.round(from[1] + ((to[1] - from[1]) * step) / steps);
    for (let dy = -thickPx; dy <= thickPx; dy++) {
      for (let dx = -thickPx; dx <= thickPx; dx++) setPixel(image, x + dx, y + dy, colour);
    }
  }
}

function setPixel({ width, height, data }: Image, x: number, y: number, colour: Colour): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  data.set(colour, (y * width + x) * 3);
}
