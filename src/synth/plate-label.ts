/** What is known of a drawn plate: its label, exact to the pixel since the picture was made from it. */
import {
  type Box,
  boxOfQuad,
  clipBox,
  clipPolygon,
  type Point,
  polygonArea,
  type Quad,
  quadOfBox,
} from "../core/geometry.ts";
import type { Image } from "../core/image.ts";
import type { BoxMm } from "./canvas.ts";
import type { PlateDrawing } from "./drawing.ts";

export interface LabelledCharacter {
  readonly text: string;
  /** Corners of the ink, clockwise from the top left, in image pixels. */
  readonly quad: Quad;
  /** Share of the ink's box inside the picture and in view, 0..1. */
  readonly visible: number;
}

/** A plate of a label line; the first six fields are those of the data sets, the rest only drawn plates know. */
export interface PlateLabel {
  readonly box: Box;
  readonly corners: Quad;
  /** `?` for characters that the picture's edge cuts or that something hides. */
  readonly text: string;
  readonly region: string;
  readonly lines: 1 | 2;
  readonly legible: "full" | "partial" | "none";
  /** The picture's edge cuts the plate. */
  readonly cut: boolean;
  readonly characters: readonly LabelledCharacter[];
  /** Height of the main letters in pixels of the picture as captured. */
  readonly capHeightPx: number;
}

export interface LabelledImage {
  readonly image: Image;
  readonly kind: "crop" | "scene" | "negative";
  readonly plates: readonly PlateLabel[];
}

/** How a drawn plate came into its picture. */
export interface PlateView {
  /** Millimetres on the plate to pixels of the picture. */
  readonly project: (x: number, y: number) => Point;
  readonly corners: Quad;
  readonly width: number;
  readonly height: number;
  readonly capHeightPx: number;
  /** Standard deviation of the blur as a share of the cap height. */
  readonly blurShare: number;
  /** Boxes on the plate that something stands before, in millimetres. */
  readonly hidden: readonly BoxMm[];
}

/** A character counts as read when this share of it is seen. */
const VISIBLE_SHARE = 0.85;
/** Letters lower than this, or blurred over more than this share of their height, can't be read; judged by eye on sheets. */
const UNREADABLE_CAP_PX = 5.5;
const UNREADABLE_BLUR = 0.19;

export function labelPlate(drawing: PlateDrawing, view: PlateView): PlateLabel {
  const { project, corners, width, height, capHeightPx } = view;
  const picture: Box = [0, 0, width, height];
  const characters = drawing.characters.map(({ text, box }): LabelledCharacter => {
    const [x, y, w, h] = box;
    const quad: Quad = [project(x, y), project(x + w, y), project(x + w, y + h), project(x, y + h)];
    const inside = polygonArea(clipPolygon(quad, picture)) / polygonArea(quad);
    return { text, quad, visible: inside * (1 - hiddenShare(box, view.hidden)) };
  });
  const isSeen = (character: LabelledCharacter): boolean => character.visible > VISIBLE_SHARE;
  const isBlurred = capHeightPx < UNREADABLE_CAP_PX || view.blurShare > UNREADABLE_BLUR;
  return {
    box: clipBox(boxOfQuad(corners), width, height),
    corners,
    text: characters.map((character) => (isSeen(character) ? character.text : "?")).join(""),
    region: drawing.region,
    lines: drawing.lines,
    legible: isBlurred || !characters.some(isSeen) ? "none" : characters.every(isSeen) ? "full" : "partial",
    cut: corners.some(([x, y]) => x < -0.5 || y < -0.5 || x > width + 0.5 || y > height + 0.5),
    characters,
    capHeightPx,
  };
}

function hiddenShare([x, y, width, height]: BoxMm, hidden: readonly BoxMm[]): number {
  let share = 0;
  for (const [hx, hy, hw, hh] of hidden) {
    const overlapX = Math.min(x + width, hx + hw) - Math.max(x, hx);
    const overlapY = Math.min(y + height, hy + hh) - Math.max(y, hy);
    if (overlapX > 0 && overlapY > 0) share = Math.max(share, (overlapX * overlapY) / (width * height));
  }
  return share;
}

/** The label of the picture stretched by these factors. */
export function scaleLabel(label: PlateLabel, scaleX: number, scaleY: number): PlateLabel {
  return mapLabel(label, ([x, y]) => [x * scaleX, y * scaleY]);
}

/** The label of the picture whose points lie elsewhere. */
export function mapLabel(label: PlateLabel, point: (point: Point) => Point): PlateLabel {
  const quad = ([a, b, c, d]: Quad): Quad => [point(a), point(b), point(c), point(d)];
  return {
    ...label,
    box: boxOfQuad(quad(quadOfBox(label.box))),
    corners: quad(label.corners),
    characters: label.characters.map((character) => ({ ...character, quad: quad(character.quad) })),
  };
}
