/** Paints a plate drawing on a canvas. */
import {
  type Canvas,
  paintBox,
  paintBoxOutline,
  paintDisc,
  paintGlyph,
  paintPolygon,
  paintShape,
  roundedBoxDistance,
} from "./canvas.ts";
import type { Mark, PlateDrawing } from "./drawing.ts";
import { glyphOf } from "./faces.ts";

/** How this one plate was pressed and lit. */
export interface Embossing {
  /** Strength of light and shadow at the letters' edges; 0 flat. */
  readonly strength: number;
  /** Bevel in cap heights. */
  readonly bevel: number;
  readonly light: readonly [x: number, y: number];
}

export function paintDrawing(canvas: Canvas, drawing: PlateDrawing, embossing: Embossing): void {
  const plate = [0, 0, drawing.widthMm, drawing.heightMm] as const;
  paintBox(canvas, plate, drawing.cornerRadiusMm, drawing.background);
  for (const mark of drawing.marks) paintMark(canvas, mark, embossing);
}

export function paintMark(canvas: Canvas, mark: Mark, embossing: Embossing): void {
  switch (mark.kind) {
    case "box":
      paintBox(canvas, mark.box, mark.radius, mark.colour, mark.opacity);
      return;
    case "outline":
      paintBoxOutline(canvas, mark.box, mark.radius, mark.line, mark.colour);
      if (mark.relief) shadeOutline(canvas, mark.box, mark.line, embossing);
      return;
    case "disc":
      paintDisc(canvas, mark.x, mark.y, mark.radius, mark.colour, mark.opacity);
      return;
    case "polygon":
      paintPolygon(canvas, mark.points, mark.colour);
      return;
    case "gradient": {
      const [x, y, width, height] = mark.box;
      const inside = roundedBoxDistance(mark.box, 0);
      const BANDS = 16;
      for (let band = 0; band < BANDS; band++) {
        const share = (band + 0.5) / BANDS;
        const colour = mark.top.map((value, i) => value + (mark.bottom[i]! - value) * share) as [
          number,
          number,
          number,
        ];
        paintShape(canvas, [x, y + (height * band) / BANDS, width, height / BANDS], colour, inside);
      }
      return;
    }
    case "hills": {
      const [x, y, width, height] = mark.box;
      paintShape(
        canvas,
        mark.box,
        mark.colour,
        (px, py) => {
          const u = (px - x) / width;
          const wave =
            Math.sin(u * mark.waves + mark.phase) * 0.3 + Math.sin(u * mark.waves * 2.7 + mark.phase * 3) * 0.14;
          const crest = y + height * (0.45 + wave);
          return Math.max(crest - py, py - y - height);
        },
        mark.opacity,
      );
      return;
    }
    case "glyph": {
      const [x, top, width, cap] = mark.box;
      paintGlyph(canvas, glyphOf(mark.face, mark.character), x, top, width, cap, {
        colour: mark.colour,
        opacity: mark.opacity ?? 1,
        embolden: mark.embolden,
        slant: mark.slant,
        relief: mark.relief ? embossing.strength : 0,
        bevel: embossing.bevel,
        light: embossing.light,
      });
      return;
    }
  }
}

/** Light and shadow on the two edges of a raised frame. */
function shadeOutline(
  canvas: Canvas,
  [x, y, width, height]: readonly [number, number, number, number],
  line: number,
  embossing: Embossing,
): void {
  const { scale, shade } = canvas;
  const amount = embossing.strength * 0.7;
  if (amount === 0) return;
  const column = (mm: number): number => Math.round((mm - canvas.left) * scale);
  const row = (mm: number): number => Math.round((mm - canvas.top) * scale);
  const add = (px: number, py: number, light: number): void => {
    if (px < 0 || py < 0 || px >= canvas.width || py >= canvas.height) return;
    shade[py * canvas.width + px] = shade[py * canvas.width + px]! + light * amount;
  };
  const [x1, x2, y1, y2] = [column(x), column(x + width) - 1, row(y), row(y + height) - 1];
  const inset = Math.max(1, Math.round(line * scale));
  for (let px = x1; px <= x2; px++) {
    add(px, y1, -embossing.light[1]);
    add(px, y1 + inset, embossing.light[1]);
    add(px, y2, embossing.light[1]);
    add(px, y2 - inset, -embossing.light[1]);
  }
  for (let py = y1; py <= y2; py++) {
    add(x1, py, -embossing.light[0]);
    add(x1 + inset, py, embossing.light[0]);
    add(x2, py, embossing.light[0]);
    add(x2 - inset, py, -embossing.light[0]);
  }
}
