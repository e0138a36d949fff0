/** Decides where the labels of plates stand in a picture: near their plate, apart from each other, always inside. */
import { type Box, boxOfQuad } from "../core/geometry.ts";
import type { PlateRead } from "../core/read.ts";
import { GLYPH_HEIGHT, textWidth } from "./label-strokes.ts";

export interface PlateLabel {
  readonly text: string;
  /** Inside the picture; the text starts `padding` pixels from its top left. */
  readonly box: Box;
  readonly unitPx: number;
  readonly paddingPx: number;
}

/** Padding on every side, in units of the letters. */
const PADDING_UNITS = 2;

/** Letters of this share of the longer side can be read when the picture is seen whole. */
const LETTER_SHARE = 1 / 45;

/** Labels for the plates, in their order. */
export function placeLabels(plates: readonly PlateRead[], width: number, height: number): PlateLabel[] {
  const placed: PlateLabel[] = [];
  for (const plate of plates) {
    const text = labelText(plate);
    const unitPx = letterUnit(plate, text, width, height);
    const paddingPx = PADDING_UNITS * unitPx;
    const labelWidth = Math.min(width, textWidth(text) * unitPx + 2 * paddingPx);
    const labelHeight = Math.min(height, GLYPH_HEIGHT * unitPx + 2 * paddingPx);
    const [boxX, boxY, , boxHeight] = boxOfQuad(plate.detection.corners);
    const x = clamp(boxX, 0, width - labelWidth);
    const gap = 2 * unitPx;
    const above = boxY - gap - labelHeight;
    const below = boxY + boxHeight + gap;
    // Above, below, then a label's height further away each; what fits nowhere stands above, cut to the picture.
    const tries = [above, below, above - labelHeight, below + labelHeight, above - 2 * labelHeight];
    const boxes = tries.map((y): Box => [x, clamp(y, 0, height - labelHeight), labelWidth, labelHeight]);
    const isFree = (box: Box) => placed.every((other) => !overlap(other.box, box));
    const fits = (y: number) => y >= 0 && y + labelHeight <= height;
    const box = boxes.find((candidate, i) => fits(tries[i]!) && isFree(candidate)) ?? boxes.find(isFree) ?? boxes[0]!;
    placed.push({ text, box, unitPx, paddingPx });
  }
  return placed;
}

/** `AB-123-CD 98% FR`; a plate without a legible character is `?`. */
export function labelText({ text, display, confidence, region }: PlateRead): string {
  const share = `${Math.floor(confidence * 100)}%`;
  return [display ?? (text || "?"), share, region?.toUpperCase()].filter(Boolean).join(" ");
}

/** Pixels of a letter's unit: as the plate's own letters, at least readable, and never wider than the picture. */
function letterUnit(plate: PlateRead, text: string, width: number, height: number): number {
  const [, , , plateHeight] = boxOfQuad(plate.detection.corners);
  const readablePx = Math.max(10, Math.max(width, height) * LETTER_SHARE);
  const lettersPx = Math.min(Math.max(readablePx, plateHeight * 0.4), readablePx * 2.5);
  const unitPx = lettersPx / GLYPH_HEIGHT;
  const widest = width / (textWidth(text) + 2 * PADDING_UNITS);
  const highest = height / (GLYPH_HEIGHT + 2 * PADDING_UNITS);
  return Math.min(unitPx, widest, highest);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

function overlap(a: Box, b: Box): boolean {
  return a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
}
