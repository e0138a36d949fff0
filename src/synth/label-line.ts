/** Label lines as the data sets have them (`labels.jsonl`), with what only drawn plates know added. */
import type { Point, Quad } from "../core/geometry.ts";
import type { LabelledImage, PlateLabel } from "./plate-label.ts";

/**
 * One line of labels.jsonl, without the line break. Beside the data sets' fields, `plates` entries hold `cut`,
 * `capHeightPx` and `characters: [{ text, quad, visible }]`; coordinates are pixels of the stored image, to 0.01.
 */
export function labelLine(name: string, picture: LabelledImage): string {
  return JSON.stringify({
    image: name,
    width: picture.image.width,
    height: picture.image.height,
    kind: picture.kind,
    plates: picture.plates.map(plateEntry),
  });
}

function plateEntry(plate: PlateLabel) {
  return {
    ...plate,
    box: plate.box.map(round),
    corners: roundQuad(plate.corners),
    capHeightPx: round(plate.capHeightPx),
    characters: plate.characters.map(({ text, quad, visible }) => ({
      text,
      quad: roundQuad(quad),
      visible: round(visible),
    })),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function roundQuad(quad: Quad): readonly (readonly number[])[] {
  return quad.map((point: Point) => point.map(round));
}
