/** Composes one plate of a registered format: size, strip, lettering, separators, frame. */
import { layoutText, type PlateFormat } from "../core/formats.ts";
import { sampleText } from "../core/sample-format.ts";
import type { BoxMm } from "./canvas.ts";
import { type Colour, colourOf, luminanceOf, mixColours, varyColour } from "./colour.ts";
import type { Mark, PlacedCharacter, PlateDrawing } from "./drawing.ts";
import { type Lettering, type RowPiece, setRow } from "./lettering.ts";
import { HOMEMADE_FACES, type Look, lookOf, type SeparatorLook } from "./looks.ts";
import { paintHole } from "./ornaments.ts";
import type { Random } from "./random.ts";
import { composeStrip } from "./strips.ts";

/** Draws a text, a layout and colours from the format and composes the plate. */
export function composePlate(format: PlateFormat, random: Random): PlateDrawing {
  const text = sampleText(format, random.next);
  const lines = format.lines.length > 1 ? (random.chance(0.72) ? 1 : 2) : format.lines[0]!;
  return composeText(format, text, lines, random);
}

/** Composes the plate of a given text. */
export function composeText(format: PlateFormat, text: string, lines: 1 | 2, random: Random): PlateDrawing {
  const look = lookOf(format);
  const scheme =
    format.colours[Math.min(format.colours.length - 1, Math.floor(random.next() ** 1.7 * format.colours.length))]!;
  const background = varyColour(colourOf(scheme.background), random, 14);
  const ink = varyColour(colourOf(scheme.text), random, 20);
  const isHomemade = random.chance(look.homemade ?? 0.01);
  const nominal = lines === 2 ? format.twoLineSizeMm : format.sizeMm;
  const stretch = isHomemade ? random.range(0.8, 1.15) : random.range(0.97, 1.03);
  const size = [nominal[0] * stretch, nominal[1]] as const;
  const marks: Mark[] = [];
  const frame = composeFrame(
    size,
    scheme.border === undefined ? ink : colourOf(scheme.border),
    look,
    isHomemade,
    random,
  );
  marks.push(...frame.marks);
  const strip = composeStrip(format, size, isHomemade && random.chance(0.6), random);
  marks.push(...strip.marks);
  const inner = insetBox(strip.free, frame.inset + size[1] * random.range(0.02, 0.05));
  const lettering = chooseLettering(look, ink, isHomemade, random);
  const rows = layoutText(text, format, lines);
  const characters: PlacedCharacter[] = [];
  const caps = rowCaps(rows, size, inner, look, random);
  const total = caps.reduce((sum, cap) => sum + cap, 0);
  const leading = rows.length > 1 ? Math.min(size[1] * 0.1, (inner[3] - total) / rows.length) : 0;
  let top = inner[1] + (inner[3] - total - leading * (rows.length - 1)) / 2 + random.range(-0.012, 0.012) * size[1];
  rows.forEach((row, index) => {
    const cap = caps[index]!;
    const pieces = cutRow(row, look, background, random);
    const set = setRow(pieces, [inner[0], top, inner[2], cap], lettering, () => random.range(-1, 1));
    marks.push(...set.marks);
    for (const hole of set.holes) marks.push(...paintHole(hole.name, hole.box, ink, random));
    characters.push(...set.characters);
    top += cap + leading;
  });
  const isEmbossed = !isHomemade && random.chance(look.embossed ?? 0.7);
  return {
    region: format.region,
    text: characters.map((character) => character.text).join(""),
    lines: rows.length === 2 ? 2 : 1,
    widthMm: size[0],
    heightMm: size[1],
    cornerRadiusMm: isHomemade ? random.range(0, 8) : Math.min(12, size[1] * 0.07) * random.range(0.6, 1.3),
    background,
    marks,
    characters,
    capHeightMm: caps[0]!,
    relief: isEmbossed ? random.range(0.4, 1) : 0,
  };
}

function insetBox([x, y, width, height]: BoxMm, by: number): BoxMm {
  return [x + by, y + by, width - 2 * by, height - 2 * by];
}

