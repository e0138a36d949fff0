/** Composes one plate of a registered format: text, layout, colours, then the region's design. */
import { layoutText, type PlateFormat } from "../core/formats.ts";
import { sampleText } from "../core/sample-format.ts";
import { colourOf, varyColour } from "./colour.ts";
import type { Design, DesignRequest } from "./design.ts";
import { designArabia } from "./designs/arabia.ts";
import { designChina, designJapan, designKorea } from "./designs/east-asia.ts";
import { designEgypt } from "./designs/egypt.ts";
import { designNorthAmerica } from "./designs/north-america.ts";
import { designPakistan } from "./designs/pakistan.ts";
import { designRussia } from "./designs/russia.ts";
import { designMercosur, designOldArgentina, designOldBrazil } from "./designs/south-america.ts";
import { designStandard } from "./designs/standard.ts";
import type { PlateDrawing } from "./drawing.ts";
import { lookOf } from "./looks.ts";
import type { Random } from "./random.ts";

/** Designs by format id, region or country; the standard one serves the rest. */
const DESIGNS: Readonly<Record<string, Design>> = {
  us: designNorthAmerica,
  ca: designNorthAmerica,
  mx: designNorthAmerica,
  pr: designNorthAmerica,
  "br/before-2018": designOldBrazil,
  "br/mercosur": designMercosur,
  "br/mercosur-motorcycle": designMercosur,
  "ar/before-2016": designOldArgentina,
  "ar/mercosur": designMercosur,
  "ar/mercosur-motorcycle": designMercosur,
  "uy/standard": designMercosur,
  "py/mercosur": designMercosur,
  eg: designEgypt,
  cn: designChina,
  jp: designJapan,
  kr: designKorea,
  ru: designRussia,
  pk: designPakistan,
  ae: designArabia,
  sa: designArabia,
  qa: designArabia,
  kw: designArabia,
  bh: designArabia,
  om: designArabia,
  jo: designArabia,
  lb: designArabia,
  iq: designArabia,
  sy: designArabia,
};

/**
 * Draws a text, a layout and colours from the format and composes the plate.
 *
 * @param freeShare share of plates whose characters are anything, on the format's layout: a reader that only ever saw
 *   issued texts learns to guess them.
 */
export function composePlate(format: PlateFormat, random: Random, freeShare = 0): PlateDrawing {
  const issued = sampleText(format, random.next);
  const isFree = random.chance(freeShare) && lookOf(format).glyphs === undefined && /^[A-Z0-9ÄÖÜ]+$/.test(issued);
  const lines = format.lines.length > 1 ? (random.chance(0.68) ? 1 : 2) : format.lines[0]!;
  if (!isFree) return composeText(format, issued, layoutText(issued, format, lines), random);
  const rows = layoutText(issued, format, lines).map((row) =>
    row.replace(/[A-Z0-9ÄÖÜ]/g, (character) => random.pick(random.chance(0.8) === character <= "9" ? DIGITS : LETTERS)),
  );
  return composeText(format, rows.join("").replace(/[^A-Z0-9ÄÖÜ]/g, ""), rows, random);
}

/** What owners like best who may choose. */
const LIGHT_ON_BLACK: PlateFormat["colours"][number] = { background: "#141414", text: "#ececec" };

const DIGITS = [..."0123456789"];
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜ"];

/** Composes the plate of a given text, printed in these rows (separators included). */
export function composeText(format: PlateFormat, text: string, rows: readonly string[], random: Random): PlateDrawing {
  const look = lookOf(format);
  const isHomemade = random.chance(look.homemade ?? 0.02);
  const issued = format.colours[Math.floor(random.next() ** 1.7 * format.colours.length)]!;
  const scheme = isHomemade && random.chance(look.dark ?? 0) ? LIGHT_ON_BLACK : issued;
  const ink = varyColour(colourOf(scheme.text), random, 20);
  const nominal = rows.length > 1 || !format.lines.includes(1) ? format.twoLineSizeMm : format.sizeMm;
  const stretch = isHomemade ? random.range(0.75, 1.15) : random.range(0.96, 1.04);
  const request: DesignRequest = {
    format,
    text,
    rows,
    look,
    background: varyColour(colourOf(scheme.background), random, 14),
    ink,
    frameInk: scheme.border === undefined ? ink : colourOf(scheme.border),
    size: [nominal[0] * stretch, nominal[1]],
    isHomemade,
    random,
  };
  const design =
    DESIGNS[format.id] ?? DESIGNS[format.region] ?? DESIGNS[format.region.split("-")[0]!] ?? designStandard;
  const plate = design(request);
  const isEmbossed = !isHomemade && random.chance(look.embossed ?? 0.7);
  return {
    region: format.region,
    text,
    lines: rows.length > 1 ? 2 : 1,
    widthMm: request.size[0],
    heightMm: request.size[1],
    cornerRadiusMm: isHomemade ? random.range(0, 8) : Math.min(12, request.size[1] * 0.07) * random.range(0.6, 1.3),
    background: plate.background ?? request.background,
    marks: plate.marks,
    characters: plate.characters,
    capHeightMm: plate.capHeightMm,
    relief: isEmbossed ? random.range(0.4, 1) : 0,
  };
}
