/** What a plate shows, before pixels: marks in millimetres, in painting order, and where its characters stand. */
import type { BoxMm } from "./canvas.ts";
import type { Colour } from "./colour.ts";

export type Mark =
  | {
      readonly kind: "box";
      readonly box: BoxMm;
      readonly radius: number;
      readonly colour: Colour;
      readonly opacity?: number;
    }
  | {
      readonly kind: "outline";
      readonly box: BoxMm;
      readonly radius: number;
      readonly line: number;
      readonly colour: Colour;
      /** Embossed like the letters. */
      readonly relief: boolean;
    }
  | {
      readonly kind: "disc";
      readonly x: number;
      readonly y: number;
      readonly radius: number;
      readonly colour: Colour;
      readonly opacity?: number;
    }
  | { readonly kind: "polygon"; readonly points: readonly (readonly [number, number])[]; readonly colour: Colour }
  /** Vertical blend from `top` to `bottom`. */
  | { readonly kind: "gradient"; readonly box: BoxMm; readonly top: Colour; readonly bottom: Colour }
  /** Soft-edged printed scenery: hills, clouds, brush strokes. */
  | {
      readonly kind: "hills";
      readonly box: BoxMm;
      readonly colour: Colour;
      readonly phase: number;
      readonly waves: number;
      readonly opacity: number;
    }
  | {
      readonly kind: "glyph";
      readonly character: string;
      readonly face: string;
      /** Left end of the ink, cap line, width of the ink, cap height. */
      readonly box: BoxMm;
      readonly colour: Colour;
      readonly embolden: number;
      readonly slant: number;
      /** Part of the embossing (small print is not). */
      readonly relief: boolean;
      readonly opacity?: number;
    };

/** One character of the label and the box of its ink on the plate. */
export interface PlacedCharacter {
  readonly text: string;
  readonly box: BoxMm;
}

export interface PlateDrawing {
  readonly region: string;
  /** The label: upper case, no separators. */
  readonly text: string;
  readonly lines: 1 | 2;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly cornerRadiusMm: number;
  readonly background: Colour;
  readonly marks: readonly Mark[];
  readonly characters: readonly PlacedCharacter[];
  /** Cap height of the main lettering. */
  readonly capHeightMm: number;
  /** Strength of the embossing: 0 flat, 1 deep. */
  readonly relief: number;
}
