/** Things that are no plates: badges, shop and road signs, time stamps, empty plates. A reader must find nothing in them. */
import type { PlateFormat } from "../core/formats.ts";
import { type Colour, luminanceOf, pickCarColour, varyColour } from "./colour.ts";
import { composePlate } from "./compose-plate.ts";
import type { Mark, PlateDrawing } from "./drawing.ts";
import { setText } from "./lettering.ts";
import type { Random } from "./random.ts";

const WORDS = [
  "Parking",
  "EXIT",
  "taxi",
  "Pizza",
  "OPEN",
  "TURBO",
  "quattro",
  "Hybrid",
  "STOP",
  "Bakery",
  "school bus",
  "Rent a car",
  "CAMERA",
  "Hotel",
  "no entry",
  "FOR SALE",
  "Diesel",
  "xDrive",
  "Motors",
  "Apotheke",
  "Boulangerie",
  "Supermercado",
  "Farmacia",
  "airport",
  "km/h",
  "Automatic",
  "Limited",
  "Baby on board",
] as const;

/** A word of a shop, a road sign or a badge. */
export function drawSignWord(random: Random): string {
  return random.pick(WORDS);
}

/** A stretch of text that no registry issues: a time stamp, a telephone number, words. */
export function drawDistractorText(random: Random): string {
  const digits = (count: number): string => Array.from({ length: count }, () => random.int(0, 9)).join("");
  switch (random.int(0, 4)) {
    case 0:
      return `${random.int(10, 23)}:${random.int(10, 59)}:${random.int(10, 59)}`;
    case 1:
      return `20${random.int(10, 29)}-${random.int(10, 12)}-${random.int(10, 28)} ${random.int(10, 23)}:${random.int(10, 59)}`;
    case 2:
      return `(${digits(3)}) ${digits(3)}-${digits(4)}`;
    case 3:
      return `${random.pick(WORDS)} & ${random.pick(WORDS)}`;
    default:
      return random.pick(WORDS);
  }
}

/** A sign, a badge or a plate without text, as a drawing without characters. */
export function composeNoPlate(format: PlateFormat, random: Random): PlateDrawing {
  if (random.chance(0.25)) {
    const plate = composePlate(format, random);
    // the large letters go, small print stays
    const marks = plate.marks.filter((mark) => mark.kind !== "glyph" || mark.box[3] < plate.capHeightMm * 0.7);
    return { ...plate, text: "", marks, characters: [] };
  }
  const [width, height] = [random.range(160, 620), random.range(70, 200)];
  const isBare = random.chance(0.4);
  const background = isBare
    ? pickCarColour(random)
    : varyColour([random.range(0, 255), random.range(0, 255), random.range(0, 255)], random, 20);
  const ink: Colour = luminanceOf(background) > 120 ? [24, 24, 32] : [236, 236, 236];
  const marks: Mark[] = [];
  const rows = random.int(0, 2);
  for (let row = 0; row < rows; row++) {
    const cap = (height / (rows + 0.4)) * random.range(0.3, 0.6);
    const y = (height / rows) * (row + 0.5) - cap / 2;
    const face = random.pick(["arimo-bold", "oswald", "lobster", "playfair"]);
    marks.push(...setText(drawDistractorText(random), [width * 0.08, y, width * 0.84, cap], face, ink));
  }
  if (random.chance(0.3))
    marks.push({ kind: "outline", box: [3, 3, width - 6, height - 6], radius: 6, line: 4, colour: ink, relief: false });
  return {
    region: format.region,
    text: "",
    lines: 1,
    widthMm: width,
    heightMm: height,
    cornerRadiusMm: random.range(0, 30),
    background,
    marks,
    characters: [],
    capHeightMm: height * 0.4,
    relief: 0,
  };
}