function composeFrame(
  size: readonly [number, number],
  colour: Colour,
  look: Look,
  isHomemade: boolean,
  random: Random,
) {
  const [width, height] = size;
  if (!random.chance(isHomemade ? 0.4 : (look.border ?? 0.7))) return { inset: height * 0.02, marks: [] as Mark[] };
  const line = height * random.range(0.018, 0.04);
  const inset = height * random.range(0.0, 0.035);
  const marks: Mark[] = [
    {
      kind: "outline",
      box: [inset, inset, width - 2 * inset, height - 2 * inset],
      radius: height * random.range(0.03, 0.1),
      line,
      colour: random.chance(0.85) ? colour : mixColours(colour, [128, 128, 128], 0.6),
      relief: true,
    },
  ];
  return { inset: inset + line, marks };
}

function chooseLettering(look: Look, ink: Colour, isHomemade: boolean, random: Random): Lettering {
  const spacing = look.spacing ?? [0.1, 0.19];
  const gap = look.gap ?? [0.28, 0.55];
  const stretch = look.stretch ?? [0.93, 1.08];
  return {
    face: isHomemade ? random.pick(HOMEMADE_FACES) : random.pick(look.faces),
    colour: ink,
    stretch: isHomemade ? random.range(0.8, 1.25) : random.range(stretch[0], stretch[1]),
    spacing: isHomemade ? random.range(0.05, 0.22) : random.range(spacing[0], spacing[1]),
    gap: random.range(gap[0], gap[1]),
    monospaced: look.monospaced ?? false,
    embolden: random.range(-0.014, 0.016),
    slant: isHomemade && random.chance(0.12) ? random.range(0.05, 0.25) : 0,
    relief: true,
    wobble: isHomemade && random.chance(0.35) ? random.range(0.01, 0.05) : random.range(0, 0.006),
    align: look.align ?? (random.chance(0.2) ? "justify" : "centre"),
    ...(look.glyphs === undefined ? {} : { glyphs: look.glyphs }),
  };
}

/** Cap heights of the rows. Two-line plates share the height evenly, or give the shorter-worded row less. */
function rowCaps(
  rows: readonly string[],
  size: readonly [number, number],
  inner: BoxMm,
  look: Look,
  random: Random,
): number[] {
  if (rows.length === 1) return [Math.min(inner[3], size[1] * (look.cap ?? 0.67) * random.range(0.92, 1.06))];
  const share = random.range(0.4, 0.45) / (rows.length / 2);
  const cap = Math.min(inner[3] / rows.length, size[1] * share);
  if (rows.length === 2 && random.chance(0.2)) return [cap * random.range(0.7, 0.9), cap];
  return rows.map(() => cap);
}

/** Splits a printed row into pieces; separators become what the look says. */
function cutRow(row: string, look: Look, background: Colour, random: Random): RowPiece[] {
  const gap = random.range(...(look.gap ?? [0.28, 0.55]));
  let sealed = false;
  return [...row].flatMap((character, index): RowPiece[] => {
    if (!" -.·:".includes(character)) return [{ kind: "character", text: character }];
    if (index === 0 || index === row.length - 1) return [];
    let kind: SeparatorLook =
      look.separators?.[character] ?? (character === " " ? "gap" : character === "-" ? "dash" : "dot");
    if (kind === "seal" || kind === "shield" || kind === "star") {
      if (sealed || luminanceOf(background) < 60) kind = "gap";
      sealed = true;
    }
    switch (kind) {
      case "none":
        return [];
      case "gap":
        return [{ kind: "blank", width: gap }];
      case "dash":
        return random.chance(0.85) ? [{ kind: "sign", text: "-" }] : [{ kind: "blank", width: gap }];
      case "dot":
        return random.chance(0.92) ? [{ kind: "sign", text: "·" }] : [{ kind: "blank", width: gap }];
      default:
        return [{ kind: "hole", name: kind, width: random.range(0.42, 0.62) }];
    }
  });
}
