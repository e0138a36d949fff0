/** Cuts one character out of a plate, ready for the net. */
import type { Box } from "../core/geometry.ts";
import { characterPicture } from "./character-picture.ts";
import { median } from "./find-line.ts";
import type { GreyPicture } from "./grey-picture.ts";
import type { InkParts } from "./ink-parts.ts";
import type { LineCharacter } from "./line-characters.ts";
import type { SegmentedCharacter } from "./segmentation.ts";

/** The character's own strokes, grey as they are, on black. */
export function characterOf(
  plate: GreyPicture,
  ink: InkParts,
  { box, labels, isBar }: LineCharacter,
  line: 0 | 1,
): SegmentedCharacter {
  const [left, top, width, height] = box;
  const own = new Set(labels);
  const isOwn = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < plate.width && y < plate.height && own.has(ink.labels[y * plate.width + x]!);
  const data = new Uint8Array(width * height);
  const [dark, bright] = levels(plate, box, isOwn);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let isNear = false;
      for (let dy = -1; dy <= 1 && !isNear; dy++)
        for (let dx = -1; dx <= 1 && !isNear; dx++) isNear = isOwn(left + x + dx, top + y + dy);
      if (!isNear) continue;
      const grey = plate.data[(top + y) * plate.width + left + x]!;
      data[y * width + x] = Math.min(255, Math.max(0, (255 * (bright - grey)) / Math.max(1, bright - dark)));
    }
  }
  return { box, line, picture: characterPicture({ width, height, data }), isBar };
}

/** Median levels of a character's strokes and of the paper around them. */
function levels(plate: GreyPicture, box: Box, isOwn: (x: number, y: number) => boolean): readonly [number, number] {
  const [left, top, width, height] = box;
  const strokes: number[] = [];
  const paper: number[] = [];
  for (let y = top; y < top + height; y++)
    for (let x = left; x < left + width; x++) (isOwn(x, y) ? strokes : paper).push(plate.data[y * plate.width + x]!);
  const dark = median(strokes);
  return [dark, paper.length < 0.1 * strokes.length ? Math.max(255, dark + 1) : Math.max(median(paper), dark + 20)];
}
