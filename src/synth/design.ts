/** What every design shares: the request, the parts it returns, lettering a printed row, framing a plate. */
import type { PlateFormat } from "../core/formats.ts";
import type { BoxMm } from "./canvas.ts";
import { type Colour, luminanceOf, mixColours } from "./colour.ts";
import type { Mark, PlacedCharacter } from "./drawing.ts";
import { type Lettering, type RowPiece, setRow } from "./lettering.ts";
import { HOMEMADE_FACES, type Look, type SeparatorLook } from "./looks.ts";
import { paintHole } from "./ornaments.ts";
import type { Random } from "./random.ts";

/** One plate to be designed. */
export interface DesignRequest {
  readonly format: PlateFormat;
  /** The label's text and how it is printed, line by line, separators included. */
  readonly text: string;
  readonly rows: readonly string[];
  readonly look: Look;
  readonly background: Colour;
  readonly ink: Colour;
  /** Colour of the printed or embossed frame. */
  readonly frameInk: Colour;
  readonly size: readonly [width: number, height: number];
  /** Made by the owner or a shop: fonts, strips and proportions are anything. */
  readonly isHomemade: boolean;
  readonly random: Random;
}

export interface DesignedPlate {
  readonly marks: readonly Mark[];
  /** In the order of the text. */
  readonly characters: readonly PlacedCharacter[];
  readonly capHeightMm: number;
  /** Replaces the requested background. */
  readonly background?: Colour;
}

export type Design = (request: DesignRequest) => DesignedPlate;

export function insetBox([x, y, width, height]: BoxMm, byX: number, byY = byX): BoxMm {
  return [x + byX, y + byY, width - 2 * byX, height - 2 * byY];
}

/** The outline that most plates carry, and how far it reaches in. */
export function frameMarks(request: DesignRequest): { readonly marks: readonly Mark[]; readonly inset: number } {
  const { look, random, frameInk, isHomemade } = request;
  const [width, height] = request.size;
  if (!random.chance(isHomemade ? 0.4 : (look.border ?? 0.7))) return { inset: height * 0.02, marks: [] };
  const line = height * random.range(0.016, 0.04);
  const inset = random.chance(0.4) ? 0 : height * random.range(0.0, 0.05);
  const frame: Mark = {
    kind: "outline",
    box: [inset, inset, width - 2 * inset, height - 2 * inset],
    radius: height * random.range(0.03, 0.1),
    line,
    colour: random.chance(0.85) ? frameInk : mixColours(frameInk, [128, 128, 128], 0.6),
    relief: true,
  };
  return { inset: inset + line, marks: [frame] };
}

/** Chooses face, weight and spacing; one choice serves all rows of a plate. */
export function chooseLettering({ look, ink, isHomemade, random }: DesignRequest): Lettering {
  const spacing = look.spacing ?? [0.1, 0.19];
  const gap = look.gap ?? [0.28, 0.55];
  const stretch = look.stretch ?? [0.93, 1.08];
  return {
    face: isHomemade ? random.pick(HOMEMADE_FACES) : random.pick(look.faces),
    colour: ink,
    stretch: isHomemade ? random.range(0.8, 1.25) : random.range(stretch[0], stretch[1]),
    spacing: isHomemade ? random.range(0.05, 0.24) : random.range(spacing[0], spacing[1]),
    gap: random.range(gap[0], gap[1]),
    monospaced: look.monospaced ?? false,
    embolden: random.range(-0.014, 0.016),
    slant: isHomemade && random.chance(0.12) ? random.range(0.05, 0.25) : 0,
    relief: true,
    wobble: isHomemade && random.chance(0.3) ? random.range(0.01, 0.04) : random.range(0, 0.006),
    align: look.align ?? (random.chance(0.2) ? "justify" : "centre"),
    ...(look.glyphs === undefined ? {} : { glyphs: look.glyphs }),
  };
}

/** Sets one printed row: its characters, separators as the look has them, and the ornaments in their places. */
export function letterRow(
  row: string,
  area: BoxMm,
  lettering: Lettering,
  request: DesignRequest,
): { readonly marks: readonly Mark[]; readonly characters: readonly PlacedCharacter[] } {
  const { random, look, background } = request;
  const set = setRow(cutRow(row, look, background, random), area, lettering, () => random.range(-1, 1));
  const ornaments = set.holes.flatMap((hole) => paintHole(hole.name, hole.box, request.ink, random));
  return { marks: [...set.marks, ...ornaments], characters: set.characters };
}

/** Separators that the pattern language prints. */
const SEPARATORS = " -.·:";

/** Splits a printed row into pieces; separators become what the look says. */
export function cutRow(row: string, look: Look, background: Colour, random: Random): RowPiece[] {
  const gap = random.range(...(look.gap ?? [0.28, 0.55]));
  const dashAs = random.weighted<SeparatorLook>([
    ["dash", 10],
    ["gap", 2],
    ["dot", 1],
  ]);
  let isSealed = false;
  return [...row].flatMap((character, index): RowPiece[] => {
    if (!SEPARATORS.includes(character)) return [{ kind: "character", text: character }];
    if (index === 0 || index === row.length - 1) return [];
    let kind = look.separators?.[character] ?? (character === " " ? "gap" : character === "-" ? dashAs : "dot");
    if (kind === "seal" || kind === "shield" || kind === "star" || kind === "emblem") {
      if (isSealed || luminanceOf(background) < 60) kind = "gap";
      isSealed = true;
    }
    switch (kind) {
      case "none":
        return [];
      case "gap":
        return [{ kind: "blank", width: gap }];
      case "dash":
        return [{ kind: "sign", text: "-" }];
      case "dot":
        return [{ kind: "sign", text: random.chance(0.2) && character === "." ? "." : "·" }];
      default:
        return [{ kind: "hole", name: kind, width: random.range(0.42, 0.62) }];
    }
  });
}
